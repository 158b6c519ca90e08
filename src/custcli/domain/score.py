"""Scores by a scheme's criteria and weights: dealers, partners, key customers and their reviews (R10, R11, 3.8)."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm

from custcli.domain.forms import Form
from custcli.domain.forms.scored import items
from custcli.domain.period import MONTHS

FULL = 100
"""The best score of every scheme."""


class Outcome(StrEnum):
    """What a review decided (domain.md 3.8): 保持, 降级, 删除, 找自身原因."""

    KEEP = "keep"
    DOWNGRADE = "downgrade"
    REMOVE = "remove"
    OWN_CAUSE = "own_cause"


class Change(StrEnum):
    """What of the dossier's own word would change: the customer becomes a key one, or is none any more."""

    SET = "set"
    UNSET = "unset"


@dataclass(frozen=True)
class Score:
    """A rating added up. `points` by group, None where one of its answers is missing; `total` then is None too.

    `vetoes`: the fields that forbid the customer, whatever the total is.
    """

    points: Mapping[str, Fraction | None]
    answered: int
    asked: int
    vetoes: Sequence[str] = ()

    @cached_property
    def total(self) -> Fraction | None:
        """The sum of all points, of 100; None where an answer is missing (R9: not totalled, shown n of m)."""
        known = [each for each in self.points.values() if each is not None]
        return sum(known, Fraction()) if len(known) == len(self.points) else None


@dataclass(frozen=True)
class Review:
    """A review of a key customer: its day, what it decided, and when the next one is to be."""

    day: date
    outcome: Outcome | None
    next_on: date | None


def score(form: Form, answers: Mapping[str, int | None]) -> Score:
    """A rating by the scheme of a form, see `counter`."""
    return counter(form)(answers)


def counter(form: Form) -> Callable[[Mapping[str, int | None]], Score]:
    """What adds ratings up: each group's weight × the mean of its answers' share of their maximum (R10, R11)."""
    scheme = form.scheme
    assert scheme is not None  # noqa: S101 - tells the type checker what the caller looked for
    whole = sum(scheme.weights.values())
    found = {group: {item.name: int(item.max or 1) for item in items(form, group)} for group in scheme.weights}
    every = [name for criteria in found.values() for name in criteria]

    def counted(answers: Mapping[str, int | None]) -> Score:
        points = {
            group: _points(Fraction(FULL * scheme.weights[group], whole), criteria, answers)
            for group, criteria in found.items()
        }
        answered = sum(answers.get(name) is not None for name in every)
        return Score(points, answered, len(every), _vetoes(scheme.vetoes, answers))

    return counted


def _points(weight: Fraction, most: Mapping[str, int], answers: Mapping[str, int | None]) -> Fraction | None:
    """The points of a group of criteria with these maxima; None where an answer is missing."""
    given = [(answer, most[name]) for name in most if (answer := answers.get(name)) is not None]
    if len(given) < len(most):
        return None
    whole = lcm(*most.values())
    shares = sum(answer * (whole // limit) for answer, limit in given)
    return weight * Fraction(shares, whole * len(most))


def _vetoes(limits: Mapping[str, int], answers: Mapping[str, int | None]) -> list[str]:
    return [name for name, most in limits.items() if (given := answers.get(name)) is not None and given <= most]


def reaches(form: Form, found: Score | None) -> bool:
    """Whether a score suffices: the threshold without rounding, and no veto."""
    total = found.total if found else None
    least = form.scheme.threshold if form.scheme else None
    return bool(found and least is not None and total is not None and total >= least and not found.vetoes)


def is_key(form: Form, found: Score | None, reason: str | None, rated_on: date | None, review: Review | None) -> bool:
    """Whether a customer is a key one: its score suffices, a reason is given (R11), no later review says otherwise.

    Size alone never suffices; a rating after the review counts again.
    """
    given_up = _given_up(review) and review is not None and (rated_on is None or review.day >= rated_on)
    return reaches(form, found) and bool(reason and reason.strip()) and not given_up


def _given_up(review: Review | None) -> bool:
    return review is not None and review.outcome in {Outcome.DOWNGRADE, Outcome.REMOVE}


def change(*, noted: bool, key: bool, review: Review | None) -> Change | None:
    """What the dossier should say instead. A low score alone takes nobody off: only a review does (3.8)."""
    if key:
        return None if noted else Change.SET
    return Change.UNSET if noted and _given_up(review) else None


def suspect(form: Form, now: Score | None, before: Score | None, answers: Mapping[str, bool | None]) -> list[str]:
    """The groups whose points rose since the rating before while a field warns of it (R10: 虚假的积极性)."""
    rules = form.scheme.suspect if form.scheme else {}
    return [group for group, warning in rules.items() if answers.get(warning) and _rose(group, now, before)]


def _rose(group: str, now: Score | None, before: Score | None) -> bool:
    new, old = (each.points.get(group) if each else None for each in (now, before))
    return new is not None and old is not None and new > old


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month; never after the calendar ends."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_review(form: Form, rated_on: date | None, review: Review | None) -> date | None:
    """When a key customer is to be reviewed next: as said, else so many months after its last review, else its rating.

    None where there was neither: it is due at once.
    """
    if review and review.next_on:
        return review.next_on
    last = max((day for day in (rated_on, review.day if review else None) if day), default=None)
    return months_after(last, form.scheme.review_months) if last and form.scheme else None


def stale(form: Form, rated_on: date | None, day: date) -> bool:
    """Whether a rating is to be renewed (R10: 不能单看一时)."""
    months = form.scheme.months if form.scheme else 0
    return bool(months and rated_on and months_after(rated_on, months) < day)
