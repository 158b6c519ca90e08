"""Writing a workbook: one table a sheet, ready to be read, filtered and printed; the same bytes for the same data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.errors import RefusedError
from custcli.files.atomic import scratch
from custcli.files.write_bars import insert_bars, tint
from custcli.files.write_cells import Formats, wide, write_row, write_text, writer
from custcli.grid import Column
from custcli.wide import width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from custcli.files.write_bars import BarsOut
    from custcli.files.write_beside import Beside, ChartOut

LAST_ROW = 1_048_576
_WIDEST, _NARROWEST = 60, 6
_MEASURED_ROWS = 500
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - constant, so that the same data gives the same bytes
_A4 = 9
_PAGE = 125
"""So many characters stand side by side on a page across."""
_FITTED = 2 * _PAGE
"""A wider sheet would be too small to read on one page: it goes on beside, with code and name repeated."""

ANSWER_PROPERTY = "custcli-answer"
"""Names a sheet with computed figures; one property a sheet, since a property holds 255 characters."""


@dataclass(frozen=True)
class SheetOut:
    """A sheet to write: one header row of `labels`, then `rows`, whose values are as grid.Kind says or plain text.

    `count` is the number of the rows where it is known; `heading` is printed above each page. `beside` are small
    tables to the right of the rows, `chart` is drawn below them; `bars` is drawn to the right.
    """

    title: str
    columns: Sequence[Column]
    labels: Sequence[str]
    rows: Iterable[Sequence[object]]
    answer: bool = False
    """Computed, not stated by anybody: the workbook says so, and import passes the sheet over."""
    count: int | None = None
    heading: str = ""
    beside: Sequence["SheetOut"] = ()
    chart: "ChartOut | None" = None
    bars: "BarsOut | None" = None


def write_sheets(path: Path, sheets: Sequence[SheetOut]) -> None:
    """Write a workbook over the file `path` (see atomic.replacing); rows are streamed.

    Raises RefusedError for more rows or longer texts than a sheet holds, if it can be known before anything is written.
    """
    for sheet in sheets:
        _refuse_long(sheet, sheet.count or 0)
    with new_book(path, streamed=True) as book:
        titles: set[str] = set()
        formats = Formats(book)
        answers: list[str] = []
        for sheet in sheets:
            page = book.add_worksheet(sheet_title(sheet.title, titles))
            _write_sheet(book, page, sheet, formats)
            answers += [page.get_name()] if sheet.answer else []
        for number, name in enumerate(answers):
            book.set_custom_property(f"{ANSWER_PROPERTY}-{number}", name, "text")


def _refuse_long(sheet: SheetOut, count: int) -> None:
    if count >= LAST_ROW:
        said = "{sheet}: a sheet of a workbook holds {limit} rows: write to .csv or .parquet, or to a folder: -o NAME/"
        raise RefusedError(said, sheet=sheet.title, limit=LAST_ROW - 1)


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


def _write_sheet(book: "Workbook", page: "Worksheet", out: SheetOut, formats: Formats) -> None:
    widths = [width(label) + 3 for label in out.labels]  # room for the filter's arrow
    writers = [writer(column, formats) for column in out.columns]
    beside = _beside(out, formats)
    for place, label in enumerate(out.labels):
        write_text(page, 0, place, label, formats.header, formats.default)
    beside.write(page, 0)
    number = 0
    for number, values in enumerate(out.rows, 1):
        _refuse_long(out, number)
        write_row(page, number, 0, writers, values)
        beside.write(page, number)
        if number <= _MEASURED_ROWS:
            cells = zip(widths, out.columns, values, strict=True)
            widths = [max(had, wide(column, value)) for had, column, value in cells]
    for row in range(number + 1, beside.height):
        beside.write(page, row)
    page.freeze_panes(1, 0)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if out.labels:
        page.autofilter(0, 0, number, len(out.labels) - 1)
    widths = [min(max(wanted + 1, _NARROWEST), _WIDEST) for wanted in widths]
    for place, wanted in enumerate(widths):
        page.set_column(place, place, wanted)
    beside.finish(book, page, number, widths)
    insert_bars(book, page, out, (0, 0, number), (0, beside.first))
    tint(page, out, number)
    _set_up(page, out, sum(widths), apart=beside.first if beside.height or out.bars else None)


def _beside(out: SheetOut, formats: Formats) -> "Beside":
    from custcli.files.write_beside import Beside

    return Beside(out, formats)


def _set_up(page: "Worksheet", out: SheetOut, total: int, *, apart: int | None) -> None:
    """How it is printed: across, the header on each page, as wide as a page where that can be read."""
    page.set_paper(_A4)
    page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.repeat_rows(0)
    page.set_header(f"&L {(out.heading or out.title).replace('&', '&&')}")  # digits first would be taken for a size
    page.set_footer("&C&P / &N")
    if apart is not None:  # what stands beside goes on a page of its own, so that rows stay readable
        page.set_print_scale(max(min(100, 100 * _PAGE // total), 10))
        page.set_v_pagebreaks([apart])
    elif total <= _FITTED:
        page.fit_to_pages(1, 0)
    else:
        page.repeat_columns(0, 1)


__all__ = ["ANSWER_PROPERTY", "LAST_ROW", "SheetOut", "new_book", "sheet_title", "write_sheets", "write_text"]
