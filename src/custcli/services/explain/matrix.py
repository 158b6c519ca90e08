"""Why a customer has its priority: class A or not against its worksheet of seven criteria, what changes it (R8, R9)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from custcli.domain.classify import AbcClass
from custcli.domain.explain import Change, Nearest
from custcli.domain.matrix import CRITERIA, HIGH, Potential, Priority, priority
from custcli.messages import Message, message
from custcli.services.explain.classes import Stand, changes, ranks
from custcli.services.explain.facts import Fact, Section
from custcli.services.matrix import CARD, FIELDS, potential

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

ACTIONS = {
    Priority.UNKNOWN: ("complete", "fill in the worksheet"),
    Priority.BOTH: ("grow", "first of all: keep it and grow with it"),
    Priority.POTENTIAL: ("develop", "develop it: win what it could bring"),
    Priority.REVENUE: ("keep", "keep the revenue at little cost"),
    Priority.NEITHER: ("serve", "serve it simply"),
}
"""What to do with a customer of each priority: the word for scripts, what people read."""
BANDS = {"high": "high", "middle": "middle", "low": "low"}
RULE = message(
    "R8: revenue is high in class A, potential from {least} of {most} criteria on; "
    "A+ both are high, A the potential alone, B the revenue alone, C neither.",
    least=HIGH,
    most=CRITERIA,
)


def prioritised(
    ctx: "Context", connection: "Connection", customer: int, stand: Stand, *, alone: bool
) -> Iterator[Section]:
    """The priority of a customer; beside other verdicts only where it has a worksheet and no groups are asked for."""
    from custcli.db import matrix

    words = matrix.worksheets(connection, FIELDS, customer).get(customer)
    if alone or (words and not stand.asked.within):
        yield _section(ctx, stand, words or [None] * CRITERIA)


def _section(ctx: "Context", stand: Stand, words: list[str | None]) -> Section:
    sheet = potential(words) or Potential(0, 0)
    abc = None if stand.index is None else stand.ranking.abc[stand.index]
    high = abc is AbcClass.A
    verdict = priority(revenue_high=high, potential=sheet)
    token, action = ACTIONS[verdict]
    side = message("high: class {abc}", abc=abc) if high else message("low: class {abc}", abc=abc)
    facts = [
        Fact("priority", message("Priority"), str(verdict)),
        Fact("action", message("Next action"), token, message(action)),
        Fact("revenue", message("Revenue"), _side(high), side if abc else message("low: not ranked")),
        *ranks(stand),
        *changes(stand, _turned(stand.standing.abc(), sheet, high=high), {"high": "high", "low": "low"}),
        *_potential(sheet, high=high),
        *_answers(ctx, words),
    ]
    title = message("priority {verdict} by rule R8", verdict=verdict)
    return Section("matrix", str(verdict), "R8", title, facts, [RULE], list(_thin(ctx, stand, words)))


def _side(high: bool) -> str:  # noqa: FBT001 - the one thing that is told
    return "high" if high else "low"


def _turned(nearest: Nearest, sheet: Potential, *, high: bool) -> Nearest:
    """The nearest amounts at which revenue turns high or low, with the priority then, or the side while it is unknown."""
    word = _side(not high) if sheet.total is None else str(priority(revenue_high=not high, potential=sheet))

    def turn(change: Change | None) -> Change | None:
        return Change(change.amount, word) if change and (change.verdict == AbcClass.A) is not high else None

    upwards = (found for each in (nearest.up, *nearest.better) if (found := turn(each)))
    return Nearest(nearest.verdict, next(upwards, None), turn(nearest.down))


def _potential(sheet: Potential, *, high: bool) -> Iterator[Fact]:
    """The score against the limit, its band, and what another score would make of the priority."""
    total = sheet.total
    label = message("Potential of 7")
    if total is None:
        yield Fact("potential", label, None, message("unknown: answered {count} of {most}", count=sheet.answered, most=CRITERIA))
        yield Fact("once_answered", message("Once all are answered"), HIGH, *_open(sheet, high=high))
        return
    side = message("high") if total >= HIGH else message("low")
    yield Fact("potential", label, total, message("{score}: {side} (high from {least} on)", score=total, side=side, least=HIGH))
    yield Fact("band", message("Potential band"), sheet.band, message(BANDS[str(sheet.band)]))
    at = HIGH if total < HIGH else HIGH - 1
    word = str(priority(revenue_high=high, potential=Potential(CRITERIA, at)))
    said = message("{verdict} from {count} criteria on", verdict=word, count=at)
    if at < total:
        said = message("{verdict} down from {count} criteria", verdict=word, count=at)
    yield Fact("change_potential", message("Potential: next change"), at, said, word, at - total)
