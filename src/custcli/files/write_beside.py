"""What stands to the right of a sheet's rows: small tables, and the Pareto chart that draws the first rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.files.write_bars import insert_bars
from custcli.files.write_cells import FIGURES, Formats, wide, write_row, write_text, writer
from custcli.grid import Pareto
from custcli.messages import say
from custcli.wide import width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from custcli.files.write_book import SheetOut

_BLUE, _ORANGE, _RED = "#4472C4", "#ED7D31", "#C00000"
_COLOURS = ("#1F4E79", "#5B9BD5", "#BDD7EE", "#DDDDDD")
_SMALL = {"size": 8}
_ROW_PIXELS = 20
_PIE = 340
_LONGEST_NAME = 32
"""In columns of a terminal: a longer one runs over the edge of its chart."""
_GAP = 1
"""Between the rows and what stands beside them, and between two tables one below the other."""


@dataclass(frozen=True)
class ChartOut:
    """A chart to draw, in words of the reader's language."""

    pareto: Pareto
    title: str
    mark: str


class Beside:
    """Written row by row together with the sheet's own rows, since a streamed sheet takes each row once."""

    def __init__(self, out: "SheetOut", formats: Formats) -> None:
        self.first = len(out.labels) + _GAP
        self._out = out
        self._formats = formats
        self._lines: list[tuple[SheetOut, int, list[object] | None]] = []
        self._starts: list[int] = []
        for table in out.beside:
            self._starts.append(len(self._lines))
            self._lines += [(table, 0, None), *((table, n, list(row)) for n, row in enumerate(table.rows, 1))]
            self._lines += [(table, 0, [])] * _GAP
        self._writers = {id(table): [writer(column, formats) for column in table.columns] for table in out.beside}
        across = max((len(table.columns) for table in out.beside), default=0)
        self._mark = self.first + across
        self.height = max(len(self._lines), out.chart.pareto.count + 1 if out.chart else 0)

    def write(self, page: "Worksheet", row: int) -> None:
        """Write what stands beside the row of this number."""
        if row < len(self._lines):
            table, _, values = self._lines[row]
            if values is None:
                for place, (label, column) in enumerate(zip(table.labels, table.columns, strict=True), self.first):
                    header = self._formats.over_figures if column.kind in FIGURES else self._formats.header
                    write_text(page, row, place, label, header, self._formats.default)
            else:
                write_row(page, row, self.first, self._writers[id(table)], values)
        if self._out.chart and 0 < row <= self._out.chart.pareto.count:
            page.write_number(row, self._mark, self._out.chart.pareto.mark, self._formats.number("0%"))

    def finish(self, book: "Workbook", page: "Worksheet", rows: int, widths: Sequence[float]) -> None:
        """Set the columns' widths and draw the charts; the sheet has so many `rows`, its columns these `widths`."""
        for place in range(self._mark - self.first):
            page.set_column(self.first + place, self.first + place, self._width(place))
        self._draw(book, page)
        chart = self._out.chart
        if chart is None or not rows:
            return
        page.set_column(self._mark, self._mark, None, None, {"hidden": True})  # the level line's figures
        below = len(self._lines)
        pareto = self._pareto(book, page.get_name(), chart, min(rows, chart.pareto.count), widths)
        page.insert_chart(below, self.first, pareto)
        for number, (table, start) in enumerate(zip(self._out.beside, self._starts, strict=True)):
            pie = self._pie(book, page.get_name(), table, start)
            pie.set_size({"width": _PIE, "height": below * _ROW_PIXELS})
            page.insert_chart(0, self._mark + 1, pie, {"x_offset": number * _PIE})

    def _draw(self, book: "Workbook", page: "Worksheet") -> None:
        """The charts of the tables: of one table below it, of several to their right, one below the other."""
        down = 0
        for table, start in zip(self._out.beside, self._starts, strict=True):
            count = sum(1 for each, number, _ in self._lines if each is table and number)
            alone = (start + count + 2, self.first)
            at = alone if len(self._starts) == 1 else (down, self._mark + 1)
            down += -(-insert_bars(book, page, table, (start, self.first, count), at) // _ROW_PIXELS) + _GAP

    def _width(self, place: int) -> int:
        cells = [
            wide(table.columns[place], values[place]) if values else width(table.labels[place])
            for table, _, values in self._lines
            if place < len(table.columns) and values != []
        ]
        return max(cells) + 2

    def _pareto(self, book: "Workbook", sheet: str, chart: ChartOut, count: int, widths: Sequence[float]) -> Any:
        """Bars of the amounts, the line of their running share and the level of 80 % on an axis of its own."""
        at = {column.name: place for place, column in enumerate(self._out.columns)}
        label = {column.name: text for column, text in zip(self._out.columns, self._out.labels, strict=True)}
        wanted = chart.pareto

        def cells(column: int) -> list[object]:
            return [sheet, 1, column, count, column]

        bars = book.add_chart({"type": "column"})
        short = wanted.short and widths[at[wanted.names]] > _LONGEST_NAME
        names = cells(at[wanted.short if short else wanted.names])
        bars.add_series(
            {"name": label[wanted.bars], "categories": names, "values": cells(at[wanted.bars]), "gap": 20,
             "fill": {"color": _BLUE}}
        )  # fmt: skip
        lines = book.add_chart({"type": "line"})
        share = {"name": label[wanted.line], "values": cells(at[wanted.line]), "line": {"color": _ORANGE, "width": 2}}
        level = {"name": chart.mark, "values": cells(self._mark),
                 "line": {"color": _RED, "width": 1.25, "dash_type": "dash"}}  # fmt: skip
        for series in (share, level):
            lines.add_series({"categories": names, "y2_axis": True, **series})
        bars.combine(lines)
        bars.set_title({"name": chart.title, "name_font": {"size": 12}})
        bars.set_x_axis({"num_font": {"size": 8, "rotation": -45}, "interval_unit": 1})
        bars.set_y_axis({"num_format": "#,##0", "num_font": _SMALL, "major_gridlines": {"visible": False}})
        lines.set_y2_axis({"num_format": "0%", "num_font": _SMALL, "min": 0, "max": 1, "major_unit": 0.2})
        bars.set_legend({"position": "bottom"})
        bars.set_size({"width": 900, "height": 480})
        bars.show_hidden_data()
        return bars

    def _pie(self, book: "Workbook", sheet: str, table: "SheetOut", start: int) -> Any:
        """How the whole is made up of the parts of a table beside the rows, whose header is in that row (F141)."""
        first, last = start + 1, start + sum(1 for each, number, _ in self._lines if each is table and number)
        amount = next(n for n, column in enumerate(table.columns) if column.name == "amount")
        pie = book.add_chart({"type": "pie"})
        pie.add_series({
            "categories": [sheet, first, self.first, last, self.first],
            "values": [sheet, first, self.first + amount, last, self.first + amount],
            "data_labels": {"category": True, "percentage": True, "separator": " ", "position": "outside_end",
                            "num_format": "0.0%"},
            "points": [{"fill": {"color": colour}} for colour in _COLOURS[: last - first + 1]],
        })  # fmt: skip
        title = say("{amount} by {parts}", amount=table.labels[amount], parts=table.labels[0])
        pie.set_title({"name": title, "name_font": {"size": 10}})
        pie.set_legend({"none": True})
        return pie
