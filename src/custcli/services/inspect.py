"""What import would recognise in a file: sheets, forms and their scores, every heading and what becomes of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from custcli.domain.cells import Fault, address, column_letters
from custcli.domain.forms import Form
from custcli.domain.layout import Placed, Recognition
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.forms import answered, recognised
from custcli.services.intake import HEAD
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.files.sheet import Sheet

ROLES = {
    "column": "column",
    "above": "above the heading",
    "value": "value on a card",
    "left over": "left over",
    "not taken": "known, not taken",
    "problem": "problem",
}
COLUMNS = (
    Column("file", "File", wide=True),
    Column("sheet", "Sheet"),
    Column("cell", "Cell"),
    Column("text", "Text"),
    Column("role", "Role", Kind.TOKEN, labels=ROLES),
    Column("field", "Field", Kind.CODE),
    Column("label", "Label"),
    Column("cells", "Cells", Kind.LIST),
    Column("remark", "Remark"),
)

TOGETHER = 1000
"""So many rows are counted together, column by column."""
PASSED_OVER = "figures that custcli computed; import passes them over"


@dataclass(frozen=True)
class Seen:
    """A sheet as recognised; `kinds` counts the kinds of cells below the heading, column by column."""

    file: str
    sheet: str
    found: Recognition
    kinds: Mapping[int, Counter[str]]
    rows: int


def inspect(
    paths: Sequence[str],
    forms: Mapping[str, Form],
    settings: Settings,
    *,
    only: Form | None = None,
    columns: Sequence[str] = (),
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Grid:
    """A row for every heading, cell above it, left-over cell and problem; sheets and scores in the summary."""
    from custcli.files.folder import expand
    from custcli.files.read import open_book

    seen: list[Seen] = []
    files: list[dict[str, object]] = []
    notes: list[Message] = []
    for path in expand(paths):
        with open_book(path, limits=settings.read, encoding=encoding, delimiter=delimiter) as book:
            seen += [_seen(sheet, forms, only, columns) for sheet in book.sheets() if sheet.visible]
            known = ("format", "encoding", "delimiter", "sha256")
            files.append({"file": book.name} | {name: getattr(book, name) or None for name in known})
            notes += book.warnings
    notes += [note for each in seen for note in _notes(each)]
    summary = {"files": files, "sheets": [_summary(each) for each in seen]}
    return Grid("inspect", COLUMNS, [row for each in seen for row in _rows(each)], summary, notes=notes)


def _seen(sheet: "Sheet", forms: Mapping[str, Form], only: Form | None, columns: Sequence[str]) -> Seen:
    head = list(islice(sheet.rows, HEAD))
    ours = answered(head, sheet)
    found = Recognition(refused=message(PASSED_OVER)) if ours else recognised(head, sheet, forms, only, columns)
    first = found.table.first_row if found.table else 0
    rows = islice(chain(head, sheet.rows), first, None)
    types: dict[int, Counter[type]] = {}
    count = 0
    while some := list(islice(rows, TOGETHER)):
        count += sum(map(bool, some))
        for column, values in enumerate(zip_longest(*some)):
            types.setdefault(column, Counter()).update(map(type, values))
    return Seen(sheet.file, sheet.name, found, {column: _kinds(each) for column, each in types.items()}, count)


def _kinds(types: Mapping[type, int]) -> Counter[str]:
    """How many cells of each kind, by their types; blank ones are none."""
    kinds: Counter[str] = Counter()
    for each, count in types.items():
        if each is not type(None):
            kinds[_kind(each)] += count
    return kinds


def _kind(each: type) -> str:
    if issubclass(each, Fault):
        return "error"
    if issubclass(each, date):
        return "date"
    return "number" if issubclass(each, int | float) else "text"


def _rows(seen: Seen) -> Iterator[list[object]]:
    table = seen.found.table
    if table is None:
        yield from _card_rows(seen)
        return
    for placed in table.columns:
        yield _row(seen, table.heading_row, placed.index, placed.heading, "column", placed)
    for placed, _, row, column in table.fixed:
        if row < table.heading_row:
            yield _row(seen, row, column, placed.heading, "above", placed)
    for placed in table.not_taken:
        yield _row(seen, table.heading_row, placed.index, placed.heading, "not taken", placed)
    for left in table.left_over:
        yield _row(seen, left.row, left.column, left.text, "left over", None)
    for row, column, reason in table.problems:
        yield _row(seen, row, column, "", "problem", None, reason)


def _card_rows(seen: Seen) -> Iterator[list[object]]:
    """Of each card the cell of every value, also where it is blank; values themselves are never shown."""
    for card in seen.found.cards.cards if seen.found.cards else ():
        for placed, value, row, column in sorted(card.values.values(), key=lambda each: each[2:]):
            shown = _row(seen, row, column, placed.heading, "value", placed)
            yield [*shown[:-2], [] if value is None else [_kind(type(value))], shown[-1]]
        for placed in card.not_taken:
            yield _row(seen, *(placed.at or (card.top, 0)), placed.heading, "not taken", placed)
        for left in card.left_over:
            yield _row(seen, left.row, left.column, left.text, "left over", None)
        for row, column, reason in card.problems:
            yield _row(seen, row, column, "", "problem", None, reason)


def _row(
    seen: Seen, row: int, column: int, text: str, role: str, placed: Placed | None, remark: Message | None = None
) -> list[object]:
    path = placed.path if placed else None
    label = placed.field.label if placed else None
    counted: Mapping[str, int] = seen.kinds.get(column, {}) if seen.found.table and role != "above" else {}
    cells = [f"{kind} {count}" for kind, count in sorted(counted.items())]
    said = str(remark) if remark else None
    cell = address(row, column) if row >= 0 else column_letters(column)
    return [seen.file, seen.sheet, cell, text, role, path, label, cells, said]


def _summary(seen: Seen) -> dict[str, object]:
    table, cards = seen.found.table, seen.found.cards
    form = table.form.name if table else cards.form.name if cards else None
    return {
        "file": seen.file,
        "sheet": seen.sheet,
        "form": form,
        "layout": "table" if table else "card" if cards else None,
        "header_row": table.heading_row + 1 if table else None,
        "cards": len(cards.cards) if cards else None,
        "rows": seen.rows,
        "refused": str(seen.found.refused) if seen.found.refused else None,
        "scores": [
            {
                "form": s.form,
                "layout": s.layout,
                "found": s.found,
                "cover": round(s.cover, 4),
                "score": round(s.score, 4),
            }
            for s in seen.found.scores
        ],
    }


def _notes(seen: Seen) -> Iterable[Message]:
    place = f"{seen.file}, {seen.sheet}" if seen.sheet else seen.file
    table, cards = seen.found.table, seen.found.cards
    if table:
        yield message(
            "{place}: {form}, table, heading in row {row}, rows below: {rows}",
            place=place,
            form=table.form.label,
            row=table.heading_row + 1,
            rows=seen.rows,
        )
    elif cards:
        yield message(
            "{place}: {form}, cards: {count}, of them filled: {filled}",
            place=place,
            form=cards.form.label,
            count=len(cards.cards),
            filled=len(cards.records),
        )
    else:
        yield message("{place}: {reason}", place=place, reason=seen.found.refused or "")
        return
    scores = ", ".join(f"{s.form} {s.layout} {s.score:.1f}" for s in seen.found.scores[:4])
    yield message("scores: {scores}", scores=scores)
    yield from seen.found.notes
