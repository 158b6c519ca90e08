"""Tables for people: Rich on a terminal, plain aligned text elsewhere, one block a record where it is too narrow."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from custcli.grid import Column, Grid
from custcli.messages import say
from custcli.views.cells import RIGHT, bar, for_people, visible
from custcli.views.wishes import Wishes
from custcli.wide import pad, width

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

ON_SCREEN = 50
"""So many rows are shown on a terminal where nobody asked for more (decisions.md 30)."""

_GAP = "  "


def table_text(ctx: Wishes, grid: Grid, *, terminal: bool = False) -> Iterator[str]:
    """The lines of a table, each with its end; nothing is ever cut but rows, and then their number is told."""
    limit = ctx.limit if ctx.limit is not None else ON_SCREEN if terminal else 0
    rows = iter(grid.rows)
    shown = list(islice(rows, limit) if limit else rows)
    places = [place for place, column in enumerate(grid.columns) if _telling(column, place, shown)]
    columns = [grid.columns[place] for place in places]
    cells = [[visible(for_people(row[place], grid.columns[place])) for place in places] for row in shown]
    if grid.title:
        yield visible(str(grid.title)) + "\n\n"
    bars = [_with_bars(columns, [row[place] for place in places], line) for row, line in zip(shown, cells, strict=True)]
    fits = terminal and _need([say(column.label) for column in columns], bars) <= _room()
    yield from _body(ctx, columns, bars if bars and fits else cells, terminal=terminal)
    more = sum(1 for _ in rows)
    if more:
        yield say("… {count} more (--limit 0 shows all)", count=more) + "\n"
    yield from (f"\n{visible(str(note))}" for note in grid.notes)
    if grid.notes:
        yield "\n"
    if terminal and grid.curve:
        from custcli.views.line import curve_text

        yield from curve_text(grid.curve)


def _with_bars(columns: Sequence[Column], values: Sequence[object], cells: Sequence[str]) -> list[str]:
    """The cells of a row, its shares drawn where their column wants it: on a terminal that has room for it."""
    told = zip(columns, values, cells, strict=True)
    return [f"{bar(value)} {cell:>7}" if column.bar and cell else cell for column, value, cell in told]


def _telling(column: Column, place: int, rows: Sequence[Sequence[object]]) -> bool:
    """Whether a column is worth its room on a screen."""
    if column.wide or not column.usual:
        return not column.wide
    return any(row[place] not in column.usual for row in rows)


def _body(ctx: Wishes, columns: Sequence[Column], cells: list[list[str]], *, terminal: bool) -> Iterable[str]:
    heads = [visible(say(column.label)) for column in columns]
    if not cells:
        return [say("(no rows)") + "\n"]
    painted = _painted(ctx.color, terminal=terminal)
    if not terminal and not painted:
        return _aligned(columns, heads, cells)
    room = _room()
    if terminal and _need(heads, cells) > room:
        return _blocks(heads, cells)
    if len(cells) > ON_SCREEN:
        return _aligned(columns, heads, cells)
    return [_rich(columns, heads, cells, room, painted=painted)]


def _widths(heads: list[str], cells: list[list[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(heads, *cells, strict=True)]


def _need(heads: list[str], cells: list[list[str]]) -> int:
    """Columns of the screen that the table needs; Rich puts one blank at both sides of each cell."""
    return sum(_widths(heads, cells)) + 3 * len(heads)


def _aligned(columns: Sequence[Column], heads: list[str], cells: list[list[str]]) -> Iterator[str]:
    widths = _widths(heads, cells)
    rights = [column.kind in RIGHT for column in columns]
    for row in (heads, ["-" * columns_wide for columns_wide in widths], *cells):
        line = _GAP.join(pad(cell, wide, right=right) for cell, wide, right in zip(row, widths, rights, strict=True))
        yield line.rstrip() + "\n"


def _blocks(heads: list[str], cells: list[list[str]]) -> Iterator[str]:
    for number, row in enumerate(cells):
        if number:
            yield "\n"
        for head, cell in zip(heads, row, strict=True):
            yield say("{label}: {value}", label=head, value=cell) + "\n"


def _rich(columns: Sequence[Column], heads: list[str], cells: list[list[str]], room: int, *, painted: bool) -> str:
    from rich.measure import Measurement
    from rich.text import Text

    table = _empty(columns, heads)
    for row in cells:
        table.add_row(*map(Text, row))
    console = _console(room, painted=painted)
    need = Measurement.get(console, console.options.update(max_width=1_000_000), table).maximum
    if need > room:
        console = _console(need, painted=painted)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _empty(columns: Sequence[Column], heads: list[str]) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    for column, head in zip(columns, heads, strict=True):
        table.add_column(Text(head), justify="right" if column.kind in RIGHT else "left", no_wrap=True)
    return table


def _console(room: int, *, painted: bool) -> "Console":
    """A console of our own settings: the surroundings (TERM, COLUMNS, FORCE_COLOR) have no say any more."""
    from rich.console import Console

    return Console(
        file=sys.stdout,
        width=room,
        height=25,
        color_system="standard" if painted else None,
        force_terminal=painted,
        no_color=not painted,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


def _painted(color: str, *, terminal: bool) -> bool:
    """Whether there is colour: option before NO_COLOR before FORCE_COLOR; empty variables count as unset."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return terminal or os.environ.get("FORCE_COLOR", "0") not in {"", "0"}


def _room() -> int:
    import shutil

    return shutil.get_terminal_size().columns
