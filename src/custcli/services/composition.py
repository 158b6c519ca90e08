"""Composition of the customer base: customers, orders, amounts and shares by one or two dimensions (R30, F127-F138)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import fold
from custcli.errors import UsageError
from custcli.grid import SCALE, Bars, Column, Grid, Kind, Money, yuan
from custcli.messages import Message, message
from custcli.services import compared
from custcli.services.classify.asked import Asked as Classified
from custcli.services.classify.asked import days
from custcli.services.currency import absent, chosen_currency, currency_code
from custcli.services.names import TIERS, coded, namer
from custcli.services.records import groupable, grouping, parsed, placed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.composition import Axis
    from custcli.db.figures import Shown
    from custcli.domain.period import Period

WEEKDAYS = dict(
    zip("1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
PARTS = {
    "year": ("Year", ("年", "年份", "年度")),
    "quarter": ("Quarter", ("季度",)),
    "month": ("Month", ("月", "月份", "年月")),
    "month_of_year": ("Month of the year", ("淡旺季", "月度", "month of the year")),
    "week": ("Week from", ("周", "每周")),
    "day": ("Day", ("天", "每天", "每日")),
    "weekday": ("Weekday", ("星期", "周几")),
}
"""Dimensions of an order's day."""
VERDICTS = {"abc": ("Class", ("等级", "ABC", "class")), "tier": ("Tier", ("层级", "金字塔"))}
RECKONED = {
    "lifecycle": ("Lifecycle", ("生命周期", "生命周期阶段")),
    "behaviour": ("Behaviour", ("行为类型", "behavior")),
    "quality": ("Profit quality", ("利润质量",)),
    "standing": ("Status by the orders", ("现状", "按交易的状态")),
}
"""What `status` says of customers (R2, R15, R16, R23)."""
AGE = ("Age", ("年龄", "年龄段", "age band"))
AGES = (18, 45, 60)
"""The bounds of the bands of age (R30)."""
METRICS = {"sales": "net sales", "profit": "gross profit", "quantity": "quantity"}
MOST = 2
BLANK = "(not stated)"


@dataclass(frozen=True)
class Asked:
    """What is asked, as the options of `custcli composition` say it.

    `compare`: with the period `before`, or the same days of the `year` before; `top`: so many best customers of a row.
    """

    dimensions: Sequence[str]
    by: str = "sales"
    months: int | None = None
    since: date | None = None
    until: date | None = None
    all_time: bool = False
    where: Sequence[str] = ()
    currency: str | None = None
    ages: str | None = None
    compare: str | None = None
    visits: bool = False
    top: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class Dimension:
    """A dimension as it was found.

    `several`: a customer may have several values of it; `runs`: its values have an order of their own, as months have;
    `refers`: they are codes of customers.
    """

    axis: "Axis"
    column: Column
    several: bool = False
    runs: bool = False
    refers: bool = False


@dataclass(frozen=True)
class _Found:
    """What the database says: `whole` (customers, buyers, orders, amount), `parts` the same behind their values.

    `counted`: the customers of which shares are told; `best` of each row, None where nobody asked; `lacking`: there are
    no amounts in the currency asked for; `uncosted`: the sales that are in no profit; `former` and `visits` where
    asked for.
    """

    dimensions: Sequence[Dimension]
    span: "Period"
    currency: str
    lacking: bool
    whole: Sequence[Any]
    parts: Sequence[Sequence[Any]]
    counted: int
    uncosted: int
    best: "Mapping[tuple[Any, ...], Sequence[tuple[Shown, int]]] | None"
    former: compared.Former | None
    visits: Mapping[tuple[Any, ...], int] | None


def composition(ctx: "Context", asked: Asked) -> Grid:
    """Customers, their orders and amounts by the dimensions, the largest amount first; not stated is a row of its own.

    UsageError: no such dimension, more than two, a bad period, several currencies and none chosen.
    """
    if not 1 <= len(asked.dimensions) <= MOST:
        raise UsageError("one or two dimensions are meant: {example}", example="region kind")
    found = _found(ctx, asked)
    rows = _rows(ctx, found, asked.by)
    shown = rows[: asked.limit] if asked.limit else rows
    title = _title(found.dimensions, asked.by, found.currency, found.span)
    return Grid(
        command="composition",
        columns=[*(each.column for each in found.dimensions), *_columns(asked)],
        rows=shown,
        summary=_summary(asked, found, len(rows)),
        spare=("customer_share", "average", "buyers"),
        as_of=ctx.day,
        title=title,
        notes=_notes(found, len(rows) - len(shown)),
        sheet=message("Composition"),
        count=len(shown),
        chart=_chart(found.dimensions, title) if found.whole[-1] else None,
    )


def _found(ctx: "Context", asked: Asked) -> _Found:
    from custcli.db import composition as stored
    from custcli.db.terms import of_customers

    span, wished = days(_period(asked), ctx.settings, ctx.day), currency_code(asked.currency)
    with ctx.reading().reading() as connection:
        found = [_stated(ctx, connection, text, _dimension(ctx, connection, text, asked)) for text in asked.dimensions]
        currency, only = chosen_currency(ctx, connection, "sales_order", span, wished)
        lacking = absent(connection, "sales_order", span, wished)
        facts = stored.Facts(asked.by, span.since, span.until, only)
        fitting = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        orders, ways = ctx.forms["orders"], [each.axis for each in found]
        sums = stored.sums(connection, orders, ways, facts, fitting, asked.top)
        told = {at: coded(ctx, connection, each.column, [part[at] for part in sums.parts])
                for at, each in enumerate(found) if each.refers}  # fmt: skip
        found = [replace(each, column=told.get(at, each.column)) for at, each in enumerate(found)]
        uncosted = stored.uncosted(connection, facts, fitting) if asked.by == "profit" else 0
        former = None
        if asked.compare:
            alike = stored.Facts(asked.by, span.since, span.until, currency)
            former = compared.former(connection, orders, found, alike, fitting, asked.compare)
        visits = compared.visits(ctx, connection, found, span, fitting) if asked.visits else None
    customers, buyers, *_ = sums.whole
    counted = customers if all(isinstance(each, stored.CustomerAxis) for each in ways) else buyers
    best = sums.best if asked.top else None
    return _Found(found, span, currency, lacking, sums.whole, sums.parts, counted, uncosted, best, former, visits)


def _summary(asked: Asked, found: _Found, groups: int) -> dict[str, object]:
    customers, buyers, orders, total = found.whole
    return {
        "dimensions": [each.column.name for each in found.dimensions],
        "metric": asked.by,
        "currency": found.currency,
        "since": found.span.since,
        "until": found.span.until,
        "customers": customers,
        "buyers": buyers,
        "orders": orders,
        "total": Money(total or 0),
        "groups": groups,
        **(found.former.summary() if found.former else {}),
        **({} if found.visits is None else {"visits": found.visits[()]}),
    }


def _notes(found: _Found, left: int) -> list[Message]:
    more = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    nothing = message("There are no amounts in {currency} in the period.", currency=found.currency)
    told = [nothing] if found.lacking else []
    told += [found.former.note()] if found.former else []
    if found.uncosted:
        told.append(message("Sales left out, since their cost is unknown: {amount}", amount=yuan(found.uncosted)))
    several = [message("A customer counts in each of its values of {field}.", field=message(each.column.label))
               for each in found.dimensions if each.several]  # fmt: skip
    return [*more, *told, *several]


def _chart(found: Sequence[Dimension], title: Message) -> Bars | None:
    """Bars of the amounts by one dimension; those of two have no names of their own."""
    return None if len(found) > 1 else Bars(title, found[0].column.name, "amount", upright=found[0].runs)


def _period(asked: Asked) -> Classified:
    return Classified("sales", months=asked.months, since=asked.since, until=asked.until, all_time=asked.all_time)


def _dimension(ctx: "Context", connection: "Connection", text: str, asked: Asked) -> Dimension:
    """What a word means: a part of the day, class or tier, age, a field of customers, a field of orders or lines."""
    from custcli.db import composition as stored

    word = fold(text)
    for name, (label, also) in PARTS.items():
        if word in _spellings(name, label, also):
            kind, labels = (Kind.TOKEN, WEEKDAYS) if name == "weekday" else (Kind.CODE, {})
            return Dimension(stored.OrderAxis(part=name), Column(name, label, kind, labels=labels), runs=True)
    for name, (label, also) in VERDICTS.items():
        if word in _spellings(name, label, also):
            axis = stored.verdict_axis(connection, name, ctx.day)
            column = Column(name, label, Kind.TOKEN, labels=TIERS if name == "tier" else {}, blank=BLANK)
            return Dimension(axis, column)
    for name, (label, also) in RECKONED.items():
        if word in _spellings(name, label, also):
            return reckoned(ctx, connection, [name])[0]
    if word in _spellings("age", *AGE):
        return Dimension(stored.age_axis(ctx.day, _bounds(asked.ages)), Column("age", AGE[0], blank=BLANK), runs=True)
    return _field(ctx, text)


def reckoned(ctx: "Context", connection: "Connection", names: Sequence[str]) -> list[Dimension]:
    """Dimensions that `status` reckons at the day."""
    from custcli.db import composition as stored
    from custcli.services import status

    labels = {
        "lifecycle": status.LIFECYCLES, "behaviour": status.BEHAVIOURS, "quality": status.QUALITIES,
        "standing": status.STATUSES,
    }  # fmt: skip
    words = status.words(ctx, connection, ["status" if name == "standing" else name for name in names])
    columns = [Column(name, RECKONED[name][0], Kind.TOKEN, labels=labels[name], blank=BLANK) for name in names]
    return [Dimension(stored.given_axis(each), column) for each, column in zip(words, columns, strict=True)]


def found_dimension(ctx: "Context", connection: "Connection", text: str) -> Dimension:
    """A dimension by its word. UsageError: there is none, or it cannot be grouped by."""
    return _dimension(ctx, connection, text, Asked(()))


def dimension(ctx: "Context", connection: "Connection", text: str) -> tuple[Column, str, Sequence[object]]:
    """A dimension of customers, by which others group: its column, and the question for (customer, value).

    UsageError: no such dimension, one of orders.
    """
    from custcli.db.composition import CustomerAxis

    found = found_dimension(ctx, connection, text)
    if not isinstance(found.axis, CustomerAxis) or found.several:
        raise UsageError("{field} is no dimension of customers with one value each", field=message(found.column.label))
    return found.column, found.axis.question, found.axis.values


def _spellings(name: str, label: str, also: Sequence[str]) -> set[str]:
    return {fold(each) for each in (name, label, *also)}


def _bounds(text: str | None) -> Sequence[int]:
    try:
        bounds = [int(each) for each in text.split(",")] if text else list(AGES)
    except ValueError:
        bounds = []
    if not bounds or bounds[0] <= 0 or any(low >= high for low, high in pairwise(bounds)):
        raise UsageError("ages should rise, as {example}", example="18,45,60")
    return bounds


def _stated(ctx: "Context", connection: "Connection", text: str, found: Dimension) -> Dimension:
    """The dimension, or that of orders by the same word where no customer states it and orders do (地区, Country)."""
    from custcli.db import composition as stored

    orders = stored.orders_axis(ctx.forms, text)
    if not isinstance(found.axis, stored.CustomerAxis) or orders is None or stored.stated(connection, found.axis):
        return found
    return _field(ctx, text, of_customers=False) if stored.stated(connection, orders) else found


def _field(ctx: "Context", text: str, *, of_customers: bool = True) -> Dimension:
    from custcli.db import composition as stored

    found = stored.field_axis(ctx.forms, text) if of_customers else None
    form = found[1] if found else ctx.forms["orders"]
    at = found[2] if found else placed(form, text)
    axis = found[0] if found else stored.OrderAxis(at)
    groupable(ctx.forms, form, at, reveal=ctx.reveal)
    several = at.field.type in stored.LISTS
    return Dimension(axis, grouping(ctx.forms, form, at), several, refers=at.field.refers)


def _columns(asked: Asked) -> list[Column]:
    amount = Kind.DECIMAL if asked.by == "quantity" else Kind.MONEY
    beside = [*(compared.changes(amount) if asked.compare else ()), *(compared.VISITS if asked.visits else ())]
    best = [Column("top", "Best customers", Kind.LIST)] if asked.top else []
    return [
        Column("customers", "Customers", Kind.INTEGER),
        Column("customer_share", "Share of customers", Kind.SHARE),
        Column("buyers", "Buyers", Kind.INTEGER),
        Column("orders", "Orders", Kind.INTEGER),
        Column("amount", "Amount", amount),
        Column("share", "Share", Kind.SHARE, bar=True),
        Column("average", "Average per buyer", amount),
        *beside,
        *best,
    ]


def _rows(ctx: "Context", found: _Found, by: str) -> list[list[object]]:
    """The rows, most amount first, then most customers, then by value; what has an order of its own comes in that."""
    name_of, width = namer(ctx), len(found.dimensions)
    counted, total, best = found.counted, found.whole[-1] or 0, found.best
    rows: list[list[object]] = []
    runs = [i for i, each in enumerate(found.dimensions) if each.runs]

    def order(part: Sequence[Any]) -> tuple[object, ...]:
        return [_last(part[i]) for i in runs], -(part[-1] or 0), -part[width], [_last(each) for each in part[:width]]

    show = _quantity if by == "quantity" else yuan
    gone = found.former.gone(found.parts) if found.former else []
    for *values, customers, buyers, orders, amount in sorted([*found.parts, *gone], key=order):
        told = [*values, customers, customers / counted if counted else None, buyers, orders, amount or 0]
        told += [(amount or 0) / total if total > 0 else None, _average(amount, buyers)]
        if found.former:
            told += compared.change(amount or 0, found.former.parts.get(tuple(values)) or 0)
        if found.visits is not None:
            told += compared.share_of_visits(found.visits, tuple(values))
        if best is not None:
            first = best.get(tuple(values), ())
            told.append([f"{who.code} {name_of(who.name, who.hidden_as)} ({show(most)})" for who, most in first])
        rows.append(told)
    return rows


def _quantity(amount: int) -> str:
    """Ten-thousandths as people read a quantity."""
    return f"{(Decimal(amount) / SCALE).normalize():,f}"


def _last(value: object) -> tuple[bool, str]:
    """What is not stated comes last."""
    return (value is None, str(value))


def _average(amount: int | None, buyers: int) -> int | None:
    """Rounded half up to a ten-thousandth."""
    return None if not buyers or amount is None else (2 * amount + buyers) // (2 * buyers)


def _title(found: Sequence[Dimension], by: str, currency: str, span: "Period") -> Message:
    from custcli.domain.period import period_text

    names = message(found[0].column.label)
    if len(found) > 1:
        names = message("{first} and {second}", first=names, second=message(found[1].column.label))
    text = "Composition by {dimensions}: {metric} in {currency}, {period}"
    counted = "Composition by {dimensions}: {metric}, {period}"
    return message(
        counted if by == "quantity" else text,
        dimensions=names,
        metric=message(METRICS[by]),
        currency=currency,
        period=period_text(span),
    )
