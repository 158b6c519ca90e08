"""A classification as it is stored: parameters, summary, and the verdict on each ranked customer."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.services.classify.ranked import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.db.runs import Run, Verdicts


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


def verdicts(ranked: Ranked) -> "Verdicts":
    """The verdicts of all ranked customers in the order of their ids."""
    import numpy as np

    from custcli.db.runs import Verdicts

    rankings, stated = ranked.rankings, ranked.found.stated
    places = np.concatenate([each.order for each in rankings])
    ids = ranked.found.customers.ids[places]
    by_id = np.argsort(ids)
    return Verdicts(
        ids=ids[by_id],
        ranks=np.concatenate([np.arange(1, len(each) + 1) for each in rankings])[by_id],
        amounts=np.concatenate([each.amounts for each in rankings])[by_id],
        abc=np.concatenate([_spread(each.abc_ends) for each in rankings])[by_id],
        tiers=np.concatenate([_spread(each.tier_ends) for each in rankings])[by_id],
        bases=np.zeros_like(ids) if stated is None else stated[places][by_id].astype(np.int64),
    )


def _spread(ends: Sequence[int]) -> "NDArray[Any]":
    """The place of each ranked customer's word."""
    import numpy as np

    return np.repeat(np.arange(len(ends)), np.diff((0, *ends)))
