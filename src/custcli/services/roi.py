"""Return on what is put into customers, classes and campaigns; break-even, cost of winning, share (R24, F110, F117)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import AbcClass
from custcli.domain.period import MONTHS, Period, first_day, period, period_text
from custcli.domain.ratios import Yield
from custcli.domain.readers import Refused
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind, Money, yuan
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column, namer
from custcli.services.records import more
from custcli.services.score import chosen

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.roi import Campaign, One, Sums

COSTS, CAMPAIGNS, NEEDS = "costs", "campaigns", "needs"
LABELS = {
    "class": "Class", "tier": "Tier", "region": "Region", "owner": "Owner", "kind": "Dossier kind",
    "newness": "New or old",
}  # fmt: skip
NONE = "none"
NEWNESS = {"new": "New customers", "old": "Old customers"}
"""New is who had not ordered before the period (F134)."""


@dataclass(frozen=True)
class Asked:
    """What is asked, as the options of `custcli roi` say it; `by`: customer, campaign, or a group of customers."""

    codes: Sequence[str] = ()
    by: str | None = None
    months: int | None = None
    since: date | None = None
    until: date | None = None
    all_time: bool = False
    where: Sequence[str] = ()
    limit: int | None = None


def returns(ctx: "Context", asked: Asked) -> Grid:
    """What came out of what was put in. UnknownError: no such customer; UsageError: a bad period or condition."""
    by = asked.by or ("customer" if asked.codes else "class")
    span = _span(ctx, asked)
    if by == "campaign":
        return _of_campaigns(ctx, asked, span)
    return _of_customers(ctx, asked, span) if by == "customer" else _of_groups(ctx, asked, span, by)


def _span(ctx: "Context", asked: Asked) -> Period:
    try:
        return period(
            ctx.day,
            months=asked.months,
            since=asked.since,
            until=asked.until,
            all_time=asked.all_time,
            usual=ctx.settings.classify.months,
        )
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused


def _yield(ctx: "Context", each: "Sums | One | Campaign", costs: int) -> Yield:
    """Profit is that of orders with known cost, and the usual margin of the others (decisions.md 25)."""
    usual = Fraction(ctx.settings.value.margin)
    return Yield(each.sales, each.profit + usual * (each.sales - each.costed), costs)


# groups of customers


def _of_groups(ctx: "Context", asked: Asked, span: Period, by: str) -> Grid:
    from custcli.db import roi

    with ctx.reading().reading() as connection:
        customers = chosen(ctx, connection, asked.codes, asked.where)
        costs = ctx.forms[COSTS]
        found = list(roi.groups(connection, costs, by, span, customers, ctx.settings.currency))
        put_in = roi.kinds(connection, costs, span, customers)
        campaigns = roi.campaign_costs(connection, ctx.forms[CAMPAIGNS], span) if by == "newness" else 0
    rows = [
        [each.group, each.customers, *_figures(_yield(ctx, each, each.costs)), _each(each.costs, each.customers)]
        for each in found
    ]
    return Grid(
        command="roi",
        columns=[_group_column(ctx, by), Column("customers", "Customers", Kind.INTEGER), *FIGURES, PER_CUSTOMER],
        rows=rows[: asked.limit or None],
        spare=("cost_per_customer", "covered", "break_even", "cost_share"),
        summary=_summary(ctx, by, span, found, put_in) | (_winning(found, campaigns) if by == "newness" else {}),
        as_of=ctx.day,
        title=_title(by, span),
        notes=[*more(_left(rows, asked)), *_told(ctx, found, put_in), *_campaign_note(found, campaigns)],
        sheet=message("Input and output"),
        count=len(rows[: asked.limit or None]),
    )


def _group_column(ctx: "Context", by: str) -> Column:
    labels: Mapping[str, str] = {
        "class": {str(word): str(word) for word in AbcClass}, "tier": TIERS, "kind": kind_column(ctx.forms).labels,
        "newness": NEWNESS,
    }.get(by, {})  # fmt: skip
    return Column("group", LABELS[by], Kind.TOKEN, labels=labels, blank="(none)")


FIGURES = (
    Column("sales", "Net sales", Kind.MONEY),
    Column("profit", "Gross profit", Kind.MONEY),
    Column("margin", "Margin", Kind.SHARE),
    Column("costs", "Put in", Kind.MONEY),
    Column("roi", "Profit / put in", Kind.DECIMAL, blank="—"),
    Column("cost_share", "Put in of sales", Kind.SHARE),
    Column("break_even", "Break-even sales", Kind.MONEY, blank="—"),
    Column("covered", "Earns it", Kind.FLAG),
)

PER_CUSTOMER = Column("cost_per_customer", "Put in per customer", Kind.MONEY)


def _each(amount: int, customers: int) -> int | None:
    return _whole(Fraction(amount, customers)) if customers else None


def _winning(found: "Sequence[Sums]", campaigns: int) -> dict[str, Any]:
    """What it costs to win one who then buys, with the campaigns of the period, and to keep one (F134)."""
    cost = {each.group: (each.costs, each.buyers if each.group == "new" else each.customers) for each in found}
    new, old = cost.get("new", (0, 0)), cost.get("old", (0, 0))
    told = {"acquisition_cost": _each(new[0] + campaigns, new[1]), "keeping_cost": _each(*old)}
    return {
        "campaign_costs": Money(campaigns),
        **{name: None if amount is None else Money(amount) for name, amount in told.items()},
    }


def _campaign_note(found: "Sequence[Sums]", campaigns: int) -> list[Message]:
    cost = _winning(found, campaigns)["acquisition_cost"] if campaigns else None
    if cost is None:
        return []
    return [
        message(
            "With the campaigns of the period ({campaigns}) winning a new customer costs {amount}.",
            campaigns=yuan(campaigns),
            amount=yuan(cost),
        )
    ]


def _figures(found: Yield) -> list[object]:
    """The cells of FIGURES."""
    return [
        found.sales, _whole(found.profit), _share(found.margin), found.costs, _scaled(found.roi),
        _share(found.cost_share), _whole(found.break_even), found.covered,
    ]  # fmt: skip


def _whole(number: Fraction | None) -> int | None:
    """The nearest whole, halves away from 0."""
    if number is None:
        return None
    whole = (2 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return -whole if number < 0 else whole


def _scaled(number: Fraction | None) -> int | None:
    return None if number is None else _whole(number * SCALE)


def _share(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _left(rows: Sequence[object], asked: Asked) -> int:
    return max(len(rows) - asked.limit, 0) if asked.limit else 0


def _summary(
    ctx: "Context", by: str, span: Period, found: "Iterable[Sums | One]", put_in: Mapping[str | None, int]
) -> dict[str, Any]:
    every = list(found)
    sales, costs = sum(each.sales for each in every), sum(each.costs for each in every)
    profit = sum((_yield(ctx, each, 0).profit for each in every), Fraction())
    whole = Yield(sales, profit, costs)
    return {
        "by": by,
        "since": span.since,
        "until": span.until,
        "currency": ctx.settings.currency,
        "sales": Money(sales),
        "profit": Money(_whole(profit) or 0),
        "costs": Money(costs),
        "roi": _share(whole.roi),
        "kinds": {kind or NONE: Money(amount) for kind, amount in put_in.items()},
    }


def _title(by: str, span: Period) -> Message:
    words = {**LABELS, "customer": "Customer", "campaign": "Campaign"}
    return message(
        "What came out of what was put in, by {by}, {period}", by=message(words[by]), period=period_text(span)
    )


def _told(ctx: "Context", found: "Sequence[Sums | One]", put_in: Mapping[str | None, int]) -> list[Message]:
    choices = ctx.forms[COSTS].values["cost_kinds"]
    told = [
        message(
            "{kind}: {amount}",
            kind=choices[kind].label if kind and kind in choices else kind or message("of no kind"),
            amount=yuan(amount),
        )
        for kind, amount in put_in.items()
    ]
    if not put_in:
        told.append(message("Nothing is noted as put in: custcli add costs, or import a list."))
    uncosted = sum(each.sales - each.costed for each in found)
    if uncosted:
        margin = f"{Fraction(ctx.settings.value.margin) * 100}"
        told.append(
            message(
                "Sales of unknown cost are taken with a margin of {margin} %: {amount}",
                margin=margin,
                amount=yuan(uncosted),
            )
        )
    return told


# single customers


def _of_customers(ctx: "Context", asked: Asked, span: Period) -> Grid:
    """Customers with costs or a stated need, those first into whom most was put."""
    from custcli.db import roi

    with ctx.reading().reading() as connection:
        customers = chosen(ctx, connection, asked.codes, asked.where)
        forms, currency = ctx.forms, ctx.settings.currency
        found = list(roi.ones(connection, forms[COSTS], forms[NEEDS], span, customers, currency))
        put_in = roi.kinds(connection, forms[COSTS], span, customers)
    found.sort(key=lambda each: (-each.costs, each.code))
    shown = found[: asked.limit or None]
    return Grid(
        command="roi",
        columns=[
            Column("code", "Customer code", Kind.CODE), HIDDEN_NAME, replace(kind_column(ctx.forms), wide=True),
            Column("region", "Region", wide=True), Column("owner", "Owner", wide=True), *FIGURES,
            Column("need", "Total need of a year", Kind.MONEY, usual=(None,)),
            Column("share_of_wallet", "Our share of it", Kind.SHARE, usual=(None,)),
        ],
        rows=_rows(ctx, shown, span, namer(ctx)),
        summary=_summary(ctx, "customer", span, found, put_in),
        as_of=ctx.day,
        title=_title("customer", span),
        notes=[*more(len(found) - len(shown)), *_told(ctx, found, put_in)],
        sheet=message("Input and output"),
        count=len(shown),
    )  # fmt: skip


def _rows(
    ctx: "Context", found: "Sequence[One]", span: Period, name_of: Callable[[str, str | None], str]
) -> Iterator[list[object]]:
    for each in found:
        need = Fraction(each.sales, each.need) if each.need and _is_year(span) else None
        yield [
            each.code, name_of(each.name, each.hidden_as), each.kind, each.region, each.owner,
            *_figures(_yield(ctx, each, each.costs)), each.need, _share(need),
        ]  # fmt: skip


def share_of_wallet(ctx: "Context", customer: int) -> tuple[int, Fraction] | None:
    """What a customer of this id needs in a year in all, and our share by 12 months' sales (F117); None: unknown."""
    from custcli.db import roi

    since = first_day(ctx.day, MONTHS)
    with ctx.reading().reading() as connection:
        need = roi.need(connection, ctx.forms[NEEDS], customer, ctx.day.year)
        sales = roi.sales(connection, customer, (since, ctx.day), ctx.settings.currency) if need else 0
    return (need, Fraction(sales, need)) if need else None


def _is_year(span: Period) -> bool:
    """Whether a year's need may be compared with the sales of the period."""
    days = (span.until - span.since).days + 1 if span.since else 0
    return days in {365, 366}


# campaigns


def _of_campaigns(ctx: "Context", asked: Asked, span: Period) -> Grid:
    """Campaigns by their first day: the cost of winning a customer, and the orders that name the campaign (F110)."""
    from custcli.db import roi

    with ctx.reading().reading() as connection:
        found = list(roi.campaigns(connection, ctx.forms[CAMPAIGNS], span, ctx.settings.currency))
    shown = found[: asked.limit or None]
    summary, notes = _won(found)
    return Grid(
        command="roi",
        columns=[
            Column("campaign", "Campaign"), Column("starts_on", "Since", Kind.DATE),
            Column("new_customers", "New customers", Kind.INTEGER),
            Column("acquisition_cost", "Cost of winning one", Kind.MONEY, blank="—"),
            Column("customers", "Customers", Kind.INTEGER), *FIGURES,
        ],
        rows=[
            [
                each.name, date.fromisoformat(each.starts_on), each.new_customers,
                _whole(Fraction(each.cost, each.new_customers)) if each.new_customers else None,
                each.customers, *_figures(_yield(ctx, each, each.cost)),
            ]
            for each in shown
        ],
        summary={"by": "campaign", "since": span.since, "until": span.until, **summary},
        as_of=ctx.day,
        title=_title("campaign", span),
        notes=[*more(len(found) - len(shown)), *notes],
        sheet=message("Campaigns"),
        count=len(shown),
    )  # fmt: skip


def _won(found: "Sequence[Campaign]") -> tuple[dict[str, object], list[Message]]:
    """What all campaigns cost and won, and what winning one customer cost; those that do not say how many are named."""
    told = [each for each in found if each.new_customers is not None]
    new = sum(each.new_customers or 0 for each in told)
    each_cost = _whole(Fraction(sum(each.cost for each in told), new)) or 0 if new else None
    summary: dict[str, object] = {
        "costs": Money(sum(each.cost for each in found)),
        "new_customers": new,
        "acquisition_cost": None if each_cost is None else Money(each_cost),
    }
    notes = [] if each_cost is None else [message("Cost of winning a customer: {amount}", amount=yuan(each_cost))]
    if not found:
        notes.append(message("No campaign is noted in the period: custcli add campaigns, or import a list."))
    if unsaid := [each.name for each in found if each.new_customers is None]:
        notes.append(message("How many customers they won is not said, left out: {names}", names=", ".join(unsaid)))
    return summary, notes


def winning(ctx: "Context", connection: "Connection") -> tuple[int, int] | None:
    """Cost (ten-thousandths) and new customers of the campaigns up to the day; None where they won nobody (F110)."""
    from custcli.db import roi

    cost, new = roi.won(connection, ctx.forms[CAMPAIGNS], ctx.day)
    return (cost, new) if new else None
