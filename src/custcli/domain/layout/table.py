"""Table sheets: which rows are the heading, what each column means, what stands above (forms.md 3.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from custcli.domain.cells import Merge, Value
from custcli.domain.forms import Field, Form
from custcli.domain.layout import above, labels
from custcli.domain.layout.above import stated
from custcli.domain.layout.labels import Labels, Resolution, Target
from custcli.domain.layout.placed import (
    COLUMNS,
    COLUMNS_WITH_ROWS,
    DEPTH,
    FURTHER_ROW,
    HEADING_ROWS,
    OTHER_HEADING,
    ROWS,
    LeftOver,
    Placed,
    Problem,
    Table,
)
from custcli.domain.readers import fold
from custcli.messages import message

WHOLE_ORDER = ("合计", "订单", "总", "order", "total")
"""In a heading they mean the whole order, also where each row is one line of it."""
Cell = tuple[int, int]


@dataclass(frozen=True)
class Column:
    """A column under a candidate heading: the chain of headings from outside in, and the cell of the innermost."""

    index: int
    chain: tuple[str, ...]
    cell: Cell
    repeat: int = 0
    """The how-manieth column under the same merged cell, from 0."""


class Sheet:
    """The first rows of a sheet, merged ranges spread: what is said where (a merged range is one cell)."""

    def __init__(self, head: Sequence[Sequence[Value]], merges: Sequence[Merge]) -> None:
        self.head = head
        self.width = max((len(row) for row in head), default=0)
        self.origin: dict[Cell, Cell] = {}
        for merge in merges:
            if merge.top < HEADING_ROWS + DEPTH and merge.left < self.width:
                self._spread(merge)

    def _spread(self, merge: Merge) -> None:
        rows = range(merge.top, min(merge.bottom, HEADING_ROWS + DEPTH) + 1)
        for row in rows:
            for column in range(merge.left, min(merge.right, self.width - 1) + 1):
                self.origin[row, column] = (merge.top, merge.left)

    def value(self, row: int, column: int) -> Value:
        """What stands at a place, blanks as None."""
        cells = self.head[row] if row < len(self.head) else ()
        value = cells[column] if column < len(cells) else None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, row: int, column: int) -> str:
        """The text of a possible heading; two numbers of years in a row are years, a lone one is a number."""
        value = self.value(row, column)
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = str(int(value)) if value == int(value) else str(value)
        else:
            text = value if isinstance(value, str) else "" if value is None else str(value)
        if not labels.bare_year(text):
            return text
        return f"{text.strip()}年" if len(self.years(row)) > 1 else text

    def years(self, row: int) -> set[str]:
        """The bare numbers of years in a row."""
        texts = (str(value).strip() for _, value in stated(self.head[row]) if isinstance(value, str | int))
        return {text for text in texts if labels.bare_year(text)}

    def columns(self, known: Labels, top: int, depth: int) -> list[Column]:
        """The columns under a heading of `depth` rows that begins at `top`."""
        found: list[Column] = []
        last: dict[int, tuple[Cell, str]] = {}
        for index in range(self.width):
            cells: list[tuple[Cell, str]] = []
            for row in range(top, top + depth):
                cell = self.origin.get((row, index), (row, index))
                text = self.text(*cell)
                if not text and row < top + depth - 1 and (row, index) not in self.origin and row in last:
                    cell, text = last[row] if self._reaches(known, last[row][1], top + depth - 1, index) else (cell, "")
                if text:
                    last[row] = (cell, text)
                    if not cells or cells[-1][0] != cell:
                        cells.append((cell, text))
            if cells:
                before = found[-1] if found and found[-1].cell == cells[-1][0] else None
                found.append(Column(index, tuple(text for _, text in cells), cells[-1][0], before.repeat + 1 if before else 0))
        return found

    def _reaches(self, known: Labels, outer: str, bottom: int, index: int) -> bool:
        """Whether an unmerged heading (csv has no merges) also stands over the blank to its right."""
        inner = self.text(bottom, index)
        return bool(inner) and known.resolve((outer, inner)).group is not None

    def rows(self, first: int, last: int) -> list[tuple[int, list[Value]]]:
        """Rows with what a merge hides left out."""
        return [
            (row, [self.value(row, c) if self.origin.get((row, c), (row, c)) == (row, c) else None for c in range(self.width)])
            for row in range(first, min(last, len(self.head)))
        ]


def find(form: Form, sheet: Sheet) -> Table | None:
    """The table that this form sees on the sheet, or None where it sees none (forms.md 3.2)."""
    known = labels.of(form)
    top, depth = _best(known, sheet)
    if not depth:
        return None
    over = above.read(known, sheet.rows(0, top))
    columns = sheet.columns(known, top, depth)
    found = _Columns(known, sheet, columns, over.unit, top + depth - 1)
    distinct = len({place.path for place in found.placed + found.not_taken})
    rows = sum(any(True for _ in stated(row)) for _, row in sheet.rows(top + depth, top + depth + 10))
    if distinct < (COLUMNS_WITH_ROWS if rows >= ROWS else COLUMNS) or distinct < len(over.pairs):
        return None
    table = Table(
        form=form,
        heading_row=top,
        depth=depth,
        columns=tuple(found.placed),
        left_over=(*over.left_over, *found.left_over, *_headless(sheet, columns, top + depth)),
        not_taken=tuple(found.not_taken),
        problems=tuple(found.problems),
        headings=tuple(tuple(fold(str(value)) for _, value in stated(row)) for _, row in sheet.rows(top, top + depth)),
        width=sheet.width,
        element=found.element,
    )
    return _with_fixed(table, over)


def _best(known: Labels, sheet: Sheet) -> tuple[int, int]:
    """The heading: distinct fields − 0.5 × other headings − 0.3 × further rows is largest. (0, 0) where none is."""
    best, place = 0.0, (0, 0)
    last = min(HEADING_ROWS, len(sheet.head))
    for top in range(last):
        for depth in range(1, min(DEPTH, len(sheet.head) - top) + 1):
            if not any(True for _ in stated(sheet.head[top])) or _torn(known, sheet, top):
                break
            found, other = _count(known, sheet.columns(known, top, depth))
            value = found - OTHER_HEADING * other - FURTHER_ROW * (depth - 1)
            if value > best:
                best, place = value, (top, depth)
    return place


def _count(known: Labels, columns: Iterable[Column]) -> tuple[int, int]:
    """Distinct fields and other headings. A doubtful label is neither."""
    paths: set[str] = set()
    other = 0
    for column in columns:
        found = known.resolve(column.chain)
        if found.targets:
            paths.add(found.targets[0].path)
        elif not found.known and column.repeat == 0 and column.chain[-1] != labels.REJECT_REASON:
            other += not _key_column(known, column)
            paths |= {f"{column.chain}"} if _key_column(known, column) else set()
    return len(paths), other


def _torn(known: Labels, sheet: Sheet, top: int) -> bool:
    """Whether the row above heads some of these columns: a heading must not begin below its own groups."""
    if top == 0:
        return False
    here = [column for column in range(sheet.width) if sheet.text(*sheet.origin.get((top, column), (top, column)))]
    over: dict[Cell, list[int]] = {}
    for column in here:
        cell = sheet.origin.get((top - 1, column), (top - 1, column))
        if sheet.text(*cell) and sheet.origin.get((top, column)) != cell:
            over.setdefault(cell, []).append(column)
    if any(1 < len(under) < len(here) and not known.resolve((sheet.text(*cell),)).targets for cell, under in over.items()):
        return len(over) > 1 or any(sheet.origin.get((top, c)) == (top - 1, c) for c in here)
    return any(_heads(known, sheet, cell, here) for cell in over)


def _heads(known: Labels, sheet: Sheet, cell: Cell, here: list[int]) -> bool:
    """Whether a group's label has text below it and either spans columns or a blank at its right."""
    row, column = cell
    found = known.resolve((sheet.text(row, column),))
    beside = sheet.value(row, column + 1)
    if not found.group or found.problem or column not in here or column + 1 not in here or beside is not None:
        return False
    below = sheet.text(*sheet.origin.get((row + 1, column), (row + 1, column)))
    return bool(known.resolve((sheet.text(row, column), below)).known)


def _key_column(known: Labels, column: Column) -> str | None:
    """The keyed group whose keys this column holds (年度)."""
    return known.key_columns.get(fold(column.chain[-1]))


class _Columns:
    """The columns of one heading, placed."""

    def __init__(self, known: Labels, sheet: Sheet, columns: list[Column], unit: int | None, row: int) -> None:
        self.known = known
        self.form = known.form
        self.unit = unit
        self.placed: list[Placed] = []
        self.not_taken: list[Placed] = []
        self.left_over: list[LeftOver] = []
        self.problems: list[Problem] = []
        self.taken: dict[str, tuple[Placed, bool]] = {}
        self.element = next((group for column in columns if (group := self._rowwise(column))), None)
        self.lines = self._has_lines(columns)
        for column in columns:
            self._column(column)
        self.placed.sort(key=lambda place: place.index)
        self.problems.sort(key=lambda problem: problem[:2])

    def _rowwise(self, column: Column) -> str | None:
        group = _key_column(self.known, column)
        return group if group and not self.known.resolve(column.chain).targets else None

    def _has_lines(self, columns: list[Column]) -> bool:
        found = (self.known.resolve(column.chain) for column in columns)
        return any(self.form.rows and target.field.group == self.form.rows for one in found for target in one.targets)

    def _column(self, column: Column) -> None:
        found = self._in_row(column, self.known.resolve(column.chain))
        if self._rowwise(column) == self.element is not None:
            self._take(column, _key_target(self.form, self.element or ""), found)
        elif column.repeat:
            self._second(column, found)
        elif found.problem:
            self.problems.append((*column.cell, message("{heading}: {reason}", heading=column.chain[-1], reason=found.problem)))
        elif found.targets:
            for target in found.targets:
                self._take(column, target, found)
        elif fold(column.chain[-1]) != fold(labels.REJECT_REASON):
            self._leave(column)

    def _in_row(self, column: Column, found: Resolution) -> Resolution:
        """The field of the element that the row is: of the keyed group, or of the form's lines."""
        if self.element and (item := self._member(self.element, column, found)):
            return replace(found, known=True, targets=(Target(item, item.name),), problem=None)
        if not (self.lines and found.bare and found.targets):
            return found
        target = found.targets[0]
        item = self.form.fields.get(f"{self.form.rows}.{target.path}")
        if item is None or any(word in fold(column.chain[-1]) for word in WHOLE_ORDER):
            return found
        return replace(found, targets=(Target(item, item.name),))

    def _member(self, group: str, column: Column, found: Resolution) -> Field | None:
        if found.targets and "." not in found.targets[0].path:
            return None
        return self.known.member(group, column.chain[-1])

    def _second(self, column: Column, found: Resolution) -> None:
        """The columns beyond the first under one merged heading: the `next` fields (部门 over sector and department)."""
        item = found.targets[0].field if found.targets else None
        for _ in range(column.repeat):
            item = self.form.fields.get(item.next or "") if item else None
        if item:
            self._take(column, Target(item, item.name), found)
        elif any(place.index == column.index - column.repeat for place in self.placed):
            return
        else:
            self._leave(column)

    def _take(self, column: Column, target: Target, found: Resolution) -> None:
        place = Placed(
            index=column.index,
            heading=column.chain[-1],
            field=target.field,
            path=target.path,
            unit=found.unit or (self.unit if target.field.type == "money" else None) or _percent(target.field),
            key=target.key,
            composite=target.composite,
        )
        if target.field.off or target.field.derived:
            self.not_taken.append(place)
        elif place.path not in self.taken:
            self.taken[place.path] = (place, found.exact)
            self.placed.append(place)
        else:
            self._twice(column, place, exact=found.exact)

    def _twice(self, column: Column, place: Placed, *, exact: bool) -> None:
        """Two columns of one field: the exact label wins; two equally good ones are in doubt."""
        other, other_exact = self.taken[place.path]
        if exact and not other_exact:
            self.placed[self.placed.index(other)] = place
            self.taken[place.path] = (place, True)
            self.left_over.append(LeftOver(column.cell[0], other.index, other.heading))
        elif other_exact and not exact:
            self._leave(column)
        else:
            reason = message("{heading}: another column means the same field", heading=place.heading)
            self.problems.append((column.cell[0], column.index, reason))

    def _leave(self, column: Column) -> None:
        self.left_over.append(LeftOver(column.cell[0], column.index, " ".join("→".join(column.chain).split())))


def _key_target(form: Form, group: str) -> Target:
    """The column that names the key of each row's element, as if it were a field."""
    owner = form.groups[group]
    name = f"{group}.{owner.key}"
    kind = ("int", None) if owner.keys == "year" else ("choice", owner.keys)
    item = Field(name=name, zh=owner.key_labels[0], type=kind[0], values=kind[1], pi="N", group=group, read="year" if kind[1] is None else None)
    return Target(item, name)


def _percent(item: Field) -> int | None:
    return 100 if item.type == "percent" and item.unit == "%" else None


def _headless(sheet: Sheet, columns: list[Column], first: int) -> list[LeftOver]:
    """Columns with values but without a heading; a merged heading counts for its first column only (or `next`)."""
    headed = {column.index for column in columns}
    found: dict[int, LeftOver] = {}
    for row, cells in sheet.rows(first, len(sheet.head)):
        for column, _ in stated(cells):
            if column not in headed:
                found.setdefault(column, LeftOver(row, column, ""))
    return [found[column] for column in sorted(found)]


def _with_fixed(table: Table, over: above.Above) -> Table:
    """The table with its fields above the heading, and those that rows between the data may set (sections, pairs)."""
    seen = {place.path for place in table.columns}
    fixed: dict[str, tuple[Placed, object, int, int]] = {}
    left = list(table.left_over)
    for pair in over.pairs:
        item = pair.target.field
        if item.off or item.derived:
            continue
        if pair.target.path in seen or pair.target.path in fixed:
            left.append(LeftOver(pair.row, pair.column, pair.label))
            continue
        fixed[pair.target.path] = (_fixed_place(pair.target, pair.label, over.unit), pair.value, pair.row, pair.column)
    for item in table.form.fields.values():
        if (item.sheet or (item.carry and item.values)) and "." not in item.name and item.name not in seen | set(fixed):
            fixed[item.name] = (_fixed_place(Target(item, item.name), item.label, over.unit), None, table.heading_row, 0)
    numbered = [
        (replace(place, index=table.width + number, at=(row, column)), value, row, column)
        for number, (place, value, row, column) in enumerate(fixed.values())
    ]
    return replace(table, fixed=tuple(numbered), left_over=tuple(left))


def _fixed_place(target: Target, label: str, unit: int | None) -> Placed:
    money = unit if target.field.type == "money" else None
    return Placed(-1, label, target.field, target.path, money or _percent(target.field), target.key, target.composite)


def of_kind(table: Table, form: Form, sheet: Sheet) -> Table | None:
    """The same sheet as another form of the family understands it: same heading, same indexes of the cells above."""
    known = labels.of(form)
    over = above.read(known, sheet.rows(0, table.heading_row))
    columns = sheet.columns(known, table.heading_row, table.depth)
    found = _Columns(known, sheet, columns, over.unit, table.first_row - 1)
    shared: Mapping[str, Field] = form.fields
    fixed = tuple(
        (replace(place, field=shared[place.path]), value, row, column)
        for place, value, row, column in table.fixed
        if place.path in shared
    )
    return replace(
        table,
        form=form,
        columns=tuple(found.placed),
        fixed=fixed,
        left_over=tuple(found.left_over),
        not_taken=tuple(found.not_taken),
        problems=tuple(found.problems),
        element=found.element,
    )
