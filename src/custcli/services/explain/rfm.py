"""Why a customer has its RFM scores and type: figures, scores, means, what would change a score (R14)."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from custcli.errors import UnknownError, UsageError
from custcli.grid import Money
from custcli.messages import Message, message
from custcli.services.explain.facts import Fact, Section, shown, told
from custcli.services.rfm import ACTIONS, KINDS, Standing, standing

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.services.classify.asked import Asked

FIGURES = {"recency": ("R", "Days since"), "frequency": ("F", "Orders"), "monetary": ("M", "Amount")}
"""The letter and the label of each figure."""
RULE = message(
    "R14: R, F and M are scored by where days since the last order, orders and net amount lie among those of all "
    "who ordered; a score above the mean is high, and the three make the type."
)
AS_THEY_ARE = message("Changes of a score hold at these cut points: quantiles follow a customer's own figure a little.")


def scored(ctx: "Context", customer: int, asked: "Asked", *, alone: bool) -> Iterator[Section]:
    """The scores of a customer; beside other verdicts, whose options are not for rfm, only where it has any.

    UnknownError: it did not order in the period. UsageError: too few customers, wrong options.
    """
    if not alone:
        asked = replace(asked, by="value", cut=None, tiers=None, boundary=None, keep_ties=False, within=None)
    try:
        found = standing(ctx, customer, asked)
    except UsageError:
        if alone:
            raise
        return
    if found:
        yield _section(found)
    elif alone:
        raise UnknownError("not scored: no order in the period")


def _section(found: Standing) -> Section:
    code = "".join(str(found.points[name]) for name in FIGURES)
    kind = message(KINDS[found.kind])
    facts = [
        Fact("rfm", message("RFM"), code),
        Fact("type", message("Type"), found.kind, kind),
        Fact("action", message("Next action"), found.action, message(ACTIONS[found.action])),
        Fact("rank", message("Rank"), found.rank),
        Fact("customers", message("Ranked customers"), found.customers),
        Fact("since", message("Since"), found.period.since),
        Fact("until", message("Until"), found.period.until),
        Fact("currency", message("Currency"), found.currency),
        *(fact for name in FIGURES for fact in _scores(found, name)),
    ]
    title = message("RFM {code}, {kind}, by rule R14", code=code, kind=kind)
    return Section("rfm", code, "R14", title, facts, [RULE, AS_THEY_ARE])


def _scores(found: Standing, name: str) -> Iterator[Fact]:
    """A figure, its score against the mean, and the values from which it would be scored otherwise."""
    (letter, label), point, value = FIGURES[name], found.points[name], found.values[name]
    mean = round(Decimal(found.means[name].numerator) / found.means[name].denominator, 2)
    side = message("high") if point > found.means[name] else message("low")
    against = message(
        "{score} of {best}: {side}, the mean is {mean}", score=point, best=found.best, side=side, mean=mean
    )
    yield Fact(name, message(label), _value(name, value), source="orders")
    yield Fact(letter.lower(), message(letter), point, against)
    yield Fact(f"{letter.lower()}_mean", message("{letter}: mean", letter=letter), mean, wide=True)
    for at, turned in found.turns[name]:
        yield _change(found, name, at, turned)


def _change(found: Standing, name: str, at: int, score: int) -> Fact:
    """From which value on, upwards or downwards, the score is the next one."""
    (letter, _label), value = FIGURES[name], found.values[name]
    better = score > found.points[name]
    said = message("{score} from {value} on", score=score, value=_told(name, at))
    if at < value:
        said = message("{score} down from {value}", score=score, value=_told(name, at))
    label = message("{letter}: next score down", letter=letter)
    if better:
        label = message("{letter}: next score up", letter=letter)
    fact = f"{letter.lower()}_{'up' if better else 'down'}"
    return Fact(fact, label, _value(name, at), said, str(score), _value(name, at - value))


def _value(name: str, value: int) -> int:
    return Money(value) if name == "monetary" else value


def _told(name: str, value: int) -> str | Message:
    return shown(value) if name == "monetary" else told(value)
