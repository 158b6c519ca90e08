"""Which two stored runs are compared: those named, or the latest that are alike (cli.md 6, decisions.md 24)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

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
    "scores": "number of scores",
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

    Of a day with several runs that one is meant which can be compared. UnknownError: no such run; UsageError: two runs
    that cannot be compared.
    """
    every = _meant(every, asked.method)
    if asked.first and asked.second:
        firsts, seconds = _named(every, asked.first), _named(every, asked.second)
        if not firsts or not seconds:
            return None
        alike = [(first, second) for second in seconds for first in firsts if first.fingerprint == second.fingerprint]
        two = next((pair for pair in alike if pair[0] != pair[1]), None)
        if two or (day_of(asked.first) and day_of(asked.second)):
            return two
        return alike[0] if alike else _differing(firsts[0], seconds[0])
    if asked.second:
        seconds = _named(every, asked.second)
        if not seconds:
            raise UnknownError("there is no run {run}: custcli runs lists them", run=asked.second)
        earlier = ((_before(every, second), second) for second in seconds)
        return next(((before, second) for before, second in earlier if before), None)
    if asked.first:
        later = ((first, _after(every, first)) for first in _named(every, asked.first))
        return next(((first, after) for first, after in later if after), None)
    pairs = ((_before(every, second), second) for second in reversed(every))
    return next(((first, second) for first, second in pairs if first), None)


def _meant(every: "Sequence[Stored]", method: str | None) -> "Sequence[Stored]":
    if method:
        return [run for run in every if run.method == method]
    return [run for run in every if run.method in RANKED] or every


def _before(every: "Sequence[Stored]", run: "Stored") -> "Stored | None":
    """The latest earlier run like this one: of an earlier day, else of the same one."""
    alike = [each for each in every[: every.index(run)] if each.fingerprint == run.fingerprint]
    earlier = [each for each in alike if each.as_of < run.as_of]
    return next(reversed(earlier or alike), None)


def _after(every: "Sequence[Stored]", run: "Stored") -> "Stored | None":
    """The latest other run like this one."""
    return next((each for each in reversed(every) if each.fingerprint == run.fingerprint and each != run), None)


def _named(every: "Sequence[Stored]", text: str) -> "list[Stored]":
    """The run of this number; or all of the latest day up to this one that has any, the last one first."""
    day = day_of(text)
    if day is None:
        found = [run for run in every if str(run.number) == _plain(text)]
        if not found:
            raise UnknownError("there is no run {run}: custcli runs lists them", run=text)
        return found
    past = [run for run in reversed(every) if run.as_of <= day.isoformat()]
    return [run for run in past if run.as_of == past[0].as_of]


def day_of(text: str) -> date | None:
    """The day that a word means; None: the number of a run. UsageError: neither."""
    if _plain(text).isdecimal() and len(_plain(text)) < len("20260101"):
        return None
    try:
        return read_date(_plain(text))
    except Refused as refused:
        raise UsageError("A run is named by its number or a day: {text}", text=text) from refused


def _plain(text: str) -> str:
    return text.strip().lstrip("#").lstrip("0")


def _differing(first: "Stored", second: "Stored") -> NoReturn:
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
