"""custcli composition: customers, sales and shares by any dimension."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import AllTime, Currency, Limit, Months, Since, Until, Where
from custcli.context import day_of
from custcli.views import show


def composition(
    ctx: typer.Context,
    dimensions: Annotated[
        list[str],
        typer.Argument(
            help="One or two: kind region owner industry status gender age abc tier month week day product …, "
            "any field of customers or orders",
            metavar="DIMENSION...",
        ),
    ],
    by: Annotated[Literal["sales", "profit", "quantity"], typer.Option("--by", help="What is added up")] = "sales",
    months: Months = None,
    since: Since = None,
    until: Until = None,
    all_time: AllTime = False,
    where: Where = None,
    currency: Currency = None,
    ages: Annotated[str | None, typer.Option("--ages", metavar="N,...", help="Bounds of the bands of age")] = None,
    compare: Annotated[
        Literal["before", "year"] | None,
        typer.Option("--compare", help="Beside the period before it, or the same days a year before"),
    ] = None,
    visits: Annotated[bool, typer.Option("--visits", help="The visits of the period and their share, too")] = False,
    top: Annotated[int, typer.Option("--top", metavar="N", min=0, help="Name the best customers of each row")] = 0,
    limit: Limit = None,
) -> None:
    """What the customer base is made of: customers, orders, amounts and their shares by one or two dimensions.

    Examples:
      custcli composition region
      custcli composition owner kind --months 24 --top 3
      custcli composition product --by profit --where region=华东
      custcli composition product abc --compare year
      custcli composition abc --visits
    """
    from custcli.services.composition import Asked
    from custcli.services.composition import composition as composed

    asked = Asked(
        dimensions=dimensions,
        by=by,
        months=months,
        since=day_of(since, "--since"),
        until=day_of(until, "--until"),
        all_time=all_time,
        where=where or (),
        currency=currency,
        ages=ages,
        compare=compare,
        visits=visits,
        top=top,
        limit=limit,
    )
    show(ctx.obj, composed(ctx.obj, asked))
