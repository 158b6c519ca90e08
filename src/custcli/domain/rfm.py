"""RFM: how lately, how often and for how much customers buy; scores 1 to 5 and the eight types (domain.md R14).

Arrays in, arrays out; quantiles are reckoned in fifths (of five scores), so that all comparisons are of whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from custcli.domain.readers import Refused
from custcli.grid import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCORES = 5
"""The usual scores are 1 to 5."""
FIGURES = ("recency", "frequency", "monetary")
ONE: Mapping[str, int] = {"recency": 1, "frequency": 1, "monetary": SCALE}
"""A day, an order, a yuan: what the R package adds to a quantile."""


class Variant(StrEnum):
    """How quantiles part: bins closed to the right, or those of the R package: a quantile + 1 begins the next one.

    Ranked: closed, but orders by rank, equal ones in the order of places, so that parts are of equal size (as pandas
    does it by `qcut(orders.rank(method="first"), 5)`).
    """

    CLOSED = "closed"
    PLUS_ONE = "plus-one"
    RANKED = "ranked"


class Kind(StrEnum):
    """The eight types, by whether R, F and M are high (R14)."""

    VALUE = "important_value"
    DEVELOP = "important_develop"
    KEEP = "important_keep"
    RETAIN = "important_retain"
    GENERAL_VALUE = "general_value"
    GENERAL_DEVELOP = "general_develop"
    GENERAL_KEEP = "general_keep"
    GENERAL_RETAIN = "general_retain"


class Action(StrEnum):
    """What to do with customers of each type, in the order of Kind."""

    SERVE_FIRST = "serve_first"
    RAISE_FREQUENCY = "raise_frequency"
    CALL_BACK = "call_back"
    WIN_BACK = "win_back"
    RAISE_AMOUNT = "raise_amount"
    WELCOME = "welcome"
    REMIND = "remind"
    LEAST_UPKEEP = "least_upkeep"


@dataclass(frozen=True)
class Rules:
    """How scores are given: from 1 to `best`. `cuts`: rising cut points of a figure instead of quantiles, four for 5.

    Days, orders, ten-thousandths; a value that reaches a cut point lies beyond it. Refused: cuts that do not rise.
    """

    variant: Variant = Variant.CLOSED
    cuts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    best: int = SCORES

    def __post_init__(self) -> None:
        count = self.best - 1
        for each in self.cuts.values():
            if len(each) != count or list(each) != sorted(set(each)):
                example = ",".join(str(30 * number) for number in range(1, count + 1))
                raise Refused("{count} rising cut points are meant: {example}", count=count, example=example)

    @property
    def by_rank(self) -> bool:
        """Whether orders are scored by their ranks."""
        return self.variant is Variant.RANKED and "frequency" not in self.cuts


@dataclass(frozen=True)
class Scored:
    """The scores of customers, arrays by place, up to `best`. `cuts`: the cut points in parts of a unit, so many.

    None of orders that are scored by rank. `high`: whether each score lies above the mean score; `kinds`: the places
    of their types in Kind.
    """

    scores: "Mapping[str, NDArray[Any]]"
    cuts: Mapping[str, Sequence[int]]
    high: "Mapping[str, NDArray[Any]]"
    kinds: "NDArray[Any]"
    best: int

    @property
    def codes(self) -> "NDArray[Any]":
        """100 R + 10 F + M."""
        recency, frequency, monetary = (self.scores[name] for name in FIGURES)
        codes: NDArray[Any] = recency * 100 + frequency * 10 + monetary
        return codes


def score(figures: "Mapping[str, NDArray[Any]]", rules: Rules | None = None) -> Scored:
    """Score customers by `recency` (days), `frequency` (orders) and `monetary` (ten-thousandths).

    The customers come in the order of their codes. One who brought nothing or less has 1 for M. Refused: fewer
    customers than scores and no cut points given.
    """
    rules = rules or Rules()
    count = len(figures["recency"])
    if count < rules.best and set(rules.cuts) != set(FIGURES):
        raise Refused(
            "customers who ordered in the period: {found}; quantiles need {count}: take a longer period or give all "
            "cut points (--r-cuts, --f-cuts, --m-cuts)",
            found=count,
            count=rules.best,
        )
    if rules.by_rank:
        figures = {**figures, "frequency": _ranks(figures["frequency"])}
    cuts = {name: _cuts(name, figures[name], rules) for name in FIGURES}
    scores = {name: _points(name, figures[name], cuts[name], rules) for name in FIGURES}
    high = {name: each * count > int(each.sum()) for name, each in scores.items()}
    kinds = 4 * ~high["monetary"] + 2 * ~high["recency"] + ~high["frequency"]
    return Scored(scores, {**cuts, "frequency": []} if rules.by_rank else cuts, high, kinds, rules.best)


def _points(name: str, values: "NDArray[Any]", cuts: Sequence[int], rules: Rules) -> "NDArray[Any]":
    """The scores of values at these cut points."""
    beyond = _beyond(name, values, cuts, rules)
    if name == "recency":
        return rules.best - beyond
    return beyond * (values > 0) + 1 if name == "monetary" else beyond + 1


def _ranks(values: "NDArray[Any]") -> "NDArray[Any]":
    """The ranks upwards, from 1 on; of equal values the first one by place has the lower rank."""
    import numpy as np

    ranks = np.empty_like(values)
    ranks[np.argsort(values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def _cuts(name: str, values: "NDArray[Any]", rules: Rules) -> list[int]:
    """The cut points in parts of a unit, as many as scores: given ones, else quantiles of type 7, exactly."""
    import numpy as np

    if name in rules.cuts:
        return [rules.best * cut for cut in rules.cuts[name]]
    ordered = np.sort(values)
    added = rules.best * ONE[name] if rules.variant is Variant.PLUS_ONE else 0
    return [_quantile(ordered, part, rules.best) + added for part in range(1, rules.best)]


def _quantile(ordered: "NDArray[Any]", part: int, parts: int) -> int:
    """So many times the quantile part/parts: between two neighbours, in proportion (type 7)."""
    low, rest = divmod((len(ordered) - 1) * part, parts)
    lower, upper = int(ordered[low]), int(ordered[min(low + 1, len(ordered) - 1)])
    return parts * lower + rest * (upper - lower)


def _beyond(name: str, values: "NDArray[Any]", cuts: Sequence[int], rules: Rules) -> "NDArray[Any]":
    """How many cut points each value lies beyond; those that were given or raised by one are reached, not passed."""
    import numpy as np

    side: Literal["left", "right"] = "right" if _reached(name, rules) else "left"
    found: NDArray[Any] = np.searchsorted(np.array(cuts), values * rules.best, side=side)
    return found


def turns(name: str, value: int, scored: Scored, rules: Rules) -> list[tuple[int, int]]:
    """The nearest values (days, orders, ten-thousandths) below and above with another score, each with that score.

    At these cut points; there are none of orders that are scored by rank.
    """
    import numpy as np

    cuts = scored.cuts[name]
    firsts = [-(-cut // scored.best) if _reached(name, rules) else cut // scored.best + 1 for cut in cuts]
    if name == "monetary":
        firsts = [max(first, 1) for first in firsts]
    near = [first - 1 for first in firsts if first <= value][-1:] + [first for first in firsts if first > value][:1]
    points = _points(name, np.array(near, dtype=np.int64), cuts, rules).tolist()
    return list(zip(near, points, strict=True))


def _reached(name: str, rules: Rules) -> bool:
    """Whether a value that equals a cut point lies beyond it: one that was given, or a quantile raised by one."""
    return name in rules.cuts or rules.variant is Variant.PLUS_ONE
