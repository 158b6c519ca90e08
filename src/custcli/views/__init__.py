"""WORDS OUT: results to grids, grids to the screen, csv, json, html. The only room that knows Rich."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.errors import RefusedError, UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message, say
from custcli.views.cells import for_people, visible
from custcli.views.masked import masked
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from custcli.files.write_book import SheetOut

__all__ = ["say_done", "show"]

_FOR_DATA = {"json", "jsonl", "csv", "tsv"}
_WITH_MARK = {"csv", "tsv"}


def show(ctx: Wishes, *grids: Grid) -> None:
    """Answer with rows: on the screen, or in the file and format that the run asks for.

    The only output of rows: everything passes the mask here. A table, a workbook and a page take several grids.
    """
    ready = masked(ctx, [replace(grid, as_of=grid.as_of or ctx.day) for grid in grids])
    if ctx.output not in {None, "-"}:
        _save(ctx, ready, str(ctx.output))
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
    chunks = _chunks(ctx, grids, format_, terminal=out.isatty())
    if format_ in _FOR_DATA and not out.isatty() and hasattr(out, "buffer"):
        out.flush()
        out.buffer.writelines(chunk.encode() for chunk in chunks)
        out.buffer.flush()
    else:
        out.writelines(chunks)


def _save(ctx: Wishes, grids: Sequence[Grid], path: str) -> None:
    from custcli.files.atomic import replacing

    with replacing(path, force=ctx.force) as part:
        if ctx.format == "xlsx":
            from custcli.files.write_book import write_sheets

            write_sheets(part, [_sheet(grid) for grid in grids])
        else:
            _write(part, _chunks(ctx, grids, ctx.format or "table"), mark=ctx.format in _WITH_MARK)
    say_done(ctx, message("Written: {path}", path=path))


def _write(part: Path, chunks: Iterable[str], *, mark: bool) -> None:
    with part.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="\n") as file:
        file.writelines(chunks)


def _chunks(ctx: Wishes, grids: Sequence[Grid], format_: str, *, terminal: bool = False) -> Iterator[str]:
    if format_ == "table":
        from custcli.views.table import table_text

        tables = (table_text(ctx, grid, terminal=terminal) for grid in grids)
        return chain.from_iterable(chain(["\n"] if number else [], table) for number, table in enumerate(tables))
    if format_ == "html":
        from custcli.views.page import html_text

        return html_text(grids)
    return _data(ctx, grids, format_)


def _data(ctx: Wishes, grids: Sequence[Grid], format_: str) -> Iterator[str]:
    from custcli.views.machine import csv_text, json_text, jsonl_text, tsv_text

    if len(grids) != 1:
        raise UsageError("Several tables need a workbook: -o FILE.xlsx")
    if format_ == "json":
        return json_text(grids[0])
    if format_ == "jsonl":
        return jsonl_text(grids[0])
    delimited = csv_text if format_ == "csv" else tsv_text
    return delimited(grids[0], header=ctx.header, labels=ctx.labels)


def _sheet(grid: Grid) -> "SheetOut":
    from custcli.files.write_book import SheetOut

    title = str(grid.sheet or grid.title or grid.command)
    labels = [say(column.label) for column in grid.columns]
    return SheetOut(title, grid.columns, labels, _worded(grid), answer=not grid.records)


def _worded(grid: Grid) -> Iterator[Sequence[object]]:
    """The rows with the words that people read in place of flags; the workbook knows all other kinds."""
    flags = [(place, column) for place, column in enumerate(grid.columns) if column.kind is Kind.FLAG]
    for row in grid.rows:
        yield _with_words(row, flags) if flags else row


def _with_words(row: Sequence[object], flags: Sequence[tuple[int, Column]]) -> list[object]:
    cells = list(row)
    for place, column in flags:
        cells[place] = for_people(cells[place], column) or None
    return cells
