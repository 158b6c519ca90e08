"""An answer of another command with other columns, another order, or fewer rows, as export wants it (cli.md 4)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from custcli import messages
from custcli.domain.readers import fold
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Pareto
from custcli.services.records import more, named_fields

if TYPE_CHECKING:
    from custcli.services.export import Asked


def shaped(grid: Grid, asked: "Asked") -> Grid:
    """The grid sorted, cut and with the columns asked for. UsageError: no such column."""
    if asked.sort:
        grid = replace(grid, rows=_sorted(grid, asked.sort), chart=None)
    if asked.limit:
        grid = _cut(grid, asked.limit)
    return _chosen(grid, asked.columns) if asked.columns else grid


def _sorted(grid: Grid, sort: str) -> list[Sequence[object]]:
    """Rows in another order; what is unknown comes last, whichever way is sorted; the rest as it was."""
    rows = list(grid.rows)
    for name in reversed(named_fields(sort)):
        place = _place(grid.columns, name.removeprefix("-"))
        known = [row for row in rows if row[place] is not None]
        unknown = [row for row in rows if row[place] is None]
        by_value: Callable[[Sequence[Any]], Any] = itemgetter(place)
        known.sort(key=by_value, reverse=name.startswith("-"))
        rows = [*known, *unknown]
    return rows


def _cut(grid: Grid, limit: int) -> Grid:
    rows = iter(grid.rows)
    kept = list(islice(rows, limit))
    left = sum(1 for _ in rows)
    return replace(grid, rows=kept, count=len(kept), notes=[*grid.notes, *more(left)])


def _chosen(grid: Grid, columns: str) -> Grid:
    """Some of the columns, in the order named; that of the kinds by which names are masked stays."""
    places = list(dict.fromkeys(_place(grid.columns, name) for name in named_fields(columns)))
    kept = [*places, *([grid.mask_by] if grid.mask_by is not None and grid.mask_by not in places else [])]
    names = {grid.columns[place].name for place in kept}
    chart = grid.chart
    drawn = isinstance(chart, Pareto) and {chart.names, chart.bars, chart.line} <= names
    return replace(
        grid,
        columns=[grid.columns[place] for place in kept],
        rows=_picked(grid.rows, kept),
        mask_by=None if grid.mask_by is None else kept.index(grid.mask_by),
        chart=chart if drawn else None,
    )


def _picked(rows: Iterable[Sequence[object]], places: Sequence[int]) -> Iterator[list[object]]:
    for row in rows:
        yield [row[place] for place in places]


def _place(columns: Sequence[Column], name: str) -> int:
    """The column of this key, or of this label in either language."""
    for place, column in enumerate(columns):
        if fold(name) in {fold(text) for text in (column.name, *messages.every(column.label))}:
            return place
    known = ", ".join(column.name for column in columns)
    raise UsageError("{field}: no such column; there are: {known}", field=name, known=known)
