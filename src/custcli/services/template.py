"""The empty sheet of a form, as a table: which columns, with which notes, and what may stand in them (cli.md 4)."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from custcli.domain.forms import Field, Form, Group
from custcli.domain.layout import Placed
from custcli.domain.layout.labels import several
from custcli.domain.written import example, offered, unit
from custcli.errors import UsageError
from custcli.files.write_template import Look, TemplateColumn, write_template
from custcli.messages import message, say
from custcli.services.export import named
from custcli.services.forms import bounds, forms_by_name
from custcli.services.records import numbers, places

TYPES = {
    "text": message("text"),
    "int": message("whole number"),
    "decimal": message("number"),
    "money": message("amount"),
    "percent": message("share, with the % sign"),
    "date": message("date"),
    "bool": message("yes or no"),
    "choice": message("one of the words"),
    "choices": message("one or several of the words, separated by commas"),
    "list": message("list, separated by semicolons"),
    "ref": message("code of a customer"),
    "path": message("path of a file"),
}
ELEMENTS = 2
"""Of persons of whom a record has several so many have columns."""
SINCE = message("date or year since when, or for how long (3 years)")
LOOKS = {"int": Look.NUMBER, "decimal": Look.NUMBER, "money": Look.NUMBER, "date": Look.DATE}


def save(forms: Mapping[str, Form], name: str, path: str, day: date, *, force: bool) -> None:
    """Write the empty sheet of the form that is named to a workbook. Years are the last ones before `day`.

    UnknownError: no such form; UsageError: another ending than .xlsx; RefusedError: the file exists and not `force`,
    or it cannot be written.
    """
    from custcli.files.atomic import replacing

    check_ending(path)
    form = forms_by_name(forms, name)
    with replacing(path, force=force) as part:
        write_template(part, form.label, columns(form, day), identity(form))


def check_ending(path: str) -> None:
    """UsageError for a file that is to be a workbook and does not say so."""
    if Path(path).suffix.lower() != ".xlsx":
        raise UsageError("{file}: the ending should be .xlsx.", file=Path(path).name)


def identity(form: Form) -> str:
    """What a workbook's property says of its form: NAME VERSION (forms.md 3.0)."""
    return f"{form.name} {form.version}"


def columns(form: Form, day: date) -> list[TemplateColumn]:
    """The columns of the form's table sheet, in the order of the form; what the form itself sets is left out."""
    lined = form.rows is not None
    every = places(form, keys(form, day) | elements(form), [form.rows] if form.rows else [])
    return [_column(form, each, day, lined=lined) for each in every if each.path not in form.set]


def keys(form: Form, day: date) -> dict[str, list[str]]:
    """Of each keyed group the keys to state: the words of its list, or the last years before `day`."""
    groups = [group for group in form.groups.values() if group.table and group.key]
    return {group.name: _years(group, day) if group.keys == "year" else _words(form, group) for group in groups}


def elements(form: Form) -> dict[str, list[str]]:
    """Of each group of which a record has several persons the ordinals for which there is room (子女1, 子女2)."""
    groups = [group for group in several(form) if group.table in {"contact", "entry"}]
    return {group.name: numbers(group.expect or ELEMENTS) for group in groups}


def _years(group: Group, day: date) -> list[str]:
    return [str(year) for year in range(day.year - (group.expect or 1), day.year)]


def _words(form: Form, group: Group) -> list[str]:
    words = form.values.get(group.keys or "", {})
    return [choice.word for choice in words.values() if not choice.hidden]


def _column(form: Form, where: Placed, day: date, *, lined: bool) -> TemplateColumn:
    item = where.field
    required = item.required and "." not in item.name
    words = [choice.label for choice in offered(form, item)]
    if item.type == "bool":
        words = [say("yes"), say("no")]
    return TemplateColumn(
        heading=named(form, where, lined=lined) + unit(item) + ("*" if required else ""),
        note=_note(form, item, day, required=required),
        look=Look.TEXT if item.read == "since" else LOOKS.get(item.type, Look.TEXT),
        words=words,
        closed=item.type in {"choice", "bool"} and not item.open,
        required=required,
    )


def _note(form: Form, item: Field, day: date, *, required: bool) -> str:
    """What a person filling in the column should know, a line for each thing."""
    lines = [say("Required.")] if required else []
    for group in form.any_of:
        if item.name in group:
            labels = " / ".join(form.fields[name].label for name in group)
            lines.append(say("One of these is needed: {fields}", fields=labels))
    lines.append(say("What: {type}", type=SINCE if item.read == "since" else TYPES[item.type]))
    if limits := bounds(item):
        lines.append(say("From – to: {bounds}", bounds=limits))
    words = " / ".join(choice.label for choice in offered(form, item))
    if words:
        lines.append(say("Words: {words}; other ones are kept too" if item.open else "Words: {words}", words=words))
    if said := unit(item).strip(" ()"):
        lines.append(say("Unit: {unit}", unit=said))
    sample = example(form, item, day)
    if sample:
        lines.append(say("For example: {example}", example=sample))
    return "\n".join(lines)
