"""custcli log: the changes."""

from typing import Annotated

import typer

from custcli.views import show


def log(
    ctx: typer.Context,
    change: Annotated[
        int | None, typer.Argument(help="Number of a change: the files and sheets that it read", metavar="CHANGE")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many changes")] = None,
) -> None:
    """List the changes, latest first: who, when, with which command, and what came of it.

    Examples:
      custcli log --limit 10
      custcli log 12
    """
    from custcli.services import journal

    database = ctx.obj.reading()
    show(ctx.obj, journal.log(database, limit) if change is None else journal.sources(database, change))
