"""Customers in which a text occurs: by code, name, phone, and by their persons' names and phones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from custcli.db.hidden import hidden_as

OF_CUSTOMER = ("code", "name", "phone", "mobile", "home_phone", "email")
OF_PERSON = ("name", "phone", "mobile", "email")
PHONES = {"phone", "mobile", "home_phone"}
MANY = 500
"""So many ids are asked for at once."""


@dataclass(frozen=True)
class Hit:
    """Where a text was found: the customer's row, the role of the person (None: the customer itself), field, value."""

    customer: int
    role: str | None
    field: str
    value: str


@dataclass(frozen=True)
class Shown:
    """What is told of a customer that was found; `hidden_as` decides how its name is masked."""

    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None


def containing(connection: Connection, text: str) -> Iterator[Hit]:
    """Every field that has the text in it, capital or small; phones also where only signs between digits differ."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    digits = re.sub(r"[\s()+\-]", "", text)
    plain = f"%{digits}%" if digits.isdecimal() and len(digits) > 2 else None  # noqa: PLR2004 - shorter ones say nothing
    for name in OF_CUSTOMER:
        where, values = _like(f"t.{name}", name, pattern, plain)
        rows = connection.exec_driver_sql(f"SELECT t.id, t.{name} FROM customer t WHERE {where}", values)
        yield from (Hit(row[0], None, name, row[1]) for row in rows)
    for name in OF_PERSON:
        where, values = _like(f"p.{name}", name, pattern, plain)
        rows = connection.exec_driver_sql(
            f"SELECT r.customer_id, r.role, p.{name} FROM contact p JOIN contact_role r ON r.contact_id = p.id "
            f"WHERE r.until IS NULL AND ({where})",
            values,
        )
        yield from (Hit(row[0], row[1], name, row[2]) for row in rows)


def _like(column: str, name: str, pattern: str, plain: str | None) -> tuple[str, tuple[str, ...]]:
    where = f"{column} LIKE ? ESCAPE '\\'"
    if plain is None or name not in PHONES:
        return where, (pattern,)
    return f"{where} OR replace(replace({column}, '-', ''), ' ', '') LIKE ?", (pattern, plain)


def names(connection: Connection) -> list[tuple[int, str | None, str]]:
    """The names of all customers and of their persons: customer, role of the person, name."""
    # straight from the driver: an object a row would take as long as all the rest
    found: Any = connection.exec_driver_sql(
        "SELECT id, NULL, name FROM customer UNION ALL "
        "SELECT r.customer_id, r.role, p.name FROM contact_role r JOIN contact p ON p.id = r.contact_id "
        "WHERE r.until IS NULL AND p.name IS NOT NULL"
    ).cursor
    return list(found)


def shown(connection: Connection, customers: Sequence[int]) -> dict[int, Shown]:
    """What is told of each customer."""
    found: dict[int, Shown] = {}
    for start in range(0, len(customers), MANY):
        some = customers[start : start + MANY]
        rows = connection.exec_driver_sql(
            f"SELECT c.id, c.code, c.name, c.kind, c.region, c.owner, {hidden_as('c')} FROM customer c "
            f"WHERE c.id IN ({', '.join('?' * len(some))})",
            tuple(some),
        )
        found |= {row[0]: Shown(*row[1:]) for row in rows}
    return found
