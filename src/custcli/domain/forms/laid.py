"""TOML of forms laid over other TOML: a form with base and parts taken in, and what becomes of it (forms.md 4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from custcli.domain.forms.model import Composite, Group

Toml = dict[str, Any]


@dataclass
class Resolved:
    """A form's TOML with base and parts taken in; extensions are laid over it. `files` that it was read from.

    `users`: what is read now a user wrote; `extended`: it changes a form that was there; `added`: names of own fields.
    """

    files: list[str]
    head: Toml
    composites: dict[str, Composite]
    card: tuple[tuple[str, ...], ...]
    fields: Toml = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    scheme: Toml = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    users: bool = False
    extended: bool = False
    added: list[str] = field(default_factory=list)


def siblings(form: Resolved, group: str) -> Toml:
    """The fields of a group, by their names in it."""
    return {name.rpartition(".")[2]: keys for name, keys in form.fields.items() if keys.get("group") == group}


def paired(form: Resolved) -> None:
    """In forms without a table `customer_name` names the customer of the field `customer`: both are one reference."""
    if form.head["table"] != "entry":
        return
    for name, keys in form.fields.items():
        of = name.removesuffix("_name")
        if of != name and keys.get("type") == "ref" and form.fields.get(of, {}).get("type") == "ref":
            keys["column"] = of


def ordered(form: Resolved) -> Iterator[str]:
    """The names of the fields: those whose order is said first, the others as they stand."""
    first = [name for name in form.order if name in form.fields]
    yield from dict.fromkeys([*first, *form.fields])


def whole_card(form: Resolved) -> tuple[tuple[str, ...], ...]:
    """The rows of the paper; own fields that have no place there come below, and an own form needs to say none."""
    placed = {name for row in form.card for name in row}
    if form.card:
        return (*form.card, *((name,) for name in form.added if name not in placed))
    if not form.users:
        return ()
    single = [name for name, keys in form.fields.items() if not keys.get("group")]
    pairs = [tuple(single[at : at + 2]) for at in range(0, len(single), 2)]
    return (*pairs, *((name,) for name in form.groups))


def tuples(keys: Toml) -> Toml:
    """Lists as tuples, nested ones too, so that what is frozen stays so."""
    return {key: _frozen(value) for key, value in keys.items()}


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def stored(keys: Toml, store: str) -> Toml:
    """A field that says where it is kept: in a column that it names, else as its form keeps its fields."""
    return {"store": "column" if "column" in keys else store} | keys


def laid_over(under: Toml, over: Toml) -> Toml:
    """A field named again changes the keys it gives; `also` adds, a changed label stays as alias (forms.md 4)."""
    aliases = [*under.get("also", []), *over.get("also", [])]
    aliases += [under[key] for key in ("zh", "en") if under.get(key) and over.get(key, under[key]) != under[key]]
    return under | over | ({"also": list(dict.fromkeys(aliases))} if aliases else {})
