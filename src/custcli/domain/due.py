"""When a customer will buy again, by the gaps between its last purchases (R27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import mean, median

LAST = 5
"""So many purchases are looked at."""
FEWEST = 3
"""Two gaps at least: with fewer there is no forecast."""


@dataclass(frozen=True)
class Purchase:
    """A day on which something was bought, and how much of it (ten-thousandths; None: unknown)."""

    day: date
    quantity: int | None = None


@dataclass(frozen=True)
class Forecast:
    """`cycle` is the usual gap in days, `factor` how much more than usual was bought last; `due` the day expected."""

    cycle: Fraction
    factor: Fraction
    last: date
    due: date
    purchases: int

    def days_left(self, day: date) -> int:
        """Days from `day` until it is due; below 0 it is overdue."""
        return (self.due - day).days


def forecast(purchases: Sequence[Purchase], *, count: int = LAST, middle: bool = False) -> Forecast | None:
    """The next purchase after the last `count` ones, which come oldest first, one a day (R27).

    Due = last + cycle × quantity of the last one ÷ mean quantity of those before, rounded half up to a day. The cycle
    is the mean gap, `middle`: the median. None with fewer than two gaps.
    """
    some = purchases[-count:]
    if len(some) < FEWEST:
        return None
    gaps = [Fraction((after.day - before.day).days) for before, after in pairwise(some)]
    cycle = median(gaps) if middle else mean(gaps)
    factor = _factor(some)
    days = int(cycle * factor + Fraction(1, 2))
    last = some[-1].day
    return Forecast(cycle, factor, last, last + timedelta(days=min(days, (date.max - last).days)), len(some))


def _factor(some: Sequence[Purchase]) -> Fraction:
    """How much longer than usual the last purchase lasts; 1 where a quantity is unknown or not above 0."""
    *before, last = [each.quantity for each in some]
    known = [quantity for quantity in before if quantity is not None and quantity > 0]
    if last is None or last <= 0 or len(known) < len(before):
        return Fraction(1)
    return Fraction(last * len(known), sum(known))
