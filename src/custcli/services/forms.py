"""Forms by the words people call them: English name, label or another title."""

from collections.abc import Mapping

from custcli.domain.forms import Form
from custcli.errors import UnknownError


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
