"""Tables for people: Rich on a terminal, plain aligned text elsewhere, one block a record where it is too narrow."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice, zip_longest
from typing import TYPE_CHECKING

from custcli.grid import Column, Grid
from custcli.messages import Message, message, say
from custcli.views.cells import RIGHT, bar, for_people, visible
from custcli.views.fit import NARROW, Fit, balanced, fitted, natural
from custcli.views.wishes import Wishes
from custcli.wide import pad, width, wrap

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table

ON_SCREEN = 50
"""So many rows are shown on a terminal where nobody asked for more (decisions.md 30)."""

PIPE_GAP = 2
BARS = (10, 5)
"""The columns of a whole bar, where there is room for it and where there is little."""


def table_text(ctx: Wishes, grid: Grid, *, terminal: bool = False) -> Iterator[str]:
    """The lines of a table, each with its end; nothing is ever cut but rows, and then their number is told."""
    usual = ON_SCREEN if terminal else 0
    limit = 0 if grid.below else usual if ctx.limit is None else ctx.limit
    rows = iter(grid.rows)
    shown = list(islice(rows, limit) if limit else rows)
    places = [place for place, column in enumerate(grid.columns) if _telling(column, place, shown)]
    columns = [grid.columns[place] for place in places]
    if grid.title:
        yield _said(grid.title, terminal=terminal) + "\n"
    values = [[row[place] for place in places] for row in shown]
    painted = _painted(ctx.color, terminal=terminal)
    if not shown:
        yield say("(no rows)") + "\n"
    elif terminal:
        yield from _on_screen(columns, values, grid.spare, painted=painted)
    else:
        yield from _in_pipe(columns, values, painted=painted)
    more = sum(1 for _ in rows)
    if more:
        yield say("… {count} more (--limit 0 shows all)", count=more) + "\n"
    if grid.notes:
        yield "\n"
    yield from (_said(note, terminal=terminal) for note in grid.notes)
    if terminal and grid.curve:
        from custcli.views.line import curve_text

        yield from curve_text(grid.curve)


def _said(text: Message, *, terminal: bool) -> str:
    """A title or a note, on a terminal in as many lines as its width makes of it."""
    told = visible(str(text))
    return "\n".join(_lines(told, _room()) if terminal else [told]) + "\n"


def _telling(column: Column, place: int, rows: Sequence[Sequence[object]]) -> bool:
    """Whether a column is worth its room on a screen."""
    if column.wide or not column.usual:
        return not column.wide
    return any(row[place] not in column.usual for row in rows)


def _in_pipe(columns: Sequence[Column], rows: Sequence[Sequence[object]], *, painted: bool) -> Iterable[str]:
    cells = _told(columns, rows)
    fit = Fit(PIPE_GAP, natural(_heads(columns), cells))
    return [_rich(columns, cells, fit, painted=True)] if painted else _aligned(columns, cells, fit)


def _on_screen(
    columns: Sequence[Column], rows: Sequence[Sequence[object]], spare: Sequence[str], *, painted: bool
) -> Iterator[str]:
    """A table where there is room, if need be with fewer columns, which is told; else a block a record."""
    shown, cells, found = _drawn(columns, rows)
    if found is None:
        columns, rows = _without_blanks(columns, rows)
        shown, cells, found = _drawn(columns, rows)
    if found is None:
        shown, cells, found = _with_fewer(columns, rows, spare) or (shown, cells, None)
    if found is None:
        yield from _blocks(_heads(shown), cells)
    elif len(rows) > ON_SCREEN:
        yield from _aligned(shown, cells, found)
    else:
        yield _rich(shown, cells, found, painted=painted)
    gone = say(", ").join(_heads([column for column in columns if column not in shown]))
    if gone:
        told = message("No room for: {columns} (a wider screen, --format and -o have them)", columns=gone)
        yield "\n" + _said(told, terminal=True)


def _heads(columns: Sequence[Column]) -> list[str]:
    return [visible(say(column.label)) for column in columns]


def _told(columns: Sequence[Column], rows: Sequence[Sequence[object]], bars: int = 0) -> list[list[str]]:
    """The cells as people read them; shares that their column wants drawn have a bar of so many columns before them."""
    texts = [[visible(for_people(value, column)) for value, column in zip(row, columns, strict=True)] for row in rows]
    for place in [place for place, column in enumerate(columns) if column.bar and bars]:
        widest = max(len(line[place]) for line in texts)
        for row, line in zip(rows, texts, strict=True):
            line[place] = f"{bar(row[place], bars)} {line[place]:>{widest}}" if line[place] else ""
    return texts


def _drawn(
    columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> tuple[Sequence[Column], list[list[str]], Fit | None]:
    """The columns, their cells and the setting: with bars where there is room, the longest that folds no text.

    Where there is no room for a table at all, each line of a block has it for the longest bar.
    """
    heads, room = _heads(columns), _room()
    barred = [_told(columns, rows, bars) for bars in BARS] if any(column.bar for column in columns) else []
    fits = [(cells, fitted(columns, heads, cells, room)) for cells in barred]
    drawn = [(columns, cells, found) for cells, found in fits if found]
    if drawn:
        return next((each for each in drawn if each[2] and not each[2].folds), drawn[-1])
    plain = _told(columns, rows)
    found = fitted(columns, heads, plain, room)
    return columns, barred[0] if barred and not found else plain, found


def _without_blanks(
    columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> tuple[list[Column], list[list[object]]]:
    """What is left without the columns that say nothing in any row."""
    telling = [
        bool(column.blank) or any(row[place] is not None for row in rows) for place, column in enumerate(columns)
    ]
    return _kept(columns, rows, telling)


def _with_fewer(
    columns: Sequence[Column], rows: Sequence[Sequence[object]], spare: Sequence[str]
) -> tuple[Sequence[Column], list[list[str]], Fit | None] | None:
    """What is drawn without the spare columns, as few of them as make room for a table; None: it has none."""
    there = {column.name for column in columns}
    gone = [name for name in spare if name in there] if _room() >= NARROW else []
    for count in range(1, len(gone) + 1):
        wanted = [column.name not in gone[:count] for column in columns]
        drawn = _drawn(*_kept(columns, rows, wanted))
        if drawn[2]:
            return drawn
    return None


def _kept(
    columns: Sequence[Column], rows: Sequence[Sequence[object]], wanted: Sequence[bool]
) -> tuple[list[Column], list[list[object]]]:
    return list(compress(columns, wanted)), [list(compress(row, wanted)) for row in rows]


def _aligned(columns: Sequence[Column], cells: list[list[str]], fit: Fit) -> Iterator[str]:
    rights = [column.kind in RIGHT for column in columns]
    for number, row in enumerate((_heads(columns), ["-" * wide for wide in fit.widths], *cells)):
        folded = [(_lines if number else balanced)(cell, wide) for cell, wide in zip(row, fit.widths, strict=True)]
        for line in zip_longest(*folded, fillvalue=""):
            told = (pad(part, wide, right=right) for part, wide, right in zip(line, fit.widths, rights, strict=True))
            yield (" " * fit.gap).join(told).rstrip() + "\n"


def _blocks(heads: list[str], cells: list[list[str]]) -> Iterator[str]:
    for number, row in enumerate(cells):
        if number:
            yield "\n"
        for head, cell in zip(heads, row, strict=True):
            yield say("{label}: {value}", label=head, value=cell) + "\n"


def _rich(columns: Sequence[Column], cells: list[list[str]], fit: Fit, *, painted: bool) -> str:
    from rich.text import Text

    table = _empty(columns, fit)
    for row in cells:
        table.add_row(*(Text("\n".join(_lines(*each))) for each in zip(row, fit.widths, strict=True)))
    console = _console(sum(fit.widths) + fit.gap * len(fit.widths), painted=painted)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _empty(columns: Sequence[Column], fit: Fit) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    gap = (0, fit.gap - 1, 0, 0)
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=gap, pad_edge=False, show_edge=False)
    for column, head, wide in zip(columns, _heads(columns), fit.widths, strict=True):
        side: JustifyMethod = "right" if column.kind in RIGHT else "left"
        table.add_column(Text("\n".join(balanced(head, wide))), justify=side, no_wrap=True, min_width=wide)
    return table


def _lines(text: str, columns: int) -> list[str]:
    return [text] if width(text) <= columns else wrap(text, columns)


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
