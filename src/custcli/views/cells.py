"""One value as text: exact for machines, readable for people, harmless for terminals."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from custcli.grid import SCALE, Column, Kind, percent, yuan
from custcli.messages import say

RIGHT = {Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.SHARE}
"""Kinds that stand at the right edge of their column."""

_DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""C0, DEL, C1, line separators, what turns the direction of writing, lone surrogates (reliability.md D 17)."""
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str) -> str:
    """The text with every control, escape and direction character written out, so that a terminal obeys none."""
    return text if text.isprintable() else _DANGEROUS.sub(_escape, text)


def escaped(text: str) -> str:
    """The same in the way of JSON: four hex digits for each of them."""
    return text if text.isprintable() else _DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    code = ord(char)
    return _ESCAPES.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - a byte


def exact(amount: int) -> str:
    """Ten-thousandths with exactly the decimals that they have: 12345678900 → 1234567.89."""
    whole, rest = divmod(abs(amount), SCALE)
    decimals = f".{rest:04d}".rstrip("0") if rest else ""
    return f"{'-' if amount < 0 else ''}{whole}{decimals}"


def moment(value: datetime) -> str:
    """A time in UTC as ISO text with seconds: 2026-03-05T08:00:00Z. A naive one is in UTC already."""
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return f"{aware:%Y-%m-%dT%H:%M:%S}Z"


def _here(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    return f"{aware.astimezone():%Y-%m-%d %H:%M:%S}"


def _grouped(amount: int) -> str:
    whole, point, decimals = exact(amount).partition(".")
    sign = "-" if whole == "-0" else ""
    return f"{sign}{int(whole):,}{point}{decimals}"


def share(value: float) -> str:
    """A share for machines, at most 10 digits after the point and never in powers of ten."""
    return f"{value:.10f}".rstrip("0").rstrip(".") or "0"


_FOR_MACHINES: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: exact,
    Kind.DECIMAL: exact,
    Kind.SHARE: share,
    Kind.DATE: date.isoformat,
    Kind.TIME: moment,
    Kind.FLAG: lambda flag: "true" if flag else "false",
    Kind.LIST: ";".join,
}

_FOR_PEOPLE: dict[Kind, Callable[[Any], str]] = {
    Kind.INTEGER: "{:,}".format,
    Kind.MONEY: yuan,
    Kind.DECIMAL: _grouped,
    Kind.SHARE: lambda value: f"{percent(value)} %",
    Kind.DATE: date.isoformat,
    Kind.TIME: _here,
    Kind.FLAG: lambda flag: say("yes") if flag else say("no"),
}


def for_machines(value: object, column: Column) -> str:
    """A cell of csv: exact digits, ISO dates, tokens; unknown is empty. A masked value is text in every kind."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _FOR_MACHINES.get(column.kind, str)(value)


def for_people(value: object, column: Column) -> str:
    """A cell as people read it: separators, 2 decimals, percent, labels; unknown is empty or said."""
    if value is None:
        return say(column.blank) if column.blank else ""
    if isinstance(value, str):
        return _labelled(value, column)
    if isinstance(value, list | tuple):
        return say(", ").join(_labelled(str(word), column) for word in value)
    return _FOR_PEOPLE.get(column.kind, str)(value)


def _labelled(word: str, column: Column) -> str:
    return say(column.labels[word]) if word in column.labels else word


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(value: object, columns: int) -> str:
    """A share as a bar, the whole of so many columns, drawn to an eighth of one; outside 0…1 it ends at the edge."""
    eighths = round(min(max(value, 0), 1) * columns * 8) if isinstance(value, (int, float)) else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(columns)
