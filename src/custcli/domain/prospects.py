"""MAN: money, authority, need of a prospect, its grade, and what to do next (domain.md R3)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from custcli.domain.readers import Refused


class Letter(StrEnum):
    """What is known of one condition."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Grade(StrEnum):
    """By how many of the three conditions are lacking."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Action(StrEnum):
    """What to do next (decisions.md, values in JSON)."""

    SELL = "sell"
    CREATE_NEED = "create_need"
    FIND_DECIDER = "find_decider"
    FINANCE = "finance"
    CULTIVATE = "cultivate"
    STOP = "stop"
    COMPLETE_ASSESSMENT = "complete_assessment"


Letters = tuple[Letter, Letter, Letter]
"""Money, authority, need."""


@dataclass(frozen=True)
class Assessment:
    """A prospect's letters and what follows. `provisional`: the grade is the best still possible, a letter is unknown.

    `stale`: some evidence is older than the days allowed; `oldest` is the day of the oldest evidence.
    """

    letters: Letters
    man: str
    grade: Grade
    provisional: bool
    action: Action
    stale: bool
    oldest: date | None


_LACKING_ONE = (Action.FINANCE, Action.FIND_DECIDER, Action.CREATE_NEED)
THRESHOLD, STALE_DAYS = 60, 180
_FULL_SCORE = 100
_MAN = re.compile(r"([Mm?])\+?([Aa?])\+?([Nn?])")


def assess(
    letters: Letters,
    *,
    evidence: Iterable[date | None] = (),
    day: date | None = None,
    stale_days: int = STALE_DAYS,
) -> Assessment:
    """Grade and action by the letter table of R3; an unknown letter is graded as yes and never leads to `stop`.

    `evidence`: the days of the letters; stale if one is more than `stale_days` before `day`.
    """
    lacking = [place for place, letter in enumerate(letters) if letter is Letter.NO]
    oldest = min((noted for noted in evidence if noted), default=None)
    return Assessment(
        letters=letters,
        man=man(letters),
        grade=tuple(Grade)[len(lacking)],
        provisional=Letter.UNKNOWN in letters,
        action=_action(letters, lacking),
        stale=bool(oldest and day and (day - oldest).days > stale_days),
        oldest=oldest,
    )


def _action(letters: Letters, lacking: list[int]) -> Action:
    if Letter.UNKNOWN in letters:
        return Action.COMPLETE_ASSESSMENT
    if len(lacking) == 1:
        return _LACKING_ONE[lacking[0]]
    return {0: Action.SELL, len(letters): Action.STOP}.get(len(lacking), Action.CULTIVATE)


def man(letters: Letters) -> str:
    """`M+a+N`: a large letter is yes, a small one no, `?` unknown."""
    return "+".join(
        "?" if letter is Letter.UNKNOWN else sign if letter is Letter.YES else sign.lower()
        for sign, letter in zip("MAN", letters, strict=True)
    )


def parse_man(text: str) -> Letters:
    """The letters of `M+a+N`, `M+?+n` or `MaN`. Refused: anything else."""
    found = _MAN.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        raise Refused("the letters are written M+A+N: large for yes, small for no, ? for unknown")
    money, authority, need = (_of_sign(sign) for sign in found.groups())
    return money, authority, need


def _of_sign(sign: str) -> Letter:
    if sign == "?":
        return Letter.UNKNOWN
    return Letter.YES if sign.isupper() else Letter.NO


def letter(value: str | int | None, threshold: int = THRESHOLD) -> Letter:
    """A letter from yes, no, unknown or a score of 0 to 100: from `threshold` on it is yes. None is unknown."""
    if value is None:
        return Letter.UNKNOWN
    text = str(value).strip().lower()
    if text in tuple(Letter):
        return Letter(text)
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > _FULL_SCORE:
        raise Refused("yes, no, unknown or a score from 0 to 100 is meant")
    return Letter.YES if int(text) >= threshold else Letter.NO


def order_key(
    grade: Grade, expected_amount: int | None, next_follow_up: date | None, code: str
) -> tuple[Grade, bool, int, bool, date, str]:
    """Lists of prospects: grade, expected amount downwards, next follow-up, code; what is unknown comes last (R3)."""
    return (
        grade,
        expected_amount is None,
        -(expected_amount or 0),
        next_follow_up is None,
        next_follow_up or date.max,
        code,
    )
