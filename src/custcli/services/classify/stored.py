"""A classification as it is stored: parameters, summary, and the verdict on each ranked customer."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain import classify as rules_of
from custcli.services.classify.ranked import Ranked
from custcli.services.classify.rows import bases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.db.runs import Run, Verdict


def run(day: date, ranked: Ranked, summary: Mapping[str, object]) -> "Run":
    """The run without its number."""
    from custcli.db.runs import Run

    asked = ranked.asked
    return Run(
        metric=asked.by,
        method=asked.method,
        as_of=day,
        since=ranked.period.since,
        until=ranked.period.until,
        fingerprint=ranked.fingerprint,
        parameters=json.dumps(ranked.parameters, ensure_ascii=False),
        summary=json.dumps(summary, ensure_ascii=False, default=str),
    )


def verdicts(ranked: Ranked) -> "Iterator[Verdict]":
    """The verdicts of all ranked customers in the order of their ids."""
    import numpy as np

    rankings = ranked.rankings
    places = np.concatenate([each.order for each in rankings])
    ids = ranked.found.customers.ids[places]
    by_id = np.argsort(ids)
    columns = (
        ids,
        np.concatenate([np.arange(1, len(each) + 1) for each in rankings]),
        np.concatenate([each.amounts for each in rankings]),
        np.concatenate([_spread(rules_of.AbcClass, each.abc_ends) for each in rankings]),
        np.concatenate([_spread(rules_of.Tier, each.tier_ends) for each in rankings]),
        np.array(bases(ranked.found, places)),
    )
    return zip(*(column[by_id].tolist() for column in columns), strict=True)


def _spread(words: Iterable[str], ends: Sequence[int]) -> "NDArray[Any]":
    """The word of each customer of a ranking, as plain text."""
    import numpy as np

    return np.repeat(np.array([str(word) for word in words]), np.diff((0, *ends)))
