"""Labels and values side by side, in as many columns as the screen has room for; long values are wrapped, never cut."""

import shutil
from collections.abc import Iterator, Sequence

from custcli.grid import Grid
from custcli.views.cells import for_people, visible
from custcli.wide import pad, width, wrap

GAP = 2
BETWEEN = 4
MOST = 4
"""So many pairs stand side by side at most."""


def pairs_text(grid: Grid) -> Iterator[str]:
    """The lines of a grid whose first two columns are label and value."""
    room = shutil.get_terminal_size().columns
    pairs = [(visible(str(row[0])), visible(for_people(row[1], grid.columns[1]))) for row in grid.rows]
    if grid.title:
        title = visible(str(grid.title))
        yield f"{title}\n{'-' * width(title)}\n"
    half = (room - BETWEEN) // 2
    short = [pair for pair in pairs if width(pair[0]) + GAP + width(pair[1]) <= half]
    long = [pair for pair in pairs if pair not in short]
    yield from _side_by_side(short, room)
    for name, value in long:
        yield from _alone(pad(name, _widest(long, 0)), value, room)
    yield from (f"\n{visible(str(note))}\n" for note in grid.notes)


def _side_by_side(pairs: Sequence[tuple[str, str]], room: int) -> Iterator[str]:
    fitting = (count for count in range(MOST, 1, -1) if _need(pairs, count) <= room)
    count = next(fitting, 1)
    columns = [pairs[at::count] for at in range(count)]
    widths = [(_widest(column, 0), _widest(column, 1)) for column in columns]
    for start in range(0, len(pairs), count):
        row = pairs[start : start + count]
        cells = (
            pad(name, wide + GAP) + pad(value, far) for (name, value), (wide, far) in zip(row, widths, strict=False)
        )
        yield (" " * BETWEEN).join(cells).rstrip() + "\n"


def _need(pairs: Sequence[tuple[str, str]], count: int) -> int:
    columns = [pairs[at::count] for at in range(count)]
    return sum(_widest(column, 0) + GAP + _widest(column, 1) for column in columns) + BETWEEN * (count - 1)


def _widest(pairs: Sequence[tuple[str, str]], place: int) -> int:
    return max((width(pair[place]) for pair in pairs), default=0)


def _alone(name: str, value: str, room: int) -> Iterator[str]:
    """A long value behind its label, wrapped under itself."""
    indent = width(name) + GAP
    first, *rest = wrap(value, max(room - indent, 20))
    yield f"{name}{' ' * GAP}{first}\n"
    yield from (f"{' ' * indent}{line}\n" for line in rest)
