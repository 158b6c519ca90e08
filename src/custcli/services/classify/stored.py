"""A classification as it is stored: parameters, summary, and the verdict on each ranked customer."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.period import Period
from custcli.messages import Message, message
from custcli.services.classify.ranked import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db.runs import Run
    from custcli.db.verdicts import Verdicts


def run(day: date, ranked: Ranked, summary: Mapping[str, object]) -> "Run":
    """The run without its number."""
    asked = ranked.asked
    return of(day, asked.by, asked.method, ranked.period, ranked.fingerprint, ranked.parameters, summary)


def of(
    day: date,
    metric: str,
    method: str,
    period: Period,
    fingerprint: str,
    parameters: Mapping[str, object],
    summary: Mapping[str, object],
) -> "Run":
    """A run of any method without its number."""
    from custcli.db.runs import Run

    return Run(
        metric=metric,
        method=method,
        as_of=day,
        since=period.since,
        until=period.until,
        fingerprint=fingerprint,
        parameters=json.dumps(parameters, ensure_ascii=False),
        summary=json.dumps(summary, ensure_ascii=False, default=str),
    )


def keep(ctx: "Context", run: "Run", verdicts: "Verdicts", summary: dict[str, object]) -> list[Message]:
    """Store a run and put its number into the summary; a sentence where the database cannot be written."""
    from custcli.db.runs import save_run

    database = ctx.reading()
    if not database.writable:
        return [message("The database is read-only: this run was not stored.")]
    with database.writing() as connection:
        summary["run"] = save_run(connection, ctx.author.header("run"), run, verdicts)
    return []


def verdicts(ranked: Ranked) -> "Verdicts":
    """The verdicts of all ranked customers in the order of their ranks, of groups one after the other."""
    import numpy as np

    from custcli.db.verdicts import Verdicts

    rankings, stated = ranked.rankings, ranked.found.stated
    places = np.concatenate([each.order for each in rankings])
    return Verdicts(
        ids=ranked.found.customers.ids[places],
        ranks=np.concatenate([np.arange(1, len(each) + 1) for each in rankings]),
        amounts=np.concatenate([each.amounts for each in rankings]),
        marks=[
            np.concatenate([_spread(each.abc_ends) for each in rankings]),
            np.concatenate([_spread(each.tier_ends) for each in rankings]),
            np.zeros_like(places) if stated is None else stated[places].astype(np.int64),
        ],
    )


def _spread(ends: Sequence[int]) -> "NDArray[Any]":
    """The place of each ranked customer's word."""
    import numpy as np

    return np.repeat(np.arange(len(ends)), np.diff((0, *ends)))
