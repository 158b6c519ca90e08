"""custcli runs: the stored classifications."""

from typing import Annotated

import typer

from custcli.views import show


def runs(
    ctx: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")] = None,
) -> None:
    """List the stored classifications, the latest first: metric, period, totals.

    Examples:
      custcli runs --limit 10
    """
    from custcli.services.runs import stored_runs

    show(ctx.obj, stored_runs(ctx.obj, limit))
