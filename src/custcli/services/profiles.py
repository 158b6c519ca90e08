"""An import by a profile of the config file: what it says takes the place of options that are not given (cli.md 5)."""

from collections.abc import Mapping
from dataclasses import replace

from custcli.domain.forms import Form
from custcli.domain.profiles import Profile, declared, headed, read, unknown
from custcli.errors import Mistake, UnknownError, UsageError
from custcli.messages import Message, message
from custcli.services.forms import forms_by_name
from custcli.services.imported import Wanted
from custcli.settings import Settings, did_you_mean


def applied(wanted: Wanted, forms: Mapping[str, Form], settings: Settings) -> tuple[Wanted, Mapping[str, Form]]:
    """The import with what its profile says, and the forms as the profile's headings name their fields.

    UsageError where there is no such profile or it has mistakes; UnknownError where its form is none.
    """
    name = wanted.profile
    if name is None:
        return wanted, forms
    profile = of(name, settings)
    constants = [f"{field}={value}" for field, value in profile.constants.items()]
    wanted = replace(
        wanted,
        form=wanted.form or profile.form,
        sheet=wanted.sheet or profile.sheet,
        encoding=wanted.encoding or profile.encoding,
        delimiter=wanted.delimiter or profile.delimiter,
        constants=(*wanted.constants, *constants),
    )
    return wanted, by_profile(name, profile, forms, settings)


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
