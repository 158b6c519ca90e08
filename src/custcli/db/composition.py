"""What customers and their orders add up to by one or several dimensions: questions in SQL, plain rows out (R30)."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import figures, ledger, runs, sqlite
from custcli.db.figures import FIRST_DAY, VALID
from custcli.db.reach import Reach, table_group
from custcli.db.records import Where, core, own
from custcli.db.verdicts import judged
from custcli.domain import composition
from custcli.domain.forms import Form
from custcli.domain.layout import Placed, labels, place
from custcli.domain.ledger import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTS = {"list", "choices"}
TOGETHER = 200_000
"""The lines of so many ids are read at a time."""
DAY_PARTS = {
    "year": "substr({day}, 1, 4)",
    "quarter": "substr({day}, 1, 4) || '-Q' || ((substr({day}, 6, 2) + 2) / 3)",
    "month": "substr({day}, 1, 7)",
    "month_of_year": "substr({day}, 6, 2)",
    "week": "date({day}, '-6 days', 'weekday 1')",
    "day": "{day}",
    "weekday": "CAST(CAST(julianday({day}) + 0.5 AS INTEGER) % 7 + 1 AS TEXT)",
}
"""What of an order's day makes a dimension; Monday is 1, and a week is called by its Monday."""
AMOUNTS = {"sales": "amount", "profit": "amount - {t}cost", "quantity": "quantity"}
FIGURES = {"sales": "amount", "profit": "profit", "quantity": "quantity"}
"""What of a ledger's orders they are."""

_VALID_ORDER = re.sub(r"\b(status|type)\b", r"t.\1", VALID)


@dataclass(frozen=True)
class CustomerAxis:
    """A dimension of customers: a question for (customer, v), a row for each value that a customer has."""

    question: str
    values: Sequence[object] = ()


@dataclass(frozen=True)
class OrderAxis:
    """A dimension of orders: a field of theirs or of their lines, or a part of their day."""

    place: Placed | None = None
    part: str = ""


Axis = CustomerAxis | OrderAxis


@dataclass(frozen=True)
class Facts:
    """Which orders count, and what of them: `metric` is a key of AMOUNTS; currency None takes all."""

    metric: str
    since: date | None
    until: date
    currency: str | None = None

    @property
    def where(self) -> Where:
        """SQL of the valid orders `t` of the period."""
        ends: list[object] = [self.since.isoformat() if self.since else FIRST_DAY, self.until.isoformat()]
        sql = f"t.ordered_on BETWEEN ? AND ? AND {_VALID_ORDER}"
        return (sql, ends) if self.currency is None else (f"{sql} AND t.currency = ?", [*ends, self.currency])


def field_axis(forms: Mapping[str, Form], text: str) -> tuple[CustomerAxis, Form, Placed] | None:
    """The dimension of a field of customers, whichever forms have it, and the first of them; None where none has.

    What customers state of themselves goes before the same of their contacts (教育程度 of an individual).
    """
    shared = core(forms)
    found = _placed(shared, text)
    if found:
        return CustomerAxis(*_values(shared, found)), shared, found
    dossiers = [form for form in forms.values() if form.dossier]
    having = [(form, at) for form in dossiers if (at := _placed(form, text))]
    if not having:
        return None
    having = [(form, at) for form, at in having if not _of_a_contact(form, at)] or having
    questions = [_values(form, at, own(form)) for form, at in having]
    union = " UNION ".join(sql for sql, _ in questions)
    return CustomerAxis(union, [value for _, values in questions for value in values]), *having[0]


def _placed(form: Form, text: str) -> Placed | None:
    """The place of a field; None where there is none, without looking for one of a like name."""
    found = place(form, text) if labels.of(form).resolve((text,)).targets else None
    return found if isinstance(found, Placed) else None


def _of_a_contact(form: Form, at: Placed) -> bool:
    return bool(at.field.group and form.groups[at.field.group].table == "contact")


def orders_axis(forms: Mapping[str, Form], text: str) -> CustomerAxis | None:
    """The customers of the orders that state a field of orders; None where orders have no such field."""
    found = _placed(forms["orders"], text)
    return CustomerAxis(*_values(forms["orders"], found)) if found else None


def stated(connection: Connection, axis: CustomerAxis) -> bool:
    """Whether anything states it."""
    return bool(connection.exec_driver_sql(f"SELECT EXISTS ({axis.question})", tuple(axis.values)).scalar())


def _values(form: Form, at: Placed, kept: Where = ("1 = 1", ())) -> Where:
    reach = Reach(form)
    value = reach.value(at)
    if at.field.type in LISTS:
        sql = (
            f"SELECT t.id AS customer, e.value AS v FROM {reach.source} JOIN json_each({value}) e "
            f"WHERE {value} IS NOT NULL AND {kept[0]}"
        )
    else:
        sql = f"SELECT t.id AS customer, {value} AS v FROM {reach.source} WHERE {value} IS NOT NULL AND {kept[0]}"
    return sql, [*reach.parameters, *kept[1]]


def age_axis(day: date, bands: Sequence[int]) -> CustomerAxis:
    """Bands of age at a day by the birth date: `<18`, `18-44`, `45-59`, `60+` for the bounds 18, 45, 60."""
    names = [f"<{bands[0]}", *(f"{low}-{high - 1}" for low, high in pairwise(bands))]
    age = "(? - substr(t.birth_date, 1, 4) - (? < substr(t.birth_date, 6, 5)))"
    cases = " ".join(f"WHEN {age} < {bound} THEN '{name}'" for bound, name in zip(bands, names, strict=True))
    sql = (
        f"SELECT t.id AS customer, CASE {cases} ELSE '{bands[-1]}+' END AS v FROM customer t "
        "WHERE t.birth_date IS NOT NULL AND length(t.birth_date) = 10"
    )
    return CustomerAxis(sql, [day.year, f"{day:%m-%d}"] * len(bands))


def verdict_axis(connection: Connection, column: str, day: date) -> CustomerAxis:
    """The class (`abc`) or `tier` by the latest stored run up to a day."""
    run = runs.dense(connection, runs.latest_run(connection, day))
    return CustomerAxis(
        f"SELECT customer, v FROM (SELECT id AS customer, {judged(column, 'id')} AS v FROM customer) WHERE v <> ''",
        [run],
    )


def given_axis(words: Sequence[tuple[int, str]]) -> CustomerAxis:
    """A dimension that is reckoned, not stored: the word of each customer."""
    pairs = json.dumps(words, ensure_ascii=False)
    return CustomerAxis("SELECT value ->> 0 AS customer, value ->> 1 AS v FROM json_each(?)", [pairs])


@dataclass(frozen=True)
class Sums:
    """(customers, buyers, orders, amount) in all; the same behind each combination of values, in no order.

    An amount is None where none is known. `best`: the customers with most of a combination.
    """

    whole: tuple[Any, ...]
    parts: list[tuple[Any, ...]]
    best: Mapping[tuple[Any, ...], Sequence[tuple[figures.Shown, int]]]


def sums(
    connection: Connection, orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where, top: int = 0
) -> Sums:
    """What is behind each combination of values, and its `top` customers by amount, then code.

    `customers` limits the customers `t`.
    """
    import numpy as np

    ids = ledger.fitting(connection, customers)
    of_orders = [axis for axis in axes if isinstance(axis, OrderAxis)]
    part = of_orders[0].part if len(of_orders) == 1 else ""
    sold = _sold(connection, facts, ids, part or None)
    found = every = composition.in_all(sold, ids)
    told: list[composition.Axis] = []
    if part:
        found, told = sold, [composition.worded(sold.part, composition.PARTS[part].word)]
    elif of_orders:
        found, told = _by_orders(connection, orders, of_orders, facts, ids)
    ways = dict(zip((i for i, axis in enumerate(axes) if isinstance(axis, OrderAxis)), told, strict=True))
    for i, axis in enumerate(axes):
        if isinstance(axis, CustomerAxis):
            mine = _of_customers(connection, axis, ids)
            again, ways_of = mine.among(np.searchsorted(ids, found.ids))
            found, ways = found.at(again), {n: way.at(again) for n, way in ways.items()} | {i: ways_of}
    dimensions = [ways[i] for i in range(len(axes))]
    best = _best(connection, dimensions, found, top) if top else {}
    return Sums(composition.whole(every), composition.grouped(dimensions, found), best)


def uncosted(connection: Connection, facts: Facts, customers: Where) -> int:
    """The sales of which the cost is not known, in ten-thousandths: they are in no profit."""
    (where, values), (who, bound) = facts.where, customers
    sql = (
        f"SELECT coalesce(sum(t.amount), 0) FROM sales_order t WHERE {where} AND t.cost IS NULL "
        f"AND t.customer_id IN (SELECT t.id FROM customer t WHERE {who})"
    )
    return int(connection.exec_driver_sql(sql, (*values, *bound)).scalar_one())


def _of_customers(connection: Connection, axis: CustomerAxis, ids: "NDArray[Any]") -> composition.Values:
    """A dimension of these customers."""
    import numpy as np

    rows: Any = connection.exec_driver_sql(axis.question, tuple(axis.values)).cursor
    owners, told = list(zip(*rows, strict=True)) or ((), ())
    words = {word: number for number, word in enumerate(dict.fromkeys((None, *told)))}
    numbers = np.fromiter(map(words.__getitem__, told), dtype=np.int64, count=len(told))
    whose = np.array(owners, dtype=np.int64)
    mine = np.isin(whose, ids)
    return composition.values(np.searchsorted(ids, whose[mine]), numbers[mine], [*words], len(ids))


def _sold(connection: Connection, facts: Facts, ids: "NDArray[Any]", part: str | None) -> composition.Entries:
    """What these customers ordered, in all or in each part of the days (a key of composition.PARTS).

    Sums alone cost the database less than the orders themselves, where these are not at hand.
    """
    figure = FIGURES[facts.metric]
    names = ledger.KEPT if figure == "profit" else (figure,)
    if not part and not ledger.kept(connection, names):
        return _added(connection, facts, ids)
    first = facts.since.toordinal() if facts.since else 1
    found = []
    for orders in ledger.parts(connection, facts.until, names, facts.currency):
        mine = orders.among(ids)
        within = mine.days >= first
        found.append(composition.entries(mine if within.all() else mine.only(within), figure, part))
    return composition.joined(found)


def _added(connection: Connection, facts: Facts, ids: "NDArray[Any]") -> composition.Entries:
    """What these customers ordered in all, by the covering index."""
    import numpy as np

    where, values = facts.where
    amount = f"t.{AMOUNTS[facts.metric].format(t='t.')}"
    sql = (
        "SELECT t.customer_id AS id, count(CASE WHEN t.type <> 'return' THEN 1 END) AS orders, "
        f"coalesce(sum({amount}), 0) AS amount, count({amount}) AS known FROM sales_order t WHERE {where} "
        "GROUP BY t.customer_id"
    )
    found = sqlite.numbers(connection, sql, values, ["id", "orders", "amount", "known"])
    mine = np.flatnonzero(np.isin(found["id"], ids, assume_unique=True))
    whole = np.zeros(len(mine), dtype=np.int64)
    return composition.Entries(found["id"][mine], whole, *(found[name][mine] for name in ("orders", "amount", "known")))


def _best(
    connection: Connection, axes: Sequence[composition.Axis], found: composition.Entries, count: int
) -> dict[tuple[Any, ...], list[tuple[figures.Shown, int]]]:
    """The `count` customers with most of each combination, with their amounts."""
    import numpy as np

    by_code = figures.customers(connection).ids
    by_id = np.argsort(by_code)
    ranks = by_id[np.searchsorted(by_code, found.ids, sorter=by_id)]
    first = composition.best(axes, found, ranks, count)
    some = figures.chunks(sorted({customer for _, customer, _ in first}))
    who = {key: each for ids in some for key, each in figures.shown(connection, ids).items()}
    best: dict[tuple[Any, ...], list[tuple[figures.Shown, int]]] = {}
    for words, customer, amount in first:
        best.setdefault(words, []).append((who[customer], amount))
    return best


Words = defaultdict[object, int]
"""The number of each value of a dimension, in the order in which they were met."""


def _by_orders(
    connection: Connection, form: Form, axes: Sequence[OrderAxis], facts: Facts, ids: "NDArray[Any]"
) -> tuple[composition.Entries, list[composition.Axis]]:
    """What these customers ordered by dimensions of their orders or lines, and these dimensions."""
    import numpy as np

    words: dict[OrderAxis, Words] = {axis: defaultdict(count().__next__, {}) for axis in axes}
    fine = {axis: words[axis] for axis in axes if _of_lines(form, axis) and axis.place and axis.place.key is None}
    coarse = {axis: words[axis] for axis in axes if axis not in fine}
    rows = _orders(connection, form, coarse, facts)
    by_customer = np.lexsort((rows[0], rows[1]))
    mine = by_customer[np.isin(rows[1][by_customer], ids)]
    order, who, back, turned, amount, *numbers = (each[mine] for each in rows)
    at = np.arange(len(order))
    if fine:
        lines = _lines(connection, form, fine, facts)
        at, line = composition.matched(order, lines.pop(0))
        stated = np.append(lines.pop(0), UNKNOWN)[line]
        stated = np.where(turned[at].astype(bool) & (stated != UNKNOWN), -np.abs(stated), stated)
        amount = np.where(line < 0, amount[at], stated)
        numbers = [each[at] for each in numbers]
        numbers += [np.append(lines.pop(0), np.int32(known[None]))[line] for known in fine.values()]
        del stated, line
    ledger.checked(amount)
    known = dict(zip((*coarse, *fine), numbers, strict=True))
    sizes = [max(len(words[axis]), 1) for axis in axes]
    flat = np.ravel_multi_index([known[axis] for axis in axes], sizes)
    found = composition.gathered(who, back.astype(bool), at, amount, flat)
    places = np.unravel_index(found.part, sizes)
    return found, [composition.Axis(each, [*words[axis]]) for each, axis in zip(places, axes, strict=True)]


def _orders(connection: Connection, form: Form, axes: Mapping[OrderAxis, Words], facts: Facts) -> "list[NDArray[Any]]":
    """Of each order: id, customer, whether goods were sent back, whether its amount is below 0, figure, values."""
    reach = Reach(form)
    columns = [_expression(reach, axis) for axis in axes]
    line = next((reach.alias(axis.place) for axis in axes if axis.place and _of_lines(form, axis)), None)
    where, values = facts.where
    amount = f"t.{AMOUNTS[facts.metric].format(t='t.')}"
    if line:
        stated = f"{line}.{AMOUNTS[facts.metric].format(t=f'{line}.')}"
        amount = f"CASE WHEN {line}.id IS NULL THEN {amount} WHEN t.amount < 0 THEN -abs({stated}) ELSE {stated} END"
    numbers = f"t.id, t.customer_id, t.type = 'return', coalesce(t.amount < 0, 0), coalesce({amount}, {UNKNOWN})"
    sql = f"SELECT {', '.join([numbers, *columns])} FROM {reach.source} WHERE {where}"
    return sqlite.told(connection, sql, [*reach.parameters, *values], 5, [*axes.values()])


def _lines(connection: Connection, form: Form, axes: Mapping[OrderAxis, Words], facts: Facts) -> "list[NDArray[Any]]":
    """Of each line of whatever order: the order's id, figure, values."""
    import numpy as np

    reach = Reach(form)
    columns = [_expression(reach, axis) for axis in axes]
    line = next(reach.alias(axis.place) for axis in axes if axis.place)
    amount = f"{line}.{AMOUNTS[facts.metric].format(t=f'{line}.')}"
    sql = (
        f"SELECT {line}.order_id, coalesce({amount}, {UNKNOWN}), {', '.join(columns)} FROM order_line {line} "
        f"WHERE {line}.id BETWEEN ? AND ?"
    )
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM order_line").scalar_one()
    starts = range(0, last + 1, TOGETHER)
    parts = [sqlite.told(connection, sql, (at, at + TOGETHER - 1), 2, [*axes.values()]) for at in starts]
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def _of_lines(form: Form, axis: OrderAxis) -> bool:
    group = axis.place and table_group(form, axis.place.field)
    return bool(group and group.table == "order_line")


def _expression(reach: Reach, axis: OrderAxis) -> str:
    return reach.value(axis.place) if axis.place else DAY_PARTS[axis.part].format(day="t.ordered_on")
