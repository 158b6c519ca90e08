"""A whole sheet as a person sees it: every cell that is not blank with its extent; a merged range is one cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from custcli.domain.cells import Merge, Value
from custcli.domain.layout.above import stated
from custcli.domain.layout.labels import REJECT_REASON
from custcli.domain.readers import fold


@dataclass(frozen=True)
class Box:
    """A cell or merged range: first and last row and column, both included, and what stands in it."""

    row: int
    column: int
    bottom: int
    right: int
    value: Value = field(default=None, hash=False)  # a Fault has no hash, and shall have none

    @property
    def text(self) -> str:
        """The text that stands in it; "" for a number, a date or a blank."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.value is None


@dataclass(frozen=True)
class Area:
    """A part of a sheet: first and last row and column, both included."""

    top: int
    left: int
    bottom: int
    right: int

    def has(self, box: Box) -> bool:
        """Whether the cell begins inside."""
        return self.top <= box.row <= self.bottom and self.left <= box.column <= self.right


class Paper:
    """The cells of a sheet: `boxes` are those that are not blank, in reading order.

    The column that a reject workbook adds is not there.
    """

    def __init__(self, head: Sequence[Sequence[Value]], merges: Sequence[Merge]) -> None:
        self._at: dict[tuple[int, int], Box] = {}
        width = max((len(row) for row in head), default=0)
        for merge in merges:
            self._spread(head, merge, width)
        reasons = {column for row in head for column, value in stated(row) if _is_reasons(value)}
        for number, row in enumerate(head):
            for column, value in stated(row):
                if column not in reasons:
                    self._at.setdefault((number, column), Box(number, column, number, column, value))
        placed = (((box.row, box.column), box) for place, box in self._at.items() if place == (box.row, box.column))
        self.boxes = [box for _, box in sorted(placed, key=lambda one: one[0]) if not box.blank]

    def _spread(self, head: Sequence[Sequence[Value]], merge: Merge, width: int) -> None:
        bottom, right = min(merge.bottom, len(head) - 1), min(merge.right, width - 1)
        row = head[merge.top] if merge.top < len(head) else ()
        value = next((value for column, value in stated(row) if column == merge.left), None)
        box = Box(merge.top, merge.left, max(bottom, merge.top), max(right, merge.left), value)
        for number in range(merge.top, bottom + 1):
            for column in range(merge.left, right + 1):
                self._at[number, column] = box

    def at(self, row: int, column: int) -> Box:
        """The cell or merged range that covers a place; a blank one where nothing stands."""
        return self._at.get((row, column)) or Box(row, column, row, column)

    def inside(self, area: Area) -> list[Box]:
        """The cells of an area that are not blank, in reading order."""
        return [box for box in self.boxes if area.has(box)]

    def titles(self) -> list[str]:
        """Texts that may be titles: those of the first row, and those that stand alone in their row or repeat in it."""
        rows: dict[int, list[Box]] = {}
        for box in self.boxes:
            rows.setdefault(box.row, []).append(box)
        lone = [row for number, row in rows.items() if number == min(rows) or len({box.text for box in row}) == 1]
        return [fold(box.text) for row in lone for box in row if box.text]


def bounds(boxes: Iterable[Box]) -> Area:
    """The smallest area that has all these cells: a card ends before its blank border."""
    boxes = list(boxes)
    return Area(
        min(box.row for box in boxes),
        min(box.column for box in boxes),
        max(box.bottom for box in boxes),
        max(box.right for box in boxes),
    )


def _is_reasons(value: Value) -> bool:
    return isinstance(value, str) and value.startswith("custcli") and fold(value) == fold(REJECT_REASON)
