"""The empty table sheet of a form: headings with notes, drop-downs, and columns in which digits stay as typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.files.sheet import FORM_PROPERTY, LISTS
from custcli.files.write_book import LAST_ROW, new_book, sheet_title
from custcli.wide import width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_INLINE = 255
"""A list of allowed words of more characters stands on a sheet of its own."""
_WIDEST, _NARROWEST = 40, 10
_NOTE_COLUMNS, _NOTE_LINE = 30, 18
_REQUIRED = "#FCE4D6"
_HEADING = "#DDEBF7"


class Look(StrEnum):
    """The number format of a column."""

    TEXT = "@"
    NUMBER = "General"
    DATE = "yyyy-mm-dd"


@dataclass(frozen=True)
class TemplateColumn:
    """A column to fill in. `words` are offered in a list; other ones are refused by the sheet if `closed`."""

    heading: str
    note: str
    look: Look = Look.TEXT
    words: Sequence[str] = ()
    closed: bool = False
    required: bool = False


def write_template(path: Path, title: str, columns: Sequence[TemplateColumn], form: str) -> None:
    """Write the sheet over the file `path`; `form` is NAME VERSION, by which import knows what it reads."""
    with new_book(path, streamed=False) as book:
        book.set_custom_property(FORM_PROPERTY, form, "text")
        sheet = book.add_worksheet(sheet_title(title, set()))
        lists = _Lists(book)
        looks = {look: book.add_format({"num_format": str(look)}) for look in Look}
        for place, column in enumerate(columns):
            wide = min(max(width(column.heading) + 3, _NARROWEST), _WIDEST)
            sheet.set_column(place, place, wide, looks[column.look])
            _write_heading(book, sheet, place, column)
            if column.words:
                sheet.data_validation(1, place, LAST_ROW - 1, place, _choice(column, lists.of(column.words)))
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, 0)


def _write_heading(book: "Workbook", sheet: "Worksheet", place: int, column: TemplateColumn) -> None:
    fill = _REQUIRED if column.required else _HEADING
    look = book.add_format({"bold": True, "border": 1, "bg_color": fill, "valign": "vcenter", "num_format": "@"})
    sheet.write_string(0, place, column.heading, look)
    lines = sum(1 + width(line) // _NOTE_COLUMNS for line in column.note.splitlines())
    options = {"author": "custcli", "width": 260, "height": _NOTE_LINE * (lines + 1), "font_size": 9}
    sheet.write_comment(0, place, column.note, options)


def _choice(column: TemplateColumn, source: list[str] | str) -> dict[str, object]:
    return {"validate": "list", "source": source, "show_error": column.closed, "ignore_blank": True}


class _Lists:
    """The lists too long for a cell's own, each in a column of a hidden sheet."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._sheet: Worksheet | None = None
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, words: Sequence[str]) -> list[str] | str:
        """The words themselves, or the cells in which they stand."""
        if len(",".join(words)) <= _INLINE and not any("," in word for word in words):
            return list(words)
        kept = tuple(words)
        if kept not in self._known:
            self._known[kept] = self._written(kept)
        return self._known[kept]

    def _written(self, words: tuple[str, ...]) -> str:
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(LISTS)
            self._sheet.very_hidden()
        place = len(self._known)
        self._sheet.write_column(0, place, words)
        letter = chr(ord("A") + place)
        return f"={LISTS}!${letter}$1:${letter}${len(words)}"
