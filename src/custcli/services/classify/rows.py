"""The rows of a classification: which ones, in which order, and what they say of each customer."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

from custcli.domain import classify as rules_of
from custcli.domain.classify import Ranking
from custcli.services.bands import reckoned
from custcli.services.classify.amounts import UNKNOWN, Amounts
from custcli.services.classify.ranked import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.db import Connection, Database
    from custcli.db.figures import Shown

_Verdict = tuple[Any, ...]
ABC_TIER = slice(3, 5)
"""Where class and tier stand behind the rank of `_shown`."""


@dataclass(frozen=True)
class Stretch:
    """Neighbours in one ranking, or customers without a rank.

    `places` are theirs among all customers; `start` is the index of the first one in the ranking.
    """

    places: "NDArray[Any]"
    ranking: Ranking | None = None
    start: int = 0


def stretches(ranked: Ranked) -> Iterator[Stretch]:
    """The rows asked for: a class and a tier are neighbours in a ranking; who has no rank comes last, by code."""
    import numpy as np

    for each in ranked.rankings:
        first, last = _reach(each.abc_ends, rules_of.AbcClass, ranked.asked.abc)
        start, end = _reach(each.tier_ends, rules_of.Tier, ranked.asked.tier)
        yield Stretch(each.order[max(first, start) : min(last, end)], each, max(first, start))
    if not ranked.asked.abc and not ranked.asked.tier:
        yield Stretch(np.flatnonzero(ranked.found.amounts <= 0))


def _reach(ends: Sequence[int], words: Iterable[str], chosen: str | None) -> tuple[int, int]:
    """Where the chosen class begins and ends in a ranking; all of it without a choice."""
    starts = (0, *ends)
    place = None if chosen is None else list(words).index(chosen)
    return (0, ends[-1]) if place is None else (starts[place], ends[place])


def cut(every: Iterable[Stretch], limit: int | None) -> tuple[list[Stretch], int]:
    """The first rows up to the limit (None or 0: all), and how many are left out."""
    kept, left = [], 0
    room = limit or sys.maxsize
    for each in every:
        kept.append(replace(each, places=each.places[:room]))
        left += len(each.places) - len(kept[-1].places)
        room -= len(kept[-1].places)
    return kept, left


def rows(
    database: "Database", ranked: Ranked, every: Sequence[Stretch], name_of: Callable[[str, str | None], str]
) -> Iterator[list[object]]:
    """The rows of the answer, read from the dossiers while they are walked; `name_of` hides the names of persons."""
    from custcli.db import figures

    number = ranked.previous[0] if ranked.previous else None
    ids = ranked.found.customers.ids
    with database.reading() as connection:
        for stretch in every:
            own = ids[stretch.places]
            verdicts = zip(_shown(ranked.found, stretch), _before(connection, number, own), strict=True)
            for some in figures.chunks(own.tolist()):
                known = figures.shown(connection, some)
                told = zip(some, verdicts, strict=False)  # a customer taken back in the meantime has no row
                yield from (_row(known[each], name_of, *verdict) for each, verdict in told if each in known)


def _before(connection: "Connection", number: int | None, ids: "NDArray[Any]") -> Iterator[_Verdict]:
    """Class and tier of each customer by an earlier run, None without one."""
    from custcli.db import runs

    if number is None:
        return repeat((None, None), len(ids))
    return (said[:2] or (None, None) for said in runs.words(connection, number, ids))


def _row(who: "Shown", name_of: Callable[[str, str | None], str], verdict: _Verdict, before: _Verdict) -> list[object]:
    rank, *figures = verdict
    name = name_of(who.name, who.hidden_as)
    band = reckoned(who.triage, *figures[ABC_TIER], key=bool(who.is_key))
    return [rank, who.code, name, who.kind, who.region, who.owner, *figures, *before, who.triage, *band]


def _shown(found: Amounts, stretch: Stretch) -> Iterator[_Verdict]:
    """Rank, amount, share, cumulative share, class, tier, basis for each place of a stretch."""
    ranking, sources = stretch.ranking, bases(found, stretch.places)
    if ranking is None:
        own = (None if amount == UNKNOWN else amount for amount in found.amounts[stretch.places].tolist())
        return ((None, amount, None, None, None, None, source) for amount, source in zip(own, sources, strict=True))
    part = slice(stretch.start, stretch.start + len(sources))
    columns = (
        range(part.start + 1, part.stop + 1),
        ranking.amounts[part].tolist(),
        ranking.shares[part].tolist(),
        ranking.cumulative_shares[part].tolist(),
        ranking.abc[part],
        ranking.tiers[part],
        sources,
    )
    return zip(*columns, strict=True)


def bases(found: Amounts, places: "NDArray[Any]") -> list[str]:
    """Where each amount comes from."""
    if found.stated is None:
        return ["orders"] * len(places)
    return ["dossier" if stated else "orders" for stated in found.stated[places].tolist()]
