"""json, jsonl, csv and tsv: written plainly, row by row, the same bytes under any terminal."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from custcli.domain.cells import guard
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import say
from custcli.views.cells import escaped, exact, for_machines, moment, share, visible

_CHUNK = 256
_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes one a call
_TEXTS = {Kind.TEXT, Kind.CODE, Kind.TOKEN, Kind.LIST}


def json_text(grid: Grid) -> Iterator[str]:
    """One object: `command`, `as_of`, `rows` (one a line), `summary`, and what the grid has in `extra`."""
    yield f'{{"command": {_quoted(grid.command)}, "as_of": {_plain(grid.as_of)}, "rows": ['
    gap = "\n"
    for line in _objects(grid):
        yield gap + line
        gap = ",\n"
    tail = {"summary": grid.summary, **grid.extra}
    yield "\n], " + ", ".join(f"{_quoted(key)}: {_plain(value)}" for key, value in tail.items()) + "}\n"


def jsonl_text(grid: Grid) -> Iterator[str]:
    """The rows alone, one object a line."""
    for line in _objects(grid):
        yield line + "\n"


def _objects(grid: Grid) -> Iterator[str]:
    keys = [f"{_quoted(column.name)}: " for column in grid.columns]
    kinds = [_ENCODERS.get(column.kind, _plain) for column in grid.columns]
    for row in grid.rows:
        pairs = (key + _encoded(value, encode) for key, value, encode in zip(keys, row, kinds, strict=True))
        yield "{" + ", ".join(pairs) + "}"


def _encoded(value: object, encode: Callable[[Any], str]) -> str:
    if value is None:
        return "null"
    return _quoted(value) if isinstance(value, str) else encode(value)


def _quoted(text: str) -> str:
    return escaped(_encode(text))


_ENCODERS: dict[Kind, Callable[[Any], str]] = {Kind.MONEY: exact, Kind.DECIMAL: exact, Kind.SHARE: share}


def _plain(value: object) -> str:  # noqa: C901, PLR0911 - one answer for each type
    """Any plain value as JSON; money as exact digits, dates ISO, what is not a number as null."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Money():
            return exact(value)
        case int():
            return str(int(value))
        case float():
            return repr(round(value, 10)) if abs(value) < float("inf") else "null"
        case Decimal():
            return f"{value:f}" if value.is_finite() else "null"
        case datetime():
            return _quoted(moment(value))
        case date():
            return _quoted(value.isoformat())
        case Mapping():
            return "{" + ", ".join(f"{_quoted(str(key))}: {_plain(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_plain, value)) + "]"
        case _:
            return _quoted(str(value))


def csv_text(grid: Grid, *, header: bool = True, labels: bool = False) -> Iterator[str]:
    """Rows separated by commas, every text safe to open in a spreadsheet."""
    return _delimited(grid, ",", header=header, labels=labels)


def tsv_text(grid: Grid, *, header: bool = True, labels: bool = False) -> Iterator[str]:
    """The same separated by tabs."""
    return _delimited(grid, "\t", header=header, labels=labels)


def _delimited(grid: Grid, delimiter: str, *, header: bool, labels: bool) -> Iterator[str]:
    page = io.StringIO()
    writer = csv.writer(page, delimiter=delimiter, lineterminator="\n")
    if header:
        writer.writerow([say(column.label) if labels else column.name for column in grid.columns])
    for number, row in enumerate(grid.rows, 1):
        writer.writerow(_cells(row, grid.columns))
        if number % _CHUNK == 0:
            yield _taken(page)
    yield _taken(page)


def _taken(page: io.StringIO) -> str:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text


def _cells(row: Sequence[object], columns: Sequence[Column]) -> list[str]:
    return [
        "" if value is None else _safe(for_machines(value, column), value, column.kind)
        for value, column in zip(row, columns, strict=True)
    ]


def _safe(text: str, value: object, kind: Kind) -> str:
    """A text that a spreadsheet would calculate gets the guard that import takes away again (cli.md 3)."""
    if kind not in _TEXTS and not isinstance(value, str):
        return text
    guarded = guard(text)
    return guarded if guarded.isprintable() else "".join(map(_kept, guarded))


def _kept(char: str) -> str:
    """Tabs and ends of lines and paragraphs are kept; other controls are written out (a lone CR is not quoted)."""
    return char if char in "\t\n\u2028\u2029" else visible(char)
