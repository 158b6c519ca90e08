"""What a composition is set beside: the same of an earlier period, and the visits paid (F125, F135, F137, F138)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from custcli.domain.period import Period, earlier
from custcli.errors import UsageError
from custcli.grid import Column, Kind, Money
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.composition import Facts
    from custcli.db.records import Where
    from custcli.domain.forms import Form
    from custcli.services.composition import Dimension

TRENDS = {"rose": "↑ rose", "fell": "↓ fell", "same": "= same"}
VISITS = (
    Column("visits", "Visits made", Kind.INTEGER),
    Column("visit_share", "Share of visits", Kind.SHARE, blank="—", bar=True),
)
NAMED = {"year", "quarter", "month", "week", "day"}
"""Parts of a day that name a period of their own: none of them occurs in another."""


@dataclass(frozen=True)
class Former:
    """The period before: its total, and the amount behind the values of each row (ten-thousandths)."""

    span: Period
    total: int
    parts: Mapping[tuple[Any, ...], int | None]

    def gone(self, parts: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Rows of nothing for what was sold then alone."""
        there = {tuple(values) for *values, _, _, _, _ in parts}
        return [(*values, 0, 0, 0, 0) for values in self.parts if values not in there]

    def summary(self) -> dict[str, object]:
        """Its days and total, for scripts."""
        return {
            "previous_since": self.span.since,
            "previous_until": self.span.until,
            "previous_total": Money(self.total),
        }

    def note(self) -> Message:
        """Which days are meant."""
        from custcli.domain.period import period_text

        return message("Compared with {period}.", period=period_text(self.span))


def former(
    connection: "Connection", orders: "Form", found: "Sequence[Dimension]", facts: "Facts", fitting: "Where", how: str
) -> Former:
    """The amounts of the period before, `how`: before, year. UsageError: there is none, or rows that name a period."""
    from custcli.db import composition as stored

    span = earlier(Period(facts.since, facts.until, ""), year=how == "year")
    if span is None:
        raise UsageError("All orders are asked for: there is no period before them to compare with.")
    named = [each.column for each in found if isinstance(each.axis, stored.OrderAxis) and each.axis.part in NAMED]
    if named:
        raise UsageError("{field} names its own periods: they cannot be compared", field=message(named[0].label))
    then = replace(facts, since=span.since, until=span.until)
    sums = stored.sums(connection, orders, [each.axis for each in found], then, fitting)
    parts = {tuple(values): amount for *values, _, _, _, amount in sums.parts if amount}
    return Former(span, sums.whole[-1] or 0, parts)


def changes(amount: Kind) -> Sequence[Column]:
    """The columns of `change`; `amount`: what kind of amounts they are."""
    return (
        Column("previous", "Compared with", amount),
        Column("difference", "Difference", amount),
        Column("change", "Change in %", Kind.SHARE, blank="—"),
        Column("trend", "Trend", Kind.TOKEN, labels=TRENDS),
    )


def change(now: int, before: int) -> list[object]:
    """What it was, by how much and by which share it changed (None: there was nothing above 0), and the word for it."""
    word = "same" if now == before else "rose" if now > before else "fell"
    return [before, now - before, (now - before) / before if before > 0 else None, word]


def visits(
    ctx: "Context", connection: "Connection", found: "Sequence[Dimension]", span: Period, fitting: "Where"
) -> dict[tuple[Any, ...], int]:
    """How many visits were made behind the values of each row, and in all: (). UsageError: rows of orders."""
    from custcli.db import effort
    from custcli.db.composition import CustomerAxis

    axes = [each.axis for each in found if isinstance(each.axis, CustomerAxis)]
    if len(axes) < len(found):
        raise UsageError("Visits are made to customers: they have no product, channel or part of the year")
    form = ctx.forms["visits"]
    return {way: count for ways in (axes, ()) for way, count in effort.visits(connection, form, ways, span, fitting)}


def share_of_visits(found: Mapping[tuple[Any, ...], int], values: tuple[Any, ...]) -> list[object]:
    """The visits of a row and their share of all."""
    made, total = found.get(values, 0), found[()]
    return [made, made / total if total else None]
