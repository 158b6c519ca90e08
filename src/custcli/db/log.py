"""What the journal tells: the changes, and the former and present value of every field of a customer's rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from custcli.db import journal

RELATED = {
    "customer": {
        "customer": "SELECT :id",
        "contact": "SELECT contact_id FROM contact_role WHERE customer_id = :id",
        "contact_role": "SELECT id FROM contact_role WHERE customer_id = :id",
        "yearly_sales": "SELECT id FROM yearly_sales WHERE customer_id = :id",
        "prospect": "SELECT id FROM prospect WHERE customer_id = :id",
        "man_letter": "SELECT id FROM man_letter WHERE customer_id = :id",
        "entry": "SELECT id FROM entry WHERE parent_table = 'customer' AND parent_id = :id",
    },
    "contact": {"contact": "SELECT :id"},
    "sales_order": {
        "sales_order": "SELECT :id",
        "order_line": "SELECT id FROM order_line WHERE order_id = :id",
    },
    "order_line": {"order_line": "SELECT :id"},
    "payment": {"payment": "SELECT :id"},
    "entry": {"entry": "SELECT :id UNION SELECT id FROM entry WHERE parent_table = 'entry' AND parent_id = :id"},
}
"""Table of a record → the rows that tell of it, by table."""
GROUPED = ("contact", "yearly_sales", "prospect", "man_letter", "entry", "order_line")
"""Tables of groups: the paths of their fields have the group's name before them."""
KEYED = {"yearly_sales": ("year",), "man_letter": ("letter", "assessed_on"), "order_line": ("line_no",),
         "entry": ("group_name", "key_text")}  # fmt: skip
OF_A_CUSTOMER = set(RELATED["customer"])
LINKS = {"contact_id", "order_id", "name_key", "form", "parent_table", "parent_id", "group_name", "key_text"}
"""Columns that only hold rows together."""
REFERENCE = {"customer_id": ("customer", "customer_name")}
"""The fields that are kept in a column of another name."""


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
    """(id, at, user, command, kind, counts, undoes, reason, first file, number of files), the latest change first."""
    sql = (
        'SELECT c.id, c.at, c."user", c.command, c.kind, c.counts, c.undoes, c.reason, '
        "(SELECT s.file FROM source s WHERE s.change_id = c.id ORDER BY s.id LIMIT 1), "
        "(SELECT count(DISTINCT s.file) FROM source s WHERE s.change_id = c.id) "
        "FROM change c WHERE (:until IS NULL OR c.at < :until) ORDER BY c.id DESC LIMIT coalesce(:most, -1)"
    )
    return [tuple(row) for row in connection.exec_driver_sql(sql, {"until": until, "most": limit})]


def sources(connection: Connection, change: int) -> list[tuple[str, str, str, str, str]]:
    """(file, sheet, form, layout, SHA-256) of the sheets that a change read, in their order."""
    sql = "SELECT file, sheet, form, layout, sha256 FROM source WHERE change_id = ? ORDER BY id"
    return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.exec_driver_sql(sql, (change,))]


def change(connection: Connection, number: int) -> tuple[str, int | None] | None:
    """(kind, undoes) of a change, None where there is none."""
    row = connection.exec_driver_sql("SELECT kind, undoes FROM change WHERE id = ?", (number,)).first()
    return (row[0], row[1]) if row else None


def last_data_change(connection: Connection) -> int | None:
    """The latest change of data that is neither undone nor itself an undo (decisions.md 10)."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql("SELECT id FROM change WHERE kind = 'data' ORDER BY id DESC").scalars()
    return next((number for number in rows if number not in gone), None)


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


def touches(connection: Connection, table: str, row: int) -> list[Touch]:
    """Every field of a record's rows, change by change, oldest first; the last of a field has its present value."""
    headers: dict[int, Sequence[Any]] = {
        each[0]: tuple(each[1:]) for each in connection.exec_driver_sql('SELECT id, at, "user", command FROM change')
    }
    read = {
        each[0]: (each[1], each[2], json.loads(each[3]))
        for each in connection.exec_driver_sql("SELECT id, file, sheet, columns FROM source")
    }
    found: list[Touch] = []
    for name, related in RELATED[table].items():
        names = journal.columns(name)
        rows = connection.exec_driver_sql(
            f"SELECT id, made_by, source_id, source_row, extra, {', '.join(names)} FROM {name} "
            f"WHERE id IN ({related}) ORDER BY id",
            {"id": row},
        ).all()
        for each in rows:
            present = dict(zip(names, each[5:], strict=True))
            present |= {f"extra.{key}": value for key, value in json.loads(each[4]).items()}
            key = "/".join(str(present[part]) for part in KEYED.get(name, ()) if present[part] is not None)
            key = key or _role(connection, name, each[0], row if table == "customer" else None)
            found += _row(connection, name, each, present, key, headers, read)
    return sorted(found, key=lambda touch: (touch.change, touch.table, touch.row))


def _role(connection: Connection, table: str, row: int, customer: int | None) -> str:
    """The roles of a person, at a customer or anywhere."""
    if table != "contact":
        return ""
    sql = (
        "SELECT role FROM contact_role WHERE contact_id = :row AND customer_id = coalesce(:at, customer_id) ORDER BY id"
    )
    return "/".join(dict.fromkeys(connection.exec_driver_sql(sql, {"row": row, "at": customer}).scalars()))


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
        if value is not None and name not in LINKS and (name != "customer_id" or table not in OF_A_CUSTOMER):
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
    place = columns.get(path) or next((columns[each] for each in REFERENCE.get(name, ()) if each in columns), "")
    if place[-1:].isdigit():
        return place
    return f"{place}{line}" if place and line else None


def _of_record(columns: dict[str, str], line: int | None) -> dict[str, str]:
    """Of a sheet with several cards (`path@2`) the cells of one."""
    end = f"@{line}"
    return {path.removesuffix(end): cell for path, cell in columns.items() if "@" not in path or path.endswith(end)}
