"""custcli recommend: what similar customers buy and this one does not."""

from typing import Annotated

import typer

from custcli.views import show


def recommend(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="Customer by code or name", metavar="CODE")],
    months: Annotated[
        int | None, typer.Option("--months", metavar="N", help="The period: so many months up to the day")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")] = None,
) -> None:
    """Products that customers like this one buy and it never did.

    Examples:
      custcli recommend HB-000001
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.recommended(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
