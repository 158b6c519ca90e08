"""The message catalogue: English source texts, looked up in the language of the run.

A rule never says a sentence: it returns a Message (source text and parameters), and the edge says it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")
_CATALOGUES = {"zh": "zh_CN.json"}
_language = ["zh"]
_tiers = ["key"]


@dataclass(frozen=True)
class Message:
    """A sentence not yet said: the English source text with `{name}` places, and what fills them.

    A parameter may itself be a Message; it is said in the same language.
    """

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self.text, **self.params)


def message(text: str, /, **params: object) -> Message:
    """A Message of a source text and its parameters."""
    return Message(text, params)


def use(language: str, tiers: str = "key") -> None:
    """Speak this language (`zh` or `en`) from now on, and call the tiers of customers by this set of names (F097)."""
    _language[0], _tiers[0] = language, tiers


def language() -> str:
    """The language spoken: `zh` or `en`."""
    return _language[0]


def tier_names() -> str:
    """The set of names that tiers are called by: `key` or `vip`."""
    return _tiers[0]


def say(text: str, /, **params: object) -> str:
    """The source text in the language of the run, its places filled in."""
    said = _catalogue(_language[0]).get(text, text)
    return said.format(**params) if params else said


def every(text: str, /) -> set[str]:
    """A source text without places in every language."""
    return {text, *(_catalogue(name).get(text, text) for name in LANGUAGES)}


@cache
def _catalogue(name: str) -> dict[str, str]:
    if name not in _CATALOGUES:
        return {}
    text = resources.files("custcli").joinpath("locale", _CATALOGUES[name]).read_text(encoding="utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return catalogue
