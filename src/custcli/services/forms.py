"""Which form is meant: by the words people call it, by what a workbook says of itself, by a sheet's labels."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.domain.answers import computed
from custcli.domain.forms import PREFIX, Field, Form
from custcli.domain.layout import Recognition, recognise
from custcli.errors import Mistake, UnknownError, UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Database
    from custcli.domain.cells import Value
    from custcli.files.sheet import Sheet


ANSWER = "custcli-answer-"
"""Properties of a workbook that name sheets of computed figures (files/write_book.py)."""


def forms_by_name(forms: Mapping[str, Form], name: str) -> Form:
    """A form by the kind of customer whose dossier it is, its English name, its label or another of its titles.

    UnknownError names the nearest.
    """
    from difflib import get_close_matches

    from custcli.domain.readers import fold

    words = {fold(word): form for form in forms.values() for word in (form.name, form.zh, form.en, *form.also)}
    found = of_kind(forms, fold(name)) or words.get(fold(name))
    if found is None:
        near = get_close_matches(name, [*forms, *(form.zh for form in forms.values())], n=1, cutoff=0.4)
        known = ", ".join(forms)
        if near:
            raise UnknownError("no form {name}; did you mean {near}?", name=name, near=near[0])
        raise UnknownError("no form {name}; there are {known}", name=name, known=known)
    return found


def of_kind(forms: Mapping[str, Form], name: str) -> Form | None:
    """The dossier of a kind of customer (批发, 个人) by the kind's word or label."""
    from custcli.domain.readers import fold

    for form in forms.values():
        choice = form.values.get("kinds", {}).get(form.set.get("kind", ""))
        if choice and name in {fold(text) for text in (choice.word, choice.zh, choice.en, *choice.also)}:
            return form
    return None


def form_or_none(forms: Mapping[str, Form], name: str | None) -> Form | None:
    """The form that was named, if any was."""
    return forms_by_name(forms, name) if name else None


def recognised(
    head: Sequence[Sequence["Value"]],
    sheet: "Sheet",
    forms: Mapping[str, Form],
    only: Form | None,
    columns: Sequence[str] = (),
) -> Recognition:
    """What a sheet is: what the user says, else what its workbook was made for, else what its labels say.

    `head`: its first rows. `columns`: what its columns are, where it has no heading row. A template of a newer version
    of its form is refused; a sheet that was put into a template and is none is read by its labels (forms.md 3.0, 4).
    """
    from custcli.files.sheet import FORM_PROPERTY

    if columns:
        return _without_heading([list(columns), *head], sheet.name, forms, only)
    name, _, version = sheet.custom.get(FORM_PROPERTY, "").partition(" ")
    form = None if only else forms.get(name)
    if form and version.isdecimal() and int(version) > form.version:
        newer = message("made for version {version} of {form}, newer than this one", version=version, form=form.label)
        return Recognition(refused=newer)
    found = recognise(head, sheet.merges, sheet.name, forms, only=only or form)
    again = form is not None and found.refused is not None and not found.empty
    return recognise(head, sheet.merges, sheet.name, forms) if again else found


def _without_heading(
    head: Sequence[Sequence["Value"]], name: str, forms: Mapping[str, Form], only: Form | None
) -> Recognition:
    """The sheet as the row of columns above it makes it; rows keep the addresses that they have without that row."""
    found = recognise(head, (), name, forms, only=only)
    if found.table is None:
        return replace(found, cards=None, refused=found.refused or message("the columns named make no table"))
    left = tuple(replace(each, row=max(each.row - 1, 0)) for each in found.table.left_over)
    return replace(found, table=replace(found.table, heading_row=-1, left_over=left))


def answered(head: Sequence[Sequence["Value"]], sheet: "Sheet") -> bool:
    """Whether a sheet holds figures that custcli computed: its workbook says so, or its headings do (csv)."""
    named = {name for word, name in sheet.custom.items() if word.startswith(ANSWER)}
    return sheet.name in named or computed(head[:3])


# The forms for people: list, show, check (cli.md 4)


LISTED = (
    Column("form", "Form", Kind.CODE),
    Column("label", "Label"),
    Column("kind", "Kind", Kind.TOKEN, labels={"dossier": "dossier", "register": "register"}),
    Column(
        "origin",
        "Origin",
        Kind.TOKEN,
        labels={"built_in": "built-in", "changed": "changed by your files", "own": "your own"},
    ),
    Column("version", "Version", Kind.INTEGER),
    Column("written", "Written with version", Kind.INTEGER),
    Column("fields", "Fields", Kind.INTEGER),
    Column("own_fields", "Own fields", Kind.INTEGER),
    Column("file", "File", wide=True),
)
SHOWN = (
    Column("field", "Path", Kind.CODE),
    Column("label", "Field"),
    Column("type", "Type", Kind.CODE),
    Column("unit", "Unit"),
    Column("need", "Needed", Kind.TOKEN, labels={"required": "required", "recommended": "recommended"}),
    Column("pi", "Data class"),
    Column("mask", "Masked as"),
    Column("values", "Words", Kind.LIST),
    Column("also", "Also known as", Kind.LIST, wide=True),
    Column("group", "Group", wide=True),
    Column("kept", "Kept as", Kind.TOKEN, labels={"column": "column", "extra": "extra field"}, wide=True),
    Column("off", "Off", Kind.FLAG, wide=True),
)
CHECKED = (
    Column("file", "File"),
    Column("line", "Line", Kind.INTEGER),
    Column("place", "Place"),
    Column("reason", "Reason"),
    Column("near", "Nearest word"),
)


def ever(database: "Database", forms: Mapping[str, Form], *, past: bool = False) -> dict[str, Form]:
    """The forms with every field and form of which there is data, also where their files are gone (forms.md 4).

    `past`: with every field ever written, as the journal needs them.
    """
    from custcli.db import snapshot

    with database.reading() as connection:
        return snapshot.everything(connection, forms) if past else snapshot.ever(connection, forms)


def listing(ctx: "Context") -> Grid:
    """All forms: built-in, changed and own, with the version data was written with last."""
    own = {str(path) for path in ctx.form_files}
    written = _written(ctx)
    rows = [_listed(form, own, written.get(form.name)) for form in ctx.forms.values()]
    return Grid("forms", LISTED, rows, {"forms": len(rows), "own_files": len(own)}, notes=versions(ctx.forms, written))


def _written(ctx: "Context") -> dict[str, int]:
    from custcli.db import exists, snapshot

    if not exists(ctx.url):
        return {}
    with ctx.reading().reading() as connection:
        return snapshot.versions(connection)


def versions(forms: Mapping[str, Form], written: Mapping[str, int]) -> list[Message]:
    """What to say of forms whose version is another one than data was written with."""
    said = "{form}: form version {old} -> {new}; what is new in it is not stated in older records"
    return [
        message(said, form=form.label, old=written[name], new=form.version)
        for name, form in forms.items()
        if written.get(name, form.version) < form.version
    ]


def _listed(form: Form, own: AbstractSet[str], written: int | None) -> list[object]:
    files = [name for name in form.files if name in own]
    origin = "built_in" if not files else "own" if form.files[0] in own else "changed"
    added = [name for name in form.fields if origin == "own" or name.startswith(PREFIX) or f".{PREFIX}" in name]
    kind = "dossier" if form.dossier else "register"
    count = len(form.fields)
    return [form.name, form.label, kind, origin, form.version, written, count, len(added), "; ".join(files) or None]


def shown(ctx: "Context", name: str) -> Grid:
    """Every field of a form as it is declared. UnknownError: no such form."""
    form = forms_by_name(ctx.forms, name)
    rows = [_shown(form, item) for item in form.fields.values()]
    summary = {"form": form.name, "version": form.version, "match": [list(names) for names in form.match]}
    notes = [*_scored(form), *versions({form.name: form}, _written(ctx))]
    return Grid("forms", SHOWN, rows, summary, title=message(form.label), notes=notes)


def wanted(name: str | None) -> str:
    """The form that `forms show` names. UsageError: none."""
    if not name:
        raise UsageError("forms show FORM: name a form; custcli forms list tells which there are")
    return name


def bounds(item: Field) -> str | None:
    """The least and the most that a number may be, `1–5`; None where it is not bounded on both sides."""
    return None if item.min is None or item.max is None else f"{item.min}–{item.max}"


def _scored(form: Form) -> list[Message]:
    """By which weights a form is scored, from when on a customer is key, and how that is changed (R11, F118)."""
    if form.scheme is None:
        return []
    told = [message("Scored by weight: {weights}", weights=weights(form))]
    if form.scheme.threshold is not None:
        told.append(message("Key customer from {threshold} of 100 with a reason", threshold=form.scheme.threshold))
    how = message(
        'To change it: a file in the folder of your own forms (custcli config path) with [form] extends = "{form}", '
        "[score] threshold, weights, and own criteria in [groups.NAME.fields]",
        form=form.name,
    )
    return [*told, how]


def weights(form: Form) -> str:
    """The groups of a scheme with their weights."""
    shares = form.scheme.weights if form.scheme else {}
    return ", ".join(f"{form.groups[name].label} {weight}" for name, weight in shares.items())


def _shown(form: Form, item: Field) -> list[object]:
    need = "required" if item.required else "recommended" if item.recommended else None
    words = [choice.label for choice in form.choices(item).values() if not choice.hidden]
    words += filter(None, [bounds(item)])
    group = form.groups[item.group].label if item.group else None
    kept = None if item.derived or item.off else "column" if item.stored else "extra"
    mask = None if item.mask == "none" else item.mask
    also = list(item.also)
    return [item.name, item.label, item.type, item.unit, need, item.pi, mask, words, also, group, kept, item.off]


def checked(ctx: "Context") -> tuple[Grid, list[Mistake]]:
    """The mistakes in the users' form files, all at once; `conclude` ends with exit 2 where there are any."""
    _, mistakes = ctx.read_forms()
    rows = [told(mistake) for mistake in mistakes]
    notes = [] if mistakes else [message("forms of your own are right, files: {count}", count=len(ctx.form_files))]
    return Grid(
        "forms", CHECKED, rows, {"mistakes": len(rows), "own_files": len(ctx.form_files)}, notes=notes
    ), mistakes


def told(mistake: Mistake) -> list[object]:
    """A mistake as a row."""
    return [mistake.file, mistake.line, mistake.place, str(mistake.reason), mistake.near]


def conclude(mistakes: Sequence[Mistake]) -> None:
    """End with exit 2 where there are mistakes."""
    if mistakes:
        raise UsageError("mistakes: {count}", count=len(mistakes))
