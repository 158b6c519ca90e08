"""Rows of one form on one sheet: from cells to the stage, or to the rejects with their address."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from custcli.domain.cells import Fault
from custcli.domain.clean import ERROR, MASKED, Cleaner, Trouble
from custcli.domain.forms import Field, Form
from custcli.domain.layout import Placed
from custcli.domain.readers import Refused
from custcli.messages import Message
from custcli.services.sheet_report import Rejected, SheetReport

if TYPE_CHECKING:
    from custcli.db.staging import Filler
    from custcli.domain.cells import Value
    from custcli.domain.convert import Converter


UNREAD: list["Value"] = []
"""Stands for the cells of a row that the sheet gives again."""


class Lane:
    """Rows of one form on one sheet, from cells to the stage."""

    def __init__(
        self,
        report: SheetReport,
        cleaner: Cleaner,
        filler: "Filler",
        constants: "list[Value]",
        masked: list[tuple[int, Field, str]],
        *,
        clear: bool,
        judged: "Sequence[tuple[Placed, Converter]]" = (),
    ) -> None:
        self.report = report
        self.cleaner = cleaner
        self.filler = filler
        self.constants = constants
        self.width = max((placed.index for placed in cleaner.places), default=-1) + 1 - len(constants)
        self.masked = masked
        self.judged = judged
        fields = [cleaner.form.fields.get(path) for path in cleaner.paths]
        self.clears = [i for i, item in enumerate(fields) if clear and item and _may_be_cleared(cleaner.form, item)]

    def take(self, number: int, row: list["Value"]) -> None:
        """One row of the sheet (counted from 0): to the stage, or refused with its reasons."""
        cells = self._padded(row) if self.constants else row
        values = self.cleaner.clean(number, cells)
        troubles = self.cleaner.troubles
        if troubles:
            self.cleaner.troubles = []
            if self._refused(number, row, values, troubles):
                return
            for trouble in troubles:
                self._unnamed(trouble, values)
        for i in self.clears:
            if values[i] is None:
                values[i] = b""
        if untaken := self.filler.add(number + 1, values):
            reason, at = untaken
            told = None if at is None else self.cleaner.refused(number, cells, at, reason)
            self._reject(number, row, None, reason, told)
        elif (troubles or self.judged) and self.filler.last:
            n = self.filler.last[0]
            self.masked += [(n, t.field, str(t.value)) for t in troubles if t.level == MASKED]
            for placed, read in self.judged:
                self._judged(n, number, row, placed, read)

    def _judged(self, n: int, number: int, row: list["Value"], placed: Placed, read: "Converter") -> None:
        """Keep what a cell says of class or tier, to be held against the run's; other words are none of them."""
        from custcli.db.stated import Stated

        value = row[placed.index] if placed.index < len(row) else None
        with suppress(Refused):
            if value is not None and (word := read(value)) is not None:
                at = placed.at or (number, placed.index)
                said = Stated(n, self.filler.source, *at, placed.field, str(word))
                self.report.stated.setdefault(self.cleaner.form.name, []).append(said)

    def _unnamed(self, trouble: Trouble, values: list[object]) -> None:
        """One of several whose name is hidden cannot be found again: nothing that stands beside it is taken."""
        group = self.cleaner.form.groups.get(trouble.field.group or "")
        if trouble.level == MASKED and group and group.many and trouble.field.key in group.match:
            for i, path in enumerate(self.cleaner.paths):
                values[i] = None if path.partition(".")[0] == group.name else values[i]

    def _padded(self, row: list["Value"]) -> list["Value"]:
        """The row with the constants behind it."""
        return [*row[: self.width], *[None] * (self.width - len(row)), *self.constants]

    def _refused(self, number: int, row: list["Value"], values: list[object], troubles: Sequence[Trouble]) -> bool:
        """Tell the troubles of a row; True where the row is not taken."""
        errors = [trouble for trouble in troubles if trouble.level == ERROR]
        self.report.warnings += [self._at(t) for t in troubles if t.level not in {ERROR, MASKED}]
        for trouble in errors:
            self._reject(number, row, trouble.column, trouble.message, trouble)
        if errors:
            self.report.unstaged += self.filler.refuse(values)
        return bool(errors)

    def _reject(
        self, number: int, row: list["Value"], column: int | None, reason: Message, trouble: Trouble | None
    ) -> None:
        told = self._at(trouble) if trouble else None
        place = (self.report.file, self.report.sheet, number, column, None, None, reason)
        self.report.rejects.append(told or Rejected(*place))
        self.report.bad_rows[number] = row if self.report.completed else UNREAD

    def _at(self, trouble: Trouble) -> Rejected:
        """A trouble with its address; the value only of a field of class N (decisions.md 18)."""
        shown = trouble.field.pi == "N" and not isinstance(trouble.value, Fault)
        value = trouble.value if shown else None
        place = (self.report.file, self.report.sheet, trouble.row, trouble.column)
        return Rejected(*place, trouble.field, value, trouble.message)

    def close(self) -> None:
        """Flush; records of which any row was refused are refused whole."""
        self.filler.flush()
        self.filler.stage.refuse()


def _may_be_cleared(form: Form, item: Field) -> bool:
    """A blank cell never empties what tells records apart, what they need, or what belongs to a person or element."""
    keys = {name for names in form.match for name in names}
    tabled = item.group is not None and form.groups[item.group].table is not None
    return not (item.required or item.default is not None or item.type == "ref" or item.name in keys or tabled)
