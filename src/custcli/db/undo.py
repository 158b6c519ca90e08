"""Taking a change back whole: created rows go, updated fields return, what was changed since is kept and listed."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, UniqueConstraint

from custcli.db import journal, snapshot, sqlite
from custcli.db.rows import PARENTS, present, rewrite
from custcli.db.tables import metadata


@dataclass(frozen=True)
class Kept:
    """What an undo left as it is: a field that was changed since, or a row that something later depends on."""

    table: str
    row: int
    field: str | None


def take_back(connection: Connection, change: int, undo: int) -> tuple[dict[str, int], list[Kept]]:
    """Undo `change` within the change `undo`: (counts of restored, removed and put back rows; what was kept)."""
    returned, missing = _put_back(connection, change, undo)
    restored, kept = _restore(connection, change, undo)
    removed, depended = _remove(connection, change, undo)
    return {"restored": restored, "removed": removed, "returned": returned}, [*missing, *kept, *depended]


# updated fields return to what they were


def _restore(connection: Connection, change: int, undo: int) -> tuple[int, list[Kept]]:
    rows = connection.exec_driver_sql(
        "SELECT table_name, row_id, before, after FROM journal WHERE change_id = ? AND action = 'update' "
        "AND before IS NOT NULL ORDER BY id DESC",
        (change,),
    ).all()
    restored = 0
    kept: list[Kept] = []
    for table, row, before, after in rows:
        now = present(connection, table, row, json.loads(after))
        if now is None:
            kept.append(Kept(table, row, None))
            continue
        same = {name: value for name, value in json.loads(before).items() if now[name] == json.loads(after)[name]}
        kept += [Kept(table, row, name) for name in now if name not in same]
        restored += rewrite(connection, undo, table, row, same, now)
    return restored, kept


# created rows go


def _remove(connection: Connection, change: int, undo: int) -> tuple[int, list[Kept]]:
    """Rows made by the change, or put back by it, go, children first; a row with later edits or dependents stays."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.doomed")
    connection.exec_driver_sql("CREATE TEMP TABLE doomed (table_name TEXT, id INTEGER, PRIMARY KEY (table_name, id))")
    for table in journal.ORDER:
        connection.exec_driver_sql(
            f"INSERT INTO doomed SELECT '{table}', id FROM {table} WHERE made_by = ? UNION "
            f"SELECT '{table}', j.row_id FROM journal j "
            f"JOIN {table} t ON t.id = j.row_id WHERE j.change_id = ? AND j.table_name = '{table}' "
            f"AND j.action = 'insert'",
            (change, change),
        )
    kept = _edited(connection, change)
    kept += _depended(connection)
    return sum(_delete(connection, undo, table) for table in reversed(journal.ORDER)), kept


def _edited(connection: Connection, change: int) -> list[Kept]:
    """Doomed rows whose fields somebody has changed since, and not changed back."""
    rows = connection.exec_driver_sql(
        "SELECT j.table_name, j.row_id, j.before FROM journal j JOIN doomed d ON d.table_name = j.table_name "
        "AND d.id = j.row_id WHERE j.change_id > ? AND j.action = 'update' AND j.before IS NOT NULL ORDER BY j.id DESC",
        (change,),
    ).all()
    first: dict[tuple[str, int], dict[str, object]] = {}
    for table, row, before in rows:
        first.setdefault((table, row), {}).update(json.loads(before))
    kept = []
    for (table, row), values in first.items():
        now = present(connection, table, row, list(values)) or {}
        kept += [Kept(table, row, name) for name, value in values.items() if now.get(name) != value]
    spare = [(item.table, item.row) for item in kept]
    sqlite.many(connection, "DELETE FROM doomed WHERE table_name = ? AND id = ?", spare)
    return kept


def _depended(connection: Connection) -> list[Kept]:
    """Doomed rows that rows which stay point to; sparing one may make its own parents needed, so until none is left."""
    kept: list[Kept] = []
    found = True
    while found:
        found = False
        for child in journal.ORDER:
            for column, parent in PARENTS[child]:
                rows = connection.exec_driver_sql(
                    f"DELETE FROM doomed WHERE table_name = '{parent}' AND id IN (SELECT c.{column} FROM {child} c "
                    f"WHERE "
                    f"NOT EXISTS (SELECT 1 FROM doomed d WHERE d.table_name = '{child}' AND d.id = c.id)) RETURNING id"
                ).all()
                kept += [Kept(parent, row[0], None) for row in rows]
                found = found or bool(rows)
        spared = [*_needed_by_entries(connection), *_only_roles(connection)]
        kept += spared
        found = found or bool(spared)
    return kept


def _needed_by_entries(connection: Connection) -> list[Kept]:
    """Doomed rows of which records of users' forms that stay are elements, or that they name (forms.md 1.6)."""
    parents = (
        f"(SELECT c.parent_table, c.parent_id FROM entry c WHERE c.parent_table IS NOT NULL AND {_stays('entry')})"
    )
    rows = list(
        connection.exec_driver_sql(f"DELETE FROM doomed WHERE (table_name, id) IN {parents} RETURNING table_name, id")
    )
    for ref in snapshot.references(connection):
        values = f'SELECT {ref.value} FROM "{ref.table}" c WHERE {ref.of} AND {_stays(ref.table)}'
        named = f'SELECT t.id FROM "{ref.named}" t WHERE {ref.records} AND {ref.number} IN ({values})'
        rows += connection.exec_driver_sql(
            f"DELETE FROM doomed WHERE table_name = '{ref.named}' AND id IN ({named}) RETURNING table_name, id"
        ).all()
    return [Kept(row[0], row[1], None) for row in rows]


def _only_roles(connection: Connection) -> list[Kept]:
    """Doomed roles of persons who stay and have no other: without one a person is nobody's."""
    other = f"SELECT 1 FROM contact_role c WHERE c.contact_id = r.contact_id AND {_stays('contact_role')}"
    person = "SELECT 1 FROM doomed p WHERE p.table_name = 'contact' AND p.id = r.contact_id"
    rows = connection.exec_driver_sql(
        "DELETE FROM doomed WHERE table_name = 'contact_role' AND id IN (SELECT r.id FROM contact_role r "
        f"WHERE NOT EXISTS ({person}) AND NOT EXISTS ({other})) RETURNING id"
    )
    return [Kept("contact_role", row[0], None) for row in rows.all()]


def _stays(table: str) -> str:
    """SQL: the row `c` of a table is not among the doomed."""
    return f"NOT EXISTS (SELECT 1 FROM doomed d WHERE d.table_name = '{table}' AND d.id = c.id)"


def _delete(connection: Connection, undo: int, table: str) -> int:
    return journal.delete(connection, undo, table, f"SELECT id FROM doomed WHERE table_name = '{table}'")


# deleted rows come back


def _put_back(connection: Connection, change: int, undo: int) -> tuple[int, list[Kept]]:
    """Rows that the change deleted return with their ids, parents first; those whose place is taken are told."""
    count = 0
    kept: list[Kept] = []
    for table in journal.ORDER:
        deleted = f"FROM journal j WHERE j.change_id = ? AND j.table_name = '{table}' AND j.action = 'delete'"
        names = [column.name for column in metadata.tables[table].columns]
        values, columns = ", ".join(map(_was, names)), ", ".join(f'"{name}"' for name in names)
        count += connection.exec_driver_sql(
            f"INSERT INTO {table} ({columns}) SELECT {values} {deleted} AND j.before IS NOT NULL "
            f"AND {_place(table)} ORDER BY j.row_id",
            (change, *[change for _, parent in PARENTS[table] if parent == table]),
        ).rowcount
        connection.exec_driver_sql(
            "INSERT INTO journal (change_id, table_name, row_id, action, seal) SELECT ?, j.table_name, j.row_id, "
            f"'insert', custcli_seal(j.table_name, j.row_id, 'insert', NULL, NULL) {deleted} "
            f"AND {_returned(table)} ORDER BY j.row_id",
            (undo, change),
        )
        missing = connection.exec_driver_sql(f"SELECT j.row_id {deleted} AND NOT {_returned(table)}", (change,))
        kept += [Kept(table, row, None) for row in missing.scalars()]
    return count, kept


def _place(table: str) -> str:
    """SQL: nothing has the row's id or unique values, and the rows it points to are there, or come back with it."""
    taken = [" AND ".join(f't."{column}" = {_was(column)}' for column in unique) for unique in _unique(table)]
    free = [f"NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})" for same in taken]
    there = []
    for column, parent in PARENTS[table]:
        known = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {_was(column)})"
        if parent == table:
            known += (
                f" OR EXISTS (SELECT 1 FROM journal o WHERE o.change_id = ? AND o.table_name = '{table}' "
                f"AND o.action = 'delete' AND o.row_id = {_was(column)})"
            )
        there.append(f"({_was(column)} IS NULL OR {known})")
    return " AND ".join([*free, *there])


def _returned(table: str) -> str:
    """SQL: the deleted row is there again, the same one."""
    return f"EXISTS (SELECT 1 FROM {table} t WHERE t.id = j.row_id AND t.made_by = {_was('made_by')})"


def _was(column: str) -> str:
    return f"""json_extract(j.before, '$."{column}"')"""


def _unique(table: str) -> list[list[str]]:
    found = [
        [column.name for column in item.columns]
        for item in metadata.tables[table].constraints
        if isinstance(item, UniqueConstraint)
    ]
    return [["id"], *found]
