"""Charts as SVG, drawn by Vega-Lite without any network; the only place that knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from custcli import messages
from custcli.errors import UsageError
from custcli.grid import MOST_BARS, SCALE, Bars, Column, Curve, Grid, Kind, Pareto
from custcli.messages import say
from custcli.views.cells import for_people

INK = "#1f2937"
BLUE = "#1d4ed8"
PALE = "#a5c0f8"
"""Of bars that a line runs across."""
RED = "#b91c1c"
FONTS = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Zen Hei', sans-serif"
WIDTH, HEIGHT = 840, 260
STEP, WIDEST = 24, 80
"""The height of a bar that lies and the greatest width of one that stands, each with its gap."""


def svg(grid: Grid, rows: Sequence[Sequence[object]]) -> str:
    """The chart of a grid, whose rows have been read; none of bars that all are 0.

    UsageError where the drawing library is not installed.
    """
    chart = grid.chart or grid.curve
    if isinstance(chart, Curve):
        return _drawn(_curve(chart))
    if isinstance(chart, Pareto):
        return _drawn(_pareto(chart, grid, rows))
    if isinstance(chart, Bars):
        points = _points(grid, rows, {"name": chart.names, "amount": chart.bars})
        return _drawn(_bars(chart, grid, points)) if any(point["amount"] for point in points) else ""
    return ""


def _drawn(spec: Mapping[str, Any]) -> str:
    try:
        import vl_convert
    except ImportError as error:
        raise UsageError("Charts need one more package: pip install 'custcli-dossier[report]'") from error
    config = {
        "aria": False,  # a chart is one picture with one name
        "background": None,
        "font": FONTS,
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titlePadding": 12,
            "labelLimit": 120,
            "grid": True,
            "gridColor": "#e5e7eb",
        },
        "view": {"stroke": None},
        "padding": 16,  # the reader's letters may be wider than those that were measured
    }
    drawn: str = vl_convert.vegalite_to_svg({**spec, "config": config}, vl_version="5.20")
    return drawn


def _points(grid: Grid, rows: Sequence[Sequence[object]], names: Mapping[str, str]) -> list[dict[str, object]]:
    """The rows' values by the names given; amounts in yuan, other words as people read them."""
    at = {column.name: (place, column) for place, column in enumerate(grid.columns)}
    chosen = {name: at[column] for name, column in names.items()}
    return [
        {"n": number, **{name: _value(row[place], column) for name, (place, column) in chosen.items()}}
        for number, row in enumerate(rows[:MOST_BARS], 1)
    ]


def _value(value: object, column: Column) -> object:
    if isinstance(value, int) and column.kind in {Kind.MONEY, Kind.DECIMAL}:
        return value / SCALE
    return value if isinstance(value, int | float) else for_people(value, column)


def _width(points: Sequence[object]) -> int:
    """The width of a chart whose bars stand: few bars do not fill the page."""
    return min(WIDTH, max(2, len(points)) * WIDEST)


def _amounts() -> dict[str, object]:
    """The axis of amounts, which are written 20k, 3M; in Chinese 2万, 300万, 1.5亿."""
    if messages.language() != "zh":
        return {"labelExpr": "format(datum.value, '~s')", "tickCount": 6}
    units = ((1e8, "亿"), (1e4, "万"))
    large = (f"abs(datum.value) >= {unit} ? format(datum.value / {unit}, ',~f') + '{word}'" for unit, word in units)
    return {"labelExpr": f"{' : '.join(large)} : format(datum.value, ',~f')", "tickCount": 6}


def _whole(points: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Of an axis of counts: no more ticks than whole numbers."""
    most = max((point["amount"] for point in points), default=0)
    return {"tickCount": min(6, max(1, most))}


def _bars(chart: Bars, grid: Grid, points: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    shown = next(column for column in grid.columns if column.name == chart.bars)
    names = {"field": "name", "type": "nominal", "sort": None, "title": None}
    axis = {**_amounts(), **(_whole(points) if shown.kind is Kind.INTEGER else {})}
    amounts = {"field": "amount", "type": "quantitative", "title": say(shown.label), "axis": axis}
    upright = {"x": {**names, "axis": {"labelAngle": -40}}, "y": amounts}
    return {
        "width": _width(points) if chart.upright else WIDTH,
        "height": HEIGHT if chart.upright else {"step": STEP},
        "data": {"values": points},
        "mark": {"type": "bar", "color": BLUE},
        "encoding": upright if chart.upright else {"x": amounts, "y": {**names, "axis": {"labelLimit": 200}}},
    }


def _pareto(chart: Pareto, grid: Grid, rows: Sequence[Sequence[object]]) -> dict[str, Any]:
    values = _points(grid, rows[: chart.count], {"x": chart.names, "y": chart.bars, "share": chart.line})
    label = next(say(column.label) for column in grid.columns if column.name == chart.bars)
    running = next(say(column.label) for column in grid.columns if column.name == chart.line)
    across = {"field": "n", "type": "ordinal", "title": say("Rank"), "axis": {"labelAngle": 0, "labelOverlap": True}}
    up = {"type": "quantitative", "scale": {"domain": [0, 1]}, "title": running, "axis": {"format": ".0%"}}
    bars = {
        "mark": {"type": "bar", "color": PALE},
        "encoding": {"y": {"field": "y", "type": "quantitative", "title": label, "axis": _amounts()}},
    }
    line = {
        "mark": {"type": "line", "color": RED, "point": {"color": RED, "size": 16}},
        "encoding": {"y": {"field": "share", **up}},
    }
    level = {
        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 4]},
        "encoding": {"y": {"datum": chart.mark, **up}, "x": None},
    }
    shares = {"layer": [line, level]}
    return {
        "width": _width(values),
        "height": HEIGHT,
        "data": {"values": values},
        "encoding": {"x": across},
        "layer": [bars, shares],
        "resolve": {"scale": {"y": "independent"}},
    }


def _curve(chart: Curve) -> dict[str, Any]:
    axis = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": ".0%"}}
    diagonal = [{"x": end, "y": end} for end in (0, 1)]
    return {
        "width": HEIGHT + 80,
        "height": HEIGHT + 80,
        "encoding": {
            "x": {"field": "x", "title": str(chart.across), **axis},
            "y": {"field": "y", "title": str(chart.up), **axis},
        },
        "layer": [
            {"data": {"values": diagonal}, "mark": {"type": "line", "color": "#6b7280", "strokeDash": [4, 4]}},
            {"data": {"values": [{"x": x, "y": y} for x, y in chart.points]}, "mark": {"type": "line", "color": BLUE}},
        ],
    }
