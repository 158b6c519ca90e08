"""WORDS OUT: results to grids, grids to the screen, csv, json, html. The only room that knows Rich."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from custcli.errors import RefusedError
from custcli.grid import Grid
from custcli.messages import Message, message
from custcli.views.cells import visible
from custcli.views.masked import masked
from custcli.views.texts import chunks
from custcli.views.wishes import Wishes

__all__ = ["say_done", "show"]

_FOR_DATA = {"json", "jsonl", "csv", "tsv"}


def show(ctx: Wishes, *grids: Grid) -> None:
    """Answer with rows: on the screen, or in the file and format that the run asks for.

    The only output of rows: everything passes the mask here. A table, a workbook and a page take several grids.
    """
    ready = masked(ctx, [replace(grid, as_of=grid.as_of or ctx.day) for grid in grids])
    if ctx.output not in {None, "-"}:
        from custcli.views.progress import progress
        from custcli.views.saved import save

        with progress(ctx, None, message("writing the file")):
            save(ctx, ready)
        say_done(ctx, message("Written: {path}", path=ctx.output))
    elif ctx.format is not None or not ctx.quiet:
        _print(ctx, ready, ctx.format or "table")
    if ctx.output not in {None, "-"} or ctx.format in _FOR_DATA:
        for note in chain.from_iterable(grid.notes for grid in ready):
            say_done(ctx, note)


def say_done(ctx: Wishes, text: Message) -> None:
    """A sentence of success or a note: on stderr, since stdout is for data; nothing with --quiet."""
    if not ctx.quiet:
        print(visible(str(text)), file=sys.stderr)


def _print(ctx: Wishes, grids: Sequence[Grid], format_: str) -> None:
    out = sys.stdout
    if out is None:
        raise RefusedError("There is no standard output to write to.")
    pieces = chunks(ctx, grids, format_, terminal=out.isatty())
    if format_ in _FOR_DATA and not out.isatty() and hasattr(out, "buffer"):
        out.flush()
        out.buffer.writelines(piece.encode() for piece in pieces)
        out.buffer.flush()
    else:
        out.writelines(pieces)
