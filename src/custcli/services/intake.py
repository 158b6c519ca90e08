"""Sheets come in: each is recognised, cleaned and staged; what was wrong with it is kept with its address."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING

from custcli.domain.cells import address, column_letters
from custcli.domain.clean import STYLES, Cleaner, DateStyles
from custcli.domain.convert import converter
from custcli.domain.forms import Field, Form
from custcli.domain.layout import CARD_SHEET, Body, CardRecord, Cards, Placed, Table, place
from custcli.domain.records import UNCOVERED
from custcli.errors import UsageError
from custcli.messages import Message, message
from custcli.services.forms import answered, recognised
from custcli.services.lane import Lane
from custcli.services.sheet_report import Rejected, SheetReport

if TYPE_CHECKING:
    from custcli.db import Connection
    from custcli.db.staging import Stage
    from custcli.domain.cells import Value
    from custcli.files.sheet import Sheet

HEAD = CARD_SHEET + 1
"""So many rows are looked at to recognise a sheet: one more than a sheet of cards may have."""
EVERY = 1000
"""The progress bar moves after so many rows."""


Again = Callable[[str], AbstractContextManager["Sheet"]]
"""Opens a sheet of the same file anew, by its name."""


@dataclass(frozen=True)
class How:
    """How sheets are to be read: the form named by the user, constants, strictness, the days."""

    forms: Mapping[str, Form]
    only: Form | None
    constants: Sequence[str]
    today: date
    day: date
    strict: bool = False
    clear: bool = False
    columns: Sequence[str] = ()


class Intake:
    """Takes sheets in, one after the other; `stages` hold what is to be written, `reports` what was seen."""

    def __init__(self, connection: "Connection", how: How, advance: Callable[[int], None]) -> None:
        self.connection = connection
        self.how = how
        self.advance = advance
        self.stages: dict[str, Stage] = {}
        self.reports: list[SheetReport] = []
        self.passed_over: list[str] = []
        self.masked: dict[str, list[tuple[int, Field, str]]] = {}
        self.styles: DateStyles = {}
        self.in_doubt = False

    def sheet(self, sheet: "Sheet", sha256: str, again: "Again") -> None:
        """Recognise, clean and stage one sheet. `again` reads the file anew, where a whole column explains itself."""
        report = SheetReport(sheet.file, sheet.name, sha256, custom=sheet.custom)
        head = list(islice(sheet.rows, HEAD))
        if answered(head, sheet):
            self.passed_over.append(f"{sheet.file}, {sheet.name}" if sheet.name else sheet.file)
            return
        found = recognised(head, sheet, self.how.forms, self.how.only, self.how.columns)
        if found.empty:
            return
        self.reports.append(report)
        report.notes += found.notes
        if found.cards:
            report.headings, report.merges = head, sheet.merges
            self._cards(report, found.cards)
            return
        if found.table is None:
            report.refused = found.refused
            return
        report.table, report.form, report.layout = found.table, found.table.form, "table"
        report.headings = [[*self.how.columns]] if self.how.columns else head[: found.table.first_row]
        report.merges = [merge for merge in sheet.merges if merge.bottom < found.table.first_row]
        self._problems(report, found.table)
        if not report.rejects:
            self._fill(report, found.table, chain(head, sheet.rows), sheet)
            self._second_look(report, found.table, sheet, again)

    def _problems(self, report: SheetReport, table: Table) -> None:
        for row, column, reason in table.problems:
            report.rejects.append(Rejected(report.file, report.sheet, row, column, None, None, reason))

    def _second_look(self, report: SheetReport, table: Table, sheet: "Sheet", again: "Again") -> None:
        """A date column of nothing but day numbers is a workbook's dates without their format (decisions.md 20).

        One of nothing but 3/5/2009 is read in the order that its own days after the twelfth prove.
        """
        if self.in_doubt:
            self.in_doubt = False
            with again(sheet.name) as same:
                self.styles = self._survey(report, table, same)
        elif not self.styles:
            return
        self._forget(report)
        styles = self.styles
        with again(sheet.name) as same:
            self._fill(report, table, same.rows, sheet, styles)
        for style in sorted(set(styles.values())):
            letters = ", ".join(column_letters(index) for index in sorted(styles) if styles[index] == style)
            report.notes.append(message(STYLES[style], columns=letters))

    def _survey(self, report: SheetReport, table: Table, sheet: "Sheet") -> DateStyles:
        """What the date columns of a long sheet prove, before its rows are taken: doubting each would cost more."""
        body = Body(table, enumerate(sheet.rows), sheet.merges)
        return self._table_lane(report, table, body, None).cleaner.survey(body)

    def _forget(self, report: SheetReport) -> None:
        """Unstage a sheet: it is read again."""
        for stage in self.stages.values():
            stage.forget(len(self.reports))
        report.rows = report.unstaged = 0
        report.warnings.clear()
        report.stated.clear()
        report.rejects.clear()
        report.bad_rows.clear()

    def _fill(
        self,
        report: SheetReport,
        table: Table,
        rows: Iterable[list["Value"]],
        sheet: "Sheet",
        styles: DateStyles | None = None,
    ) -> None:
        body = Body(table, enumerate(rows), sheet.merges)
        lanes = {word: self._table_lane(report, each, body, styles) for word, each in table.kinds.items()}
        lane = lanes.get(table.form.set.get("kind", "")) or self._table_lane(report, table, body, styles)
        report.forms = [each.cleaner.form for each in (*lanes.values(), lane)]
        report.completed = body.completes
        for count, (number, row) in enumerate(body, 1):
            own = lanes.get(table.word(row) or "", lane) if lanes else lane
            own.take(number, row)
            if count % EVERY == 0:
                self.advance(EVERY)
            if count == EVERY and styles is None and not lanes and lane.cleaner.in_doubt:
                self.in_doubt = True
                return
        if UNCOVERED in {placed.path for placed in table.not_taken}:
            lane.filler.stage.uncovered.add(len(self.reports))
        used = {id(each): each for each in (lane, *lanes.values())}
        for each in used.values():
            each.close()
            each.filler.stage.close_sheet()
        self.styles = {index: style for each in used.values() for index, style in each.cleaner.finish().items()}
        problems = {row for row, *_ in body.problems}
        report.bad_rows |= {row: [] for row in problems}
        report.unstaged += len(problems)
        report.rows = body.rows + len(problems)
        report.width = body.widest
        report.skipped_totals = body.skipped_totals
        report.not_taken = len(table.not_taken)
        report.rounded = sum(each.cleaner.rounded for each in used.values())
        report.left_over = [(address(i.row, i.column), i.text) for i in (*table.left_over, *body.left_over)]
        if body.unfilled:
            report.notes.append(
                message("merged cells whose value counts for their first row only: {count}", count=body.unfilled)
            )
        for at, column, reason in body.problems:
            report.rejects.append(Rejected(report.file, report.sheet, at, column, None, None, reason))

    def _cards(self, report: SheetReport, cards: Cards) -> None:
        """One record for each card that says anything; its number on the sheet is its row (journal.Sheet.columns)."""
        report.cards, report.form, report.forms, report.layout = cards, cards.form, [cards.form], "card"
        records = cards.records
        for number, card in enumerate(records):
            self._card(report, cards.form, number, card)
        report.rows = len(records)
        report.columns = _addresses(records)
        report.left_over = [(address(i.row, i.column), i.text) for card in cards.cards for i in card.left_over]
        report.not_taken = sum(len(card.not_taken) for card in cards.cards)
        if empty := len(cards.cards) - len(records):
            place = f"{report.file}, {report.sheet}" if report.sheet else report.file
            report.notes.append(
                message("{place}: {form}: empty cards: {count}", place=place, form=cards.form.label, count=empty)
            )

    def _card(self, report: SheetReport, form: Form, number: int, card: CardRecord) -> None:
        for row, column, reason in card.problems:
            report.rejects.append(Rejected(report.file, report.sheet, row, column, None, None, reason))
            report.bad_rows[row] = []
        if card.problems:
            report.unstaged += 1
            return
        places = [place(form, name) for name, _ in pairs(self.how.constants)]
        given = {where.path for where in places if isinstance(where, Placed)}
        stated = [where for where, value, *_ in card.values.values() if value is not None or where.path not in given]
        beside = [replace(each, index=len(card.values) + n) for n, each in enumerate(card.not_taken)]
        lane = self._lane(report, form, stated, len(card.values), beside=beside)
        computed = [report.headings[each.at[0]][each.at[1]] if each.at else None for each in beside]
        lane.take(number, [*(value for _, value, *_ in card.values.values()), *computed])
        lane.close()
        report.rounded += lane.cleaner.rounded

    def _table_lane(self, report: SheetReport, table: Table, body: Body, styles: DateStyles | None) -> Lane:
        report.columns = {placed.path: column_letters(placed.index) for placed in table.columns}
        report.columns |= {placed.path: address(*at) for placed, value, *at in table.fixed if value is not None}
        start = max((table.width - 1, *(placed.index for placed in table.places))) + 1
        return self._lane(
            report, table.form, table.places, start, styles=styles, origins=body.origins, element=table.element,
            beside=table.not_taken,
        )  # fmt: skip

    def _lane(
        self,
        report: SheetReport,
        form: Form,
        stated: Sequence[Placed],
        start: int,
        *,
        styles: DateStyles | None = None,
        origins: Mapping[int, tuple[int, int]] | None = None,
        element: str | None = None,
        beside: Sequence[Placed] = (),
    ) -> Lane:
        """The way of rows with these places to the stage; constants of the user come behind, from index `start`.

        `beside`: places that are known and not taken, of which class and tier are compared.
        """
        from custcli.db.reach import VERDICTS
        from custcli.db.staging import Filler, Stage
        from custcli.domain.readers import fold

        stage = self.stages.get(form.name) or self.stages.setdefault(form.name, Stage(self.connection, form, fold))
        constants = list(_constants(form, self.how.constants, {placed.path for placed in stated}, start))
        places = [*stated, *(placed for placed, _ in constants)]
        how = self.how
        cleaner = Cleaner(
            form, places, today=how.today, day=how.day, strict=how.strict, date_styles=styles, origins=origins
        )
        filler = Filler(stage, len(self.reports), whole(form, places, cleaner.paths), element)
        masked = self.masked.setdefault(form.name, [])
        judged = [(each, converter(form, each, how.today)) for each in beside if each.field.derived in VERDICTS]
        return Lane(report, cleaner, filler, [value for _, value in constants], masked, clear=how.clear, judged=judged)


def _addresses(records: Sequence[CardRecord]) -> dict[str, str]:
    """Path → cell of each stated value; where a sheet has several cards `path@2` is the second one's."""
    many = len(records) > 1
    return {
        f"{path}@{number}" if many else path: address(row, column)
        for number, card in enumerate(records, 1)
        for path, (_, value, row, column) in card.values.items()
        if value is not None
    }


def _constants(form: Form, given: Sequence[str], known: set[str], start: int) -> Iterator[tuple[Placed, "Value"]]:
    """`--set FIELD=VALUE`: a column behind the sheet's own, the same in every row; only what the file lacks."""
    for order, (name, value) in enumerate(pairs(given)):
        placed = place(form, name, start + order)
        if isinstance(placed, Message):
            raise UsageError("--set: {reason}", reason=placed)
        if placed.path in known:
            raise UsageError("--set {field}: the file has this column, or it is set twice", field=name)
        known.add(placed.path)
        yield placed, value


def pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """FIELD=VALUE texts as (field, value)."""
    for text in given:
        if "=" not in text:
            raise UsageError("{text}: FIELD=VALUE is wanted", text=text)
    return [(name.strip(), value) for name, _, value in (text.partition("=") for text in given)]


def whole(form: Form, places: Sequence[Placed], paths: Sequence[str]) -> list[Placed]:
    """Places for all values of a cleaned row: those that words imply or precisions bring come behind."""
    brought = [
        Placed(-1, "", form.fields.get(path) or replace(_PRECISION, name=path), path) for path in paths[len(places) :]
    ]
    return [*places, *brought]


_PRECISION = Field(name="", zh="", type="text", pi="N", store="extra")
