"""Who rose and who fell between two classifications (R20), and who is to be watched since it falls (W11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from operator import and_
from typing import TYPE_CHECKING, Any, NamedTuple

from custcli.domain.classify import AbcClass, Tier
from custcli.domain.matrix import Priority
from custcli.domain.rfm import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    """What a run said of a customer: rank, amount (ten-thousandths, or a count), and two words of its method.

    Class and tier; of RFM the type and the code; of the matrix the priority and the potential.
    """

    rank: int
    amount: int
    word: str
    detail: str


CLASSES = {str(word): place for place, word in enumerate(AbcClass)}
TIERS = {str(word): place for place, word in enumerate(Tier)}
_TYPES = {str(word): (place >> 1 & 1, place & 1, place >> 2) for place, word in enumerate(Kind)}
"""Of each type whether R, F and M are low (R14)."""
_PRIORITIES = {Priority.BOTH: (0, 0), Priority.POTENTIAL: (1, 0), Priority.REVENUE: (0, 1), Priority.NEITHER: (1, 1)}
"""Of each priority whether revenue and potential are low (R8)."""


def _standing(method: str, verdict: Verdict) -> tuple[int, ...]:
    """How far down a customer stands on each scale of the method."""
    if method == "rfm":
        return _TYPES[verdict.word]
    if method == "matrix":
        return _PRIORITIES[Priority(verdict.word)]
    return CLASSES[verdict.word], TIERS[verdict.detail]


def movement(before: Verdict | None, after: Verdict | None, method: str = "abc") -> Movement:
    """The movement from one verdict to another; None: not ranked in that run, not in both.

    A customer fell where it stands lower on one scale of the method (class and tier; R, F and M; revenue and potential)
    and higher on none.
    """
    if before is None:
        return Movement.ENTERED
    if after is None:
        return Movement.LEFT
    pairs = list(zip(_standing(method, before), _standing(method, after), strict=True))
    fell, rose = any(new > old for old, new in pairs), any(new < old for old, new in pairs)
    if fell and rose:
        return Movement.MIXED
    return Movement.FELL if fell else Movement.ROSE if rose else Movement.SAME


def steps(before: Verdict, after: Verdict | None) -> int:
    """How many steps a customer fell, in class or tier, whichever are more; not to be ranked is a step below all."""
    if after is None:
        return len(CLASSES) - CLASSES[before.word]
    return max(CLASSES[after.word] - CLASSES[before.word], TIERS[after.detail] - TIERS[before.detail])


@dataclass(frozen=True)
class Tally:
    """How many customers moved how, and from which class (type, priority) to which (None: not ranked)."""

    movements: Mapping[Movement, int]
    classes: Mapping[tuple[str | None, str | None], int]


Pair = tuple[str | None, str | None, str | None, str | None]
"""Class before, class after, tier before, tier after; or the words of another method."""


def tally(counts: Mapping[Pair, int], method: str = "abc") -> Tally:
    """The movements of so many customers of each pair of verdicts."""
    moved = dict.fromkeys(Movement, 0)
    classes: dict[tuple[str | None, str | None], int] = {}
    for (word, new_word, detail, new_detail), count in counts.items():
        before = Verdict(0, 0, word, detail) if word and detail else None
        after = Verdict(0, 0, new_word, new_detail) if new_word and new_detail else None
        moved[movement(before, after, method)] += count
        classes[word, new_word] = classes.get((word, new_word), 0) + count
    return Tally(moved, classes)


# the watch list


class Reason(StrEnum):
    """Why a customer is watched (R20)."""

    FELL = "fell"
    LEFT = "left"
    TWICE = "fell_twice"
    YEAR = "sales_fell"
    MONTHS = "three_months"
    CREDIT = "credit_fell"


@dataclass(frozen=True)
class WatchRules:
    """R20: by how many basis points sales have to fall against the year before."""

    fall: int = 2_000


class Fall(NamedTuple):
    """A fall from one run to the next; `ago` 0 is the latest. `after` None: no longer ranked."""

    ago: int
    before: Verdict
    after: Verdict | None


class CreditFall(NamedTuple):
    """A fall of the credit grade by so many steps; `ago` 0: since the run before the latest one."""

    ago: int
    before: str
    steps: int


RUNS_WATCHED = 3
STAYS = 2
"""A customer stays on the list until it has not fallen in so many runs."""


def credit_falls(grades: Sequence[str | None], order: Sequence[str]) -> list[CreditFall]:
    """The falls of a credit grade, the latest first.

    `grades`: at each run watched, the oldest first, and now; `order`: the grades, best first. One that is not among
    them is no rating and passed over.
    """
    rated = [(place, order.index(grade)) for place, grade in enumerate(grades) if grade in order]
    latest = len(grades) - 2
    return [
        CreditFall(max(latest - place, 0), order[before], after - before)
        for (_, before), (place, after) in reversed(list(pairwise(rated)))
        if after > before
    ]


def reasons(
    falls: Sequence[Fall],
    credit: Sequence[CreditFall],
    sales: tuple[int, int],
    months: Sequence[int],
    rules: WatchRules | None = None,
) -> list[Reason]:
    """Why a customer is on the watch list; none: it is not.

    `falls` and `credit`: those of the last three runs; `sales`: of the period and of the same one a year before;
    `months`: sales of the last four whole months, oldest first.
    """
    rules = rules or WatchRules()
    recent = [fall for fall in falls if fall.ago < STAYS]
    found = []
    if any(fall.after is not None for fall in recent):
        found.append(Reason.FELL)
    if any(fall.after is None for fall in recent):
        found.append(Reason.LEFT)
    if any(fall.ago < STAYS for fall in credit):
        found.append(Reason.CREDIT)
    fell = {fall.ago for fall in falls} | {fall.ago for fall in credit}
    if len([ago for ago in fell if ago < RUNS_WATCHED]) > 1:
        found.append(Reason.TWICE)
    now, before = sales
    if before > 0 and (before - now) * 10_000 >= before * rules.fall:
        found.append(Reason.YEAR)
    if len(months) > RUNS_WATCHED and all(later < former for former, later in pairwise(months)):
        found.append(Reason.MONTHS)
    return found


def sinking(
    now: "NDArray[Any]", before: "NDArray[Any]", *months: "NDArray[Any]", rules: WatchRules | None = None
) -> "NDArray[Any]":
    """Of many customers whom `reasons` may find on the list for their sales: all whom it does, in sums of 64 bits."""
    rules = rules or WatchRules()
    year = (before > 0) & (now <= before - before // 10_000 * rules.fall)
    steady = reduce(and_, (later < former for former, later in pairwise(months)))
    found: NDArray[Any] = year | steady
    return found


def urgent(falls: Sequence[Fall], credit: Sequence[CreditFall], *, key: bool) -> bool:
    """Whether it is red and not yellow: two steps at once, or a key customer (W11)."""
    recent = [fall for fall in falls if fall.ago < STAYS]
    fell = [steps(fall.before, fall.after) for fall in recent] + [fall.steps for fall in credit if fall.ago < STAYS]
    return key or max(fell, default=0) > 1 or any(fall.before.detail == Tier.KEY for fall in recent)
