"""The section [score] of a form: a scheme of own criteria and weights by which customers are rated (R10, R11, F118)."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from custcli.domain.forms.laid import Toml
from custcli.domain.forms.model import Field, Form, Scheme
from custcli.messages import Message, message

KEYS = {each.name: each.type for each in fields(Scheme)}
REASON = "reason"
"""The field of a scheme that says why a customer is a key one; nobody is without (domain.md 1.3, 3.8)."""
NUMBERS = ("weights", "vetoes")


def misfits(given: Toml) -> Iterator[tuple[str, Message]]:
    """Weights and limits that are no whole numbers from 0."""
    for section in NUMBERS:
        inner = given.get(section)
        for name, value in inner.items() if isinstance(inner, dict) else ():
            if type(value) is not int or value < 0:
                yield f"[score.{section}] {name}", message("a whole number is expected")


def laid(under: Toml, over: Toml) -> Toml:
    """A scheme over another one: what it says of a group or field is changed, a weight of 0 takes the group out."""
    both = {key: {**under[key], **over[key]} for key in over if isinstance(over[key], dict) and key in under}
    return {**under, **over, **both}


def made(scheme: Toml) -> Scheme | None:
    """The scheme of a section; None where a form has none."""
    if not scheme:
        return None
    weights = {name: weight for name, weight in scheme.get("weights", {}).items() if type(weight) is int and weight}
    return Scheme(**{**scheme, "weights": weights})


def items(form: Form, group: str) -> list[Field]:
    """The criteria of a group: its fields that are numbers and in use."""
    return [item for item in form.of_group(group) if item.type == "int" and not item.off]


def named(form: Form) -> Iterator[tuple[str, str, Iterable[str]]]:
    """(place, name, what may stand there) of every group and field that a scheme names."""
    if form.scheme is None:
        return
    yield from (("[score.weights]", name, form.groups) for name in form.scheme.weights)
    yield from (("[score.vetoes]", name, form.fields) for name in form.scheme.vetoes)
    yield from (("[score.suspect]", name, form.scheme.weights) for name in form.scheme.suspect)
    yield from (("[score.suspect]", name, form.fields) for name in form.scheme.suspect.values())


def mistakes(form: Form) -> Iterator[tuple[str, Message]]:
    """What a form lacks to be scored by: groups that weigh, criteria with a maximum, customer, day, reason."""
    if form.scheme is None:
        return
    if not form.scheme.weights:
        yield "[score]", message("{key} is missing", key="weights")
    for group in form.scheme.weights.keys() & form.groups.keys():
        yield from _of_criteria(form, group)
    if not any(item.to == "customer" for item in form.of_group(None)):
        yield "[score]", message("a field that names the customer is missing")
    if not any(item.type == "date" for item in form.of_group(None)):
        yield "[score]", message("a field with the day of the rating is missing")
    if form.scheme.threshold is not None and REASON not in form.fields:
        yield "[score]", message("{key} is missing", key=REASON)


def _of_criteria(form: Form, group: str) -> Iterator[tuple[str, Message]]:
    if form.groups[group].table:
        yield f"[groups.{group}]", message("a group that is scored is of one record: without key and many")
    found = items(form, group)
    if not found:
        yield f"[groups.{group}]", message("a group that is scored needs fields that are whole numbers")
    for item in found:
        if not isinstance(item.max, int) or item.max <= 0:
            yield f"[fields] {item.name}", message("a number that is scored needs a maximum above 0")
