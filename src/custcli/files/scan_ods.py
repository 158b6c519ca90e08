"""What the reader of values hides in an OpenDocument sheet: errors, formulas never calculated, merges, hidden rows.

Runs in the child. Rows and columns are counted from 0; repeated cells and rows stand once in the XML.
"""

from dataclasses import dataclass, field

from custcli.files.package import Package, Refusal, feed, local, new_parser
from custcli.files.scan import ERROR, NEVER_CALCULATED, Scan, place

CONTENT = "content.xml"
_MOST_FAULTS = 100_000


@dataclass
class OdsScan(Scan):
    """A Scan and the merged areas as (top, left, bottom, right)."""

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def scan_ods(package: Package, *, columns: int, cells: int, sheets: int) -> list[OdsScan]:
    """Look through every table of the document, in its order."""
    look = _Look(columns, cells, sheets)
    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = look.start, look.end, look.text
    with package.open(CONTENT) as stream:
        feed(parser, stream)
    return look.tables


class _Look:
    def __init__(self, columns: int, cells: int, sheets: int) -> None:
        self.columns, self.cells, self.sheets = columns, cells, sheets
        self.tables: list[OdsScan] = []
        self.names: list[str] = []
        self.depth = 0  # a table may lie within a cell of another: only the outer one counts
        self.row = self.column = 0
        self.row_repeat = 1
        self.cell: dict[str, str] | None = None
        self.value: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table":
            self.depth += 1
            if self.depth == 1:
                self._start_table(attributes)
        elif self.depth == 1 and name == "table-row":
            self.column = 0
            self.row_repeat = _repeat(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility", "visible") != "visible":
                self.tables[-1].hidden_rows += 1
        elif self.depth == 1 and name in {"table-cell", "covered-table-cell"}:
            self.cell = attributes
            self.value = []

    def _start_table(self, attributes: dict[str, str]) -> None:
        if len(self.tables) >= self.sheets:
            raise Refusal("sheets", count=len(self.tables) + 1, limit=self.sheets)
        self.tables.append(OdsScan())
        self.names.append(attributes.get("table:name", ""))
        self.row = 0

    def text(self, data: str) -> None:
        if self.cell is not None and len(self.value) < 8:  # noqa: PLR2004 - only whether there is any is asked
            self.value.append(data)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "table":
            self.depth -= 1
        elif self.depth == 1 and name == "table-row":
            self.row += self.row_repeat
        elif self.depth == 1 and name in {"table-cell", "covered-table-cell"} and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None

    def _end_cell(self, at: dict[str, str]) -> None:
        repeat = _repeat(at, "table:number-columns-repeated")
        kind = at.get("calcext:value-type") or at.get("office:value-type", "")
        text = "".join(self.value).strip()
        filled = bool(kind or text or "table:formula" in at)
        self._merge(at)
        if filled:
            self._fill(at, kind, text, repeat)
        self.column += repeat

    def _fill(self, at: dict[str, str], kind: str, text: str, repeat: int) -> None:
        table, name = self.tables[-1], self.names[-1]
        if self.column + repeat > self.columns:
            raise Refusal("columns", sheet=name, cell=place(self.row, self.column + repeat - 1), limit=self.columns)
        table.last_row = max(table.last_row, self.row + self.row_repeat - 1)
        table.last_column = max(table.last_column, self.column + repeat - 1)
        if (table.last_row + 1) * (table.last_column + 1) > self.cells:
            raise Refusal("cells", sheet=name, limit=self.cells)
        formula = "table:formula" in at
        table.formulas += formula
        if kind == "error" or (formula and text.startswith(("#", "Err:"))):
            self._fault(ERROR, text[:20], repeat)
        elif formula and not kind:
            self._fault(NEVER_CALCULATED, "", repeat)

    def _fault(self, code: str, text: str, repeat: int) -> None:
        if repeat * self.row_repeat > _MOST_FAULTS:
            raise Refusal("cells", sheet=self.names[-1], limit=self.cells)
        for row in range(self.row, self.row + self.row_repeat):
            for column in range(self.column, self.column + repeat):
                self.tables[-1].fault(row, column, code, text)

    def _merge(self, at: dict[str, str]) -> None:
        down = _repeat(at, "table:number-rows-spanned")
        right = _repeat(at, "table:number-columns-spanned")
        if down > 1 or right > 1:
            self.tables[-1].merges.append((self.row, self.column, self.row + down - 1, self.column + right - 1))


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 7):  # noqa: PLR2004
        raise Refusal("damaged")
    return max(int(text), 1)
