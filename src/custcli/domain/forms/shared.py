"""What forms share is read: value lists, parts, bases; every mistake is kept with its file and line (forms.md 1)."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from custcli.domain.forms import own
from custcli.domain.forms.check import Mistake as Fault
from custcli.domain.forms.check import misfit, unknown
from custcli.domain.forms.laid import Toml, laid_over, tuples
from custcli.domain.forms.lines import Lines
from custcli.domain.forms.model import Choice, Field
from custcli.errors import Mistake
from custcli.messages import Message, message

SECTIONS = ("form", "fields", "groups", "values", "composites", "card", "score", "parts", "base")

Kinds = Mapping[str, object]


def kinds(made: type, *, without: Iterable[str] = (), **more: object) -> Kinds:
    """Key → type of the value, of the attributes that a file may give."""
    return {each.name: each.type for each in fields(made) if each.name not in without} | more


CHOICE = kinds(Choice, without=("word",))


class Shared:
    """Collects shared lists, parts and bases, and every mistake on the way."""

    def __init__(self) -> None:
        self.words: dict[str, Toml] = {}
        self.listed: dict[str, list[str]] = {}
        self.values: dict[str, dict[str, Choice]] = {}
        self.parts: dict[str, Toml] = {}
        self.bases: dict[str, Toml] = {}
        self.texts: dict[str, str] = {}
        self.mistakes: list[Mistake] = []

    # mistakes

    def wrong(self, files: str | Sequence[str], place: str, reason: Message | None) -> None:
        """Keep a mistake; of several files it stands in the one that has its place."""
        if reason:
            names = [files] if isinstance(files, str) else files
            found = [(name, line) for name in reversed(names) if (line := Lines(self.texts[name]).of(place))]
            name, line = next(iter(found), (names[-1], None))
            self.mistakes.append(Mistake(name, line, place, reason))

    def faults(self, files: str | Sequence[str], found: Iterable[Fault]) -> bool:
        """Keep these mistakes; whether there are none."""
        told = list(found)
        for place, reason in told:
            self.wrong(files, place, reason)
        return not told

    def keys(self, file: str, place: str, given: Toml, kinds: Kinds) -> Toml:
        """The keys that are known and hold a value of their kind."""
        for key, value in given.items():
            self.wrong(file, f"{place} {key}", misfit(value, kinds[key]) if key in kinds else unknown(key, kinds))
        return {key: value for key, value in given.items() if key in kinds and not misfit(value, kinds[key])}

    def tables(self, file: str, place: str, given: object) -> dict[str, Toml]:
        """The tables of a table of tables."""
        if misfit(given, Mapping[str, Any]):
            self.wrong(file, place, message("a table is expected"))
            return {}
        items = given.items() if isinstance(given, dict) else ()
        for name, keys in items:
            self.wrong(file, f"{place} {name}", misfit(keys, Mapping[str, Any]))
        return {name: keys for name, keys in items if isinstance(keys, dict)}

    def lacking(self, files: str | Sequence[str], place: str, given: Toml, wanted: Iterable[str]) -> None:
        """Tell the obligatory keys that are not given."""
        for key in wanted:
            if key not in given:
                self.wrong(files, place, message("{key} is missing", key=key))

    # files

    def parse(self, file: str, text: str) -> Toml:
        """The known sections of a file."""
        self.texts[file] = text
        try:
            data = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            self.mistakes.append(Mistake(file, line, "TOML", message("{error}", error=str(error))))
            return {}
        for section, given in data.items():
            self.wrong(file, section, unknown(section, SECTIONS) or misfit(given, Mapping[str, Any]))
        return {name: given for name, given in data.items() if name in SECTIONS and isinstance(given, dict)}

    def shared(self, file: str, data: Toml, *, users: bool = False) -> None:
        """Take the lists, parts and bases of a file in."""
        for name, words in self.tables(file, "[values]", data.get("values", {})).items():
            self.list(file, name, words, users=users)
        for name, part in self.tables(file, "[parts]", data.get("parts", {})).items():
            self.parts[name] = part.get("fields", part)
        self.bases.update(self.tables(file, "[base]", data.get("base", {})))

    def list(self, file: str, name: str, words: Toml, *, users: bool) -> None:
        """The words of a list; users may add words to a built-in one, rename and hide its words."""
        place = f"[values.{name}]"
        known = self.words.setdefault(name, {})
        self.listed.setdefault(name, []).append(file)
        if users and known and name in own.CLOSED:
            self.wrong(file, place, message("this list cannot be changed: rules know its words"))
            return
        for word, given in self.tables(file, place, words).items():
            keys = self.keys(file, f"{place} {word}", given, CHOICE)
            under = known.get(word)
            if under is None:
                self.lacking(file, f"{place} {word}", given, ["zh"])
            elif users:
                said = message("of a built-in word this cannot be changed")
                self.faults(file, ((f"{place} {word} {key}", said) for key in keys if key not in own.OF_A_WORD))
            known[word] = laid_over(under, keys) if under else keys

    def lists(self) -> None:
        """All lists are read: in one of them a label means one word."""
        for name, words in self.words.items():
            taken: dict[str, str] = {}
            made = self.values.setdefault(name, {})
            for word, keys in words.items():
                made[word] = Choice(word=word, **tuples({"zh": word} | keys))
                self.one_meaning(self.listed[name], f"[values.{name}] {word}", made[word], word, taken)

    def one_meaning(
        self, files: str | Sequence[str], place: str, item: Choice | Field, name: str, taken: dict[str, str]
    ) -> None:
        """Each label of a list or a form's group means one word or field (`taken`: label → its owner)."""
        for label in sorted({item.zh, item.en, *item.also} - {""}):
            other = taken.setdefault(label.casefold(), name)
            if other != name:
                self.wrong(files, place, message("the label {label} means {other} already", label=label, other=other))
