"""What an import came to, as it is told: a row for each sheet, notes, rejects, the sentence at the end (cli.md 5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from custcli.errors import PartialError, RefusedError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.sheet_report import Rejected, SheetReport

SHOWN = 20
"""So many rejects are told on the screen; all of them are in json and in the reject workbook."""
DIFFERS = "differs from row {row}, which is the same record"
TWICE = "is the same record as row {row}, with other values"
"""Reasons of rejects after which advice is given."""
WARNED = 5
"""So many cells are named with each warning."""


@dataclass(frozen=True)
class Wanted:
    """What the user asks of an import; names as the options of cli.md 5."""

    files: Sequence[str]
    form: str | None = None
    sheet: str | None = None
    match: str | None = None
    on_existing: str = "update"
    on_error: str = "abort"
    clear_blanks: bool = False
    create_customers: bool = False
    constants: Sequence[str] = ()
    strict: bool = False
    dry_run: bool = False
    rejects: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    profile: str | None = None
    headings: Sequence[str] = ()
    columns: str | None = None


@dataclass
class Report:
    """What an import came to: its sheets, its change (None where nothing was written), what was not taken."""

    wanted: Wanted
    sheets: list[SheetReport]
    files: int
    change: int | None = None
    customers: int = 0
    returns: int = 0
    differing: int = 0
    refused: bool = False
    reject_file: str | None = None
    notes: list[Message] = field(default_factory=list)

    @property
    def rejects(self) -> list[Rejected]:
        """All rejects, in the order of the sheets and rows."""
        return [each for sheet in self.sheets for each in sorted(sheet.rejects, key=lambda r: (r.row, r.column or 0))]

    def total(self, name: str) -> int:
        """A count over all sheets."""
        return sum(int(getattr(sheet, name)) for sheet in self.sheets)

    @property
    def warnings(self) -> list[Rejected]:
        """Doubtful values that were taken, in the order of the sheets."""
        return [each for sheet in self.sheets for each in sheet.warnings]


COLUMNS = (
    Column("file", "File"),
    Column("sheet", "Sheet"),
    Column("form", "Form"),
    Column("layout", "Layout", wide=True),
    Column("rows", "Rows", Kind.INTEGER),
    Column("read", "Read", Kind.INTEGER),
    Column("new", "New", Kind.INTEGER),
    Column("changed", "Changed", Kind.INTEGER),
    Column("unchanged", "Unchanged", Kind.INTEGER),
    Column("rejected", "Rejected", Kind.INTEGER),
    Column("left_over", "Left over", Kind.INTEGER),
    Column("skipped_totals", "Totals skipped", Kind.INTEGER, wide=True),
    Column("not_taken", "Not taken", Kind.INTEGER, wide=True),
    Column("rounded", "Rounded", Kind.INTEGER, wide=True),
)
COUNTS = ("rows", "read", "new", "changed", "unchanged", "rejected", "skipped_totals", "not_taken", "rounded")


def grid(report: Report) -> Grid:
    """A row for each sheet, the totals in the summary, and under `rejects` what was not taken."""
    summary: dict[str, object] = {"change": report.change, "files": report.files, "sheets": len(report.sheets)}
    summary |= {name: report.total(name) for name in COUNTS}
    summary["left_over"] = [
        {"file": sheet.file, "sheet": sheet.sheet, "cell": cell, "text": text}
        for sheet in report.sheets
        for cell, text in sheet.left_over
    ]
    summary |= {"customers_created": report.customers, "reject_file": report.reject_file}
    rows = [_row(sheet) for sheet in report.sheets]
    extra = {"rejects": _rejects(report), "warnings": [_cell(each) for each in report.warnings]}
    labels = {sheet.form.name: sheet.form.label for sheet in report.sheets if sheet.form}
    columns = [replace(c, kind=Kind.TOKEN, labels=labels) if c.name == "form" else c for c in COLUMNS]
    return Grid("import", columns, rows, summary, notes=_notes(report), extra=extra)


def _row(sheet: SheetReport) -> list[object]:
    form = sheet.form.name if sheet.form else None
    values: dict[str, object] = {"file": sheet.file, "sheet": sheet.sheet, "form": form, "layout": sheet.layout}
    values["left_over"] = len(sheet.left_over)
    return [values[c.name] if c.name in values else getattr(sheet, c.name) for c in COLUMNS]


def _rejects(report: Report) -> list[dict[str, object]]:
    refused: list[dict[str, object]] = [
        {"file": s.file, "sheet": s.sheet, "cell": None, "field": None, "value": None, "reason": str(s.refused)}
        for s in report.sheets
        if s.refused
    ]
    return refused + [_cell(each) for each in report.rejects]


def _cell(each: Rejected) -> dict[str, object]:
    return {
        "file": each.file,
        "sheet": each.sheet,
        "cell": each.cell,
        "field": each.field.name if each.field else None,
        "value": None if each.value is None else str(each.value),
        "reason": str(each.reason),
    }


def _notes(report: Report) -> list[Message]:
    notes = [*report.notes, *(note for sheet in report.sheets for note in sheet.notes)]
    if report.returns:
        notes.append(message("returns with a positive amount, counted negative: {count}", count=report.returns))
    if report.differing:
        notes.append(message("amounts that differ from their lines, kept as stated: {count}", count=report.differing))
    if report.customers:
        notes.append(message("customers created on the way: {count}", count=report.customers))
    for name, text in _COUNTED.items():
        if count := report.total(name):
            notes.append(message(text, count=count))
    notes += _warned(report.warnings)
    notes += _left_over(report.sheets)
    return notes if report.refused else [*notes, _end(report)]


def _left_over(sheets: Sequence[SheetReport]) -> list[Message]:
    return [
        message("{place}: left over: {cells}", place=_place(sheet.file, sheet.sheet), cells=_cells(sheet.left_over))
        for sheet in sheets
        if sheet.left_over
    ]


def _cells(left_over: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{cell} {text}".strip() for cell, text in left_over[:SHOWN])


def _warned(warnings: Sequence[Rejected]) -> list[Message]:
    """How many doubtful values were taken, for each reason, and where the first of them stand."""
    reasons: dict[str, list[Rejected]] = {}
    for each in warnings:
        reasons.setdefault(told_reason(each), []).append(each)
    return [
        message(
            "taken with a warning: {reason} ({count}: {cells})",
            reason=reason,
            count=len(found),
            cells=", ".join(each.cell for each in found[:WARNED]) + (" …" if len(found) > WARNED else ""),
        )
        for reason, found in reasons.items()
    ]


_COUNTED = {
    "skipped_totals": "total rows skipped: {count}",
    "not_taken": "columns known but not taken: {count}",
    "rounded": "amounts rounded to four decimals of a yuan: {count}",
}


def _end(report: Report) -> Message:
    if report.wanted.dry_run:
        return message("dry run: nothing was written")
    if report.change is None and not any(sheet.read for sheet in report.sheets):
        return message("nothing was read")
    if report.change is None:
        return message("nothing changed: all of it was here already")
    return message("change {change}: custcli undo {change} takes it back", change=report.change)


def _place(file: str, sheet: str) -> str:
    return f"{file}, {sheet}" if sheet else file


def conclude(report: Report) -> None:
    """End with the exit code: RefusedError where nothing was written, PartialError where rows were left out."""
    lines = [f"{_place(s.file, s.sheet)}: {s.refused}" for s in report.sheets if s.refused]
    rejects = report.rejects
    lines += [
        f"{_place(each.file, each.sheet)} {each.cell}: {told_reason(each)}{_said(each)}" for each in rejects[:SHOWN]
    ]
    if len(rejects) > SHOWN:
        lines.append(str(message("… {count} more", count=len(rejects) - SHOWN)))
    if report.refused:
        doubtful = [sheet for sheet in report.sheets if sheet.bad_rows or report.wanted.strict]
        lines += [str(note) for sheet in doubtful for note in sheet.notes]
        lines += [str(note) for note in _left_over(doubtful)]
        lines += [str(note) for sheet in doubtful for note in _advice(sheet)]
        if any(s.refused for s in report.sheets) and any(not s.refused for s in report.sheets):
            lines.append(str(message("--sheet NAME reads one sheet; --on-error skip passes over what no form fits")))
        elif rejects and report.total("read") > report.total("rejected") > 0 and not report.wanted.strict:
            lines.append(str(message("--on-error skip takes the other rows and keeps these in a workbook")))
        raise RefusedError("nothing was imported:\n{lines}", lines="\n".join(lines))
    if rejects or lines:
        if report.reject_file:
            lines.append(str(message("rows not taken are in {file}", file=report.reject_file)))
        if not any(sheet.read for sheet in report.sheets):
            raise RefusedError("nothing was imported:\n{lines}", lines="\n".join(lines))
        raise PartialError("rows not taken: {count}\n{lines}", count=report.total("rejected"), lines="\n".join(lines))


def _advice(sheet: SheetReport) -> Iterator[Message]:
    """What may be said about columns that no row of the sheet has, and about numbers that several records share."""
    place = _place(sheet.file, sheet.sheet)
    lacking = [each.field.name for each in sheet.rejects if each.field and each.column is None]
    for name in dict.fromkeys(lacking):
        if sheet.form and sheet.layout == "table" and name not in sheet.columns:
            yield message(
                "{place}: no column is read as {field}: --map HEADING={field} names one, "
                "--set {field}=VALUE states it for every row",
                place=place, field=name,
            )  # fmt: skip
            if any(name in either and f"{sheet.form.rows}.{name}" in either for either in sheet.form.any_of):
                yield message("{place}: if another file has its lines, import both together", place=place)
    differing = [each.field.label for each in sheet.rejects if each.field and each.reason.text == DIFFERS]
    if differing:
        yield message(
            "{place}: rows with one number are one record, and some differ in {fields}: --map HEADING= passes a column "
            "over; without the number's, rows that agree in all but their lines are one",
            place=place, fields=", ".join(dict.fromkeys(differing)),
        )  # fmt: skip
    if sheet.form and sheet.form.rows and any(each.reason.text == TWICE for each in sheet.rejects):
        yield message(
            "{place}: where rows are parts of one record, --map HEADING={rows}.amount makes them its lines",
            place=place, rows=sheet.form.rows,
        )  # fmt: skip


def told_reason(reject: Rejected) -> str:
    """The field and what is wrong with it."""
    return f"{reject.field.label}: {reject.reason}" if reject.field else str(reject.reason)


def _said(reject: Rejected) -> str:
    return f" ({reject.value})" if reject.value is not None else ""
