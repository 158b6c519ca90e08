"""Everything known of one customer: its fields by group, its people, sales, letters, orders, payments, class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from custcli.domain.completeness import completeness
from custcli.domain.forms import MASKS, Field, Form, Group
from custcli.domain.layout import Placed
from custcli.domain.prospects import Letter, assess, letter
from custcli.domain.status import band_of
from custcli.domain.written import key_label, label
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import say
from custcli.services.bands import BANDS
from custcli.services.classify.amounts import METRICS
from custcli.services.keyed import found
from custcli.services.records import OPEN, answer, keys_present, kind, masks, places, shown_columns

if TYPE_CHECKING:
    from custcli.db import Connection, Database
    from custcli.db.records import Where

LAST = 10
"""So many orders and payments are shown, the latest first."""
ANY_MASK: Mapping[str | None, str] = {word: word for word in MASKS}
"""A column of values of all fields: each is hidden as its row says."""
ROWS = (
    Column("section", "Section"),
    Column("field", "Path"),
    Column("label", "Field"),
    Column("value", "Value", masks=ANY_MASK),
    Column("masked", "Masked as", wide=True),
)


@dataclass(frozen=True)
class Fact:
    """One stated value: where it belongs, what people and scripts call it, and how it is hidden.

    Of one of several persons, years or letters `row` is what people call that one, and `column` the field alone.
    """

    section: str
    field: str
    label: str
    value: object
    kind: Kind = Kind.TEXT
    masked: str | None = None
    words: Mapping[str, str] | None = None
    row: str | None = None
    column: str = ""
    person: bool = False


@dataclass(frozen=True)
class Register:
    """The latest records of a register that belong to the customer."""

    form: Form
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    more: bool = False


@dataclass(frozen=True)
class Dossier:
    """What is known of a customer; `titles` are those of the sections of its facts, in their order."""

    code: str
    day: date
    titles: Mapping[str, str]
    facts: Sequence[Fact]
    registers: Sequence[Register]


def whole(database: "Database", forms: Mapping[str, Form], code: str, day: date, *, threshold: int = 60) -> Dossier:
    """Everything known of the customer of this code, else of the one that bears this name; what is blank is left out.

    Orders, payments, letters and runs dated after `day` are not seen. `threshold`: see prospects.letter.
    UnknownError: no such customer, or several of that name.
    """
    with database.reading() as connection:
        customer, known, of = found(connection, code)
        titles: dict[str, str] = {}
        facts: list[Fact] = []
        for form in forms_of(connection, forms, customer, of):
            facts += _facts(connection, forms, form, customer, of, day, titles)
        first = next(iter(titles), "")
        facts += _completeness(forms_of(connection, forms, customer, of)[0], facts)
        facts += _letters(forms, facts, threshold)
        facts += _class(connection, forms, customer, day)
        facts += _band(facts)
        facts += _traded(connection, customer, day)
    titles = _titles(titles, first, facts)
    return Dossier(known, day, titles, facts, list(_registers(database, forms, customer, day)))


_OTHER_TITLES = {
    "class": "Class and tier",
    "trade": "Orders and payments",
    "value": "Customer value",
    "completeness": "Completeness",
}


def _titles(titles: Mapping[str, str], first: str, facts: Sequence[Fact]) -> dict[str, str]:
    """The sections in their order: the form's own fields, what is reckoned, then the groups."""
    stated = {fact.section for fact in facts}
    reckoned = {section: title for section, title in _OTHER_TITLES.items() if section in stated}
    return {first: titles[first], **reckoned, **titles} if first in titles else {**reckoned, **titles}


def forms_of(connection: "Connection", forms: Mapping[str, Form], customer: int, of: str | None) -> list[Form]:
    """The form of the customer's kind, and those of which it has a card beside (forms.md 1.1, family)."""
    from custcli.db.records import core, count

    own = [form for form in forms.values() if form.dossier and form.set and form.set.get("kind") == of]
    beside = [form for form in forms.values() if form.dossier and not form.set]
    having = [form for form in beside if count(connection, form, _this(customer))]
    return [*(own or having[:1] or [core(forms)]), *(having if own else having[1:])]


def _this(customer: int) -> "Where":
    return "t.id = ?", [customer]


def _facts(
    connection: "Connection",
    forms: Mapping[str, Form],
    form: Form,
    customer: int,
    of: str | None,
    day: date,
    titles: dict[str, str],
) -> list[Fact]:
    """The stated fields of a form; of a further form only what lies beside the customer's own row."""
    from custcli.db.records import select

    first = not titles
    every = places(form, keys_present(connection, form, _this(customer)))
    wanted = [each for each in every if first or "." in each.path]
    row = next(select(connection, form, wanted, _this(customer), day=day, fallbacks=True), [])
    facts = [
        _fact(forms, form, where, value, of) for where, value in zip(wanted, row, strict=False) if value is not None
    ]
    for group in form.groups.values():
        if group.table and group.many:
            facts += _elements(connection, forms, form, group, customer, of)
    stated = {fact.section for fact in facts}
    titles |= {form.name: form.label} if form.name in stated else {}
    titles |= {group.name: group.label for group in form.groups.values() if group.name in stated}
    return sorted(facts, key=lambda fact: list(titles).index(fact.section))


def _fact(forms: Mapping[str, Form], form: Form, where: Placed, value: object, of: str | None) -> Fact:
    item = where.field
    by_kind = masks(forms, form, item)
    words = {choice.word: choice.label for choice in form.choices(item).values()}
    group = form.groups.get(item.group or "")
    name = label(form, where) if where.key else item.label
    how = by_kind.get(of, by_kind.get(None))
    masked = None if how == OPEN else how
    section, person = item.group or form.name, bool(group and group.table == "contact")
    row = _row_label(form, group, where) if group and (where.key or person) else None
    return Fact(section, where.path, name, value, kind(form, item), masked, words, row, item.label, person)


def _row_label(form: Form, group: Group, where: Placed) -> str:
    """What people call the person, year or letter that a field belongs to."""
    number = where.path.removeprefix(f"{group.name}.").rpartition(".")[0] if group.many else ""
    key = number or where.key
    return key_label(form, group, key) if key else str(group.label)


def _elements(
    connection: "Connection", forms: Mapping[str, Form], form: Form, group: Group, customer: int, of: str | None
) -> Iterator[Fact]:
    """The fields of each element of a group of which a record has several: `children.1.name`."""
    from custcli.db.records import select

    members = [item for item in form.of_group(group.name) if not (item.derived or item.off)]
    wanted = [Placed(index, item.label, item, item.name) for index, item in enumerate(members)]
    rows = select(connection, form, wanted, _this(customer))
    for number, row in enumerate(rows, 1):
        for where, value in zip(wanted, row, strict=True):
            if value is not None:
                path = f"{group.name}.{number}.{where.field.key}"
                yield _fact(forms, form, Placed(0, where.heading, where.field, path), value, of)


def _completeness(form: Form, facts: Sequence[Fact]) -> list[Fact]:
    """How complete the dossier is by the form of the customer's kind, and what is missing."""
    found = completeness(form, {fact.field for fact in facts})
    if found is None:
        return []
    share = Fact("completeness", "completeness", say("Completeness"), float(found.share), Kind.SHARE)
    words = {item.name: label(form, Placed(0, "", item, item.name)) for item in found.missing}
    missing = Fact("completeness", "missing", say("Missing"), list(words), Kind.LIST, words=words)
    return [share, missing] if words else [share]


def _letters(forms: Mapping[str, Form], facts: Sequence[Fact], threshold: int) -> list[Fact]:
    """Code and grade of MAN, from the letters in force (R3); nothing of a customer who is no prospect."""
    prospects = forms.get("prospects")
    if prospects is None or not any(fact.section in {"card", "man"} for fact in facts):
        return []
    stated = {fact.field: fact.value for fact in facts}
    money, authority, need = (_letter(stated, word, threshold) for word in ("money", "authority", "need"))
    found = assess((money, authority, need))
    section = next(fact.section for fact in reversed(facts) if fact.section in {"card", "man"})
    told = {"man_code": found.man, "man_grade": str(found.grade)}
    labels = {name: item.label for name in told if (item := prospects.fields.get(name))}
    graded = [Fact(section, name, labels[name], told[name]) for name in labels]
    return [*graded, Fact(section, "provisional", say("Provisional"), found.provisional, Kind.FLAG)]


def _letter(stated: Mapping[str, object], word: str, threshold: int) -> Letter:
    said = stated.get(f"man.{word}.verdict", stated.get(f"man.{word}.score"))
    return letter(said if isinstance(said, str | int) else None, threshold)


def _class(connection: "Connection", forms: Mapping[str, Form], customer: int, day: date) -> list[Fact]:
    """Class and tier by the latest stored run."""
    from custcli.db.runs import latest_class

    found = latest_class(connection, customer, day)
    form = next(form for form in forms.values() if form.dossier)
    if found is None:
        return []
    labels = {name: item for name in ("abc_class", "tier") if (item := form.fields.get(name))}
    facts = [
        Fact("class", name, item.label, value, Kind.TOKEN, None, _choice_labels(form, item))
        for (name, item), value in zip(labels.items(), found, strict=False)
    ]
    metrics = {word: say(text) for word, text in METRICS.items()}
    facts.append(Fact("class", "class_metric", say("Classified by"), found[2], words=metrics))
    return [*facts, Fact("class", "class_as_of", say("As of"), found[3])]


def _band(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The band that class, tier and key customer give (R7), flagged where people noted another one."""
    stated = {fact.field: fact.value for fact in facts if fact.field in {"triage", "is_key", "abc_class", "tier"}}
    if "abc_class" not in stated:
        return
    noted, abc, tier = (word if isinstance(word := stated.get(name), str) else None for name in REASONED)
    found = str(band_of(noted, abc, tier, key=bool(stated.get("is_key"))))
    words = {word: say(text) for word, text in BANDS.items()}
    yield Fact("class", "band", say("Band reckoned"), found, Kind.TOKEN, words=words)
    if noted and noted != found:
        yield Fact("class", "band_differs", say("Differs from the band noted"), value=True, kind=Kind.FLAG)


REASONED = ("triage", "abc_class", "tier")
"""What the band is reckoned from: the one noted, class and tier."""


def _choice_labels(form: Form, item: Field) -> dict[str, str]:
    return {choice.word: choice.label for choice in form.choices(item).values()}


def _traded(connection: "Connection", customer: int, day: date) -> Iterator[Fact]:
    """How many orders that count and payments there are, and their sums, each currency by itself (decisions.md 3)."""
    from custcli.db.records import traded

    for what, currency, count, total in traded(connection, customer, day):
        bought = what == "orders"
        counted = say("Number of orders, {currency}" if bought else "Number of payments, {currency}", currency=currency)
        summed = say("Orders in all, {currency}" if bought else "Payments in all, {currency}", currency=currency)
        yield Fact("trade", f"{what}.{currency}.count", counted, count, Kind.INTEGER)
        yield Fact("trade", f"{what}.{currency}.amount", summed, total, Kind.MONEY)


def _registers(database: "Database", forms: Mapping[str, Form], customer: int, day: date) -> Iterator[Register]:
    from custcli.db.records import day_field, of_customer

    for form in forms.values():
        where = of_customer(form, customer, day)
        if where is None:
            continue
        dated = day_field(form)
        chosen = [each for each in places(form, {}) if each.field.to != "customer"]
        latest = [(Placed(0, dated.label, dated, dated.name), True)] if dated else []
        columns = shown_columns(forms, form, chosen, all_wide=True)
        grid = answer(database, forms, form, chosen, columns, where=where, sort=latest, limit=LAST + 1)
        rows = list(grid.rows)
        if rows:
            yield Register(form, columns, rows[:LAST], more=len(rows) > LAST)


def document(dossier: Dossier, *, texts: bool = False) -> Grid:
    """All of it as rows of one shape, for scripts: section, field, label, value; `texts`: values as csv has them."""
    facts = [*dossier.facts, *(fact for register in dossier.registers for fact in _recorded(register))]
    rows = [[f.section, f.field, f.label, _text(exact(f)) if texts else exact(f), f.masked] for f in facts]
    return Grid("show", ROWS, rows, {"code": dossier.code}, dossier.day, mask_by=4)


def _recorded(register: Register) -> Iterator[Fact]:
    """The values of a register's records: `orders.1.amount`, the latest record first."""
    for number, row in enumerate(register.rows, 1):
        for column, value in zip(register.columns, row, strict=True):
            if value is not None:
                path = f"{register.form.name}.{number}.{column.name}"
                how = column.masks.get(None)
                yield Fact(register.form.name, path, column.label, value, column.kind, how, column.labels)


def exact(fact: Fact) -> object:
    """A value as scripts read it: amounts with exactly the decimals that they have."""
    if fact.kind in {Kind.MONEY, Kind.DECIMAL} and isinstance(fact.value, int):
        return _decimal(fact.value)
    return fact.value


def _decimal(amount: int) -> Decimal:
    """Ten-thousandths as an exact number without needless zeros."""
    whole, rest = divmod(abs(amount), SCALE)
    digits = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    return Decimal(f"-{digits}" if amount < 0 else digits)


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else value
