"""custcli cohorts: what became of the customers who came together."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Currency, PeriodLength, Where
from custcli.context import day_of
from custcli.views import show


def cohorts(
    ctx: typer.Context,
    by: PeriodLength = "month",
    measure: Annotated[
        Literal["rate", "customers", "amount", "average"], typer.Option("--show", help="What stands in the table")
    ] = "rate",
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="In the first cohort")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="In the last cohort")] = None,
    where: Where = None,
    currency: Currency = None,
    long: Annotated[bool, typer.Option("--long", help="A row for each cohort and period, with all measures")] = False,
) -> None:
    """Customers by the period of their first order: which share orders again in each period after it, for how much.

    Examples:
      custcli cohorts
      custcli cohorts --by quarter --show amount
      custcli cohorts --long --format csv
    """
    from custcli.services.retention import Cohorts
    from custcli.services.retention import cohorts as table

    first, last = day_of(since, "--since"), day_of(until, "--until")
    show(ctx.obj, table(ctx.obj, Cohorts(by, measure, first, last, where or (), currency, long)))
