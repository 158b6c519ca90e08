"""Which record is meant: a customer by code or name, any other by form and key (cli.md 4: CODE, FORM KEY)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from custcli.domain.forms import Form, Group
from custcli.domain.masking import mask
from custcli.domain.readers import Refused, fold, read_date
from custcli.errors import UnknownError, UsageError
from custcli.services.forms import forms_by_name
from custcli.services.records import CUSTOMERS

if TYPE_CHECKING:
    from custcli.db import Connection
    from custcli.db.keys import Candidate, Person

PEOPLE = ("contact", "contacts", "people", "联系人", "人员")
"""What names the persons of customers together."""
LINES = ("line", "lines", "order_line", "order_lines", "明细", "订单行")
"""What names the lines of orders together."""


@dataclass(frozen=True)
class Record:
    """A record that was named: the form by whose fields it is told, the row of its table, and its key.

    `customer` and `kind` are those of the customer that it is or belongs to. Of a person or a line (`group`) the form
    is its customer's or order's, `element` its number there; a person's `role_row` is where its role is kept.
    """

    form: Form
    table: str
    row: int
    key: str
    customer: int | None = None
    kind: str | None = None
    group: Group | None = None
    element: int = 0
    role_row: int = 0


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words before the first FIELD=VALUE, which name a record, and the FIELD=VALUE words."""
    first = next((number for number, word in enumerate(words) if "=" in word), len(words))
    return list(words[:first]), list(words[first:])


def addressed(forms: Mapping[str, Form], words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name a record, CODE or FORM KEY, and those behind them, which name its fields."""
    word = fold(words[0]) if words else ""
    titles = {fold(title) for form in forms.values() for title in (form.name, form.zh, form.en, *form.also)}
    count = 3 if word in {*PEOPLE, *LINES} else 2 if word in titles | {*CUSTOMERS} else 1
    return list(words[:count]), list(words[count:])


def record(connection: "Connection", forms: Mapping[str, Form], names: Sequence[str]) -> Record:
    """The record that CODE, or FORM and KEY name. UsageError: no words; UnknownError: no such one, or several."""
    if not names:
        raise UsageError("name a customer by its code, or a record by form and key")
    word, key = fold(names[0]), list(names[1:])
    if not key:
        return customer(connection, forms, names[0])
    if word in PEOPLE:
        return _person(connection, forms, key)
    if word in LINES:
        return _line(connection, forms, key)
    if word in CUSTOMERS:
        return customer(connection, forms, " ".join(key))
    form = forms_by_name(forms, names[0])
    if form.dossier:
        return customer(connection, forms, " ".join(key), form)
    return _of_register(connection, form, key)


def customer(connection: "Connection", forms: Mapping[str, Form], code: str, form: Form | None = None) -> Record:
    """The customer of a code, else of a name; told by the form of its kind unless another is named."""
    number, known, kind = found(connection, code)
    own = form or of_kind(forms, kind)
    return Record(own, "customer", number, known, number, kind)


def found(connection: "Connection", code: str) -> tuple[int, str, str | None]:
    """(id, code, kind) of the customer of this code, else of the one that bears this name."""
    from custcli.db.keys import deleted_by
    from custcli.db.records import find

    customers = find(connection, code, fold(code))
    if not customers:
        if change := deleted_by(connection, code):
            said = "{code} was deleted by change {change}: custcli undo {change} brings it back"
            raise UnknownError(said, code=code, change=change)
        raise UnknownError("no customer with the code or name {code}", code=code)
    if len(customers) > 1:
        codes = ", ".join(each[1] for each in customers)
        raise UnknownError("several customers bear this name: {codes}; give the code", codes=codes)
    return customers[0]


def of_kind(forms: Mapping[str, Form], kind: str | None) -> Form:
    """The form of a kind of customer; of one without a kind the form that has none either."""
    dossiers = [form for form in forms.values() if form.dossier]
    own = [form for form in dossiers if form.set.get("kind") == kind]
    return (own or dossiers)[0]


# registers


def _of_register(connection: "Connection", form: Form, key: Sequence[str]) -> Record:
    """A record by its number, by #ROW, or by its customer and day where these have but one."""
    from custcli.db import keys

    text = " ".join(key)
    candidates = keys.by_number(connection, form, text)
    if not candidates and text.removeprefix("#").isdecimal():
        candidates = keys.by_row(connection, form, int(text.removeprefix("#")))
    candidates = candidates or _of_customer(connection, form, key)
    one = _only(candidates, form, text)
    return Record(form, form.table, one.row, one.number or f"#{one.row}")


def _of_customer(connection: "Connection", form: Form, key: Sequence[str]) -> "list[Candidate]":
    from custcli.db import keys
    from custcli.db.records import find

    day = _day(key[-1]) if len(key) > 1 else None
    name = " ".join(key[:-1] if day else key)
    customers = find(connection, name, fold(name))
    return keys.by_customer(connection, form, customers[0][0], day) if len(customers) == 1 else []


def _day(text: str) -> str | None:
    try:
        return read_date(text).isoformat()
    except Refused:
        return None


def _only(candidates: "Sequence[Candidate]", form: Form, key: str) -> "Candidate":
    if not candidates:
        raise UnknownError("{form}: no record {key}", form=form.label, key=key)
    if len(candidates) > 1:
        told = [f"{each.number or f'#{each.row}'} ({each.day})" if each.day else f"#{each.row}" for each in candidates]
        raise _several(form.label, told)
    return candidates[0]


def _several(label: object, told: Sequence[str]) -> UnknownError:
    from custcli.db.keys import MOST

    more = ", …" if len(told) > MOST else ""
    return UnknownError("{form}: several records fit: {keys}", form=label, keys=", ".join(told[:MOST]) + more)


# persons and lines


def _person(connection: "Connection", forms: Mapping[str, Form], key: Sequence[str]) -> Record:
    """A person by the customer's code, and role or name: K1 legal_rep, K1 法人代表, K1 children.2, K1 李四."""
    from custcli.db import keys

    who = " ".join(key[1:])
    owner = customer(connection, forms, key[0])
    groups = person_groups(forms, owner.kind)
    people = [each for each in keys.people(connection, owner.row) if each.role in groups]
    chosen = [each for each in people if not who or fold(who) in _names(each, groups[each.role][1])]
    if not chosen:
        known = ", ".join(_told(each, groups[each.role][1]) for each in people) or "-"
        raise UnknownError("{code}: no person {who}; there are {known}", code=owner.key, who=who, known=known)
    if len(chosen) > 1:
        raise _several(owner.key, [_told(each, groups[each.role][1]) for each in chosen])
    one = chosen[0]
    form, group = groups[one.role]
    named = f"{owner.key} {_path(one, group)}"
    return Record(form, "contact", one.row, named, owner.row, owner.kind, group, one.ordinal, one.role_row)


def person_groups(forms: Mapping[str, Form], kind: str | None) -> dict[str, tuple[Form, Group]]:
    """Role → the form and group that declare it; the form of the customer's kind comes first."""
    ordered: Iterable[Form] = sorted(
        (form for form in forms.values() if form.dossier), key=lambda form: form.set.get("kind") != kind
    )
    found: dict[str, tuple[Form, Group]] = {}
    for form in ordered:
        for group in form.groups.values():
            if group.table == "contact":
                found.setdefault(group.set["role"], (form, group))
    return found


def _names(person: "Person", group: Group) -> set[str]:
    words = [group.name, group.zh, group.en, *group.also, person.role]
    numbered = [f"{word}{gap}{person.ordinal}" for word in words for gap in ("", ".", " ")] if group.many else []
    return {fold(word) for word in (*words, *numbered, person.name or "") if word}


def _path(person: "Person", group: Group) -> str:
    return f"{group.name}.{person.ordinal}" if group.many else group.name


def _told(person: "Person", group: Group) -> str:
    name = mask(person.name, "name")
    return f"{_path(person, group)} ({name})" if name else _path(person, group)


def _line(connection: "Connection", forms: Mapping[str, Form], key: Sequence[str]) -> Record:
    """A line by the number of its order and its own number: S-1 2."""
    from custcli.db import keys

    orders = next(each for each in forms.values() if each.table == "sales_order" and not each.of)
    form = next((each for each in forms.values() if each.of == orders.name), orders)
    group = next(each for each in form.groups.values() if each.table == "order_line")
    if len(key) == 1 or not key[-1].isdecimal():
        raise UsageError("a line is named by the number of its order and its own number: S-1 2")
    order = _of_register(connection, orders, key[:-1])
    rows = keys.lines(connection, order.row)
    number = int(key[-1])
    if number not in rows:
        known = ", ".join(map(str, rows)) or "-"
        raise UnknownError("{key}: no line {number}; there are {known}", key=order.key, number=number, known=known)
    return Record(form, "order_line", rows[number], f"{order.key} {number}", group=group, element=number)
