"""A classification as it is stored: parameters, summary, and the verdict on each ranked customer."""

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.period import Period
from custcli.messages import Message, message
from custcli.services.classify.ranked import Ranked

if TYPE_CHECKING:
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


def keep_ranking(ctx: "Context", ranked: Ranked, summary: dict[str, object]) -> list[Message]:
    """As `keep`, of a ranking in which somebody has a rank."""
    return keep(ctx, run(ctx.day, ranked, summary), ranked.verdicts, summary, save=ranked.asked.save)


def keep(ctx: "Context", run: "Run", verdicts: "Verdicts", summary: dict[str, object], *, save: bool) -> list[Message]:
    """Store a run, if wished, and put its number into the summary.

    Sentences: it cannot be stored; one of the same day said otherwise.
    """
    from custcli.db.runs import save_run

    told = _repeated(ctx, run, verdicts) if ctx.as_of else []
    if not save:
        return told
    if ctx.recorded_on is not None:
        return [*told, message("Asked by what was recorded formerly: this run was not stored.")]
    database = ctx.reading()
    if not database.writable:
        return [*told, message("The database is read-only: this run was not stored.")]
    with database.writing() as connection:
        summary["run"] = save_run(connection, ctx.author.header("run"), run, verdicts)
    return told


def _repeated(ctx: "Context", run: "Run", verdicts: "Verdicts") -> list[Message]:
    """What is said where a run of the day before this one had other rows: data was recorded since."""
    from custcli.db.runs import repeated

    with ctx.reading().reading() as connection:
        found = repeated(connection, run, verdicts)
    if found is None:
        return []
    return [
        message(
            "Run {run} of the same day had other figures (customers: {count}), since other data was recorded "
            "then: custcli runs {run} shows it, --recorded-on {change} repeats it.",
            run=found.number,
            change=found.change,
            count=found.customers,
        )
    ]
