"""The database as it stood at a moment: a copy of it, with all later changes walked back by the journal."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db import lookup, sqlite
from custcli.db.database import Database, Moment
from custcli.db.rows import restore
from custcli.db.tables import metadata
from custcli.errors import UnknownError

OF_A_CHANGE = {"change": "id", "source": "change_id", "journal": "change_id", "run": "change_id"}
"""Tables whose rows belong to one change: those of later ones are not seen."""


def as_recorded(database: Database, until: str | int) -> Database:
    """A database in memory that holds what was recorded before `until`; it can only be read.

    `until`: a moment in UTC, as change.at; or the number of the last change that is seen. UnknownError: no such change.
    """
    with database.reading() as connection:
        last = until if isinstance(until, int) else _last(connection, until)
        newest = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM change").scalar_one()
    if last > newest:
        raise UnknownError("no change {number}: custcli log lists them", number=last)
    engine = sqlite.engine(None, timeout=0)
    if database.path is not None:
        sqlite.load(database.path, engine, database.timeout)
    view = engine.connect().execution_options(custcli="staging")
    if last < newest:
        _go_back(view, last)
    return Moment(None, 0, engine, writable=False, view=view)


def recorded_later(database: Database, until: str, day: date) -> int:
    """How many changes since a moment may alter an answer of a day; 0 where nothing had been recorded before.

    They are those of data, and stored runs of that day or earlier ones, of which class and tier are taken, but for
    those that only repeat one.
    """
    sql = (
        "SELECT count(*) FROM change c WHERE c.at >= ? AND (c.kind IN ('data', 'undo') OR EXISTS "
        "(SELECT 1 FROM run r WHERE r.change_id = c.id AND r.as_of <= ? AND NOT EXISTS (SELECT 1 FROM run s "
        "WHERE s.fingerprint = r.fingerprint AND s.as_of = r.as_of AND s.id < r.id AND s.verdicts IS r.verdicts))) "
        "AND EXISTS (SELECT 1 FROM change e WHERE e.at < ? AND e.kind = 'data')"
    )
    with database.reading() as connection:
        return int(connection.exec_driver_sql(sql, (until, day.isoformat(), until)).scalar_one())


def _last(connection: Connection, until: str) -> int:
    """The last change before a moment."""
    sql = "SELECT coalesce(max(id), 0) FROM change WHERE at < ?"
    return int(connection.exec_driver_sql(sql, (until,)).scalar_one())


def _go_back(connection: Connection, last: int) -> None:
    """Take back all that was recorded after the change `last`."""
    for pragma in ("foreign_keys = OFF", "secure_delete = OFF"):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    connection.exec_driver_sql("BEGIN")
    lookup.watch(connection)
    later = _later(connection, last)
    for table in metadata.sorted_tables:
        of_change = OF_A_CHANGE.get(table.name, "made_by" if "made_by" in table.columns else None)
        if of_change:
            connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {of_change} > {last}")
    for name, row, action, before in later:
        _walk_back(connection, name, row, action, before, last)
    connection.exec_driver_sql("COMMIT")


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
