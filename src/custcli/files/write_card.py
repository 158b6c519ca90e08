"""Paper forms as sheets of a workbook: cells with borders, merged as on paper, upright on A4, ready to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.domain.paper import Cell, Paper, Role
from custcli.files.sheet import FORM_PROPERTY
from custcli.files.write_book import new_book, sheet_title, write_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
_PIXELS = 7
"""Of one character of 10.5 points."""
_FONT = "宋体"
_LONGEST_AS_TEXT = 255
"""Some spreadsheets show ### for a longer text in a cell of the format text."""
_NEARLY = 1.25
"""A form that is longer than a page by so much is shrunk to it; a longer one goes on overleaf."""
_WIDE = 40
"""From so many characters on a value stands at the left of its cell, as a sentence does."""


@dataclass(frozen=True)
class CardPage:
    """A sheet: its name, the paper, and what is printed above and below it."""

    name: str
    paper: Paper
    above: str = ""
    below: str = ""


def write_cards(path: Path, pages: Sequence[CardPage], form: str) -> None:
    """Write the pages over the file `path`; `form` is NAME VERSION, by which import knows what it reads."""
    with new_book(path, streamed=False) as book:
        book.set_custom_property(FORM_PROPERTY, form, "text")
        looks = _Looks(book)
        titles: set[str] = set()
        for page in pages:
            sheet = book.add_worksheet(sheet_title(page.name, titles))
            _write_page(sheet, page.paper, looks)
            _set_up(sheet, page)


def _write_page(sheet: "Worksheet", paper: Paper, looks: "_Looks") -> None:
    for place, wide in enumerate(paper.widths):
        sheet.set_column_pixels(place, place, wide * _PIXELS)
    for row, height in enumerate(paper.heights):
        sheet.set_row(row, height)
    for cell in paper.cells:
        look = looks.of(cell, sum(paper.widths[cell.left : cell.right + 1]))
        if (cell.top, cell.left) != (cell.bottom, cell.right):
            sheet.merge_range(cell.top, cell.left, cell.bottom, cell.right, "", look)
        if cell.text:
            write_text(sheet, cell.top, cell.left, cell.text, look, looks.plain)
        else:
            sheet.write_blank(cell.top, cell.left, None, look)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _set_up(sheet: "Worksheet", page: CardPage) -> None:
    paper = page.paper
    sheet.set_paper(_A4)
    sheet.set_portrait()
    sheet.set_margins(left=0.55, right=0.55, top=0.7, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1 if paper.pages <= _NEARLY else 0)
    sheet.print_area(0, 0, len(paper.heights) - 1, len(paper.widths) - 1)
    sheet.hide_gridlines(2)
    if page.above:
        sheet.set_header(f'&R&"{_FONT}"&10{_plain(page.above)}')
    if page.below:
        sheet.set_footer(f'&R&"{_FONT}"&9{_plain(page.below)}')


def _plain(text: str) -> str:
    """A text of a page's head or foot, in which & is a sign of its own; digits first would be taken for a size."""
    return " " + text.replace("&", "&&")


class _Looks:
    """The cell formats of the paper, made when first asked for."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._made: dict[tuple[Role, bool, bool], Format] = {}
        self.plain: Format = book.add_format()

    def of(self, cell: Cell, wide: int) -> "Format":
        left = cell.role is Role.VALUE and (wide >= _WIDE or "\n" in cell.text)
        as_text = cell.role is Role.VALUE and len(cell.text) <= _LONGEST_AS_TEXT
        known = (cell.role, left, as_text)
        if known not in self._made:
            self._made[known] = self._book.add_format(_look(*known))
        return self._made[known]


def _look(role: Role, left: bool, as_text: bool) -> dict[str, object]:  # noqa: FBT001 - the three of a look's key
    look: dict[str, object] = {
        "font_name": _FONT, "font_size": 10.5, "valign": "vcenter", "align": "left" if left else "center",
        "text_wrap": True,
    }  # fmt: skip
    if role is Role.TITLE:
        return look | {"font_size": 18, "bold": True}
    look |= {"border": 1, "indent": 1 if left else 0}
    if role is Role.LABEL:
        return look | {"bg_color": "#F2F2F2"}
    return look | ({"num_format": "@"} if as_text else {})
