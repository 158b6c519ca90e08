"""Records of any form with any of its fields, as plain values."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db import elements
from custcli.db.reach import Reach, table_group
from custcli.domain.forms import Field, Form, Group
from custcli.domain.layout import Placed
from custcli.grid import SCALE

CHUNK = 2_000

MATTERS = {"kind", "region", "owner", "phone", "mobile"}
"""The fields of all customers that people look at first, beside code and name."""
Where = tuple[str, Sequence[object]]
"""SQL that holds of `t`, a row of the form's own table, and the values bound in it."""
EVERY: Where = ("1 = 1", ())
Sort = Sequence[tuple[Placed, bool]]
"""Fields to sort by; True is downwards."""


def own(form: Form) -> Where:
    """Which rows of its table are records of a form: by what it sets, or by the card that lies beside the customer."""
    if form.table == "entry":
        return elements.of_form(form), ()
    if form.of and form.rows:
        group = form.groups[form.rows]
        return f'EXISTS (SELECT 1 FROM "{group.table}" o WHERE o.{elements.parent_column(str(group.table))} = t.id)', ()
    if form.set:
        return " AND ".join(f't."{column}" = ?' for column in form.set), list(form.set.values())
    card = next((group.table for group in form.groups.values() if one_child(group)), None)
    return (f'EXISTS (SELECT 1 FROM "{card}" o WHERE o.customer_id = t.id)', ()) if form.dossier and card else EVERY


def one_child(group: Group) -> bool:
    """Whether a group is a table of its own with one row beside each record: a card."""
    return group.table not in {None, "contact", "entry"} and not (group.key or group.many)


def core(forms: Mapping[str, Form]) -> Form:
    """All customers as one form: the fields that every dossier form has."""
    dossiers = [form for form in forms.values() if form.dossier]
    plain = next((form for form in dossiers if not form.set), dossiers[0])
    shared = {
        name: replace(item, recommended=name in MATTERS)
        for name, item in plain.fields.items()
        if all(name in form.fields and form.fields[name].stored == item.stored for form in dossiers)
    }
    return Form(
        name="customers", version=plain.version, zh="客户", en="Customers", table="customer", match=(("code",),),
        fields=shared, values=plain.values,
    )  # fmt: skip


def select(
    connection: Connection,
    form: Form,
    columns: Sequence[Placed],
    where: Where = EVERY,
    *,
    sort: Sort = (),
    limit: int | None = None,
    day: date | None = None,
    fallbacks: bool = False,
) -> Iterator[list[Any]]:
    """The records of a form, one list of values for each, as grid.Kind says them.

    Money and quantities are ints in ten-thousandths, shares floats, days dates, lists lists; not stated is None.
    A field of a `many` group (order lines) gives one row for each element. Order: `sort`, then customers by code,
    registers by date, number and id (cli.md 1.4). `fallbacks`: a blank field shows its stand-in. The rows are read
    while they are walked.
    """
    reach = Reach(form, day)
    picked = [reach.shown(place) if fallbacks else reach.value(place) for place in columns]
    vague = {i: place for i, place in enumerate(columns) if place.field.read == "since"}
    picked += [reach.precision(place) for place in vague.values()]
    order = [*_sorted(reach, sort), *_natural(form), *_of_elements(reach, columns)]
    kept, kept_values = own(form)
    sql = f"SELECT {', '.join(picked)} FROM {reach.source} WHERE {kept} AND {where[0]} ORDER BY {', '.join(order)}"
    values = [*reach.parameters, *kept_values, *where[1]]
    if limit is not None:
        sql, values = f"{sql} LIMIT ?", [*values, limit]
    readers = [(i, read) for i, place in enumerate(columns) if (read := READERS.get(place.field.type))]
    for raw in _streamed(connection, sql, values):
        yield _plain(list(raw), readers, list(vague), len(columns))


def _streamed(connection: Connection, sql: str, values: Sequence[object]) -> Iterator[Sequence[Any]]:
    for part in connection.exec_driver_sql(sql, tuple(values)).partitions(CHUNK):
        yield from part


def _plain(
    row: list[Any], readers: Sequence[tuple[int, Callable[[Any], Any]]], vague: Sequence[int], count: int
) -> list[Any]:
    for i, read in readers:
        if row[i] is not None:
            row[i] = read(row[i])
    for i, precision in zip(vague, row[count:], strict=True):
        row[i] = _since(row[i], precision)
    return row[:count]


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _words(text: str) -> list[str]:
    try:
        words = json.loads(text)
    except ValueError:
        return [text]
    return list(map(str, words)) if isinstance(words, list) else [text]


def _since(day: date | str | None, precision: str | None) -> str | None:
    """A day written as exactly as it is known: 约2019, 2019, 2019-03, 2019-03-05."""
    length = {"about": 4, "year": 4, "month": 7}.get(precision or "")
    return None if day is None else ("约" if precision == "about" else "") + str(day)[:length]


READERS: Mapping[str, Callable[[Any], Any]] = {
    "date": _day,
    "bool": bool,
    "percent": lambda share: share / SCALE,
    "list": _words,
    "choices": _words,
}
"""Stored value → plain value, by the field's type; other types are stored as they are shown."""


def _sorted(reach: Reach, sort: Sort) -> Iterator[str]:
    """What is not stated comes last, whichever way is sorted."""
    for place, downwards in sort:
        value = reach.value(place)
        yield f"{value} IS NULL, {value}{' DESC' if downwards else ''}"


def _natural(form: Form) -> Iterator[str]:
    """The order in which a form's records stand without any wish: a total one."""
    if form.dossier:
        yield 't."code"'
        return
    reach = Reach(form)
    for item in (day_field(form), form.number):
        if item is not None:
            yield f"{reach.column(item)} IS NULL, {reach.column(item)}"
    yield "t.id"


def day_field(form: Form) -> Field | None:
    """The day of a register's record: its first required date, else its first one."""
    days = [item for item in form.of_group(None) if item.type == "date"]
    return next((item for item in days if item.required), days[0] if days else None)


def _of_elements(reach: Reach, columns: Sequence[Placed]) -> Iterator[str]:
    inner = [place for place in columns if place.key is None]
    groups = {group.name: place for place in inner if (group := table_group(reach.form, place.field)) and group.many}
    for name, place in groups.items():
        yield f'{reach.alias(place)}."{reach.form.groups[name].order or "id"}"'


def count(connection: Connection, form: Form, where: Where = EVERY, columns: Sequence[Placed] = ()) -> int:
    """How many records a form has; with `columns` how many rows `select` gives of them."""
    reach = Reach(form)
    for place in columns:
        reach.value(place)
    kept, values = own(form)
    counted = "DISTINCT t.id" if reach.joined and not columns else "*"
    sql = f"SELECT count({counted}) FROM {reach.source} WHERE {kept} AND {where[0]}"
    return int(connection.exec_driver_sql(sql, (*reach.parameters, *values, *where[1])).scalar_one())


def years(connection: Connection, form: Form, group: Group, where: Where = EVERY) -> list[str]:
    """The years for which any record states something in a group keyed by year, the earliest first."""
    kept, values = own(form)
    sql = (
        f'SELECT DISTINCT {elements.key(group, "y")} FROM "{group.table}" y '
        f"WHERE y.{elements.parent_column(str(group.table))} IN "
        f'(SELECT t.id FROM "{form.table}" t WHERE {kept} AND {where[0]})'
        f"{elements.of_group(form, group, 'y')} ORDER BY 1"
    )
    return [str(year) for year in connection.exec_driver_sql(sql, (*values, *where[1])).scalars()]


def most_elements(connection: Connection, form: Form, group: Group, where: Where = EVERY) -> int:
    """How many elements of a group of which a record has several (persons, findings) any record has."""
    kept, values = own(form)
    people = group.table == "contact"
    its = "o.customer_id = t.id AND o.role = ? AND o.until IS NULL" if people else elements.belongs(form, group, "o")
    sql = (
        f"SELECT max((SELECT count(*) FROM {'contact_role' if people else group.table} o WHERE {its})) "
        f'FROM "{form.table}" t WHERE {kept} AND {where[0]}'
    )
    role = [group.set["role"]] if people else []
    return connection.exec_driver_sql(sql, (*role, *values, *where[1])).scalar() or 0


def has_elements(connection: Connection, form: Form, group: Group) -> bool:
    """Whether any record of a form has an element of a `many` group with a table of its own."""
    kept, values = own(form)
    if group.table == "contact":
        kept, values = f"e.role = ? AND e.until IS NULL AND {kept}", [group.set["role"], *values]
    table = "contact_role" if group.table == "contact" else str(group.table)
    joined = f"t.id = e.{elements.parent_column(table)}{elements.of_group(form, group, 'e')}"
    sql = f'SELECT EXISTS (SELECT 1 FROM "{table}" e JOIN "{form.table}" t ON {joined} WHERE {kept})'
    return bool(connection.exec_driver_sql(sql, tuple(values)).scalar())


# One customer


def find(connection: Connection, code: str, key: str) -> list[tuple[int, str, str | None]]:
    """(id, code, kind) of the customer with this code, else of those whose name has this key."""
    sql = "SELECT id, code, kind FROM customer WHERE {} = ? ORDER BY code LIMIT 10"
    found = connection.exec_driver_sql(sql.format("code"), (code,)).all()
    found = found or connection.exec_driver_sql(sql.format("name_key"), (key,)).all()
    return [(row[0], row[1], row[2]) for row in found]


def customer_column(form: Form) -> str | None:
    """SQL of the customer to whom a register's record belongs; None where the form names no customers."""
    item = next((each for each in form.of_group(None) if each.to == "customer"), None)
    return None if item is None or form.dossier else Reach(form).column(item)


def through_customers(form: Form, customers: Where) -> Where:
    """SQL of a form's records whose customers fit; of a form that names none all."""
    column = customer_column(form)
    if form.dossier or customers == EVERY or column is None:
        return customers if form.dossier else EVERY
    return f"{column} IN (SELECT t.id FROM customer t WHERE {customers[0]})", customers[1]


def of_customer(form: Form, customer: int, day: date) -> Where | None:
    """SQL of the records of a register that belong to a customer, up to a day; None where it names no customers."""
    column = customer_column(form)
    if column is None:
        return None
    by_then, bound = until(form, day)
    return f"{column} = ? AND {by_then}", [customer, *bound]


def until(form: Form, day: date) -> Where:
    """SQL of the records of a register up to a day; a dossier has no day of its own."""
    dated = None if form.dossier else day_field(form)
    return (f"{Reach(form).column(dated)} <= ?", [day.isoformat()]) if dated else EVERY


VALID = "status IN ('confirmed', 'shipped', 'done') AND type <> 'sample'"
"""Orders that count (domain.md R4); returns are kept negative."""


def traded(connection: Connection, customer: int, day: date) -> list[tuple[str, str, int, int]]:
    """(orders or payments, currency, how many, sum) of what a customer bought and paid up to a day."""
    sql = (
        "SELECT 'orders', currency, count(*), coalesce(sum(amount), 0) FROM sales_order "
        f"WHERE customer_id = ? AND ordered_on <= ? AND {VALID} GROUP BY currency UNION ALL "
        "SELECT 'payments', currency, count(*), sum(amount) FROM payment "
        "WHERE customer_id = ? AND paid_on <= ? GROUP BY currency ORDER BY 1, 2"
    )
    rows = connection.exec_driver_sql(sql, (customer, day.isoformat()) * 2)
    return [(row[0], row[1], row[2], row[3]) for row in rows]
