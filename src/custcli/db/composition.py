"""What customers and their orders add up to by one or several dimensions: questions in SQL, plain rows out (R30)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import ledger, runs, sqlite
from custcli.db.figures import FIRST_DAY, VALID
from custcli.db.reach import Reach
from custcli.db.records import Where, core, latest_run, own
from custcli.db.verdicts import judged
from custcli.domain import composition
from custcli.domain.forms import Form
from custcli.domain.layout import Placed, place

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTS = {"list", "choices"}
DAY_PARTS = {
    "year": "substr({day}, 1, 4)",
    "quarter": "substr({day}, 1, 4) || '-Q' || ((substr({day}, 6, 2) + 2) / 3)",
    "month": "substr({day}, 1, 7)",
    "month_of_year": "substr({day}, 6, 2)",
    "weekday": "CAST(CAST(julianday({day}) + 0.5 AS INTEGER) % 7 + 1 AS TEXT)",
}
"""What of an order's day makes a dimension; Monday is 1."""
AMOUNTS = {
    "sales": ("amount", "amount"),
    "profit": ("amount - {t}cost", "amount - {t}cost"),
    "quantity": ("quantity", "quantity"),
}
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
    """The dimension of a field of customers, whichever forms have it, and the first of them; None where none has."""
    shared = core(forms)
    found = place(shared, text)
    if isinstance(found, Placed):
        return CustomerAxis(*_values(shared, found)), shared, found
    dossiers = [form for form in forms.values() if form.dossier]
    having = [(form, at) for form in dossiers if isinstance(at := place(form, text), Placed)]
    if not having:
        return None
    questions = [_values(form, at, own(form)) for form, at in having]
    union = " UNION ".join(sql for sql, _ in questions)
    return CustomerAxis(union, [value for _, values in questions for value in values]), *having[0]


def orders_axis(forms: Mapping[str, Form], text: str) -> CustomerAxis | None:
    """The customers of the orders that state a field of orders; None where orders have no such field."""
    found = place(forms["orders"], text)
    return CustomerAxis(*_values(forms["orders"], found)) if isinstance(found, Placed) else None


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
    run = runs.dense(connection, latest_run(connection, day))
    return CustomerAxis(
        f"SELECT customer, v FROM (SELECT id AS customer, {judged(column, 'id')} AS v FROM customer) WHERE v <> ''",
        [run],
    )


def sums(
    connection: Connection, orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where
) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    """(customers, buyers, orders, amount) in all; the same behind each combination of values, in no order.

    An amount is None where none is known. `customers` limits the customers `t`.
    """
    import numpy as np

    ids = ledger.fitting(connection, customers)
    own = {i: _of_customers(connection, axis, ids) for i, axis in enumerate(axes) if isinstance(axis, CustomerAxis)}
    parts = [axis.part for axis in axes if isinstance(axis, OrderAxis)]
    slow = None in own.values() or len(parts) > 1 or "" in parts
    sold = _sold(connection, facts, ids, parts[0] if parts and not slow else None)
    every = composition.in_all(sold, ids)
    whole = composition.grouped([], every)[0]
    if slow:
        return whole, _by_values(connection, orders, axes, facts, customers)
    found = sold if parts else every
    places = np.searchsorted(ids, found.ids)
    ways = [
        mine.at(places) if (mine := own.get(i)) else composition.worded(found.part, composition.PARTS[parts[0]].word)
        for i in range(len(axes))
    ]
    return whole, composition.grouped(ways, found)


def uncosted(connection: Connection, facts: Facts, customers: Where) -> int:
    """The sales of which the cost is not known, in ten-thousandths: they are in no profit."""
    (where, values), (who, bound) = facts.where, customers
    sql = (
        f"SELECT coalesce(sum(t.amount), 0) FROM sales_order t WHERE {where} AND t.cost IS NULL "
        f"AND t.customer_id IN (SELECT t.id FROM customer t WHERE {who})"
    )
    return int(connection.exec_driver_sql(sql, (*values, *bound)).scalar_one())


def _of_customers(connection: Connection, axis: CustomerAxis, ids: "NDArray[Any]") -> composition.Axis | None:
    """A dimension of these customers; None where some have several values."""
    import numpy as np

    rows: Any = connection.exec_driver_sql(axis.question, tuple(axis.values)).cursor
    found = list(rows)
    values = dict(found)
    if len(values) < len(found):
        return None
    told = list(map(values.get, ids.tolist()))
    words = {word: place for place, word in enumerate(dict.fromkeys(told))}
    return composition.Axis(np.fromiter(map(words.__getitem__, told), dtype=np.int64), [*words])


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
    amount = f"t.{AMOUNTS[facts.metric][0].format(t='t.')}"
    sql = (
        "SELECT t.customer_id AS id, count(CASE WHEN t.type <> 'return' THEN 1 END) AS orders, "
        f"coalesce(sum({amount}), 0) AS amount, count({amount}) AS known FROM sales_order t WHERE {where} "
        "GROUP BY t.customer_id"
    )
    found = sqlite.numbers(connection, sql, values, ["id", "orders", "amount", "known"])
    mine = np.flatnonzero(np.isin(found["id"], ids, assume_unique=True))
    whole = np.zeros(len(mine), dtype=np.int64)
    return composition.Entries(found["id"][mine], whole, *(found[name][mine] for name in ("orders", "amount", "known")))


def _by_values(
    connection: Connection, orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where
) -> list[tuple[Any, ...]]:
    """The rows of `sums` where a dimension is one of orders or of their lines, or has several values of a customer."""
    base, values = _base(orders, axes, facts, customers)
    names = ", ".join(f"v{i}" for i in range(len(axes)))
    columns = "count(*), coalesce(sum(orders > 0), 0), coalesce(sum(orders), 0), sum(amount)"
    sql = f"SELECT {names}, {columns} FROM ({base}) GROUP BY {names}"
    return [tuple(row) for row in connection.exec_driver_sql(sql, tuple(values))]


def best(
    connection: Connection, orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where, count: int
) -> dict[tuple[Any, ...], list[tuple[str, str, str | None, int]]]:
    """The `count` customers with most of each combination: (code, name, kind, amount)."""
    base, values = _base(orders, axes, facts, customers)
    columns = ", ".join(f"v{i}" for i in range(len(axes)))
    ranked = (
        f"SELECT {columns}, c.code, c.name, c.kind, amount, row_number() OVER (PARTITION BY {columns} "
        f"ORDER BY amount DESC, c.code) AS n FROM ({base}) b JOIN customer c ON c.id = b.customer WHERE amount > 0"
    )
    rows = connection.exec_driver_sql(f"SELECT * FROM ({ranked}) WHERE n <= ? ORDER BY n", (*values, count))
    found: dict[tuple[Any, ...], list[tuple[str, str, str | None, int]]] = {}
    for row in rows:
        *group, code, name, kind, amount, _ = row
        found.setdefault(tuple(group), []).append((code, name, kind, amount))
    return found


def _base(orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where) -> Where:
    """One row for each combination of values and customer: v0…, customer, orders, amount."""
    own_axes = [(i, axis) for i, axis in enumerate(axes) if isinstance(axis, CustomerAxis)]
    joins = " ".join(f"LEFT JOIN ({axis.question}) d{i} ON d{i}.customer = f.customer" for i, axis in own_axes)
    bound = [value for _, axis in own_axes for value in axis.values]
    if len(own_axes) == len(axes):
        sold, values = _by_customer(facts, customers)
    else:
        sold, values = _by_order(orders, axes, facts, customers)
    columns = [f"{f'd{i}.v' if isinstance(axis, CustomerAxis) else f'f.v{i}'} AS v{i}" for i, axis in enumerate(axes)]
    group = ", ".join(str(number) for number in range(1, len(axes) + 2))
    sql = (
        f"SELECT {', '.join([*columns, 'f.customer AS customer'])}, sum(f.orders) AS orders, sum(f.amount) AS amount "
        f"FROM ({sold}) f {joins} GROUP BY {group}"
    )
    return sql, [*values, *bound]


def _by_customer(facts: Facts, customers: Where) -> Where:
    """All customers that fit, with what they ordered, by the covering index."""
    where, values = facts.where
    amount = AMOUNTS[facts.metric][0].format(t="t.")
    sold = (
        f"SELECT t.customer_id AS customer, count(CASE WHEN t.type <> 'return' THEN 1 END) AS orders, "
        f"sum(t.{amount}) AS amount FROM sales_order t WHERE {where} GROUP BY t.customer_id"
    )
    sql = (
        f"SELECT t.id AS customer, coalesce(s.orders, 0) AS orders, s.amount AS amount FROM customer t "
        f"LEFT JOIN ({sold}) s ON s.customer = t.id WHERE {customers[0]}"
    )
    return sql, [*values, *customers[1]]


def _by_order(orders: Form, axes: Sequence[Axis], facts: Facts, customers: Where) -> Where:
    """What customers ordered by the values of their orders; a row for each customer and combination of these."""
    reach = Reach(orders)
    named = [(i, axis) for i, axis in enumerate(axes) if isinstance(axis, OrderAxis)]
    columns = ", ".join(f"{_expression(reach, axis)} AS v{i}" for i, axis in named)
    lines = next((reach.alias(axis.place) for _, axis in named if axis.place and _of_lines(orders, axis.place)), None)
    where, values = facts.where
    amount = f"t.{AMOUNTS[facts.metric][0].format(t='t.')}"
    if lines:
        line = f"{lines}.{AMOUNTS[facts.metric][1].format(t=f'{lines}.')}"
        amount = f"CASE WHEN {lines}.id IS NULL THEN {amount} WHEN t.amount < 0 THEN -abs({line}) ELSE {line} END"
    who, who_values = customers
    group = ", ".join(f"v{i}" for i, _ in named)
    sql = (
        f"SELECT {columns}, t.customer_id AS customer, count(DISTINCT CASE WHEN t.type <> 'return' THEN t.id END) "
        f"AS orders, sum({amount}) AS amount FROM {reach.source} WHERE {where} "
        f"AND t.customer_id IN (SELECT t.id FROM customer t WHERE {who}) GROUP BY {group}, t.customer_id"
    )
    return sql, [*reach.parameters, *values, *who_values]


def _of_lines(orders: Form, at: Placed) -> bool:
    return bool(at.field.group and orders.groups[at.field.group].many)


def _expression(reach: Reach, axis: OrderAxis) -> str:
    return reach.value(axis.place) if axis.place else DAY_PARTS[axis.part].format(day="t.ordered_on")


def spread(
    connection: Connection, axis: CustomerAxis, segment: Where, limit: int
) -> list[tuple[object, int, int]] | None:
    """(value, customers, customers of the segment) of a dimension; None where it has more than `limit` values."""
    sql = (
        f"SELECT d.v, count(DISTINCT d.customer), count(DISTINCT s.id) FROM ({axis.question}) d LEFT JOIN "
        f"(SELECT t.id FROM customer t WHERE {segment[0]}) s ON s.id = d.customer GROUP BY d.v LIMIT ?"
    )
    rows = connection.exec_driver_sql(sql, (*axis.values, *segment[1], limit + 1)).all()
    return None if len(rows) > limit else [(row[0], row[1], row[2]) for row in rows if row[0] is not None]


def how_many(connection: Connection, segment: Where) -> tuple[int, int]:
    """How many customers there are, and how many of them fit."""
    every = connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
    fit = connection.exec_driver_sql(f"SELECT count(*) FROM customer t WHERE {segment[0]}", tuple(segment[1]))
    return int(every), int(fit.scalar_one())
