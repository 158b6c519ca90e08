"""A curve drawn with dots for a terminal."""

from collections.abc import Iterator, Sequence

from custcli.grid import Curve
from custcli.views.cells import visible

ACROSS, UP = 40, 10
"""The letters of a curve; each is 2 dots across and 4 up (Braille)."""
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
_INDENT = 5


def curve_text(curve: Curve) -> Iterator[str]:
    """The lines of a curve through points of two shares, rising from left to right, each with its end."""
    letters = [[_BLANK] * ACROSS for _ in range(UP)]
    below = 0
    for across in range(ACROSS * 2):
        up = round(_height(curve.points, across / (ACROSS * 2 - 1)) * (UP * 4 - 1))
        for dot in range(min(below + 1, up), up + 1):  # what is steep stays one line
            row = UP * 4 - 1 - dot
            letters[row // 4][across // 2] |= _DOTS[row % 4][across % 2]
        below = up
    yield f"\n{visible(str(curve.title))}\n"
    marks = {0: "100 %", UP // 2: " 50 %", UP - 1: "  0 %"}
    for number, line in enumerate(letters):
        drawn = "".join(map(chr, line)).replace(chr(_BLANK), " ").rstrip()
        yield f"{marks.get(number, '').rjust(_INDENT)} │{drawn}\n"
    yield f"{' ' * _INDENT} └{'─' * ACROSS}\n"
    ends = f"{'0 %'.ljust(ACROSS // 2 - 1)}50 %"
    yield f"{' ' * (_INDENT + 2)}{ends.ljust(ACROSS - 5)}100 %\n"
    yield f"{' ' * (_INDENT + 2)}↑ {visible(str(curve.up))}, → {visible(str(curve.across))}\n"


def _height(points: Sequence[tuple[float, float]], across: float) -> float:
    """How high the curve is there, on the straight line between its two nearest points."""
    before, after = points[0], points[-1]
    for point in points:
        if point[0] <= across:
            before = point
        else:
            after = point
            break
    gap = after[0] - before[0]
    return before[1] + (after[1] - before[1]) * (across - before[0]) / gap if gap > 0 else before[1]
