"""What the reader of values hides in a sheet of an xlsx: errors, formulas never calculated, double cells, hidden rows.

Runs in the child. Two looks at the same XML: a quick one by bytes, which is sure only of plain honest sheets, and a
careful one by expat for all others. Rows and columns are counted from 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO

from custcli.files.package import Package, Refusal, SheetPart, feed, local, new_parser

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
ERROR, NEVER_CALCULATED = "error", "never_calculated"

_ROW_HEAD = re.compile(rb"<row\b([^>]*)>")
_ROW_NUMBER = re.compile(rb'(?:^| )r="(\d{1,7})"')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})"')
_CELL = re.compile(rb'<c r="([A-Z]+)\d+"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_VALUE = re.compile(rb"<v(?: [^>]*)?>([^<]*)</v>")
_NEGATIVE_TEXT = re.compile(rb't="s"[^<>]*><v>\s*-')
_BLOCK = 1 << 20
_ENOUGH = 8  # pieces of a cell's text: only whether there is any, and the name of an error, are asked


@dataclass
class Scan:
    """What was found: `faults` by row and column as (code, error text); the last row and column that hold a value."""

    faults: dict[int, dict[int, tuple[str, str]]] = field(default_factory=dict)
    formulas: int = 0
    hidden_rows: int = 0
    last_row: int = -1
    last_column: int = -1

    def fault(self, row: int, column: int, code: str, text: str = "") -> None:
        """Note that a cell cannot be trusted."""
        self.faults.setdefault(row, {})[column] = (code, text)


class _NotPlainError(Exception):
    """The quick look is not sure of this sheet."""


def scan(package: Package, sheet: SheetPart, *, columns: int, cells: int) -> Scan:
    """Look through one sheet; refuses double rows or cells, places off the sheet, too many columns or cells."""
    with package.open(sheet.part) as stream:
        try:
            found = _quick(stream, columns, cells)
        except _NotPlainError:
            found = None
    if found is None:
        with package.open(sheet.part) as stream:
            found = _Careful(sheet.name, columns).look(stream)
    if (found.last_row + 1) * (found.last_column + 1) > cells:
        raise Refusal("cells", sheet=sheet.name, limit=cells)
    return found


def column_number(letters: str) -> int:
    """The column of its letters, counted from 0; -1 for none or too many letters."""
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha()):  # noqa: PLR2004 - XFD is the last one
        return -1
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _quick(stream: IO[bytes], columns: int, cells: int) -> Scan:
    found, last, widest = Scan(), 0, 0
    known: dict[tuple[bytes, ...], int] = {(): 0}
    for piece in _row_pieces(stream):
        last = _row_number(piece, last, found)
        formulas = b"<f" in piece
        if not formulas and b"<v" not in piece and b"<is" not in piece:
            continue  # formatted but empty, as offices leave them by the thousand
        width = _width(piece.replace(b'%d"' % last, b'"'), known)
        widest = max(widest, width)
        found.last_row = last - 1
        if formulas or b't="e"' in piece:
            _note_cells(found, last - 1, piece)
    found.last_column = widest - 1
    if widest > columns or widest * (found.last_row + 1) > cells:
        raise _NotPlainError  # perhaps only formatted: the careful look tells cells with a value
    return found


def _row_number(piece: bytes, last: int, found: Scan) -> int:
    if piece.startswith(b'<row r="%d"' % (last + 1)) and piece.count(b"<row") == 1 and b"hidden" not in piece:
        return last + 1
    for head in _ROW_HEAD.findall(piece):
        number = _ROW_NUMBER.search(head)
        row = int(number[1]) if number else last + 1
        if (number is None and b"r=" in head) or not last < row <= LAST_ROW:
            raise _NotPlainError
        last = row
        found.hidden_rows += _HIDDEN.search(head) is not None
    return last


def _note_cells(found: Scan, row: int, piece: bytes) -> None:
    for letters, attributes, body in _CELL.findall(piece):
        formula = b"<f" in body
        error = b't="e"' in attributes
        if not (formula or error):
            continue
        found.formulas += formula
        value = _VALUE.search(body)
        text = value[1].strip().decode("utf-8", "replace") if value else ""
        column = column_number(letters.decode("ascii"))
        if error:
            found.fault(row, column, ERROR, text[:20])
        elif not text and not (b"<v" in body and b't="str"' in attributes):
            found.fault(row, column, NEVER_CALCULATED)


def _width(piece: bytes, known: dict[tuple[bytes, ...], int]) -> int:
    letters = tuple(_COLUMN.findall(piece))
    width = known.get(letters)
    if width is None:
        numbers = [column_number(column.decode("ascii")) for column in letters]
        if any(left >= right for left, right in pairwise(numbers)):
            raise _NotPlainError
        if len(known) > 10_000:  # noqa: PLR2004 - a ragged sheet: forget rather than grow
            known.clear()
        width = known[letters] = numbers[-1] + 1
    if len(letters) != piece.count(b"<c"):
        raise _NotPlainError
    return width


def _row_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The rows of the sheet's data, each up to its end tag (empty rows that close themselves lie before another)."""
    left = b""
    begun = done = False
    while not done:
        block = stream.read(_BLOCK)
        data = left + block
        if not begun:
            data = _after_head(data)
            begun = True
        data, mark, _ = data.partition(b"</sheetData>")
        done = bool(mark)
        # Other quotes, comments, CDATA; an end too soon; a shared text by a number below 0.
        if b" t='" in data or b"<!" in data or not (block or done) or _NEGATIVE_TEXT.search(data):
            raise _NotPlainError
        pieces = data.split(b"</row>")
        left = pieces.pop()
        yield from pieces
        if len(left) > 4 * _BLOCK or (done and (b"<c" in left or b":c" in left)):  # no rows by their plain name
            raise _NotPlainError


def _after_head(data: bytes) -> bytes:
    head, mark, data = data.partition(b"<sheetData>")
    encoding = re.search(rb'encoding="([^"]*)"', head)
    if not mark or (encoding and encoding[1].lower() != b"utf-8"):
        raise _NotPlainError
    return data


class _Careful:
    """The look by expat: every row and cell with its place, whether it holds a value, an error or a bare formula."""

    def __init__(self, sheet: str, columns: int) -> None:
        self.sheet, self.columns = sheet, columns
        self.found = Scan()
        self.rows_seen = bytearray(LAST_ROW)
        self.cells_seen: set[int] = set()
        self.in_data = False
        self.row = self.column = -1
        self.kind = ""
        self.numbered = self.formula = self.has_value = self.in_value = False
        self.text: list[str] = []

    def look(self, stream: IO[bytes]) -> Scan:
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        feed(parser, stream)
        return self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag if ":" not in tag else local(tag)
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self.has_value = self.has_value or name == "v" or self.kind == "inlineStr"
            self.in_value = self.in_data
        elif name == "f":
            self.formula = self.in_data
        elif name == "row":
            self._start_row(attributes)
        elif name == "sheetData":
            self.in_data = True

    def _start_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r")
        row = self.row + 1 if text is None else _number(text) - 1
        if not 0 <= row < LAST_ROW:
            raise Refusal("off_sheet", sheet=self.sheet, cell=str(text or row + 1)[:20])
        if self.rows_seen[row]:
            raise Refusal("double_row", sheet=self.sheet, row=row + 1)
        self.rows_seen[row] = 1
        self.row, self.column, self.numbered = row, -1, text is not None
        self.cells_seen.clear()
        self.found.hidden_rows += attributes.get("hidden") in {"1", "true"}

    def _move_to(self, row: int, reference: str) -> None:
        # Only a row without a number of its own may take it from its first cell.
        if self.numbered or self.column >= 0 or self.rows_seen[row]:
            raise Refusal("wrong_row", sheet=self.sheet, cell=reference[:20])
        self.rows_seen[self.row], self.rows_seen[row] = 0, 1
        self.row = row

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self.column + 1
        if reference is not None:
            letters = reference.rstrip("0123456789")
            column = column_number(letters)
            row = _number(reference[len(letters) :]) - 1
            if column < 0 or column >= LAST_COLUMN or not 0 <= row < LAST_ROW:
                raise Refusal("off_sheet", sheet=self.sheet, cell=reference[:20])
            if row != self.row:
                self._move_to(row, reference)
        if column in self.cells_seen:
            raise Refusal("double_cell", sheet=self.sheet, cell=place(self.row, column))
        self.cells_seen.add(column)
        self.column = column
        self.kind = attributes.get("t", "")
        self.formula = self.has_value = False
        self.text.clear()

    def _text(self, data: str) -> None:
        if self.in_value and len(self.text) < _ENOUGH:
            self.text.append(data)

    def _end(self, tag: str) -> None:
        name = tag if ":" not in tag else local(tag)
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self.in_value = False
        elif name == "sheetData":
            self.in_data = False

    def _end_cell(self) -> None:
        found, text = self.found, "".join(self.text)
        found.formulas += self.formula
        if not (self.has_value or self.formula):
            return
        if self.column >= self.columns:
            raise Refusal("columns", sheet=self.sheet, cell=place(self.row, self.column), limit=self.columns)
        found.last_row, found.last_column = max(found.last_row, self.row), max(found.last_column, self.column)
        if self.kind == "s" and text.lstrip().startswith("-"):  # the reader takes the first text for it
            raise Refusal("damaged")
        if self.kind == "e":
            found.fault(self.row, self.column, ERROR, text.strip()[:20])
        elif self.formula and not (self.has_value and (self.kind == "str" or text.strip())):
            found.fault(self.row, self.column, NEVER_CALCULATED)


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else -1  # noqa: PLR2004


def place(row: int, column: int) -> str:
    """The name of a cell, `A1`; domain.cells.address is its twin, but the child loads nothing of the domain."""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
