"""custcli retention: who stays, comes, comes back and goes."""

from typing import Annotated

import typer

from custcli.commands._options import PeriodLength, Where
from custcli.context import day_of
from custcli.views import show


def retention(
    ctx: typer.Context,
    by: PeriodLength = "month",
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="In the first period; else the last 12")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="In the last period")] = None,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DIMENSION", help="A row for each value of it, as abc or region")
    ] = None,
    where: Where = None,
) -> None:
    """Retention, churn, growth and repeat purchases for each period, by the orders of the customers.

    Examples:
      custcli retention
      custcli retention --by quarter --since 2025-01 --within abc
    """
    from custcli.services.retention import Asked, rates

    asked = Asked(by, day_of(since, "--since"), day_of(until, "--until"), within, where or ())
    show(ctx.obj, rates(ctx.obj, asked))
