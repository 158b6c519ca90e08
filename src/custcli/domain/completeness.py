"""How complete a dossier is: the weights of what its form requires and recommends (forms.md 1.2, decisions.md 20)."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from custcli.domain.forms import Field, Form


@dataclass(frozen=True)
class Completeness:
    """The part of the weights that is stated, and the fields that are missing, wholly or in part."""

    share: Fraction
    missing: tuple[Field, ...]


def completeness(form: Form, stated: Collection[str]) -> Completeness | None:
    """Of a record whose stated fields have these paths (`region`, `yearly_sales.2025.amount`, `children.1.name`).

    A field of a keyed group, or of one of which a record has several, counts min(stated, expected) ÷ expected. None
    where the form asks for nothing.
    """
    asked = [item for item in form.fields.values() if _counts(item)]
    parts = {item.name: _part(form, item, stated) for item in asked}
    total = sum(item.weight for item in asked)
    if not total:
        return None
    got = sum((item.weight * parts[item.name] for item in asked), Fraction(0))
    return Completeness(got / total, tuple(item for item in asked if parts[item.name] < 1))


def _counts(item: Field) -> bool:
    return (item.required or item.recommended) and not (item.derived or item.off)


def _part(form: Form, item: Field, stated: Collection[str]) -> Fraction:
    group = form.groups.get(item.group or "")
    if group is None or not (group.table and (group.key or group.many)):
        return Fraction(item.name in stated)
    found = sum(path.startswith(f"{group.name}.") and path.endswith(f".{item.key}") for path in stated)
    expected = group.expect or 1
    return Fraction(min(found, expected), expected)
