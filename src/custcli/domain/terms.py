"""The filter language of the command line: `field=value`, `field>=v`, `field~text`, `field:from..to` (cli.md 4)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from custcli.domain.readers import Refused


class Op(StrEnum):
    """How a field is compared; BARE has no field and is looked for in every text."""

    EQ = "="
    NE = "!="
    GE = ">="
    LE = "<="
    GT = ">"
    LT = "<"
    CONTAINS = "~"
    BETWEEN = ":"
    BARE = ""


@dataclass(frozen=True)
class Term:
    """One condition. `values` are texts: one, or for BETWEEN the two ends, "" for an open one.

    An empty value is allowed with EQ and NE alone and means "not stated". Ends of days may be months or years.
    """

    field: str | None
    op: Op
    values: tuple[str, ...]

    @property
    def value(self) -> str:
        """The value of a term that has one."""
        return self.values[0]


# A backslash keeps an operator or quote plain; quotes keep all inside.
_PIECE = re.compile(
    r"\\(?P<kept>[\\\"!=<>~:])|\"(?P<quoted>[^\"]*)\"|(?P<op>!=|>=|<=|=|>|<|~|:)|(?P<plain>.)", re.DOTALL
)
_RANGE = ".."


def parse(texts: Iterable[str]) -> list[Term]:
    """The terms of a command line, in order. Refused: no field, no value, a range without ends."""
    return [parse_term(text) for text in texts]


def parse_term(text: str) -> Term:
    """One term; the first operator divides, the longest one wins (`>=` before `>`)."""
    field = ""
    for piece in _PIECE.finditer(text):
        if piece["op"]:
            return _compared(field.strip(), Op(piece["op"]), text[piece.end() :])
        field += _literal(piece)
    if not field.strip():
        raise Refused("an empty condition")
    return Term(None, Op.BARE, (field.strip(),))


def _literal(piece: re.Match[str]) -> str:
    return next(part for part in piece.group("kept", "quoted", "plain", "op") if part is not None)


def _compared(field: str, op: Op, rest: str) -> Term:
    if not field:
        raise Refused("a condition begins with a field: {example}", example="region=华东")
    if op is Op.BETWEEN:
        return Term(field, op, _ends(rest))
    value = _plain(rest)
    if not value and op not in (Op.EQ, Op.NE):
        raise Refused("a condition without a value")
    return Term(field, op, (value,))


def _ends(rest: str) -> tuple[str, str]:
    """Both ends of `a..b`, `a..`, `..b`; `a` alone is from a to a, so that `day:2024-01` is the whole month."""
    first, dots, last = rest.partition(_RANGE)
    ends = _plain(first), _plain(last if dots else first)
    if not any(ends):
        raise Refused("a range needs an end: {example}", example="ordered_on:2024-01..2024-06")
    return ends


def _plain(text: str) -> str:
    return "".join(_literal(piece) for piece in _PIECE.finditer(text.strip()))
