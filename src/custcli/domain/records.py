"""Rules about whole records: what is missing, what contradicts itself, what is filled in (forms.md 1.1, 1.2)."""

from collections.abc import Mapping
from datetime import date

from custcli.domain.forms import Field, Form
from custcli.domain.validators import id_birth, id_gender
from custcli.grid import SCALE
from custcli.messages import Message, message

UNCOVERED = "state"
"""The field that `export all` tells of customers with neither dossier nor card; of these import assumes nothing."""


def missing(form: Form, record: Mapping[str, object]) -> list[tuple[Field, Message]]:
    """What a new record lacks: required fields, one of `any_of`. `record`: path → stored value, None not stated."""
    found = [
        (item, message("{field} is missing", field=item.label))
        for item in form.fields.values()
        if item.required and "." not in item.name and not item.derived and record.get(item.name) is None
    ]
    for names in form.any_of:
        if all(record.get(name) is None for name in names):
            labels = " / ".join(form.fields[name].label for name in names if name in form.fields)
            found.append((form.fields[names[0]], message("one of {fields} is missing", fields=labels)))
    return found


def conflicts(form: Form, record: Mapping[str, object]) -> list[tuple[str, Message, str]]:
    """Values of a record that contradict each other: (path, reason, level).

    Comparisons of the form are errors; an ID number against gender or birth date is a warning (domain.md 1.2),
    and so is a line whose amount is not quantity × price × (1 − discount) (domain.md 1.13).
    """
    found = [problem for check in form.checks if (problem := _compared(form, check, record))]
    for path, number in record.items():
        item = form.fields.get(path)
        if item and item.check == "id_card" and isinstance(number, str):
            found += _identity(path, number, record)
    if form.rows and (off := _line_amount(form.rows, record)):
        found.append(off)
    return found


def _compared(form: Form, check: str, record: Mapping[str, object]) -> tuple[str, Message, str] | None:
    """`starts_on <= ends_on`, also < >= > =; nothing to say while one of the two is unknown."""
    left, sign, right = check.split()
    a, b = record.get(left), record.get(right)
    if a is None or b is None:
        return None
    holds = {"<=": a <= b, "<": a < b, ">=": a >= b, ">": a > b, "=": a == b, "==": a == b}[sign]  # type: ignore[operator]
    labels = {name: form.fields[name].label if name in form.fields else name for name in (left, right)}
    reason = message("{left} {sign} {right} does not hold", left=labels[left], sign=sign, right=labels[right])
    return None if holds else (right, reason, "error")


def _identity(path: str, number: str, record: Mapping[str, object]) -> list[tuple[str, Message, str]]:
    beside = path[: -len("id_no")] if path.endswith("id_no") else path.rpartition(".")[0]
    found = []
    born = record.get(f"{beside}birth_date")
    if born is not None and born != id_birth(number).isoformat():
        found.append((f"{beside}birth_date", message("the birth date is not the one in the ID number"), "warning"))
    gender = record.get(f"{beside}gender")
    if gender in ("male", "female") and gender != id_gender(number):
        found.append((f"{beside}gender", message("the gender is not the one in the ID number"), "warning"))
    return found


def _line_amount(rows: str, record: Mapping[str, object]) -> tuple[str, Message, str] | None:
    """Amount = quantity × price × (1 − discount), to the hundredth (domain.md 1.13)."""
    names = ("quantity", "unit_price", "amount")
    quantity, price, amount = (record.get(f"{rows}.{name}") for name in names)
    off = record.get(f"{rows}.discount") or 0
    if not all(isinstance(value, int) for value in (quantity, price, amount, off)):
        return None
    exact = quantity * price * (SCALE - off)  # type: ignore[operator]
    if abs(abs(exact) - abs(amount) * SCALE * SCALE) <= SCALE // 100 * SCALE * SCALE:  # type: ignore[arg-type]
        return None
    return f"{rows}.amount", message("the amount is not quantity × price × (1 − discount)"), "warning"


def defaults(form: Form, user: str, today: date) -> dict[str, object]:
    """Path → stored value, written when a record is made and the field is not stated; never at an update."""
    rules: dict[str, object] = {"user": user, "today": today.isoformat()}
    found: dict[str, object] = {}
    for item in form.fields.values():
        if item.default_rule in rules:
            found[item.name] = rules[item.default_rule]
        elif item.default is not None:
            found[item.name] = _default(item)
    return found


def _default(item: Field) -> object:
    if item.type in ("money", "decimal", "percent") and isinstance(item.default, int):
        return item.default * SCALE
    return int(item.default) if isinstance(item.default, bool) else item.default
