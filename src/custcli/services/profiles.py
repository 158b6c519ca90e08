"""An import by a profile of the config file, or by what --map and --columns say: options go before it (cli.md 5)."""

from collections.abc import Mapping
from dataclasses import replace

from custcli.domain.forms import Form
from custcli.domain.profiles import NOTHING, Profile, declared, headed, read, unknown
from custcli.errors import Mistake, UnknownError, UsageError
from custcli.messages import Message, message
from custcli.services.forms import forms_by_name
from custcli.services.imported import Wanted
from custcli.settings import Settings, did_you_mean


def applied(wanted: Wanted, forms: Mapping[str, Form], settings: Settings) -> tuple[Wanted, Mapping[str, Form]]:
    """The import with what its profile, --map and --columns say, and the forms as these name their fields.

    UsageError where there is no such profile or it has mistakes; UnknownError where its form is none.
    """
    name = wanted.profile
    profile = of(name, settings) if name else NOTHING
    own = replace(NOTHING, form=wanted.form, columns=wanted.columns, headings=dict(mapped(wanted)))
    if own.columns and not (wanted.form or profile.form):
        raise UsageError("--columns needs --as FORM")
    constants = [f"{field}={value}" for field, value in profile.constants.items()]
    wanted = replace(
        wanted,
        form=wanted.form or profile.form,
        sheet=wanted.sheet or profile.sheet,
        encoding=wanted.encoding or profile.encoding,
        delimiter=wanted.delimiter or profile.delimiter,
        columns=wanted.columns or profile.columns,
        constants=(*wanted.constants, *constants),
    )
    if name:
        forms = by_profile(name, profile, forms, settings)
    return wanted, _by_options(replace(own, form=wanted.form), forms)


def mapped(wanted: Wanted) -> list[tuple[str, str]]:
    """What --map says: heading and field. UsageError where a text is no such pair."""
    for text in wanted.headings:
        if "=" not in text:
            raise UsageError("--map {text}: HEADING=FIELD is wanted", text=text)
    told = (text.rpartition("=") for text in wanted.headings)
    return [(heading.strip(), name.strip()) for heading, _, name in told]


def _by_options(own: Profile, forms: Mapping[str, Form]) -> Mapping[str, Form]:
    """The forms with the headings that --map names: that of the import, else those that have all the fields."""
    if not (own.headings or own.columns):
        return forms
    meant = [forms_by_name(forms, own.form)] if own.form else list(forms.values())
    mistaken = {form.name: list(unknown(own, form)) for form in meant}
    if all(mistaken.values()):
        reasons = min(mistaken.values(), key=len)
        raise UsageError("--map, --columns: {reasons}", reasons="; ".join(map(str, reasons)))
    named = headed(meant[0], own).headings
    fit = [form for form in meant if not mistaken[form.name]]
    return {**forms, **{form.name: replace(form, headings={**form.headings, **named}) for form in fit}}


def by_profile(name: str, profile: Profile, forms: Mapping[str, Form], settings: Settings) -> Mapping[str, Form]:
    """The forms, that of the profile with its headings. UsageError where it names fields that the form has not."""
    if profile.form is None:
        return forms
    form = forms_by_name(forms, profile.form)
    if mistakes := list(unknown(profile, form)):
        raise _mistaken(name, mistakes, settings)
    return {**forms, form.name: headed(form, profile)}


def of(name: str, settings: Settings) -> Profile:
    """The profile of this name. UsageError where there is none, with the nearest, or where it has mistakes."""
    if name not in settings.profiles:
        hint = did_you_mean(name, settings.profiles)
        raise UsageError(
            "no profile {name}: {file} has no [profiles.{name}].{hint}",
            name=name,
            file=settings.config_file,
            hint=hint,
        )
    found = read(settings.profiles[name])
    if not isinstance(found, Profile):
        raise _mistaken(name, found, settings)
    return found


def mistakes(forms: Mapping[str, Form], settings: Settings) -> list[Mistake]:
    """Everything that is wrong with the profiles of the config file."""
    known = declared(forms, settings.profiles)
    return [
        Mistake(str(settings.config_file), None, f"[profiles.{name}]", reason)
        for name, given in settings.profiles.items()
        for reason in _of_one(known, read(given))
    ]


def _of_one(forms: Mapping[str, Form], profile: Profile | list[Message]) -> list[Message]:
    if not isinstance(profile, Profile):
        return profile
    if profile.form is None:
        return []
    try:
        form = forms_by_name(forms, profile.form)
    except UnknownError as error:
        return [message("{place}: {reason}", place="form", reason=str(error))]
    return list(unknown(profile, form))


def _mistaken(name: str, mistakes: list[Message], settings: Settings) -> UsageError:
    told = [message("[profiles.{name}] {reason}", name=name, reason=reason) for reason in mistakes]
    lines = "\n".join(map(str, told))
    return UsageError("{file} has mistakes:\n{lines}", file=settings.config_file, lines=lines)
