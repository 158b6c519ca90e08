"""Groups of customers by lifetime value: tiers or fifths by number, own limits by amount (domain.md R13.5, F113).

Complete and exclusive: beside the groups there are those without any value to come, and those of unknown value.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import WHOLE, Tier
from custcli.domain.value.customers import Amounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIFTHS = (2_000, 4_000, 6_000, 8_000)
"""Basis points: groups of equal number."""
NONE, UNKNOWN = "none", "unknown"

Places = Mapping[str, "NDArray[Any]"]
"""The places of the customers of each group, best groups first."""


def by_number(lifetime: Amounts, ends: Sequence[int], words: Sequence[str] = ()) -> Places:
    """Groups of the customers with a value above 0, best first, that end at these basis points of their number.

    Ends are rounded up as the pyramid's (R5); ties are parted by place. `words`: the groups' names, else 1, 2 …
    """
    order = _best_first(lifetime)
    cuts = [-(-len(order) * end // WHOLE) for end in ends]
    return _named(lifetime, order, cuts, words)


def tiers(lifetime: Amounts, ends: Sequence[int]) -> Places:
    """The tiers of the pyramid by lifetime value."""
    return by_number(lifetime, ends, [str(tier) for tier in Tier])


def by_amount(lifetime: Amounts, limits: Sequence[int]) -> Places:
    """Groups from each of the falling limits (ten-thousandths) on, the last one below all of them."""
    import numpy as np

    order = _best_first(lifetime)
    reached = lifetime.amounts[order]
    return _named(lifetime, order, [int(np.count_nonzero(reached >= limit)) for limit in limits], ())


def _best_first(lifetime: Amounts) -> "NDArray[Any]":
    import numpy as np

    places = np.flatnonzero(lifetime.known & (lifetime.amounts > 0))
    return places[np.argsort(-lifetime.amounts[places], kind="stable")]


def _named(lifetime: Amounts, order: "NDArray[Any]", cuts: Sequence[int], words: Sequence[str]) -> Places:
    import numpy as np

    bounds = [0, *cuts, len(order)]
    names = words or [str(number) for number in range(1, len(bounds))]
    found = {name: order[start:end] for name, start, end in zip(names, bounds[:-1], bounds[1:], strict=True)}
    rest = {
        NONE: np.flatnonzero(lifetime.known & (lifetime.amounts <= 0)),
        UNKNOWN: np.flatnonzero(~lifetime.known),
    }
    return found | {name: places for name, places in rest.items() if len(places)}
