"""Import: read every sheet, decide every row, write once (cli.md 5); read = new + changed + unchanged + rejected."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.domain.layout import place
from custcli.domain.profiles import columns
from custcli.errors import RefusedError, UsageError
from custcli.messages import Message, message
from custcli.services import profiles, writing
from custcli.services.forms import form_or_none, versions
from custcli.services.imported import Report, Wanted, conclude, grid, told_reason
from custcli.services.intake import How, Intake, pairs
from custcli.services.sheet_report import Rejected, SheetReport
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.db import Author, Database
    from custcli.db.match import Reject
    from custcli.db.staging import Stage
    from custcli.db.stated import Stated
    from custcli.db.wishes import Wishes
    from custcli.domain.cells import Value
    from custcli.files.read import Book
    from custcli.files.sheet import Sheet
    from custcli.files.write_rejects import RejectedRow


def present(files: list[str]) -> list[str]:
    """The files as given; RefusedError before anything is opened or made where one of them is not there."""
    from custcli.files.folder import expand

    for path in expand(files):
        if str(path) != "-" and not path.exists():
            raise RefusedError("{file}: no such file", file=path.name)
    return files


def run(
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
    wanted, forms = profiles.applied(wanted, forms, settings)
    paths = expand(wanted.files)
    only = form_or_none(forms, wanted.form)
    how = How(
        forms, only, wanted.constants, today, day,
        strict=wanted.strict, clear=wanted.clear_blanks, columns=columns(wanted.columns),
    )  # fmt: skip
    with database.staging() as connection:
        intake = Intake(connection, how, advance)
        report = Report(wanted, intake.reports, len(paths))
        for path in paths:
            _take(intake, path, wanted, settings, report)
        _unused(report)
        _unmet(wanted, report)
        outcome = _write(database, intake, wanted, settings, author, report, today=today, day=day)
    report.change = outcome.change
    report.returns = outcome.returns
    report.differing = outcome.differing
    report.notes += outcome.notes
    report.customers = outcome.totals["customers"]
    report.notes += versions({stage.form.name: stage.form for stage in intake.stages.values()}, outcome.before)
    report.refused = _refuses(report)
    if any(sheet.bad_rows for sheet in report.sheets) and not report.refused and not wanted.dry_run:
        report.reject_file = _keep_rejects(report, wanted, settings)
    return report


def _take(intake: Intake, path: str | Path, wanted: Wanted, settings: Settings, report: Report) -> None:
    @contextmanager
    def again(name: str) -> "Iterator[Sheet]":
        with _opened(path, wanted, settings) as same:
            sheets = same.sheets()
            yield next(sheet for sheet in sheets if sheet.name == name)

    with _opened(path, wanted, settings) as book:
        for sheet in book.sheets():
            if sheet.visible or wanted.sheet:
                intake.sheet(sheet, book.sha256, again)
        report.notes += book.warnings
    for where in intake.passed_over:
        report.notes.append(message("{place}: figures that custcli computed, passed over", place=where))
    intake.passed_over.clear()


def _opened(path: str | Path, wanted: Wanted, settings: Settings) -> "Book":
    from custcli.files.read import open_book

    return open_book(
        path, limits=settings.read, encoding=wanted.encoding, delimiter=wanted.delimiter, sheet=wanted.sheet
    )


def _unmet(wanted: Wanted, report: Report) -> None:
    """UsageError where --map names a heading that no sheet has; a sheet that is refused is told of instead."""
    from custcli.domain.readers import fold

    tables = [sheet.table for sheet in report.sheets if sheet.table]
    seen = {text for table in tables for row in table.headings for text in row}
    for heading, _ in profiles.mapped(wanted):
        if fold(heading) not in seen and len(tables) == len(report.sheets):
            raise UsageError("--map {heading}: no sheet has this heading", heading=heading)


def _unused(report: Report) -> None:
    if not (report.sheets or report.notes):
        report.notes.append(message("no sheet with anything on it"))


def _write(
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

    stages = list(intake.stages.values())
    wishes = {
        stage.form.name: writing.wishes(
            stage.form, settings, user=author.user, today=today.isoformat(), base=_wishes(wanted, stage, day)
        )
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
        database, intake.connection, stages, wishes, sheets, author,
        keep=keep, masked=intake.masked, stated=_stated(report),
    )  # fmt: skip
    for stated, number in outcome.otherwise:
        sheet = report.sheets[stated.source - 1]
        said = message("differs from class or tier by run {run}, which stands", run=number)
        sheet.warnings.append(Rejected(sheet.file, sheet.sheet, stated.row, stated.column, stated.field, None, said))
    if not outcome.changes:
        _count(report, outcome)
    return outcome


def _stated(report: Report) -> dict[str, list["Stated"]]:
    """By form the classes and tiers that the sheets state."""
    names = {name for sheet in report.sheets for name in sheet.stated}
    return {name: [each for sheet in report.sheets for each in sheet.stated.get(name, ())] for name in names}


def _wishes(wanted: Wanted, stage: "Stage", day: date) -> "Wishes":
    from custcli.db.wishes import Wishes

    return Wishes(
        on_existing=wanted.on_existing,
        create_customers=wanted.create_customers,
        clear=wanted.clear_blanks,
        day=day.isoformat(),
        match=_match(wanted, stage),
        any_sign="type" in _set(wanted, stage.form),
    )


def _set(wanted: Wanted, form: Form) -> set[str]:
    """The paths of the fields that the user states for every row."""
    places = [place(form, name) for name, _ in pairs(wanted.constants)]
    return {found.path for found in places if not isinstance(found, Message)}


def _match(wanted: Wanted, stage: "Stage") -> tuple[tuple[str, ...], ...]:
    """The fields by which the user wants kept records to be found; UsageError where the file does not hold one."""
    if not wanted.match:
        return ()
    names = [name.strip() for name in wanted.match.split(",")]
    places = [place(stage.form, name, index) for index, name in enumerate(names)]
    held = {item.name for item in stage.main.columns.values()}
    for name, found in zip(names, places, strict=True):
        if isinstance(found, Message):
            raise UsageError("--match: {reason}", reason=found)
        if found.path not in held:
            raise UsageError("--match {field}: the file lacks this column", field=name)
    return (tuple(found.path for found in places if not isinstance(found, Message)),)


def _count(report: Report, outcome: writing.Outcome) -> None:
    """Give each sheet its counts and the rejects that the database found, with their cells."""
    for number, sheet in enumerate(report.sheets, 1):
        if not sheet.forms:
            continue
        names = {form.name: form for form in sheet.forms}
        states = Counter[str]()
        refused: list[int] = []
        for name, form in names.items():
            if name in outcome.counts:
                states.update(outcome.counts[name].by_source.get(number, {}))
            sheet.rejects += [
                _rejected(sheet, form, each) for each in outcome.rejects.get(name, []) if each.source == number
            ]
            refused += [row for source, row in outcome.refused.get(name, ()) if source == number]
        for row in [reject.row for reject in sheet.rejects] + [row - 1 for row in refused]:
            sheet.bad_rows.setdefault(row, [])
        sheet.new, sheet.changed, sheet.unchanged = (states[word] for word in ("new", "changed", "unchanged"))
        sheet.rejected = states["rejected"] + sheet.unstaged
        sheet.read = sheet.new + sheet.changed + sheet.unchanged + sheet.rejected


def _rejected(sheet: SheetReport, form: Form, reject: "Reject") -> Rejected:
    item = form.fields.get(reject.field or "")
    row, column = _place(sheet, reject)
    value = reject.value if item and item.pi == "N" else None
    return Rejected(sheet.file, sheet.sheet, row, column, item, value, reject.reason)


def _place(sheet: SheetReport, reject: "Reject") -> tuple[int, int | None]:
    """The cell at fault: of a row the column, of a card the cell of the value, also where it is blank."""
    if sheet.cards:
        card = sheet.cards.records[reject.row - 1]
        *_, row, column = card.values.get(reject.field or "", (None, None, card.top, None))
        return row, column
    found = [p.index for p in sheet.table.columns if p.path == reject.field] if sheet.table else []
    return reject.row - 1, found[0] if found else None


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
    bad = [each for each in report.sheets if each.layout and each.bad_rows]
    sheets = [
        RejectSheet(
            each.sheet or Path(each.file).stem,
            each.headings[:1] if each.cards else each.headings,
            _bad_cards(each) if each.cards else _bad(each, wanted, settings),
            max((len(row) for row in each.headings), default=0) if each.cards else each.width,
            each.merges,
        )
        for each in bad
    ]
    same = all(each.custom == bad[0].custom for each in bad)
    write_rejects(target, sheets, reason=REJECT_REASON, custom=bad[0].custom if same else None)
    return str(target)


def _bad(sheet: SheetReport, wanted: Wanted, settings: Settings) -> "Iterator[RejectedRow]":
    from custcli.db.staging import OF_A_REFUSED_RECORD
    from custcli.files.write_rejects import RejectedRow

    own: dict[int, list[Rejected]] = {}
    for each in sheet.rejects:
        own.setdefault(each.row, []).append(each)
    for number, values in _cells(sheet, wanted, settings):
        yield RejectedRow(
            values,
            "; ".join(dict.fromkeys(told_reason(each) for each in own.get(number, ()))) or str(OF_A_REFUSED_RECORD),
            {each.column for each in own.get(number, ()) if each.column is not None},
        )


def _bad_cards(sheet: SheetReport) -> list["RejectedRow"]:
    """A sheet with cards is kept whole, so that they stay the cards they were; its first row is the heading."""
    from custcli.files.write_rejects import RejectedRow

    own: dict[int, list[Rejected]] = {}
    for each in sheet.rejects:
        own.setdefault(max(each.row, 1), []).append(each)
    return [
        RejectedRow(
            values,
            "; ".join(f"{each.cell} {told_reason(each)}" for each in own.get(number, ())),
            {each.column for each in own.get(number, ()) if each.column is not None and each.row == number},
        )
        for number, values in enumerate(sheet.headings[1:], 1)
    ]


def _cells(report: SheetReport, wanted: Wanted, settings: Settings) -> "Iterator[tuple[int, list[Value]]]":
    """The rows of a sheet that were not taken, with their numbers: as kept, else read again as they are asked for."""
    from custcli.files.folder import expand

    kept = report.bad_rows
    if all(kept.values()):
        yield from sorted(kept.items())
        return
    for path in expand(wanted.files):
        if Path(path).name != report.file:
            continue
        with _opened(path, replace(wanted, sheet=report.sheet or None), settings) as book:
            for sheet in book.sheets() if book.sha256 == report.sha256 else ():
                yield from ((number, kept[number] or row) for number, row in enumerate(sheet.rows) if number in kept)
                return


__all__ = ["Report", "Wanted", "conclude", "grid", "run"]
