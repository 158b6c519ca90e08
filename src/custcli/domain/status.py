"""Where a customer stands: status and stage (R2), lifecycle (R15), behaviour (R16), band (R7), profit (R23)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rules:
    """R2: lost after `lost_days`, or `lost_gaps` times the customer's own mean gap between days of orders if longer.

    `kinds` lengthens the days for a kind of customer. Loyal: `loyal_orders` in the last 12 months, and the first order
    at least `loyal_days` ago.
    """

    lost_days: int = 180
    lost_gaps: Fraction = Fraction(3)
    loyal_orders: int = 4
    loyal_days: int = 365
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Days:
    """The days of orders (ordinals, one for each customer and day) of many customers, in the order of the customers.

    `starts` is where each customer's days begin; `least` is the shortest time in days after which each is lost.
    """

    days: "NDArray[Any]"
    starts: "NDArray[Any]"
    least: "NDArray[Any]"


def current(orders: Days, day: int, rules: Rules) -> "NDArray[Any]":
    """Whether each customer is current at a day: has ordered, and is not lost (R2).

    The time after which one is lost is compared in integers: (day − last) × (n − 1) with gaps × (last − first).
    """
    import numpy as np

    until = (orders.days <= day).astype(np.int64)
    count = np.add.reduceat(until, orders.starts) if len(orders.starts) else until
    known = count > 0
    last = orders.days[orders.starts + np.maximum(count, 1) - 1] if len(count) else orders.days
    first = orders.days[orders.starts]
    away = day - last
    own = away * (count - 1) * rules.lost_gaps.denominator > rules.lost_gaps.numerator * (last - first)
    lost = (away > orders.least) & (own | (count == 1))
    alive: NDArray[Any] = known & ~lost
    return alive


class Status(StrEnum):
    """Customer status (R2)."""

    POTENTIAL = "potential"
    TARGET = "target"
    CURRENT = "current"
    LOST = "lost"
    NON = "non"


class Stage(StrEnum):
    """The stage of a current customer (R2)."""

    FIRST = "first"
    REPEAT = "repeat"
    LOYAL = "loyal"


class Lifecycle(StrEnum):
    """The stage of the relation (R15)."""

    INITIAL = "initial"
    GROWTH = "growth"
    MATURE = "mature"
    DECLINE = "decline"
    ENDED = "ended"


class Behaviour(StrEnum):
    """The five types of R16."""

    LOYAL = "loyal"
    REGULAR = "regular"
    OLD = "old"
    NEW = "new"
    POTENTIAL = "potential"


class Band(StrEnum):
    """The three bands (R7)."""

    IMPORTANT = "important"
    SPECIAL = "special"
    GENERAL = "general"


class Quality(StrEnum):
    """What is earned with a customer (R23)."""

    GOOD = "good"
    POOR = "poor"
    BAD = "bad"


class Move(StrEnum):
    """Whether a change of status follows by itself or is to be decided (3.3)."""

    AUTO = "auto"
    PROPOSAL = "proposal"


IMPORTANT_TIERS = ("key", "major")
"""Whose customers are important (R7)."""
Words = Any
"""An array of words, None where there is none."""


@dataclass(frozen=True)
class Bought:
    """What customers ordered up to a day: an array of a value for each of them.

    `orders` and the `days` on which they were placed; days ago of the first and last one; orders of the last 12 months;
    net sales of the last 6 months and of the 6 before; of the last 12 months and the 12 before the gross profit less
    what was put in, which is `known` (`known_before`) where something was sold or put in and every cost of sales is.
    `cancelled`: there are orders that do not count.
    """

    orders: "NDArray[Any]"
    days: "NDArray[Any]"
    first_ago: "NDArray[Any]"
    last_ago: "NDArray[Any]"
    orders_year: "NDArray[Any]"
    sales: "NDArray[Any]"
    sales_before: "NDArray[Any]"
    profit: "NDArray[Any]"
    known: "NDArray[Any]"
    profit_before: "NDArray[Any]"
    known_before: "NDArray[Any]"
    cancelled: "NDArray[Any]"


@dataclass(frozen=True)
class Noted:
    """What is noted of customers: status and stage, band, key customer, class and tier of the latest run.

    `grade` is that of MAN, None without one or while a letter is unknown; `competitor`: one is noted.
    """

    kind: Words
    status: Words
    stage: Words
    band: Words
    is_key: "NDArray[Any]"
    abc: Words
    tier: Words
    grade: Words
    competitor: "NDArray[Any]"


def lost_after(bought: Bought, kind: Words, rules: Rules) -> "NDArray[Any]":
    """W of R2: the longest of the general one, that of the kind, and the multiple of the own mean gap.

    In whole days: what is more than the whole ones is more than W.
    """
    import numpy as np

    least = np.full(len(bought.days), rules.lost_days)
    for word, days in rules.kinds.items():
        least[kind == word] = max(days, rules.lost_days)
    gaps = np.maximum(bought.days - 1, 1)
    many, of = rules.lost_gaps.as_integer_ratio()
    own = many * (bought.first_ago - bought.last_ago) // (of * gaps)
    return np.where(bought.days > 1, np.maximum(least, own), least)


def is_lost(bought: Bought, kind: Words, rules: Rules) -> "NDArray[Any]":
    """Who has bought and does so no more (R2)."""
    lost: NDArray[Any] = (bought.orders > 0) & (bought.last_ago > lost_after(bought, kind, rules))
    return lost


def stage(bought: Bought, rules: Rules) -> Words:
    """The stage that a current customer's orders give (R2)."""
    lately, long = bought.orders_year >= rules.loyal_orders, bought.first_ago >= rules.loyal_days
    return _first_of(
        (bought.orders == 0, None),
        (lately & long & (bought.orders > 1), Stage.LOYAL),
        (bought.orders > 1, Stage.REPEAT),
        (bought.orders == 1, Stage.FIRST),
    )


def status(bought: Bought, noted: Noted, rules: Rules) -> tuple[Words, Words]:
    """Status and stage as the orders and MAN letters give them (R2, 3.3).

    What is noted of customers whose orders are not kept here stays as it is.
    """
    ordered, lost = bought.orders > 0, is_lost(bought, noted.kind, rules)
    kept = ~ordered & ~bought.cancelled & _is(noted.status, Status.CURRENT, Status.LOST)
    found = _first_of(
        (lost, Status.LOST),
        (ordered, Status.CURRENT),
        (kept, noted.status),
        (_is(noted.status, Status.NON), Status.NON),
        (_is(noted.grade, "D"), Status.NON),
        (_is(noted.grade, "A") | _is(noted.status, Status.TARGET), Status.TARGET),
        (~ordered, Status.POTENTIAL),
    )
    return found, _first_of((ordered & ~lost, stage(bought, rules)), (kept, noted.stage))


def move(noted: Noted, found: tuple[Words, Words]) -> Words:
    """How the status would change to what was found (3.3); None where it is so already.

    By itself: what an order makes (or its cancellation takes back) and the first status of all; what is judged - lost,
    loyal or no longer, chosen or given up by MAN - is a proposal.
    """
    to, step = found
    same = (noted.status == to) & ((noted.stage == step) | ~_is(to, Status.CURRENT))
    judged = _is(to, Status.LOST, Status.TARGET, Status.NON) | _is(noted.stage, Stage.LOYAL) | _is(step, Stage.LOYAL)
    return _first_of((same, None), (judged, Move.PROPOSAL), (~judged, Move.AUTO))


NEW_DAYS = 90
FEW = 2
OFTEN = 6
RISE = (11, 10)
FALL = (9, 10)
"""R15, R16: days and orders of a beginning, orders of a regular customer, growth and decline of half-year sales."""


def lifecycle(bought: Bought, lost: "NDArray[Any]") -> Words:
    """The stage of the relation (R15): beginning, else by the sales of the last 6 months against the 6 before."""
    now, before = bought.sales, bought.sales_before
    return _first_of(
        (bought.orders == 0, None),
        (lost, Lifecycle.ENDED),
        ((bought.first_ago < NEW_DAYS) | (bought.orders <= FEW), Lifecycle.INITIAL),
        ((before == 0) | (now * RISE[1] >= before * RISE[0]), Lifecycle.GROWTH),
        (now * FALL[1] <= before * FALL[0], Lifecycle.DECLINE),
        (bought.orders > 0, Lifecycle.MATURE),
    )


def behaviour(bought: Bought, step: Words, competitor: "NDArray[Any]") -> Words:
    """The type of R16, the first that fits: loyal, regular (often, with rivals too), old, new, potential."""
    return _first_of(
        (bought.orders == 0, Behaviour.POTENTIAL),
        (_is(step, Stage.LOYAL), Behaviour.LOYAL),
        ((bought.orders_year >= OFTEN) & competitor, Behaviour.REGULAR),
        (bought.orders >= FEW, Behaviour.OLD),
        (bought.orders > 0, Behaviour.NEW),
    )


def band(noted: Noted) -> Words:
    """The band that class, tier and key customer give (R7); special is for people to say."""
    matters = _is(noted.abc, "A") | _is(noted.tier, *IMPORTANT_TIERS) | noted.is_key
    return _first_of((_is(noted.band, Band.SPECIAL), Band.SPECIAL), (matters, Band.IMPORTANT), (~matters, Band.GENERAL))


def band_of(noted: str | None, abc: str | None, tier: str | None, *, key: bool) -> Band:
    """The same of one customer: the band noted, its class and tier, whether it is a key customer."""
    if noted == Band.SPECIAL:
        return Band.SPECIAL
    return Band.IMPORTANT if key or abc == "A" or tier in IMPORTANT_TIERS else Band.GENERAL


def quality(bought: Bought, abc: Words, *, classified: bool) -> Words:
    """What is left after the service (R23): good in class A or B, bad where nothing is for two years.

    None where it is unknown, or where only a class, when there are any, would tell good from poor.
    """
    earns = bought.profit > 0
    bad = ~earns & bought.known_before & (bought.profit_before <= 0)
    return _first_of(
        (~bought.known, None),
        (earns & _is(abc, "A", "B"), Quality.GOOD),
        (bad, Quality.BAD),
        (~earns | classified, Quality.POOR),
    )


def _is(words: Words, *wanted: str) -> "NDArray[Any]":
    """Where one of these words stands."""
    import numpy as np

    found = np.zeros(len(words), dtype=bool)
    for word in wanted:
        found |= words == str(word)
    return found


def _first_of(*cases: tuple["NDArray[Any]", Words]) -> Words:
    """The word of the first case that is so, None where none is; plain words, whose comparison is quick."""
    import numpy as np

    masks, words = zip(*cases, strict=True)
    plain = [
        np.array(str(word), dtype=object) if isinstance(word, str) else np.array(word, dtype=object) for word in words
    ]
    return np.select(masks, plain, np.array(None, dtype=object))
