"""Retention, churn, growth and repeat purchases by period; cohorts of first orders (R22, F132, F133)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from custcli.domain.period import Period, months_before
from custcli.domain.retention import Turnover, turnover
from custcli.domain.status import Days, Rules
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.status import rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months of a period."""
MEASURES = {"rate": Kind.SHARE, "customers": Kind.INTEGER, "amount": Kind.MONEY, "average": Kind.MONEY}


@dataclass(frozen=True)
class Asked:
    """What is asked of retention, as the options say it."""

    by: str = "month"
    since: date | None = None
    until: date | None = None
    within: str | None = None
    where: Sequence[str] = ()


def rates(ctx: "Context", asked: Asked) -> Grid:
    """A row for each period, oldest first; `within` a dimension one for each of its values too.

    Without `since` the last 12 periods that end by the day. UsageError: no such dimension, an empty span.
    """
    from custcli.db import retention as stored
    from custcli.db.terms import of_customers
    from custcli.services.composition import dimension
    from custcli.services.records import parsed

    periods = _periods(asked, ctx.day)
    with ctx.reading().reading() as connection:
        fitting = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        found = stored.order_days(connection, periods[-1].until, fitting)
        ids, orders = _orders(ctx, found, stored.kinds(connection) if rules(ctx).kinds else {})
        values: Mapping[int, str | None] = {}
        column = None
        if asked.within:
            column, question, bound = dimension(ctx, connection, asked.within)
            values = stored.groups(connection, question, bound)
    known = int(found["day"].min()) if len(ids) else periods[-1].until.toordinal()
    periods = [period for period in periods if period.until.toordinal() >= known]
    groups: dict[str | None, NDArray[Any] | None] = _groups(ids, values) if asked.within else {None: None}
    told = list(_told(found, ids, orders, periods, groups, rules(ctx)))
    rows = [[*([word] if asked.within else []), *row] for word, row in told]
    return Grid(
        command="retention",
        columns=[*([column] if column else []), *COLUMNS],
        rows=rows,
        summary={"by": asked.by, "since": periods[0].since, "until": periods[-1].until, "customers": len(ids)},
        as_of=ctx.day,
        title=message("Retention by {length}", length=message(LABELS[asked.by])),
        notes=[_rule(rules(ctx)), *([] if len(ids) else [message("No orders up to this day.")])],
        sheet=message("Retention"),
        count=len(rows),
        spare=("churn_rate", "until", "growth_rate", "old_share", "return_rate"),
    )


LABELS = {"month": "Month", "quarter": "Quarter", "year": "Year"}
COLUMNS = (
    Column("since", "Since", Kind.DATE),
    Column("until", "Until", Kind.DATE),
    Column("start", "At the start", Kind.INTEGER),
    Column("new", "New", Kind.INTEGER),
    Column("regained", "Won back", Kind.INTEGER),
    Column("lost", "Lost", Kind.INTEGER),
    Column("end", "At the end", Kind.INTEGER),
    Column("retention_rate", "Retention rate", Kind.SHARE, blank="—"),
    Column("churn_rate", "Churn rate", Kind.SHARE, blank="—"),
    Column("growth_rate", "Growth", Kind.SHARE, blank="—"),
    Column("old_share", "Share of old customers", Kind.SHARE, blank="—"),
    Column("buyers", "Buyers", Kind.INTEGER, wide=True),
    Column("repeat_buyers", "Bought again", Kind.INTEGER, wide=True),
    Column("repeat_rate", "Repeat purchase rate", Kind.SHARE, blank="—"),
    Column("buyers_before", "Buyers of the period before", Kind.INTEGER, wide=True),
    Column("returned", "Bought in this one too", Kind.INTEGER, wide=True),
    Column("return_rate", "Repurchase rate", Kind.SHARE, blank="—"),
)


def _periods(asked: Asked, day: date) -> list[Period]:
    """Whole calendar periods from the one of `since` to that of `until`; the last one may end with the day."""
    months = LENGTHS[asked.by]
    end = min(asked.until or day, day)
    last = _first_of(end, months)
    first = _first_of(asked.since, months) if asked.since else months_before(last, 11 * months)
    if first > last:
        raise UsageError("the period ends before it begins")
    found = []
    while first <= last:
        after = months_before(first, -months)
        found.append(Period(first, min(after - timedelta(days=1), end), asked.by))
        first = after
    return found


def _first_of(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _orders(
    ctx: "Context", found: "Mapping[str, NDArray[Any]]", kinds: Mapping[int, str]
) -> tuple["NDArray[Any]", Days]:
    """The customers' ids and their days of orders."""
    import numpy as np

    own = rules(ctx)
    ids, starts = np.unique(found["customer"], return_index=True)
    longest = {kind: max(days, own.lost_days) for kind, days in own.kinds.items()}
    least = np.full(len(ids), own.lost_days)
    if longest:
        least[:] = [longest.get(kinds.get(each, ""), own.lost_days) for each in ids.tolist()]
    return ids, Days(found["day"], starts, least)


def _groups(ids: "NDArray[Any]", values: Mapping[int, str | None]) -> dict[str | None, "NDArray[Any] | None"]:
    """The customers of each value as a mask; who has none comes last."""
    import numpy as np

    words = [values.get(each) for each in ids.tolist()]
    ordered = sorted(set(words), key=lambda word: (word is None, str(word)))
    return {word: np.array([each == word for each in words]) for word in ordered}


def _told(
    found: "Mapping[str, NDArray[Any]]",
    ids: "NDArray[Any]",
    orders: Days,
    periods: Sequence[Period],
    groups: Mapping[str | None, "NDArray[Any] | None"],
    by: Rules,
) -> Iterator[tuple[str | None, list[object]]]:
    import numpy as np

    def times(since: int, until: int) -> "NDArray[Any]":
        inside = (found["day"] >= since) & (found["day"] <= until)
        return np.add.reduceat(np.where(inside, found["orders"], 0), orders.starts) if len(ids) else ids

    earlier = times(*_before(periods[0]))
    for period in periods:
        since, until = _ordinal(period.since), period.until.toordinal()
        now = times(since, until)
        for word, mask in groups.items():
            yield word, [period.since, period.until, *_row(turnover(orders, since, until, by, (earlier, now), mask))]
        earlier = now


def _before(period: Period) -> tuple[int, int]:
    """First and last day of the calendar period before."""
    first = period.since or period.until
    return months_before(first, LENGTHS[period.length]).toordinal(), first.toordinal() - 1


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 1


def _row(told: Turnover) -> list[object]:
    counts = [told.start, told.new, told.regained, told.lost, told.end]
    rates = [told.retention_rate, told.churn_rate, told.growth_rate, told.old_share]
    shares = [None if rate is None else float(rate) for rate in (*rates, told.repeat_rate, told.return_rate)]
    again = [told.buyers, told.repeat_buyers, shares[4]]
    return [*counts, *shares[:4], *again, told.buyers_before, told.returned, shares[5]]


def _rule(by: Rules) -> Message:
    return message(
        "Lost: no order for more than {days} days, and more than {gaps} times the customer's own mean gap (R2).",
        days=by.lost_days,
        gaps=f"{float(by.lost_gaps):g}",
    )


@dataclass(frozen=True)
class Cohorts:
    """What is asked of cohorts: length of the periods, the measure shown, the first and last cohort."""

    by: str = "month"
    show: str = "rate"
    since: date | None = None
    until: date | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    long: bool = False


def cohorts(ctx: "Context", asked: Cohorts) -> Grid:
    """Customers by the period of their first order: how many ordered in each period after it, and for how much.

    A row a cohort with a column for each period (0 is that of the first order); `long`: a row for each of both, with
    all measures. What lies after the day is unknown.
    """
    from custcli.db import retention as stored
    from custcli.db.terms import of_customers
    from custcli.services.currency import chosen_currency, currency_code
    from custcli.services.records import parsed

    with ctx.reading().reading() as connection:
        span = Period(None, ctx.day, "all")
        currency, only = chosen_currency(ctx, connection, "sales_order", span, currency_code(asked.currency))
        fitting = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        found = stored.cohorts(connection, LENGTHS[asked.by], ctx.day, fitting, only)
    last = _number(ctx.day, asked.by)
    table: dict[int, dict[int, tuple[int, int]]] = {}
    for cohort, period, told in found:
        if _within(cohort, asked):
            table.setdefault(cohort, {})[period - cohort] = told
    ages = max((last - cohort for cohort in table), default=-1) + 1
    columns, rows = _long(table, asked, last) if asked.long else _wide(table, asked, last, ages)
    return Grid(
        command="cohorts",
        columns=columns,
        rows=rows,
        summary={"by": asked.by, "measure": asked.show, "currency": currency, "until": ctx.day, "cohorts": len(table),
                 "customers": sum(row[0][0] for row in table.values())},
        as_of=ctx.day,
        title=message("Cohorts of first orders by {length}: {measure}", length=message(LABELS[asked.by]),
                      measure=message(MEASURE_LABELS[asked.show])),
        notes=[] if table else [message("No first orders in these periods.")],
        sheet=message("Cohorts"),
        count=len(rows),
        spare=() if asked.long else [column.name for column in reversed(columns[2:])],
    )  # fmt: skip


ALL = ("customers", "rate", "amount", "average")
MEASURE_LABELS = {
    "rate": "share of the cohort that ordered",
    "customers": "customers who ordered",
    "amount": "net sales",
    "average": "net sales per customer of the cohort",
}


def _number(day: date, by: str) -> int:
    """The number of a day's period, as the database counts them."""
    months = LENGTHS[by]
    return day.year * (12 // months) + (day.month - 1) // months


def _within(cohort: int, asked: Cohorts) -> bool:
    first = _number(asked.since, asked.by) if asked.since else cohort
    last = _number(asked.until, asked.by) if asked.until else cohort
    return first <= cohort <= last


def _name(number: int, by: str) -> str:
    """`2026-03`, `2026-Q1`, `2026`."""
    year, part = divmod(number, 12 // LENGTHS[by])
    return {"month": f"{year}-{part + 1:02d}", "quarter": f"{year}-Q{part + 1}", "year": str(year)}[by]


def _measured(show: str, size: int, told: tuple[int, int]) -> object:
    customers, amount = told
    if show == "rate":
        return customers / size
    if show == "average":
        return (2 * amount + size) // (2 * size)
    return customers if show == "customers" else amount


def _wide(
    table: Mapping[int, Mapping[int, tuple[int, int]]], asked: Cohorts, last: int, ages: int
) -> tuple[list[Column], list[list[object]]]:
    kind = MEASURES[asked.show]
    columns = [Column("cohort", "Cohort", Kind.CODE), Column("size", "Customers", Kind.INTEGER)]
    columns += [Column(f"period_{age}", str(age), kind, heat=kind is Kind.SHARE) for age in range(ages)]
    rows: list[list[object]] = []
    for cohort, told in sorted(table.items()):
        size = told[0][0]
        seen = [_measured(asked.show, size, told.get(age, (0, 0))) for age in range(last - cohort + 1)]
        rows.append([_name(cohort, asked.by), size, *seen, *[None] * (ages - len(seen))])
    return columns, rows


def _long(
    table: Mapping[int, Mapping[int, tuple[int, int]]], asked: Cohorts, last: int
) -> tuple[list[Column], list[list[object]]]:
    columns = [
        Column("cohort", "Cohort", Kind.CODE),
        Column("size", "Customers", Kind.INTEGER),
        Column("period", "Period after", Kind.INTEGER),
        Column("customers", "Ordered", Kind.INTEGER),
        *(Column(name, MEASURE_LABELS[name], MEASURES[name]) for name in ("rate", "amount", "average")),
    ]
    rows = [
        [
            _name(cohort, asked.by),
            told[0][0],
            age,
            *(
                _measured(show, told[0][0], told.get(age, (0, 0)))
                for show in ("customers", "rate", "amount", "average")
            ),
        ]
        for cohort, told in sorted(table.items())
        for age in range(last - cohort + 1)
    ]
    return columns, rows
