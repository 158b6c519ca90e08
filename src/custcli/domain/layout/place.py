"""A field named by a person on the command line: English path, label or alias, with group and key (cli.md 4)."""

from difflib import get_close_matches

from custcli.domain.forms import Form
from custcli.domain.layout import labels
from custcli.domain.layout.placed import Placed
from custcli.domain.layout.units import PERCENT, default_unit
from custcli.messages import Message, message

JUDGED = {"abc_class": "triage", "tier": "triage"}
"""What is computed → the field in which people say what they judge themselves (R7)."""


def place(form: Form, text: str, index: int = 0, *, heads: bool = False) -> Placed | Message:
    """The place of `legal_rep.name`, `法人代表姓名`, `2025年金额`; a Message where it is unknown or in doubt.

    A bare amount is in the form's unit (forms.md 2), since the user of the command line sees it in the help.
    `heads`: it heads a column of a sheet, which may state what follows from others too.
    """
    found = labels.of(form).resolve((text,))
    if found.problem:
        return message("{heading}: {reason}", heading=text, reason=found.problem)
    if not found.targets:
        return _unknown(form, text)
    target = found.targets[0]
    if target.composite:
        parts = " / ".join(form.fields[name].label for name in form.composites[target.composite].into)
        return message("{heading}: name its parts instead: {labels}", heading=text, labels=parts)
    if target.field.derived and not (heads and target.field.taken):
        return _computed(form, text, target.field.derived)
    if target.field.off:
        return message("{heading} is switched off in this form", heading=text)
    stated = PERCENT if target.field.type == "percent" and target.field.unit == "%" else None
    unit = found.unit or (default_unit(target.field) if target.field.type == "money" else stated)
    return Placed(index, text, target.field, target.path, unit, target.key)


def _computed(form: Form, text: str, what: str) -> Message:
    own = form.fields.get(JUDGED.get(what, ""))
    if own is None:
        return message("{heading} is computed, never stated", heading=text)
    said = "{heading} is computed, never stated; what you judge yourself is {field}, shown beside it"
    return message(said, heading=text, field=own.label)


def _unknown(form: Form, text: str) -> Message:
    near = get_close_matches(text, labels.of(form).spellings, n=1)
    if near:
        return message("{heading}: no such field; did you mean {near}?", heading=text, near=near[0])
    return message("{heading}: no such field", heading=text)
