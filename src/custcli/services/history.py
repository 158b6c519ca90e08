"""The former and present value of every field of a customer, with when, who, command, file, sheet and cell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from custcli.domain.forms import MASKS, Field, Form, Group
from custcli.domain.layout import Placed, place
from custcli.domain.written import key_label, label
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind, yuan
from custcli.messages import Message, message, say
from custcli.services.forms import ever
from custcli.services.keyed import Record, addressed, record
from custcli.services.meant import in_group

if TYPE_CHECKING:
    from custcli.db.database import Database
    from custcli.db.log import Touch

HISTORY = (
    Column("field", "Field", Kind.CODE),
    Column("label", "Label"),
    Column("before", "Before", masks={word: word for word in MASKS}),
    Column("after", "After", masks={word: word for word in MASKS}),
    Column("present", "Present", Kind.FLAG),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("change", "Change", Kind.INTEGER),
    Column("command", "Command"),
    Column("file", "File"),
    Column("sheet", "Sheet"),
    Column("cell", "Cell"),
    Column("mask", "Masked as", wide=True),
)
SPARE = ("cell", "sheet", "file", "field", "command", "user", "change")
PRESENT = next(place for place, column in enumerate(HISTORY) if column.name == "present")
FOR_SCRIPTS = {"json", "jsonl", "csv", "tsv"}
PRECISION = "_precision"
"""Behind the name of a day since when: how exactly it is known (decisions.md 20)."""
TECHNICAL_LABELS = {
    "state": "Record state",
    "letter": "Letter of MAN",
    "year": "Year of the figures",
    "role": "Role of the person",
    "since": "In this role since",
    "until": "In this role until",
    "line_no": "Number of the line",
}
"""Stored beside the fields of the forms."""
TECHNICAL_WORDS = {
    "active": "in force",
    "draft": "draft",
    "day": "to the day",
    "month": "to the month",
    "year": "to the year",
    "about": "roughly",
}


def history(database: "Database", forms: Mapping[str, Form], words: Sequence[str], format_: str | None = None) -> Grid:
    """The former and present value of every field of a record.

    `words`: a customer's code, or form and key; then the fields (paths, groups, labels), none for all. Scripts
    (`format_`) get tokens and exact figures, people words. UnknownError: no such record; UsageError: no such field.
    """
    forms = ever(database, forms, past=True)
    found, rows = told(database, forms, addressed(forms, words)[0], format_)
    names = addressed(forms, words)[1]
    chosen = _chosen(forms, found, rows, names) if names else rows
    summary = {"code": found.key, "fields": sum(bool(row[PRESENT]) for row in rows)}
    return Grid("history", HISTORY, chosen, summary, mask_by=len(HISTORY) - 1, spare=SPARE)


def why(database: "Database", forms: Mapping[str, Form], words: Sequence[str], format_: str | None = None) -> Grid:
    """Which change gave a field its value, and those that gave the values before it, the latest first.

    `words`: a customer's code, or form and key; then one field. UnknownError: no such record; UsageError: no field.
    """
    forms = ever(database, forms, past=True)
    names, fields = addressed(forms, words)
    if len(fields) != 1:
        raise UsageError("name one field behind {key}: {key} FIELD", key=" ".join(names) or "CODE")
    found, rows = told(database, forms, names, format_)
    chosen = _chosen(forms, found, rows, fields)[::-1]
    present = [row for row in chosen if row[PRESENT]]
    summary = {"code": found.key, "field": present[0][0] if len(present) == 1 else fields[0], "stated": bool(present)}
    notes = [] if present else [message("{field} of {key}: nothing is stated", field=fields[0], key=found.key)]
    return Grid("why", HISTORY, chosen, summary, notes=notes, mask_by=len(HISTORY) - 1)


def told(
    database: "Database", forms: Mapping[str, Form], words: Sequence[str], format_: str | None
) -> tuple[Record, list[list[object]]]:
    """The record that is named, and a row of HISTORY for each value that a field of it has or had, oldest first."""
    from custcli.db import keys
    from custcli.db import log as kept

    with database.reading() as connection:
        found = record(connection, forms, words)
        touches = kept.touches(connection, found.table, found.row)
        codes = keys.codes(connection) if any(may_refer(touch) for touch in touches) else {}
    fields = Fields(ordered(forms, found), codes, people=format_ not in FOR_SCRIPTS)
    return found, _rows(fields, touches)


def may_refer(touch: "Touch") -> bool:
    """Whether a field may hold the row of a customer, which is told by its code."""
    return touch.field in {"customer_id", "referred_by", "parent"} or touch.table == "entry"


def ordered(forms: Mapping[str, Form], found: Record) -> list[Form]:
    """The forms whose fields a record may have, the one that decides last."""
    if found.table in {"customer", "contact"}:
        dossiers = (form for form in forms.values() if form.dossier)
        return sorted(dossiers, key=lambda form: form.set.get("kind") == found.kind)
    return [found.form]


def _rows(fields: "Fields", touches: Sequence["Touch"]) -> list[list[object]]:
    last = {(touch.table, touch.row, touch.field): touch for touch in touches}
    present = {id(touch) for touch in last.values()}
    every = [(fields.known(touch), touch) for touch in touches]
    latest = _latest(every)
    return [
        _told(known, touch, id(touch) in present and touch.key == latest.get(known.path, touch.key))
        for known, touch in every
    ]


def changed(fields: "Fields", touches: Sequence["Touch"]) -> list[list[object]]:
    """What a change did to the fields of a record: path, label, before, after, mask."""
    every = [fields.known(touch) for touch in touches]
    return [[known.path, known.label, known.before, known.after, known.mask] for known in every]


def _latest(every: Sequence[tuple["_Known", "Touch"]]) -> dict[str, str]:
    """Of fields that are kept as a history (letters of MAN) the key of the row in force."""
    found: dict[str, str] = {}
    for known, touch in every:
        if known.dated:
            found[known.path] = max(touch.key, found.get(known.path, ""))
    return found


def _chosen(
    forms: Mapping[str, Form], found: Record, rows: Sequence[list[object]], names: Sequence[str]
) -> list[list[object]]:
    """The rows of the fields named: by path, by a group's path, by label or alias; of a person or line bare."""
    wanted: set[object] = set()
    for name in names:
        forms_of = ordered(forms, found)[::-1]
        placed = [in_group(found.form, found, name)] if found.group else [place(form, name) for form in forms_of]
        paths = {each.path for each in placed if isinstance(each, Placed)}
        beneath = {row[0] for row in rows if name in row[:2] or str(row[0]).startswith(f"{name}.")}
        inside = {row[0] for row in rows if found.group and _inside(placed[0], str(row[0]))}
        if not paths | beneath | inside and isinstance(placed[0], Message):
            raise UsageError(placed[0].text, **placed[0].params)
        wanted |= paths | beneath | inside
    return [row for row in rows if row[0] in wanted]


def _inside(placed: Placed | Message, path: str) -> bool:
    """Whether a path is that of a field in any element of its group: lines.2.amount."""
    names = path.split(".")
    return isinstance(placed, Placed) and [names[0], names[-1]] == placed.field.name.split(".")


@dataclass(frozen=True)
class _Known:
    """What a stored field is called, and its values as they are told; `dated`: the latest of its rows is in force."""

    path: str
    label: str
    mask: str
    before: str | None
    after: str | None
    dated: bool = False


class Fields:
    """The fields of the forms by where they are stored; the later form decides where several declare one.

    `codes`: those of customers by row, by which references are told. `people`: values are told in words.
    """

    def __init__(self, forms: Sequence[Form], codes: Mapping[int, str], *, people: bool) -> None:
        self._people = people
        self._codes = codes
        self._own = {form.table for form in forms}
        self._groups: dict[tuple[str, str], tuple[Form, Group]] = {}
        self._fields: dict[tuple[str, str, str], tuple[Form, Field]] = {}
        for form in forms:
            for each in form.groups.values():
                self._groups |= {(str(each.table), role): (form, each) for role in _roles(each)}
            for item in sorted(form.fields.values(), key=_by_code):
                group = form.groups.get(item.group or "")
                table = group.table if group and group.table else form.table
                for role in _roles(group):
                    self._fields[table, role, item.stored or f"extra.{item.key}"] = (form, item)

    def known(self, touch: "Touch") -> _Known:
        """The form's field of a touch, else what is stored beside the forms."""
        key, _, behind = touch.key.partition("/")  # of a line its number, of an own form's element its group and key
        role = key if touch.table in {"contact", "entry"} else ""
        found = self._fields.get((touch.table, role, touch.field)) or self._fields.get((touch.table, "", touch.field))
        grouped = self._groups.get((touch.table, role))
        group = grouped[1] if grouped else None
        prefix = group.name if group else "" if touch.table in self._own else role or touch.table
        keyed = key if group and (group.key or touch.table == "order_line") else None
        keyed = behind if touch.table == "entry" else keyed
        name = found[1].key if found else touch.field.removeprefix("extra.")
        path = ".".join(filter(None, [prefix, keyed, name]))
        told = self._of_form(*found, path, keyed, touch) if found else self._technical(grouped, path, name, touch)
        return replace(told, dated=bool(group and group.history))

    def _of_form(self, form: Form, item: Field, path: str, key: str | None, touch: "Touch") -> _Known:
        words = {word: choice.label for word, choice in form.choices(item).items()}
        before, after = (self._value(value, item, words) for value in (touch.before, touch.after))
        named = label(form, Placed(0, item.label, item, path, key=key))
        open_ = item.type == "ref" or item.mask in {None, "none"}  # a reference is told by its code
        return _Known(path, named, "" if open_ else str(item.mask), before, after)

    def _technical(self, grouped: tuple[Form, Group] | None, path: str, name: str, touch: "Touch") -> _Known:
        words = self._technical_words(grouped, name, touch)
        before, after = (self._value(value, None, words) for value in (touch.before, touch.after))
        return _Known(path, self._technical_label(touch, name), "", before, after)

    def _technical_words(self, grouped: tuple[Form, Group] | None, name: str, touch: "Touch") -> dict[str, str]:
        if name == "role":
            return {role: group.label for (_, role), (_, group) in self._groups.items()}
        if grouped and name == grouped[1].key:
            return {str(touch.after): key_label(*grouped, str(touch.after))}
        said = name == "state" or name.endswith(PRECISION)
        return {word: say(text) for word, text in TECHNICAL_WORDS.items()} if said else {}

    def _technical_label(self, touch: "Touch", name: str) -> str:
        dated = self._fields.get((touch.table, "", touch.field.removesuffix(PRECISION)))
        if dated and name.endswith(PRECISION):
            return say("{field}: how exactly it is known", field=dated[1].label)
        return say(TECHNICAL_LABELS[name]) if name in TECHNICAL_LABELS else name

    def _value(self, value: object, item: Field | None, words: Mapping[str, str]) -> str | None:
        """A stored value as text: words and grouped digits for people, tokens and all digits for scripts."""
        if value is None:
            return None
        kind = item.type if item else "text"
        if kind == "ref" and item and item.to == "customer":
            return self._codes.get(int(str(value)), f"#{value}")
        if kind in {"money", "decimal", "percent"} and isinstance(value, int):
            return yuan(value) if self._people and kind == "money" else _exact(value)
        if kind == "bool":
            return (say("yes") if value else say("no")) if self._people else str(bool(value)).lower()
        if kind in {"list", "choices"}:
            each = [words.get(word, word) if self._people else word for word in _elements(str(value))]
            return (say(", ") if self._people else ";").join(each)
        return words.get(str(value), str(value)) if self._people else str(value)


def _by_code(item: Field) -> bool:
    """References by code come behind those by name, which share their column."""
    return not item.name.endswith("_name")


def _roles(group: Group | None) -> set[str]:
    """The role by which a group's rows are known, and "": a row of any."""
    if group and group.table == "entry":
        return {group.name}
    return {group.set.get("role", "") if group else "", ""}


def _elements(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return [text]
    return list(map(str, found)) if isinstance(found, list) else [text]


def _exact(amount: int) -> str:
    """Ten-thousandths with all their decimals."""
    whole, part = divmod(abs(amount), SCALE)
    return f"{'-' if amount < 0 else ''}{whole}.{part:04d}".rstrip("0").rstrip(".")


def _told(known: _Known, touch: "Touch", present: bool) -> list[object]:  # noqa: FBT001
    return [
        known.path,
        known.label,
        known.before,
        known.after,
        present,
        datetime.fromisoformat(touch.at),
        touch.user,
        touch.change,
        touch.command,
        touch.file,
        touch.sheet,
        touch.cell,
        known.mask,
    ]
