"""The snapshot of every field ever written: forms as they were outlive their files (forms.md 4).

Fields lost from their forms are still masked, shown with --all-fields, counted by check, and moved where renamed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from custcli.db import elements, lookup, sqlite
from custcli.db.reach import Reach, table_group
from custcli.db.records import Where, core, own
from custcli.domain.forms import Choice, Field, Form, Group

ITSELF = ""
"""Stands for a field's name where a row tells of the form itself."""
HIDDEN = "hide"
SHAPE = ("zh", "en", "table", "set", "many", "key", "keys", "match", "history")


@dataclass(frozen=True)
class Lost:
    """A field that no form declares any more, with so many values of it."""

    form: Form
    field: Field
    count: int


# What is remembered


def keep(connection: Connection, form: Form) -> int | None:
    """Remember the fields of a form as they are declared now; returns the version written last, None for none."""
    before = versions(connection).get(form.name)
    constants = {"table": form.table, "set": dict(form.set), "match": form.match}
    rows: list[tuple[object, ...]] = [
        (form.name, ITSELF, form.version, form.zh, form.en, "form", "N", None, None, _text(constants))
    ]
    rows += [
        (form.name, item.name, form.version, item.zh, item.en, item.type, item.pi, item.mask, item.unit, place)
        for item in form.fields.values()
        if (place := _text(_place(form, item)))
    ]
    columns = "version, zh, en, type, pi, mask, unit, place"
    new = ", ".join(f"excluded.{column}" for column in columns.split(", "))
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns.split(", "))
    sqlite.many(
        connection,
        f"INSERT INTO form_field (form, field, {columns}) VALUES (?,?,?,?,?,?,?,?,?,?) "
        f"ON CONFLICT (form, field) DO UPDATE SET {sets} WHERE ({columns}) IS NOT ({new})",
        rows,
    )
    lookup.declare(connection, form)
    return before


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _place(form: Form, item: Field) -> dict[str, Any]:
    """Where a field is kept that lies in no column of its form's table: its key or the column of a person, its group.

    With it the customer it names and the words of its list.
    """
    group = form.groups.get(item.group or "")
    person = group is not None and group.table == "contact"
    if item.stored and not person:
        return {}
    shape = {name: value for name, value in asdict(group).items() if name in SHAPE} if group else {}
    lists = [name for name in (item.values, group.keys if group else None) if name in form.values]
    words = {name: {each.word: [each.zh, each.en] for each in form.values[name].values()} for name in lists if name}
    told = {"key": item.kept, "to": item.to, "values": item.values, "words": words} | (
        {"column": True} if item.stored else {}
    )
    return {**told, "group": {"name": item.group, **shape} if group else None}


def versions(connection: Connection) -> dict[str, int]:
    """Form → the version with which data was written last."""
    rows = connection.exec_driver_sql("SELECT form, max(version) FROM form_field GROUP BY form")
    return {row[0]: row[1] for row in rows}


def types(connection: Connection) -> dict[tuple[str, str], str]:
    """(form, field) → the type with which it was written."""
    rows = connection.exec_driver_sql("SELECT form, field, type FROM form_field")
    return {(row[0], row[1]): row[2] for row in rows}


# What is declared no more


def ever(connection: Connection, forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms with every field of which there is data, also of forms and fields whose files are gone."""
    found = dict(forms)
    for lost in undeclared(connection, forms):
        form = found.setdefault(lost.form.name, lost.form)
        group = lost.field.group
        added = {group: lost.form.groups[group]} if group else {}
        fields = {**form.fields, lost.field.name: lost.field}
        values = {**lost.form.values, **form.values}
        found[form.name] = replace(form, fields=fields, groups={**added, **form.groups}, values=values)
    return found


def everything(connection: Connection, forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms with every field ever written: what the journal tells of a field that was moved stays masked."""
    return {**forms, **_remembered(connection, forms)}


def undeclared(connection: Connection, forms: Mapping[str, Form]) -> list[Lost]:
    """The fields with data that no form declares any more, in the order of forms and names."""
    found = []
    plain = core(forms)
    for form in _remembered(connection, forms).values():
        declared = forms[form.name].fields if form.name in forms else {}
        built_in = set() if form.name in forms else plain.fields.keys()
        lost = [item for name, item in form.fields.items() if name not in declared and name not in built_in]
        found += [Lost(form, item, count) for item in lost if (count := _count(connection, form, item))]
    return found


def _remembered(connection: Connection, forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms as remembered: a declared one as it is, with what it had besides only in `fields` of its own."""
    rows = connection.exec_driver_sql(
        "SELECT form, field, version, zh, en, type, pi, mask, unit, place FROM form_field "
        "ORDER BY form, field <> '', field"
    ).all()
    plain = core(forms)
    found: dict[str, Form] = {}
    for name, field, version, zh, en, type_, pi, mask, unit, text in rows:
        place = json.loads(text)
        if name in forms:
            found.setdefault(name, forms[name])
        elif field == ITSELF:
            match = tuple(map(tuple, place["match"]))
            made = Form(name=name, version=version, zh=zh, en=en, table=place["table"], set=place["set"], match=match)
            found[name] = replace(made, values=plain.values) if made.dossier else made
        form = found.get(name)
        if form and form.dossier and name not in forms and field in plain.fields and not place:
            known = replace(plain.fields[field], zh=zh, en=en, pi=pi, mask=mask)
            found[name] = replace(form, fields={**form.fields, field: known})
        if form and field and "key" in place and field not in form.fields:
            personal = pi in {"P", "S"} and type_ != "ref"
            item = Field(
                name=field, zh=zh, en=en, type=type_, pi=pi, unit=unit, to=place["to"], values=place["values"],
                mask=mask or (HIDDEN if personal else None), group=(place["group"] or {}).get("name"),
                open=True, store="column" if "column" in place else "extra", column=place["key"],
            )  # fmt: skip
            found[name] = _with(form, item, place)
    return found


def _with(form: Form, item: Field, place: Mapping[str, Any]) -> Form:
    groups, shape = dict(form.groups), place["group"]
    if shape and shape["name"] not in groups:
        known: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in shape.items()
        }
        groups[shape["name"]] = Group(**known)
    lists = {
        name: {word: Choice(word, zh, en) for word, (zh, en) in words.items()} for name, words in place["words"].items()
    }
    fields = {**form.fields, item.name: item}
    return replace(form, fields=fields, groups=groups, values={**lists, **form.values})


def _count(connection: Connection, form: Form, item: Field) -> int:
    table, (where, values) = rows_of(form, table_group(form, item))
    has = f"{Reach(form).column(item)} IS NOT NULL"
    sql = f'SELECT count(*) FROM "{table}" t WHERE {where} AND {has}'
    return int(connection.exec_driver_sql(sql, tuple(values)).scalar_one())


def rows_of(form: Form, group: Group | None) -> tuple[str, Where]:
    """The table of a form's records or of its group's elements, and SQL of the rows `t` that are theirs."""
    if group is None:
        return form.table, own(form)
    if group.table == "contact":
        role = "t.id IN (SELECT r.contact_id FROM contact_role r WHERE r.role = ?)"
        return "contact", (role, [group.set.get("role")])
    return str(group.table), (f"1{elements.of_group(form, group, 't')}", [])


@dataclass(frozen=True)
class Reference:
    """A field by which rows name records: where its values lie, and where what they name.

    `value`: SQL of it in a row `c` of `table` for which `of` holds. `named` and `records`: table and condition of the
    records `t`, `number` is what they are named by.
    """

    table: str
    of: str
    value: str
    named: str
    records: str
    number: str


def references(connection: Connection) -> Iterator[Reference]:
    """The fields of users, ever written, by which records name customers or records of other forms (forms.md 1.6)."""
    rows = connection.exec_driver_sql("SELECT form, field, type, place FROM form_field").all()
    places = {(form, field): json.loads(place) for form, field, _, place in rows}
    for form, field in ((form, field) for form, field, type_, _ in rows if type_ == "ref"):
        place = places[form, field]
        group = place.get("group") or {}
        named = _named(places, place.get("to"))
        if named and group.get("table") in {None, elements.ENTRY}:
            table = group.get("table") or places[form, ITSELF]["table"]
            of = f"c.form = {sqlite.quoted(form)}" if table == elements.ENTRY else "1"
            yield Reference(table, of, sqlite.extra_value("c", place["key"]), *named)


def _named(places: Mapping[tuple[str, str], Any], to: str | None) -> tuple[str, str, str] | None:
    """Table, condition and number of the records that a field names; None where they were never written."""
    if to == "customer":
        return "customer", "1", "t.id"
    itself = places.get((str(to), ITSELF))
    if not itself or len(itself["match"][0]) != 1:
        return None
    number = itself["match"][0][0]
    place = places.get((str(to), number), {})
    column = sqlite.extra_value("t", place["key"]) if "key" in place else f't."{number}"'
    own_rows = f"t.form = {sqlite.quoted(to)} AND t.parent_table IS NULL" if itself["table"] == elements.ENTRY else "1"
    return itself["table"], own_rows, f"CAST({column} AS TEXT)"
