"""Ranking customers: ABC classes, the pyramid's tiers, the 80/20 line, Gini (domain.md R4, R5, R6).

Made for millions of customers: arrays in, arrays out, and every comparison in whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from custcli.domain.readers import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

Word = TypeVar("Word", bound=StrEnum)

WHOLE = 10_000
"""Cuts and tiers are basis points: 8,000 is 80 %."""


class AbcClass(StrEnum):
    """By share of the total."""

    A = "A"
    B = "B"
    C = "C"


class Tier(StrEnum):
    """By number of customers: 关键 发展 维持 机会."""

    KEY = "key"
    MAJOR = "major"
    ORDINARY = "ordinary"
    SMALL = "small"


class Boundary(StrEnum):
    """Which share decides a customer's class: the one with it (end) or the one before it (start)."""

    END = "end"
    START = "start"


@dataclass(frozen=True)
class Rules:
    """Cuts of ABC and sizes of the tiers, in basis points; how the boundary and ties are taken (R4, R5).

    Refused unless 0 < first cut < second cut ≤ 100 % and the tiers rise.
    """

    cuts: tuple[int, int] = (8_000, 9_500)
    tiers: tuple[int, int, int] = (100, 500, 2_000)
    boundary: Boundary = Boundary.END
    keep_ties: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.cuts[0] < self.cuts[1] <= WHOLE:
            raise Refused("the cuts must rise between 0 and 100: {example}", example="80,95")
        if not 0 < self.tiers[0] < self.tiers[1] < self.tiers[2] <= WHOLE:
            raise Refused("the tiers must rise between 0 and 100: {example}", example="1,5,20")


@dataclass(frozen=True)
class Ranking:
    """The customers with an amount above 0, best first. All arrays and lists are in the order of rank, from rank 1 on.

    `order`: their places in what was given; `amounts`, `cumulative`: ten-thousandths (whole numbers, `object` beyond
    64 bits); `abc_ends`, `tier_ends`: how many are in the classes up to and with each one; `thresholds`: the cumulative
    amounts up to which A and B reach.
    """

    order: "NDArray[Any]"
    amounts: "NDArray[Any]"
    cumulative: "NDArray[Any]"
    total: int
    abc_ends: tuple[int, ...]
    tier_ends: tuple[int, ...]
    thresholds: tuple[int, int]
    unranked: int
    rules: Rules

    def __len__(self) -> int:
        return len(self.order)

    @property
    def abc(self) -> list[AbcClass]:
        """The class of each ranked customer."""
        return _spread(tuple(AbcClass), self.abc_ends)

    @property
    def tiers(self) -> list[Tier]:
        """The tier of each ranked customer."""
        return _spread(tuple(Tier), self.tier_ends)

    @property
    def shares(self) -> "NDArray[Any]":
        """Each amount as a fraction of the total."""
        return self.amounts.astype(float) / float(self.total or 1)

    @property
    def cumulative_shares(self) -> "NDArray[Any]":
        """Each cumulative amount as a fraction of the total."""
        return self.cumulative.astype(float) / float(self.total or 1)


@dataclass(frozen=True)
class Part:
    """A class or tier: its customers, their amount in ten-thousandths, its share of the total (None without one)."""

    customers: int
    amount: int
    share: float | None


@dataclass(frozen=True)
class Pareto:
    """The 80/20 line (R6): share of the best fifth, and how many customers make 80 %; None without a total."""

    top20_customers: int
    top20_share: float | None
    customers_for_80: int | None
    customers_for_80_share: float | None


def rank(codes: Sequence[str] | range, amounts: "Sequence[int] | NDArray[Any]", rules: Rules | None = None) -> Ranking:
    """Rank by amount downwards, then code upwards; only amounts above 0 are ranked (R4, decisions.md 22).

    `codes` and `amounts` (ten-thousandths, 64 bits) belong together by place; of customers in the order of their codes
    a range stands for the codes.
    """
    import numpy as np

    rules = rules or Rules()
    given = np.asarray(amounts, dtype=np.int64)
    by_code = _by_code(codes)
    by_code = by_code[given[by_code] > 0]
    order = by_code[np.argsort(-given[by_code], kind="stable")]
    ranked = given[order]
    cumulative = _cumulative(ranked)
    total = int(cumulative[-1]) if len(ranked) else 0
    thresholds = (total * rules.cuts[0] // WHOLE, total * rules.cuts[1] // WHOLE)
    return Ranking(
        order=order,
        amounts=ranked,
        cumulative=cumulative,
        total=total,
        abc_ends=_abc_ends(ranked, cumulative, thresholds, rules),
        tier_ends=_tier_ends(ranked, rules),
        thresholds=thresholds,
        unranked=len(codes) - len(ranked),
        rules=rules,
    )


def _by_code(codes: Sequence[str] | range) -> "NDArray[Any]":
    """The places in the order of the codes."""
    import numpy as np

    if isinstance(codes, range):
        return np.arange(len(codes), dtype=np.intp)
    return np.array(sorted(range(len(codes)), key=codes.__getitem__), dtype=np.intp)


def rank_within(
    groups: Sequence[str],
    codes: Sequence[str] | range,
    amounts: "Sequence[int] | NDArray[Any]",
    rules: Rules | None = None,
) -> dict[str, Ranking]:
    """A ranking for each group (R4.8), groups in order of their names; `order` gives places in the whole."""
    import numpy as np

    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    given = np.asarray(amounts, dtype=np.int64)
    rankings = {}
    for group in sorted(members):
        places = np.array(members[group], dtype=np.intp)
        own = range(len(places)) if isinstance(codes, range) else [codes[place] for place in members[group]]
        inside = rank(own, given[places], rules)
        rankings[group] = replace(inside, order=places[inside.order])
    return rankings


def _cumulative(ranked: "NDArray[Any]") -> "NDArray[Any]":
    """Running sums; Python's whole numbers where 64 bits might overflow."""
    import numpy as np

    if len(ranked) == 0 or int(ranked[0]) * len(ranked) < 2**63:
        return np.cumsum(ranked, dtype=np.int64)
    return np.array(list(accumulate(ranked.tolist())), dtype=object)


def _abc_ends(
    ranked: "NDArray[Any]", cumulative: "NDArray[Any]", thresholds: tuple[int, int], rules: Rules
) -> tuple[int, ...]:
    """How many customers A, A and B, all hold.

    cumulative × 10,000 ≤ total × cut holds exactly where cumulative ≤ ⌊total × cut / 10,000⌋.
    """
    count = len(ranked)
    ends = []
    for threshold in thresholds:
        reached = int(cumulative.searchsorted(threshold, side="right"))
        # The share before a customer is the share with the one above; the best customer is A however large (R4.1).
        end = reached + 1 if rules.boundary is Boundary.START else max(reached, 1)
        ends.append(_tied(ranked, min(end, count), rules))
    return (*ends, count)


def _tier_ends(ranked: "NDArray[Any]", rules: Rules) -> tuple[int, ...]:
    """How many customers the tiers hold, cumulated: always rounded up, so that somebody is key (R5)."""
    count = len(ranked)
    return (*(_tied(ranked, -(-count * tier // WHOLE), rules) for tier in rules.tiers), count)


def _tied(ranked: "NDArray[Any]", end: int, rules: Rules) -> int:
    """The end moved behind the customers that have the amount of the last one, if ties are kept together (R4.3)."""
    if not rules.keep_ties or not 0 < end < len(ranked):
        return end
    return int((-ranked).searchsorted(-ranked[end - 1], side="right"))


def _spread(words: Sequence[Word], ends: Sequence[int]) -> list[Word]:
    spread: list[Word] = []
    for word, end in zip(words, ends, strict=True):
        spread += [word] * (end - len(spread))
    return spread


def abc_parts(ranking: Ranking) -> dict[AbcClass, Part]:
    """Customers, amount and share of each class."""
    return dict(zip(AbcClass, _parts(ranking, ranking.abc_ends), strict=True))


def tier_parts(ranking: Ranking) -> dict[Tier, Part]:
    """Customers, amount and share of each tier."""
    return dict(zip(Tier, _parts(ranking, ranking.tier_ends), strict=True))


def _parts(ranking: Ranking, ends: Sequence[int]) -> list[Part]:
    sums = [_up_to(ranking, end) for end in (0, *ends)]
    return [
        Part(end - start, high - low, _share(high - low, ranking.total))
        for start, end, low, high in zip((0, *ends), ends, sums, sums[1:], strict=False)
    ]


def _up_to(ranking: Ranking, count: int) -> int:
    return int(ranking.cumulative[count - 1]) if count else 0


def _share(amount: int, total: int) -> float | None:
    return amount / total if total else None


def pareto(ranking: Ranking) -> Pareto:
    """The 80/20 line: the best ⌈20 %⌉ customers' share, and the fewest customers that reach 80 % (R6)."""
    count = len(ranking)
    best = -(-count // 5)
    if not ranking.total:
        return Pareto(best, None, None, None)
    needed = int(ranking.cumulative.searchsorted(-(-ranking.total * 4 // 5), side="left")) + 1
    return Pareto(best, _share(_up_to(ranking, best), ranking.total), needed, needed / count)


def gini(ranking: Ranking) -> float | None:
    """Gini coefficient of the ranked customers (population), 0 for equal ones; None without any.

    (2 Σ cumulative − (n − 1) total) / (n total) over the cumulative amounts but the last: whole numbers until the end.
    """
    count = len(ranking)
    if not ranking.total:
        return None
    area = exact_sum(ranking.cumulative[:-1])
    return (2 * area - (count - 1) * ranking.total) / (count * ranking.total)


def herfindahl(ranking: Ranking) -> float | None:
    """Herfindahl index of the ranked customers: the sum of their squared shares, from 1/n to 1; None without any."""
    import numpy as np

    return float(np.square(ranking.shares).sum()) if ranking.total else None


def exact_sum(values: "NDArray[Any]") -> int:
    """The sum of whole numbers, exact also beyond 64 bits: upper and lower halves are added up apart."""
    if values.dtype == object:
        return sum(values.tolist())
    return (int((values >> 32).sum()) << 32) + int((values & (2**32 - 1)).sum())
