"""RFM: how lately, how often and for how much customers buy; scores 1 to 5 and the eight types (domain.md R14).

Arrays in, arrays out; quantiles are reckoned in fifths, so that every comparison is one of whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused
from custcli.grid import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCORES = 5
LEAST = 5
"""Fewer customers than this have no quantiles worth the name."""
FIGURES = ("recency", "frequency", "monetary")
ONE: Mapping[str, int] = {"recency": 1, "frequency": 1, "monetary": SCALE}
"""A day, an order, a yuan: what the R package adds to a quantile."""


class Variant(StrEnum):
    """How quantiles part: bins closed to the right, or those of the R package: a quantile + 1 begins the next one."""

    CLOSED = "closed"
    PLUS_ONE = "plus-one"


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
    """How scores are given. `cuts`: four rising cut points of a figure instead of its quantiles.

    Days, orders, ten-thousandths; a value that reaches a cut point lies beyond it. Refused: cuts that do not rise.
    """

    variant: Variant = Variant.CLOSED
    cuts: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.cuts.values():
            if len(each) != SCORES - 1 or list(each) != sorted(set(each)):
                raise Refused("four rising cut points are meant: {example}", example="30,90,180,365")


@dataclass(frozen=True)
class Scored:
    """The scores of customers, arrays by place: 5 is best. `cuts`: the cut points in fifths of a unit.

    `high`: whether each score lies above the mean score; `kinds`: the places of their types in Kind.
    """

    scores: "Mapping[str, NDArray[Any]]"
    cuts: Mapping[str, Sequence[int]]
    high: "Mapping[str, NDArray[Any]]"
    kinds: "NDArray[Any]"

    @property
    def codes(self) -> "NDArray[Any]":
        """100 R + 10 F + M."""
        recency, frequency, monetary = (self.scores[name] for name in FIGURES)
        codes: NDArray[Any] = recency * 100 + frequency * 10 + monetary
        return codes


def score(figures: "Mapping[str, NDArray[Any]]", rules: Rules | None = None) -> Scored:
    """Score customers by `recency` (days), `frequency` (orders) and `monetary` (ten-thousandths).

    A customer who brought nothing or less has 1 for M. Refused: fewer than five customers and no cut points given.
    """
    rules = rules or Rules()
    count = len(figures["recency"])
    if count < LEAST and set(rules.cuts) != set(FIGURES):
        raise Refused("quantiles of fewer than {count} customers mean nothing: give cut points", count=LEAST)
    cuts = {name: _cuts(name, figures[name], rules) for name in FIGURES}
    beyond = {name: _beyond(name, figures[name], cuts[name], rules) for name in FIGURES}
    scores = {
        "recency": SCORES - beyond["recency"],
        "frequency": beyond["frequency"] + 1,
        "monetary": (beyond["monetary"] * (figures["monetary"] > 0)) + 1,
    }
    high = {name: each * count > int(each.sum()) for name, each in scores.items()}
    kinds = 4 * ~high["monetary"] + 2 * ~high["recency"] + ~high["frequency"]
    return Scored(scores, cuts, high, kinds)


def _cuts(name: str, values: "NDArray[Any]", rules: Rules) -> list[int]:
    """The four cut points in fifths of a unit: given ones, else quantiles of type 7, exactly."""
    import numpy as np

    if name in rules.cuts:
        return [SCORES * cut for cut in rules.cuts[name]]
    ordered = np.sort(values)
    added = SCORES * ONE[name] if rules.variant is Variant.PLUS_ONE else 0
    return [_quantile(ordered, part) + added for part in range(1, SCORES)]


def _quantile(ordered: "NDArray[Any]", part: int) -> int:
    """Five times the quantile part/5: between two neighbours, in proportion (type 7)."""
    low, rest = divmod((len(ordered) - 1) * part, SCORES)
    lower, upper = int(ordered[low]), int(ordered[min(low + 1, len(ordered) - 1)])
    return SCORES * lower + rest * (upper - lower)


def _beyond(name: str, values: "NDArray[Any]", cuts: Sequence[int], rules: Rules) -> "NDArray[Any]":
    """How many cut points each value lies beyond; those that were given or raised by one are reached, not passed."""
    import numpy as np

    reached = name in rules.cuts or rules.variant is Variant.PLUS_ONE
    found: NDArray[Any] = np.searchsorted(np.array(cuts), values * SCORES, side="right" if reached else "left")
    return found
