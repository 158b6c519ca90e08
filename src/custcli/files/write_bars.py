"""Bars beside a sheet's rows, and tints behind shares, as the spreadsheet itself draws them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.grid import MOST_BARS, Bars

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from custcli.files.write_book import SheetOut

_BLUE = "#4472C4"
_SMALL = {"size": 8}
_WIDTH, _HEIGHT, _STEP = 640, 320, 24
_AROUND = 110
"""Pixels for the title and the axis of a chart whose bars lie."""
_PALE = "#FFFFFF"


@dataclass(frozen=True)
class BarsOut:
    """A chart of bars, in words of the reader's language."""

    bars: Bars
    title: str


def insert_bars(book: "Workbook", page: "Worksheet", out: "SheetOut", cells: tuple[int, int, int], at: int) -> None:
    """Draw the chart of a table; `cells`: the row of its header, its first column, its rows; `at`: where it begins.

    It stands in the row of the header, or below the table where this is where the table begins.
    """
    top, left, rows = cells
    if out.bars is None or not rows:
        return
    place = (top + rows + 2, at) if at == left else (top, at)
    page.insert_chart(*place, _chart(book, page.get_name(), out, cells))


def _chart(book: "Workbook", sheet: str, out: "SheetOut", cells: tuple[int, int, int]) -> Any:
    assert out.bars is not None  # noqa: S101 - asked of such sheets only
    top, left, rows = cells
    wanted, count = out.bars.bars, min(rows, MOST_BARS)
    names, bars = (
        left + next(n for n, column in enumerate(out.columns) if column.name == name)
        for name in (wanted.names, wanted.bars)
    )
    chart = book.add_chart({"type": "column" if wanted.upright else "bar"})
    chart.add_series({
        "name": out.labels[bars - left],
        "categories": [sheet, top + 1, names, top + count, names],
        "values": [sheet, top + 1, bars, top + count, bars],
        "gap": 30,
        "fill": {"color": _BLUE},
    })  # fmt: skip
    chart.set_title({"name": out.bars.title, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    amounts = {"num_format": "#,##0", "num_font": _SMALL, "major_gridlines": grid}
    if wanted.upright:
        chart.set_x_axis({"num_font": {"size": 8, "rotation": -45}})
        chart.set_y_axis(amounts)
    else:
        chart.set_y_axis({"num_font": _SMALL, "reverse": True, "major_gridlines": {"visible": False}})  # first on top
        chart.set_x_axis({**amounts, "label_position": "high"})
    chart.set_size({"width": _WIDTH, "height": _HEIGHT if wanted.upright else _AROUND + _STEP * count})
    return chart


def tint(page: "Worksheet", out: "SheetOut", rows: int) -> None:
    """Tint the cells of the columns that want it from white, nothing, to blue, the whole."""
    for place, column in enumerate(out.columns):
        if column.heat and rows:
            page.conditional_format(1, place, rows, place, {
                "type": "2_color_scale", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1,
                "min_color": _PALE, "max_color": "#8EA9DB",
            })  # fmt: skip
