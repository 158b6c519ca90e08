"""How values become cells of a workbook: typed, text always as text, never a live formula or link."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from custcli.domain.cells import TRIGGERS
from custcli.errors import RefusedError
from custcli.files.clean import LONGEST_TEXT
from custcli.grid import SCALE, Column, Kind, yuan
from custcli.messages import say
from custcli.wide import width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_SURE_DIGITS = 10**15  # a spreadsheet keeps 15 digits of a number
_FIRST_SURE_DAY = date(1900, 3, 1)
_WHOLE = "#,##0"
FORMATS = {
    Kind.MONEY: "#,##0.00", Kind.DECIMAL: "#,##0.####", Kind.SHARE: "0.0%", Kind.INTEGER: "0", Kind.CODE: "@",
    Kind.DATE: "yyyy-mm-dd", Kind.TIME: "yyyy-mm-dd hh:mm:ss",
}  # fmt: skip
"""What a cell of each kind shows; its value is whole."""
FIGURES = {Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.SHARE}
"""Kinds that stand at the right edge of their cells."""
_LENGTHS = {Kind.DATE: 10, Kind.TIME: 19, Kind.SHARE: 6}

Writer = Callable[["Worksheet", int, int, Any], None]


class Formats:
    """The cell formats of one book, made when first asked for."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        header = {"bold": True, "num_format": "@", "bg_color": "#F2F2F2", "bottom": 1}
        self.header: Format = book.add_format(header)
        self.over_figures: Format = book.add_format({**header, "align": "right"})
        self.default: Format = book.add_format()

    def number(self, code: str) -> "Format":
        """The format that shows numbers so."""
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


def writer(column: Column, formats: Formats) -> Writer:
    """How the values of one column are written. A text in a column of another kind (masked, worded) stays a text."""
    as_text = formats.number(FORMATS[Kind.CODE])
    plain = as_text if column.kind is Kind.CODE else formats.default

    def text(sheet: "Worksheet", row: int, place: int, value: object) -> None:
        shown = _worded(column, value)
        # Only a cell in text format stays text when somebody edits it.
        like_formula = shown[:1] in TRIGGERS if shown else False
        write_text(sheet, row, place, shown, as_text if like_formula else plain, formats.default)

    typed = _typed_writer(column.kind, formats, text)

    def write(sheet: "Worksheet", row: int, place: int, value: object) -> None:
        (text if isinstance(value, str) else typed)(sheet, row, place, value)

    return write


def _typed_writer(kind: Kind, formats: Formats, text: Writer) -> Writer:
    if kind in {Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.SHARE}:
        usual, whole = formats.number(FORMATS[kind]), formats.number(_WHOLE)
        scale = SCALE if kind in {Kind.MONEY, Kind.DECIMAL} else 1

        def number(sheet: "Worksheet", row: int, place: int, value: Any) -> None:
            if isinstance(value, int) and abs(value) >= _SURE_DIGITS:
                text(sheet, row, place, _digits(value, scale))
            else:  # a whole quantity would be shown with a point at its end
                pointless = kind is Kind.DECIMAL and not value % scale
                sheet.write_number(row, place, value / scale, whole if pointless else usual)

        return number
    if kind in {Kind.DATE, Kind.TIME}:
        day_format = formats.number(FORMATS[kind])

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


def _worded(column: Column, value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(_worded(column, word) for word in value)
    return say(column.labels[str(value)]) if str(value) in column.labels else str(value)


def wide(column: Column, value: object) -> int:
    """How many characters a cell takes as it is shown; a full-width one counts two."""
    if value is None:
        return 0
    if isinstance(value, int) and column.kind in {Kind.MONEY, Kind.DECIMAL}:
        return len(yuan(value))
    if not isinstance(value, str) and column.kind in _LENGTHS:
        return _LENGTHS[column.kind]
    return max(map(width, _worded(column, value).split("\n")))


def write_row(sheet: "Worksheet", row: int, first: int, writers: Sequence[Writer], values: Sequence[object]) -> None:
    """Write the values that there are from the column `first` on."""
    for place, value in enumerate(values):
        if value is not None:
            writers[place](sheet, row, first + place, value)
