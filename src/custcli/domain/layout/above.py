"""`label：value` cells and label–value pairs above a heading, or as rows between the data (forms.md 3.1, 3.2)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from custcli.domain.cells import Value
from custcli.domain.layout.labels import Labels, Resolution, Target
from custcli.domain.layout.placed import LeftOver
from custcli.domain.layout.units import sheet_unit
from custcli.domain.readers import fold

NOTE = re.compile(r"\s*[(（【\[]?\s*(?:注意事项|填表说明|填写说明|备注说明|说明|备注|附注|注)\s*\d*\s*[:：]")
_COLON = re.compile(r"[:：]")
_LONGEST_LABEL = 30


@dataclass(frozen=True)
class Pair:
    """A value beside its label: where it goes, the label, the value, the value's row and column."""

    target: Target
    label: str
    value: Value
    row: int
    column: int
    unit: int | None = None


@dataclass
class Above:
    """What stands above a heading: pairs, lone texts (titles), the unit of money, and what is left over."""

    pairs: list[Pair] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    left_over: list[LeftOver] = field(default_factory=list)
    unit: int | None = None
    labels: int = 0


def read(labels: Labels, rows: Sequence[tuple[int, Sequence[Value]]]) -> Above:
    """What the (row number, cells) above a heading say; blank cells and those hidden by a merge are None."""
    found = Above()
    for number, row in rows:
        _Row(labels, found, number).read([(c, value) for c, value in enumerate(row) if _stated(value)])
    return found


def split(labels: Labels, text: str) -> list[tuple[str, str]]:
    """`所属业务区：华东　负责业务员：张三` → its labels and values; [] where no known label stands before a colon."""
    marks: list[tuple[int, int]] = []
    for colon in _COLON.finditer(text):
        start = _label_start(labels, text, marks[-1][1] if marks else 0, colon.start())
        if start is not None:
            marks.append((start, colon.end()))
    if not marks or text[: marks[0][0]].strip(" \u3000(（【[、,，;；"):
        return []
    ends = [start for start, _ in marks[1:]] + [len(text)]
    pairs = [(text[start : colon - 1], text[colon:end]) for (start, colon), end in zip(marks, ends, strict=True)]
    return [(label.strip(), value.strip(" \u3000\t\r\n,，;；)）】]")) for label, value in pairs]


def split_words(text: str) -> list[str]:
    """The words before colons: what may be labels in a cell with several."""
    return [part.split()[-1] for part in _COLON.split(text)[:-1] if part.split()]


def _label_start(labels: Labels, text: str, low: int, colon: int) -> int | None:
    """Where the longest known label that ends at the colon begins."""
    for start in range(max(low, colon - _LONGEST_LABEL), colon):
        word = text[start:colon]
        if not word[0].isspace() and labels.knows(word) and not _cuts_a_word(text, start):
            return start
    return None


def _cuts_a_word(text: str, start: int) -> bool:
    """Latin labels begin where a word begins; Chinese ones may follow a value without a blank."""
    return (
        start > 0
        and text[start].isascii()
        and text[start].isalnum()
        and text[start - 1].isascii()
        and text[start - 1].isalnum()
    )


def _stated(value: Value) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


class _Row:
    """One row, read from left to right."""

    def __init__(self, labels: Labels, found: Above, number: int) -> None:
        self.labels = labels
        self.found = found
        self.number = number
        self.group: str | None = None
        self.pending: tuple[Resolution, str] | None = None

    def read(self, cells: list[tuple[int, Value]]) -> None:
        lone = len(cells) == 1
        for column, value in cells:
            if isinstance(value, str):
                self.text(column, value, lone=lone)
            elif self.pending:
                self.take(column, value)
            elif lone and isinstance(value, date):
                self.found.titles.append("")
            else:
                self.leave(column, str(value))

    def text(self, column: int, text: str, *, lone: bool) -> None:
        pairs = split(self.labels, text)
        unit = sheet_unit(text)
        if unit:
            self.found.unit = unit
        if pairs:
            self.pairs(column, pairs)
        elif NOTE.match(text):
            return
        elif self.pending and not self.is_label(text):
            self.take(column, text)
        elif not lone and self.is_label(text):
            self.pending = self.label(text)
        elif (lone and (not _COLON.search(text) or len(text) > _LONGEST_LABEL)) or self.is_title(text):
            self.found.titles.append(text)
        elif not unit and not (lone and self.label(text)):
            self.leave(column, text)

    def is_title(self, text: str) -> bool:
        copy = fold(text)
        return any(title in copy for title in self.labels.titles)

    def is_label(self, text: str) -> bool:
        """An allowed word right of its choice's label is a value, whatever else it means."""
        if self.pending and self.pending[0].targets[0].field.values:
            choices = self.labels.form.choices(self.pending[0].targets[0].field).values()
            if fold(text) in {fold(word) for one in choices for word in (one.word, one.zh, one.en, *one.also)}:
                return False
        return bool(self.labels.resolve((text,)).known)

    def pairs(self, column: int, pairs: list[tuple[str, str]]) -> None:
        for label, value in pairs:
            self.pending = self.label(label)
            if value and self.pending:
                self.take(column, value)

    def label(self, text: str) -> tuple[Resolution, str] | None:
        """The field of a label; behind a group's label it belongs to that group."""
        alone = self.labels.resolve((text,))
        found = self.labels.resolve((self.group, text)) if self.group and not alone.group else alone
        found = found if found.targets else alone
        if found.known:
            self.found.labels += 1
        if alone.group and self.labels.form.groups[alone.group].table:
            self.group = self.labels.form.groups[alone.group].zh
        return (found, text) if found.targets else None

    def take(self, column: int, value: Value) -> None:
        if self.pending:
            found, label = self.pending
            pairs = (Pair(target, label, value, self.number, column, found.unit) for target in found.targets)
            self.found.pairs.extend(pairs)
        self.pending = None

    def leave(self, column: int, text: str) -> None:
        self.found.left_over.append(LeftOver(self.number, column, text))


def stated(row: Sequence[Value]) -> Iterator[tuple[int, Value]]:
    """The cells of a row that are not blank, with their columns."""
    return ((column, value) for column, value in enumerate(row) if _stated(value))
