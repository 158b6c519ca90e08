"""The config file: what it states, and every mistake in it with its line."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from custcli.errors import Mistake, UsageError
from custcli.messages import Message, message
from custcli.settings.rules import broken, did_you_mean, kind
from custcli.settings.sections import TABLES
from custcli.settings.values import converted


def stated_in(path: Path, known: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """What the file states and is right, and the mistakes in it."""
    try:
        text = _text(path)
        data = _toml(path, text)
    except _AtFaultError as fault:
        return {}, [fault.mistake]
    sections = {key.partition(".")[0] for key in known if "." in key}
    values: dict[str, Any] = {}
    tables = {name: data.pop(name, {}) for name in TABLES}
    for name, value in data.items():
        if name in sections and isinstance(value, dict):
            values |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            values[name] = value
    stated: dict[str, Any] = {name: table for name, table in tables.items() if isinstance(table, dict)}
    mistakes: list[Mistake] = []
    for name in tables.keys() - stated.keys():
        said = message("{key} should be {kind}.", key=name, kind=message("a table of name = value"))
        mistakes.append(Mistake(str(path), _line(text, name), name, said))
    for key, value in values.items():
        try:
            stated[key] = _from_toml(key, value, known)
        except _WrongError as wrong:
            mistakes.append(Mistake(str(path), _line(text, key), key, wrong.reason))
    return stated, mistakes


class _AtFaultError(Exception):
    """The config file as a whole cannot be read."""

    def __init__(self, path: Path, line: int, reason: Message) -> None:
        super().__init__(reason.text)
        self.mistake = Mistake(str(path), line, "TOML", reason)


class _WrongError(Exception):
    """A setting that is none, or whose value does not fit."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text)
        self.reason = reason


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = message("The config file is not written in UTF-8. Save it as UTF-8.")
        raise _AtFaultError(path, 1, said) from error
    except FileNotFoundError as error:
        raise UsageError("There is no config file {file}.", file=path) from error
    except OSError as error:
        raise UsageError("The config file {file} cannot be read.", file=path) from error


def _toml(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise _AtFaultError(path, line, message("this is not TOML. Chinese names need quotes.")) from error


def _from_toml(key: str, value: object, known: Mapping[str, Any]) -> object:
    if key not in known:
        hint = did_you_mean(key, [*known, *{name.partition(".")[0] for name in known}])
        near = hint.params["word"] if isinstance(hint, Message) else None
        raise _WrongError(message("no such setting: {key}.{hint}", key=key, hint=hint, near=near))
    read = converted(value, known[key])
    if read is None:
        raise _WrongError(message("{key} should be {kind}.", key=key, kind=kind(known[key])))
    if (rule := broken(key, read)) is not None:
        raise _WrongError(message("{key}: {rule}", key=key, rule=rule))
    return read


def _line(text: str, key: str) -> int:
    """The line of a key; of its section where the key itself is not found."""
    section, _, name = key.rpartition(".")
    current, best = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            current = header[1]
            best = number if current == key or (section and current == section) else best
        elif current == section and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", line):
            return number
    return best


def told(mistake: Mistake) -> UsageError:
    """The error that tells a mistake of the config file."""
    return UsageError("{file}, line {line}: {reason}", file=mistake.file, line=mistake.line, reason=mistake.reason)
