"""Import: read every sheet, decide every row, write once (cli.md 5). read = new + changed + unchanged + rejected, always."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.errors import PartialError, RefusedError, UnknownError, UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services import writing
from custcli.services.intake import How, Intake, Rejected, SheetReport
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.db import Author, Database
    from custcli.db.match import Reject
    from custcli.files.sheet import Sheet
    from custcli.files.write_rejects import RejectedRow

SHOWN = 20
"""So many rejects are told on the screen; all of them are in json and in the reject workbook."""


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


def forms_by_name(forms: Mapping[str, Form], name: str) -> Form:
    """A form by its English name, its label or another of its titles; UnknownError names the nearest."""
    from difflib import get_close_matches

    from custcli.domain.readers import fold

    words = {fold(word): form for form in forms.values() for word in (form.name, form.zh, form.en, *form.also)}
    found = words.get(fold(name))
    if found is None:
        near = get_close_matches(name, [*forms, *(form.zh for form in forms.values())], n=1, cutoff=0.4)
        known = ", ".join(forms)
        if near:
            raise UnknownError("no form {name}; did you mean {near}?", name=name, near=near[0])
        raise UnknownError("no form {name}; there are {known}", name=name, known=known)
    return found


def form_or_none(forms: Mapping[str, Form], name: str | None) -> Form | None:
    """The form that was named, if any was."""
    return forms_by_name(forms, name) if name else None


def run(  # noqa: PLR0913
    database: "Database",
    wanted: Wanted,
    forms: Mapping[str, Form],
    settings: Settings,
    author: "Author",
    *,
    today: date,
    day: date,
    advance: Callable[[int], None] = lambda _: None,
) -> Report:
    """Import the files as one change; nothing is written in a dry run or where rows are refused under `abort`."""
    from custcli.files.folder import expand

    if wanted.rejects and Path(wanted.rejects).exists():
        raise RefusedError("{file} exists already", file=wanted.rejects)
    paths = expand(wanted.files)
    only = form_or_none(forms, wanted.form)
    how = How(forms, only, wanted.constants, today, day, strict=wanted.strict, clear=wanted.clear_blanks)
    with database.staging() as connection:
        intake = Intake(connection, how, advance)
        report = Report(wanted, intake.reports, len(paths))
        for path in paths:
            _take(intake, path, wanted, settings, report)
        _unused(report)
        outcome = _write(database, intake, wanted, settings, author, report, today=today, day=day)
    report.change = outcome.change
    report.returns = outcome.returns
    report.differing = outcome.differing
    report.customers = outcome.totals["customers"]
    report.refused = _refuses(report)
    if any(sheet.bad_rows for sheet in report.sheets) and not report.refused and not wanted.dry_run:
        report.reject_file = _keep_rejects(report, wanted, settings)
    return report


def _take(intake: Intake, path: str | Path, wanted: Wanted, settings: Settings, report: Report) -> None:
    from custcli.files.read import open_book

    def again() -> "Iterable[Sheet]":
        book = open_book(path, **options)
        return chain(book.sheets())

    options = {
        "limits": settings.read,
        "encoding": wanted.encoding,
        "delimiter": wanted.delimiter,
        "sheet": wanted.sheet,
    }
    with open_book(path, **options) as book:
        for sheet in book.sheets():
            if sheet.visible or wanted.sheet:
                intake.sheet(sheet, book.sha256, again)
        report.notes += [message("{file}: {reason}", file=book.name, reason=each) for each in book.warnings]


def _unused(report: Report) -> None:
    if not report.sheets:
        report.notes.append(message("no sheet with anything on it"))


def _write(  # noqa: PLR0913
    database: "Database",
    intake: Intake,
    wanted: Wanted,
    settings: Settings,
    author: "Author",
    report: Report,
    *,
    today: date,
    day: date,
) -> writing.Outcome:
    from custcli.db.journal import Sheet
    from custcli.db.wishes import Wishes

    base = Wishes(
        on_existing=wanted.on_existing,
        create_customers=wanted.create_customers,
        clear=wanted.clear_blanks,
        day=day.isoformat(),
        match=_match(wanted.match),
    )
    stages = list(intake.stages.values())
    wishes = {
        stage.form.name: writing.wishes(stage.form, settings, user=author.user, today=today.isoformat(), base=base)
        for stage in stages
    }
    sheets = [
        Sheet(each.file, each.sha256, each.sheet, each.form.name if each.form else "", each.layout or "", each.columns)
        for each in report.sheets
    ]

    def keep(outcome: writing.Outcome) -> bool:
        _count(report, outcome)
        return not (wanted.dry_run or _refuses(report))

    outcome = writing.write(
        database, intake.connection, stages, wishes, sheets, author, keep=keep, masked=intake.masked
    )
    if not outcome.changes:
        _count(report, outcome)
    return outcome


def _match(text: str | None) -> tuple[tuple[str, ...], ...]:
    return (tuple(name.strip() for name in text.split(",")),) if text else ()


def _count(report: Report, outcome: writing.Outcome) -> None:
    """Give each sheet its counts and the rejects that the database found, with their cells."""
    for number, sheet in enumerate(report.sheets, 1):
        if not sheet.forms:
            continue
        names = {form.name: form for form in sheet.forms}
        states = Counter[str]()
        for name, form in names.items():
            if name in outcome.counts:
                states.update(outcome.counts[name].by_source.get(number, {}))
            sheet.rejects += [
                _rejected(sheet, form, each) for each in outcome.rejects.get(name, []) if each.source == number
            ]
        unstaged = len(sheet.bad_rows)
        for reject in sheet.rejects:
            sheet.bad_rows.setdefault(reject.row, [])
        sheet.new, sheet.changed, sheet.unchanged = (states[word] for word in ("new", "changed", "unchanged"))
        sheet.rejected = states["rejected"] + unstaged
        sheet.read = sheet.new + sheet.changed + sheet.unchanged + sheet.rejected


def _rejected(sheet: SheetReport, form: Form, reject: "Reject") -> Rejected:
    item = form.fields.get(reject.field or "")
    return Rejected(
        sheet.file, sheet.sheet, reject.row - 1, _column(sheet, reject.field), item, None, reject.reason
    )


def _column(sheet: SheetReport, path: str | None) -> int | None:
    found = [p.index for p in sheet.table.columns if p.path == path] if sheet.table and path else []
    return found[0] if found else None


def _refuses(report: Report) -> bool:
    """Whether nothing may be written: any reject under `abort`, any sheet not understood, left-over cells if strict."""
    if report.wanted.strict and any(sheet.left_over for sheet in report.sheets):
        return True
    unread = [sheet for sheet in report.sheets if sheet.refused]
    if report.wanted.on_error == "skip":
        return bool(unread) and len(unread) == len(report.sheets)
    return bool(unread or report.rejects)


# the reject workbook


def _keep_rejects(report: Report, wanted: Wanted, settings: Settings) -> str:
    """Rows that were not taken, as they were, with the reason: to be corrected and imported again (decisions.md 16)."""
    from custcli.domain.layout import REJECT_REASON
    from custcli.files.write_rejects import RejectSheet, reject_path, write_rejects

    target = Path(wanted.rejects) if wanted.rejects else reject_path(wanted.files[0], Path())
    _reread(report, wanted, settings)
    sheets = [
        RejectSheet(each.sheet or Path(each.file).stem, each.headings, _bad(each), each.merges)
        for each in report.sheets
        if each.table and each.bad_rows
    ]
    write_rejects(target, sheets, reason=REJECT_REASON)
    return str(target)


def _bad(sheet: SheetReport) -> list["RejectedRow"]:
    from custcli.files.write_rejects import RejectedRow

    own: dict[int, list[Rejected]] = {}
    for each in sheet.rejects:
        own.setdefault(each.row, []).append(each)
    return [
        RejectedRow(
            values,
            "; ".join(dict.fromkeys(_reason(each) for each in own.get(number, ()))),
            {each.column for each in own.get(number, ()) if each.column is not None},
        )
        for number, values in sorted(sheet.bad_rows.items())
    ]


def _reason(reject: Rejected) -> str:
    return f"{reject.field.label}: {reject.reason}" if reject.field else str(reject.reason)


def _reread(report: Report, wanted: Wanted, settings: Settings) -> None:
    """Fetch the cells of rows that only the database refused; stdin cannot be read twice."""
    from custcli.files.folder import expand
    from custcli.files.read import open_book

    wanting = {(s.file, s.sheet): s for s in report.sheets if any(not row for row in s.bad_rows.values())}
    for path in expand(wanted.files) if wanting and "-" not in wanted.files else ():
        with open_book(path, limits=settings.read, encoding=wanted.encoding, delimiter=wanted.delimiter) as book:
            for sheet in book.sheets():
                found = wanting.get((sheet.file, sheet.name))
                if found:
                    found.bad_rows.update(
                        {n: row for n, row in enumerate(sheet.rows) if n in found.bad_rows and not found.bad_rows[n]}
                    )


# the answer

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
    summary = {"change": report.change, "files": report.files, "sheets": len(report.sheets)}
    summary |= {name: report.total(name) for name in COUNTS}
    summary["left_over"] = [
        {"file": sheet.file, "sheet": sheet.sheet, "cell": cell, "text": text}
        for sheet in report.sheets
        for cell, text in sheet.left_over
    ]
    summary |= {"customers_created": report.customers, "reject_file": report.reject_file}
    rows = [_row(sheet) for sheet in report.sheets]
    return Grid("import", COLUMNS, rows, summary, notes=_notes(report), extra={"rejects": _rejects(report)})


def _row(sheet: SheetReport) -> list[object]:
    form = sheet.form.name if sheet.form else None
    values = {"file": sheet.file, "sheet": sheet.sheet, "form": form, "layout": sheet.layout}
    values["left_over"] = len(sheet.left_over)
    return [values[c.name] if c.name in values else getattr(sheet, c.name) for c in COLUMNS]


def _rejects(report: Report) -> list[dict[str, object]]:
    refused = [
        {"file": s.file, "sheet": s.sheet, "cell": None, "field": None, "value": None, "reason": str(s.refused)}
        for s in report.sheets
        if s.refused
    ]
    return refused + [
        {
            "file": each.file,
            "sheet": each.sheet,
            "cell": each.cell,
            "field": each.field.name if each.field else None,
            "value": None if each.value is None else str(each.value),
            "reason": str(each.reason),
        }
        for each in report.rejects
    ]


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
    for sheet in report.sheets:
        if sheet.left_over:
            cells = ", ".join(f"{cell} {text}".strip() for cell, text in sheet.left_over[:SHOWN])
            notes.append(message("{place}: left over: {cells}", place=_place(sheet.file, sheet.sheet), cells=cells))
    return [*notes, _end(report)]


_COUNTED = {
    "skipped_totals": "total rows skipped: {count}",
    "not_taken": "columns known but not taken: {count}",
    "rounded": "amounts rounded to four decimals of a yuan: {count}",
    "warnings": "doubtful values taken with a warning: {count}",
}


def _end(report: Report) -> Message:
    if report.wanted.dry_run:
        return message("dry run: nothing was written")
    if report.change is None:
        return message("nothing changed: all of it was here already")
    return message("change {change}: custcli undo {change} takes it back", change=report.change)


def _place(file: str, sheet: str) -> str:
    return f"{file}, {sheet}" if sheet else file


def conclude(report: Report) -> None:
    """End with the exit code: RefusedError where nothing was written, PartialError where rows were left out."""
    lines = [f"{_place(s.file, s.sheet)}: {s.refused}" for s in report.sheets if s.refused]
    rejects = report.rejects
    lines += [f"{_place(each.file, each.sheet)} {each.cell}: {_reason(each)}{_said(each)}" for each in rejects[:SHOWN]]
    if len(rejects) > SHOWN:
        lines.append(str(message("… {count} more", count=len(rejects) - SHOWN)))
    if report.refused:
        if report.wanted.strict and not lines:
            lines = [str(note) for note in _notes(report)[:-1]]
        raise RefusedError("nothing was imported:\n{lines}", lines="\n".join(lines))
    if rejects or lines:
        if report.reject_file:
            lines.append(str(message("rows not taken are in {file}", file=report.reject_file)))
        raise PartialError("rows not taken: {count}\n{lines}", count=report.total("rejected"), lines="\n".join(lines))


def _said(reject: Rejected) -> str:
    return f" ({reject.value})" if reject.value is not None else ""


def checked(wanted: Wanted) -> Wanted:
    """The wishes, if they make sense; UsageError else."""
    if wanted.on_existing not in {"update", "skip", "fail"} or wanted.on_error not in {"abort", "skip"}:
        raise UsageError("--on-existing is update, skip or fail; --on-error is abort or skip")
    return wanted


__all__ = ["Report", "Wanted", "checked", "conclude", "forms_by_name", "grid", "run"]
