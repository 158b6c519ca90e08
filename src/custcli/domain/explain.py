"""What would change a class, a tier, a grade: the nearest amount at which the verdict is another (architecture.md 3.3).

Everybody else stays as they are. A share with the customer in it falls and rises as amounts grow past others', so a
greater amount may bring a lower class for a while; the nearest change is the nearest one whatever its direction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import ge
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import WHOLE, AbcClass, Boundary, Rules, Tier
from custcli.domain.prospects import Action, Grade, Letter, Letters, assess

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOT_RANKED = -1
_LONG = 2**63
Rule = Callable[[Any, Any, Any], Any]
"""Amounts, amounts before them, customers ahead → verdicts, as their places among the words; numbers or arrays."""


@dataclass(frozen=True)
class Change:
    """The nearest amount (ten-thousandths, or a count) with another verdict; None as verdict: no longer ranked."""

    amount: int
    verdict: str | None


@dataclass(frozen=True)
class Nearest:
    """The verdict at the present amount, and the nearest other ones above and below it. `verdict` None: no rank.

    `better`: the least amounts above that give each better verdict, as far as `up` is not one of them.
    """

    verdict: str | None
    up: Change | None
    down: Change | None
    better: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What a prospect would be if one letter were another."""

    place: int
    letter: Letter
    man: str
    grade: Grade
    provisional: bool
    action: Action


@dataclass(frozen=True)
class _Stretches:
    """Neighbouring amounts, from low to high, between which the same others stand ahead.

    `lows`, `highs`: first and last amount of each; `before`: amount of those ahead; `ahead`: their number.
    """

    lows: "NDArray[Any]"
    highs: "NDArray[Any]"
    before: "NDArray[Any]"
    ahead: "NDArray[Any]"


class Standing:
    """Where a customer stands among the amounts of all others, and would stand with another amount."""

    def __init__(self, codes: Sequence[Any], amounts: Sequence[int], place: int, rules: Rules) -> None:
        """`place`: the customer's among `codes` and `amounts` (rank() takes the same); all must be of one group."""
        import numpy as np

        self.rules = rules
        self.amount = max(int(amounts[place]), 0)
        given = np.asarray(amounts, dtype=np.int64)
        kept = given > 0
        kept[place] = False
        others = given[kept]
        earlier = np.asarray(codes)[kept] < codes[place]
        self.customers = len(others) + 1
        largest = max(self.amount, int(others.max(initial=0)))
        self.others = _sum(others)
        self._exact = np.dtype(np.int64 if self.others + largest + 2 < _LONG else object)
        self.stretches = self._stretches(others, earlier, largest)

    def _stretches(self, others: "NDArray[Any]", earlier: "NDArray[Any]", largest: int) -> _Stretches:
        """Between two amounts of others, and at each one: there those of smaller code, unless ties are kept, lead."""
        import numpy as np

        points, which, counts = np.unique(others, return_inverse=True, return_counts=True)
        leading = np.bincount(which[earlier], minlength=len(points)) if len(points) else counts
        if self.rules.keep_ties:
            leading = np.zeros_like(counts)
        points, counts, leading = (each.astype(self._exact) for each in (points, counts, leading))
        # above[i]: those with an amount beyond point i − 1; above[0] is everybody
        above = np.append(np.cumsum(counts[::-1])[::-1], 0).astype(self._exact)
        sums = np.append(np.cumsum((points * counts)[::-1])[::-1], 0).astype(self._exact)
        between = _Stretches(np.append(0, points) + 1, np.append(points, largest + 2) - 1, sums, above)
        at = _Stretches(points, points, sums[1:] + points * leading, above[1:] + leading)
        woven = _Stretches(*(_woven(getattr(between, name), getattr(at, name)) for name in _Stretches.__annotations__))
        some = woven.lows <= woven.highs
        return _Stretches(woven.lows[some], woven.highs[some], woven.before[some], woven.ahead[some])

    def abc(self) -> Nearest:
        """The nearest changes of the class."""
        return self._nearest(tuple(AbcClass), self._abc)

    def tier(self) -> Nearest:
        """The nearest changes of the tier."""
        return self._nearest(tuple(Tier), self._tier)

    def _abc(self, amounts: Any, before: Any, ahead: Any) -> Any:
        """0, 1, 2 for A, B, C: how many cuts the share lies beyond; who is first is A (R4, R4.1)."""
        share = before + amounts if self.rules.boundary is Boundary.END else before
        total = self.others + amounts
        # ⌊total × cut⌋ without leaving 64 bits; whole numbers lie beyond it where they lie beyond total × cut
        beyond = sum((share > total // WHOLE * cut + total % WHOLE * cut // WHOLE) * 1 for cut in self.rules.cuts)
        return beyond * (ahead > 0)

    def _tier(self, _amounts: Any, _before: Any, ahead: Any) -> Any:
        """0 to 3 for the tiers: how many of their ends the rank lies behind (R5)."""
        return sum((ahead >= -(-self.customers * tier // WHOLE)) * 1 for tier in self.rules.tiers)

    def _nearest(self, words: Sequence[str], rule: Rule) -> Nearest:
        place = self._at(self.amount, rule)
        own = len(words) if place == _NOT_RANKED else place

        def change(amount: int | None) -> Change | None:
            found = _NOT_RANKED if amount is None else self._at(amount, rule)
            return None if amount is None else Change(amount, None if found == _NOT_RANKED else str(words[found]))

        up = change(self._up(rule, lambda found: found != own))
        goals = (change(self._up(rule, partial(ge, goal))) for goal in reversed(range(own)))
        better = [each for each in goals if each and each != up]
        own_word = None if place == _NOT_RANKED else str(words[place])
        return Nearest(own_word, up, change(self._down(rule, place)), tuple(dict.fromkeys(better)))

    def _at(self, amount: int, rule: Rule) -> int:
        """The verdict at an amount as its place among the words."""
        if amount <= 0:
            return _NOT_RANKED
        each = self.stretches
        place = min(int(each.lows.searchsorted(amount, side="right")), len(each.lows)) - 1
        return int(rule(amount, int(each.before[place]), int(each.ahead[place])))

    def _up(self, rule: Rule, wanted: Callable[[Any], Any]) -> int | None:
        """The least amount above with a verdict that is wanted, told by its place among the words."""
        each = self.stretches
        lows = each.lows.clip(min=self.amount + 1)
        first, last = (rule(ends, each.before, each.ahead) for ends in (lows, each.highs))
        places = ((wanted(first) | wanted(last)) & (each.highs > self.amount)).nonzero()[0]
        if not len(places):
            return None

        def fits(amount: int) -> bool:
            return bool(wanted(self._at(amount, rule)))

        low, high = int(lows[places[0]]), int(each.highs[places[0]])
        return low if fits(low) else _first(low, high, fits)

    def _down(self, rule: Rule, own: int) -> int | None:
        """The greatest amount below with another verdict; 0 where that is to have no rank."""
        if own == _NOT_RANKED:
            return None
        each = self.stretches
        highs = each.highs.clip(max=self.amount - 1)
        first, last = (rule(ends, each.before, each.ahead) for ends in (each.lows, highs))
        places = (((first != own) | (last != own)) & (each.lows < self.amount)).nonzero()[0]
        if not len(places):
            return 0
        low, high = int(each.lows[places[-1]]), int(highs[places[-1]])

        def fits(mirrored: int) -> bool:
            return self._at(-mirrored, rule) != own

        return high if fits(-high) else -_first(-high, -low, fits)


def _sum(amounts: "NDArray[Any]") -> int:
    """The sum of whole numbers, however large."""
    safe = len(amounts) == 0 or int(amounts.max()) * len(amounts) < _LONG
    return int(amounts.sum()) if safe else sum(amounts.tolist())


def _woven(between: "NDArray[Any]", at: "NDArray[Any]") -> "NDArray[Any]":
    """One of the first, one of the second, in turn; the first has one more."""
    import numpy as np

    woven = np.empty(len(between) + len(at), dtype=between.dtype)
    woven[::2], woven[1::2] = between, at
    return woven


def _first(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """The least number that fits between two, where all behind one that fits do so too and the last one does.

    Inside a stretch the share only rises or only falls, so a verdict that is left does not come back.
    """
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return low


def turns(letters: Letters) -> list[Turn]:
    """What each other letter would make of a prospect (R3): yes for a no, no for a yes, both for an unknown one."""
    found = []
    for place, letter in enumerate(letters):
        for other in (Letter.YES, Letter.NO):
            if other is not letter:
                mended = [*letters]
                mended[place] = other
                became = assess((mended[0], mended[1], mended[2]))
                found.append(Turn(place, other, became.man, became.grade, became.provisional, became.action))
    return found
