"""The layers of settings laid over each other: defaults, config file, environment, options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from custcli.errors import Mistake
from custcli.settings.file import stated_in, told
from custcli.settings.sections import Settings, flat
from custcli.settings.values import as_setting


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
    stated, mistakes = stated_in(path, known) if (asked and strict) or path.is_file() else ({}, [])
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


def _from_texts(
    texts: Mapping[str, str | None], known: Mapping[str, Any], called: Callable[[str], str]
) -> dict[str, Any]:
    return {key: as_setting(text, known[key], key, called(key)) for key, text in texts.items() if text}
