"""Records by the keys that people call them by: a number, a customer and a day, a person at a customer, a line."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import Connection

from custcli.db.reach import Reach
from custcli.db.records import Where, customer_column, day_field, own
from custcli.db.rows import rewrite
from custcli.domain.forms import Form

MOST = 10
"""So many candidates are told where a key fits several records."""


@dataclass(frozen=True)
class Candidate:
    """A record that a key may mean: its row, and what tells it from others."""

    row: int
    number: str | None = None
    day: str | None = None


@dataclass(frozen=True)
class Person:
    """A person at a customer: the row of the role held there, the row of the person, and its place in that role."""

    role_row: int
    row: int
    role: str
    name: str | None
    ordinal: int


def by_number(connection: Connection, form: Form, key: str) -> list[Candidate]:
    """The records of this number; none where the form has no number."""
    item = form.number
    return [] if item is None else _found(connection, form, (f"{Reach(form).column(item)} = ?", [key]))


def by_row(connection: Connection, form: Form, row: int) -> list[Candidate]:
    """The record of this row."""
    return _found(connection, form, ("t.id = ?", [row]))


def by_customer(connection: Connection, form: Form, customer: int, day: str | None) -> list[Candidate]:
    """The records of a customer, with `day` those of that day, the latest first."""
    column, dated = customer_column(form), day_field(form)
    if column is None:
        return []
    where, values = f"{column} = ?", [customer, *([day] if day else [])]
    return _found(connection, form, (where + (f" AND {_day(form)} = ?" if day and dated else ""), values))


def _found(connection: Connection, form: Form, where: Where) -> list[Candidate]:
    item = form.number
    number = Reach(form).column(item) if item else "NULL"
    kept, values = own(form)
    rows = connection.exec_driver_sql(
        f'SELECT t.id, {number}, {_day(form)} FROM "{form.table}" t WHERE {kept} AND {where[0]} '
        f"ORDER BY 3 DESC, 1 LIMIT {MOST + 1}",
        (*values, *where[1]),
    )
    return [Candidate(row[0], row[1], row[2]) for row in rows]


def _day(form: Form) -> str:
    dated = day_field(form)
    return Reach(form).column(dated) if dated else "NULL"


def people(connection: Connection, customer: int) -> list[Person]:
    """Who holds a role at a customer now, in the order in which they are shown."""
    rows = connection.exec_driver_sql(
        "SELECT r.id, r.contact_id, r.role, c.name FROM contact_role r JOIN contact c ON c.id = r.contact_id "
        "WHERE r.customer_id = ? AND r.until IS NULL ORDER BY r.role, r.contact_id",
        (customer,),
    )
    seen: dict[str, int] = {}
    found = []
    for role_row, row, role, name in rows:
        seen[role] = seen.get(role, 0) + 1
        found.append(Person(role_row, row, role, name, seen[role]))
    return found


def lines(connection: Connection, order: int) -> dict[int, int]:
    """Line number → row of the lines of an order."""
    rows = connection.exec_driver_sql(
        "SELECT line_no, id FROM order_line WHERE order_id = ? ORDER BY line_no", (order,)
    )
    return {row[0]: row[1] for row in rows}


def line_sums(connection: Connection, order: int) -> tuple[int | None, int | None]:
    """(amount of an order, sum of its lines' amounts); a sum only where all lines have one."""
    row = connection.exec_driver_sql(
        "SELECT o.amount, (SELECT CASE WHEN count(*) = count(l.amount) THEN sum(l.amount) END "
        "FROM order_line l WHERE l.order_id = o.id) FROM sales_order o WHERE o.id = ?",
        (order,),
    ).one()
    return row[0], row[1]


def order_of(connection: Connection, line: int) -> int:
    """The row of the order that a line belongs to."""
    return int(connection.exec_driver_sql("SELECT order_id FROM order_line WHERE id = ?", (line,)).scalar_one())


def deleted_by(connection: Connection, code: str) -> int | None:
    """The latest change that deleted a customer of this code."""
    return connection.exec_driver_sql(
        "SELECT max(change_id) FROM journal WHERE table_name = 'customer' AND action = 'delete' "
        "AND json_extract(before, '$.code') = ?",
        (code,),
    ).scalar()


def codes(connection: Connection) -> Mapping[int, str]:
    """Codes of customers by row, also of those that were deleted: for telling references of the past."""
    gone = (
        "SELECT row_id, json_extract(before, '$.code') FROM journal WHERE table_name = 'customer' AND action = 'delete'"
    )
    return {**_pairs(connection, gone), **_pairs(connection, "SELECT id, code FROM customer")}


def _pairs(connection: Connection, sql: str) -> dict[int, str]:
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql) if row[1] is not None}


def referring(forms: Mapping[str, Form]) -> Iterator[tuple[Where, str]]:
    """Of forms whose records lie in `entry` and name customers: SQL of their rows `t` and of the customer."""
    for form in forms.values():
        column = customer_column(form) if form.table == "entry" else None
        if column is not None:
            yield own(form), column


def naming(connection: Connection, forms: Mapping[str, Form], named: Form, number: str) -> dict[str, int]:
    """Form → how many of its records name the record of this number of another form (forms.md 1.2, `to`)."""
    found: dict[str, int] = {}
    for form in forms.values():
        for item in (each for each in form.of_group(None) if each.to == named.name):
            kept, values = own(form)
            sql = f'SELECT count(*) FROM "{form.table}" t WHERE {kept} AND {Reach(form).column(item)} = ?'
            count = connection.exec_driver_sql(sql, (*values, number)).scalar_one()
            found |= {form.name: found.get(form.name, 0) + count} if count else {}
    return found


# what an edit must not bring about

ALONE = ("uscc", "id_no")
"""Numbers that no two customers share."""


def same(connection: Connection, customer: int, touched: AbstractSet[str]) -> dict[str, list[str]]:
    """Of the fields touched those of which another customer has the same value now: its codes by field.

    Numbers that no two share, and the name within a region.
    """
    conditions = {name: f"o.{name} = c.{name}" for name in ALONE if name in touched}
    if touched & {"name", "region"}:
        conditions["name"] = "o.name_key = c.name_key AND o.region IS c.region"
    found = {}
    for name, condition in conditions.items():
        sql = (
            f"SELECT o.code FROM customer c JOIN customer o ON {condition} AND o.id <> c.id WHERE c.id = ? "
            f"ORDER BY o.code LIMIT {MOST}"
        )
        found[name] = list(connection.exec_driver_sql(sql, (customer,)).scalars())
    return {name: codes for name, codes in found.items() if codes}


def refers_to_itself(connection: Connection, customer: int) -> bool:
    """Whether a customer is its own parent or referrer."""
    sql = "SELECT id IN (coalesce(parent, 0), coalesce(referred_by, 0)) FROM customer WHERE id = ?"
    return bool(connection.exec_driver_sql(sql, (customer,)).scalar())


def put_in_force(connection: Connection, change: int, customer: int) -> None:
    """A draft that this change gave its kind is a dossier (decisions.md 7)."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM customer c JOIN journal j ON j.table_name = 'customer' AND j.row_id = c.id "
        "WHERE c.id = ? AND c.state = 'draft' AND j.change_id = ? AND json_extract(j.after, '$.kind') IS NOT NULL)"
    )
    if connection.exec_driver_sql(sql, (customer, change)).scalar():
        rewrite(connection, change, "customer", customer, {"state": "active"}, {"state": "draft"})
