"""How fields are written for people: labels that import finds again, units, words offered, a sample, exact amounts."""

from datetime import date, timedelta
from decimal import Decimal

from custcli import messages
from custcli.domain.forms import Choice, Field, Form, Group
from custcli.domain.layout import Placed, place
from custcli.domain.layout.units import default_unit
from custcli.grid import SCALE

_UNITS_IN_ENGLISH = {"万元": "10,000 yuan"}
_BY_CHECK = {
    "account": "6222021234567890",
    "email": "li@example.com",
    "id_card": "11010519491231002X",  # the sample of the standard, GB 11643
    "licence": "310115000123456",
    "mobile": "13800138000",
    "phone": "021-54321234",
    "postcode": "200030",
    "qq": "12345678",
    "url": "www.example.com",
    "uscc": "91350100M000100Y43",  # the sample of the standard, GB 32100
}


def label(form: Form, where: Placed) -> str:
    """What people call a field: its own label, behind group and key where they are needed to tell (forms.md 3.1)."""
    group = form.groups.get(where.field.group or "")
    if group is None or not group.table:
        return str(where.field.label)
    gap = "" if messages.language() == "zh" else " "
    if where.key is not None:
        return _keyed_label(form, group, where, where.key, gap)
    alone = place(form, where.field.label)
    enough = group.table != "contact" and isinstance(alone, Placed) and alone.path == where.path
    return str(where.field.label) if enough else f"{group.label}{gap}{where.field.label}"


def _keyed_label(form: Form, group: Group, where: Placed, key: str, gap: str) -> str:
    word = key_label(form, group, key)
    alone = group.keys is not None and group.keys != "year" and where.field.key == group.alone
    return word if alone else f"{word}{gap}{where.field.label}"


def key_label(form: Form, group: Group, key: str) -> str:
    """What people call a key of a keyed group, or one of several elements: 2025年, 需求, 子女1."""
    if group.many:
        return f"{group.label}{key}" if messages.language() == "zh" else f"{group.label} {key}"
    if group.keys == "year":
        return f"{key}年" if messages.language() == "zh" else key
    choice = form.values.get(group.keys or "", {}).get(key)
    return str(choice.label) if choice else key


def unit(item: Field) -> str:
    """The unit in which people write the field, as a bracket behind its label; "" where the label says enough."""
    word = item.unit if item.unit == "%" or (item.type == "money" and default_unit(item) != 1) else None
    if word is None:
        return ""
    return f"({word})" if messages.language() == "zh" else f" ({_UNITS_IN_ENGLISH.get(word, word)})"


def amount(item: Field, value: int) -> str:
    """Ten-thousandths as all their digits, money in the unit in which people write the field."""
    times = default_unit(item) if item.type == "money" else 1
    return f"{Decimal(value) / (SCALE * times):f}"


def offered(form: Form, item: Field) -> list[Choice]:
    """The allowed words of a field that people are offered, in their order."""
    return [choice for choice in form.choices(item).values() if not choice.hidden]


def example(form: Form, item: Field, day: date) -> str:
    """A value of the field as people write it, in the language of the run; "" where any text will do.

    `day` is the business date: dates lie before it. References name the code of a customer.
    """
    if item.values:
        labels = [choice.label for choice in offered(form, item)]
        return "、".join(labels[:2]) if item.type == "choices" else str(labels[0])
    if item.check in _BY_CHECK:
        return _BY_CHECK[item.check]
    plain = {
        "money": "12.5" if default_unit(item) != 1 else "1280.50",
        "decimal": "120",
        "int": str(max(int(item.min or 0), 3)),
        "percent": "13%",
        "date": str(day.year - 5) if item.read == "since" else (day - timedelta(days=30)).isoformat(),
        "bool": messages.say("yes"),
        "list": "啤酒、白酒" if messages.language() == "zh" else "beer; wine",
        "ref": "" if item.name.endswith("_name") else "C-000001",
    }
    return plain.get(item.type, "")
