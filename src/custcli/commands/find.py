"""custcli find: customers by any part of what they are called."""

from typing import Annotated

import typer

from custcli.views import show


def find(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(help="Any part of a name, code, phone or contact; pinyin or initials", metavar="TEXT")
    ],
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=0, help="So many customers; 0 is all")
    ] = None,
) -> None:
    """Find customers by any part of name, code, phone or contact; Chinese names also by pinyin and by initials.

    Examples:
      custcli find 华东
      custcli find 1380013
      custcli find hdjx
    """
    from custcli.services import find as service

    show(ctx.obj, service.find(ctx.obj, words, limit))
