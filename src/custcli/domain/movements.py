"""Who rose and who fell between two classifications (R20), and who is to be watched since it falls (W11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from custcli.domain.classify import AbcClass, Tier


class Movement(StrEnum):
    """What became of a customer between two runs, what calls for attention first.

    `mixed`: the class rose and the tier fell, or the other way round; `left`: ranked then, not now.
    """

    FELL = "fell"
    LEFT = "left"
    MIXED = "mixed"
    ROSE = "rose"
    ENTERED = "entered"
    SAME = "same"


class Verdict(NamedTuple):
    """What a run said of a customer: rank, amount (ten-thousandths, or a count), class, tier."""

    rank: int
    amount: int
    abc: str
    tier: str


CLASSES = {str(word): place for place, word in enumerate(AbcClass)}
TIERS = {str(word): place for place, word in enumerate(Tier)}


def movement(before: Verdict | None, after: Verdict | None) -> Movement:
    """The movement from one verdict to another; None: not ranked in that run, not in both."""
    if before is None:
        return Movement.ENTERED
    if after is None:
        return Movement.LEFT
    return _of(CLASSES[after.abc] - CLASSES[before.abc], TIERS[after.tier] - TIERS[before.tier])


def _of(classes: int, tiers: int) -> Movement:
    """The movement of so many steps downwards."""
    if classes * tiers < 0:
        return Movement.MIXED
    return Movement.FELL if classes + tiers > 0 else Movement.ROSE if classes + tiers < 0 else Movement.SAME


def steps(before: Verdict, after: Verdict | None) -> int:
    """How many steps a customer fell, in class or tier, whichever are more; not to be ranked is a step below all."""
    if after is None:
        return len(CLASSES) - CLASSES[before.abc]
    return max(CLASSES[after.abc] - CLASSES[before.abc], TIERS[after.tier] - TIERS[before.tier])


@dataclass(frozen=True)
class Tally:
    """How many customers moved how, and from which class to which (None: not ranked)."""

    movements: Mapping[Movement, int]
    classes: Mapping[tuple[str | None, str | None], int]


Pair = tuple[str | None, str | None, str | None, str | None]
"""Class before, class after, tier before, tier after."""


def tally(counts: Mapping[Pair, int]) -> Tally:
    """The movements of so many customers of each pair of verdicts."""
    moved = dict.fromkeys(Movement, 0)
    classes: dict[tuple[str | None, str | None], int] = {}
    for (abc, new_abc, tier, new_tier), count in counts.items():
        before = Verdict(0, 0, abc, tier) if abc and tier else None
        after = Verdict(0, 0, new_abc, new_tier) if new_abc and new_tier else None
        moved[movement(before, after)] += count
        classes[abc, new_abc] = classes.get((abc, new_abc), 0) + count
    return Tally(moved, classes)


# the watch list


class Reason(StrEnum):
    """Why a customer is watched (R20)."""

    FELL = "fell"
    LEFT = "left"
    TWICE = "fell_twice"
    YEAR = "sales_fell"
    MONTHS = "three_months"


@dataclass(frozen=True)
class WatchRules:
    """R20: by how many basis points sales have to fall against the year before."""

    fall: int = 2_000


class Fall(NamedTuple):
    """A fall from one run to the next; `ago` 0 is the latest. `after` None: no longer ranked."""

    ago: int
    before: Verdict
    after: Verdict | None


RUNS_WATCHED = 3
STAYS = 2
"""A customer stays on the list until it has not fallen in so many runs."""


def reasons(
    falls: Sequence[Fall], sales: tuple[int, int], months: Sequence[int], rules: WatchRules | None = None
) -> list[Reason]:
    """Why a customer is on the watch list; none: it is not.

    `falls`: those of the last three runs; `sales`: of the period and of the same one a year before; `months`: sales of
    the last four whole months, oldest first.
    """
    rules = rules or WatchRules()
    recent = [fall for fall in falls if fall.ago < STAYS]
    found = []
    if any(fall.after is not None for fall in recent):
        found.append(Reason.FELL)
    if any(fall.after is None for fall in recent):
        found.append(Reason.LEFT)
    if len([fall for fall in falls if fall.ago < RUNS_WATCHED]) > 1:
        found.append(Reason.TWICE)
    now, before = sales
    if before > 0 and (before - now) * 10_000 >= before * rules.fall:
        found.append(Reason.YEAR)
    if len(months) > RUNS_WATCHED and all(later < former for former, later in pairwise(months)):
        found.append(Reason.MONTHS)
    return found


def urgent(falls: Sequence[Fall], *, key: bool) -> bool:
    """Whether it is red and not yellow: two steps at once, or a key customer (W11)."""
    recent = [fall for fall in falls if fall.ago < STAYS]
    return key or any(steps(fall.before, fall.after) > 1 or fall.before.tier == Tier.KEY for fall in recent)
