"""How many customers stay, come, come back and go in a period (R22)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.ledger import Ledger
from custcli.domain.status import Days, Rules, current

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Turnover:
    """Of a period: customers at its start and end, who came, came back and went, and who bought once and again.

    `buyers_before`: who bought in the period before it; `returned`: of these, who bought in it, too.
    """

    start: int
    new: int
    regained: int
    lost: int
    end: int
    buyers: int
    repeat_buyers: int
    buyers_before: int
    returned: int

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

    @property
    def return_rate(self) -> Fraction | None:
        """回购率: of who bought in the period before, those who bought in this one, too."""
        return Fraction(self.returned, self.buyers_before) if self.buyers_before else None


def turnover(
    orders: Days,
    since: int,
    until: int,
    rules: Rules,
    times: tuple["NDArray[Any]", "NDArray[Any]"],
    chosen: "NDArray[Any] | None" = None,
) -> Turnover:
    """What happened from the day `since` to `until`, both included, to the customers chosen (a mask; None: all).

    `times` counts the orders of each customer in the period before and in this one.
    """
    import numpy as np

    mask = np.ones(len(orders.starts), dtype=bool) if chosen is None else chosen
    before, after = current(orders, since - 1, rules) & mask, current(orders, until, rules) & mask
    first = orders.days[orders.starts]
    fresh = after & ~before
    earlier, bought = times[0] >= 1, times[1] >= 1
    return Turnover(
        start=int(before.sum()),
        new=int((fresh & (first >= since)).sum()),
        regained=int((fresh & (first < since)).sum()),
        lost=int((before & ~after).sum()),
        end=int(after.sum()),
        buyers=int((bought & mask).sum()),
        repeat_buyers=int(((times[1] > 1) & mask).sum()),
        buyers_before=int((earlier & mask).sum()),
        returned=int((earlier & bought & mask).sum()),
    )


Cohort = tuple[int, int]
"""Of a cohort in a period: customers who ordered, net amount in ten-thousandths."""


def cohorts(orders: Ledger, months: int) -> dict[tuple[int, int], Cohort]:
    """What the customers of each cohort, the period of their first order, did in each period from it on (R22).

    By the numbers of cohort and period (Ledger.periods). Goods sent back are no order, but lessen the amount.
    """
    import numpy as np

    periods = orders.periods(months)
    begins = np.flatnonzero((np.diff(periods, prepend=0) != 0) | (np.diff(orders.who, prepend=-1) != 0))
    if not len(begins):
        return {}
    who, period = orders.who[begins], periods[begins]
    ordered = np.add.reduceat(~orders.back, begins, dtype=np.int64) > 0
    amount = np.add.reduceat(orders.figure("amount")[0], begins)
    first = np.full(len(orders.ids), np.iinfo(np.int64).max)
    np.minimum.at(first, who[ordered], period[ordered])
    cohort = first[who]
    since = np.flatnonzero(period >= cohort)
    since = since[np.lexsort((period[since], cohort[since]))]
    cohort, period = cohort[since], period[since]
    pairs = np.flatnonzero((np.diff(cohort, prepend=-1) != 0) | (np.diff(period, prepend=-1) != 0))
    if not len(pairs):
        return {}
    customers = np.add.reduceat(ordered[since], pairs, dtype=np.int64).tolist()
    amounts = np.add.reduceat(amount[since], pairs).tolist()
    keys = zip(cohort[pairs].tolist(), period[pairs].tolist(), strict=True)
    return dict(zip(keys, zip(customers, amounts, strict=True), strict=True))


def together(parts: Iterable[Mapping[tuple[int, int], Cohort]]) -> list[tuple[int, int, Cohort]]:
    """The cohorts of several parts of the customers added up, by cohort and period."""
    found: dict[tuple[int, int], Cohort] = {}
    for part in parts:
        for key, (customers, amount) in part.items():
            before = found.get(key, (0, 0))
            found[key] = before[0] + customers, before[1] + amount
    return [(*key, each) for key, each in sorted(found.items())]
