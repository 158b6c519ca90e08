"""Who rose, fell, entered and left between two stored classifications (cli.md 6, R4.10, decisions.md 24)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.domain.movements import Movement, Verdict, movement, tally
from custcli.grid import Grid
from custcli.messages import message
from custcli.services.movements import told
from custcli.services.movements.pair import Asked, chosen
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

    UnknownError: no such run; UsageError: two runs that cannot be compared. No two runs yet is an answer too.
    """
    from custcli.db import runs
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    with ctx.reading().reading() as connection:
        pair = chosen(runs.stored(connection, ctx.day), asked)
        if pair is None:
            return told.nothing(ctx)
        first, second = pair
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        found = list(_moved(connection, first, second, asked, only))
        counts = _summary(connection, first, second, found if only is not None or asked.movement else None)
        rows = _rows(ctx, connection, found)
    shown = rows[: asked.limit or None]
    notes = told.notes(counts, first, second, len(rows) - len(shown))
    return Grid(
        "movements", told.columns(ctx, second), shown, counts, ctx.day, told.title(first, second), notes,
        sheet=message("Movements"), beside=[told.counted(counts), *told.passed(second.method, counts)],
    )  # fmt: skip


def _moved(
    connection: "Connection", first: "Stored", second: "Stored", asked: Asked, only: set[int] | None
) -> "list[Moved]":
    from custcli.db import runs

    every = asked.every or asked.movement == Movement.SAME
    found = []
    for customer, before, after in runs.compared(connection, first.number, second.number, every=every):
        then, now = Verdict(*before) if before else None, Verdict(*after) if after else None
        how = movement(then, now, second.method)
        if (only is None or customer in only) and asked.movement in {None, how}:
            found.append(Moved(customer, how, then, now))
    return found


def _rows(ctx: "Context", connection: "Connection", found: "Sequence[Moved]") -> list[list[object]]:
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
    return [_row(each, known[each.customer], name_of) for each in there]


def _row(each: Moved, who: Any, name_of: Any) -> list[object]:
    before, after = each.before, each.after
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
        before.detail if before else None,
        after.detail if after else None,
        before.rank if before else None,
        after.rank if after else None,
        before.amount if before else None,
        after.amount if after else None,
        each.change,
        share,
    ]


def _summary(
    connection: "Connection", first: "Stored", second: "Stored", found: "Sequence[Moved] | None"
) -> dict[str, object]:
    """How many moved how, from which class to which; of all, or of the rows `found` where these are chosen."""
    from custcli.db import runs

    counts = runs.counted(connection, first.number, second.number) if found is None else _counts(found)
    moved, shown = tally(counts, second.method), told.SHOWN[second.method]
    words: list[str | None] = [*shown.words, None]
    return {
        "from": {"run": first.number, "as_of": first.as_of, "since": first.since, "until": first.until},
        "to": {"run": second.number, "as_of": second.as_of, "since": second.since, "until": second.until},
        "metric": second.metric,
        "method": second.method,
        "currency": json.loads(second.parameters)["currency"],
        **{str(each): count for each, count in moved.movements.items()},
        shown.plural: {
            before or told.NONE: {after or told.NONE: moved.classes.get((before, after), 0) for after in words}
            for before in words
        },
    }


def _counts(found: "Sequence[Moved]") -> Mapping[Any, int]:
    counts: dict[Any, int] = {}
    for each in found:
        then, now = each.before, each.after
        key = (then and then.word, now and now.word, then and then.detail, now and now.detail)
        counts[key] = counts.get(key, 0) + 1
    return counts
