"""custcli composition: customers, sales and shares by any dimension."""

from typing import Annotated, Literal

import typer

from custcli.context import day_of
from custcli.views import show


def composition(
    ctx: typer.Context,
    dimensions: Annotated[
        list[str],
        typer.Argument(
            help="One or two: kind region owner industry status gender age abc tier month weekday product …, "
            "any field of customers or orders",
            metavar="DIMENSION...",
        ),
    ],
    by: Annotated[Literal["sales", "profit", "quantity"], typer.Option("--by", help="What is added up")] = "sales",
    months: Annotated[
        int | None, typer.Option("--months", metavar="N", help="The period: so many months up to the day")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day of the period")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day of the period")] = None,
    all_time: Annotated[bool, typer.Option("--all-time", help="All orders up to the day")] = False,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
    ages: Annotated[str | None, typer.Option("--ages", metavar="N,...", help="Bounds of the bands of age")] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=0, help="Name the best customers of each row")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")] = None,
) -> None:
    """What the customer base is made of: customers, orders, amounts and their shares by one or two dimensions.

    Examples:
      custcli composition region
      custcli composition owner kind --months 24 --top 3
      custcli composition product --by profit --where region=华东
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
        top=top,
        limit=limit,
    )
    show(ctx.obj, composed(ctx.obj, asked))
