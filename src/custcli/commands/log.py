"""custcli log: the changes."""

from typing import Annotated

import typer

from custcli.views import show


def log(
    ctx: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many changes")] = None,
) -> None:
    """List the changes, latest first: who, when, with which command, and what came of it.

    Examples:
      custcli log --limit 10
    """
    from custcli.services import journal

    show(ctx.obj, journal.log(ctx.obj.reading(), limit))
