"""What the journal tells: the changes, and the former and present value of every field of a customer's rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from custcli.db import journal

RELATED = {
    "customer": "SELECT :id",
    "contact": "SELECT contact_id FROM contact_role WHERE customer_id = :id",
    "contact_role": "SELECT id FROM contact_role WHERE customer_id = :id",
    "yearly_sales": "SELECT id FROM yearly_sales WHERE customer_id = :id",
    "prospect": "SELECT id FROM prospect WHERE customer_id = :id",
    "man_letter": "SELECT id FROM man_letter WHERE customer_id = :id",
}
GROUPED = ("contact", "yearly_sales", "prospect", "man_letter")
"""Tables of groups: the paths of their fields have the group's name before them."""
KEYED = {"yearly_sales": ("year",), "man_letter": ("letter", "assessed_on")}


@dataclass(frozen=True)
class Touch:
    """One field as one change left it: where the change took it from, and what stood before."""

    table: str
    row: int
    key: str
    field: str
    before: Any
    after: Any
    change: int
    at: str
    user: str
    command: str
    file: str | None
    sheet: str | None
    cell: str | None


def changes(connection: Connection, until: str | None = None, limit: int | None = None) -> list[tuple[Any, ...]]:
    """(id, at, user, command, kind, counts, undoes, reason, files) of the changes, latest first."""
    sql = (
        'SELECT c.id, c.at, c."user", c.command, c.kind, c.counts, c.undoes, c.reason, '
        "(SELECT group_concat(file, ', ') FROM (SELECT DISTINCT file FROM source s WHERE s.change_id = c.id)) "
        "FROM change c WHERE (:until IS NULL OR c.at < :until) ORDER BY c.id DESC LIMIT coalesce(:most, -1)"
    )
    return [tuple(row) for row in connection.exec_driver_sql(sql, {"until": until, "most": limit})]


def change(connection: Connection, number: int) -> tuple[str, int | None] | None:
    """(kind, undoes) of a change, None where there is none."""
    row = connection.exec_driver_sql("SELECT kind, undoes FROM change WHERE id = ?", (number,)).first()
    return (row[0], row[1]) if row else None


def last_data_change(connection: Connection) -> int | None:
    """The latest change of data that is neither undone nor itself an undo (decisions.md 10)."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql("SELECT id FROM change WHERE kind = 'data' ORDER BY id DESC").scalars()
    return next((number for number in rows if number not in gone), None)


def customer_id(connection: Connection, code: str) -> int | None:
    """The row of a customer by its code."""
    return connection.exec_driver_sql("SELECT id FROM customer WHERE code = ?", (code,)).scalar()


def kind(connection: Connection, customer: int) -> str | None:
    """The dossier kind of a customer."""
    return connection.exec_driver_sql("SELECT kind FROM customer WHERE id = ?", (customer,)).scalar()


def codes(connection: Connection, table: str, rows: Sequence[int]) -> list[str]:
    """Codes of the customers that rows of a table belong to, for telling what an undo kept."""
    column = {"customer": "id", "contact": None}.get(table, "customer_id")
    if column is None or table in {"order_line", "entry"}:
        return []
    marks = ",".join("?" * len(rows))
    sql = (
        f"SELECT DISTINCT c.code FROM customer c JOIN {table} t ON c.id = t.{column} "
        f"WHERE t.id IN ({marks}) ORDER BY c.code"
    )
    return list(connection.exec_driver_sql(sql, tuple(rows)).scalars())


def touches(connection: Connection, customer: int) -> Iterator[Touch]:
    """Every field of a customer's rows, change by change, oldest first; the last of a field has its present value."""
    headers: dict[int, Sequence[Any]] = {row[0]: row[1:4] for row in changes(connection)}
    sources = {
        row[0]: (row[1], row[2], json.loads(row[3]))
        for row in connection.exec_driver_sql("SELECT id, file, sheet, columns FROM source")
    }
    found: list[Touch] = []
    for table, related in RELATED.items():
        names = journal.columns(table)
        rows = connection.exec_driver_sql(
            f"SELECT id, made_by, source_id, source_row, extra, {', '.join(names)} FROM {table} "
            f"WHERE id IN ({related}) ORDER BY id",
            {"id": customer},
        ).all()
        for row in rows:
            present = dict(zip(names, row[5:], strict=True))
            present |= {f"extra.{key}": value for key, value in json.loads(row[4]).items()}
            key = "/".join(str(present[name]) for name in KEYED.get(table, ()))
            key = key or _role(connection, table, row[0], customer)
            found += _row(connection, table, row, present, key, headers, sources)
    return iter(sorted(found, key=lambda touch: (touch.change, touch.table, touch.row)))


def _role(connection: Connection, table: str, row: int, customer: int) -> str:
    if table != "contact":
        return ""
    sql = "SELECT role FROM contact_role WHERE contact_id = ? AND customer_id = ? ORDER BY id"
    return "/".join(dict.fromkeys(connection.exec_driver_sql(sql, (row, customer)).scalars()))


def _row(
    connection: Connection,
    table: str,
    row: Sequence[Any],
    present: dict[str, Any],
    key: str,
    headers: dict[int, Sequence[Any]],
    sources: dict[int, tuple[str, str, dict[str, str]]],
) -> list[Touch]:
    """Walk back from the present values through the entries; what remains is what the row was made with."""
    entries = connection.exec_driver_sql(
        "SELECT change_id, before, after, source_id, source_row FROM journal WHERE table_name = ? AND row_id = ? "
        "AND action = 'update' AND before IS NOT NULL ORDER BY id DESC",
        (table, row[0]),
    ).all()
    found: list[Touch] = []

    def touch(name: str, before: Any, after: Any, change: int, source: int | None, line: int | None) -> None:
        file, sheet, cells = sources.get(source or 0, (None, None, {}))
        at, user, command = headers[change]
        cell = _cell(cells, table, key, name.removeprefix("extra."), line)
        found.append(Touch(table, row[0], key, name, before, after, change, at, user, command, file, sheet, cell))

    for number, before, after, source, line in entries:
        then = json.loads(before)
        for name, value in json.loads(after).items():
            touch(name, then.get(name), value, number, source, line)
            present[name] = then.get(name)
    for name, value in present.items():
        if value is not None and name not in {"customer_id", "contact_id", "name_key"}:
            touch(name, None, value, row[1], row[2], row[3])
    return found


def _cell(columns: dict[str, str], table: str, key: str, name: str, line: int | None) -> str | None:
    """The cell a value came from: its column and the record's row, or the whole address that a card's field has.

    A field of a group is looked for with its role, year or letter first (`legal_rep.name`), then without.
    """
    columns = _of_record(columns, line)
    grouped = [path for path in columns if path.endswith(f".{name}")]
    first = key.split("/", maxsplit=1)[0]
    keyed = [path for path in grouped if first and first in path.split(".")]
    path = next(iter(keyed or grouped[: len(grouped) == 1]), name) if table in GROUPED else name
    place = columns.get(path, "")
    if place[-1:].isdigit():
        return place
    return f"{place}{line}" if place and line else None


def _of_record(columns: dict[str, str], line: int | None) -> dict[str, str]:
    """Of a sheet with several cards (`path@2`) the cells of one."""
    end = f"@{line}"
    return {path.removesuffix(end): cell for path, cell in columns.items() if "@" not in path or path.endswith(end)}
