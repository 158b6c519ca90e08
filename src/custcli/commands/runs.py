"""custcli runs: the stored classifications."""

import typer

from custcli.commands._options import Limit
from custcli.views import show


def runs(
    ctx: typer.Context,
    limit: Limit = None,
) -> None:
    """List the stored classifications, the latest first: metric, period, totals.

    Examples:
      custcli runs --limit 10
    """
    from custcli.services.runs import stored_runs

    show(ctx.obj, stored_runs(ctx.obj, limit))
