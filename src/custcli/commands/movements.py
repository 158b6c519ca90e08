"""custcli movements: who rose and who fell between two classifications."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def movements(
    ctx: typer.Context,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN",
            help="Number of the earlier run, or a day: the latest up to it; days without two runs are ranked anew",
        ),
    ] = None,
    second: Annotated[
        str | None, typer.Option("--to", metavar="RUN", help="Number of the later run, or a day in the same way")
    ] = None,
    only: Annotated[
        Literal["fell", "left", "mixed", "rose", "entered", "same"] | None,
        typer.Option("--only", help="Only those that moved so"),
    ] = None,
    method: Annotated[
        Literal["abc", "pyramid", "rfm", "matrix"] | None,
        typer.Option("--method", help="Only runs of this method; else rankings come first"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that stayed where they were")] = False,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """Show who rose, fell, entered and left between two stored classifications; by default the two latest alike.

    Examples:
      custcli movements
      custcli movements --from 2025-12-31 --to 2026-06-30 --only fell
      custcli movements --method rfm
    """
    from custcli.services.movements import Asked, movements

    show(ctx.obj, movements(ctx.obj, Asked(first, second, only, every, where or (), limit, method)))
