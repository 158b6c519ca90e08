"""The workbook of rejected rows: the sheet as it was, a reason beside each row, ready to be corrected and imported."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.domain.cells import Fault, Merge, Value
from custcli.files.atomic import replacing
from custcli.files.write_book import new_book, sheet_title, write_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_BAD = "#FFC7CE"


@dataclass(frozen=True)
class RejectedRow:
    """One row as read, why it was rejected (said already), and the columns at fault, counted from 0."""

    values: Sequence[Value]
    reasons: str
    bad_columns: AbstractSet[int] = frozenset()


@dataclass(frozen=True)
class RejectSheet:
    """The rejects of one sheet; `headings` are its rows above the data, `merges` lie within them.

    `rows` are walked once; none has more than `width` cells.
    """

    name: str
    headings: Sequence[Sequence[Value]]
    rows: Iterable[RejectedRow]
    width: int
    merges: Sequence[Merge] = ()


def write_rejects(
    path: str | Path, sheets: Sequence[RejectSheet], *, reason: str, custom: Mapping[str, str] | None = None
) -> None:
    """Write the reject workbook (0600), which must not exist yet. `reason` heads the last column.

    Texts and dates are written as text and kept whole; numbers stay numbers, so that a number that was refused as
    such (an ID number damaged by Excel) is refused again. `custom` are the source's own `custcli-…` properties.
    """
    streamed = not any(sheet.merges for sheet in sheets)  # a merged area is written before the rows in it
    with replacing(path, force=False) as part, new_book(part, streamed=streamed) as book:
        for name, value in (custom or {}).items():
            book.set_custom_property(name, value, "text")
        formats = _Formats(
            book.add_format({"num_format": "@"}),
            book.add_format({"num_format": "@", "bg_color": _BAD}),
            book.add_format({"num_format": "@", "bold": True}),
            book.add_format(),
        )
        titles: set[str] = set()
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet_title(sheet.name, titles)), sheet, reason, formats)


def reject_path(source: str, folder: Path) -> Path:
    """Where the rejects of a source file go: `<stem>-rejects.xlsx`, numbered if that exists (decisions.md 16)."""
    stem = "stdin" if source == "-" else Path(source).stem
    path, number = folder / f"{stem}-rejects.xlsx", 2
    while path.exists() or path.is_symlink():
        path, number = folder / f"{stem}-rejects-{number}.xlsx", number + 1
    return path


@dataclass(frozen=True)
class _Formats:
    text: "Format"
    bad: "Format"
    heading: "Format"
    default: "Format"


def _write_sheet(sheet: "Worksheet", out: RejectSheet, reason: str, formats: _Formats) -> None:
    last = out.width
    for merge in out.merges:
        sheet.merge_range(merge.top, merge.left, merge.bottom, merge.right, "", formats.heading)
    for number, heading in enumerate(out.headings):
        for column, value in enumerate(heading):
            _write(sheet, number, column, value, formats.heading, formats)
        if heading is out.headings[-1]:
            write_text(sheet, number, last, reason, formats.heading, formats.default)
    first = len(out.headings)
    for number, row in enumerate(out.rows, first):
        for column in range(last):
            value = row.values[column] if column < len(row.values) else None
            bad = column in row.bad_columns
            _write(sheet, number, column, value, formats.bad if bad else formats.text, formats)
        write_text(sheet, number, last, row.reasons, formats.text, formats.default)
    sheet.set_column(0, max(last - 1, 0), 14)
    sheet.set_column(last, last, 60)
    sheet.freeze_panes(first, 0)


def _write(sheet: "Worksheet", row: int, column: int, value: Value, cell: "Format", formats: _Formats) -> None:
    if value is None or isinstance(value, Fault):
        shown = str(value.reason.params.get("error", "")) if isinstance(value, Fault) else ""
        if shown:
            write_text(sheet, row, column, shown, cell, formats.default)
        elif cell is formats.bad:
            sheet.write_blank(row, column, None, cell)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, cell)
    else:
        write_text(sheet, row, column, _text(value), cell, formats.default)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
