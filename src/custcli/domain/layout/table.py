"""Table sheets: which rows are the heading, what each column means, what stands above (forms.md 3.2)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf

from custcli.domain.forms import Field, Form
from custcli.domain.layout import above, labels
from custcli.domain.layout.above import stated
from custcli.domain.layout.labels import Labels, Resolution, Target
from custcli.domain.layout.placed import (
    COLUMNS,
    COLUMNS_WITH_ROWS,
    DEPTH,
    FOUND_TITLED,
    FURTHER_ROW,
    HEADING_ROWS,
    OTHER_HEADING,
    ROWS,
    Fixed,
    LeftOver,
    Placed,
    Problem,
    Table,
)
from custcli.domain.layout.sheet import Cell, Column, Sheet
from custcli.domain.layout.units import PERCENT
from custcli.domain.readers import fold
from custcli.messages import message

_PAIR = re.compile(r"[^:：]+[:：]\s*\S")
ORDERED = "ordered"
"""Says of a quantity that it is the customer's, whichever row it stands in."""
WHOLE_ORDER = ("合计", "订单", "总", "单位", "order", "total", "organisation")
"""In a heading they mean the whole order, also where each row is one line of it."""


def find(form: Form, sheet: Sheet, *, given: bool = False) -> Table | None:
    """The table that this form sees on the sheet, or None where it sees none (forms.md 3.2).

    `given`: the user named the form, so that a heading may be mostly of columns that it does not know.
    """
    known = labels.of(form)
    top, depth = _best(known, sheet, given=given)
    if not depth:
        return None
    over = above.read(known, sheet.rows(0, top))
    over.unit = over.unit or form.unit
    columns = sheet.columns(known, top, depth)
    found = _Columns(known, columns, over.unit)
    distinct = len({place.path for place in found.placed + found.not_taken})
    rows = sum(any(True for _ in stated(row)) for _, row in sheet.rows(top + depth, top + depth + 10))
    least = COLUMNS_WITH_ROWS if rows >= ROWS or _one_row(known, sheet) else COLUMNS
    if distinct < (least if found.lines else max(least, len(over.pairs))):
        return None
    table = Table(
        form=form,
        heading_row=top,
        depth=depth,
        columns=tuple(found.placed),
        left_over=(*over.left_over, *found.left_over, *_headless(sheet, columns, found.taken, top + depth)),
        not_taken=tuple(found.not_taken),
        problems=tuple(found.problems),
        headings=tuple(tuple(fold(str(value)) for _, value in stated(row)) for _, row in sheet.rows(top, top + depth)),
        width=sheet.width,
        element=found.element,
    )
    return _with_fixed(table, over)


def _one_row(known: Labels, sheet: Sheet) -> bool:
    """Whether the sheet is nothing but a row of labels and a row without any: a table, however narrow."""
    rows = [list(stated(row)) for row in sheet.head]
    filled = [[known.knows(str(value)) for _, value in row] for row in rows if row]
    return len(filled) == ROWS and all(filled[0]) and not any(filled[1])


def _best(known: Labels, sheet: Sheet, *, given: bool) -> tuple[int, int]:
    """The heading: distinct fields − 0.5 × other headings − 0.3 × further rows is largest. (0, 0) where none is."""
    best, place = -inf if given else 0.0, (0, 0)
    last = min(HEADING_ROWS, len(sheet.head))
    for top in range(last):
        for depth in range(1, min(DEPTH, len(sheet.head) - top) + 1):
            if not any(True for _ in stated(sheet.head[top])) or _torn(known, sheet, top):
                break
            if sheet.cut(top + depth):
                continue
            found, other = _count(known, sheet.columns(known, top, depth))
            value = found - OTHER_HEADING * other - FURTHER_ROW * (depth - 1)
            if value > best and found >= FOUND_TITLED * given:
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
    here = [column for column in range(sheet.width) if sheet.text(*sheet.cell(top, column))]
    above_cells = [sheet.cell(top - 1, column) for column in here]
    if sheet.cut(top):
        return True
    over = {cell: above_cells.count(cell) for cell in above_cells if sheet.text(*cell)}
    wide = (cell for cell in over if 1 < over[cell] < len(here) and not _is_value(known, sheet, cell))
    strange = (not known.resolve((sheet.text(*cell),)).targets for cell in wide)
    return (len(over) > 1 and any(strange)) or any(_heads(known, sheet, cell, here) for cell in over)


def _is_value(known: Labels, sheet: Sheet, cell: Cell) -> bool:
    """Whether it says 填表人：周八, or a plain field's label stands at its left: 填表人 | 周八, as on paper."""
    row, column = cell
    if _PAIR.match(sheet.text(row, column)):
        return True
    label = known.resolve((sheet.text(*sheet.cell(row, column - 1)),)) if column else None
    return label is not None and bool(label.targets) and label.group is None


def _heads(known: Labels, sheet: Sheet, cell: Cell, here: list[int]) -> bool:
    """Whether a group's label stands over two columns, the cell at its right being blank, and names one of them."""
    row, column = cell
    label = sheet.text(row, column)
    if not known.resolve((label,)).group or sheet.value(row, column + 1) is not None:
        return False
    beneath = [sheet.text(*sheet.cell(row + 1, under)) for under in (column, column + 1) if under in here]
    return len(beneath) > 1 and any(known.resolve((label, text)).group for text in beneath)


def _key_column(known: Labels, column: Column) -> str | None:
    """The keyed group whose keys this column holds (年度)."""
    return known.key_columns.get(fold(column.chain[-1]))


class _Columns:
    """The columns of one heading, placed."""

    def __init__(self, known: Labels, columns: list[Column], unit: int | None) -> None:
        self.known = known
        self.form = known.form
        self.unit = unit
        self.placed: list[Placed] = []
        self.not_taken: list[Placed] = []
        self.left_over: list[LeftOver] = []
        self.problems: list[Problem] = []
        self.taken: dict[str, tuple[Placed, bool]] = {}
        self.element = next((group for column in columns if (group := self._rowwise(column))), None)
        self.lines = self._lines(columns)
        self.paths = any(fold(column.chain[-1]).startswith(f"{self.form.rows}.") for column in columns)
        for column in columns:
            self._column(column)
        self._stand_in()
        self.placed.sort(key=lambda place: place.index)
        self.problems.sort(key=lambda problem: problem[:2])

    def _rowwise(self, column: Column) -> str | None:
        group = _key_column(self.known, column)
        return group if group and not self.known.resolve(column.chain).targets else None

    def _lines(self, columns: list[Column]) -> frozenset[str]:
        """The paths of the form's lines that a heading names plainly."""
        targets = (target for column in columns for target in self.known.resolve(column.chain).targets)
        return frozenset(each.path for each in targets if self.form.rows and each.field.group == self.form.rows)

    def _column(self, column: Column) -> None:
        found = self._in_row(column, self.known.resolve(column.chain))
        if self._rowwise(column) == self.element is not None:
            self._take(column, _key_target(self.form, self.element or ""), found)
        elif column.repeat:
            self._second(column, found)
        elif found.problem:
            self.problems.append(
                (*column.cell, message("{heading}: {reason}", heading=column.chain[-1], reason=found.problem))
            )
        elif found.targets:
            for target in found.targets:
                self._take(column, target, found)
        elif fold(column.chain[-1]) != fold(labels.REJECT_REASON):
            self._leave(column)

    def _in_row(self, column: Column, found: Resolution) -> Resolution:
        """The field of the element that the row is: of the keyed group, or of the form's lines.

        A bare 金额 beside lines is the line's, unless another heading names the line's (明细金额) or headings are paths
        (`lines.product`, `amount`).
        """
        if self.element and (item := self._member(self.element, column, found)):
            return replace(found, known=True, targets=(Target(item, item.name),), problem=None)
        if self.paths or not (self.lines and found.bare and found.targets):
            return found
        target = found.targets[0]
        item = self.form.fields.get(f"{self.form.rows}.{target.path}")
        if item is None or item.name in self.lines or target.field.carry:
            return found
        if any(word in fold(column.chain[-1]).replace(ORDERED, "") for word in WHOLE_ORDER):
            return found
        return replace(found, targets=(Target(item, item.name),))

    def _member(self, group: str, column: Column, found: Resolution) -> Field | None:
        if found.targets and "." not in found.targets[0].path:
            return None
        return self.known.member(group, column.chain[-1])

    def _stand_in(self) -> None:
        """A sheet that tells the products of its lines by their numbers alone calls them so."""
        for place, exact in list(self.taken.values()):
            item = place.field
            other = self.form.fields.get(f"{item.group}.{item.stands_for}")
            if item.stands_for and other and other.name not in self.taken:
                standing = replace(place, field=other, path=other.name)
                self.placed[self.placed.index(place)] = standing
                self.taken[other.name] = (standing, exact)
                del self.taken[item.name]

    def _second(self, column: Column, found: Resolution) -> None:
        """The columns beyond the first under one merged heading: the `next` fields (部门 over two columns)."""
        item = found.targets[0].field if found.targets else None
        for _ in range(column.repeat):
            item = self.form.fields.get(item.next or "") if item else None
        if item:
            self._take(column, Target(item, item.name), found)

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
        if not target.field.taken:
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
            reason = message(
                "{heading}: another column means the same field: --map HEADING= passes one over", heading=place.heading
            )
            self.problems.append((column.cell[0], column.index, reason))

    def _leave(self, column: Column) -> None:
        self.left_over.append(LeftOver(column.cell[0], column.index, " ".join("→".join(column.chain).split())))


def _key_target(form: Form, group: str) -> Target:
    """The column that names the key of each row's element, as if it were a field."""
    owner = form.groups[group]
    name = f"{group}.{owner.key}"
    kind = ("int", None) if owner.keys == "year" else ("choice", owner.keys)
    item = Field(
        name=name,
        zh=owner.key_labels[0],
        type=kind[0],
        values=kind[1],
        pi="N",
        group=group,
        read="year" if kind[1] is None else None,
    )
    return Target(item, name)


def _percent(item: Field) -> int | None:
    return PERCENT if item.type == "percent" and item.unit == "%" else None


def _headless(
    sheet: Sheet, columns: list[Column], taken: Mapping[str, tuple[Placed, bool]], first: int
) -> list[LeftOver]:
    """Columns with values but without a heading; a merged heading counts for its first column only (or `next`)."""
    headed = {column.index for column in columns if not column.repeat} | {place.index for place, _ in taken.values()}
    found: dict[int, LeftOver] = {}
    for row, cells in sheet.rows(first, len(sheet.head)):
        for column, _ in stated(cells):
            if column not in headed:
                found.setdefault(column, LeftOver(row, column, ""))
    return [found[column] for column in sorted(found)]


def _with_fixed(table: Table, over: above.Above) -> Table:
    """The table with its fields above the heading, and those that rows between the data may set (sections, pairs)."""
    seen = {place.path for place in table.columns}
    fixed: dict[str, Fixed] = {}
    left = list(table.left_over)
    for pair in over.pairs:
        item = pair.target.field
        if item.off or item.derived:
            continue
        if pair.target.path in seen or pair.target.path in fixed:
            left.append(LeftOver(pair.row, pair.column, pair.label))
            continue
        fixed[pair.target.path] = (
            _fixed_place(pair.target, pair.label, pair.unit or over.unit),
            pair.value,
            pair.row,
            pair.column,
        )
    for item in table.form.fields.values():
        if (item.sheet or (item.carry and item.values)) and "." not in item.name and item.name not in seen | set(fixed):
            fixed[item.name] = (
                _fixed_place(Target(item, item.name), item.label, over.unit),
                None,
                table.heading_row,
                0,
            )
    numbered = [
        (replace(place, index=table.width + number, at=(row, column)), value, row, column)
        for number, (place, value, row, column) in enumerate(fixed.values())
    ]
    return replace(table, fixed=tuple(numbered), left_over=tuple(left))


def _fixed_place(target: Target, label: str, unit: int | None) -> Placed:
    money = unit if target.field.type == "money" else None
    return Placed(-1, label, target.field, target.path, money or _percent(target.field), target.key, target.composite)


def of_kind(table: Table, form: Form, sheet: Sheet) -> Table:
    """The same sheet as another form of the family understands it: same heading, same indexes of the cells above."""
    known = labels.of(form)
    over = above.read(known, sheet.rows(0, table.heading_row))
    over.unit = over.unit or form.unit
    columns = sheet.columns(known, table.heading_row, table.depth)
    found = _Columns(known, columns, over.unit)
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
