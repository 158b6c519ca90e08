"""What a cell of a file may hold: plain values, faults, merged areas, and the guard against live formulas."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from custcli.messages import Message

TRIGGERS = "=+-@\t\r＝＋－＠"
"""First characters that a spreadsheet may take for a formula (reliability.md C, formula injection)."""

_GUARDED = re.compile(rf"'*[{re.escape(TRIGGERS)}]|'+[0-9]")
_UNGUARDED = re.compile(rf"''*(?:[{re.escape(TRIGGERS)}]|[0-9])")
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be trusted (an error value, a formula never calculated, an impossible date), and why."""

    reason: Message


Value = str | int | float | bool | date | datetime | time | timedelta | Fault | None
"""One cell as read. None is a blank cell."""


@dataclass(frozen=True)
class Merge:
    """A merged area of a sheet: first and last row and column, all counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def address(row: int, column: int) -> str:
    """The name of a cell as a spreadsheet shows it: (0, 0) is `A1`, (2, 27) is `AB3`."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is `A`, 26 is `AA`."""
    letters = ""
    left = column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def guard(text: str) -> str:
    """The text made safe for csv: an apostrophe before what a spreadsheet would take for a formula (cli.md 3).

    `unguard(guard(text)) == text` for every text that does not itself look like `="..."`.
    """
    return f"'{text}" if _GUARDED.match(text) else text


def unguard(text: str) -> str:
    """The text without the guard, and without Excel's own two tricks `="0123"` and `'0123` (reliability.md B)."""
    if _UNGUARDED.match(text):
        return text[1:]
    wrapped = _FORMULA_TEXT.fullmatch(text)
    return wrapped[1].replace('""', '"') if wrapped else text
