"""custcli explain: why this class, tier, value, grade."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import AllTime, Currency, Months, Since, Until, Where
from custcli.context import day_of
from custcli.views import show


def explain(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the customer, or its name", metavar="CODE")],
    what: Annotated[
        str | None,
        typer.Argument(help="class, tier, value or man; none means all that apply", metavar="WHAT"),
    ] = None,
    by: Annotated[
        Literal["value", "sales", "profit", "quantity", "orders", "payments", "potential", "lifetime", "score"],
        typer.Option("--by", help="What customers are ranked by"),
    ] = "value",
    cut: Annotated[
        str | None, typer.Option("--cut", metavar="A,B", help="Classes: up to which percent of the total, as 80,95")
    ] = None,
    tiers: Annotated[
        str | None, typer.Option("--tiers", metavar="K,M,O", help="Tiers: which percent of the customers, as 1,5,20")
    ] = None,
    boundary: Annotated[
        Literal["end", "start"] | None,
        typer.Option("--boundary", help="The share with the customer or before it decides"),
    ] = None,
    keep_ties: Annotated[bool, typer.Option("--keep-ties", help="Equal amounts stay together")] = False,
    months: Months = None,
    since: Since = None,
    until: Until = None,
    all_time: AllTime = False,
    within: Annotated[
        Literal["region", "owner", "kind"] | None, typer.Option("--within", help="Rank inside each group")
    ] = None,
    where: Where = None,
    currency: Currency = None,
    discount: Annotated[str | None, typer.Option("--discount", metavar="RATE", help="Discount a year, as 0.10")] = None,
    retention: Annotated[
        str | None,
        typer.Option("--retention", metavar="RATE", help="Retention a year, as 0.8, instead of the class's own"),
    ] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", metavar="RATE", help="Margin where cost is unknown, as 0.30")
    ] = None,
) -> None:
    """Explain why a customer has its class, tier, value and MAN grade: figures, rule, data, and what would change it.

    Examples:
      custcli explain C-000001
      custcli explain C-000001 class --by sales --months 24 --json
    """
    from custcli.services.explain import Asked, Rates, explanation

    asked = Asked(
        by=by,
        cut=cut,
        tiers=tiers,
        boundary=boundary,
        keep_ties=keep_ties,
        months=months,
        since=day_of(since, "--since"),
        until=day_of(until, "--until"),
        all_time=all_time,
        within=within,
        where=where or (),
        currency=currency,
        save=False,
    )
    rates = Rates(discount=discount, retention=retention, margin=margin, currency=currency)
    show(ctx.obj, *explanation(ctx.obj, code, what, asked, rates))
