"""Personal data is hidden here, in the one place that every answer passes (cli.md 1.6)."""

from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from custcli.grid import Column, Grid
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from custcli.services.journal import Revealing

_OPEN = {None, "", "none"}


def masked(ctx: Wishes, grids: Sequence[Grid]) -> list[Grid]:
    """The grids with personal values masked by the kind of their row; whole where revealed, which is noted first."""
    personal = [any(column.masks for column in grid.columns) for grid in grids]
    if ctx.reveal and any(personal):
        from custcli.services.journal import note_reveal

        note_reveal(cast("Revealing", ctx), sum(map(_count, grids)), grids[0].summary.get("code"))
    if ctx.reveal:
        return list(grids)
    return [replace(grid, rows=_rows(grid)) if hides else grid for grid, hides in zip(grids, personal, strict=True)]


def _count(grid: Grid) -> int:
    """How many rows will be shown; rows whose number nobody told are read for it."""
    if grid.count is None and not isinstance(grid.rows, Sized):
        grid.rows = list(grid.rows)
    return len(grid.rows) if isinstance(grid.rows, Sized) else grid.count or 0


def _rows(grid: Grid) -> Iterator[Sequence[object]]:
    masks: dict[str | None, list[tuple[int, str]]] = {}
    for row in grid.rows:
        kind = None if grid.mask_by is None else str(row[grid.mask_by])
        if kind not in masks:
            masks[kind] = [(place, how) for place, column in enumerate(grid.columns) if (how := _how(column, kind))]
        yield _masked_row(row, masks[kind]) if masks[kind] else row


def _how(column: Column, kind: str | None) -> str:
    masks: Mapping[str | None, str] = column.masks
    how = masks.get(kind, masks.get(None))
    return "" if how in _OPEN else str(how)


def _masked_row(row: Sequence[object], masks: list[tuple[int, str]]) -> list[object]:
    from custcli.domain.masking import mask

    cells = list(row)
    for place, how in masks:
        value = cells[place]
        if isinstance(value, list | tuple):
            cells[place] = [mask(item, how) for item in value]
        elif value is not None:
            cells[place] = mask(value, how)
    return cells
