"""The filter language as SQL: every value is bound, a field is found by name, path, label or alias (cli.md 4)."""

import json
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from custcli.db import verdicts
from custcli.db.lookup import sought
from custcli.db.reach import Reach
from custcli.db.records import EVERY, Where, core, own
from custcli.db.runs import LATEST_RUN
from custcli.domain.layout import Placed, labels, place
from custcli.domain.readers import (
    Refused,
    clean_text,
    fold,
    read_bool,
    read_date,
    read_decimal,
    read_int,
    read_money,
    read_percent,
)
from custcli.domain.terms import Op, Term
from custcli.errors import UsageError
from custcli.messages import Message

if TYPE_CHECKING:
    from custcli.domain.forms import Field, Form

LONGEST = 1_000
"""The longest text looked for inside another one; SQLite refuses patterns of over 50,000 bytes."""
_IN_ORDER = {Op.GE: (">=", 0), Op.GT: (">", 1), Op.LE: ("<=", 1), Op.LT: ("<", 0)}
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月)")
_YEAR = re.compile(r"([0-9]{4})年?")

Span = tuple[object, object]
"""From and to: a month means all its days, an exact value is both its ends."""


def customer_filter(
    connection: Connection, forms: "Mapping[str, Form]", terms: Sequence[Term], day: date | None = None
) -> set[int] | None:
    """The ids of the customers that fit all terms; None without terms: all.

    A field may belong to any dossier form. Letters assessed after `day` are not seen.
    UsageError: no such field, a bad value.
    """
    if not terms:
        return None
    sql, values = of_customers(forms, terms, day)
    found = connection.exec_driver_sql(f"SELECT t.id FROM customer t WHERE {sql}", tuple(values))
    return set(found.scalars())


def of_customers(forms: "Mapping[str, Form]", terms: Sequence[Term], day: date | None = None) -> Where:
    """SQL of the terms on the rows `t` of customers of every kind."""
    shared = core(forms)
    return _all([_of_any_kind(forms, shared, term, day) for term in terms])


def _of_any_kind(forms: "Mapping[str, Form]", shared: "Form", term: Term, day: date | None) -> Where:
    """A field of all customers, or of the forms that have it, each among its own customers."""
    name = str(term.field)
    if term.op is Op.BARE or verdict_field(shared, name) or isinstance(place(shared, name), Placed):
        return condition(shared, [term], day)
    dossiers = [form for form in forms.values() if form.dossier]
    having = [form for form in dossiers if isinstance(place(form, str(term.field)), Placed)]
    if not having:
        raise _unknown(_reason(dossiers, name), name)
    found = [(own(form), condition(form, [term], day)) for form in having]
    if len({sql for _, (sql, _) in found}) == 1 and term.op is not Op.NE:
        return found[0][1]
    return _any([_all([kept, where]) for kept, where in found])


def _reason(forms: "Sequence[Form]", text: str) -> Message:
    """Why no form has the field: the doubt where one has several, else the nearest name."""
    reasons = [found for form in forms if isinstance(found := place(form, text), Message)]
    return min(reasons, key=lambda reason: ("no such field" in reason.text) + ("near" not in reason.params))


def condition(form: "Form", terms: Sequence[Term], day: date | None = None) -> Where:
    """SQL of all terms on the rows `t` of a form's table, or on its lines (Reach.element).

    UsageError: no such field, a value that does not fit it.
    """
    reach = Reach(form, day)
    sql, values = _all([_of_term(reach, term) for term in terms])
    if not reach.joined:
        return sql, values
    row = f"{reach.element or 't'}.id"
    return f"{row} IN (SELECT {row} FROM {reach.source} WHERE {sql})", [*reach.parameters, *values]


_RECKONED = {"lifecycle": "生命周期", "behaviour": "行为类型", "quality": "利润质量"}
"""What `custcli status` reckons of customers and selects by an option of this name, and what people call it."""


def _unknown(reason: Message, text: str) -> UsageError:
    """Why there is no such field, and where what is reckoned is asked for instead."""
    option = next((name for name, zh in _RECKONED.items() if fold(text) in {name, zh}), None)
    if option and "no such field" in reason.text:
        said = "{field} is computed, never stated; it is selected by: custcli status --{option} …"
        return UsageError(said, field=text, option=option)
    return UsageError(reason.text, **reason.params)


def _all(parts: Sequence[Where]) -> Where:
    return _combined(parts, " AND ") if parts else EVERY


def _any(parts: Sequence[Where]) -> Where:
    return _combined(parts, " OR ")


def _combined(parts: Sequence[Where], word: str) -> Where:
    return word.join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]


def _of_term(reach: Reach, term: Term) -> Where:
    if term.op is Op.BARE:
        return _anywhere(reach, term.value)
    if verdict := verdict_field(reach.form, str(term.field)):
        return _judged(reach, verdict, term)
    found = place(reach.form, str(term.field))
    if isinstance(found, Message):
        raise _unknown(found, str(term.field))
    if term.values == ("",):
        return f"{reach.value(found)} IS {'' if term.op is Op.EQ else 'NOT '}NULL", ()
    try:
        where = _COMPARED.get(found.field.type, _text)(reach, found, term)
    except Refused as refused:
        raise UsageError("{field}: {reason}", field=term.field, reason=refused.message) from refused
    return sought(reach.form, found.field, where) if found.field.index and term.op is not Op.NE else where


# What a stored classification says: computed, so no field that could be stated

_VERDICTS = {"abc_class": ("abc", "class", "等级"), "tier": ("tier", "层级")}
"""Field of the form → the column of a run's rows, and further names of it."""


def verdict_field(form: "Form", text: str) -> str | None:
    """The field of a customer's class or tier that a text names, by its name, labels or those of `_VERDICTS`."""
    asked = fold(text)
    for name, words in _VERDICTS.items():
        item = form.fields.get(name) if form.table == "customer" else None
        if item and asked in {fold(text) for text in (name, item.zh, item.en, *item.also, *words)}:
            return name
    return None


def _judged(reach: Reach, name: str, term: Term) -> Where:
    """A class or tier by the latest stored run up to the day; customers it does not rank have none."""
    column = _VERDICTS[name][0]
    run = LATEST_RUN.replace("?", f"'{reach.day}'")
    word = f"(SELECT w.{column} FROM {verdicts.rows(f'({run})')} w WHERE w.customer_id = t.id)"
    if term.values == ("",):
        return f"{word} IS {'' if term.op is Op.EQ else 'NOT '}NULL", ()
    try:
        return _chosen(reach.form, reach.form.fields[name], word, term)
    except Refused as refused:
        raise UsageError("{field}: {reason}", field=term.field, reason=refused.message) from refused


# Each type: what the term's values mean, and how it is compared


def _ordered(sql: str, op: Op, spans: Sequence[Span | None]) -> Where:
    """A comparison of what has an order; what is not stated differs from every value."""
    first, last = spans[0], spans[-1]
    if op is Op.BETWEEN:
        ends = ((f"{sql} >= ?", first[0]) if first else None, (f"{sql} <= ?", last[1]) if last else None)
        return _all([(text, [value]) for text, value in filter(None, ends)])
    if first is None or op is Op.CONTAINS:
        raise Refused("~ compares texts")
    if op is Op.EQ:
        return f"{sql} BETWEEN ? AND ?", first
    if op is Op.NE:
        return f"{sql} IS NULL OR {sql} NOT BETWEEN ? AND ?", first
    sign, end = _IN_ORDER[op]
    return f"{sql} {sign} ?", [first[end]]


def _spanned(read: "Callable[[str, Placed], Span]") -> "Callable[[Reach, Placed, Term], Where]":
    def compared(reach: Reach, found: Placed, term: Term) -> Where:
        spans = [read(value, found) if value else None for value in term.values]
        return _ordered(reach.value(found), term.op, spans)

    return compared


def _money(reach: Reach, found: Placed, term: Term) -> Where:
    """A bare number is yuan, as screens and json show it, also where people write 万元 on the form: 500000 is 50万.

    A unit in the value or in brackets behind the field (`注册资金(万元)>=50`) is that unit.
    """
    unit = labels.of(reach.form).resolve((str(term.field),)).unit or 1
    return _spanned(_amount)(reach, replace(found, unit=unit), term)


def _amount(text: str, found: Placed) -> Span:
    amount = int(read_money(text, found.unit))
    return amount, amount


def _decimal(text: str, _found: Placed) -> Span:
    number = int(read_decimal(text))
    return number, number


def _int(text: str, _found: Placed) -> Span:
    number = read_int(text)
    return number, number


def _percent(text: str, found: Placed) -> Span:
    """Where the form writes percent, a bare 13 is 13 %."""
    share = int(read_percent(text if found.unit is None or "%" in fold(text) else f"{text}%"))
    return share, share


def _bool(text: str, _found: Placed) -> Span:
    flag = int(read_bool(text))
    return flag, flag


def _days(text: str, _found: Placed) -> Span:
    """The first and last day meant, as they are stored."""
    if month := _MONTH.fullmatch(fold(text)):
        year, number = int(month[1]), int(month[2] or month[3])
        if year and 1 <= number <= 12:  # noqa: PLR2004 - months
            return f"{year:04}-{number:02}-01", f"{year:04}-{number:02}-{monthrange(year, number)[1]}"
        raise Refused("there is no such month")
    if year_alone := _YEAR.fullmatch(fold(text)):
        return f"{year_alone[1]}-01-01", f"{year_alone[1]}-12-31"
    day = read_date(text).isoformat()
    return day, day


def _text(reach: Reach, found: Placed, term: Term) -> Where:
    """Texts are equal letter for letter; `~` finds a part, capital or small."""
    if term.op is Op.CONTAINS:
        return _containing([reach.value(found)], term.value)
    spans = [(clean_text(value), clean_text(value)) if value else None for value in term.values]
    return _ordered(reach.value(found), term.op, spans)


def _containing(columns: Sequence[str], text: str) -> Where:
    """Any of the columns has the text in it; the pattern's own signs are meant as they stand."""
    text = clean_text(text)
    if len(text) > LONGEST:
        raise UsageError("a text looked for has at most {limit} characters", limit=LONGEST)
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    return " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns), [pattern] * len(columns)


def _choice(reach: Reach, found: Placed, term: Term) -> Where:
    """An allowed word by itself, its label or an alias; whole-number words (a scale) have an order."""
    return _chosen(reach.form, found.field, reach.value(found), term)


def _chosen(form: "Form", item: "Field", sql: str, term: Term) -> Where:
    if term.op is Op.CONTAINS:
        return _in_labels(form, item, sql, term.value)
    words = [_word(form, item, value) if value else "" for value in term.values]
    if term.op in {Op.EQ, Op.NE}:
        return _ordered(sql, term.op, [(words[0], words[0])])
    if not all(word.isdecimal() for word in [*form.choices(item), *filter(None, words)]):
        raise Refused("words have no order: use = or !=")
    spans = [(int(word), int(word)) if word else None for word in words]
    return _ordered(f"CAST({sql} AS INTEGER)", term.op, spans)


def _word(form: "Form", item: "Field", text: str) -> str:
    for choice in form.choices(item).values():
        if fold(text) in {fold(label) for label in (choice.word, choice.zh, choice.en, *choice.also, *choice.replaces)}:
            return choice.word
    if item.open:
        return clean_text(text)
    raise Refused("not one of {choices}", choices=form.offered(item))


def _in_labels(form: "Form", item: "Field", sql: str, text: str) -> Where:
    """A part of the word as people see it, or of a free word."""
    words = [word for word, choice in form.choices(item).items() if fold(text) in fold(f"{choice.zh}\n{choice.en}")]
    free = _containing([sql], text)
    return _any([free, (f"{sql} IN ({', '.join('?' * len(words))})", words)]) if words else free


def _list(reach: Reach, found: Placed, term: Term) -> Where:
    """Lists are kept as JSON: one element is meant, for `~` a part of any."""
    sql = reach.value(found)
    if term.op is Op.CONTAINS:
        return _containing([sql], json.dumps(clean_text(term.value), ensure_ascii=False)[1:-1])
    if term.op not in {Op.EQ, Op.NE}:
        raise Refused("words have no order: use = or !=")
    closed = found.field.type == "choices"
    element = _word(reach.form, found.field, term.value) if closed else clean_text(term.value)
    having, values = _containing([sql], json.dumps(element, ensure_ascii=False))
    return (having, values) if term.op is Op.EQ else (f"{sql} IS NULL OR NOT ({having})", values)


def _reference(reach: Reach, found: Placed, term: Term) -> Where:
    """A customer by code or name."""
    if found.field.to != "customer":
        return _text(reach, found, term)
    alias = reach.referred(found)
    columns = [f"{alias}.name"] if found.field.name.endswith("_name") else [f"{alias}.code", f"{alias}.name"]
    if term.op is Op.CONTAINS:
        return _containing(columns, term.value)
    spans = [(clean_text(value), clean_text(value)) if value else None for value in term.values]
    each = [_ordered(column, term.op, spans) for column in columns]
    return _all(each) if term.op is Op.NE else _any(each)


_COMPARED: "Mapping[str, Callable[[Reach, Placed, Term], Where]]" = {
    "money": _money,
    "decimal": _spanned(_decimal),
    "int": _spanned(_int),
    "percent": _spanned(_percent),
    "bool": _spanned(_bool),
    "date": _spanned(_days),
    "choice": _choice,
    "choices": _list,
    "list": _list,
    "ref": _reference,
}


def _anywhere(reach: Reach, text: str) -> Where:
    """Any part of a customer's name, code, phone, mobile or of the name of one of its people; of a record's number."""
    form = reach.form
    if form.dossier:
        named = _containing(["t.name", "t.code", "t.phone", "t.mobile"], text)
        people, values = _containing(["p.name"], text)
        roles = "contact_role r JOIN contact p ON p.id = r.contact_id"
        return _any([named, (f"EXISTS (SELECT 1 FROM {roles} WHERE r.customer_id = t.id AND ({people}))", values)])
    places = [Placed(0, item.label, item, item.name) for item in form.of_group(None)]
    refs = [reach.referred(placed) for placed in places if placed.field.to == "customer"][:1]
    number = form.number
    looked = [placed for placed in places if placed.field is number or (not refs and placed.field.type == "text")]
    columns = [f"{alias}.{column}" for alias in refs for column in ("name", "code", "phone", "mobile")]
    return _containing([*columns, *map(reach.value, looked)], text)
