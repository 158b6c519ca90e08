"""Why a prospect has its grade: the letters with what they are based on, and what each would make of it (R3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from custcli.domain.explain import turns
from custcli.domain.prospects import Letter
from custcli.messages import Message, message
from custcli.services import prospects as assessing
from custcli.services.explain.facts import Fact, Section
from custcli.services.prospects import ACTIONS, LABELS, LETTERS

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.prospects import Noted

VERDICTS = {"yes": "yes", "no": "no", "unknown": "unknown"}


def graded(ctx: "Context", connection: "Connection", customer: int) -> Section | None:
    """The letters, grade and action of a prospect; None of who is none."""
    from custcli.db import explain, prospects

    noted = prospects.letters(connection, ctx.day, customer).get(customer, {})
    if not noted and not prospects.has_card(connection, customer):
        return None
    based = explain.evidence(connection, customer, ctx.day)
    found = assessing.assessed(ctx, noted)
    grade = str(found.grade)
    facts = [
        Fact(
            "grade",
            message("Grade"),
            grade,
            message("{grade}, provisional", grade=grade) if found.provisional else grade,
        ),
        Fact("man", message("MAN"), found.man),
        Fact("provisional", message("Provisional"), found.provisional),
        Fact("action", message("Next action"), str(found.action), message(ACTIONS[found.action])),
        *_letters(ctx, found.letters, noted, based),
        *_age(ctx, found.oldest),
        Fact("stale", message("To be checked again"), found.stale),
        *_turns(found.letters),
    ]
    rule = message(
        "R3: A has all three of money, authority and need, B lacks one, C two, D all; "
        "an unknown letter leaves the best grade that is still possible, provisionally."
    )
    lacking = [] if noted else [message("Too thin to tell: no letter has been assessed yet.")]
    title = message("grade {verdict} ({man}) by rule R3", verdict=grade, man=found.man)
    return Section("man", grade, "R3", title, facts, [rule], lacking)


def _letters(
    ctx: "Context", letters: tuple[Letter, Letter, Letter], noted: "dict[str, Noted]", based: dict[str, str | None]
) -> Iterator[Fact]:
    for name, letter in zip(LETTERS, letters, strict=True):
        label, one = message(LABELS[name]), noted.get(name)
        yield Fact(name, label, str(letter), _verdict(letter), source="card" if one else None)
        if one is None:
            continue
        if one.verdict is None and one.score is not None:
            least = ctx.settings.prospects.threshold
            said = message("{score} (yes from {least} on)", score=one.score, least=least)
            yield Fact(f"{name}_score", message("{letter}: score", letter=label), one.score, said)
        assessed = message("{letter}: assessed on", letter=label)
        yield Fact(f"{name}_assessed_on", assessed, date.fromisoformat(one.assessed_on))
        if based.get(name):
            yield Fact(f"{name}_evidence", message("{letter}: evidence", letter=label), based[name])


def _verdict(letter: Letter) -> Message:
    return message(VERDICTS[letter])


def _age(ctx: "Context", oldest: date | None) -> Iterator[Fact]:
    if oldest:
        last = oldest + timedelta(days=ctx.settings.prospects.stale_days)
        days = (ctx.day - oldest).days
        said = message("{day} ({days} days ago)", day=oldest, days=days)
        yield Fact("oldest", message("Oldest evidence"), oldest, said)
        yield Fact("holds_until", message("Evidence holds until"), last)


def _turns(letters: tuple[Letter, Letter, Letter]) -> Iterator[Fact]:
    for turn in turns(letters):
        name = LETTERS[turn.place]
        label = message("If {letter} were {verdict}", letter=message(LABELS[name]), verdict=_verdict(turn.letter))
        grade = message("{grade}, provisional", grade=turn.grade) if turn.provisional else str(turn.grade)
        said = message("{grade}: {action}", grade=grade, action=message(ACTIONS[turn.action]))
        yield Fact(f"change_{name}", label, str(turn.letter), said, str(turn.grade))
