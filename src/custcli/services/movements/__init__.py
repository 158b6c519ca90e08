"""Who rose, fell, entered and left between two stored classifications (cli.md 6, R4.10, decisions.md 24)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.domain.movements import Movement, Verdict, movement, tally
from custcli.grid import Grid
from custcli.messages import message
from custcli.services.movements import told
from custcli.services.movements.pair import Asked, chosen, day_of
from custcli.services.movements.reckoned import Side, reckoned, stored
from custcli.services.names import namer

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.runs import Stored

__all__ = ["Asked", "movements"]

ORDER = {each: place for place, each in enumerate(Movement)}


@dataclass(frozen=True)
class Moved:
    """A customer that moved, or stayed."""

    customer: int
    movement: Movement
    before: Verdict | None
    after: Verdict | None

    @property
    def change(self) -> int:
        """By how much its amount changed; what is not ranked counts nothing."""
        return (self.after.amount if self.after else 0) - (self.before.amount if self.before else 0)


def movements(ctx: "Context", asked: Asked) -> Grid:
    """The customers whose class or tier changed, those that fell first, then by the change of their amount, then code.

    Days of which no two runs are stored are ranked anew. UnknownError: no such run; UsageError: two runs that cannot be
    compared. No two runs yet is an answer too.
    """
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    with ctx.reading().reading() as connection:
        pair = _pair(ctx, connection, asked)
        if pair is None:
            return told.nothing(ctx)
        first, second = (side.run for side in pair)
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        found = list(_moved(*pair, asked, only))
        counts = _summary(*pair, found if only is not None or asked.movement else None)
        rows = _rows(ctx, connection, second.method, found)
    shown = rows[: asked.limit or None]
    notes = told.notes(counts, first, second, len(rows) - len(shown))
    return Grid(
        "movements", told.columns(ctx, second), shown, counts, ctx.day, told.title(first, second), notes,
        sheet=message("Movements"), beside=[told.counted(counts), *told.passed(second.method, counts)],
        spare=("owner", "previous_tier", "tier", "change"),
    )  # fmt: skip


def _pair(ctx: "Context", connection: "Connection", asked: Asked) -> tuple[Side, Side] | None:
    """The two runs that are stored, else those of the two days that are named, or of one and the business day."""
    from custcli.db import runs

    found = chosen(runs.stored(connection, ctx.day), asked)
    if found:
        return stored(connection, found[0]), stored(connection, found[1])
    first = day_of(asked.first) if asked.first else None
    second = day_of(asked.second) if asked.second else ctx.day
    if not first or not second:
        return None
    return reckoned(ctx, connection, asked, first), reckoned(ctx, connection, asked, second)


def _moved(first: Side, second: Side, asked: Asked, only: set[int] | None) -> "list[Moved]":
    from custcli.db import runs

    every, method = asked.every or asked.movement == Movement.SAME, second.run.method
    found = []
    for customer, before, after in runs.compared(method, first.verdicts, second.verdicts, every=every):
        then, now = Verdict(*before) if before else None, Verdict(*after) if after else None
        how = movement(then, now, method)
        if (only is None or customer in only) and asked.movement in {None, how}:
            found.append(Moved(customer, how, then, now))
    return found


def _rows(ctx: "Context", connection: "Connection", method: str, found: "Sequence[Moved]") -> list[list[object]]:
    """The rows in their order; customers that are no longer recorded have none."""
    from custcli.db import figures

    known = {
        number: each
        for some in figures.chunks([each.customer for each in found])
        for number, each in figures.shown(connection, some).items()
    }
    there = [each for each in found if each.customer in known]
    there.sort(key=lambda each: (ORDER[each.movement], -abs(each.change), known[each.customer].code))
    name_of = namer(ctx)
    return [_row(method, each, known[each.customer], name_of) for each in there]


def _row(method: str, each: Moved, who: Any, name_of: Any) -> list[object]:
    before, after = each.before, each.after
    details = [told.detail(method, verdict) for verdict in (before, after)]
    share = each.change / before.amount if before and after and before.amount else None
    return [
        who.code,
        name_of(who.name, who.hidden_as),
        who.kind,
        who.region,
        who.owner,
        str(each.movement),
        before.word if before else None,
        after.word if after else None,
        *details,
        before.rank if before else None,
        after.rank if after else None,
        before.amount if before else None,
        after.amount if after else None,
        each.change,
        share,
    ]


def _summary(before: Side, after: Side, found: "Sequence[Moved] | None") -> dict[str, object]:
    """How many moved how, from which class to which; of all, or of the rows `found` where these are chosen."""
    from custcli.db import runs

    first, second = before.run, after.run
    counts = runs.counted(second.method, before.verdicts, after.verdicts) if found is None else _counts(found)
    moved, shown = tally(counts, second.method), told.SHOWN[second.method]
    words: list[str | None] = [*shown.words, None]
    return {
        "from": _run(first),
        "to": _run(second),
        "metric": second.metric,
        "method": second.method,
        "currency": json.loads(second.parameters)["currency"],
        **{str(each): count for each, count in moved.movements.items()},
        shown.plural: {
            old or told.NONE: {new or told.NONE: moved.classes.get((old, new), 0) for new in words} for old in words
        },
    }


def _run(run: "Stored") -> dict[str, object]:
    """Which run it is; no number where none is stored."""
    return {"run": run.number or None, "as_of": run.as_of, "since": run.since, "until": run.until}


def _counts(found: "Sequence[Moved]") -> Mapping[Any, int]:
    counts: dict[Any, int] = {}
    for each in found:
        then, now = each.before, each.after
        key = (then and then.word, now and now.word, then and then.detail, now and now.detail)
        counts[key] = counts.get(key, 0) + 1
    return counts
