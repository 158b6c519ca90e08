"""Writing a workbook: typed cells, never a live formula or link, the same bytes for the same data."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custcli.domain.cells import TRIGGERS
from custcli.errors import RefusedError
from custcli.files.atomic import scratch
from custcli.files.clean import LONGEST_TEXT
from custcli.grid import SCALE, Column, Kind
from custcli.messages import say
from custcli.wide import width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LAST_ROW = 1_048_576
_SURE_DIGITS = 10**15  # a spreadsheet keeps 15 digits of a number
_WIDEST, _NARROWEST = 60, 6
_MEASURED_ROWS = 500
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - constant, so that the same data gives the same bytes
_FIRST_SURE_DAY = date(1900, 3, 1)
_MONEY, _DECIMAL, _SHARE = "#,##0.00", "#,##0.####", "0.0%"
_FORMATS = {Kind.MONEY: _MONEY, Kind.DECIMAL: _DECIMAL, Kind.SHARE: _SHARE, Kind.INTEGER: "0", Kind.CODE: "@"}


ANSWER_PROPERTY = "custcli-answer"
"""Names a sheet with computed figures; one property a sheet, since a property holds 255 characters."""


@dataclass(frozen=True)
class SheetOut:
    """A sheet to write: one header row of `labels`, then `rows`, whose values are as grid.Kind says or plain text."""

    title: str
    columns: Sequence[Column]
    labels: Sequence[str]
    rows: Iterable[Sequence[object]]
    answer: bool = False
    """Computed, not stated by anybody: the workbook says so, and import passes the sheet over."""


def write_sheets(path: Path, sheets: Iterable[SheetOut]) -> None:
    """Write a workbook over the file `path` (see atomic.replacing); rows are streamed.

    Raises RefusedError for more rows or longer texts than a sheet holds.
    """
    with new_book(path, streamed=True) as book:
        titles: set[str] = set()
        formats = _Formats(book)
        answers: list[str] = []
        for sheet in sheets:
            page = book.add_worksheet(sheet_title(sheet.title, titles))
            _write_sheet(page, sheet, formats)
            answers += [page.get_name()] if sheet.answer else []
        for number, name in enumerate(answers):
            book.set_custom_property(f"{ANSWER_PROPERTY}-{number}", name, "text")


@contextmanager
def new_book(path: Path, *, streamed: bool) -> "Iterator[Workbook]":
    """An xlsxwriter workbook that obeys nothing it is given and carries no time; `streamed`: rows in order only."""
    import shutil

    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

    folder = scratch(path)  # the parts of the book lie here while it is put together, not in a folder for all
    options = {
        "constant_memory": streamed, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "nan_inf_to_errors": False, "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    book = Workbook(str(path), options)
    try:
        book.set_properties({"created": _MADE})
        yield book
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
        raise cause from None
    except FileSizeError:
        raise RefusedError("The workbook would be larger than 4 GiB: use csv") from None
    finally:
        for sheet in book.worksheets():
            if sheet.row_data_fh:
                sheet.row_data_fh.close()
        shutil.rmtree(folder, ignore_errors=True)


def sheet_title(title: str, taken: set[str]) -> str:
    """The title as spreadsheets accept it: no signs of their own, 31 characters, not among `taken`, which grows."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", title).strip("' ")[:31] or "Sheet"
    plain = f"{plain}_" if plain.lower() == "history" else plain
    chosen, number = plain, 2
    while chosen.lower() in taken:
        chosen = f"{plain[:27]} ({number})"
        number += 1
    taken.add(chosen.lower())
    return chosen


class _Formats:
    """The cell formats of one book, made when first asked for."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.header: Format = book.add_format({"bold": True, "num_format": "@"})
        self.default: Format = book.add_format()

    def number(self, code: str) -> "Format":
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code})
        return self._made[code]


def write_text(sheet: "Worksheet", row: int, column: int, text: str, cell_format: "Format", plain: "Format") -> None:
    """Write a text as text, whatever it looks like. Raises RefusedError if it is longer than a cell holds."""
    if text.startswith("<r>") and text.endswith("</r>"):  # xlsxwriter would take it for its own markup
        done = sheet.write_rich_string(row, column, "<", plain, text[1:], cell_format)
    else:
        done = sheet.write_string(row, column, text, cell_format)
    if done != 0:
        raise RefusedError(
            "Row {row}: a text is longer than the {limit} characters of a cell", row=row + 1, limit=LONGEST_TEXT
        )


def _write_sheet(sheet: "Worksheet", out: SheetOut, formats: _Formats) -> None:
    widths = [width(label) + 3 for label in out.labels]  # room for the filter's arrow
    writers = [_writer(column, formats) for column in out.columns]
    for place, label in enumerate(out.labels):
        write_text(sheet, 0, place, label, formats.header, formats.default)
    number = 0
    for number, values in enumerate(out.rows, 1):
        if number >= LAST_ROW:
            raise RefusedError("A sheet holds no more than {limit} rows: use csv", limit=LAST_ROW)
        for place, value in enumerate(values):
            if value is not None:
                writers[place](sheet, number, place, value)
        if number <= _MEASURED_ROWS:
            widths = [max(had, _width_of(value)) for had, value in zip(widths, values, strict=True)]
    sheet.freeze_panes(1, 0)
    if out.labels:
        sheet.autofilter(0, 0, number, len(out.labels) - 1)
    for place, wanted in enumerate(widths):
        sheet.set_column(place, place, min(max(wanted + 1, _NARROWEST), _WIDEST))


def _width_of(value: object) -> int:
    if isinstance(value, str):
        return max(map(width, value.split("\n")))
    return 0 if value is None else len(str(value))


_Writer = Callable[["Worksheet", int, int, Any], None]


def _writer(column: Column, formats: _Formats) -> _Writer:
    """How the values of one column are written. A text in a column of another kind (masked, worded) stays a text."""
    as_text = formats.number("@")
    plain = as_text if column.kind is Kind.CODE else formats.default

    def text(sheet: "Worksheet", row: int, place: int, value: object) -> None:
        shown = say(column.labels[str(value)]) if str(value) in column.labels else _as_text(value)
        # Only a cell in text format stays text when somebody edits it.
        like_formula = shown[:1] in TRIGGERS if shown else False
        write_text(sheet, row, place, shown, as_text if like_formula else plain, formats.default)

    typed = _typed_writer(column.kind, formats, text)

    def write(sheet: "Worksheet", row: int, place: int, value: object) -> None:
        (text if isinstance(value, str) else typed)(sheet, row, place, value)

    return write


def _typed_writer(kind: Kind, formats: _Formats, text: _Writer) -> _Writer:
    if kind in {Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.SHARE}:
        number_format = formats.number(_FORMATS[kind])
        scale = SCALE if kind in {Kind.MONEY, Kind.DECIMAL} else 1

        def number(sheet: "Worksheet", row: int, place: int, value: Any) -> None:
            if isinstance(value, int) and abs(value) >= _SURE_DIGITS:
                text(sheet, row, place, _digits(value, scale))
            else:
                sheet.write_number(row, place, value / scale, number_format)

        return number
    if kind in {Kind.DATE, Kind.TIME}:
        day_format = formats.number("yyyy-mm-dd" if kind is Kind.DATE else "yyyy-mm-dd hh:mm:ss")

        def day(sheet: "Worksheet", row: int, place: int, value: Any) -> None:
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            if (plain.date() if isinstance(plain, datetime) else plain) < _FIRST_SURE_DAY:
                text(sheet, row, place, value.isoformat())
            else:
                sheet.write_datetime(row, place, plain, day_format)

        return day
    return text


def _digits(value: int, scale: int) -> str:
    """All digits of a number that a spreadsheet would round."""
    if scale == 1:
        return str(value)
    whole, part = divmod(abs(value), scale)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part:04d}".rstrip("0").rstrip(".")


def _as_text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value)
