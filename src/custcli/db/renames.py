"""Data of renamed fields (`was`) and of words that others replace is moved in one change (forms.md 4)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from custcli.db import journal, snapshot, sqlite
from custcli.db.reach import table_group
from custcli.db.records import Where
from custcli.db.staging import kept_name
from custcli.domain.forms import Field, Form, Group

CHUNK = 1_000


@dataclass(frozen=True)
class Move:
    """What is to be moved: values of `old` to `item`, or where `old` is a word of a list that word to `new`.

    `rows`: how many; `stays`: so many keep what they have, since another value stands there already; `retyped`: the
    type with which they were written, where the field now has another one and nothing is moved.
    """

    form: Form
    item: Field
    old: str
    new: str | None = None
    rows: int = 0
    stays: int = 0
    retyped: str | None = None


def planned(connection: Connection, forms: Mapping[str, Form]) -> list[Move]:
    """Everything that `apply` would do, and what it would leave; forms that share data name it once."""
    written = snapshot.types(connection)
    found: dict[tuple[object, ...], Move] = {}
    for form in forms.values():
        for item in form.fields.values():
            for move in (*_renamed(connection, form, item, written), *_replaced(connection, form, item)):
                place = elements_of(form, item)
                found.setdefault((place, move.item.kept, move.old, move.new), move)
    return [move for move in found.values() if move.rows or move.stays]


def elements_of(form: Form, item: Field) -> str:
    """The table and condition by which the rows of a field are known."""
    table, (where, values) = snapshot.rows_of(form, table_group(form, item))
    return f"{table} {where} {list(values)}"


def _renamed(connection: Connection, form: Form, item: Field, written: Mapping[tuple[str, str], str]) -> Iterator[Move]:
    prefix = item.name.removesuffix(item.key)
    group = table_group(form, item)
    for old in item.was:
        former = written.get((form.name, prefix + old))
        has, free = f"{sqlite.extra_value('t', old)} IS NOT NULL", f"{_value(item)} IS NULL"
        rows = _count(connection, form, group, f"{has} AND {free}")
        stays = _count(connection, form, group, f"{has} AND NOT ({free})")
        retyped = former if former not in {None, item.type} else None
        yield Move(form, item, old, None, 0 if retyped else rows, rows + stays if retyped else stays, retyped)


def _replaced(connection: Connection, form: Form, item: Field) -> Iterator[Move]:
    if item.type not in {"choice", "choices"}:
        return
    for word, choice in form.choices(item).items():
        for old in choice.replaces:
            rows = _count(connection, form, table_group(form, item), _holds(item, old), _pattern(item, old))
            yield Move(form, item, old, word, rows)


def _value(item: Field) -> str:
    return f't."{item.stored}"' if item.stored else sqlite.extra_value("t", item.kept)


def _holds(item: Field, _word: str) -> str:
    """SQL: the field holds a word, alone or among others."""
    return f"{_value(item)} = ?" if item.type == "choice" else f"{_value(item)} LIKE ? ESCAPE '\\'"


def _pattern(item: Field, word: str) -> str:
    plain = json.dumps(word, ensure_ascii=False).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return word if item.type == "choice" else f"%{plain}%"


def _count(connection: Connection, form: Form, group: Group | None, condition: str, *bound: object) -> int:
    table, (where, values) = snapshot.rows_of(form, group)
    sql = f'SELECT count(*) FROM "{table}" t WHERE {where} AND {condition}'
    return int(connection.exec_driver_sql(sql, (*values, *bound)).scalar_one())


def apply(connection: Connection, change: int, moves: Iterable[Move]) -> int:
    """Move what was planned, with a journal entry for each row; their number."""
    return sum(_move(connection, change, move) for move in moves if move.rows)


def _move(connection: Connection, change: int, move: Move) -> int:
    table, where = snapshot.rows_of(move.form, table_group(move.form, move.item))
    rows = _words(connection, move, table, where) if move.new else _values(connection, move, table, where)
    for start in range(0, len(rows), CHUNK):
        _write(connection, change, table, rows[start : start + CHUNK])
    return len(rows)


Row = tuple[int, dict[str, object], dict[str, object]]
"""A row of a table: its touched fields before and after."""


def _values(connection: Connection, move: Move, table: str, where: Where) -> list[Row]:
    old = sqlite.extra_value("t", move.old)
    sql = f'SELECT t.id, {old} FROM "{table}" t WHERE {where[0]} AND {old} IS NOT NULL AND {_value(move.item)} IS NULL'
    left, name = f"extra.{move.old}", kept_name(move.item)
    found = connection.exec_driver_sql(sql, tuple(where[1])).all()
    return [(row, {left: value, name: None}, {left: None, name: value}) for row, value in found]


def _words(connection: Connection, move: Move, table: str, where: Where) -> list[Row]:
    name, value = kept_name(move.item), _value(move.item)
    sql = f'SELECT t.id, {value} FROM "{table}" t WHERE {where[0]} AND {_holds(move.item, move.old)}'
    found = connection.exec_driver_sql(sql, (*where[1], _pattern(move.item, move.old))).all()
    return [(row, {name: before}, {name: _instead(move, before)}) for row, before in found]


def _instead(move: Move, text: str) -> str:
    if move.item.type == "choice":
        return str(move.new)
    words = dict.fromkeys(move.new if word == move.old else word for word in json.loads(text))
    return json.dumps(list(words), ensure_ascii=False)


def _write(connection: Connection, change: int, table: str, rows: list[Row]) -> None:
    for row, _, after in rows:
        columns = {name: value for name, value in after.items() if not name.startswith("extra.")}
        extra = {name.removeprefix("extra."): value for name, value in after.items() if name.startswith("extra.")}
        sets = [*(f'"{name}" = ?' for name in columns), *(["extra = json_patch(extra, ?)"] if extra else [])]
        values = [*columns.values(), *([json.dumps(extra, ensure_ascii=False)] if extra else []), row]
        connection.exec_driver_sql(f'UPDATE "{table}" SET {", ".join(sets)} WHERE id = ?', tuple(values))
    entries = [
        (table, row, "update", json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False))
        for row, before, after in rows
    ]
    journal.enter(connection, change, entries)
