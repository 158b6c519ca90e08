"""Values of settings from texts and from TOML to their types, and back to texts."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from custcli.errors import UsageError
from custcli.settings.rules import broken, did_you_mean, kind
from custcli.settings.sections import Settings, flat


def from_text(key: str, text: str) -> Any:
    """The value of a setting given as text, as a variable or `config set` gives it.

    UsageError: no such setting, with the nearest one, or a value that does not fit.
    """
    known = flat(Settings())
    if key not in known:
        raise UsageError("no such setting: {key}.{hint}", key=key, hint=did_you_mean(key, known))
    return as_setting(text, known[key], key, key)


def as_text(value: object) -> str:
    """A value as a variable or `config set` takes it: lists with commas, tables as name=value."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={as_text(inner)}" for name, inner in value.items())
    if isinstance(value, tuple):
        return ",".join(map(as_text, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def as_setting(text: str, default: object, key: str, name: str) -> object:
    """The setting `key`, given as text under `name`, in the type of its default. UsageError: it does not fit."""
    read = converted(_split(text, default), default)
    if read is None:
        raise UsageError("{name} should be {kind}.", name=name, kind=kind(default))
    if (rule := broken(key, read)) is not None:
        raise UsageError("{name}: {rule}", name=name, rule=rule)
    return read


def _split(text: str, default: object) -> object:
    """A text in the shape that the config file would give: number, list or table."""
    if isinstance(default, Mapping):
        pairs = (part.partition("=") for part in text.split(","))
        return {name.strip(): _number(value) if default else value.strip() for name, _, value in pairs}
    if isinstance(default, tuple):
        return [_number(part) for part in re.split("[,，/]", text)]
    return text if isinstance(default, str) else _number(text)


def _number(text: str) -> object:
    try:
        return int(text) if text.strip().lstrip("+-").isdecimal() else Decimal(text.strip())
    except InvalidOperation:
        return text


def converted(value: object, default: object) -> Any:
    """The value in the type of its default; None where it does not fit."""
    if isinstance(default, Mapping):
        return _converted_table(value, next(iter(default.values()), ""))
    if isinstance(default, tuple):
        numbers = [converted(item, default[0]) for item in value] if isinstance(value, list) else [None]
        return None if None in numbers else tuple(numbers)
    if isinstance(value, bool):
        return None
    if isinstance(default, Decimal):
        exact = Decimal(value) if isinstance(value, int | Decimal) else None
        return exact if exact is not None and exact.is_finite() else None
    return value if isinstance(value, type(default)) else None


def _converted_table(value: object, default: object) -> Mapping[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    table = {name: converted(inner, default) for name, inner in value.items()}
    return None if None in table.values() else MappingProxyType(table)
