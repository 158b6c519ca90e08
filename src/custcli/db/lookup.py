"""Fields of one's own with `index = true`: their values beside the records, in a table that SQLite can search.

An expression index cannot be had: with trusted_schema off (reliability.md D 2) SQLite refuses JSON functions in the
schema ("unsafe use of json_extract()"), generated columns alike. Temporary triggers are no part of the schema; they
keep the table right in every writing transaction, whoever writes: import, edit, undo, merge, erasure.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.db.elements import ENTRY
from custcli.db.reach import table_group
from custcli.db.records import Where
from custcli.domain.forms import Field, Form
from custcli.messages import Message, message

TABLES = ("looked_up_field", "looked_up")
"""They follow from the records: a copy of those at another time does not take them along."""


def watch(connection: Connection) -> None:
    """Keep the values right until this connection ends; called inside a transaction that writes."""
    for table in _tables(connection):
        for event, steps in _steps(table).items():
            connection.exec_driver_sql(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {_name('looked_up', table, event)} AFTER {event} "
                f"ON main.{_name(table)} BEGIN {steps}; END"
            )


def _tables(connection: Connection) -> Sequence[str]:
    sql = "SELECT DISTINCT table_name FROM looked_up_field ORDER BY table_name"
    return connection.exec_driver_sql(sql).scalars().all()


def _steps(table: str) -> dict[str, str]:
    """What happens of a row of the table → what is done."""
    fields = f"SELECT id FROM looked_up_field WHERE table_name = {sqlite.quoted(table)}"
    leave = f"DELETE FROM looked_up WHERE row_id = OLD.id AND field IN ({fields})"
    take = f"INSERT INTO looked_up (field, row_id, value) {_values(table, 'NEW')}"
    return {"INSERT": take, "UPDATE OF extra": f"{leave}; {take}", "DELETE": leave}


def _values(table: str, row: str) -> str:
    """SQL of (field, row, value) of the row NEW, or of all rows by another alias, in which a value is stated."""
    value = f"""json_extract({row}.extra, '$."' || f."key" || '"')"""
    rows = "" if row == "NEW" else f"CROSS JOIN {_name(table)} {row} "
    record = f"AND f.form = {row}.form AND {row}.parent_table IS NULL " if table == ENTRY else ""
    return (
        f"SELECT f.id, {row}.id, {value} FROM looked_up_field f {rows}"
        f"WHERE f.table_name = {sqlite.quoted(table)} {record}AND {value} IS NOT NULL"
    )


def _name(*parts: str) -> str:
    return '"' + "_".join(parts).replace('"', '""') + '"'


def due(connection: Connection, form: Form) -> bool:
    """Whether what the form declares is not what is kept of it."""
    return _declared(form) != _kept(connection, form)


def _declared(form: Form) -> set[str]:
    return {item.kept for item in form.fields.values() if item.index and table_group(form, item) is None}


def _kept(connection: Connection, form: Form) -> set[str]:
    sql = 'SELECT "key" FROM looked_up_field WHERE table_name = ? AND form = ?'
    return set(connection.exec_driver_sql(sql, (form.table, form.name)).scalars())


def declare(connection: Connection, form: Form) -> None:
    """Keep the values of the fields that the form wants searched, of the records there are and of all to come."""
    declared, kept = _declared(form), _kept(connection, form)
    one = 'f.table_name = ? AND f.form = ? AND f."key" = ?'
    for place in [(form.table, form.name, key) for key in sorted(kept - declared)]:
        numbers = f"SELECT f.id FROM looked_up_field f WHERE {one}"
        connection.exec_driver_sql(f"DELETE FROM looked_up WHERE field IN ({numbers})", place)
        connection.exec_driver_sql(f"DELETE FROM looked_up_field AS f WHERE {one}", place)
    for place in [(form.table, form.name, key) for key in sorted(declared - kept)]:
        connection.exec_driver_sql('INSERT INTO looked_up_field (table_name, form, "key") VALUES (?, ?, ?)', place)
        values = f"{_values(form.table, 't')} AND {one}"
        connection.exec_driver_sql(f"INSERT INTO looked_up (field, row_id, value) {values}", place)
    if declared - kept:
        watch(connection)


def sought(form: Form, item: Field, where: Where) -> Where:
    """A condition on a field with an index: by its kept values, or by the records while these are not kept yet."""
    condition, values = where
    field = f'table_name = {sqlite.quoted(form.table)} AND "key" = {sqlite.quoted(item.kept)}'
    if form.table == ENTRY:
        field += f" AND form = {sqlite.quoted(form.name)}"
    number = f"SELECT min(id) FROM looked_up_field WHERE {field}"
    kept = condition.replace(sqlite.extra_value("t", item.kept), "v.value")
    sql = (
        f"t.id IN (SELECT v.row_id FROM looked_up v WHERE v.field = ({number}) AND ({kept}) UNION ALL "
        f"SELECT t.id FROM (SELECT 1 WHERE ({number}) IS NULL) CROSS JOIN {_name(form.table)} t WHERE {condition})"
    )
    return sql, [*values, *values]


def broken(connection: Connection) -> list[Message]:
    """What is said where values are kept that the records do not state, or stated and not kept."""
    kept = "SELECT field, row_id, value FROM looked_up"
    none = "SELECT NULL, NULL, NULL WHERE 0"
    stated = " UNION ALL ".join([none, *(_values(table, "t") for table in _tables(connection))])
    more, fewer = f"{kept} EXCEPT SELECT * FROM ({stated})", f"SELECT * FROM ({stated}) EXCEPT {kept}"
    sql = f"SELECT (SELECT count(*) FROM ({more})) + (SELECT count(*) FROM ({fewer}))"
    count = connection.exec_driver_sql(sql).scalar_one()
    return [message("values of an index that are not those of the records: {count}", count=count)] if count else []
