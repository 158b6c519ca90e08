"""What is asked of a classification, as the command line says it, and the rules and days that it means (cli.md 6)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from custcli.domain.classify import WHOLE, Boundary, Rules
from custcli.domain.period import Period, period
from custcli.domain.readers import Refused, fold
from custcli.errors import UsageError

if TYPE_CHECKING:
    from custcli.domain.forms import Choice, Form
    from custcli.settings import Settings

WORTH = {"potential", "lifetime"}
AHEAD = {"potential", "lifetime", "score"}
"""Metrics of a day, values that look ahead and the latest score: no period is theirs."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a classification, as the options of `custcli classify` say it; None: as the settings have it.

    `abc` and `tier` choose rows (`in_words` makes tokens of what people call them), `limit` cuts them (0: all); the
    summary is of all customers that fit `where`.
    What is behind `limit` is for the method rfm: `segments` names rules, `segment` chooses rows by what these say.
    """

    by: str = "value"
    method: str = "abc"
    cut: str | None = None
    tiers: str | None = None
    boundary: str | None = None
    keep_ties: bool = False
    months: int | None = None
    since: date | None = None
    until: date | None = None
    all_time: bool = False
    within: str | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    abc: str | None = None
    tier: str | None = None
    save: bool = True
    limit: int | None = None
    rfm_variant: str | None = None
    rfm_scores: int | None = None
    r_cuts: str | None = None
    f_cuts: str | None = None
    m_cuts: str | None = None
    segments: str | None = None
    segment: str | None = None


def in_words(asked: Asked, forms: "Mapping[str, Form]") -> Asked:
    """With class and tier as tokens, which people may also call as they are shown. UsageError: there is no such."""
    from custcli.db.records import core

    known = core(forms).values
    abc = _word(known["abc_classes"], asked.abc, "--class")
    return replace(asked, abc=abc, tier=_word(known["tiers"], asked.tier, "--tier"))


def _word(choices: "Mapping[str, Choice]", text: str | None, option: str) -> str | None:
    if text is None:
        return None
    for choice in choices.values():
        if fold(text) in map(fold, (choice.word, choice.zh, choice.en, *choice.also)):
            return choice.word
    words = ", ".join(f"{choice.word} {choice.label}".strip() for choice in choices.values())
    raise UsageError("{option}: {word} is none of these: {words}", option=option, word=text, words=words)


def rules(asked: Asked, settings: "Settings") -> Rules:
    """Cuts and tiers in basis points, from the options, else from the settings. UsageError: out of order, none."""
    usual = settings.classify
    try:
        cuts = _points(_parted(asked.cut) if asked.cut else usual.cut, 2, "80,95")
        tiers = _points(_parted(asked.tiers) if asked.tiers else usual.tiers, 3, "1,5,20")
        boundary = Boundary(asked.boundary or usual.boundary)
        return Rules((cuts[0], cuts[1]), (tiers[0], tiers[1], tiers[2]), boundary, asked.keep_ties)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused


def _parted(text: str) -> list[str]:
    """The percentages of `70,90`, which people write `70/90` too."""
    return text.replace("/", ",").replace("，", ",").split(",")


def _points(percents: Sequence[str | Decimal], count: int, example: str) -> list[int]:
    try:
        points = [Decimal(str(percent).strip().removesuffix("%")) * (WHOLE // 100) for percent in percents]
        exact = [int(point) for point in points if point == int(point)]
    except (InvalidOperation, ValueError, OverflowError):
        exact = []
    if len(exact) != count or len(percents) != count:
        raise Refused("percentages with at most two decimals are meant: {example}", example=example)
    return exact


def days(asked: Asked, settings: "Settings", day: date) -> Period:
    """The period that the options mean at the business day. UsageError: two kinds of period at once, an empty one."""
    usual = settings.classify.months
    try:
        found = period(
            day, months=asked.months, since=asked.since, until=asked.until, all_time=asked.all_time, usual=usual
        )
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused
    return Period(None, day, "all") if asked.by in AHEAD else found


def parameters(asked: Asked, by: Rules, length: str, currency: str | None) -> dict[str, object]:
    """What makes two runs comparable, beside metric, method and conditions (decisions.md 24)."""
    return {
        "cut": by.cuts,
        "tiers": by.tiers,
        "boundary": by.boundary,
        "keep_ties": by.keep_ties,
        "within": asked.within,
        "period": length,
        "currency": currency,
    }


def reckoned_with(asked: Asked, settings: "Settings") -> list[str]:
    """The settings that make a customer's worth, as key=value; none for metrics that do not depend on them."""
    from custcli.settings import as_text, flat

    if asked.by not in WORTH:
        return []
    own = ((key, value) for key, value in flat(settings).items() if key.startswith(("value.", "prospects.")))
    return [f"{key}={as_text(value)}" for key, value in own]


def fingerprint(asked: Asked, parameters: dict[str, object]) -> str:
    """Equal for runs that can be compared. The conditions go in hashed, since they may name a person."""
    whole = [asked.by, asked.method, parameters, sorted(asked.where)]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]
