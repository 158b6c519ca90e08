"""custcli value: what customers are worth."""

from typing import Annotated, Literal

import typer

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
    discount: Annotated[str | None, typer.Option("--discount", metavar="RATE", help="Discount a year, as 0.10")] = None,
    retention: Annotated[
        str | None,
        typer.Option("--retention", metavar="RATE", help="Retention a year, as 0.8, instead of the class's own"),
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", metavar="RATE", help="Margin where cost is unknown, as 0.30")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")] = None,
) -> None:
    """Value customers: what they have brought, will bring if they go on buying, may bring beyond, and in all.

    Examples:
      custcli value --top 20
      custcli value C-000001 --retention 0.75 --discount 0.08
    """
    from custcli.services.value import Asked, valuation

    asked = Asked(
        codes=codes or (),
        top=top,
        model=model,
        horizon_months=horizon_months,
        discount=discount,
        retention=retention,
        margin=margin,
        where=where or (),
        currency=currency,
        limit=limit,
    )
    show(ctx.obj, valuation(ctx.obj, asked))
