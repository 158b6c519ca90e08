"""The settings: defaults <- config file <- environment <- option, each value with where it came from (cli.md 2)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from custcli.errors import Mistake, UsageError
from custcli.messages import LANGUAGES, Message, message


def _rates(**rates: str) -> Mapping[str, Decimal]:
    return MappingProxyType({name: Decimal(rate) for name, rate in rates.items()})


@dataclass(frozen=True)
class Classify:
    """[classify]: cuts and tiers in percent, the period in months, R4's boundary, the set of tiers' names (F097)."""

    cut: tuple[Decimal, ...] = (Decimal(80), Decimal(95))
    tiers: tuple[Decimal, ...] = (Decimal(1), Decimal(5), Decimal(20))
    months: int = 12
    boundary: str = "end"
    tier_names: str = "key"


@dataclass(frozen=True)
class Value:
    """[value]: rates as fractions of 1; `probability` is the chance that an opportunity of a grade closes (R13).

    `measures`: what to do for a group of customers by lifetime value, by the group's name or number (R13.5).
    """

    discount: Decimal = Decimal("0.10")
    retention: Decimal = Decimal("0.8")
    margin: Decimal = Decimal("0.30")
    horizon_months: int = 36
    min_history_days: int = 90
    min_class: int = 20
    referral_share: Decimal = Decimal("0.5")
    retention_spread: Decimal = Decimal("0.1")
    probability: Mapping[str, Decimal] = field(default_factory=partial(_rates, A="0.6", B="0.3", C="0.1", D="0.0"))
    measures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Prospects:
    """[prospects]: after how many days evidence is stale, from which score a letter counts as yes (R3)."""

    stale_days: int = 180
    threshold: int = 60


@dataclass(frozen=True)
class Status:
    """[status]: when a customer is lost or loyal (R2); `lost_gaps` is in mean gaps of the customer's own orders.

    `lost_days_by_kind` lengthens `lost_days` for a kind; `competitor_tag` marks who buys from a rival too (R16).
    """

    lost_days: int = 180
    lost_gaps: Decimal = Decimal(3)
    lost_days_by_kind: Mapping[str, Decimal] = field(default_factory=partial(_rates, individual="180"))
    loyal_orders: int = 4
    loyal_days: int = 365
    competitor_tag: str = "竞品"


@dataclass(frozen=True)
class Codes:
    """[codes]: how customer codes are made; `regions` gives a region's own prefix (decisions.md 8)."""

    prefix: str = "C"
    digits: int = 6
    regions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Read:
    """[read]: the limits of reading a file; sizes in MiB, time in seconds of the reading child."""

    file_mib: int = 64
    unpacked_mib: int = 512
    entries: int = 4096
    cells: int = 20_000_000
    columns: int = 256
    sheets: int = 256
    seconds: int = 15
    memory_mib: int = 1024


@dataclass(frozen=True)
class Settings:
    """All settings. `db` is a path or an SQLAlchemy URL; `timeout` is in seconds.

    `sources` tells for each key (`lang`, `classify.cut`) where its value came from:
    `default`, `locale`, `config`, `environment` or `option`. `profiles`: tables of import profiles as they are written
    (domain/profiles.py checks one when it is used).
    """

    db: str = ""
    lang: str = "zh"
    timeout: Decimal = Decimal(30)
    currency: str = "CNY"
    classify: Classify = field(default_factory=Classify)
    value: Value = field(default_factory=Value)
    prospects: Prospects = field(default_factory=Prospects)
    status: Status = field(default_factory=Status)
    codes: Codes = field(default_factory=Codes)
    read: Read = field(default_factory=Read)
    profiles: Mapping[str, Any] = field(default_factory=dict)
    config_file: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()


_NOT_KEYS = {"config_file", "sources", "profiles", "mistakes"}


def flat(settings: Settings) -> dict[str, Any]:
    """Every setting by its dotted key, in the order of the sections."""
    found: dict[str, Any] = {}
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if is_dataclass(value):
            found |= {f"{entry.name}.{inner.name}": getattr(value, inner.name) for inner in fields(value)}
        elif entry.name not in _NOT_KEYS:
            found[entry.name] = value
    return found


def config_path(given: str | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """The config file, and whether somebody asked for it (then it has to exist)."""
    asked = given or environ.get("CUSTCLI_CONFIG")
    if asked:
        return Path(asked), True
    from platformdirs import user_config_path

    return user_config_path("custcli", appauthor=False) / "config.toml", False


def locale_language(environ: Mapping[str, str]) -> str:
    """`zh` or `en` by LC_ALL, LC_MESSAGES, LANG (the first that is set); any other locale speaks Chinese."""
    name = next((environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(key)), "")
    return "en" if name.lower().startswith("en") else "zh"


def load(
    config: str | None, environ: Mapping[str, str], options: Mapping[str, str | None], *, strict: bool = True
) -> Settings:
    """The effective settings. `options` holds what the command line gave (None: not given).

    Raises UsageError (exit 2), naming file and line where the config file is at fault; where not `strict`, what is
    right counts, the mistakes of the file are kept in the settings, and a file that was named may still be to come.
    """
    path, asked = config_path(config, environ)
    known = flat(Settings())
    values = {"lang": locale_language(environ)}
    sources = dict.fromkeys(known, "default") | {"lang": "locale"}
    stated, mistakes = _from_file(path, known) if (asked and strict) or path.is_file() else ({}, [])
    if strict and mistakes:
        raise told(mistakes[0])
    layers = (
        ("config", stated),
        ("environment", _from_texts({key: environ.get(variable(key)) for key in known}, known, variable)),
        ("option", _from_texts(options, known, "--{}".format)),
    )
    for source, layer in layers:
        values |= layer
        sources |= dict.fromkeys(layer, source)
    return _settings(values, path, sources, mistakes)


def told(mistake: Mistake) -> UsageError:
    """The error that tells a mistake of the config file."""
    return UsageError("{file}, line {line}: {reason}", file=mistake.file, line=mistake.line, reason=mistake.reason)


def _settings(
    values: Mapping[str, Any], path: Path, sources: Mapping[str, str], mistakes: Sequence[Mistake]
) -> Settings:
    settings = Settings(config_file=path, sources=sources, mistakes=tuple(mistakes))
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        change = {section: replace(getattr(settings, section), **{name: value})} if section else {name: value}
        settings = replace(settings, **change)
    return settings


def variable(key: str) -> str:
    """The environment variable of a setting."""
    return "CUSTCLI_" + key.replace(".", "_").upper()


# ---- the config file -------------------------------------------------------------------------------------------


def _from_file(path: Path, known: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """What the file states and is right, and the mistakes in it."""
    try:
        text = _text(path)
        data = _toml(path, text)
    except _AtFaultError as fault:
        return {}, [fault.mistake]
    sections = {key.partition(".")[0] for key in known if "." in key}
    values: dict[str, Any] = {}
    profiles = data.pop("profiles", {})
    for name, value in data.items():
        if name in sections and isinstance(value, dict):
            values |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            values[name] = value
    stated: dict[str, Any] = {"profiles": profiles}
    mistakes: list[Mistake] = []
    if not isinstance(profiles, dict):
        said = message("{key} should be {kind}.", key="profiles", kind=message("a table of name = value"))
        mistakes.append(Mistake(str(path), _line(text, "profiles"), "profiles", said))
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
    read = _converted(value, known[key])
    if read is None:
        raise _WrongError(message("{key} should be {kind}.", key=key, kind=_kind(known[key])))
    if (rule := _broken(key, read)) is not None:
        raise _WrongError(message("{key}: {rule}", key=key, rule=rule))
    return read


def from_text(key: str, text: str) -> Any:
    """The value of a setting given as text, as a variable or `config set` gives it.

    UsageError: no such setting, with the nearest one, or a value that does not fit.
    """
    known = flat(Settings())
    if key not in known:
        raise UsageError("no such setting: {key}.{hint}", key=key, hint=did_you_mean(key, known))
    return _from_text(text, known[key], key, key)


def as_text(value: object) -> str:
    """A value as a variable or `config set` takes it: lists with commas, tables as name=value."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={as_text(inner)}" for name, inner in value.items())
    if isinstance(value, tuple):
        return ",".join(map(as_text, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


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


# ---- environment and options -----------------------------------------------------------------------------------


def _from_texts(
    texts: Mapping[str, str | None], known: Mapping[str, Any], called: Callable[[str], str]
) -> dict[str, Any]:
    return {key: _from_text(text, known[key], key, called(key)) for key, text in texts.items() if text}


def _from_text(text: str, default: object, key: str, name: str) -> object:
    read = _converted(_split(text, default), default)
    if read is None:
        raise UsageError("{name} should be {kind}.", name=name, kind=_kind(default))
    if (rule := _broken(key, read)) is not None:
        raise UsageError("{name}: {rule}", name=name, rule=rule)
    return read


def _split(text: str, default: object) -> object:
    """A text in the shape that the config file would give: number, list or table."""
    if isinstance(default, Mapping):
        pairs = (part.partition("=") for part in text.split(","))
        return {name.strip(): _number(value) if default else value.strip() for name, _, value in pairs}
    if isinstance(default, tuple):
        return [_number(part) for part in text.split(",")]
    return text if isinstance(default, str) else _number(text)


def _number(text: str) -> object:
    try:
        return int(text) if text.strip().lstrip("+-").isdecimal() else Decimal(text.strip())
    except InvalidOperation:
        return text


# ---- kinds and rules -------------------------------------------------------------------------------------------


def _converted(value: object, default: object) -> Any:
    """The value in the type of its default; None where it does not fit."""
    if isinstance(default, Mapping):
        return _converted_table(value, next(iter(default.values()), ""))
    if isinstance(default, tuple):
        numbers = [_converted(item, default[0]) for item in value] if isinstance(value, list) else [None]
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
    table = {name: _converted(inner, default) for name, inner in value.items()}
    return None if None in table.values() else MappingProxyType(table)


def _kind(default: object) -> Message:
    if isinstance(default, Mapping):
        return message("a table of name = value")
    if isinstance(default, tuple):
        return message("a list of numbers")
    if isinstance(default, str):
        return message("a text")
    return message("a number") if isinstance(default, Decimal) else message("a whole number")


def _rising(count: int, cuts: tuple[Decimal, ...]) -> bool:
    return len(cuts) == count and all(
        low < high for low, high in zip((Decimal(0), *cuts), (*cuts, Decimal(100)), strict=True)
    )


def _share(rate: Decimal) -> bool:
    return 0 <= rate <= 1


_Rule = tuple[Callable[[Any], object], Message]
_SHARE: _Rule = (_share, message("it should lie between 0 and 1"))
_POSITIVE: _Rule = (lambda number: number > 0, message("it should be greater than 0"))
_NOT_NEGATIVE: _Rule = (lambda number: number >= 0, message("it should not be negative"))

_RULES: dict[str, _Rule] = {
    "lang": (LANGUAGES.__contains__, message("it should be zh or en")),
    "timeout": _NOT_NEGATIVE,
    "currency": (re.compile("[A-Z]{3}").fullmatch, message("it should be three capital letters, as CNY")),
    "classify.cut": (partial(_rising, 2), message("two percentages should rise between 0 and 100")),
    "classify.tiers": (partial(_rising, 3), message("three percentages should rise between 0 and 100")),
    "classify.months": _POSITIVE,
    "classify.boundary": ({"end", "start"}.__contains__, message("it should be end or start")),
    "classify.tier_names": ({"key", "vip"}.__contains__, message("it should be key or vip")),
    "value.discount": _NOT_NEGATIVE,
    "value.retention": _SHARE,
    "value.margin": _SHARE,
    "value.horizon_months": _POSITIVE,
    "value.min_history_days": _POSITIVE,
    "value.min_class": _POSITIVE,
    "value.referral_share": _SHARE,
    "value.retention_spread": _SHARE,
    "value.probability": (lambda table: all(map(_share, table.values())), _SHARE[1]),
    "prospects.stale_days": _POSITIVE,
    "prospects.threshold": (lambda score: 0 <= score <= 100, message("it should lie between 0 and 100")),  # noqa: PLR2004
    "status.lost_days": _POSITIVE,
    "status.lost_gaps": _NOT_NEGATIVE,
    "status.lost_days_by_kind": (lambda table: all(days > 0 for days in table.values()), _POSITIVE[1]),
    "status.loyal_orders": _POSITIVE,
    "status.loyal_days": _NOT_NEGATIVE,
    "codes.digits": (lambda digits: 1 <= digits <= 12, message("it should lie between 1 and 12")),  # noqa: PLR2004
    **{f"read.{entry.name}": _POSITIVE for entry in fields(Read)},
}


def _broken(key: str, value: object) -> Message | None:
    rule = _RULES.get(key)
    return None if rule is None or rule[0](value) else rule[1]


def did_you_mean(word: str, words: Iterable[str]) -> Message | str:
    """` Did you mean …?` for the nearest known word, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(words), n=1)
    return message(" Did you mean {word}?", word=near[0]) if near else ""
