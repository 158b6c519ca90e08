"""Import profiles: what the headings of a stranger's file mean, and what it leaves unsaid (cli.md 5).

A profile is the table `[profiles.NAME]` of the config file: `form`, `sheet`, `encoding`, `delimiter`, `unit` (万元) of
amounts that state none, `[profiles.NAME.headings]` heading → field ("" passes a column over), and
`[profiles.NAME.constants]` field → value. A heading may mean an own field: `"门头" = "x_sign"`; one that no form file
declares is a text, class P. `columns` (fields, one after the other, blank for one that is passed over) are those of a
file without a heading row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from custcli.domain.forms import Field, Form
from custcli.domain.layout import place
from custcli.domain.layout.units import UNITS
from custcli.domain.readers import fold
from custcli.messages import Message, message

TEXTS = ("form", "sheet", "encoding", "delimiter", "unit", "columns")
TABLES = ("headings", "constants")
_OWN = re.compile(r"x_[a-z0-9_]+")


@dataclass(frozen=True)
class Profile:
    """A profile as it is written, checked. `unit`: yuan for one; `headings`: heading → field or ""."""

    form: str | None
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    unit: int | None
    columns: str | None
    headings: Mapping[str, str]
    constants: Mapping[str, str]


NOTHING = Profile(None, None, None, None, None, None, {}, {})
"""A profile that says nothing."""


def read(given: object) -> Profile | list[Message]:
    """The profile of a table of the config file, or everything that is wrong with it but the names of fields."""
    if not isinstance(given, dict):
        return [message("a table is expected")]
    wrong = list(_wrong(given))
    if wrong:
        return wrong
    return Profile(
        form=given.get("form"),
        sheet=given.get("sheet"),
        encoding=given.get("encoding"),
        delimiter=given.get("delimiter"),
        unit=UNITS.get(fold(given.get("unit", ""))),
        columns=given.get("columns"),
        headings=given.get("headings", {}),
        constants=given.get("constants", {}),
    )


def _wrong(given: Mapping[str, Any]) -> Iterator[Message]:
    for key, value in given.items():
        if key not in (*TEXTS, *TABLES):
            near = get_close_matches(key, [*TEXTS, *TABLES], n=1)
            text = message("unknown word; did you mean {near}?", near=near[0]) if near else message("unknown word")
            yield _at(key, text)
        elif key in TEXTS and not isinstance(value, str):
            yield _at(key, message("a text is expected"))
        elif key in TABLES and not _is_texts(value):
            yield _at(key, message("a table of texts is expected: heading = field"))
        elif key == "unit" and fold(value) not in UNITS:
            yield _at(key, message("no unit of money: 元, 千元, 万元 …"))
    if "form" not in given and given.keys() & {"headings", "unit", "columns"}:
        yield _at("form", message("is needed where headings, columns or a unit are given"))


def _at(key: str, reason: Message) -> Message:
    return message("{place}: {reason}", place=key, reason=reason)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values())


def unknown(profile: Profile, form: Form) -> Iterator[Message]:
    """The headings, columns and constants of a profile whose fields the form does not have."""
    for heading, name in profile.headings.items():
        found = place(form, name, heads=True) if name else None
        if isinstance(found, Message):
            yield message("headings, {heading}: {reason}", heading=heading, reason=found)
    for name in columns(profile.columns):
        if name and isinstance(found := place(form, name, heads=True), Message):
            yield message("columns: {reason}", reason=found)
    for name in profile.constants:
        if isinstance(found := place(form, name), Message):
            yield message("constants: {reason}", reason=found)


def columns(text: str | None) -> list[str]:
    """The fields of the columns of a file without a heading row: `,customer,ordered_on,amount`."""
    return [name.strip() for name in text.split(",")] if text else []


def headed(form: Form, profile: Profile) -> Form:
    """The form as the profile reads a sheet: its headings go before the form's own labels."""
    return replace(form, headings={fold(text): name for text, name in profile.headings.items()}, unit=profile.unit)


def declared(forms: Mapping[str, Form], profiles: Mapping[str, Any]) -> dict[str, Form]:
    """The forms with the own fields that profiles bring: texts of class P, called as the heading calls them."""
    found = dict(forms)
    for given in profiles.values():
        profile = read(given)
        form = found.get(profile.form or "") if isinstance(profile, Profile) else None
        if form and isinstance(profile, Profile):
            fields = {name: _own(name, heading) for heading, name in profile.headings.items() if _is_new(form, name)}
            found[form.name] = replace(form, fields={**form.fields, **fields}) if fields else form
    return found


def _is_new(form: Form, name: str) -> bool:
    return name not in form.fields and _OWN.fullmatch(name) is not None


def _own(name: str, heading: str) -> Field:
    return Field(name=name, zh=heading, en=heading, type="text", pi="P", mask="hide", store="extra")
