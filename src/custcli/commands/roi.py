"""custcli roi: what came out of what was put into customers."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import AllTime, Limit, Months, Since, Until, Where
from custcli.context import day_of
from custcli.views import show


def roi(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Customers by code or name", metavar="[CODE...]")] = None,
    by: Annotated[
        Literal["class", "tier", "region", "owner", "kind", "newness", "customer", "campaign"] | None,
        typer.Option("--by", help="For each of what; usually class, with CODE customer"),
    ] = None,
    months: Months = None,
    since: Since = None,
    until: Until = None,
    all_time: AllTime = False,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """What came out of what was put into customers: profit for each yuan, break-even sales, cost of winning a customer.

    What is put in are records of the form costs (visits, gifts, samples, rebates, hours); campaigns those of the
    form campaigns; what a customer needs in a year in all those of the form needs, from which our share follows.

    By newness: new are customers without an order before the period, old are all others.

    Examples:
      custcli roi
      custcli roi --by customer --months 24
      custcli roi --by newness
      custcli roi --by campaign --all-time
    """
    from custcli.services.roi import Asked, returns

    first, last = day_of(since, "--since"), day_of(until, "--until")
    show(ctx.obj, returns(ctx.obj, Asked(codes or (), by, months, first, last, all_time, where or (), limit)))
