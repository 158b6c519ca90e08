"""custcli runs: the stored classifications."""

from typing import Annotated

import typer

from custcli.commands._options import Limit
from custcli.views import show


def runs(
    ctx: typer.Context,
    run: Annotated[
        int | None, typer.Argument(help="One of them, by its number: its parameters and rows", metavar="RUN")
    ] = None,
    limit: Limit = None,
) -> None:
    """List the stored classifications, the latest first: metric, period, totals; or show one as it was stored.

    Examples:
      custcli runs --limit 10
      custcli runs 3 --json
    """
    from custcli.services.runs import stored_run, stored_runs

    show(ctx.obj, *([stored_runs(ctx.obj, limit)] if run is None else stored_run(ctx.obj, run, limit)))
