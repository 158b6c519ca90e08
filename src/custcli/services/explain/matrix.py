"""Why a customer has its priority: class A or not against its worksheet of seven criteria, what changes it (R8, R9)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from custcli.domain.classify import AbcClass
from custcli.domain.explain import Change, Nearest
from custcli.domain.matrix import CRITERIA, HIGH, Potential, Priority, priority
from custcli.messages import Message, message
from custcli.services.explain.classes import Stand, changes, ranks
from custcli.services.explain.facts import Fact, Section
from custcli.services.matrix import CARD, FIELDS, MET, potential, questions, to_fill_in

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
SIDES = {True: "high", False: "low"}
SAID = {"A+": "priority A+", "A": "priority A", "B": "priority B", "C": "priority C",
        "high": "high revenue", "low": "low revenue"}  # fmt: skip
"""What a change brings: a priority, not to be taken for a class, or a side of the revenue."""
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
    facts = [
        Fact("priority", message("Priority"), str(verdict)),
        Fact("action", message("Next action"), token, message(action)),
        Fact("revenue", message("Present revenue"), SIDES[high], _revenue(abc)),
        *ranks(stand),
        *changes(stand, _turned(stand.standing.abc(), sheet, high=high), SAID),
        *_potential(sheet, high=high),
        *_answers(ctx, words),
    ]
    title = message("priority {verdict} by rule R8", verdict=verdict)
    return Section("matrix", str(verdict), "R8", title, facts, [RULE], list(_thin(ctx, words)))


def _revenue(abc: AbcClass | None) -> Message:
    if abc is None:
        return message("low: not ranked")
    side = "high: class {abc}" if abc is AbcClass.A else "low: class {abc}"
    return message(side, abc=abc)


def _turned(nearest: Nearest, sheet: Potential, *, high: bool) -> Nearest:
    """The nearest amounts with the revenue on the other side: the priority then, or the side while that is unknown."""
    other = not high
    word = SIDES[other] if sheet.total is None else str(priority(revenue_high=other, potential=sheet))

    def turn(change: Change | None) -> Change | None:
        return Change(change.amount, word) if change and (change.verdict == AbcClass.A) is other else None

    upwards = [found for each in (nearest.up, *nearest.better) if (found := turn(each))]
    return Nearest(nearest.verdict, upwards[0] if upwards else None, turn(nearest.down))


def _potential(sheet: Potential, *, high: bool) -> Iterator[Fact]:
    """The score against the limit, its band, and what another score would make of the priority."""
    total, label = sheet.total, message("Potential of 7")
    yield Fact("answered", message("Answered"), sheet.answered, wide=True)
    if total is None:
        unknown = message("unknown, answers: {count} of {most}", count=sheet.answered, most=CRITERIA)
        yield Fact("potential", label, None, unknown)
        yield _once_answered(sheet, high=high)
        return
    said = "{score}: high (from {least} on)" if total >= HIGH else "{score}: low (high from {least} on)"
    yield Fact("potential", label, total, message(said, score=total, least=HIGH))
    yield Fact("band", message("Potential band"), sheet.band, message(str(sheet.band)))
    at = HIGH if total < HIGH else HIGH - 1
    word = _with(at, high=high)
    turn = "{verdict} from {count} criteria on" if at > total else "{verdict} with {count} criteria or fewer"
    told = message(turn, verdict=message(SAID[word]), count=at)
    yield Fact("change_potential", message("Next change of potential"), at, told, word, at - total)


def _with(met: int, *, high: bool) -> str:
    """The priority with so many criteria of a whole worksheet."""
    return str(priority(revenue_high=high, potential=Potential(CRITERIA, met)))


def _once_answered(sheet: Potential, *, high: bool) -> Fact:
    """What the missing answers may still make of the priority."""
    best, least = _with(sheet.met + CRITERIA - sheet.answered, high=high), _with(sheet.met, high=high)
    said = message(SAID[best])
    if best != least:
        said = message(
            "{best} from {count} criteria on, else {least}", best=said, count=HIGH, least=message(SAID[least])
        )
    return Fact("once_answered", message("Once all are answered"), None, said, best)


def _answers(ctx: "Context", words: list[str | None]) -> Iterator[Fact]:
    form, known = ctx.forms[CARD], questions(ctx)
    for name, word in zip(FIELDS, words, strict=True):
        item = known.get(name)
        if item and word is not None:
            choice = form.choices(item).get(word)
            said = choice.label if choice else word
            yield Fact(name, message(item.label), int(word == MET), said, source="card")
        elif item:
            yield Fact(name, message(item.label), None, message("not answered"))


def _thin(ctx: "Context", words: list[str | None]) -> Iterator[Message]:
    missing = [name for name, word in zip(FIELDS, words, strict=True) if word is None]
    if missing:
        yield message("Too thin to tell: answers that are missing: {count}", count=len(missing))
        yield to_fill_in(ctx, missing)
