"""The parent's side of reading a workbook: start the child, take its frames, give sheets of typed cells."""

import marshal
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BufferedIOBase
from typing import Any

from custcli.domain.cells import Merge, Value, address
from custcli.errors import RefusedError
from custcli.files import children
from custcli.files.child import DATE, DATETIME, DURATION, TIME
from custcli.files.limits import Limits
from custcli.files.merged import uncovered
from custcli.files.reasons import REFUSED, fault
from custcli.files.sheet import LISTS, Sheet
from custcli.messages import Message, message

_LONGEST_FRAME = 1 << 28
_MIB = 1 << 20


class Reading:
    """A workbook being read by a child process; `sheets()` may be walked once, and ends the child when closed."""

    def __init__(self, file: str, stream: BufferedIOBase, limits: Limits, sheet: str | None) -> None:
        self.file = file
        self.warnings: list[Message] = []
        self._sheet = sheet
        self._asked = _child_limits(limits, stream, sheet)
        self._child = children.start(stream, self._asked)
        try:
            self._take_book(self._frame())
        except BaseException:
            self.end()
            raise

    def _take_book(self, frame: list[Any]) -> None:
        _, self.format, self._custom, macros, links = frame
        if macros:
            self.warnings.append(message("{file}: its macros were not run", file=self.file))
        if links:
            self.warnings.append(
                message("{file}: it links to other files: their values are as last saved", file=self.file)
            )

    def sheets(self) -> Iterator[Sheet]:
        """The sheets to read, in order; raises RefusedError when the child refuses, dies or finds no such sheet."""
        skipped: list[str] = []
        found = False
        try:
            while (frame := self._frame())[0] != "end":
                if frame[0] == "skipped":
                    skipped.append(frame[1])
                elif frame[0] == "sheet":
                    found = True
                    yield self._begin(frame)
            self._end_of_book(skipped, found=found)
        finally:
            self.end()

    def _end_of_book(self, skipped: list[str], *, found: bool) -> None:
        if self._sheet is not None and not found:
            raise RefusedError(
                "{file}: no sheet {sheet}; there are: {names}",
                file=self.file, sheet=self._sheet, names=", ".join(skipped),
            )  # fmt: skip
        missed = [name for name in skipped if name != LISTS]
        if self._sheet is None and missed:
            names = ", ".join(missed)
            self.warnings.append(message("{file}: hidden sheets were not read: {names}", file=self.file, names=names))
        if not found:
            raise RefusedError("{file}: all its sheets are hidden; name one to read it", file=self.file)

    def _begin(self, frame: list[Any]) -> Sheet:
        _, name, visible, merges, hidden_rows, formulas = frame
        about = {"file": self.file, "sheet": name}
        if formulas:
            self.warnings.append(
                message("{file}, sheet {sheet}: formulas read as last saved: {count}", **about, count=formulas)
            )
        if hidden_rows:
            self.warnings.append(
                message("{file}, sheet {sheet}: hidden rows read too: {count}", **about, count=hidden_rows)
            )
        areas = tuple(Merge(*merge) for merge in merges)
        rows = self._rows(name)
        seen = uncovered(rows, areas, lambda count: self._tell_covered(about, count)) if areas else rows
        return Sheet(self.file, name, seen, visible, areas, hidden_rows, self._custom)

    def _tell_covered(self, about: dict[str, str], count: int) -> None:
        self.warnings.append(
            message(
                "{file}, sheet {sheet}: values hidden under merged cells, passed over: {count}", **about, count=count
            )
        )

    def _rows(self, sheet: str) -> Iterator[list[Value]]:
        while (frame := self._frame())[0] == "rows":
            rows: list[list[Value]] = frame[1]
            for row, column, kind, *parts in frame[2]:
                rows[row][column] = _special(kind, parts)
            yield from rows
        if frame[1]:
            self.warnings.append(
                message(
                    "{file}, sheet {sheet}: pictures in cells are not read: {count}",
                    file=self.file,
                    sheet=sheet,
                    count=frame[1],
                )
            )

    def _frame(self) -> list[Any]:
        """The next frame. A child that ends without a word was stopped by a limit or crashed."""
        head = self._child.out.read(4)
        length = int.from_bytes(head, "big")
        data = self._child.out.read(length) if len(head) == 4 and length <= _LONGEST_FRAME else b""  # noqa: PLR2004
        if not data or len(data) < length:
            raise self._crashed()
        frame: list[Any] = marshal.loads(data)  # noqa: S302 - from our own child, bounded in size
        if frame[0] in {"end", "refused"}:
            self._child.ended()
        if frame[0] == "refused":
            raise self._refused(frame[1], frame[2])
        return frame

    def _crashed(self) -> RefusedError:
        if children.by_time(self._child.ended()):
            return self._refused("time", {"limit": self._asked["seconds"]})
        return self._refused("memory", {"limit": self._asked["memory_mib"]})

    def _refused(self, code: str, params: dict[str, Any]) -> RefusedError:
        if code == "unknown_error":
            params = {"sheet": params["sheet"], "cell": address(params["row"] - 1, params["column"] - 1)}
        reason = Message(REFUSED[code].text, params)
        return RefusedError("{file} cannot be read: {reason}", file=self.file, reason=reason)

    def end(self) -> None:
        """End the child, also in the middle."""
        self._child.end()


def _special(kind: int, parts: list[Any]) -> Value:
    if kind == DATE:
        return date.fromordinal(parts[0])
    if kind == DATETIME:
        return datetime(*parts)  # noqa: DTZ001 - a cell has no time zone
    if kind == TIME:
        return time(*parts)
    if kind == DURATION:
        return timedelta(*parts)
    return fault(parts[0], parts[1])


def _child_limits(limits: Limits, stream: BufferedIOBase, sheet: str | None) -> dict[str, Any]:
    size = os.fstat(stream.fileno()).st_size // _MIB
    names = ("unpacked_mib", "entries", "cells", "columns", "sheets")
    asked: dict[str, Any] = {name: getattr(limits, name) for name in names}
    # The larger the file, the more it may take: about three times what honest large books were measured to need.
    asked |= {"seconds": limits.seconds + size, "memory_mib": limits.memory_mib + 16 * size}
    return asked if sheet is None else asked | {"sheet": sheet}
