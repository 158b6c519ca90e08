"""How a table finds room on a screen: narrow gaps first, then heads and texts in several lines; nothing is cut."""

from collections.abc import Sequence
from dataclasses import dataclass

from custcli.grid import Column, Kind
from custcli.wide import width, wrap

FOLDED = {Kind.TEXT, Kind.LIST, Kind.TOKEN}
"""Kinds that may stand in several lines; figures, codes and dates never do."""
LEAST = 10
"""A text is folded to so many columns at the narrowest, and never to less than a third of the widest."""
HEAD_LEAST, HEAD_LINES = 4, 3
"""A head has so many columns at least, and stands in so many lines at most."""
GAP = 3
"""Blanks between columns where there is room."""
NARROW_GAPS = (2, 1)
NARROW = 60
"""A screen of fewer columns has no room for what stands in several lines."""


@dataclass(frozen=True)
class Fit:
    """The blanks between the columns of a table, how wide each is, and whether a text has to be folded for it."""

    gap: int
    widths: Sequence[int]
    folds: bool = False


def natural(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is with every text in one line."""
    return [max(map(width, column)) for column in zip(heads, *cells, strict=True)]


def fitted(columns: Sequence[Column], heads: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> Fit | None:
    """The setting of a table in so many columns of the screen: rather narrow gaps than folded texts; None: no room."""
    whole = natural(heads, cells)
    if sum(whole) + GAP * len(whole) <= room:
        return Fit(GAP, whole)
    if room < NARROW:
        return None
    told = list(zip(*cells, strict=True))
    least = [_least(*each) for each in zip(columns, heads, told, strict=True)]
    full = [max(map(width, column)) for column in told]
    fits = []
    for gap in NARROW_GAPS:
        left = room - gap * (len(columns) - 1)
        if sum(least) <= left:
            widths = _grown(_grown(least, full, left), whole, left)
            fits.append(Fit(gap, widths, any(wide < goal for wide, goal in zip(widths, full, strict=True))))
    return next((fit for fit in fits if not fit.folds), fits[-1] if fits else None)


def _least(column: Column, head: str, cells: Sequence[str]) -> int:
    """The narrowest that a column can be: its words stay whole, and its head stays short."""
    least = max(map(width, cells))
    if column.kind in FOLDED and least > LEAST:
        least = max(LEAST, least // 3, *map(_longest, cells))
    least = max(least, _longest(head), min(HEAD_LEAST, width(head)))
    while len(wrap(head, least)) > HEAD_LINES:
        least += 1
    return least


def balanced(text: str, columns: int) -> list[str]:
    """The text in as few lines as so many columns allow, none of them longer than it need be."""
    count = len(wrap(text, columns))
    return next(lines for wide in range(columns + 1) if len(lines := wrap(text, wide)) == count)


def _longest(text: str) -> int:
    """The width of what may not be broken."""
    return max(map(width, wrap(text, 1)))


def _grown(widths: Sequence[int], goals: Sequence[int], room: int) -> list[int]:
    """The widths, grown to their goals as far as there is room: what lacks most grows first."""
    grown = list(widths)
    for _ in range(room - sum(widths)):
        lack, before = max((goal - wide, -place) for place, (wide, goal) in enumerate(zip(grown, goals, strict=True)))
        if lack <= 0:
            break
        grown[-before] += 1
    return grown
