"""Grids as text: a table for people, a page, json, jsonl, csv, tsv; in pieces, so that rows are streamed."""

from collections.abc import Iterator, Sequence
from itertools import chain

from custcli.errors import UsageError
from custcli.grid import Grid
from custcli.views.wishes import Wishes


def chunks(ctx: Wishes, grids: Sequence[Grid], format_: str, *, terminal: bool = False) -> Iterator[str]:
    """The answer in a format. UsageError: several tables in a format that holds one."""
    if format_ == "table":
        from custcli.views.pairs import pairs_text
        from custcli.views.table import table_text

        tables = (pairs_text(grid) if grid.pairs else table_text(ctx, grid, terminal=terminal) for grid in grids)
        return chain.from_iterable(chain(["\n"] if number else [], table) for number, table in enumerate(tables))
    if format_ == "html":
        from custcli.views.page import html_text

        return html_text(grids)
    return _data(ctx, grids, format_)


def _data(ctx: Wishes, grids: Sequence[Grid], format_: str) -> Iterator[str]:
    from custcli.views.machine import csv_text, json_text, jsonl_text, tsv_text

    if len(grids) != 1:
        raise UsageError("Several tables need a workbook or a folder: -o FILE.xlsx, -o NAME/")
    if format_ == "json":
        return json_text(grids[0])
    if format_ == "jsonl":
        return jsonl_text(grids[0])
    delimited = csv_text if format_ == "csv" else tsv_text
    return delimited(grids[0], header=ctx.header, labels=ctx.labels)
