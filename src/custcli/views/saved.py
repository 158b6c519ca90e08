"""An answer into a file: a workbook, Parquet, one document or table; or into a folder, a file for each table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.errors import UsageError
from custcli.grid import Bars, Column, Grid, Kind, Pareto, Stack
from custcli.messages import say
from custcli.views.cells import for_machines, for_people
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from custcli.files.write_bars import BarsOut
    from custcli.files.write_beside import ChartOut
    from custcli.files.write_book import SheetOut

COMPUTED = "computed"
"""Where answers lie in a folder of records: import looks at the files right inside alone."""
_WITH_MARK = {"csv", "tsv"}
_FOR_DATA = {*_WITH_MARK, "json", "jsonl"}


def save(ctx: Wishes, grids: Sequence[Grid]) -> None:
    """Write masked grids to the file or folder that the run names, whole or not at all."""
    from custcli.files.atomic import replacing, replacing_folder

    path = str(ctx.output)
    if ctx.into_folder:
        with replacing_folder(path, force=ctx.force) as folder:
            for grid in grids:
                _write(ctx, [grid], _file(folder, grid, str(ctx.format)))
        return
    with replacing(path, force=ctx.force) as part:
        _write(ctx, grids, part)


def _file(folder: Path, grid: Grid, ending: str) -> Path:
    inside = folder if grid.records else folder / COMPUTED
    inside.mkdir(mode=0o700, exist_ok=True)
    return inside / f"{grid.file or grid.command}.{ending}"


def _write(ctx: Wishes, grids: Sequence[Grid], path: Path) -> None:
    from custcli.views.texts import chunks

    if ctx.format == "xlsx":
        from custcli.files.write_book import write_sheets

        write_sheets(path, [*map(_sheet, grids), *_notes(grids)])
    elif ctx.format == "parquet":
        _parquet(ctx, grids, path)
    else:
        mark = ctx.format in _WITH_MARK
        with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="\n") as file:
            file.writelines(chunks(ctx, grids, ctx.format or "table"))


def _parquet(ctx: Wishes, grids: Sequence[Grid], path: Path) -> None:
    from custcli.files.write_parquet import write_parquet

    if len(grids) != 1:
        raise UsageError("Several tables need a workbook or a folder: -o FILE.xlsx, -o NAME/")
    hidden = [not ctx.reveal and bool(column.masks) for column in grids[0].columns]
    columns = [
        replace(column, kind=Kind.TEXT) if hides and column.kind is not Kind.LIST else column
        for column, hides in zip(grids[0].columns, hidden, strict=True)
    ]
    write_parquet(path, columns, _as_texts(grids[0], columns))


def _as_texts(grid: Grid, columns: Sequence[Column]) -> Iterator[Sequence[object]]:
    """Rows in which columns that are masked somewhere are texts everywhere."""
    changed = [n for n, (old, new) in enumerate(zip(grid.columns, columns, strict=True)) if old is not new]
    for row in grid.rows:
        cells = list(row)
        for n in changed:
            cells[n] = None if cells[n] is None else for_machines(cells[n], grid.columns[n])
        yield cells


def _sheet(grid: Grid) -> "SheetOut":
    from custcli.files.write_book import SheetOut

    heading = str(grid.title or "")
    return SheetOut(
        str(grid.sheet or grid.title or grid.command),
        grid.columns,
        [say(column.label) for column in grid.columns],
        _worded(grid),
        answer=not grid.records,
        count=grid.count,
        heading=heading,
        beside=[_sheet(table) for table in grid.beside],
        chart=_chart(grid),
        bars=_bars(grid),
    )


def _bars(grid: Grid) -> "BarsOut | None":
    from custcli.files.write_bars import BarsOut

    return BarsOut(grid.chart, str(grid.chart.title)) if isinstance(grid.chart, Bars | Stack) else None


def _chart(grid: Grid) -> "ChartOut | None":
    from custcli.files.write_beside import ChartOut

    wanted = grid.chart
    if not isinstance(wanted, Pareto):
        return None
    return ChartOut(wanted, str(wanted.title), say("{share} % line", share=f"{wanted.mark * 100:g}"))


def _notes(grids: Sequence[Grid]) -> "Iterator[SheetOut]":
    """A last sheet with headings and notes, which belong to no cell of a table; import passes it over."""
    from custcli.files.write_book import SheetOut

    told = [(grid, note) for grid in grids if grid.notes for note in (grid.title, *grid.notes) if note]
    rows = [[str(grid.sheet or grid.title or grid.command), str(note)] for grid, note in told]
    if rows:
        columns = [Column("sheet", "Sheet"), Column("note", "Note")]
        yield SheetOut(say("Notes"), columns, [say(column.label) for column in columns], rows, answer=True)


def _worded(grid: Grid) -> Iterator[Sequence[object]]:
    """The rows with the words that people read in place of flags; the workbook knows all other kinds."""
    flags = [(place, column) for place, column in enumerate(grid.columns) if column.kind is Kind.FLAG]
    for row in grid.rows:
        yield _with_words(row, flags) if flags else row


def _with_words(row: Sequence[object], flags: Iterable[tuple[int, Column]]) -> list[object]:
    cells = list(row)
    for place, column in flags:
        cells[place] = for_people(cells[place], column) or None
    return cells
