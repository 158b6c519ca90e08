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
class Orders:
    """The days of orders (ordinals, one for each customer and day) of many customers, in the order of the customers.

    `starts` is where each customer's days begin; `least` is the shortest time in days after which each is lost.
    """

    days: "NDArray[Any]"
    starts: "NDArray[Any]"
    least: "NDArray[Any]"


def current(orders: Orders, day: int, rules: Rules) -> "NDArray[Any]":
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


@dataclass(frozen=True)
class Bought:
    """What a customer ordered up to a day.

    `orders` and the `days` on which they were placed; days ago of the first and last one; orders of the last 12 months;
    net sales of the last 6 months and of the 6 before; gross profit of the last 12 months and of the 12 before, None
    where a cost is unknown or nothing was sold. `cancelled`: there are orders that do not count.
    """

    orders: int = 0
    days: int = 0
    first_ago: int = 0
    last_ago: int = 0
    orders_year: int = 0
    sales: int = 0
    sales_before: int = 0
    profit: int | None = None
    profit_before: int | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class Noted:
    """What is noted of a customer: status and stage, band, key customer, class and tier of the latest run.

    `grade` is that of MAN, None without one or while a letter is unknown; `competitor`: one is noted.
    """

    kind: str | None = None
    status: str | None = None
    stage: str | None = None
    band: str | None = None
    is_key: bool = False
    abc: str | None = None
    tier: str | None = None
    grade: str | None = None
    competitor: bool = False


def lost_after(bought: Bought, kind: str | None, rules: Rules) -> int:
    """W of R2: the longest of the general one, that of the kind, and the multiple of the own mean gap.

    In whole days: what is more than the whole ones is more than W.
    """
    least = max(rules.lost_days, rules.kinds.get(kind or "", 0))
    gaps = bought.days - 1
    if gaps < 1:
        return least
    many, of = rules.lost_gaps.as_integer_ratio()
    return max(least, many * (bought.first_ago - bought.last_ago) // (of * gaps))


def is_lost(bought: Bought, kind: str | None, rules: Rules) -> bool:
    """Whether one who has bought does so no more (R2)."""
    return bought.orders > 0 and bought.last_ago > lost_after(bought, kind, rules)


def stage(bought: Bought, rules: Rules) -> Stage | None:
    """The stage that a current customer's orders give (R2)."""
    if not bought.orders:
        return None
    if bought.orders_year >= rules.loyal_orders and bought.first_ago >= rules.loyal_days and bought.orders > 1:
        return Stage.LOYAL
    return Stage.REPEAT if bought.orders > 1 else Stage.FIRST


def status(bought: Bought, noted: Noted, rules: Rules) -> tuple[Status, Stage | None]:
    """Status and stage as the orders and MAN letters give them (R2, 3.3).

    What is noted of customers whose orders are not kept here stays as it is.
    """
    if bought.orders:
        lost = is_lost(bought, noted.kind, rules)
        return (Status.LOST, None) if lost else (Status.CURRENT, stage(bought, rules))
    if noted.status in {Status.CURRENT, Status.LOST} and not bought.cancelled:
        return Status(noted.status), Stage(noted.stage) if noted.stage else None
    if noted.status == Status.NON:
        return Status.NON, None
    if noted.grade in {"A", "D"}:
        return (Status.TARGET if noted.grade == "A" else Status.NON), None
    return (Status.TARGET if noted.status == Status.TARGET else Status.POTENTIAL), None


def move(noted: Noted, found: tuple[Status, Stage | None]) -> Move | None:
    """How the status would change to what was found (3.3); None where it is so already.

    By itself: what an order makes (or its cancellation takes back) and the first status of all; what is judged - lost,
    loyal or no longer, chosen or given up by MAN - is a proposal.
    """
    to, step = found
    if (noted.status, noted.stage) == (to, step) or (noted.status == to and to is not Status.CURRENT):
        return None
    judged = to is Status.LOST or Stage.LOYAL in {noted.stage, step} or to in {Status.TARGET, Status.NON}
    return Move.PROPOSAL if judged else Move.AUTO


NEW_DAYS = 90
FEW = 2
OFTEN = 6
RISE = (11, 10)
FALL = (9, 10)
"""R15, R16: days and orders of a beginning, orders of a regular customer, growth and decline of half-year sales."""


def lifecycle(bought: Bought, *, lost: bool) -> Lifecycle | None:
    """The stage of the relation (R15): beginning, else by the sales of the last 6 months against the 6 before."""
    if not bought.orders:
        return None
    if lost:
        return Lifecycle.ENDED
    if bought.first_ago < NEW_DAYS or bought.orders <= FEW:
        return Lifecycle.INITIAL
    if bought.sales_before == 0 or bought.sales * RISE[1] >= bought.sales_before * RISE[0]:
        return Lifecycle.GROWTH
    fallen = bought.sales * FALL[1] <= bought.sales_before * FALL[0]
    return Lifecycle.DECLINE if fallen else Lifecycle.MATURE


def behaviour(bought: Bought, step: Stage | None, *, competitor: bool) -> Behaviour:
    """The type of R16, the first that fits: loyal, regular (often, with rivals too), old, new, potential."""
    if not bought.orders:
        return Behaviour.POTENTIAL
    if step is Stage.LOYAL:
        return Behaviour.LOYAL
    if bought.orders_year >= OFTEN and competitor:
        return Behaviour.REGULAR
    return Behaviour.OLD if bought.orders >= FEW else Behaviour.NEW


def band(noted: Noted) -> Band:
    """The band that class, tier and key customer give (R7); special is for people to say."""
    if noted.band == Band.SPECIAL:
        return Band.SPECIAL
    matters = noted.abc == "A" or noted.tier in {"key", "major"} or noted.is_key
    return Band.IMPORTANT if matters else Band.GENERAL


def quality(bought: Bought, abc: str | None) -> Quality | None:
    """What is earned (R23): good in class A or B, bad without profit for two years; None where profit is unknown."""
    if bought.profit is None:
        return None
    if bought.profit > 0:
        return Quality.GOOD if abc in {"A", "B"} else Quality.POOR
    return Quality.BAD if bought.profit_before is not None and bought.profit_before <= 0 else Quality.POOR
