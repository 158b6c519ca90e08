"""Mistakes in form files: words and names that are not known, values of the wrong kind (forms.md 1)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, get_args, get_origin

from custcli.domain.forms import scored
from custcli.domain.forms.model import Form, Group
from custcli.messages import Message, message

COMPARISONS = ("<", "<=", "=", ">=", ">")
CHECKS = (
    "id_card", "uscc", "licence", "mobile", "phone", "email", "url", "postcode", "qq", "account", "not_future",
    "not_zero", "zero_doubtful", "line_amount",
)  # fmt: skip
"""The rules that `check` may name: those of validators.py, and those that look at more than the text."""
REFERRED = ("customer", "staff", "region")
INDEXED = ("text", "int", "decimal", "money", "percent", "date", "bool", "choice")
"""Types of fields that can have an index: one value each, compared as it is stored."""
FEW = 15
"""So many known words are told where none is near."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")

Mistake = tuple[str, Message]
"""The place in the file and what is wrong there."""


def unknown(word: object, words: Iterable[str]) -> Message | None:
    """What is wrong with a word that is none of these, with the nearest one; None if it is one."""
    known = list(words)
    if word in known:
        return None
    near = get_close_matches(str(word), known, n=1)
    if near:
        return message("unknown word; did you mean {near}?", near=near[0])
    few = 0 < len(known) <= FEW
    return message("unknown word; known are {words}", words=" / ".join(known)) if few else message("unknown word")


def misnamed(name: str) -> Message | None:
    """What is wrong with a name that becomes a column or a JSON path; None if it is fit for both."""
    if _NAME.fullmatch(name):
        return None
    return message("a name begins with a small letter and holds nothing but a-z, 0-9 and _")


def misfit(value: object, wanted: object) -> Message | None:
    """What is wrong with a TOML value that is to become an attribute of this type; None if it fits."""
    if get_origin(wanted) is tuple:
        inner = get_args(wanted)[0]
        listed = isinstance(value, list) and not any(misfit(item, inner) for item in value)
        return None if listed else message("a list is expected")
    if get_origin(wanted) is Mapping:
        return None if isinstance(value, dict) else message("a table is expected")
    kinds = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    if type(value) in kinds:
        return None
    said = {bool: message("true or false is expected"), int: message("a whole number is expected")}
    return next((said[kind] for kind in kinds if kind in said), message("a text is expected"))


def named_rules(place: str, keys: Mapping[str, Any], forms: Iterable[str]) -> Iterator[Mistake]:
    """What a field names that there is not: check, reader, default rule, form; and what its type lacks."""
    known: dict[str, Iterable[str]] = {
        "check": CHECKS, "read": ("since",), "default_rule": ("user", "today"), "to": (*REFERRED, *forms),
    }  # fmt: skip
    for key, words in known.items():
        if key in keys and (said := unknown(keys[key], words)):
            yield f"{place} {key}", said
    needed = {"choice": "values", "choices": "values", "ref": "to"}.get(keys.get("type", ""))
    if needed and needed not in keys:
        yield place, message("{key} is missing", key=needed)


def mistakes(form: Form) -> Iterator[Mistake]:
    """Everything in a form that names what the form does not have."""
    for place, name, known in _named(form):
        if said := unknown(name, known):
            yield f"{place} {name}", said
    for group in form.groups.values():
        if group.key and not group.keys:
            yield f"[groups.{group.name}]", message("{key} is missing", key="keys")
    yield from _unsearchable(form)
    for check in form.checks:
        yield from _comparison(form, check)
    for column in form.set:
        if said := misnamed(column):
            yield f"[form] set {column}", said
    yield from scored.mistakes(form)


def _unsearchable(form: Form) -> Iterator[Mistake]:
    """Fields that want an index and cannot have one."""
    for item in form.fields.values():
        group = form.groups.get(item.group or "")
        if item.index and (item.stored or (group and group.table) or item.type not in INDEXED):
            said = message("only a field of one's own with one value, outside of groups of elements, has an index")
            yield f"[fields] {item.name} index", said


def _named(form: Form) -> Iterator[tuple[str, str, Iterable[str]]]:
    """(place, name, what may stand there) of every reference inside the form."""
    fields = form.fields
    yield from (("[form] match", name, fields) for names in form.match for name in names)
    yield from (("[form] any_of", name, fields) for names in form.any_of for name in names)
    yield from (("[form] first_of", name, fields) for names in form.first_of for name in names)
    yield from (("[form] latest", name, fields) for name in form.latest)
    if form.rows:
        yield "[form] rows", form.rows, [name for name, group in form.groups.items() if group.many]
    yield from (("[card]", name, {*fields, *form.groups, *form.composites}) for row in form.card for name in row)
    yield from (("[composites]", name, fields) for each in form.composites.values() for name in each.into)
    for item in fields.values():
        if item.fallback:
            yield f"[fields] {item.name} fallback", item.fallback, fields
        if item.stands_for:
            beside = [other.key for other in form.of_group(item.group)]
            yield f"[fields] {item.name} stands_for", item.stands_for, beside
    for group in form.groups.values():
        yield from _of_group(form, group)
    yield from scored.named(form)


def _of_group(form: Form, group: Group) -> Iterator[tuple[str, str, Iterable[str]]]:
    place = f"[groups.{group.name}]"
    own = [item.key for item in form.of_group(group.name)]
    yield from ((f"{place} match", name, own) for name in group.match)
    if group.alone:
        yield f"{place} alone", group.alone, own
    if group.history:
        yield f"{place} history", group.history, own
    if group.keys:
        yield f"{place} keys", group.keys, {*form.values, "year"}


def _comparison(form: Form, check: str) -> Iterator[Mistake]:
    words = check.split()
    if len(words) != len(("left", "comparison", "right")) or words[1] not in COMPARISONS:
        yield f"[form] checks {check}", message("field, comparison and field are expected: starts_on <= ends_on")
        return
    for name in words[::2]:
        if said := unknown(name, form.fields):
            yield f"[form] checks {name}", said
