"""A dossier as people read it: fields side by side, persons and years in tables, the latest records of registers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from custcli.grid import Column, Grid, Kind, percent, yuan
from custcli.messages import Message, message, say
from custcli.services.dossier import ANY_MASK, Dossier, Fact, Register, document, exact

FACTS = (
    Column("label", "Field"),
    Column("value", "Value", masks=ANY_MASK),
    Column("field", "Path", wide=True),
    Column("masked", "Masked as", wide=True),
)
PERSONS = "persons"
"""The section of all persons together."""


def grids(dossier: Dossier, format_: str | None) -> list[Grid]:
    """What is shown in a format: one document for scripts, tables for people."""
    if format_ in {"json", "jsonl", "csv", "tsv"}:
        return [document(dossier, texts=format_ in {"csv", "tsv"})]
    return tables(dossier)


def tables(dossier: Dossier) -> list[Grid]:
    """A table for each section with what is stated, one of all persons, and one for each register."""
    made: list[Grid] = []
    persons = [fact for fact in dossier.facts if fact.person]
    for section, title in dossier.titles.items():
        own = [fact for fact in dossier.facts if fact.section == section and not fact.person]
        made += _section(dossier, own, message(title))
    made += _crossed(dossier, persons, message("Persons"), say("Role of the person"))
    for register in dossier.registers:
        latest = message("{form}: the latest {count}", form=register.form.label, count=len(register.rows))
        latest = latest if register.more else message(register.form.label)
        made.append(_grid(dossier, *_stated(register), latest))
    return made


def _stated(register: Register) -> tuple[list[Column], list[list[object]]]:
    """Columns and rows of a register without the columns in which nothing is stated."""
    at = [i for i in range(len(register.columns)) if any(row[i] is not None for row in register.rows)]
    return [register.columns[i] for i in at], [[row[i] for i in at] for row in register.rows]


def _section(dossier: Dossier, facts: Sequence[Fact], title: Message) -> Iterator[Grid]:
    alone = [[fact.label, told(fact), fact.field, fact.masked] for fact in facts if fact.row is None]
    if alone:
        grid = _grid(dossier, FACTS, alone, title, mask_by=len(FACTS) - 1)
        grid.pairs = True
        yield grid
    yield from _crossed(dossier, [fact for fact in facts if fact.row is not None], title if not alone else None, "")


def _crossed(dossier: Dossier, facts: Sequence[Fact], title: Message | None, corner: str) -> Iterator[Grid]:
    """A row for each person, year or letter, a column for each of their fields."""
    rows = list(dict.fromkeys(fact.row for fact in facts))
    names = list(dict.fromkeys(fact.column for fact in facts))
    cells = {(fact.row, fact.column): told(fact) for fact in facts}
    hidden = {fact.column: fact.masked for fact in facts if fact.masked}
    right = {fact.column for fact in facts if fact.kind in {Kind.MONEY, Kind.DECIMAL, Kind.INTEGER}}
    columns = [Column("row", corner)]
    for name in names:
        kind = Kind.DECIMAL if name in right else Kind.TEXT
        columns.append(Column(name, name, kind, {None: hidden[name]} if name in hidden else {}))
    if rows:
        yield _grid(dossier, columns, [[row, *(cells.get((row, name)) for name in names)] for row in rows], title)


def _grid(
    dossier: Dossier,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    title: Message | None = None,
    mask_by: int | None = None,
) -> Grid:
    return Grid("show", columns, rows, {"code": dossier.code}, dossier.day, title, mask_by=mask_by)


def told(fact: Fact) -> object:
    """A value as people read it in a column that holds values of every kind."""
    words = fact.words or {}
    match yuan(fact.value) if fact.kind is Kind.MONEY and isinstance(fact.value, int) else exact(fact):
        case bool() as flag:
            return say("yes") if flag else say("no")
        case Decimal() | int() as number:
            return f"{number:,}"
        case float() as share:
            return f"{percent(share)} %"
        case list() as items:
            return say(", ").join(words.get(str(item), str(item)) for item in items)
        case str() as text:
            return words.get(text, text)
        case other:
            return str(other)
