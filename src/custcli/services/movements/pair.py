"""Which two stored runs are compared: those named, or the latest that are alike (cli.md 6, decisions.md 24)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused, read_date
from custcli.domain.rfm import FIGURES
from custcli.errors import UnknownError, UsageError
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.db.runs import Stored

RANKED = {"abc", "pyramid"}
DIFFERENCES = {
    "metric": "metric",
    "method": "method",
    "cut": "cuts",
    "tiers": "tiers",
    "boundary": "boundary",
    "keep_ties": "ties",
    "within": "groups",
    "period": "length of the period",
    "currency": "currency",
    "variant": "variant",
    **dict.fromkeys(FIGURES, "cut points"),
}


@dataclass(frozen=True)
class Asked:
    """Which two runs (a number, or a day: the latest run up to it; None: the latest that can be compared), which rows.

    `movement`: only those that moved so; `every`: also those that stayed; `limit` cuts rows (0: all). `method`: only
    runs of it; None: rankings, and others only where there are none of these.
    """

    first: str | None = None
    second: str | None = None
    movement: str | None = None
    every: bool = False
    where: Sequence[str] = ()
    limit: int | None = None
    method: str | None = None


def chosen(every: "Sequence[Stored]", asked: Asked) -> "tuple[Stored, Stored] | None":
    """The two runs, the earlier one first where nobody said otherwise. None: there are not two to compare.

    UnknownError: no such run; UsageError: two runs that cannot be compared.
    """
    every = _meant(every, asked.method)
    if asked.first and asked.second:
        first, second = _named(every, asked.first), _named(every, asked.second)
        return _comparable(first, second)
    if asked.second:
        second = _named(every, asked.second)
        before = _before(every, second)
        return (before, second) if before else None
    if asked.first:
        first = _named(every, asked.first)
        alike = [run for run in every if run.fingerprint == first.fingerprint and run != first]
        return (first, alike[-1]) if alike else None
    pairs = ((_before(every, second), second) for second in reversed(every))
    return next(((first, second) for first, second in pairs if first), None)


def _meant(every: "Sequence[Stored]", method: str | None) -> "Sequence[Stored]":
    if method:
        return [run for run in every if run.method == method]
    return [run for run in every if run.method in RANKED] or every


def _before(every: "Sequence[Stored]", run: "Stored") -> "Stored | None":
    """The latest earlier run like this one."""
    earlier = every[: every.index(run)]
    return next((each for each in reversed(earlier) if each.fingerprint == run.fingerprint), None)


def _named(every: "Sequence[Stored]", text: str) -> "Stored":
    """The run of this number, or the latest one up to this day."""
    plain = text.strip().lstrip("#")
    if plain.isdecimal() and len(plain) < len("20260101"):
        found = next((run for run in every if run.number == int(plain)), None)
    else:
        day = _day(plain)
        found = next((run for run in reversed(every) if run.as_of <= day.isoformat()), None)
    if found is None:
        raise UnknownError("there is no run {run}: custcli runs lists them", run=text)
    return found


def _day(text: str) -> date:
    try:
        return read_date(text)
    except Refused as refused:
        raise UsageError("A run is named by its number or a day: {text}", text=text) from refused


def _comparable(first: "Stored", second: "Stored") -> "tuple[Stored, Stored]":
    if first.fingerprint == second.fingerprint:
        return first, second
    one, other = _parameters(first), _parameters(second)
    differing = [message(label) for name, label in DIFFERENCES.items() if one.get(name) != other.get(name)]
    said: Message | str = message("conditions") if not differing else differing[0]
    for each in differing[1:]:
        said = message("{first}, {second}", first=said, second=each)
    raise UsageError(
        "Runs {first} and {second} cannot be compared; they differ in: {differences}",
        first=first.number,
        second=second.number,
        differences=said,
    )


def _parameters(run: "Stored") -> dict[str, Any]:
    return {"metric": run.metric, "method": run.method, **json.loads(run.parameters)}
