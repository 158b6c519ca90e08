"""What is told of a verdict: one fact a row, for scripts with exact values, for people as a table with sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from custcli.grid import SCALE, Column, Grid, Kind, Money, percent, yuan
from custcli.messages import Message, message, say
from custcli.services.names import HIDDEN_NAME

Value = Money | int | float | Decimal | bool | date | str | None
"""Money is exact; a float is a share of 1; a rate is a Decimal; a word is a token."""


@dataclass(frozen=True)
class Fact:
    """One figure behind a verdict: its word for scripts, its label and how people read it (None: as its type is read).

    `to`, `difference`: where it is a change, the verdict then and how far away it is. `source`: where it comes from.
    `wide`: for scripts only.
    """

    fact: str
    label: Message
    value: Value
    told: Message | str | None = None
    to: str | None = None
    difference: Value = None
    source: str | None = None
    note: Message | None = None
    wide: bool = False


@dataclass(frozen=True)
class Section:
    """A verdict with all that is behind it.

    `what`: data, class, tier, band, matrix, status, rfm, value, score.SCHEME or man; `rule`: its number (R4).
    """

    what: str
    verdict: Value
    rule: str | None
    title: Message
    facts: Sequence[Fact]
    notes: Sequence[Message] = field(default_factory=tuple)
    thin: Sequence[Message] = field(default_factory=tuple)
    """In words: why the data behind it is too thin to tell much."""


def exact(amount: int) -> str:
    """Ten-thousandths with separators, two decimals and further ones where there are any."""
    plain = f"{Decimal(amount) / SCALE:,f}"
    whole, _, decimals = plain.partition(".")
    return f"{whole}.{decimals:0<2}"


def told(value: Value) -> str:
    """A value as people read it."""
    match value:
        case bool():
            return say("yes") if value else say("no")
        case Money():
            return yuan(value)
        case float():
            return f"{percent(value)} %"
        case int():
            return f"{value:,}"
        case _:
            return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def plain(value: Value) -> Value:
    """A value for scripts: money as an exact number."""
    if isinstance(value, Money):
        return Decimal(int(value)).scaleb(-4).normalize() if value % SCALE else Decimal(int(value) // SCALE)
    return value


SOURCE = Column(
    "source",
    "Comes from",
    Kind.TOKEN,
    labels={
        "orders": "orders",
        "payments": "payments received",
        "dossier": "dossier",
        "card": "prospect card",
        "needs": "record of needs",
        "class": "its own class",
        "option": "command line",
        "config": "settings file",
        "environment": "environment",
        "default": "default",
    },
    usual=(None,),
)
COLUMNS = (
    Column("code", "Customer code", Kind.CODE),
    HIDDEN_NAME,
    Column("what", "What"),
    Column("verdict", "Verdict"),
    Column("rule", "Rule"),
    Column("fact", "Fact"),
    Column("value", "Figure"),
    Column("to", "Becomes"),
    Column("difference", "Difference"),
    SOURCE,
    Column("note", "Explanation"),
)
PEOPLE = (Column("code", "Customer code", wide=True), replace(HIDDEN_NAME, wide=True), Column("fact", "Fact"))


def document(code: str, name: str, day: date, sections: Sequence[Section]) -> Grid:
    """All facts as rows of one shape, for scripts; the summary has the verdicts."""
    rows = [row for section in sections for row in _rows(code, name, section)]
    ruled = [section for section in sections if section.rule]
    summary = {
        "code": code,
        "verdicts": {section.what: plain(section.verdict) for section in ruled},
        "rules": {section.what: section.rule for section in ruled},
        "thin": any(section.thin for section in sections),
    }
    notes = [note for section in sections for note in (*section.notes, *section.thin)]
    return Grid("explain", COLUMNS, rows, summary, day, notes=notes)


def _rows(code: str, name: str, section: Section) -> Iterator[list[object]]:
    head = [code, name, section.what, plain(section.verdict), section.rule]
    for each in section.facts:
        note = each.note or (each.told if each.difference is not None or each.to else None)
        said = None if note is None else str(note)
        yield [*head, each.fact, plain(each.value), each.to, plain(each.difference), each.source, said]
    for fact, notes in (("told", section.notes), ("thin", section.thin)):
        for note in notes:
            yield [*head, fact, None, None, None, None, str(note)]


def tables(code: str, name: str, day: date, sections: Sequence[Section]) -> list[Grid]:
    """A table for each verdict: facts and figures, sentences beneath."""
    return [_table(code, name, day, section) for section in sections]


def _table(code: str, name: str, day: date, section: Section) -> Grid:
    columns = [*PEOPLE, Column("value", "Figure")]
    rows = [[code, name, str(each.label), _figure(each)] for each in section.facts if not each.wide]
    notes = [*(each.note for each in section.facts if each.note), *section.notes, *section.thin]
    title = message("{code} {name}: {title}", code=code, name=name, title=section.title)
    return Grid("explain", columns, rows, {"code": code}, day, title, notes, sheet=section.title)


def _figure(each: Fact) -> str:
    """The figure, and where it comes from."""
    figure = told(each.value) if each.told is None else str(each.told)
    if each.source is None or not figure:
        return figure
    return say("{figure} [{source}]", figure=figure, source=say(SOURCE.labels[each.source]))


def money(value: int, *, counted: bool = False) -> int:
    """An amount of a metric: money or quantity, or a count."""
    return value if counted else Money(value)


def shown(value: int, *, counted: bool = False) -> str:
    """The same as people read it, with all its digits."""
    return f"{value:,}" if counted else exact(value)
