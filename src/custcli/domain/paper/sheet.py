"""A form's `[card] rows` laid out as the cells of a sheet of paper (forms.md 1.7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from custcli import messages
from custcli.domain.forms import Field, Form, Group
from custcli.domain.layout import Placed
from custcli.domain.paper.parts import PAGE_HEIGHT, PAGE_WIDTH, Cell, Content, Paper, Role
from custcli.domain.paper.texts import (
    LEAST_LABEL,
    WIDEST_LABEL,
    is_long,
    key_heading,
    label_width,
    lines,
    table_width,
    wanted,
    written,
)
from custcli.domain.written import key_label, label, offered, unit
from custcli.wide import width

_NARROW_LABEL = 12
_LINE, _LEAST_ROW, _WRITTEN_ROW, _TITLE_ROW = 15.0, 26.0, 42.0, 44.0
_MOST_STRETCHED = 1.5
_BESIDE = 66  # where a cell that goes down over several rows begins
_BLANK_ROWS, _BLANK_ELEMENTS = 8, 2


@dataclass(frozen=True)
class _Entry:
    """A label and what stands beside it."""

    label: str
    item: Field
    text: str
    wanted: int


@dataclass(frozen=True)
class _Column:
    """A column of a table on the paper; `inner`: a field of the group whose elements are the rows."""

    label: str
    item: Field
    inner: bool


def lay_out(form: Form, content: Content) -> Paper:
    """The paper of a form: title, then its rows. Fields that the rows do not name have no place on it."""
    sheet = _Sheet(form, content)
    sheet.row(_TITLE_ROW)
    sheet.put(0, sheet.width, form.label, Role.TITLE)
    for names, beside in _beside(form.card):
        sheet.rows(names, beside)
    return sheet.finished()


def _beside(rows: Sequence[Sequence[str]]) -> Iterator[tuple[list[Sequence[str]], str | None]]:
    """Rows one by one; those that end with the same name together, and that name beside them."""
    numbered = [(row, row[-1] if len(row) > 1 else str(at)) for at, row in enumerate(rows)]
    for name, group in groupby(numbered, key=lambda one: one[1]):
        together = [row for row, _ in group]
        if len(together) > 1:
            yield [row[:-1] for row in together], name
        else:
            yield together, None


class _Sheet:
    """The paper while it is being laid out: places across are characters, rows are added at the bottom."""

    def __init__(self, form: Form, content: Content) -> None:
        self.form = form
        self.content = content
        self.cells: list[Cell] = []
        self.heights: list[float] = []
        self.width = max(PAGE_WIDTH, min(self.of_tables(), PAGE_WIDTH * 3 // 2))
        self.right = self.width

    def of_tables(self) -> int:
        """The room that the columns of a table want."""
        tables = [names for names in self.form.card if self.is_table(names)]
        columns = ([column for name in names for column in self.columns(name)] for names in tables)
        return max(
            (sum(table_width(self.form, each.item, each.label) for each in table) for table in columns), default=0
        )

    def is_table(self, names: Sequence[str]) -> bool:
        return self.form.rows in {name.partition(".")[0] for name in names}

    def row(self, height: float = _LEAST_ROW) -> None:
        self.heights.append(height)

    def put(self, left: int, right: int, text: str, role: Role, rows: int = 1) -> None:
        """A cell of the last `rows` rows."""
        bottom = len(self.heights) - 1
        self.cells.append(Cell(bottom - rows + 1, left, bottom, right, text, role))

    def pair(self, left: int, middle: int, right: int, entry: _Entry, rows: int = 1) -> None:
        self.put(left, middle, entry.label, Role.LABEL, rows)
        self.put(middle, right, entry.text, Role.VALUE, rows)

    def rows(self, rows: Sequence[Sequence[str]], beside: str | None) -> None:
        """Rows of the card; `beside` names what goes down all of them at the right."""
        before = len(self.heights)
        self.right = _BESIDE if beside else self.width
        for names in rows:
            self.names(names)
        if beside:
            entry = self.entry(beside)
            middle = _BESIDE + max(LEAST_LABEL, width(entry.label) + 2)
            self.pair(_BESIDE, middle, self.width, entry, len(self.heights) - before)

    def names(self, names: Sequence[str]) -> None:
        """One row of the card: a table, or groups each for itself and the fields between them in lines."""
        if self.is_table(names):
            self.table(names)
            return
        for grouped, part in groupby(names, key=lambda name: name in self.form.groups):
            if grouped:
                for name in part:
                    self.group(self.form.groups[name])
            else:
                self.line([self.entry(name) for name in part if self.kept(name)])

    def kept(self, name: str) -> bool:
        item = self.form.fields.get(name)
        return item is None or not (item.derived or item.off)

    # fields

    def entry(self, name: str) -> _Entry:
        """A field or a composite by its name."""
        composite = self.form.composites.get(name)
        if composite is None:
            item = self.form.fields[name]
            return self.of_field(item, item.name, label(self.form, Placed(0, "", item, item.name)))
        parts = [text for path in composite.into if isinstance(text := self.content.values.get(path), str)]
        text = ("，" if messages.language() == "zh" else ", ").join(parts)
        return _Entry(str(composite.label), self.form.fields[composite.into[-1]], text, 20)

    def of_field(self, item: Field, path: str, name: str) -> _Entry:
        text = written(self.form, item, self.content.values.get(path))
        return _Entry(name + unit(item), item, text, wanted(self.form, item))

    def line(self, entries: Sequence[_Entry]) -> None:
        """Label and value beside each other, all of the same width."""
        if not entries:
            return
        alone = len(entries) == 1
        self.row(_WRITTEN_ROW if alone and is_long(entries[0].item) else _LEAST_ROW)
        bounds = [self.right * i // len(entries) for i in range(len(entries) + 1)]
        for entry, (left, right) in zip(entries, pairwise(bounds), strict=True):
            widest = WIDEST_LABEL if right - left > 2 * _NARROW_LABEL else _NARROW_LABEL
            own = widest if left == 0 else min(max(width(entry.label) + 2, LEAST_LABEL), widest)
            self.pair(left, left + own, right, entry)

    # groups

    def group(self, group: Group) -> None:
        """A group: its label at the left, its fields, keys or elements beside it."""
        before = len(self.heights)
        members = [item for item in self.form.of_group(group.name) if not (item.derived or item.off)]
        if group.table and group.key and group.keys == "year":
            self.years(group, members)
        elif group.table and (group.key or group.many):
            self.lines_of(group, members)
        else:
            self.members(members)
        if len(self.heights) > before:
            self.put(0, WIDEST_LABEL, str(group.label), Role.LABEL, len(self.heights) - before)

    def members(self, members: Sequence[Field]) -> None:
        """The fields of a group in lines, each as wide as what is written there."""
        room = self.right - WIDEST_LABEL
        entries = [self.of_field(item, item.name, str(item.label)) for item in members]
        for line in _filled(entries, room):
            self.row()
            labels = [label_width(entry.label) for entry in line]
            shares = _bounds([entry.wanted for entry in line], 0, room - sum(labels))
            left = WIDEST_LABEL
            for entry, own, (begin, end) in zip(line, labels, pairwise(shares), strict=True):
                self.pair(left, left + own, left + own + end - begin, entry)
                left += own + end - begin

    def years(self, group: Group, members: Sequence[Field]) -> None:
        """Years across, fields down."""
        keys = list(self.content.keys.get(group.name, ()))
        bounds = _bounds([1] * len(keys), 2 * WIDEST_LABEL, self.right)
        self.row()
        self.put(WIDEST_LABEL, 2 * WIDEST_LABEL, key_heading(group), Role.LABEL)
        for key, (left, right) in zip(keys, pairwise(bounds), strict=True):
            self.put(left, right, key_label(self.form, group, key), Role.LABEL)
        for item in members:
            self.row()
            self.put(WIDEST_LABEL, 2 * WIDEST_LABEL, f"{item.label}{unit(item)}", Role.LABEL)
            for key, (left, right) in zip(keys, pairwise(bounds), strict=True):
                text = self.content.values.get(f"{group.name}.{key}.{item.key}")
                self.put(left, right, written(self.form, item, text), Role.VALUE)

    def lines_of(self, group: Group, members: Sequence[Field]) -> None:
        """Fields across; the keys of a list, or the elements, down."""
        elements = self.ordinals(group, _BLANK_ELEMENTS) if group.many else ()
        keys = elements or self.content.keys.get(group.name, ())
        keyed = [WIDEST_LABEL]
        rooms = [max(wanted(self.form, item), label_width(str(item.label))) for item in members]
        bounds = _bounds([*keyed, *rooms], WIDEST_LABEL, self.right)
        own = bounds[len(keyed) :]
        self.row()
        self.put(bounds[0], bounds[1], "" if elements else key_heading(group), Role.LABEL)
        for item, (left, right) in zip(members, pairwise(own), strict=True):
            self.put(left, right, f"{item.label}{unit(item)}", Role.LABEL)
        for key in keys:
            self.row()
            self.put(bounds[0], bounds[1], key_label(self.form, group, key), Role.LABEL)
            for item, (left, right) in zip(members, pairwise(own), strict=True):
                text = self.content.values.get(f"{group.name}.{key}.{item.key}")
                self.put(left, right, written(self.form, item, text), Role.VALUE)

    def ordinals(self, group: Group, least: int) -> list[str]:
        """The numbers of a group's elements, with room for so many at least."""
        return [str(number) for number in range(1, max(self.content.elements.get(group.name, 0), least) + 1)]

    # a table: one row an element of the group `rows`

    def table(self, names: Sequence[str]) -> None:
        """Fields of the record and of its elements as columns; each printed word has a row of its own."""
        columns = [column for name in names for column in self.columns(name)]
        bounds = _bounds([table_width(self.form, column.item, column.label) for column in columns], 0, self.right)
        self.heading(columns, bounds)
        printed = [column.item for column in columns if column.item.printed and column.item.values]
        for words in self.printed_rows(printed):
            self.record(columns, bounds, words)
        self.merge_printed(columns, bounds, printed[:-1])

    def columns(self, name: str) -> list[_Column]:
        members = [self.form.fields[name]] if name in self.form.fields else self.form.of_group(name)
        kept = (item for item in members if not (item.derived or item.off))
        return [_Column(f"{item.label}{unit(item)}", item, inner=item.group == self.form.rows) for item in kept]

    def heading(self, columns: Sequence[_Column], bounds: Sequence[int]) -> None:
        """The labels; over those of the elements the group's, where the record has columns as well."""
        inner = [i for i, column in enumerate(columns) if column.inner]
        deep = len(inner) < len(columns)
        self.row()
        if deep:
            text = str(self.form.groups[str(self.form.rows)].label)
            self.put(bounds[inner[0]], bounds[inner[-1] + 1], text, Role.LABEL)
            self.row()
        for i, column in enumerate(columns):
            self.put(bounds[i], bounds[i + 1], column.label, Role.LABEL, 2 if deep and not column.inner else 1)

    def printed_rows(self, printed: Sequence[Field]) -> list[dict[str, str]]:
        """Of each row that is printed the words in it (path → word), and one for a record that none of them fits."""
        last = printed[-1:]
        rows = [{item.name: choice.word, **choice.implies} for item in last for choice in offered(self.form, item)]
        fits = any(self.here(words) for words in rows)
        return rows if rows and (fits or not self.content.values) else [*rows, {}]

    def here(self, words: Mapping[str, str]) -> bool:
        """Whether the record stands in the row of these printed words."""
        return all(self.content.values.get(name) == word for name, word in words.items())

    def record(self, columns: Sequence[_Column], bounds: Sequence[int], words: Mapping[str, str]) -> None:
        """One printed row, empty; or the record with a row for each of its elements."""
        group = self.form.groups[str(self.form.rows)]
        values = self.content.values if self.here(words) else {}
        least = 1 if words or values else _BLANK_ROWS
        numbers = self.ordinals(group, least) if values or not words else ["1"]
        for number in numbers:
            self.row()
            for column, (left, right) in zip(columns, pairwise(bounds), strict=True):
                if column.inner:
                    text = values.get(f"{group.name}.{number}.{column.item.key}")
                    self.put(left, right, written(self.form, column.item, text, boxes=False), Role.VALUE)
        for column, (left, right) in zip(columns, pairwise(bounds), strict=True):
            if not column.inner:
                text = words.get(column.item.name) or values.get(column.item.name)
                said = written(self.form, column.item, text, boxes=False)
                self.put(left, right, said, Role.VALUE, len(numbers))

    def merge_printed(self, columns: Sequence[_Column], bounds: Sequence[int], outer: Sequence[Field]) -> None:
        """The same word of an outer printed column (职能部门) goes down over all its rows."""
        lefts = {bounds[i] for i, column in enumerate(columns) if column.item in outer}
        for left in lefts:
            column = [cell for cell in self.cells if cell.left == left and cell.role is Role.VALUE]
            self.cells = [cell for cell in self.cells if cell not in column]
            for _, same in groupby(sorted(column, key=lambda cell: cell.top), key=lambda cell: cell.text):
                first, *more = same
                self.cells.append(replace(first, bottom=max(cell.bottom for cell in [first, *more])))

    # all of it

    def finished(self) -> Paper:
        """Places become columns; rows grow with their texts, and over the page where there is room left."""
        edges = sorted({edge for cell in self.cells for edge in (cell.left, cell.right)})
        for cell in self.cells:
            if cell.top == cell.bottom and cell.role is not Role.TITLE:
                needed = lines(cell.text, cell.right - cell.left) * _LINE + _LINE / 2
                self.heights[cell.top] = max(self.heights[cell.top], needed)
        title, *rest = self.heights
        room = (PAGE_HEIGHT * self.width / PAGE_WIDTH - title) / max(sum(rest), 1.0)
        stretched = min(max(room, 1.0), _MOST_STRETCHED)
        at = {edge: index for index, edge in enumerate(edges)}
        cells = [replace(cell, left=at[cell.left], right=at[cell.right] - 1) for cell in self.cells]
        heights = (title, *(round(height * stretched, 1) for height in rest))
        order = sorted(cells, key=lambda cell: (cell.top, cell.left))
        return Paper(tuple(order), tuple(b - a for a, b in pairwise(edges)), heights)


def _filled(entries: Iterable[_Entry], room: int) -> Iterator[list[_Entry]]:
    """The entries in lines that hold as many as there is room for."""
    line: list[_Entry] = []
    taken = 0
    for entry in entries:
        wide = label_width(entry.label) + entry.wanted
        if line and taken + wide > room:
            yield line
            line, taken = [], 0
        line.append(entry)
        taken += wide
    if line:
        yield line


def _bounds(shares: Sequence[int], left: int, right: int) -> list[int]:
    """The places between cells that share the room in proportion to what they want."""
    total = sum(shares)
    sums = [sum(shares[:i]) for i in range(len(shares) + 1)]
    return [left + (right - left) * part // max(total, 1) for part in sums]
