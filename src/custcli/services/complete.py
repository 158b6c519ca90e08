"""What a shell may offer for the word that is being written: forms, fields, words of a choice, codes, settings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from custcli import messages
from custcli.domain.forms import Field, Form
from custcli.errors import UnknownError
from custcli.services.forms import forms_by_name
from custcli.settings import Settings, flat

if TYPE_CHECKING:
    from custcli.context import Context

MOST = 100
"""So many codes are offered."""
ANSWERS = ("classes", "values", "prospects", "all", "card")
"""What export gives beside forms."""
_UNQUOTED = re.compile(r"""[^\s"'`$\\&|;<>(){}\[\]*?!#~]+""")


def candidates(run: "Context", place: str, words: Sequence[str], start: str) -> list[str]:
    """Words that begin with `start` and may come after `words`, where the help shows `place` (`CODE FIELD=VALUE...`).

    Words that a shell would have to quote are left out. Nothing heavy is loaded, no database is made.
    """
    found = dict.fromkeys(_offered(run, place, words, start))
    return [word for word in found if word.startswith(start) and _UNQUOTED.fullmatch(word)]


def _offered(run: "Context", place: str, words: Sequence[str], start: str) -> Iterator[str]:
    if place == "[KEY]":
        yield from flat(Settings())
        return
    if place == "SEGMENTS":
        from custcli.services.segments import names

        yield from names(run.settings)
        return
    form = _named(run.forms, words)
    if not words or place in {"CODE", "[CODE...]"}:
        if "CODE" in place:
            yield from run.codes(start, MOST)
        if "FORM" in place or place == "WHAT":
            yield from _forms(run.forms, start)
        if place == "WHAT":
            yield from ANSWERS
    if "FIELD" in place or "TERM" in place:
        yield from _of_fields(run.forms, form, place, words, start)


def _named(forms: Mapping[str, Form], words: Sequence[str]) -> Form | None:
    for word in words[:1]:
        with suppress(UnknownError):
            return forms_by_name(forms, word)
    return None


def _forms(forms: Mapping[str, Form], start: str) -> Iterator[str]:
    for form in forms.values():
        yield from _spelt(form.name, form.zh, start)


def _spelt(name: str, zh: str, start: str) -> Iterator[str]:
    """The name of the language; the other one too as soon as something is written."""
    chinese = messages.language() == "zh"
    if start or not chinese:
        yield name
    if start or chinese:
        yield zh


def _of_fields(
    forms: Mapping[str, Form], form: Form | None, place: str, words: Sequence[str], start: str
) -> Iterator[str]:
    several = "FIELD,..." in place
    behind = start.rpartition(",")[0] + "," if several and "," in start else ""
    valued = "=VALUE" in place or "TERM" in place
    fits = [form] if form else [each for each in forms.values() if each.dossier]
    if words[-1:] == ["="]:  # bash takes FIELD=VALUE for three words
        yield from (word for each in fits for word in _values(each, words[-2]))
    elif valued and "=" in start:
        name = start.partition("=")[0]
        yield from (f"{name}={word}" for each in fits for word in _values(each, name))
    elif words or start or place.startswith(("FIELD", "TERM")):
        items = (item for each in fits for item in each.fields.values() if not (item.derived and "=VALUE" in place))
        names = (name for item in items for name in _spelt(item.name, item.zh, start.removeprefix(behind)))
        yield from (f"{behind}{name}{'=' if valued else ''}" for name in names)


def _values(form: Form, name: str) -> Iterator[str]:
    """The allowed words of a field, in both languages."""
    item = _field(form, name)
    for choice in form.choices(item).values() if item else ():
        if not choice.hidden:
            yield choice.label
            yield choice.word


def _field(form: Form, name: str) -> Field | None:
    from custcli.domain.readers import fold

    wanted = fold(name)
    return next((item for item in form.fields.values() if wanted in map(fold, _words(item))), None)


def _words(item: Field) -> tuple[str, ...]:
    return (item.name, item.zh, item.en, *item.also)
