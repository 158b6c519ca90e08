"""A report as one HTML file: chapters with key figures, tables and charts; nothing is loaded from anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from custcli import messages
from custcli.errors import UsageError
from custcli.grid import Chapter, Column, Grid, Kind, Stack
from custcli.messages import message, say
from custcli.views import say_done
from custcli.views.cells import RIGHT, for_people, visible
from custcli.views.charts import svg
from custcli.views.masked import masked
from custcli.views.wishes import Wishes
from custcli.wide import width

LONGEST_BAR = 6
"""In letters' widths."""
DARKEST = 0.5
"""The strength of the tint behind a whole share: dark letters can still be read on it."""
SLIM = 4
"""A table of so few columns does not take the whole page."""
ROWS_KEPT = 12
"""A table of so few rows stays on one page of paper."""
LONG = 24
"""Of a text that is wider, in a terminal's columns, so much at least stands in one line."""
WORDS = {Kind.CODE, Kind.DATE, Kind.TIME, Kind.TOKEN}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: how it is set, the length of the bar before it, the strength of the tint behind it."""

    text: str
    look: str = ""
    bar: float | None = None
    tint: float | None = None


def show_report(ctx: Wishes, chapters: Sequence[Chapter]) -> None:
    """Write the report to the file that the run names. UsageError: no file, one of another kind."""
    path = ctx.output or ""
    if ctx.format not in {None, "html"} or not path.endswith((".html", ".htm")):
        raise UsageError("A report is a page: -o FILE.html")
    from custcli.files.atomic import replacing

    text = _page(ctx, chapters)
    with replacing(path, force=ctx.force) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    say_done(ctx, message("Written: {path}", path=path))


def _page(ctx: Wishes, chapters: Sequence[Chapter]) -> str:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise UsageError("A report needs more packages: pip install 'custcli-dossier[report]'") from error

    source = resources.files("custcli.views").joinpath("report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(source).render(
        lang={"zh": "zh-CN"}.get(messages.language(), "en"),
        title=say("Customer report"),
        subtitle=say("As of {day}", day=ctx.day),
        contents=say("Contents"),
        nothing=say("(no rows)"),
        chapters=list(_told(ctx, chapters)),
    )


def _told(ctx: Wishes, chapters: Sequence[Chapter]) -> Iterator[dict[str, Any]]:
    """The chapters as the page wants them; they are masked together, so that a reveal is noted once."""
    ready = iter(masked(ctx, [grid for chapter in chapters for grid in chapter.grids]))
    for chapter in chapters:
        yield {
            "heading": str(chapter.heading),
            "under": str(chapter.figures.title) if chapter.figures and chapter.figures.title else "",
            "figures": _figures(chapter.figures) if chapter.figures else [],
            "tables": [_table(next(ready)) for _ in chapter.grids],
        }


def _figures(grid: Grid) -> list[tuple[str, str]]:
    row = next(iter(grid.rows))
    return [(say(column.label), _text(value, column)) for value, column in zip(row, grid.columns, strict=True)]


def _table(grid: Grid) -> dict[str, Any]:
    from markupsafe import Markup

    rows, drawn = list(grid.rows), grid.chart or grid.curve
    shown = [(place, column) for place, column in enumerate(grid.columns) if _telling(column, place, rows)]
    columns = [(place, column, _look(column, [row[place] for row in rows])) for place, column in shown]
    most = _most(rows) if isinstance(grid.chart, Stack) else 0
    return {
        "title": str(grid.title) if grid.title else "",
        "svg": Markup(svg(grid, rows)),  # noqa: S704 - drawn by the library, which escapes its texts
        "caption": str(drawn.title) if drawn else "",
        "heads": [{"text": say(column.label), "look": look} for _, column, look in columns],
        "rows": [[_cell(row[place], column, look, most) for place, column, look in columns] for row in rows],
        "slim": len(columns) <= SLIM,
        "keep": len(rows) <= ROWS_KEPT,
        "notes": [visible(str(note)) for note in grid.notes],
    }


def _telling(column: Column, place: int, rows: Sequence[Sequence[object]]) -> bool:
    """Whether a column is worth its room on a page: what is unknown in every row is not."""
    usual = column.usual or (() if column.blank else (None,))
    return not column.wide and (not rows or any(row[place] not in usual for row in rows))


def _most(rows: Sequence[Sequence[object]]) -> int:
    return max((value for row in rows for value in row if isinstance(value, int)), default=0)


def _cell(value: object, column: Column, look: str, most: int) -> Cell:
    """One cell; `most`: the greatest count of a table whose counts are tinted, else 0."""
    part = min(max(value, 0.0), 1.0) if column.kind is Kind.SHARE and isinstance(value, float) else None
    bar = round(part * LONGEST_BAR, 2) if column.bar and part is not None else None
    depth = value / most if most and isinstance(value, int) else part if column.heat else None
    tint = None if depth is None else round(depth * DARKEST, 3)
    return Cell(_text(value, column), look, bar, tint)


def _look(column: Column, values: Sequence[object]) -> str:
    """The class of a column's cells: figures stand right, what is one word is not broken, long texts have room."""
    if column.kind in RIGHT:
        return "n"
    if column.kind in WORDS:
        return "w"
    return "t" if any(width(_text(value, column)) > LONG for value in values) else ""


def _text(value: object, column: Column) -> str:
    return visible(for_people(value, column))
