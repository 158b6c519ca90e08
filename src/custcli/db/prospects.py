"""Prospect cards and their letters of MAN: the latest ones read, new ones written as journaled rows (R3)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from custcli.db import journal


class Noted(NamedTuple):
    """A letter of MAN as it was last assessed; `verdict` or `score` may be unknown."""

    verdict: str | None
    score: int | None
    assessed_on: str


class Card(NamedTuple):
    """A prospect card with what its customer is; `expected_amount` in ten-thousandths, `next_follow_up` ISO."""

    id: int
    code: str
    name: str
    kind: str | None
    stage: str | None
    expected_amount: int | None
    next_follow_up: str | None
    owner: str | None
    region: str | None
    source: str | None


_CARD = (
    "SELECT c.id, c.code, c.name, c.kind, p.stage, p.expected_amount, p.next_follow_up, c.owner, c.region, "
    "c.source_channel FROM customer c"
)


_NO_PROSPECT = (
    "coalesce(p.stage, p.expected_close, p.expected_amount, p.next_follow_up, p.interest, p.urgency) IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM man_letter l WHERE l.customer_id = c.id) "
    "AND EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = c.id AND o.ordered_on <= ?)"
)
"""Who buys and whose card tells nothing of a sale to come: it holds the worksheet of a customer (R9)."""


def cards(connection: Connection, day: date, only: set[int] | None = None) -> list[Card]:
    """The prospects at a day by code; `only` limits their ids."""
    sql = f"{_CARD} JOIN prospect p ON p.customer_id = c.id WHERE NOT ({_NO_PROSPECT}) ORDER BY c.code"
    rows = connection.exec_driver_sql(sql, (day.isoformat(),))
    return [Card(*row) for row in rows if only is None or row[0] in only]


def card(connection: Connection, code: str) -> Card | None:
    """The customer of this code as a prospect, also without a card; None: no such customer."""
    sql = f"{_CARD} LEFT JOIN prospect p ON p.customer_id = c.id WHERE c.code = ?"
    row = connection.exec_driver_sql(sql, (code,)).first()
    return Card(*row) if row else None


def letters(connection: Connection, day: date, customer: int | None = None) -> dict[int, dict[str, Noted]]:
    """The latest assessment up to the day, by customer and letter; of one customer or of all."""
    whose = "" if customer is None else "customer_id = ? AND "
    rows = connection.exec_driver_sql(
        f"SELECT customer_id, letter, verdict, score, assessed_on FROM man_letter WHERE {whose}assessed_on <= ? "
        "ORDER BY customer_id, letter, assessed_on",
        (*([] if customer is None else [customer]), day.isoformat()),
    )
    found: dict[int, dict[str, Noted]] = {}
    for number, letter, *noted in rows:
        found.setdefault(number, {})[letter] = Noted(*noted)
    return found


# writing


class Step(NamedTuple):
    """A letter to be written: a new row (`row` None) or the fields in which the day's row differs."""

    letter: str
    row: int | None
    before: Mapping[str, object]
    after: Mapping[str, object]


def steps(connection: Connection, customer: int, day: date, given: Mapping[str, Mapping[str, object]]) -> list[Step]:
    """What would be written of `given`: letter → its verdict, score and (where stated) evidence."""
    found = []
    for letter, fields in given.items():
        there = connection.exec_driver_sql(
            f"SELECT id, {', '.join(fields)} FROM man_letter WHERE customer_id = ? AND letter = ? AND assessed_on = ?",
            (customer, letter, day.isoformat()),
        ).first()
        former = dict(zip(fields, there[1:], strict=True)) if there else {}
        after = {name: value for name, value in fields.items() if there is None or former[name] != value}
        if after:
            before = {name: former[name] for name in after if there}
            found.append(Step(letter, there[0] if there else None, before, after))
    return found


def has_card(connection: Connection, customer: int) -> bool:
    """Whether the customer has a prospect card."""
    sql = "SELECT EXISTS (SELECT 1 FROM prospect WHERE customer_id = ?)"
    return bool(connection.exec_driver_sql(sql, (customer,)).scalar())


def write(connection: Connection, change: int, customer: int, day: date, todo: Sequence[Step]) -> dict[str, int]:
    """Write the letters, and the card where there is none; how many letters are new and changed."""
    if not has_card(connection, customer):
        number = journal.last_id(connection, "prospect") + 1
        sql = "INSERT INTO prospect (id, made_by, extra, customer_id) VALUES (?,?,'{}',?)"
        connection.exec_driver_sql(sql, (number, change, customer))
    for step in todo:
        _write_one(connection, change, customer, day, step)
    new = sum(step.row is None for step in todo)
    return {"new": new, "changed": len(todo) - new}


def _write_one(connection: Connection, change: int, customer: int, day: date, step: Step) -> None:
    values = tuple(step.after.values())
    if step.row is None:
        number = journal.last_id(connection, "man_letter") + 1
        connection.exec_driver_sql(
            f"INSERT INTO man_letter (id, made_by, extra, customer_id, letter, assessed_on, {', '.join(step.after)}) "
            f"VALUES (?,?,'{{}}',?,?,?{',?' * len(values)})",
            (number, change, customer, step.letter, day.isoformat(), *values),
        )
        return
    sets = ", ".join(f"{name} = ?" for name in step.after)
    connection.exec_driver_sql(f"UPDATE man_letter SET {sets} WHERE id = ?", (*values, step.row))
    before, after = (json.dumps(dict(fields), ensure_ascii=False) for fields in (step.before, step.after))
    journal.enter(connection, change, [("man_letter", step.row, "update", before, after)])
