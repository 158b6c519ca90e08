"""The database as it stood before a moment: its rows, with all later changes walked back by the journal."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from custcli.db import lookup, sqlite
from custcli.db.database import Database, in_memory
from custcli.db.rows import restore
from custcli.db.tables import metadata

OF_A_CHANGE = {"change": "id", "source": "change_id", "journal": "change_id", "run": "change_id"}
"""Tables whose rows belong to one change: those of later ones are not seen."""
CHUNK = 10_000


def as_recorded(database: Database, until: str) -> Database:
    """A database in memory that holds what was recorded before `until` (UTC, as change.at); it can only be read."""
    with database.reading() as connection:
        last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM change WHERE at < ?", (until,)).scalar_one()
        if not connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM change WHERE id > ?)", (last,)).scalar():
            return database
        then = in_memory()
        with then.staging() as other:
            other.exec_driver_sql("PRAGMA foreign_keys = OFF")
            _copy(connection, other, int(last))
            for table, row, action, before in _later(connection, int(last)):
                _walk_back(other, table, row, action, before, int(last))
            other.commit()
    then.writable = False
    return then


def _copy(connection: Connection, other: Connection, last: int) -> None:
    """All rows of changes up to `last`, as they are now."""
    for table in (each for each in metadata.sorted_tables if each.name not in lookup.TABLES):
        names = [column.name for column in table.columns]
        of_change = OF_A_CHANGE.get(table.name, "made_by" if "made_by" in names else None)
        where = f" WHERE {of_change} <= {last}" if of_change else ""
        listed = ", ".join(f'"{name}"' for name in names)
        other.exec_driver_sql(f"DELETE FROM {table.name}")
        rows = connection.exec_driver_sql(f"SELECT {listed} FROM {table.name}{where}")
        marks = ", ".join("?" * len(names))
        for part in rows.partitions(CHUNK):
            sqlite.many(other, f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", [tuple(row) for row in part])


def _later(connection: Connection, last: int) -> list[tuple[str, int, str, Mapping[str, Any]]]:
    """(table, row, action, before) of the journal's later entries, the latest first; erased ones tell nothing."""
    rows = connection.exec_driver_sql(
        "SELECT table_name, row_id, action, before FROM journal WHERE change_id > ? "
        "AND (before IS NOT NULL OR action = 'insert') ORDER BY id DESC",
        (last,),
    )
    return [(row[0], row[1], row[2], json.loads(row[3]) if row[3] else {}) for row in rows]


def _walk_back(connection: Connection, table: str, row: int, action: str, before: Mapping[str, Any], last: int) -> None:
    """Take one entry back; rows that later changes made are not there to begin with."""
    if action == "update":
        restore(connection, table, row, before)
    elif action == "insert":
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = ?", (row,))
    elif before["made_by"] <= last:
        names = [column.name for column in metadata.tables[table].columns if column.name in before]
        listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        values = tuple(before[name] for name in names)
        connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({marks})", values)
