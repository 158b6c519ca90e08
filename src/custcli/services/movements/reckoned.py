"""A ranking of a day of which no run is stored: worked out anew, as classify would on that day (cli.md 6)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.errors import UnknownError

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.runs import Stored
    from custcli.db.verdicts import Verdicts
    from custcli.services.movements.pair import Asked

RANKINGS = {None, "abc", "pyramid"}


@dataclass(frozen=True)
class Side:
    """One of the two that are compared, with its verdicts; number 0: it is not stored."""

    run: "Stored"
    verdicts: "Verdicts"


def stored(connection: "Connection", run: "Stored") -> Side:
    """A stored run. DatabaseError: it is damaged."""
    from custcli.db import runs

    return Side(run, runs.judged(connection, run.number)[1])


def reckoned(ctx: "Context", connection: "Connection", asked: "Asked", day: date) -> Side:
    """The ranking by value with the usual cuts and period. UnknownError: another method, which has to be stored."""
    from custcli.db.runs import Stored
    from custcli.services.classify import stored as kept
    from custcli.services.classify import told
    from custcli.services.classify.asked import Asked as Classified
    from custcli.services.classify.ranked import ranked

    if asked.method not in RANKINGS:
        raise UnknownError(
            "There is no run of {day}: custcli classify --method {method} --as-of {day} stores one",
            day=day,
            method=asked.method,
        )
    then = replace(ctx, as_of=min(day, ctx.day)).knowing(ctx.forms)
    found = ranked(then, connection, Classified(method=asked.method or "abc"))
    run = kept.run(then.day, found, told.summary(found))
    since = run.since.isoformat() if run.since else None
    days = run.as_of.isoformat(), since, run.until.isoformat()
    same = Stored(0, run.metric, run.method, *days, run.fingerprint, run.parameters, run.summary)
    return Side(same, found.verdicts)
