"""Sales held against the target of a year: how much was due by now, where the year will end, how bad it is (F136)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

FIRST, LAST = 1900, 2200
"""The years that can have a target, as the form says."""
WHOLE = 10_000
"""Limits are basis points: 8,000 is 80 %."""


class Level(StrEnum):
    """How far sales are behind what was due by now (domain.md W05)."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Reason(StrEnum):
    """Why the level is what it is."""

    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    BELOW_YELLOW = "below_yellow"
    BELOW_RED = "below_red"
    NOT_BEGUN = "not_begun"


LEVELS = {Reason.BELOW_RED: Level.RED, Reason.BELOW_YELLOW: Level.YELLOW, Reason.NOT_BEGUN: None}
"""The levels of reasons; those of all others are green."""


@dataclass(frozen=True)
class Elapsed:
    """How many of the days of a year have passed at the end of the business day."""

    passed: int
    days: int


@dataclass(frozen=True)
class Rules:
    """Below `red` and `yellow` basis points of what was due by now a level begins; a projection takes `fewest` days."""

    red: int = 6_000
    yellow: int = 8_000
    fewest: int = 30


@dataclass(frozen=True)
class Progress:
    """A target above 0 and the sales of its year up to now, in ten-thousandths; sales may be below 0 by returns."""

    target: int
    sales: int
    time: Elapsed
    rules: Rules = Rules()

    @property
    def share(self) -> float:
        """How much of the target is reached."""
        return self.sales / self.target

    @property
    def expected(self) -> int:
        """What was due by now: the share of the year that has passed, of the target; half up to a ten-thousandth."""
        return _rounded(self.target * self.time.passed, self.time.days)

    @property
    def pace(self) -> float | None:
        """Sales as a share of what was due, which is not rounded for it; None before the year."""
        due = self.target * self.time.passed
        return self.sales * self.time.days / due if due else None

    @property
    def gap(self) -> int:
        """How far sales are ahead of what was due; below 0 they are behind."""
        return self.sales - self.expected

    @property
    def projection(self) -> int | None:
        """The sales of the whole year if it goes on like this; None while too few days have passed."""
        if self.time.passed < max(self.rules.fewest, 1):
            return None
        return _rounded(self.sales * self.time.days, self.time.passed)

    @property
    def reason(self) -> Reason:
        """Which limit the sales keep; exactly on a limit they keep it (W05: below 80 %)."""
        if not self.time.passed:
            return Reason.NOT_BEGUN
        if self.sales >= self.target:
            return Reason.REACHED
        if self._below(self.rules.red):
            return Reason.BELOW_RED
        if self._below(self.rules.yellow):
            return Reason.BELOW_YELLOW
        return Reason.BEHIND if self._below(WHOLE) else Reason.ON_COURSE

    @property
    def level(self) -> Level | None:
        """The level by W05; None before the year."""
        return LEVELS.get(self.reason, Level.GREEN)

    def _below(self, limit: int) -> bool:
        """Whether sales are below so many basis points of what was due."""
        return self.sales * self.time.days * WHOLE < limit * self.target * self.time.passed


def elapsed(year: int, day: date) -> Elapsed:
    """How much of a year has passed at the end of a day: nothing of one to come, all of one that is over."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (last - first).days + 1
    return Elapsed(min(max((day - first).days + 1, 0), days), days)


def together(every: Sequence[Progress]) -> Progress | None:
    """The targets and sales of several of one year as one; None of none."""
    if not every:
        return None
    target, sales = sum(each.target for each in every), sum(each.sales for each in every)
    return replace(every[0], target=target, sales=sales)


def _rounded(amount: int, parts: int) -> int:
    """One of so many parts of an amount: the nearest whole, halves away from 0."""
    whole = (2 * abs(amount) + parts) // (2 * parts)
    return -whole if amount < 0 else whole
