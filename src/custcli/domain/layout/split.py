"""Several cards on one sheet told apart: by an equal title, else by the label of a match key (forms.md 3.3)."""

from collections.abc import Sequence

from custcli.domain.layout.above import split
from custcli.domain.layout.labels import Labels, Meaning
from custcli.domain.layout.paper import Area, Box, Paper, bounds
from custcli.domain.readers import fold

LONGEST_TITLE = 40
LONE_ROWS = 2
"""So many rows below a blank one may stand before the first repeated label of the next card."""


def areas(known: Labels, paper: Paper) -> list[Area]:
    """Where the cards of a sheet stand, in reading order; one area where nothing comes twice."""
    return _areas(known, paper, paper.boxes)


def _areas(known: Labels, paper: Paper, boxes: Sequence[Box]) -> list[Area]:
    if not boxes:
        return []
    area = bounds(boxes)
    cut = _by_title(known, boxes) or _by_key(known, boxes, area)
    if cut is None:
        return [area]
    row, column = cut
    first = [box for box in boxes if (box.row < row if row else box.column < column)]
    rest = [box for box in boxes if (box.row >= row if row else box.column >= column)]
    return _areas(known, paper, first) + _areas(known, paper, rest)


Cut = tuple[int, int]
"""The row, or (row 0) the column, with which the next card begins."""


def _by_title(known: Labels, boxes: Sequence[Box]) -> Cut | None:
    """An equal title below begins the next card, with the lone texts above it; or one beside it."""
    found: dict[str, list[Box]] = {}
    for box in boxes:
        if is_title(known, box.text):
            found.setdefault(fold(box.text), []).append(box)
    for titles in found.values():
        first, rest = titles[0], titles[1:]
        below = next((box for box in rest if box.row > first.row), None)
        if below:
            blank = _blank_row(boxes, first.row, below.row)
            lone = blank and all(_lone(boxes, row) for row in range(blank, below.row))
            return (blank if blank and lone else below.row), 0
        if rest:
            return 0, _blank_column(boxes, first.right, rest[0].column) or rest[0].column
    return None


def is_title(known: Labels, text: str) -> bool:
    """Whether a text names the form and little else."""
    copy = fold(text)
    return 0 < len(copy) <= LONGEST_TITLE and any(title in copy for title in known.titles) and not known.knows(text)


def _by_key(known: Labels, boxes: Sequence[Box], area: Area) -> Cut | None:
    """The label of a match key again: the next card begins behind the last blank row, else with the first repeat."""
    first: dict[str, Box] = {}
    for box in boxes:
        for label in own_labels(known, box):
            before = first.setdefault(label, box)
            if before is box or not _is_key(known, label):
                continue
            if before.row == box.row:
                column = _blank_column(boxes, before.right, box.column)
                return 0, column or area.left + box.column - before.column
            repeat = _first_repeat(known, boxes, before.row)
            blank = _blank_row(boxes, before.row, repeat)
            return (blank if blank >= repeat - LONE_ROWS else repeat), 0
    return None


def own_labels(known: Labels, box: Box) -> list[str]:
    """The copies of the labels in a cell that mean a field of the form itself, whatever stands around them."""
    if not box.text:
        return []
    texts = [label for label, _ in split(known, box.text)] or [box.text]
    return [fold(text) for text in texts if _is_own(known.says(text))]


def _is_own(said: frozenset[Meaning]) -> bool:
    return bool(said) and all(one.field and "." not in one.field for one in said)


def _is_key(known: Labels, label: str) -> bool:
    keys = {names[0] for names in known.form.match}
    return any(target.path in keys for target in known.resolve((label,)).targets)


def _first_repeat(known: Labels, boxes: Sequence[Box], after: int) -> int:
    seen: set[str] = set()
    for box in boxes:
        labels = own_labels(known, box)
        if box.row > after and seen & set(labels):
            return box.row
        seen |= set(labels)
    return after + 1


def _blank_row(boxes: Sequence[Box], low: int, high: int) -> int:
    """The row behind the last blank one between two rows; 0 where there is none."""
    full = {row for box in boxes for row in range(box.row, box.bottom + 1)}
    return next((row + 1 for row in range(high - 1, low, -1) if row not in full), 0)


def _blank_column(boxes: Sequence[Box], low: int, high: int) -> int:
    full = {column for box in boxes for column in range(box.column, box.right + 1)}
    return next((column + 1 for column in range(high - 1, low, -1) if column not in full), 0)


def _lone(boxes: Sequence[Box], row: int) -> bool:
    return sum(box.row == row for box in boxes) <= 1
