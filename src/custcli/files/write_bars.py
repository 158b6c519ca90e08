"""Bars beside a sheet's rows, and tints behind shares, as the spreadsheet itself draws them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.grid import MOST_BARS, Bars, Stack

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
_SHADES = ("#DEEBF7", "#BDD7EE", "#9DC3E6", "#4472C4", "#1F4E79")


@dataclass(frozen=True)
class BarsOut:
    """A chart of bars, in words of the reader's language."""

    bars: Bars | Stack
    title: str


def insert_bars(
    book: "Workbook", page: "Worksheet", out: "SheetOut", cells: tuple[int, int, int], at: tuple[int, int]
) -> int:
    """Draw the chart of a table; `cells`: the row of its header, its first column, its rows; `at`: row and column.

    How many pixels it is high: 0 without one.
    """
    if out.bars is None or not cells[2]:
        return 0
    wanted, sheet = out.bars.bars, page.get_name()
    if isinstance(wanted, Stack):
        _tint_block(page, out, cells)
        chart = _stack(book, sheet, out, cells)
    else:
        chart = _chart(book, sheet, out, cells, wanted)
    page.insert_chart(*at, chart)
    return int(chart.height)


def _tint_block(page: "Worksheet", out: "SheetOut", cells: tuple[int, int, int]) -> None:
    top, left, rows = cells
    page.conditional_format(top + 1, left + 1, top + rows, left + len(out.columns) - 1, {
        "type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": _PALE, "max_color": "#8EA9DB",
    })  # fmt: skip


def _stack(book: "Workbook", sheet: str, out: "SheetOut", cells: tuple[int, int, int]) -> Any:
    """A bar for each row, in pieces from pale to dark."""
    top, left, rows = cells
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for place, label in enumerate(out.labels[1:], left + 1):
        chart.add_series({
            "name": label,
            "categories": [sheet, top + 1, left, top + rows, left],
            "values": [sheet, top + 1, place, top + rows, place],
            "gap": 40,
            "fill": {"color": _SHADES[(place - left - 1) % len(_SHADES)]},
        })  # fmt: skip
    chart.set_title({"name": out.bars.title if out.bars else "", "name_font": {"size": 11}})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"num_font": _SMALL})
    lines = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_y_axis({"num_format": "#,##0", "num_font": _SMALL, "major_gridlines": lines})
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    return chart


def _chart(book: "Workbook", sheet: str, out: "SheetOut", cells: tuple[int, int, int], wanted: Bars) -> Any:
    top, left, rows = cells
    count = min(rows, MOST_BARS)
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
    chart.set_title({"name": out.bars.title if out.bars else "", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    amounts = {"num_format": "#,##0", "num_font": _SMALL, "major_gridlines": grid}
    if wanted.upright:
        chart.set_x_axis({"num_font": {"size": 8, "rotation": -45}})
        chart.set_y_axis(amounts)
    else:
        first_on_top = {"reverse": True, "crossing": "max"}
        chart.set_y_axis({"num_font": _SMALL, "major_gridlines": {"visible": False}, **first_on_top})
        chart.set_x_axis(amounts)
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
