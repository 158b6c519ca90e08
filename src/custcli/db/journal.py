"""The journal: every write is a change; changes are chained by hash and can be taken back (architecture.md 3.2)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.db.tables import metadata
from custcli.messages import Message, message

TRACED = tuple(name for name, table in metadata.tables.items() if "made_by" in table.columns)
"""Tables whose rows remember their change, parents before children."""
ORDER = tuple(table.name for table in metadata.sorted_tables if table.name in TRACED)
HIDDEN = {"id", "made_by", "source_id", "source_row", "extra"}


@dataclass(frozen=True)
class Sheet:
    """A source of rows: `columns` maps field paths to column letters, or to whole addresses on a card.

    Of a sheet with several cards `path@2` is the cell of the second one, whose `source_row` is 2.
    """

    file: str
    sha256: str
    sheet: str
    form: str
    layout: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeHeader:
    """What is known of a change before it is done. `command` has verb, options and field names, never values."""

    at: str
    user: str
    command: str
    kind: str = "data"
    undoes: int | None = None
    reason: str | None = None


def open_change(connection: Connection, header: ChangeHeader) -> int:
    """The number of a new change; `close_change` counts and seals it before commit."""
    number = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM change").scalar_one())
    connection.exec_driver_sql(
        'INSERT INTO change (id, at, "user", command, kind, counts, undoes, reason, hash) VALUES (?,?,?,?,?,?,?,?,?)',
        (number, header.at, header.user, header.command, header.kind, "{}", header.undoes, header.reason, ""),
    )
    return number


def add_sources(connection: Connection, change: int, sheets: Sequence[Sheet]) -> int:
    """Keep the sheets that a change read; returns the id before the first one's."""
    base = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM source").scalar_one())
    rows = [
        (base + i, change, s.file, s.sha256, s.sheet, s.form, s.layout, json.dumps(dict(s.columns), ensure_ascii=False))
        for i, s in enumerate(sheets, start=1)
    ]
    sql = "INSERT INTO source (id, change_id, file, sha256, sheet, form, layout, columns) VALUES (?,?,?,?,?,?,?,?)"
    sqlite.many(connection, sql, rows)
    return base


def close_change(connection: Connection, change: int, counts: Mapping[str, object]) -> None:
    """Write the counts and link the change into the chain."""
    text = json.dumps(dict(counts), ensure_ascii=False, sort_keys=True)
    connection.exec_driver_sql("UPDATE change SET counts = ? WHERE id = ?", (text, change))
    before = connection.exec_driver_sql("SELECT hash FROM change WHERE id = ?", (change - 1,)).scalar()
    connection.exec_driver_sql(
        "UPDATE change SET hash = ? WHERE id = ?", (_link(connection, change, before or ""), change)
    )


def _link(connection: Connection, change: int, before: str) -> str:
    """sha256 of the former hash, the header, the sources and the digests of the entries."""
    header = connection.exec_driver_sql(
        'SELECT id, at, "user", command, kind, counts, undoes, reason FROM change WHERE id = ?', (change,)
    ).one()
    sources = connection.exec_driver_sql(
        "SELECT file, sha256, sheet, form, layout, columns FROM source WHERE change_id = ? ORDER BY id", (change,)
    ).all()
    text = json.dumps([before, list(header), [list(row) for row in sources]], ensure_ascii=False)
    whole = hashlib.sha256(text.encode())
    seals = connection.exec_driver_sql("SELECT seal FROM journal WHERE change_id = ? ORDER BY id", (change,))
    for (sealed,) in seals:
        whole.update(sealed[sqlite.SALT :])
    return whole.hexdigest()


def broken(connection: Connection, head: Mapping[str, object] | None) -> list[Message]:
    """Where the chain does not hold: changed headers or entries, gaps, a database that fell back behind its head."""
    found: list[Message] = []
    before = ""
    for expected, (number, kept) in enumerate(connection.exec_driver_sql("SELECT id, hash FROM change ORDER BY id"), 1):
        if number != expected:
            found.append(message("change {number} is missing", number=expected))
            break
        before = _link(connection, number, before)
        if before != kept:
            found.append(message("change {number} was altered", number=number))
            break
    found += [message("journal entry {number} was altered", number=number) for number in _altered(connection)]
    return found + _fallen_back(connection, head)


def _altered(connection: Connection) -> list[int]:
    rows = connection.exec_driver_sql(
        "SELECT id, seal, table_name, row_id, action, before, after FROM journal "
        "WHERE before IS NOT NULL OR after IS NOT NULL"
    )
    return [row[0] for row in rows if sqlite.digest(row[1][: sqlite.SALT], *row[2:]) != row[1][sqlite.SALT :]][:20]


def _fallen_back(connection: Connection, head: Mapping[str, object] | None) -> list[Message]:
    database = connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'database_id'").scalar()
    if head is None or head.get("database") != database:
        return []
    kept = connection.exec_driver_sql("SELECT hash FROM change WHERE id = ?", (head["change"],)).scalar()
    said = message("the database fell back behind change {number}", number=head["change"])
    return [] if kept == head["hash"] else [said]


# Entries


def record(connection: Connection, change: int, table: str, stage: str, before: str, after: str) -> None:
    """Entries for the rows of a stage that change: SQL documents of the touched fields' former and new values."""
    sealed = f"custcli_seal('{table}', s.id, 'update', {before}, {after})"
    connection.exec_driver_sql(
        "INSERT INTO journal (change_id, table_name, row_id, action, before, after, source_id, source_row, seal) "
        f"SELECT ?, '{table}', s.id, 'update', {before}, {after}, s.source_id, s.source_row, {sealed} "
        f"FROM {stage} s JOIN {table} t ON t.id = s.id WHERE s.state = 'changed' ORDER BY s.n",
        (change,),
    )


def delete(connection: Connection, change: int, table: str, ids: str) -> int:
    """Delete the rows whose ids a query gives, keeping them whole in the journal; their number."""
    whole = sqlite.document({column.name: f't."{column.name}"' for column in metadata.tables[table].columns})
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.leaving")
    connection.exec_driver_sql(f"CREATE TEMP TABLE leaving AS {ids}")
    connection.exec_driver_sql(
        "INSERT INTO journal (change_id, table_name, row_id, action, before, seal) "
        f"SELECT ?, '{table}', t.id, 'delete', {whole}, custcli_seal('{table}', t.id, 'delete', {whole}, NULL) "
        f"FROM {table} t WHERE t.id IN (SELECT id FROM leaving) ORDER BY t.id",
        (change,),
    )
    return connection.exec_driver_sql(f"DELETE FROM {table} WHERE id IN (SELECT id FROM leaving)").rowcount


def enter(connection: Connection, change: int, rows: Iterable[tuple[str, int, str, str | None, str | None]]) -> None:
    """Entries (table, row id, action, before, after) one by one: undo and the few writes that are not staged."""
    sql = "INSERT INTO journal (change_id, table_name, row_id, action, before, after, seal) VALUES (?,?,?,?,?,?,?)"
    sqlite.many(connection, sql, [(change, *row, sqlite.seal(*row)) for row in rows])


def last(connection: Connection) -> int:
    """The number of the latest change."""
    return int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM change").scalar_one())


def columns(table: str) -> list[str]:
    """The columns of a table that the journal speaks of."""
    return [column.name for column in metadata.tables[table].columns if column.name not in HIDDEN]


def last_id(connection: Connection, table: str) -> int:
    """The highest row id ever given in a table; ids of rows taken back are not given again."""
    kept = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").scalar_one()
    gone = connection.exec_driver_sql("SELECT coalesce(max(row_id), 0) FROM journal WHERE table_name = ?", (table,))
    return int(max(kept, gone.scalar_one()))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows the chief tables hold."""
    tables = ("customer", "sales_order", "payment", "change")
    return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables}


def undone(connection: Connection) -> set[int]:
    """The changes that are taken back at present: an undo that was itself undone takes nothing back."""
    found: set[int] = set()
    undos = connection.exec_driver_sql("SELECT id, undoes FROM change WHERE undoes IS NOT NULL ORDER BY id DESC")
    for number, target in undos:
        if number not in found:
            found.add(target)
    return found


UNDONE = (
    "WITH RECURSIVE taken (origin, id, sign) AS (SELECT undoes, id, 1 FROM change WHERE undoes IS NOT NULL "
    "UNION ALL SELECT t.origin, c.id, -t.sign FROM taken t JOIN change c ON c.undoes = t.id) "
    "SELECT origin FROM taken GROUP BY origin HAVING sum(sign) > 0"
)
"""SQL of the same set: of the undos of a change, of their undos and so on, one more takes it back than restores it."""


@dataclass(frozen=True)
class Author:
    """Who writes and with which command (verb, options and field names, never values; decisions.md 12)."""

    user: str
    command: str

    def header(self, kind: str = "data", *, undoes: int | None = None, reason: str | None = None) -> ChangeHeader:
        """The header of a change begun now."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return ChangeHeader(at, self.user, self.command, kind, undoes, reason)
