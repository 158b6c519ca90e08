"""An answer as one web page: escaped, with nothing loaded from anywhere."""

from collections.abc import Iterator, Sequence
from html import escape

from custcli import messages
from custcli.grid import Grid
from custcli.messages import say
from custcli.views.cells import RIGHT, for_people, visible

_HEAD = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #ccc; padding: .3em .8em; text-align: left; white-space: pre-wrap; }}
.n {{ text-align: right; }}
</style>
</head>
<body>
"""


def html_text(grids: Sequence[Grid]) -> Iterator[str]:
    """A page with one table for each grid."""
    yield _HEAD.format(lang={"zh": "zh-CN"}.get(messages.language(), "en"), title=_text(_title(grids[0])))
    for grid in grids:
        yield from _section(grid)
    yield "</body>\n</html>\n"


def _section(grid: Grid) -> Iterator[str]:
    classes = [' class="n"' if column.kind in RIGHT else "" for column in grid.columns]
    yield f"<h1>{_text(_title(grid))}</h1>\n<table>\n"
    heads = (f"<th{css}>{_text(say(column.label))}</th>" for column, css in zip(grid.columns, classes, strict=True))
    yield f"<tr>{''.join(heads)}</tr>\n"
    for row in grid.rows:
        cells = zip(row, grid.columns, classes, strict=True)
        texts = (f"<td{css}>{_text(for_people(value, column))}</td>" for value, column, css in cells)
        yield f"<tr>{''.join(texts)}</tr>\n"
    yield "</table>\n" + "".join(f"<p>{_text(str(note))}</p>\n" for note in grid.notes)


def _title(grid: Grid) -> str:
    return str(grid.title) if grid.title else grid.command


def _text(text: str) -> str:
    return escape("\n".join(map(visible, text.split("\n"))))
