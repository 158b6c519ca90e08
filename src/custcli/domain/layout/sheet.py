"""The first rows of a sheet as a person sees them: merged ranges are one cell, headings stand over columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from custcli.domain.cells import Merge, Value
from custcli.domain.layout.above import stated
from custcli.domain.layout.labels import Labels, bare_year
from custcli.domain.layout.placed import DEPTH, HEADING_ROWS

Cell = tuple[int, int]


UNNAMED = "…"
"""Stands for the heading of a group that was left blank."""


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
        self._texts: dict[Cell, str] = {}
        for merge in merges:
            if merge.top < HEADING_ROWS + DEPTH and merge.left < self.width:
                self._spread(merge)

    def _spread(self, merge: Merge) -> None:
        rows = range(merge.top, min(merge.bottom, HEADING_ROWS + DEPTH) + 1)
        for row in rows:
            for column in range(merge.left, min(merge.right, self.width - 1) + 1):
                self.origin[row, column] = (merge.top, merge.left)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place: the first one of the merged range that covers it."""
        return self.origin.get((row, column), (row, column))

    def cut(self, row: int) -> bool:
        """Whether a merged cell with text begins above this row and goes on in it: no heading begins or ends here."""
        cells = (self.cell(row, column) for column in range(self.width))
        return any(cell[0] < row and self.text(*cell) for cell in cells)

    def value(self, row: int, column: int) -> Value:
        """What stands at a place, blanks as None."""
        cells = self.head[row] if row < len(self.head) else ()
        value = cells[column] if column < len(cells) else None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, row: int, column: int) -> str:
        """The text of a possible heading; two numbers of years in a row are years, a lone one is a number."""
        text = self._texts.get((row, column))
        if text is None:
            text = self._texts[row, column] = self._text(row, self.value(row, column))
        return text

    def _text(self, row: int, value: Value) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = str(int(value)) if value == int(value) else str(value)
        else:
            text = value if isinstance(value, str) else "" if value is None else str(value)
        if not bare_year(text):
            return text
        return f"{text.strip()}年" if len(self.years(row)) > 1 else text

    def years(self, row: int) -> set[str]:
        """The bare numbers of years in a row."""
        texts = (str(value).strip() for _, value in stated(self.head[row]) if isinstance(value, str | int))
        return {text for text in texts if bare_year(text)}

    def columns(self, known: Labels, top: int, depth: int) -> list[Column]:
        """The columns under a heading of `depth` rows that begins at `top`."""
        found: list[Column] = []
        left: dict[int, tuple[Cell, str]] = {}
        for index in range(self.width):
            cells = self._chain(known, range(top, top + depth), index, left)
            if cells:
                again = found[-1].repeat + 1 if found and found[-1].cell == cells[-1][0] else 0
                found.append(Column(index, tuple(text for _, text in cells), cells[-1][0], again))
        return found

    def _chain(
        self, known: Labels, rows: range, index: int, left: dict[int, tuple[Cell, str]]
    ) -> list[tuple[Cell, str]]:
        """The headings over one column from outside in; `left`: what may reach over from the left, by row."""
        cells: list[tuple[Cell, str]] = []
        for row in rows:
            cell = self.cell(row, index)
            text = self.text(*cell)
            if row < rows[-1] and not text:
                cell, text = self._outer(known, rows[-1], cell, (row, index), left.pop(row, None))
            if text and (row, index) not in self.origin:
                left[row] = (cell, text)
            if text and cell not in [other for other, _ in cells]:
                cells.append((cell, text))
        return cells if any(text != UNNAMED for _, text in cells) else []

    def _outer(
        self, known: Labels, bottom: int, cell: Cell, place: Cell, left: tuple[Cell, str] | None
    ) -> tuple[Cell, str]:
        """What heads a column whose own upper cell is blank: a heading at its left, or a group without a name."""
        if place in self.origin:
            wide = self.origin.get((cell[0], cell[1] + 1)) == cell
            return cell, UNNAMED if wide and self.text(bottom, place[1]) else ""
        return left if left and self._reaches(known, left[1], bottom, place[1]) else (cell, "")

    def _reaches(self, known: Labels, outer: str, bottom: int, index: int) -> bool:
        """Whether an unmerged heading (csv has no merges) also stands over the blank to its right."""
        inner = self.text(bottom, index)
        return bool(inner) and known.resolve((outer, inner)).group is not None

    def rows(self, first: int, last: int) -> list[tuple[int, list[Value]]]:
        """Rows with what a merge hides left out."""
        return [
            (
                row,
                [self.value(row, c) if self.cell(row, c) == (row, c) else None for c in range(self.width)],
            )
            for row in range(first, min(last, len(self.head)))
        ]
