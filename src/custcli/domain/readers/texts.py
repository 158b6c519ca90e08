"""Cells as texts: what is blank, the copy for matching, the text to store; and how a value is refused."""

import re
import unicodedata
from datetime import date, datetime

from custcli.messages import Message, message

EXACT_DIGITS = 15
"""A number cell of a workbook holds this many digits; those behind them are lost."""


class Refused(ValueError):  # noqa: N818 - the word of the reports: a value is refused
    """A value that cannot be taken; `message` says why and never quotes the value."""

    def __init__(self, text: str, /, **params: object) -> None:
        self.message: Message = message(text, **params)
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.message)


NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BLANK_WORDS = frozenset(("", "无", "-", "--", "—", "——", "–", "/"))
_LONGEST_BLANK_WORD = 2
_STROKES = "_＿—–- \u3000"
"""A line of these is the printed line on which nothing was written."""


def blank(value: object) -> bool:
    """Whether a cell says nothing: empty, only blanks, or one of 无 — - / (forms.md 2), a printed line ____."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not text.strip(_STROKES):
        return True
    return (len(text) <= _LONGEST_BLANK_WORD or text[0] in "\u200b\ufeff") and squeeze(text) in _BLANK_WORDS


_UNFILLED = {
    "date": re.compile(r"_*(?:年|(?:20[0-9]?|19)_*年(?=_*月))_*(?:月_*)?(?:日_*)?|[_./\-—–]+"),
    "amount": re.compile(r"¥?[_.,—–-]*(?:百|千|万|百万|亿)?(?:元整?|人|个|家|户|件|台|辆|岁|平方米|m2|%)?"),
}
_AMOUNTS = frozenset(("money", "decimal", "int", "percent"))


def unfilled(value: object, kind: str) -> bool:
    """Whether a date, amount or number was left as it is printed on the paper: 　年　月　日, ____万元."""
    pattern = _UNFILLED.get("amount" if kind in _AMOUNTS else kind)
    return pattern is not None and isinstance(value, str) and pattern.fullmatch(squeeze(value)) is not None


def fold(text: str) -> str:
    """The copy used for matching: NFKC, no blanks or line breaks, no `: ; *` at the ends, lower case (forms.md 2)."""
    return squeeze(text).strip(":;*").lower()


def clean_text(value: object) -> str:
    """The text to store: NFC, ends stripped, inside kept. A number is written in digits, a day in ISO form.

    A number of more than 15 digits has lost its last ones in the workbook and is refused.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return digits(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != datetime.min.time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def digits(value: float) -> str:
    """A number cell in digits, without `.0`; Refused if it has lost some."""
    if abs(value) >= 10**EXACT_DIGITS:
        raise Refused("too many digits for a number cell, the last ones are lost: format the column as text")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value != value:  # noqa: PLR0124 - true of NaN alone
        raise Refused("not a number")
    return repr(value)


def squeeze(text: str) -> str:
    """NFKC without blanks of any width."""
    if text.isascii():  # most of what a bulk of rows holds; nothing else would change in it
        return "".join(text.split())
    return "".join(unicodedata.normalize("NFKC", text).translate(NO_WIDTH).split())
