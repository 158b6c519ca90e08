"""What customers and their orders add up to by dimensions, as arrays (R30)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from custcli.domain.ledger import Ledger

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Part(NamedTuple):
    """A part of the day of an order as a dimension: a number for each order, the word of a number."""

    number: "Callable[[Ledger], NDArray[Any]]"
    word: Callable[[int], str]


PARTS = {
    "year": Part(lambda orders: orders.periods(12), lambda n: f"{n:04d}"),
    "quarter": Part(lambda orders: orders.periods(3), lambda n: f"{n // 4:04d}-Q{n % 4 + 1}"),
    "month": Part(lambda orders: orders.periods(1), lambda n: f"{n // 12:04d}-{n % 12 + 1:02d}"),
    "month_of_year": Part(lambda orders: orders.periods(1) % 12, lambda n: f"{n + 1:02d}"),
    "weekday": Part(lambda orders: (orders.days - 1) % 7, lambda n: f"{n + 1}"),
}
"""Monday is 1."""


@dataclass(frozen=True)
class Entries:
    """What customers ordered, in all or in each part of the days: arrays of one length.

    `ids`: the customers; `part`: the number of the part; `orders`; `amount` in ten-thousandths, and of how many orders
    it is `known`.
    """

    ids: "NDArray[Any]"
    part: "NDArray[Any]"
    orders: "NDArray[Any]"
    amount: "NDArray[Any]"
    known: "NDArray[Any]"


@dataclass(frozen=True)
class Axis:
    """A dimension of entries: the place of each one's word among the words."""

    places: "NDArray[Any]"
    words: Sequence[object]

    def at(self, places: "NDArray[Any]") -> "Axis":
        """The same dimension of others."""
        return Axis(self.places[places], self.words)


def entries(orders: Ledger, metric: str, part: str | None = None) -> Entries:
    """The orders added up for each customer and part of the days (a key of PARTS; None: in all)."""
    import numpy as np

    number = PARTS[part].number(orders) if part else np.zeros(len(orders.days), dtype=np.int64)
    both = orders.who << 32 | number
    order = np.argsort(both, kind="stable") if (np.diff(both) < 0).any() else slice(None)
    begins = np.flatnonzero(np.diff(both[order], prepend=-1))
    amount, known = orders.figure(metric)
    sums = (_added(values[order], begins) for values in (~orders.back, amount, known))
    return Entries(orders.ids[orders.who[order][begins]], number[order][begins], *sums)


def in_all(found: Entries, ids: "NDArray[Any]") -> Entries:
    """What each of these customers ordered in all its parts, 0 of those who did not; `ids` ascend."""
    import numpy as np

    places = np.searchsorted(ids, found.ids)
    sums = [np.zeros(len(ids), dtype=np.int64) for _ in range(3)]
    for total, values in zip(sums, (found.orders, found.amount, found.known), strict=True):
        np.add.at(total, places, values)
    return Entries(ids, np.zeros(len(ids), dtype=np.int64), *sums)


def joined(parts: Sequence[Entries]) -> Entries:
    """The entries of several parts of the customers."""
    import numpy as np

    return Entries(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in parts), strict=True)))


def worded(numbers: "NDArray[Any]", word: Callable[[int], object]) -> Axis:
    """Numbers as a dimension: the word of each of them."""
    import numpy as np

    every, places = np.unique(numbers, return_inverse=True)
    return Axis(places, [word(number) for number in every.tolist()])


def _added(values: "NDArray[Any]", begins: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    return np.add.reduceat(values, begins, dtype=np.int64) if len(begins) else values.astype(np.int64)


def grouped(axes: Sequence[Axis], found: Entries) -> list[tuple[Any, ...]]:
    """For each combination of words: (words…, customers, buyers, orders, amount); without axes one row of all.

    An amount is None where none is known.
    """
    import numpy as np

    sizes = [max(len(axis.words), 1) for axis in axes]
    groups = np.zeros(len(found.ids), dtype=np.int64)
    for axis, size in zip(axes, sizes, strict=True):
        groups = groups * size + axis.places
    sums = [np.zeros(int(np.prod(sizes)), dtype=np.int64) for _ in range(5)]
    buyers = (found.orders > 0).astype(np.int64)  # truth values are added up thirty times as slowly as numbers
    figures: tuple[Any, ...] = (1, buyers, found.orders, found.amount, found.known)
    for total, values in zip(sums, figures, strict=True):
        np.add.at(total, groups, values)
    there = np.flatnonzero(sums[0]) if axes else np.arange(1)
    told = zip(*(total[there].tolist() for total in sums), strict=True)
    words = zip(*(each.tolist() for each in np.unravel_index(there, sizes)), strict=True) if axes else [()]
    return [
        (*(axis.words[place] for axis, place in zip(axes, at, strict=True)), *counts, amount if known else None)
        for at, (*counts, amount, known) in zip(words, told, strict=True)
    ]
