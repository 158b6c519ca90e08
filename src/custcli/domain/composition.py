"""What customers and their orders add up to by dimensions, as arrays (R30)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from custcli.domain.ledger import UNKNOWN, Ledger

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
    "week": Part(lambda orders: (orders.days - 1) // 7, lambda n: date.fromordinal(7 * n + 1).isoformat()),
    "day": Part(lambda orders: orders.days, lambda n: date.fromordinal(n).isoformat()),
    "weekday": Part(lambda orders: (orders.days - 1) % 7, lambda n: f"{n + 1}"),
}
"""Monday is 1; a week is called by its Monday."""


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

    def at(self, places: "NDArray[Any]") -> "Entries":
        """Some of them, or some again."""
        return Entries(*(column[places] for column in vars(self).values()))


@dataclass(frozen=True)
class Axis:
    """A dimension of entries: the place of each one's word among the words."""

    places: "NDArray[Any]"
    words: Sequence[object]

    def at(self, places: "NDArray[Any]") -> "Axis":
        """The same dimension of others."""
        return Axis(self.places[places], self.words)


@dataclass(frozen=True)
class Values:
    """A dimension of customers, who may have several values: those of each begin at `starts`, one more than customers.

    `numbers`: the places of the values among the words.
    """

    starts: "NDArray[Any]"
    numbers: "NDArray[Any]"
    words: Sequence[object]

    def among(self, places: "NDArray[Any]") -> "tuple[NDArray[Any], Axis]":
        """Entries of the customers at these places, each again for each of its customer's values; the dimension."""
        import numpy as np

        counts = np.diff(self.starts)[places]
        again = np.repeat(np.arange(len(places)), counts)
        nth = np.arange(len(again)) - np.repeat(np.cumsum(counts) - counts, counts)
        return again, Axis(self.numbers[self.starts[places][again] + nth], self.words)


def values(owners: "NDArray[Any]", numbers: "NDArray[Any]", words: Sequence[object], count: int) -> Values:
    """The dimension of so many customers: owners' places with a word of each; who has none has the first, the blank."""
    import numpy as np

    without = np.ones(count, dtype=bool)
    without[owners] = False
    pairs = np.sort(np.concatenate([owners * len(words) + numbers, np.flatnonzero(without) * len(words)]))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return Values(np.searchsorted(pairs, np.arange(count + 1) * len(words)), pairs % len(words), words)


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


def matched(orders: "NDArray[Any]", lines: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """The places of each line's order and of the line, and of the orders without lines, whose line is -1.

    `orders`: their ids; `lines`: the id of each line's order; lines of other orders are left out.
    """
    import numpy as np

    by_id = np.argsort(orders, kind="stable")
    places = np.searchsorted(orders, lines, sorter=by_id)
    mine = np.flatnonzero(places < len(orders))
    at = by_id[places[mine]]
    there = orders[at] == lines[mine]
    bare = np.setdiff1d(np.arange(len(orders)), at[there])
    return np.concatenate([at[there], bare]), np.concatenate([mine[there], np.full(len(bare), -1)])


def gathered(
    who: "NDArray[Any]", back: "NDArray[Any]", at: "NDArray[Any]", amount: "NDArray[Any]", part: "NDArray[Any]"
) -> Entries:
    """What lines add up to for each part and customer: an order counts once in a part, goods sent back do not.

    Of each order, by customer: the customer, whether goods were sent back. Of each line: the place of its order, an
    amount or UNKNOWN, the number of its part.
    """
    import numpy as np

    order = np.lexsort((at, part))
    at, part, amount = at[order], part[order], amount[order]
    ids, known, other = who[at], amount != UNKNOWN, np.diff(part, prepend=-1) != 0
    begins = np.flatnonzero(other | (np.diff(ids, prepend=-1) != 0))
    counted = (other | (np.diff(at, prepend=-1) != 0)) & ~back[at]
    sums = (_added(each, begins) for each in (counted, np.where(known, amount, 0), known))
    return Entries(ids[begins], part[begins], *sums)


def worded(numbers: "NDArray[Any]", word: Callable[[int], object]) -> Axis:
    """Numbers as a dimension: the word of each of them."""
    import numpy as np

    every, places = np.unique(numbers, return_inverse=True)
    return Axis(places, [word(number) for number in every.tolist()])


def _added(values: "NDArray[Any]", begins: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    return np.add.reduceat(values, begins, dtype=np.int64) if len(begins) else values.astype(np.int64)


def whole(found: Entries) -> tuple[int, int, int, int | None]:
    """(customers, buyers, orders, amount) of entries in all; the amount is None where none is known."""
    amount = int(found.amount.sum()) if found.known.any() else None
    return len(found.ids), int((found.orders > 0).sum()), int(found.orders.sum()), amount


def grouped(axes: Sequence[Axis], found: Entries) -> list[tuple[Any, ...]]:
    """For each combination of words: (words…, customers, buyers, orders, amount).

    An amount is None where none is known.
    """
    import numpy as np

    groups, words = _combined(axes)
    sums = [np.zeros(len(words), dtype=np.int64) for _ in range(5)]
    buyers = (found.orders > 0).astype(np.int64)  # truth values are added up thirty times as slowly as numbers
    figures: tuple[Any, ...] = (1, buyers, found.orders, found.amount, found.known)
    for total, each in zip(sums, figures, strict=True):
        np.add.at(total, groups, each)
    told = zip(*(total.tolist() for total in sums), strict=True)
    return [(*at, *counts, amount if known else None) for at, (*counts, amount, known) in zip(words, told, strict=True)]


def best(
    axes: Sequence[Axis], found: Entries, ranks: "NDArray[Any]", count: int
) -> list[tuple[tuple[object, ...], int, int]]:
    """(words, customer, amount) of the `count` entries with most of each combination, then by `ranks` of customers."""
    import numpy as np

    groups, words = _combined(axes)
    order = np.lexsort((ranks, -found.amount, groups))
    order = order[found.amount[order] > 0]
    begins = np.flatnonzero(np.diff(groups[order], prepend=-1))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    first = order[nth < count]
    told = zip(*(each[first].tolist() for each in (groups, found.ids, found.amount)), strict=True)
    return [(words[group], customer, amount) for group, customer, amount in told]


def _combined(axes: Sequence[Axis]) -> "tuple[NDArray[Any], list[tuple[object, ...]]]":
    """The number of each entry's combination of words, and the combinations by number; none is without entries."""
    import numpy as np

    sizes = [len(axis.words) for axis in axes]
    flat = np.ravel_multi_index([axis.places for axis in axes], sizes) if len(axes[0].places) else axes[0].places
    if prod(sizes) > len(flat):
        there, groups = np.unique(flat, return_inverse=True)
    else:
        there = np.flatnonzero(np.bincount(flat, minlength=prod(sizes)))
        groups = np.searchsorted(there, flat)
    columns = np.unravel_index(there, sizes) if len(there) else [there for _ in axes]
    words = (map(axis.words.__getitem__, column.tolist()) for axis, column in zip(axes, columns, strict=True))
    return groups, list(zip(*words, strict=True))
