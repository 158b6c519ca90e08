"""The program of the child process that parses a workbook, so that a hostile one can only end the child.

The workbook is standard input, frames go to standard output: four bytes
of length, then one marshalled list whose first item names it (`book`, `sheet`, `rows`, `end of sheet`, `end`,
`refused`). Only the standard library and calamine are imported: the start must stay cheap.
"""

import contextlib
import datetime as dt
import itertools
import marshal
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

from custcli.files.clean import ERROR_TEXTS, LONGEST_TEXT, without_controls

FORMAT = 2
"""Version of marshal: without references, which costs less for rows of short values."""

DATE, DATETIME, TIME, DURATION, FAULT = range(5)
"""Kinds of special cells: what marshal has no form for."""

_CALAMINE_ERRORS = frozenset(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])
_EXACT = 2**53
_ROWS_A_FRAME = 500
_FIRST_SURE_DAY = dt.date(1900, 3, 1)  # before it spreadsheets count a 29 February 1900 that never was
_ODS_DURATION = re.compile(r"PT(\d+)H(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
Special = tuple[Any, ...]


def main(parent: int, limits: dict[str, Any]) -> None:
    """Read standard input, write frames. `parent`: its process id."""
    die_with_parent(parent)
    _limit(limits)
    stream = os.fdopen(0, "rb")
    out = os.fdopen(1, "wb", buffering=1 << 18)
    try:
        for frame in _frames(stream, limits):
            _send(out, frame)
        out.flush()
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        _fail(out, ["refused", "memory", {"limit": limits["memory_mib"]}])


def die_with_parent(parent: int) -> None:
    """End when the parent does; at once if it is gone already."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def _limit(limits: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits (decisions.md 32)
        return
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: limits["memory_mib"] << 20,
        resource.RLIMIT_CPU: limits["seconds"],
    }
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (most, most))


def _send(out: IO[bytes], frame: list[Any]) -> None:
    data = marshal.dumps(frame, FORMAT)
    out.write(len(data).to_bytes(4, "big"))
    out.write(data)


def _fail(out: IO[bytes], frame: list[Any]) -> None:
    with contextlib.suppress(OSError):
        _send(out, frame)
        out.flush()
    os._exit(0)


def _frames(stream: IO[bytes], limits: dict[str, Any]) -> Iterator[list[Any]]:
    from custcli.files.package import Refusal

    try:
        stream.seek(0)
        if stream.read(2) == b"PK":
            stream.seek(0)
            yield from _zipped(stream, limits)
        else:
            stream.seek(0)
            yield from _old(stream, limits)
        yield ["end"]
    except Refusal as refusal:
        yield ["refused", refusal.code, dict(refusal.params)]
    except (MemoryError, BrokenPipeError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the parser is a BaseException
        code = {"PasswordError": "password"}.get(type(error).__name__, "damaged")
        yield ["refused", code, {}]


def _zipped(stream: IO[bytes], limits: dict[str, Any]) -> Iterator[list[Any]]:
    from custcli.files.package import Refusal, custom_properties, open_package, sheet_parts

    package = open_package(stream, entries=limits["entries"], unpacked=limits["unpacked_mib"] << 20)
    if package.has("content.xml"):
        yield from _ods(package, stream, limits)
        return
    if package.has("xl/workbook.bin"):
        raise Refusal("xlsb")
    if not package.has("xl/workbook.xml"):
        raise Refusal("no_workbook")
    package.sheets = sheet_parts(package, limits["sheets"])
    if not package.sheets:
        raise Refusal("no_sheets")
    yield ["book", "xlsx", custom_properties(package), package.macros, package.links]
    yield from _xlsx_sheets(package, stream, limits)


def _xlsx_sheets(package: Any, stream: IO[bytes], limits: dict[str, Any]) -> Iterator[list[Any]]:
    from custcli.files.package import Refusal
    from custcli.files.scan import ERROR, scan

    book = None
    worksheets = [sheet for sheet in package.sheets if not sheet.part.startswith("xl/chartsheets/")]
    for index, sheet in enumerate(package.sheets):
        if sheet not in worksheets:
            continue
        if not _wanted(sheet.name, sheet.visible, limits):
            yield ["skipped", sheet.name]
            continue
        if not package.has(sheet.part):
            raise Refusal("no_part", sheet=sheet.name)
        found = scan(package, sheet, columns=limits["columns"], cells=limits["cells"])
        for row, cells in found.faults.items():
            for column, (code, text) in cells.items():
                if code == ERROR and text not in _CALAMINE_ERRORS:
                    raise Refusal("unknown_error", sheet=sheet.name, row=row + 1, column=column + 1)
        book = book or _open(stream)
        values = book.get_sheet_by_index(index) if len(book.sheet_names) == len(package.sheets) else None
        values = values or book.get_sheet_by_name(sheet.name)
        yield from _sheet(values, sheet.name, sheet.visible, found, None)


def _ods(package: Any, stream: IO[bytes], limits: dict[str, Any]) -> Iterator[list[Any]]:
    from custcli.files.package import Refusal
    from custcli.files.scan_ods import scan_ods

    tables = scan_ods(package, columns=limits["columns"], cells=limits["cells"], sheets=limits["sheets"])
    book = _open(stream)
    if len(tables) != len(book.sheets_metadata):
        raise Refusal("damaged")
    if not tables:
        raise Refusal("no_sheets")
    yield ["book", "ods", {}, package.macros, package.links]
    for index, (about, found) in enumerate(zip(book.sheets_metadata, tables, strict=True)):
        visible = str(about.visible).endswith(".Visible")
        if _wanted(about.name, visible, limits):
            yield from _sheet(book.get_sheet_by_index(index), about.name, visible, found, found.merges)
        else:
            yield ["skipped", about.name]


def _old(stream: IO[bytes], limits: dict[str, Any]) -> Iterator[list[Any]]:
    from custcli.files.package import Refusal
    from custcli.files.scan import place
    from custcli.files.scan_xls import scan_xls

    data = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data:  # an .xlsx with a password
        raise Refusal("password")
    scans = scan_xls(data)
    book = _open(stream)
    sheets = [about for about in book.sheets_metadata if str(about.typ).endswith(".WorkSheet")]
    if not sheets:
        raise Refusal("no_sheets")
    if len(sheets) > limits["sheets"]:
        raise Refusal("sheets", count=len(sheets), limit=limits["sheets"])
    yield ["book", "xls", {}, "_VBA_PROJECT_CUR".encode("utf-16-le") in data, False]
    for about, found in zip(sheets, scans, strict=True):
        visible = str(about.visible).endswith(".Visible")
        if not _wanted(about.name, visible, limits):
            yield ["skipped", about.name]
            continue
        values = book.get_sheet_by_name(about.name)
        if values.end and values.end[1] >= limits["columns"]:
            raise Refusal("columns", sheet=about.name, cell=place(*values.end), limit=limits["columns"])
        yield from _sheet(values, about.name, visible, found, None)


def _open(stream: IO[bytes]) -> Any:
    import python_calamine

    stream.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(stream)


def _wanted(name: str, visible: bool, limits: dict[str, Any]) -> bool:  # noqa: FBT001
    asked = limits.get("sheet")
    return name == asked if asked is not None else visible


def _sheet(values: Any, name: str, visible: bool, found: Any, merges: Any) -> Iterator[list[Any]]:  # noqa: FBT001
    if merges is None:
        merges = [(*first, *last) for first, last in values.merged_cell_ranges or ()]
    yield ["sheet", name, visible, merges, found.hidden_rows, found.formulas]
    left = values.start[1] if values.start else 0
    rows = values.iter_rows() if values.start else iter(())
    pictures = first = 0
    while batch := list(itertools.islice(rows, _ROWS_A_FRAME)):
        plain, specials, seen = _batch(batch, first, left, found.faults)
        pictures += seen
        yield ["rows", plain, specials]
        first += len(batch)
    while found.faults:  # below the last row that has a value
        batch = [[]] * min(_ROWS_A_FRAME, max(found.faults) + 1 - first)
        plain, specials, _ = _batch(batch, first, left, found.faults)
        yield ["rows", plain, specials]
        first += len(batch)
    yield ["end of sheet", pictures]


def _batch(
    rows: list[list[Any]], first: int, left: int, faults: dict[int, dict[int, tuple[str, str]]]
) -> tuple[list[list[Any]], list[Special], int]:
    """Rows as marshal takes them, from column 0 on; the special cells of these rows; how many pictures were dropped."""
    plain: list[list[Any]] = []
    specials: list[Special] = []
    pictures = 0
    for index, row in enumerate(rows):
        cells: list[Any] = [None] * left
        for value in row:
            kind = type(value)
            if kind is str:
                if value.isprintable() and len(value) <= LONGEST_TEXT and value[:1] not in _TELLING:
                    cells.append(value or None)
                    continue
                told = _text(value)
                pictures += told is None and value.startswith("=DISPIMG(")
            elif kind is float:
                if value.is_integer() and -_EXACT < value < _EXACT:
                    cells.append(int(value))
                    continue
                told = value if math.isfinite(value) else (FAULT, "not_finite", "")
            else:
                told = _TOLD[kind](value) if kind in _TOLD else value
            if type(told) is tuple:
                specials.append((index, len(cells), *told))
                told = 0
            cells.append(told)
        if first + index in faults:
            _lay_faults(cells, index, faults.pop(first + index), specials)
        while cells and cells[-1] is None:
            cells.pop()
        plain.append(cells)
    return plain, specials, pictures


def _lay_faults(cells: list[Any], index: int, faults: dict[int, tuple[str, str]], specials: list[Special]) -> None:
    for column, (code, text) in faults.items():
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = 0
        specials.append((index, column, FAULT, code, text))


_TELLING = frozenset("#=P")
"""First letters of the texts that may stand for something else: errors, pictures, OpenDocument's durations."""


def _text(value: str) -> Any:
    if value.startswith("=DISPIMG("):  # a picture in a cell, as WPS writes it (libraries.md 3.5)
        return None
    if value in ERROR_TEXTS or value.startswith("Err:"):
        return FAULT, "error", value[:20]
    if "\0" in value or len(value) > LONGEST_TEXT:
        return FAULT, "nul" if "\0" in value else "long_text", ""
    duration = _ODS_DURATION.fullmatch(value)
    if duration:
        hours, minutes, seconds = (int(part or 0) for part in duration.groups())
        return _duration(dt.timedelta(hours=hours, minutes=minutes, seconds=seconds))
    return without_controls(value) or None


def _date(value: dt.date) -> Special:
    return (DATE, value.toordinal()) if value >= _FIRST_SURE_DAY else (FAULT, "early_date", "")


def _datetime(value: dt.datetime) -> Special:
    if value.date() < _FIRST_SURE_DAY:
        return FAULT, "early_date", ""
    parts = (value.hour, value.minute, value.second, value.microsecond)
    return (DATETIME, value.year, value.month, value.day, *parts) if any(parts) else (DATE, value.toordinal())


def _time(value: dt.time) -> Special:
    if value == dt.time(0):  # also what the reader makes of a date cell with 0 or a negative number
        return FAULT, "no_date", ""
    return TIME, value.hour, value.minute, value.second, value.microsecond


def _duration(value: dt.timedelta) -> Special:
    return DURATION, value.days, value.seconds, value.microseconds


def _bool(value: bool) -> str:  # noqa: FBT001 - a cell
    """As the spreadsheet shows it: as a value True would pass for the number 1."""
    return "TRUE" if value else "FALSE"


_TOLD: dict[type, Callable[[Any], Any]] = {
    bool: _bool,
    dt.date: _date,
    dt.datetime: _datetime,
    dt.time: _time,
    dt.timedelta: _duration,
}
