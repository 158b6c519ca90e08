"""custcli value: what customers are worth."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Currency, Discount, Limit, Margin, Retention, Where
from custcli.context import day_of
from custcli.views import show


def value(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Customers; none means all", metavar="CODE")] = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", min=1, help="The best by lifetime value, so many")
    ] = None,
    model: Annotated[
        Literal["auto", "formula", "bgnbd", "textbook", "purchases"],
        typer.Option("--model", help="How lifetime value is reckoned"),
    ] = "auto",
    horizon_months: Annotated[
        int | None, typer.Option("--horizon-months", metavar="N", min=1, help="How far a model looks ahead")
    ] = None,
    horizon_weeks: Annotated[
        int | None, typer.Option("--horizon-weeks", metavar="N", min=1, help="The same in weeks, for bgnbd")
    ] = None,
    discount: Discount = None,
    retention: Retention = None,
    margin: Margin = None,
    where: Where = None,
    currency: Currency = None,
    limit: Limit = None,
    check: Annotated[
        bool, typer.Option("--check", help="Hold the last part of the time back: the model against what happened")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="check: the first day held back, instead of the half")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            "--groups",
            metavar="tier|quintile|AMOUNT,…",
            help="Groups by lifetime value, and what to do for each (value.measures in the settings)",
        ),
    ] = None,
    promotion: Annotated[
        str | None, typer.Option("--promotion", metavar="AMOUNT", help="textbook: spent to win customers")
    ] = None,
    new_customers: Annotated[
        int | None, typer.Option("--new-customers", metavar="N", min=1, help="textbook: customers won by it")
    ] = None,
    acquisition_cost: Annotated[
        str | None, typer.Option("--acquisition-cost", metavar="AMOUNT", help="textbook, formula: cost of winning one")
    ] = None,
    retention_cost: Annotated[
        str | None, typer.Option("--retention-cost", metavar="AMOUNT", help="textbook: cost of keeping one customer")
    ] = None,
    revenue: Annotated[
        str | None, typer.Option("--revenue", metavar="AMOUNT", help="textbook: revenue, instead of the orders'")
    ] = None,
    benefit: Annotated[
        str | None, typer.Option("--benefit", metavar="AMOUNT", help="textbook: benefit, instead of revenue × margin")
    ] = None,
    intangible: Annotated[
        str | None, typer.Option("--intangible", metavar="AMOUNT", help="textbook: benefit that money does not show")
    ] = None,
    purchases: Annotated[
        str | None, typer.Option("--purchases", metavar="N", help="purchases: how many, instead of the orders'")
    ] = None,
    price: Annotated[
        str | None, typer.Option("--price", metavar="AMOUNT", help="purchases: of one, instead of the orders' average")
    ] = None,
    addition: Annotated[
        list[str] | None, typer.Option("--addition", metavar="AMOUNT", help="purchases: parts, service, interest")
    ] = None,
    profit: Annotated[
        str | None, typer.Option("--profit", metavar="AMOUNT", help="formula: profit of a period, without customers")
    ] = None,
    certain: Annotated[
        bool | None, typer.Option("--first-certain", help="formula: the first profit is certain and comes at once")
    ] = None,
) -> None:
    """Value customers: what they have brought, will bring if they go on buying, may bring beyond, and in all.

    Examples:
      custcli value --top 20
      custcli value C-000001 --retention 0.75 --discount 0.08
      custcli value --model bgnbd --horizon-months 24
      custcli value --check
      custcli value --check --since 2025-10-01
      custcli value --groups tier
      custcli value --model textbook --promotion 60000 --new-customers 150 --retention-cost 600 --revenue 6000
      custcli value --model purchases --purchases 6 --price 150000 --addition 90000 --addition 30000
      custcli value --model formula --profit 150 --retention 0.55 --acquisition-cost 100
    """
    from custcli.services.value import Asked, Entered, valuation

    asked = Asked(
        codes=codes or (),
        top=top,
        model=model,
        horizon_months=horizon_months,
        horizon_weeks=horizon_weeks,
        discount=discount,
        retention=retention,
        margin=margin,
        where=where or (),
        currency=currency,
        limit=limit,
        check=check,
        since=day_of(since, "--since"),
        groups=groups,
        entered=Entered(
            promotion=promotion,
            new_customers=new_customers,
            acquisition_cost=acquisition_cost,
            retention_cost=retention_cost,
            revenue=revenue,
            benefit=benefit,
            intangible=intangible,
            purchases=purchases,
            price=price,
            additions=addition or (),
            profit=profit,
            certain=certain,
        ),
    )
    show(ctx.obj, valuation(ctx.obj, asked))
