"""What the value of a setting has to be: its kind, and the rule it keeps."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import partial
from typing import Any

from custcli.messages import LANGUAGES, Message, message
from custcli.settings.sections import Read


def kind(default: object) -> Message:
    """What a setting with this default takes, in words."""
    if isinstance(default, Mapping):
        return message("a table of name = value")
    if isinstance(default, tuple):
        return message("a list of numbers")
    if isinstance(default, str):
        return message("a text")
    return message("a number") if isinstance(default, Decimal) else message("a whole number")


def _rising(count: int, cuts: tuple[Decimal, ...]) -> bool:
    return len(cuts) == count and all(
        low < high for low, high in zip((Decimal(0), *cuts), (*cuts, Decimal(100)), strict=True)
    )


def _share(rate: Decimal) -> bool:
    return 0 <= rate <= 1


_Rule = tuple[Callable[[Any], object], Message]
_SHARE: _Rule = (_share, message("it should lie between 0 and 1"))
_POSITIVE: _Rule = (lambda number: number > 0, message("it should be greater than 0"))
_NOT_NEGATIVE: _Rule = (lambda number: number >= 0, message("it should not be negative"))

_RULES: dict[str, _Rule] = {
    "lang": (LANGUAGES.__contains__, message("it should be zh or en")),
    "timeout": _NOT_NEGATIVE,
    "currency": (re.compile("[A-Z]{3}").fullmatch, message("it should be three capital letters, as CNY")),
    "classify.cut": (partial(_rising, 2), message("two percentages should rise between 0 and 100")),
    "classify.tiers": (partial(_rising, 3), message("three percentages should rise between 0 and 100")),
    "classify.months": _POSITIVE,
    "classify.boundary": ({"end", "start"}.__contains__, message("it should be end or start")),
    "classify.tier_names": ({"key", "vip"}.__contains__, message("it should be key or vip")),
    "value.discount": _NOT_NEGATIVE,
    "value.retention": _SHARE,
    "value.margin": _SHARE,
    "value.horizon_months": _POSITIVE,
    "value.min_history_days": _POSITIVE,
    "value.min_class": _POSITIVE,
    "value.referral_share": _SHARE,
    "value.retention_spread": _SHARE,
    "value.probability": (lambda table: all(map(_share, table.values())), _SHARE[1]),
    "prospects.stale_days": _POSITIVE,
    "prospects.threshold": (lambda score: 0 <= score <= 100, message("it should lie between 0 and 100")),  # noqa: PLR2004
    "status.lost_days": _POSITIVE,
    "status.lost_gaps": _NOT_NEGATIVE,
    "status.lost_days_by_kind": (lambda table: all(days > 0 for days in table.values()), _POSITIVE[1]),
    "status.loyal_orders": _POSITIVE,
    "status.loyal_days": _NOT_NEGATIVE,
    "progress.levels": (partial(_rising, 2), message("two percentages should rise between 0 and 100")),
    "progress.min_days": _POSITIVE,
    "codes.digits": (lambda digits: 1 <= digits <= 12, message("it should lie between 1 and 12")),  # noqa: PLR2004
    **{f"read.{entry.name}": _POSITIVE for entry in fields(Read)},
}


def broken(key: str, value: object) -> Message | None:
    """The rule of a setting that the value breaks, if any."""
    rule = _RULES.get(key)
    return None if rule is None or rule[0](value) else rule[1]


def did_you_mean(word: str, words: Iterable[str]) -> Message | str:
    """` Did you mean …?` for the nearest known word, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(words), n=1)
    return message(" Did you mean {word}?", word=near[0]) if near else ""
