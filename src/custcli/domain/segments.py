"""Segments of customers by their scores of R, F and M: named rules, of which the first that fits wins (R14).

A user's own rules are `[[segments.NAME]]` of the config file, one table for each segment: `name`, the labels `zh` and
`en`, and the lowest and the highest score of `r`, `f` and `m`; a figure left out may be anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import fold
from custcli.domain.rfm import SCORES
from custcli.messages import Message, language, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bounds = Sequence[int]
"""The lowest and the highest score."""
ANY: Bounds = (1, SCORES)
LABELS = ("zh", "en")
BOUNDS = ("r", "f", "m")


@dataclass(frozen=True)
class Segment:
    """A segment: what scripts and people call it, and which scores it takes."""

    name: str
    zh: str
    en: str
    r: Bounds = ANY
    f: Bounds = ANY
    m: Bounds = ANY

    @property
    def label(self) -> str:
        """What people call it in the language of the run."""
        return self.zh if language() == "zh" else self.en

    @property
    def words(self) -> set[str]:
        """All that it is called, as texts are matched."""
        return {fold(word) for word in (self.name, self.zh, self.en)}

    def takes(self, scores: Sequence[int]) -> bool:
        """Whether the scores of R, F and M lie within its bounds."""
        return all(low <= score <= high for score, (low, high) in zip(scores, (self.r, self.f, self.m), strict=True))


OTHERS = Segment("others", "其他", "Others")
"""Where customers are that no rule takes."""
TEN = (
    Segment("champions", "冠军客户", "Champions", (5, 5), (5, 5), (5, 5)),
    Segment("potential_loyalist", "潜在忠诚客户", "Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    Segment("loyal_customers", "忠诚客户", "Loyal Customers", (2, 4), (2, 4), (2, 4)),
    Segment("promising", "有前景客户", "Promising", (3, 4), (1, 3), (3, 5)),
    Segment("new_customers", "新客户", "New Customers", (4, 5), (1, 3), (1, 5)),
    Segment("cant_lose_them", "不能失去的客户", "Can't Lose Them", (1, 2), (3, 4), (4, 5)),
    Segment("at_risk", "有流失风险客户", "At Risk", (1, 2), (2, 5), (4, 5)),
    Segment("need_attention", "需关注客户", "Need Attention", (1, 3), (3, 5), (3, 5)),
    Segment("about_to_sleep", "即将休眠客户", "About To Sleep", (2, 3), (1, 3), (1, 4)),
    Segment("lost", "已流失客户", "Lost", (1, 1), (1, 5), (1, 5)),
)
"""The segments of the R package rfm in their order (P42, RFM-04)."""
GRID = (
    Segment("champions", "冠军客户", "Champions", (5, 5), (4, 5)),
    Segment("loyal_customers", "忠诚客户", "Loyal Customers", (3, 4), (4, 5)),
    Segment("potential_loyalists", "潜在忠诚客户", "Potential Loyalists", (4, 5), (2, 3)),
    Segment("new_customers", "新客户", "New Customers", (5, 5), (1, 1)),
    Segment("promising", "有前景客户", "Promising", (4, 4), (1, 1)),
    Segment("need_attention", "需关注客户", "Need Attention", (3, 3), (3, 3)),
    Segment("about_to_sleep", "即将休眠客户", "About To Sleep", (3, 3), (1, 2)),
    Segment("cant_lose", "不能失去的客户", "Can't Lose", (1, 2), (5, 5)),
    Segment("at_risk", "有流失风险客户", "At Risk", (1, 2), (3, 4)),
    Segment("hibernating", "休眠客户", "Hibernating", (1, 2), (1, 2)),
)
"""The segments by R and F of the tutorials on Online Retail: each pair of scores is in exactly one, M may be any."""
PRESETS: Mapping[str, Sequence[Segment]] = {"ten": TEN, "grid": GRID}


@dataclass(frozen=True)
class Segments:
    """Rules by their name, in their order."""

    name: str
    rules: Sequence[Segment]

    @cached_property
    def every(self) -> Sequence[Segment]:
        """All segments that a customer may be in."""
        return (*self.rules, OTHERS)

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Each code (100 R + 10 F + M) → the place in `every` of the first segment that takes it."""
        points = range(1, SCORES + 1)
        return {
            100 * r + 10 * f + m: next(place for place, each in enumerate(self.every) if each.takes((r, f, m)))
            for r, f, m in product(points, points, points)
        }

    def placed(self, codes: "NDArray[Any]") -> "NDArray[Any]":
        """The places in `every` of many codes."""
        import numpy as np

        table = np.zeros(max(self.places) + 1, dtype=np.int64)
        table[list(self.places)] = list(self.places.values())
        found: NDArray[Any] = table[codes]
        return found

    def written(self) -> dict[str, object]:
        """The name and the rules as `read` takes them, for a stored run."""
        return {"name": self.name, "rules": [asdict(each) for each in self.rules]}


def read(given: object) -> tuple[Segment, ...] | list[Message]:
    """The segments of a table of the config file, or everything that is wrong with it."""
    if not isinstance(given, list | tuple) or not given:
        return [message("a list of segments is expected, each with name, r, f, m")]
    wrong = [_at(number, reason) for number, each in enumerate(given, 1) for reason in _wrong(each)]
    if wrong:
        return wrong
    found = tuple(map(_segment, given))
    return list(_twice(found)) or found


def _segment(given: Mapping[str, Any]) -> Segment:
    name = given["name"].strip()
    return Segment(**{**dict.fromkeys(LABELS, name), **given, "name": name})


def _wrong(given: object) -> Iterator[Message]:
    if not isinstance(given, Mapping):
        yield message("a table is expected")
        return
    known = ("name", *LABELS, *BOUNDS)
    if "name" not in given:
        yield message("{place}: {reason}", place="name", reason=message("is needed"))
    for key, value in given.items():
        reason = _reason(key, value) if key in known else _unknown(key, known)
        if reason:
            yield message("{place}: {reason}", place=key, reason=reason)


def _unknown(key: str, known: Sequence[str]) -> Message:
    near = get_close_matches(key, known, n=1)
    return message("unknown word; did you mean {near}?", near=near[0]) if near else message("unknown word")


def _reason(key: str, value: object) -> Message | None:
    """What is wrong with a value; None: nothing."""
    if key in BOUNDS:
        said = message("two scores from 1 to {most} are expected, the lower one first: [2, 4]", most=SCORES)
        return None if _is_bounds(value) else said
    return None if isinstance(value, str) and value.strip() else message("a text is expected")


def _is_bounds(value: object) -> bool:
    if not isinstance(value, list | tuple) or [type(each) for each in value] != [int, int]:
        return False
    low, high = value
    return bool(1 <= low <= high <= SCORES)


def _twice(found: Sequence[Segment]) -> Iterator[Message]:
    """Segments that are called as an earlier one is, in either language."""
    taken = set(OTHERS.words)
    for number, each in enumerate(found, 1):
        if each.words & taken:
            yield _at(number, message("{name} is a name that another segment has", name=each.name))
        taken |= each.words


def _at(number: int, reason: Message) -> Message:
    return message("segment {number}: {reason}", number=number, reason=reason)
