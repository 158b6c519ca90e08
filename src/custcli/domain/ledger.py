"""The orders of many customers as columns, and what each customer's orders add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = -(2**62)
"""In the place of a figure that is not stated."""


@dataclass(frozen=True)
class Ledger:
    """The orders that count (domain.md 1.13) of some customers, by customer and day.

    `ids`: the customers, ascending; `starts`: where the orders of each begin. Of each order: `days` (ordinals), `back`
    (goods that were sent back), `figures` by name in ten-thousandths, UNKNOWN where one is not stated.
    """

    ids: "NDArray[Any]"
    starts: "NDArray[Any]"
    days: "NDArray[Any]"
    back: "NDArray[Any]"
    figures: "Mapping[str, NDArray[Any]]"

    @cached_property
    def who(self) -> "NDArray[Any]":
        """The place of each order's customer."""
        import numpy as np

        return np.repeat(np.arange(len(self.ids)), np.diff(self.starts, append=len(self.days)))

    def between(self, since: int, until: int) -> "NDArray[Any]":
        """Which orders are of these days, both included."""
        within: NDArray[Any] = (self.days >= since) & (self.days <= until)
        return within

    def figure(self, name: str) -> "tuple[NDArray[Any], NDArray[Any]]":
        """A figure of each order, 0 where it is not known, and whether it is; `profit` is amount less cost."""
        import numpy as np

        if name == "profit":
            (amount, stated), (cost, known) = self.figure("amount"), self.figure("cost")
            return np.where(stated & known, amount - cost, 0), stated & known
        found = self.figures[name]
        return np.where(found != UNKNOWN, found, 0), found != UNKNOWN

    def count(self, which: "NDArray[Any]") -> "NDArray[Any]":
        """How many of these orders (a mask) each customer has."""
        import numpy as np

        return np.bincount(self.who[which], minlength=len(self.ids))

    def total(self, name: str, which: "NDArray[Any]") -> "NDArray[Any]":
        """What a figure of these orders adds up to for each customer; what is not known adds nothing."""
        return self._added(self.figure(name)[0] * which)

    def _added(self, values: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        return np.add.reduceat(values, self.starts) if len(self.starts) else values

    def only(self, which: "NDArray[Any]") -> "Ledger":
        """These orders alone, with the customers that have any."""
        import numpy as np

        who = self.who[which]
        begins = np.flatnonzero(np.diff(who, prepend=-1))
        figures = {name: values[which] for name, values in self.figures.items()}
        return Ledger(self.ids[who[begins]], begins, self.days[which], self.back[which], figures)

    def among(self, ids: "NDArray[Any]") -> "Ledger":
        """The orders of these customers alone; `ids` ascend."""
        import numpy as np

        mine = np.isin(self.ids, ids, assume_unique=True)
        return self if mine.all() else self.only(mine[self.who])

    def by_day(self) -> "tuple[NDArray[Any], NDArray[Any], NDArray[Any]]":
        """Customer, day and number of orders of each day on which a customer ordered."""
        import numpy as np

        mine = self.only(~self.back)
        begins = np.flatnonzero(mine.new_days)
        return mine.ids[mine.who[begins]], mine.days[begins], np.diff(begins, append=len(mine.days))

    def periods(self, months: int) -> "NDArray[Any]":
        """The number of the period of so many months in which each order lies: of months year × 12 + month − 1."""
        import numpy as np

        days = (self.days - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
        numbers: NDArray[Any] = (days.astype("datetime64[M]").astype(np.int64) + 1970 * 12) // months
        return numbers

    @cached_property
    def new_days(self) -> "NDArray[Any]":
        """Which orders are the first of their customer and day."""
        import numpy as np

        new: NDArray[Any] = np.diff(self.days, prepend=0) != 0
        new[self.starts] = True
        return new

    @property
    def first(self) -> "NDArray[Any]":
        """The day of each customer's first order."""
        found: NDArray[Any] = self.days[self.starts]
        return found

    @property
    def last(self) -> "NDArray[Any]":
        """The day of each customer's last order."""
        import numpy as np

        found: NDArray[Any] = self.days[np.append(self.starts[1:], len(self.days))[: len(self.starts)] - 1]
        return found
