"""Prospects from their cards and letters to a graded list, and the assessment of one (cli.md 8, R3)."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.prospects import Assessment, Grade, Letter, Letters, assess, letter, order_key, parse_man
from custcli.domain.readers import Refused, clean_text, fold, read_int
from custcli.errors import UnknownError, UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, namer

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.prospects import Card, Noted
    from custcli.domain.forms import Form

FORM = "prospects"
LETTERS = ("money", "authority", "need")
LABELS = {"money": "Money", "authority": "Authority", "need": "Need"}


@dataclass(frozen=True)
class Asked:
    """Which prospects, as the options of `custcli prospects` say it.

    `provisional` adds to those of a grade the ones that may still turn out to be of it; `limit` cuts rows (0: all).
    """

    grade: str | None = None
    provisional: bool = False
    man: str | None = None
    stage: str | None = None
    where: Sequence[str] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Given:
    """What `custcli prospect` is told of one prospect: letters as typed (yes, no, unknown, a score), the day, why."""

    money: str | None = None
    authority: str | None = None
    need: str | None = None
    evidence: str | None = None
    on: date | None = None

    @property
    def letters(self) -> dict[str, str]:
        """The letters that were given."""
        named = zip(LETTERS, (self.money, self.authority, self.need), strict=True)
        return {name: text for name, text in named if text is not None}


Row = tuple["Card", Assessment, date | None]
"""A prospect, its assessment, and the day of its latest letter."""


def listing(ctx: "Context", asked: Asked) -> Grid:
    """The prospects by grade, expected amount, next follow-up and code. UsageError: no such letters or stage."""
    from custcli.db import prospects
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    form = ctx.forms[FORM]
    stage = _word(form, "card.stage", asked.stage) if asked.stage else None
    letters = _man(asked.man) if asked.man else None
    with ctx.reading().reading() as connection:
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        cards = prospects.cards(connection, ctx.day, only)
        noted = prospects.letters(connection, ctx.day)
    rows = [_assessed_row(ctx, card, noted.get(card.id, {})) for card in cards]
    fit = [row for row in rows if _fits(row, asked, letters, stage)]
    fit.sort(key=lambda row: _key(*row[:2]))
    return _grid(ctx, "prospects", fit, asked.limit)


def assessment(ctx: "Context", code: str, given: Given) -> Grid:
    """Write the letters given of one prospect, if any, and answer with its assessment.

    UnknownError: no such customer; UsageError: a letter that is none, a day in the future, evidence for no letter.
    """
    from custcli.db import prospects

    day = given.on or ctx.day
    if given.letters:
        _write(ctx, code, given, day)
    elif given.evidence or given.on:
        raise UsageError("Say which letter it is about: --money, --authority or --need")
    with ctx.reading().reading() as connection:
        card = _card(connection, code)
        noted = prospects.letters(connection, ctx.day, card.id)
    letters = noted.get(card.id, {})
    grid = _grid(ctx, "prospect", [_assessed_row(ctx, card, letters)], None)
    return replace(grid, notes=_not_in_force(ctx, given.letters, letters, day) if given.letters else ())


def _not_in_force(ctx: "Context", given: Iterable[str], noted: "Mapping[str, Noted]", day: date) -> list[Message]:
    """Which letters were written for a day that does not count yet, or that a newer assessment has overtaken."""
    if day > ctx.day:
        later = message("written for {day}, in force from then on: this is the state of {now}", day=day, now=ctx.day)
        return [later]
    return [
        message("{letter}: the newer assessment of {newer} stays in force", letter=message(LABELS[name]), newer=found)
        for name in given
        if (found := noted[name].assessed_on) > day.isoformat()
    ]


def assessed(ctx: "Context", noted: "Mapping[str, Noted]") -> Assessment:
    """The assessment of a prospect's latest letters at the business day."""
    rules = ctx.settings.prospects
    money, authority, need = (_letter(noted.get(name), rules.threshold) for name in LETTERS)
    days = [date.fromisoformat(each.assessed_on) for each in noted.values()]
    return assess((money, authority, need), evidence=days, day=ctx.day, stale_days=rules.stale_days)


def _letter(noted: "Noted | None", threshold: int) -> Letter:
    """A letter's verdict, else what its score means."""
    if noted is None:
        return Letter.UNKNOWN
    return letter(noted.score if noted.verdict is None else noted.verdict, threshold)


# the list


def _assessed_row(ctx: "Context", card: "Card", noted: "Mapping[str, Noted]") -> Row:
    days = [date.fromisoformat(each.assessed_on) for each in noted.values()]
    return card, assessed(ctx, noted), max(days, default=None)


def _fits(row: Row, asked: Asked, letters: Letters | None, stage: str | None) -> bool:
    card, found, _day = row
    graded = asked.grade is None or (found.grade == asked.grade and (asked.provisional or not found.provisional))
    return graded and letters in {None, found.letters} and stage in {None, card.stage}


def _key(card: "Card", found: Assessment) -> tuple[object, ...]:
    follow = date.fromisoformat(card.next_follow_up) if card.next_follow_up else None
    return order_key(found.grade, card.expected_amount, follow, card.code)


def _man(text: str) -> Letters:
    try:
        return parse_man(text)
    except Refused as refused:
        raise UsageError("{option}: {reason}", option="--man", reason=refused.message) from refused


def _word(form: "Form", path: str, text: str) -> str:
    """The word of a choice field that a text names by word, label or alias."""
    choices = form.choices(form.fields[path])
    for choice in choices.values():
        if fold(text) in {fold(label) for label in (choice.word, choice.zh, choice.en, *choice.also)}:
            return choice.word
    raise UsageError("One of these is expected: {words}", words=", ".join(choices))


# one assessment


def _card(connection: "Connection", code: str) -> "Card":
    from custcli.db import prospects

    found = prospects.card(connection, code.strip())
    if found is None:
        raise UnknownError("no customer with the code {code}", code=code)
    return found


def _write(ctx: "Context", code: str, given: Given, day: date) -> None:
    """One change of the letters given; none where they say nothing new."""
    from custcli.db import journal, prospects

    if day > ctx.today:
        raise UsageError("{option}: the day lies in the future", option="--on")
    fields = {name: _fields(ctx.forms[FORM], name, text, given.evidence) for name, text in given.letters.items()}
    database = ctx.reading()
    with database.reading() as connection:
        customer = _card(connection, code).id
    with database.writing() as connection:
        todo = prospects.steps(connection, customer, day, fields)
        if todo or not prospects.has_card(connection, customer):
            change = journal.open_change(connection, ctx.author.header())
            journal.close_change(connection, change, prospects.write(connection, change, customer, day, todo))


def _fields(form: "Form", name: str, text: str, evidence: str | None) -> dict[str, object]:
    """A letter as it is stored: a verdict, or a score whose meaning the settings decide; evidence where stated."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        score = read_int(plain) if plain.isdecimal() else None
        verdict = None if score is not None else _word(form, "man.verdict", plain)
        letter(score if verdict is None else verdict)
    except (Refused, UsageError):
        raise UsageError(
            "{option}: yes, no, unknown or a score from 0 to 100 is expected", option=f"--{name}"
        ) from None
    stated = {} if evidence is None else {"evidence": clean_text(evidence) or None}
    return {"verdict": verdict, "score": score, **stated}


# the answer


def _columns(form: "Form") -> list[Column]:
    def tokens(path: str) -> dict[str, str]:
        return {word: choice.label for word, choice in form.choices(form.fields[path]).items()}

    verdicts = tokens("man.verdict")
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        Column("man", "MAN"),
        Column("grade", "Grade"),
        Column("provisional", "Provisional", Kind.FLAG),
        Column("action", "Next action", Kind.TOKEN, labels=ACTIONS),
        Column("money", "Money", Kind.TOKEN, labels=verdicts),
        Column("authority", "Authority", Kind.TOKEN, labels=verdicts),
        Column("need", "Need", Kind.TOKEN, labels=verdicts),
        Column("assessed_on", "Assessed on", Kind.DATE),
        Column("stale", "To be checked again", Kind.FLAG),
        Column("stage", "Stage", Kind.TOKEN, labels=tokens("card.stage")),
        Column("expected_amount", "Expected amount", Kind.MONEY),
        Column("next_follow_up", "Next follow-up", Kind.DATE),
        Column("owner", "Owner"),
        Column("region", "Region"),
        Column("source", "Source", Kind.TOKEN, labels=tokens("source_channel")),
    ]


SPARE = (
    *("money", "authority", "need", "source", "assessed_on", "stale", "region"),
    *("stage", "provisional", "owner", "next_follow_up"),
)
"""The letters stand together in another column."""
ACTIONS = {
    "sell": "sell now",
    "create_need": "create the need",
    "find_decider": "find who decides",
    "finance": "check credit, offer financing",
    "cultivate": "cultivate over time",
    "stop": "stop",
    "complete_assessment": "complete the assessment",
}


def _row(row: Row, name_of: Callable[[str, str | None], str]) -> list[object]:
    card, found, day = row
    return [
        card.code,
        name_of(card.name, card.kind or "prospects"),
        found.man,
        str(found.grade),
        found.provisional,
        str(found.action),
        *map(str, found.letters),
        day,
        found.stale,
        card.stage,
        card.expected_amount,
        date.fromisoformat(card.next_follow_up) if card.next_follow_up else None,
        card.owner,
        card.region,
        card.source,
    ]


def _grid(ctx: "Context", command: str, found: Sequence[Row], limit: int | None) -> Grid:
    shown, name_of = found[: limit or None], namer(ctx)
    left = len(found) - len(shown)
    notes = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    rows = [_row(row, name_of) for row in shown]
    return Grid(
        command, _columns(ctx.forms[FORM]), rows, _summary(found), ctx.day, _title(command, found), notes,
        sheet=message("Prospects by grade"), spare=SPARE,
    )  # fmt: skip


def _title(command: str, found: Sequence[Row]) -> Message | None:
    return message("Prospects: {count}", count=len(found)) if command == "prospects" else None


def _summary(found: Sequence[Row]) -> dict[str, object]:
    """How many there are of each grade, confirmed and provisional, and what is expected of them."""
    grades = {
        str(grade): {
            "confirmed": sum(each.grade is grade and not each.provisional for _, each, _ in found),
            "provisional": sum(each.grade is grade and each.provisional for _, each, _ in found),
        }
        for grade in Grade
    }
    expected = Money(sum(card.expected_amount or 0 for card, *_ in found))
    stale = sum(each.stale for _, each, _ in found)
    return {"prospects": len(found), "grades": grades, "stale": stale, "expected_amount": expected}
