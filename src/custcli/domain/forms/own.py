"""What users may say in forms of their own, and what they may change in built-in ones (forms.md 4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from custcli.domain.forms.check import Mistake, unknown
from custcli.messages import Message, message

PREFIX = "x_"
"""Names of own fields and groups in a built-in form begin so: a later built-in field never collides."""
CHANGEABLE = (
    "zh", "en", "also", "required", "recommended", "weight", "default", "off", "pi", "mask", "min", "max", "max_length",
    "was",
)  # fmt: skip
OF_A_GROUP = ("zh", "en", "also", "expect", "fields")
OF_A_WORD = ("zh", "en", "also", "hidden", "replaces")
OF_THE_FORM = ("extends", "version", "zh", "en", "also", "order")
SECTIONS = ("form", "fields", "groups", "values", "card", "score")
CLOSED = ("man_letters", "verdicts")
"""Lists that rules know word by word."""
STRICTNESS = ("N", "B", "P", "S")
NOT_OWN = ("store", "column", "derived")
"""Keys of fields that say where built-in data lies, or which rule computes it."""
HIDDEN = "hide"

Toml = Mapping[str, Any]


def changes(place: str, under: Toml, over: Toml) -> Iterator[Mistake]:
    """What an extension may not do to a built-in field: another type or place, less protection, wider bounds."""
    for key, value in over.items():
        if key not in CHANGEABLE:
            yield f"{place} {key}", message("of a built-in field this cannot be changed")
        elif key in under and value != under[key] and (said := _looser(key, under[key], value)):
            yield f"{place} {key}", said


def _looser(key: str, old: Any, new: Any) -> Message | None:
    """What is wrong with a value that protects less than the built-in one, or lets more through."""
    if key == "pi":
        loose = {old, new} <= set(STRICTNESS) and STRICTNESS.index(new) < STRICTNESS.index(old)
    elif key == "mask":
        loose = new != HIDDEN and old != "none"
    elif key == "min":
        loose = type(old) is type(new) and new < old
    else:
        loose = key in ("max", "max_length") and type(old) is type(new) and new > old
    return message("looser than the built-in form, which says {old}", old=old) if loose else None


def new_field(place: str, name: str, known: Mapping[str, object]) -> Iterator[Mistake]:
    """What is wrong with the name of a field or group that the built-in form does not have."""
    if name.startswith(PREFIX):
        return
    said = unknown(name, known)
    near = said.params.get("near") if said else None
    if near:
        yield place, message("the form has nothing of this name; did you mean {near}?", near=near)
    else:
        yield place, message("the form has nothing of this name; names of one's own begin with x_")


def not_own(place: str, keys: Toml) -> Iterator[Mistake]:
    """Keys that no field of one's own may have."""
    for key in keys:
        if key in NOT_OWN:
            yield f"{place} {key}", message("a field of one's own cannot say this")


def protected(keys: Toml) -> dict[str, Any]:
    """A field of one's own: kept in `extra`, and hidden where it is personal and says no mask."""
    personal = keys.get("pi", "P") in ("P", "S") and keys.get("type") != "ref"
    return {**keys, "store": "extra"} | ({"mask": HIDDEN} if personal and "mask" not in keys else {})


def reserved(place: str, given: Toml, table: object) -> Iterator[Mistake]:
    """Tables that users' groups may not have: their elements are rows of `entry`, people of a customer contacts."""
    role = given.get("set", {}).get("role") if isinstance(given.get("set"), Mapping) else None
    if given.get("table", "entry") == "contact" and table == "customer":
        if not role:
            yield place, message("people need a role: set = {role}", role='{ role = "x_keeper" }')
    elif given.get("table", "entry") != "entry":
        yield f"{place} table", message("forms of one's own have no tables; leave it out")
    elif "set" in given:
        yield f"{place} set", message("only people of a customer have a role")


def head(given: Toml, base: Toml, kinds: Mapping[str, object]) -> Iterator[Mistake]:
    """What an own form's [form] may not say: a table; a kind that is none, or none where it is a dossier."""
    for key in ("table", "store"):
        if given.get(key, "entry") != "entry":
            yield f"[form] {key}", message("forms of one's own have no tables; leave it out")
    constants = given.get("set", {})
    if not base:
        if constants:
            yield "[form] set", message("only dossiers of customers set their kind")
        return
    kind = constants.get("kind") if isinstance(constants, Mapping) else None
    if kind is None:
        yield (
            "[form] set",
            message("a dossier says its kind: set = {kind}, a word of the list kinds", kind='{ kind = "x" }'),
        )
    elif said := unknown(kind, kinds):
        yield "[form] set kind", said
