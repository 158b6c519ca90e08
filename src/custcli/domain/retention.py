"""How many customers stay, come, come back and go in a period (R22)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.status import Orders, Rules, current

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Turnover:
    """Of a period: customers at its start and end, who came, came back and went, and who bought once and again."""

    start: int
    new: int
    regained: int
    lost: int
    end: int
    buyers: int
    repeat_buyers: int

    @property
    def retention_rate(self) -> Fraction | None:
        """(end − new) ÷ start, where who came back is as new; None where nobody was there (R22)."""
        return Fraction(self.end - self.new - self.regained, self.start) if self.start else None

    @property
    def churn_rate(self) -> Fraction | None:
        """Lost ÷ start (R22)."""
        return Fraction(self.lost, self.start) if self.start else None

    @property
    def growth_rate(self) -> Fraction | None:
        """(end − start) ÷ start."""
        return Fraction(self.end - self.start, self.start) if self.start else None

    @property
    def old_share(self) -> Fraction | None:
        """Customers of before the period ÷ all current ones at its end (R22)."""
        return Fraction(self.end - self.new, self.end) if self.end else None

    @property
    def repeat_rate(self) -> Fraction | None:
        """Customers with two orders or more in the period ÷ those with one or more (R22)."""
        return Fraction(self.repeat_buyers, self.buyers) if self.buyers else None


def turnover(
    orders: Orders, since: int, until: int, rules: Rules, times: "NDArray[Any]", chosen: "NDArray[Any] | None" = None
) -> Turnover:
    """What happened from the day `since` to `until`, both included, to the customers chosen (a mask; None: all).

    `times` counts the orders of each customer in the period.
    """
    import numpy as np

    mask = np.ones(len(orders.starts), dtype=bool) if chosen is None else chosen
    before, after = current(orders, since - 1, rules) & mask, current(orders, until, rules) & mask
    first = orders.days[orders.starts]
    fresh = after & ~before
    return Turnover(
        start=int(before.sum()),
        new=int((fresh & (first >= since)).sum()),
        regained=int((fresh & (first < since)).sum()),
        lost=int((before & ~after).sum()),
        end=int(after.sum()),
        buyers=int(((times >= 1) & mask).sum()),
        repeat_buyers=int(((times > 1) & mask).sum()),
    )
