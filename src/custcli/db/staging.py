"""Staged rows: cleaned records wait in temporary tables, one for the form's own table and one for each group.

What stands here fills them; merge.py matches them with what is kept and writes the difference, set by set
(performance.md 3). Stage columns are `c_` + column, `x_` + key of `extra`, `r_` + column for references by text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.domain.forms import HELD_UNTIL, Field, Form, Group
from custcli.domain.layout import EVERY_KEY
from custcli.domain.masking import looks_masked
from custcli.messages import Message, message

CHUNK = 10_000
CLEAR = b""
"""A staged value that empties the field; None leaves it as it is."""
NOT_STAGED = 0
"""Stands for the number of a record whose first row was refused."""
ENDED = "@"
"""Stands in the key of a person who gave a role up, between the role and the day; behind that the ID number or name."""
OF_A_REFUSED_RECORD = message("another row of this record is not taken")
FIXED = ("rec", "key", "source_id", "source_row", "sum")

Row = list[Any]
Staged = tuple[int, Row, int]
"""A staged record: its number, what its first row states, and that row's number as people count."""
Untaken = tuple[Message, int | None]
"""Why a row is not taken, and the place of the value at fault in it, if it is one."""


class Place(Protocol):
    """Where a value of a row goes (layout.Placed): its field, whole path and, in a keyed group, its key."""

    @property
    def field(self) -> Field: ...  # noqa: D102

    @property
    def path(self) -> str: ...  # noqa: D102

    @property
    def key(self) -> str | None: ...  # noqa: D102


@dataclass
class Part:
    """One staged table. `columns` maps stage columns to the fields they hold."""

    name: str
    table: str
    group: Group | None
    columns: dict[str, Field] = field(default_factory=dict)
    count: int = 0


def stage_column(item: Field) -> str:
    """The stage column of a field."""
    if item.type == "ref" and item.to == "customer":
        return f"r_{item.kept}"
    return f"c_{item.stored}" if item.stored else f"x_{item.kept}"


def kept_name(item: Field) -> str:
    """The name of a field in defaults and journal: its column, or `extra.` and its key there."""
    return item.stored or f"extra.{item.kept}"


class Stage:
    """The staged records of one form, from any number of sheets."""

    def __init__(self, connection: Connection, form: Form, name_key: Callable[[str], str]) -> None:
        self.connection = connection
        self.form = form
        self.name_key = name_key
        self.main = self._part(f"stage_{form.name}", form.table, None)
        self.parts: dict[str, Part] = {}
        self.records: dict[str, Staged] = {}
        self.refused: set[int] = set()
        self.lost: dict[str, int] = {}
        self.uncovered: set[int] = set()
        """Sheets of customers without dossier and card: of these nothing is assumed."""
        self.refs: dict[tuple[str | None, str | None], int] = {}

    def _part(self, name: str, table: str, group: Group | None) -> Part:
        columns = "n INTEGER PRIMARY KEY, id INTEGER, parent INTEGER, state TEXT, twin INTEGER, rec INTEGER, key TEXT, "
        self.connection.exec_driver_sql(f'DROP TABLE IF EXISTS temp."{name}"')
        self.connection.exec_driver_sql(
            f'CREATE TEMP TABLE "{name}" ({columns} source_id INTEGER, source_row INTEGER, sum INTEGER, hits INTEGER)'
        )
        return Part(f'"{name}"', table, group)

    def part(self, group: Group) -> Part:
        """The staged table of a group; the persons of all roles share one."""
        name = "contact" if group.table == "contact" else group.name
        if name not in self.parts:
            self.parts[name] = self._part(f"stage_{self.form.name}_{name}", group.table or "entry", group)
        return self.parts[name]

    def hold(self, part: Part, item: Field) -> str:
        """The stage column of a field, made when first asked for."""
        column = stage_column(item)
        if column not in part.columns:
            part.columns[column] = item
            self.connection.exec_driver_sql(f'ALTER TABLE {part.name} ADD COLUMN "{column}"')
            if part is self.main and column == "c_name":
                self.connection.exec_driver_sql(f'ALTER TABLE {part.name} ADD COLUMN "c_name_key"')
        return column

    def ref(self, code: str | None, name: str | None) -> int | None:
        """The number of a customer named by code, by name or by both, resolved later for all rows at once."""
        if code is None and name is None:
            return None
        return self.refs.setdefault((code, name), len(self.refs) + 1)

    def key(self) -> str | None:
        """How people name the first record: a customer's code, a register row's number or id."""
        item = self.form.fields[self.form.match[0][0]] if self.form.match and len(self.form.match[0]) == 1 else None
        column = stage_column(item) if item and item.type != "ref" else "id"
        named = column if column in self.main.columns else "id"
        sql = f'SELECT coalesce("{named}", id) FROM {self.main.name} WHERE n = 1'
        value = self.connection.exec_driver_sql(sql).scalar()
        return None if value is None else str(value)

    def codes(self) -> set[str]:
        """The codes of customers that the staged rows give or refer to."""
        given = {code for code, _ in self.refs if code}
        if self.form.dossier and "c_code" in self.main.columns:
            sql = f"SELECT c_code FROM {self.main.name} WHERE c_code IS NOT NULL"
            given |= set(self.connection.exec_driver_sql(sql).scalars())
        return given

    def forget(self, source: int) -> None:
        """Take the rows of one sheet out again."""
        for part in (self.main, *self.parts.values()):
            self.connection.exec_driver_sql(f"DELETE FROM {part.name} WHERE source_id = ?", (source,))
        left = set(self.connection.exec_driver_sql(f"SELECT n FROM {self.main.name}").scalars())
        self.records = {key: record for key, record in self.records.items() if record[0] in left}
        self.lost = {key: lost for key, lost in self.lost.items() if lost != source}

    def refuse(self) -> None:
        """Refuse whole the records of which a row was refused."""
        rows = [(number,) for number in sorted(self.refused)]
        sqlite.many(self.connection, f"UPDATE {self.main.name} SET state = 'rejected' WHERE n = ?", rows)

    def keep_refs(self) -> None:
        """Put the references where SQL can see them."""
        self.connection.exec_driver_sql("DROP TABLE IF EXISTS temp.stage_ref")
        self.connection.exec_driver_sql(
            "CREATE TEMP TABLE stage_ref "
            "(k INTEGER PRIMARY KEY, code TEXT, name TEXT, name_key TEXT, masked INTEGER, id INTEGER, hits INTEGER)"
        )
        rows = [
            (k, code, name, self.name_key(name or code or ""), looks_masked(name or ""))
            for (code, name), k in self.refs.items()
        ]
        sqlite.many(self.connection, "INSERT INTO stage_ref (k, code, name, name_key, masked) VALUES (?,?,?,?,?)", rows)


class Filler:
    """Takes the cleaned rows of one sheet. `source` is the number of its Sheet, 1 for the first."""

    def __init__(self, stage: Stage, source: int, places: Sequence[Place], element: str | None = None) -> None:
        self.stage = stage
        self.source = source
        form = stage.form
        key_path = f"{element}.{form.groups[element].key}" if element else None
        kept = [(i, place) for i, place in enumerate(places) if place.path != key_path]
        own = [(i, place) for i, place in kept if not _tabled(form, place.field)]
        self.refs = [(i, place.field) for i, place in own if stage_column(place.field).startswith("r_")]
        self.plain = [(i, place.field) for i, place in own if not stage_column(place.field).startswith("r_")]
        self.children = list(_children(stage, places, element))
        self.folds = bool(element) or form.rows in {child.group.name for child in self.children}
        self.own = sorted(i for i, _ in (*self.plain, *self.refs))
        self.pick = _picker([i for i, _ in self.plain])
        self.name_at = next((i for i, item in self.plain if stage_column(item) == "c_name"), None)
        at = {place.field.name: i for i, place in own}
        self.keys = [[at[name] for name in names] for names in form.match if at.keys() >= set(names)]
        self.numbered = bool(form.match) and len(form.match[0]) == 1 and form.match[0][0] in at
        self.rows: list[tuple[Any, ...]] = []
        self.last: Staged | None = None
        self.sql = self._sql()

    def _sql(self) -> str:
        names = [self.stage.hold(self.stage.main, item) for _, item in self.plain]
        names += ["c_name_key"] if self.name_at is not None else []
        names += dict.fromkeys(self.stage.hold(self.stage.main, item) for _, item in self.refs)
        return _insert(self.stage.main.name, ("n", "source_id", "source_row", "sum", *names))

    def add(self, number: int, values: Row) -> Untaken | None:
        """One row of the sheet (number as people count); why it is not taken, and which of its values says so."""
        record = self._known(values) if self.folds else None
        if record is None:
            record = self._main(number, values)
        elif record[0] == NOT_STAGED:
            self.last = record
            return OF_A_REFUSED_RECORD, None
        elif contrary := self._contrary(values, record):
            self.stage.refused.add(record[0])
            return contrary
        self.last = record
        self._children(record[0], number, values)
        return None

    def refuse(self, values: Row) -> bool:
        """A row that is not taken: its record is refused whole. True where the row would begin a record."""
        record = self._known(values) if self.folds else None
        if record is not None:
            self.last = record
            self.stage.refused.add(record[0])
            return False
        self.last = (NOT_STAGED, values, 0)
        if self.folds:
            self.stage.lost |= dict.fromkeys(self.fold_keys(values), self.source)
        return True

    def _main(self, number: int, values: Row) -> Staged:
        main = self.stage.main
        main.count += 1
        row = [main.count, self.source, number, hash(tuple(values)), *self.pick(values)]
        if self.name_at is not None:
            name = values[self.name_at]
            row.append(self.stage.name_key(name) if name else None)
        if self.refs:
            row += self._refs(values)
        self.rows.append(tuple(row))
        if len(self.rows) >= CHUNK:
            self.flush()
        record = (main.count, values, number)
        if self.folds:
            self.stage.records |= dict.fromkeys(self.fold_keys(values), record)
        return record

    def _refs(self, values: Row) -> list[int | None]:
        given: dict[str, list[str | None]] = {}
        for i, item in self.refs:
            pair = given.setdefault(stage_column(item), [None, None])
            pair[item.name.endswith("_name")] = values[i]
        return [self.stage.ref(code, name) for code, name in given.values()]

    def fold_keys(self, values: Row) -> list[str]:
        """What tells the rows of one record on this sheet: its whole match keys, the surest first, else all it states.

        A row belongs to the record of its first one; a row below may have a lesser one, as the name without the code.
        """
        whole = [key for key in self.keys if all(values[i] is not None for i in key)]
        if whole or self.numbered:
            return [repr([self.source, *((i, values[i]) for i in key)]) for key in whole]
        own = [values[i] for i, _ in (*self.plain, *self.refs)]
        return [repr([self.source, *own])] if any(value is not None for value in own) else []

    def _known(self, values: Row) -> Staged | None:
        """The record that a further row belongs to: the one of its key, or that of the row above where all is blank.

        NOT_STAGED for a record whose first row was refused.
        """
        if keys := self.fold_keys(values):
            return (NOT_STAGED, values, 0) if keys[0] in self.stage.lost else self.stage.records.get(keys[0])
        blank = all(values[i] is None for i, _ in (*self.plain, *self.refs))
        return self.last if blank else None

    def _contrary(self, values: Row, record: Staged) -> Untaken | None:
        """What a further row of a record states otherwise than its first row, if anything."""
        _, first, row = record
        for i in self.own:
            if values[i] is not None and values[i] != first[i]:
                return message("differs from row {row}, which is the same record", row=row), i
        return None

    def _children(self, record: int, number: int, values: Row) -> None:
        for child in self.children:
            child.add(record, self.source, number, values)

    def flush(self) -> None:
        """Write what is buffered."""
        sqlite.many(self.stage.connection, self.sql, self.rows)
        self.rows = []
        for child in self.children:
            child.flush(self.stage.connection)


class Child:
    """The part of a row that belongs to one group, or to one key of a keyed group."""

    def __init__(
        self,
        stage: Stage,
        group: Group,
        key: str | None,
        own: Sequence[int],
        places: Sequence[tuple[int, Field]],
        key_at: int | None = None,
    ) -> None:
        self.group = group
        self.own = own
        self.part = stage.part(group)
        self.key = group.set.get("role") if group.table == "contact" else key
        self.key_at = key_at
        self.until_at = next((i for i, item in places if item.derived == HELD_UNTIL), None)
        told_by = {item.key: i for i, item in places}
        self.person_at = [told_by[key] for key in ("id_no", "name") if key in told_by]
        kept = [(i, item) for i, item in places if i != self.until_at]
        self.pick = _picker([i for i, _ in kept])
        columns = [stage.hold(self.part, item) for _, item in kept]
        self.sql = _insert(self.part.name, (*FIXED, *columns))
        self.rows: list[tuple[Any, ...]] = []

    def add(self, record: int, source: int, number: int, values: Row) -> None:
        """The row's part, if it states any."""
        if any(values[i] is not None for i in self.own):
            self.part.count += 1
            key = self.key if self.key_at is None else values[self.key_at]
            if self.until_at is not None and values[self.until_at]:
                person = next((values[i] for i in self.person_at if values[i] is not None), "")
                key = f"{key}{ENDED}{values[self.until_at]} {person}"
            self.rows.append((record, key, source, number, 0, *self.pick(values)))

    def flush(self, connection: Connection) -> None:
        """Write what is buffered."""
        sqlite.many(connection, self.sql, self.rows)
        self.rows = []


def _tabled(form: Form, item: Field) -> bool:
    return item.group is not None and form.groups[item.group].table is not None


def _children(stage: Stage, places: Sequence[Place], element: str | None) -> Iterator[Child]:
    """One Child for each group and key on the sheet; a place for all keys (`man.*.…`) joins each of them.

    In the group `element` every row is one element, and a column holds its key.
    """
    found: dict[tuple[str, str | None], list[tuple[int, Field]]] = {}
    shared: dict[str, list[tuple[int, Field]]] = {}
    key_at: int | None = None
    for i, place in enumerate(places):
        group = str(place.field.group)
        if element and place.path == f"{element}.{stage.form.groups[element].key}":
            key_at = i
        elif _tabled(stage.form, place.field) and place.key == EVERY_KEY:
            shared.setdefault(group, []).append((i, place.field))
        elif _tabled(stage.form, place.field):
            found.setdefault((group, place.key), []).append((i, place.field))
    for (group, key), own in found.items():
        taken = {item.name for _, item in own}
        joined = own + [(i, item) for i, item in shared.get(group, []) if item.name not in taken]
        at = key_at if group == element else None
        yield Child(stage, stage.form.groups[group], key, [i for i, _ in own], joined, at)


def _picker(at: Sequence[int]) -> Callable[[Row], Sequence[Any]]:
    if not at:
        return lambda _: ()
    if len(at) == 1:
        first = at[0]
        return lambda values: (values[first],)
    return itemgetter(*at)


def _insert(table: str, columns: Sequence[str]) -> str:
    quoted = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({quoted}) VALUES ({', '.join('?' * len(columns))})"
