"""The priority matrix: what customers bring now against what they may bring (domain.md R8), by the worksheet of R9."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

CRITERIA = 7
HIGH = 4
"""From so many of the seven criteria on the potential is high (R8)."""
_BANDS = ((5, "high"), (3, "middle"), (0, "low"))


class Priority(StrEnum):
    """Where a customer stands in the matrix, in the order of lists: who is to be completed comes first."""

    UNKNOWN = "?"
    BOTH = "A+"
    POTENTIAL = "A"
    REVENUE = "B"
    NEITHER = "C"


@dataclass(frozen=True)
class Potential:
    """A worksheet: how many criteria are answered, how many of them speak for the customer; `total` needs all seven."""

    answered: int
    met: int

    @property
    def total(self) -> int | None:
        """The score of 0 to 7; None where an answer is lacking (R9)."""
        return self.met if self.answered == CRITERIA else None

    @property
    def band(self) -> str | None:
        """High from 5, middle from 3, low below (R9)."""
        return None if self.total is None else next(word for least, word in _BANDS if self.total >= least)


def worksheet(answers: Sequence[bool | None]) -> Potential:
    """The worksheet of seven answers; None: not answered."""
    given = [answer for answer in answers if answer is not None]
    return Potential(len(given), sum(given))


def priority(*, revenue_high: bool, potential: Potential | None) -> Priority:
    """A+, A, B, C by revenue and potential; unknown potential is `?` (R8)."""
    if potential is None or potential.total is None:
        return Priority.UNKNOWN
    if potential.total >= HIGH:
        return Priority.BOTH if revenue_high else Priority.POTENTIAL
    return Priority.REVENUE if revenue_high else Priority.NEITHER
