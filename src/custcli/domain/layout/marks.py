"""What each cell of a card is: label, group's label, key, `label：value`, title, note or value (forms.md 3.1, 3.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from custcli.domain.forms import Field
from custcli.domain.layout.above import NOTE, split
from custcli.domain.layout.labels import Labels, Meaning, bare_year, several
from custcli.domain.layout.paper import Area, Box, Paper
from custcli.domain.layout.split import is_title
from custcli.domain.layout.units import sheet_unit
from custcli.domain.readers import fold

BOXES = re.compile(r"[□☐○◯☑☒■√✓✔]|[(（\[]\s*[xX×√✓✔]?\s*[)）\]]")
"""Boxes to tick, empty and ticked."""
_OF_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?度?\s*[:：]?\s*([¥￥]?\d[\d,，.]*\s*[百千万亿]*元?)(?<!年)")
_YEARS_APART = re.compile(r"(?:[、,，;；/\s]|\n)+(?=(?:19|20)\d\d\s*年)")
_OWN_NOTE = "备注"
_ROLE_FIELDS = ("title", "occupation")
"""Right of these a person's role (经理, 法人) is a value."""


class Role(StrEnum):
    """What a cell is."""

    FIELD = "field"
    GROUP = "group"
    KEY = "key"
    CORNER = "corner"
    PAIRS = "pairs"
    TITLE = "title"
    NOTE = "note"
    VALUE = "value"


@dataclass
class Mark:
    """A cell and what it is. `text` is the label (a number of a year as `2023年`); `pairs` are those in one cell."""

    box: Box
    role: Role
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


LABELS = (Role.FIELD, Role.GROUP, Role.KEY, Role.CORNER)


class Marks:
    """The cells of one card, each with what it is."""

    def __init__(self, known: Labels, paper: Paper, area: Area) -> None:
        self.known = known
        self.paper = paper
        self.area = area
        self.unit: int | None = None
        self._several = {group.name for group in several(known.form)}
        self.marks: dict[Box, Mark] = {}
        for box in paper.inside(area):
            self.marks[box] = self._mark(box)
        self._years()
        self._lone_texts()

    def __iter__(self) -> Iterator[Mark]:
        return iter(self.marks.values())

    def of(self, *roles: Role) -> list[Mark]:
        """The cells that are one of these, in reading order."""
        return [mark for mark in self if mark.role in roles]

    def at(self, row: int, column: int) -> Mark | None:
        """What covers a place; None where it is blank or outside the card."""
        return self.marks.get(self.paper.at(row, column))

    def right(self, box: Box) -> Mark | None:
        """The cell right of another one, in its first row."""
        return self.at(box.row, box.right + 1)

    def below(self, box: Box) -> Mark | None:
        """The cell below another one, if it begins in the same column."""
        mark = self.at(box.bottom + 1, box.column)
        return mark if mark and mark.box.column == box.column else None

    def left(self, box: Box) -> Mark | None:
        """The cell left of another one, in its first row."""
        return self.at(box.row, box.column - 1) if box.column else None

    def _mark(self, box: Box) -> Mark:
        text = box.text
        if not text:
            return Mark(box, Role.VALUE)
        left = self.left(box)
        before = left if left and left.role is Role.FIELD and left.box.row <= box.row else None
        if self._answers_below(box, text):
            return Mark(box, Role.VALUE, text)
        years = self._of_years(left, text) if left else ()
        pairs = years or tuple(split(self.known, text))
        if before and not years and (self._answers(before, text) or any(value for _, value in pairs)):
            return Mark(box, Role.VALUE, text)
        if NOTE.match(text) and not (pairs and fold(text).startswith(_OWN_NOTE)):
            return Mark(box, Role.NOTE)
        if pairs and (len(pairs) > 1 or pairs[0][1]):
            return Mark(box, Role.PAIRS, text, pairs)
        role = self._label(text)
        if role is Role.KEY and before and self._dated(before):
            role = Role.VALUE
        if role is Role.VALUE and is_title(self.known, text):
            role = Role.TITLE
        if unit := sheet_unit(text):
            self.unit = unit
            role = Role.NOTE if role is Role.VALUE else role
        return Mark(box, role, text)

    def _of_years(self, left: Mark, text: str) -> tuple[tuple[str, str], ...]:
        """2023年58.6万元，2024年63.25万元 right of a label of a group by years: each year and its amount."""
        parts = [_OF_YEAR.fullmatch(part.strip()) for part in _YEARS_APART.split(text.strip())]
        group = self.known.form.groups.get(self.known.resolve((left.text,)).group or "")
        if left.role not in LABELS or not (group and group.keys == "year") or not all(parts):
            return ()
        inner = left.text if left.role is Role.FIELD else ""
        return tuple((f"{part[1]}年{inner}", part[2]) for part in parts if part)

    def _label(self, text: str) -> Role:
        if fold(text) in self.known.key_columns:
            return Role.CORNER
        said = self.known.says(text)
        if said and not any(one.field for one in said):
            return Role.KEY if any(one.key for one in said) else Role.GROUP
        return Role.FIELD if self.known.resolve((text,)).known and not bare_year(text) else Role.VALUE

    def item(self, text: str) -> Field | None:
        """The field that a label means by itself."""
        targets = self.known.resolve((text,)).targets
        if targets:
            return targets[0].field
        names = sorted(one.field for one in self.known.says(text) if one.field)
        return self.known.form.fields.get(names[0]) if names else None

    def _answers(self, before: Mark, text: str) -> bool:
        """Whether it is an allowed word right of its choice's label, or a role right of 职务."""
        item = self.item(before.text)
        if item is None:
            return False
        if item.key in _ROLE_FIELDS:
            return self._label(text) is Role.GROUP
        return self.is_word(item, text)

    def _answers_below(self, box: Box, text: str) -> bool:
        """Whether it is an allowed word in the column of its choice, in a group of which several stand below it."""
        row = box.row - 1
        while self._several and row >= self.area.top:
            over = self.paper.at(row, box.column)
            mark = self.marks.get(over)
            if mark and mark.role is not Role.VALUE:
                item = self.item(mark.text) if mark.role is Role.FIELD and over.column == box.column else None
                return item is not None and item.group in self._several and self.is_word(item, text)
            row = over.row - 1
        return False

    def is_word(self, item: Field, text: str) -> bool:
        """Whether the text is one of the field's allowed words, with or without a box."""
        return fold(BOXES.sub("", text)) in self.words(item)

    def words(self, item: Field) -> frozenset[str]:
        """The copies of the field's allowed words."""
        choices = self.known.form.choices(item).values()
        return frozenset(fold(word) for one in choices for word in (one.word, one.zh, one.en, *one.also) if word)

    def _dated(self, before: Mark) -> bool:
        item = self.item(before.text)
        return item is not None and item.type != "money" and not (item.group and self._keyed(item))

    def _keyed(self, item: Field) -> bool:
        group = self.known.form.groups.get(item.group or "")
        return bool(group and group.table and group.key)

    def _years(self) -> None:
        """Bare numbers of years beside or below each other are keys; a lone one is a value."""
        if not any(group.table and group.keys == "year" for group in self.known.form.groups.values()):
            return
        years = {mark.box: str(mark.box.value).strip() for mark in self if _year(mark)}
        lines: dict[tuple[str, int], list[Box]] = {}
        for box in years:
            lines.setdefault(("row", box.row), []).append(box)
            lines.setdefault(("column", box.column), []).append(box)
        runs = [(way, run) for (way, _), run in lines.items() if len({years[box] for box in run}) == len(run) > 1]
        taken: set[Box] = set()
        for way, run in sorted(runs, key=lambda one: -len(one[1])):
            if taken & set(run) or any(self._keyed_already(box, way) for box in run):
                continue
            for box in run:
                self.marks[box] = Mark(box, Role.KEY, f"{years[box]}年")
            taken |= {box for box in years if any(_under(box, key, way) for key in run)}

    def _keyed_already(self, box: Box, way: str) -> bool:
        """A number under a year, or right of it, is a value of that year."""
        keys = (mark.box for mark in self.of(Role.KEY))
        return any(_under(box, key, "row" if way == "column" else "column") or _under(box, key, way) for key in keys)

    def _lone_texts(self) -> None:
        """Texts above the first label are titles (the firm's name, a date)."""
        first = min((mark.box.row for mark in self.of(*LABELS, Role.PAIRS)), default=0)
        for mark in self.of(Role.VALUE):
            if mark.box.row < first and (mark.text or mark.box.row == self.area.top):
                mark.role = Role.TITLE

    def keys(self, group: str) -> dict[Box, Meaning]:
        """The keys of a keyed group on the card."""
        found = {}
        for mark in self.of(Role.KEY):
            own = [one for one in self.known.says(mark.text) if one.group == group]
            if own:
                found[mark.box] = own[0]
        return found


def _year(mark: Mark) -> bool:
    value = mark.box.value
    return mark.role is Role.VALUE and type(value) in (int, str, float) and bare_year(_digits(value))


def _digits(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _under(box: Box, key: Box, way: str) -> bool:
    """Whether a cell stands below a key of a row of keys, or right of one of a column of keys."""
    if way == "row":
        return box.row > key.row and key.column <= box.column <= key.right
    return box.column > key.column and key.row <= box.row <= key.bottom
