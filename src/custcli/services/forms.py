"""Which form is meant: by the words people call it, by what a workbook says of itself, by a sheet's labels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.domain.layout import Recognition, recognise
from custcli.errors import UnknownError
from custcli.messages import message

if TYPE_CHECKING:
    from custcli.domain.cells import Value
    from custcli.files.sheet import Sheet


def forms_by_name(forms: Mapping[str, Form], name: str) -> Form:
    """A form by its English name, its label or another of its titles; UnknownError names the nearest."""
    from difflib import get_close_matches

    from custcli.domain.readers import fold

    words = {fold(word): form for form in forms.values() for word in (form.name, form.zh, form.en, *form.also)}
    found = words.get(fold(name))
    if found is None:
        near = get_close_matches(name, [*forms, *(form.zh for form in forms.values())], n=1, cutoff=0.4)
        known = ", ".join(forms)
        if near:
            raise UnknownError("no form {name}; did you mean {near}?", name=name, near=near[0])
        raise UnknownError("no form {name}; there are {known}", name=name, known=known)
    return found


def form_or_none(forms: Mapping[str, Form], name: str | None) -> Form | None:
    """The form that was named, if any was."""
    return forms_by_name(forms, name) if name else None


def recognised(
    head: Sequence[Sequence["Value"]], sheet: "Sheet", forms: Mapping[str, Form], only: Form | None
) -> Recognition:
    """What a sheet is: what the user says, else what its workbook was made for, else what its labels say.

    `head`: its first rows. A template of a newer version of its form is refused; a sheet that was put into a template
    and is none is read by its labels (forms.md 3.0, 4).
    """
    from custcli.files.sheet import FORM_PROPERTY

    name, _, version = sheet.custom.get(FORM_PROPERTY, "").partition(" ")
    form = None if only else forms.get(name)
    if form and version.isdecimal() and int(version) > form.version:
        newer = message("made for version {version} of {form}, newer than this one", version=version, form=form.label)
        return Recognition(refused=newer)
    found = recognise(head, sheet.merges, sheet.name, forms, only=only or form)
    again = form is not None and found.refused is not None and not found.empty
    return recognise(head, sheet.merges, sheet.name, forms) if again else found
