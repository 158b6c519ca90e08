"""Which fields FIELD=VALUE words mean in a record: of its form, of a card beside it, of a person, of a line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.domain.layout import Placed, place
from custcli.domain.readers import fold
from custcli.errors import UsageError
from custcli.messages import Message, message
from custcli.services.forms import of_kind
from custcli.services.keyed import Record

if TYPE_CHECKING:
    from custcli.db import Connection

Spoken = list[tuple[Placed, str]]


def spoken(
    connection: "Connection", forms: Mapping[str, Form], found: Record, given: Sequence[tuple[str, str]]
) -> list[tuple[Form, Spoken]]:
    """The fields that are meant, by form: a customer may have a card beside its dossier."""
    said: dict[str, Spoken] = {}
    known = _forms(forms, found, given)
    seen: set[str] = set()
    for name, value in given:
        form, where = _place(known, found, name)
        if where.path in seen:
            raise UsageError("{field} is given twice", field=name)
        seen.add(where.path)
        own = said.setdefault(form.name, [])
        own.append((replace(where, index=len(own)), value))
    _apart(connection, found, [(form, where) for form in known for where, _ in said.get(form.name, ())])
    by_name = {form.name: form for form in known}
    return [(by_name[name], places) for name, places in said.items()]


def _forms(forms: Mapping[str, Form], found: Record, given: Sequence[tuple[str, str]]) -> list[Form]:
    """The forms in which a field is looked for; for a customer that gets another kind the form of that kind first."""
    if found.table != "customer":
        return [found.form]
    named = (of_kind(forms, fold(value)) for name, value in given if _is_kind(found.form, name))
    own = next((form for form in named if form), found.form)
    return [own, *(form for form in forms.values() if form.dossier and not form.set and form is not own)]


def _is_kind(form: Form, name: str) -> bool:
    where = place(form, name)
    return isinstance(where, Placed) and where.path == "kind"


def _place(forms: Sequence[Form], found: Record, name: str) -> tuple[Form, Placed]:
    """The first form that has the field, and its place; UsageError with the nearest name where none has."""
    reasons: list[Message] = []
    for form in forms:
        where = in_group(form, found, name) if found.group else place(form, name)
        if isinstance(where, Placed):
            return form, where
        reasons.append(where)
        if "no such field" not in where.text:
            break
    raise UsageError("{reason}", reason=reasons[0] if len(reasons) == 1 else min(reasons, key=_helpful))


def _helpful(reason: Message) -> tuple[bool, bool]:
    return "no such field" in reason.text, "near" not in reason.params


def in_group(form: Form, found: Record, name: str) -> Placed | Message:
    """A field of a person or line, by its own name or behind that of its group."""
    group = found.group
    assert group is not None  # noqa: S101 - asked of elements only
    own = form.of_group(group.name)
    named = [item for item in own if fold(name) in map(fold, (item.key, item.zh, item.en, *item.also))]
    tried = [named[0].name] if named else [name, f"{group.name}.{name}", f"{group.zh}{name}", f"{group.en} {name}"]
    places = [place(form, text) for text in tried]
    inside = [each for each in places if isinstance(each, Placed) and each.field.group == group.name]
    labels = ", ".join(item.label for item in own if not (item.derived or item.off))
    return inside[0] if inside else message("{heading}: no such field; there are {labels}", heading=name, labels=labels)


def _apart(connection: "Connection", found: Record, places: Sequence[tuple[Form, Placed]]) -> None:
    """Of several elements (children, lines) one is changed by its own key; a new person needs what tells it apart."""
    from custcli.db import keys

    paths = {where.path for _, where in places}
    for form, where in places:
        group = form.groups.get(where.field.group or "")
        if group is None or not (group.table and group.many) or found.group:
            continue
        if group.table == "order_line":
            raise UsageError("lines are changed one by one: custcli edit line {key} 1 FIELD=VALUE", key=found.key)
        known = {each.ordinal for each in keys.people(connection, found.row) if each.role == group.set.get("role")}
        prefix = where.path.rpartition(".")[0]
        named = paths >= {f"{prefix}.{key}" for key in group.match}
        if not named or int(where.key or 0) in known:
            said = (
                "of several persons one is changed by itself: custcli edit contact {key} {group}.{number} FIELD=VALUE"
            )
            raise UsageError(said, key=found.key, group=group.name, number=where.key or 1)
