"""Staged rows: cleaned records wait in temporary tables, one for the form's own table and one for each group.

What stands here fills them; merge.py matches them with what is kept and writes the difference, set by set
(performance.md 3). Stage columns are `c_` + column, `x_` + key of `extra`, `r_` + column for references by text.
"""

from array import array
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
FIXED = ("rec", "key", "source_id", "source_row", "nth")

Row = list[Any]
Stated = tuple[Any, ...]
Staged = tuple[int, Stated, int]
"""A staged record: its number, what its first row states of it, and that row's number as people count."""
Key = tuple[Any, ...]
"""What tells the rows of one record: the sheet and the values of a match key, or all that the record states."""
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
    """One staged table. `columns` maps stage columns to the fields they hold; `of_record` counts rows by record."""

    name: str
    table: str
    group: Group | None
    columns: dict[str, Field] = field(default_factory=dict)
    count: int = 0
    of_record: "array[int]" = field(default_factory=lambda: array("L"))

    def nth(self, record: int) -> int:
        """Count one more row of a record; which of its rows it is."""
        while len(self.of_record) <= record:
            self.of_record.append(0)
        self.of_record[record] += 1
        return self.of_record[record]


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
        self.records: dict[Key, Staged] = {}
        self.refused: set[int] = set()
        self.lost: dict[Key, int] = {}
        self.uncovered: set[int] = set()
        """Sheets of customers without dossier and card: of these nothing is assumed."""
        self.refs: dict[tuple[str | None, str | None], int] = {}

    def _part(self, name: str, table: str, group: Group | None) -> Part:
        columns = "n INTEGER PRIMARY KEY, id INTEGER, parent INTEGER, state TEXT, twin INTEGER, rec INTEGER, key TEXT, "
        columns += "source_id INTEGER, source_row INTEGER, sum INTEGER, nth INTEGER, hits INTEGER"
        self.connection.exec_driver_sql(f'DROP TABLE IF EXISTS temp."{name}"')
        self.connection.exec_driver_sql(f'CREATE TEMP TABLE "{name}" ({columns})')
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

    def close_sheet(self) -> None:
        """A sheet has ended: what tells its rows apart is needed no more."""
        self.records.clear()
        self.lost.clear()

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
        self.pick_own = _picker(self.own)
        self.nothing = (None,) * len(self.own)
        self.pick = _picker([i for i, _ in self.plain])
        self.name_at = next((i for i, item in self.plain if stage_column(item) == "c_name"), None)
        at = {place.field.name: i for i, place in own}
        keys = [[at[name] for name in names] for names in form.match if at.keys() >= set(names)]
        self.keys = [(place, _picker(key)) for place, key in enumerate(keys)]
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
        own, keys, record = self._seen(values)
        if record is None:
            record = self._main(number, values, own, keys)
        elif record[0] == NOT_STAGED:
            self.last = record
            return OF_A_REFUSED_RECORD, None
        elif contrary := self._contrary(own, record):
            self.stage.refused.add(record[0])
            return contrary
        self.last = record
        self._children(record[0], number, values)
        return None

    def refuse(self, values: Row) -> bool:
        """A row that is not taken: its record is refused whole. True where the row would begin a record."""
        own, keys, record = self._seen(values)
        if record is not None:
            self.last = record
            self.stage.refused.add(record[0])
            return False
        self.last = (NOT_STAGED, own, 0)
        self.stage.lost |= dict.fromkeys(keys, self.source)
        return True

    def _seen(self, values: Row) -> tuple[Stated, Sequence[Key], Staged | None]:
        """What a row states of its record, the keys of that, and the record if it has begun already."""
        if not self.folds:
            return (), (), None
        own = self.pick_own(values)
        keys = self._keys(values, own)
        return own, keys, self._known(keys, own)

    def _main(self, number: int, values: Row, own: Stated, keys: Sequence[Key]) -> Staged:
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
        record = (main.count, own, number)
        for key in keys:
            self.stage.records[key] = record
        return record

    def _refs(self, values: Row) -> list[int | None]:
        given: dict[str, list[str | None]] = {}
        for i, item in self.refs:
            pair = given.setdefault(stage_column(item), [None, None])
            pair[item.name.endswith("_name")] = values[i]
        return [self.stage.ref(code, name) for code, name in given.values()]

    def _keys(self, values: Row, own: Stated) -> list[Key]:
        """What tells the rows of one record on this sheet: its whole match keys, the surest first, else all it states.

        A row belongs to the record of its first one; a row below may have a lesser one, as the name without the code.
        """
        whole = [(self.source, at, *found) for at, pick in self.keys if None not in (found := pick(values))]
        if whole or self.numbered:
            return whole
        return [(self.source, None, *own)] if own != self.nothing else []

    def _known(self, keys: Sequence[Key], own: Stated) -> Staged | None:
        """The record that a further row belongs to: the one of its key, or that of the row above where all is blank.

        NOT_STAGED for a record whose first row was refused.
        """
        if keys:
            return (NOT_STAGED, own, 0) if keys[0] in self.stage.lost else self.stage.records.get(keys[0])
        return self.last if own == self.nothing else None

    def _contrary(self, own: Stated, record: Staged) -> Untaken | None:
        """What a further row of a record states otherwise than its first row, if anything."""
        _, first, row = record
        if own == first:
            return None
        for i, value, stated in zip(self.own, own, first, strict=True):
            if value is not None and value != stated:
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
        self.pick_own = _picker(own)
        self.nothing = (None,) * len(own)
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
        if self.pick_own(values) != self.nothing:
            self.part.count += 1
            key = self.key if self.key_at is None else values[self.key_at]
            if self.until_at is not None and values[self.until_at]:
                person = next((values[i] for i in self.person_at if values[i] is not None), "")
                key = f"{key}{ENDED}{values[self.until_at]} {person}"
            self.rows.append((record, key, source, number, self.part.nth(record), *self.pick(values)))

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


def _picker(at: Sequence[int]) -> Callable[[Row], Stated]:
    if not at:
        return lambda _: ()
    if len(at) == 1:
        first = at[0]
        return lambda values: (values[first],)
    return itemgetter(*at)


def _insert(table: str, columns: Sequence[str]) -> str:
    quoted = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({quoted}) VALUES ({', '.join('?' * len(columns))})"
