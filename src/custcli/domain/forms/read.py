"""Form files are read: TOML texts to forms, base, parts and groups taken in; all mistakes are told at once."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from custcli.domain.forms.check import misfit, misnamed, mistakes, unknown
from custcli.domain.forms.model import Choice, Composite, Field, Form, Group
from custcli.errors import UsageError
from custcli.messages import Message, message

TYPES = ("text", "int", "decimal", "money", "percent", "date", "bool", "choice", "choices", "list", "ref", "path")
PERSONAL = ("N", "P", "S", "B")
MASKS = ("name", "phone", "id", "address", "date", "email", "account", "hide")
SECTIONS = ("form", "fields", "groups", "values", "composites", "card", "parts", "base")

Toml = dict[str, Any]
Kinds = Mapping[str, object]


def _kinds(made: type, *, without: Iterable[str] = (), **more: object) -> Kinds:
    """Key → type of the value, of the attributes that a file may give."""
    return {each.name: each.type for each in fields(made) if each.name not in without} | more


FIELD = _kinds(Field, without=("name", "group"))
GROUP = _kinds(Group, without=("name",), use=str, pick=tuple[str, ...], fields=Mapping[str, Any], store=str)
FORM = _kinds(Form, without=("fields", "groups", "composites", "values", "card"), base=str, store=str)
CHOICE = _kinds(Choice, without=("word",))
COMPOSITE = _kinds(Composite, without=("name",))
CARD: Kinds = {"rows": tuple[tuple[str, ...], ...]}
NOT_OF_A_GROUP = ("use", "pick", "fields", "store")


def load(texts: Iterable[tuple[str, str]]) -> dict[str, Form]:
    """Form name → Form, of (file name, TOML text) pairs; files without [form] hold shared things.

    All mistakes of all files are told at once: UsageError with file, place and the nearest known word.
    """
    reader = _Reader()
    files = [(name, reader.parse(name, text)) for name, text in texts]
    for name, data in files:
        reader.shared(name, data)
    forms = [reader.form(name, data) for name, data in files if "form" in data]
    reader.finish()
    return {form.name: form for form in forms}


class _Reader:
    """Collects shared lists, parts and bases, and every mistake on the way."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Choice]] = {}
        self.parts: dict[str, Toml] = {}
        self.bases: dict[str, Toml] = {}
        self.names: dict[str, str] = {}
        self.mistakes: list[Message] = []

    # mistakes

    def wrong(self, file: str, place: str, reason: Message | None) -> None:
        if reason:
            self.mistakes.append(message("{file}, {place}: {reason}", file=file, place=place, reason=reason))

    def finish(self) -> None:
        if self.mistakes:
            told = dict.fromkeys(map(str, self.mistakes))
            raise UsageError("the forms have mistakes:\n{mistakes}", mistakes="\n".join(told))

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

    def lacking(self, file: str, place: str, given: Toml, wanted: Iterable[str]) -> None:
        for key in wanted:
            if key not in given:
                self.wrong(file, place, message("{key} is missing", key=key))

    # files

    def parse(self, file: str, text: str) -> Toml:
        try:
            data = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            self.wrong(file, "TOML", message("{error}", error=str(error)))
            return {}
        for section, given in data.items():
            self.wrong(file, section, unknown(section, SECTIONS) or misfit(given, Mapping[str, Any]))
        return {name: given for name, given in data.items() if name in SECTIONS and isinstance(given, dict)}

    def shared(self, file: str, data: Toml) -> None:
        for name, words in self.tables(file, "[values]", data.get("values", {})).items():
            self.values.setdefault(name, {}).update(self.choices(file, f"[values.{name}]", words))
        for name, part in self.tables(file, "[parts]", data.get("parts", {})).items():
            self.parts[name] = part.get("fields", part)
        self.bases.update(self.tables(file, "[base]", data.get("base", {})))

    def choices(self, file: str, place: str, words: Toml) -> dict[str, Choice]:
        made: dict[str, Choice] = {}
        taken: dict[str, str] = {}
        for word, given in self.tables(file, place, words).items():
            keys = self.keys(file, f"{place} {word}", given, CHOICE)
            self.lacking(file, f"{place} {word}", given, ["zh"])
            made[word] = Choice(word=word, **_tuples({"zh": word} | keys))
            self.one_meaning(file, f"{place} {word}", made[word], word, taken)
        return made

    def one_meaning(self, file: str, place: str, item: Choice | Field, name: str, taken: dict[str, str]) -> None:
        """Each label of a list or a form's group means one word or field (`taken`: label → its owner)."""
        for label in sorted({item.zh, item.en, *item.also} - {""}):
            other = taken.setdefault(label.casefold(), name)
            if other != name:
                self.wrong(file, place, message("the label {label} means {other} already", label=label, other=other))

    # forms

    def form(self, file: str, data: Toml) -> Form:
        head = self.keys(file, "[form]", data["form"], FORM)
        self.lacking(file, "[form]", data["form"], ["name", "zh"])
        self.own_name(file, head.get("name"))
        self.wrong(file, "[form] table", misnamed(head.get("table", "entry")))
        base = self.base(file, head.pop("base", None))
        store = head.pop("store", "column")
        given = {key: base[key] for key in ("table", "match", "also") if key in base} | head
        made, groups = self.all_fields(file, data, base, store)
        form = Form(
            fields={name: self.field(file, name, keys) for name, keys in made.items()},
            groups=groups,
            composites=self.composites(file, data),
            values=self.values,
            card=_tuples(self.keys(file, "[card]", data.get("card", {}), CARD)).get("rows", ()),
            **_tuples({"name": "", "zh": "", "table": "entry", "version": 1} | given),
        )
        for place, reason in mistakes(form):
            self.wrong(file, place, reason)
        self.one_label_one_field(file, form)
        return form

    def own_name(self, file: str, name: str | None) -> None:
        if name is None:
            return
        self.wrong(file, "[form] name", misnamed(name))
        other = self.names.setdefault(name, file)
        if other != file:
            self.wrong(file, "[form] name", message("the form {name} stands in {file} already", name=name, file=other))

    def base(self, file: str, name: str | None) -> Toml:
        if name is not None:
            self.wrong(file, "[form] base", unknown(name, self.bases))
        return self.bases.get(name or "", {})

    def composites(self, file: str, data: Toml) -> dict[str, Composite]:
        made: dict[str, Composite] = {}
        for name, given in self.tables(file, "[composites]", data.get("composites", {})).items():
            place = f"[composites] {name}"
            keys = self.keys(file, place, given, COMPOSITE)
            self.wrong(file, place, misnamed(name))
            self.lacking(file, place, given, ["zh", "read", "into"])
            made[name] = Composite(name=name, **_tuples({"zh": name, "read": "", "into": []} | keys))
        return made

    def all_fields(self, file: str, data: Toml, base: Toml, store: str) -> tuple[Toml, dict[str, Group]]:
        """The form's fields as TOML, laid over those of its base: its own, then those of its groups; and the groups."""
        merged = {name: dict(keys) for name, keys in base.get("fields", {}).items()}
        for name, given in self.tables(file, "[fields]", data.get("fields", {})).items():
            keys = self.keys(file, f"[fields] {name}", given, FIELD)
            merged[name] = _laid_over(merged[name], keys) if name in merged else _stored(keys, store)
        made: dict[str, Group] = {}
        for name, given in self.tables(file, "[groups]", {**base.get("groups", {}), **data.get("groups", {})}).items():
            made[name] = self.group(file, name, given)
            prefix = f"{name}." if made[name].table else ""
            kept = given.get("store", "column" if prefix else store)
            for key, item in self.group_fields(file, name, given).items():
                under = merged.get(prefix + key)
                laid = _laid_over(under, item) if under else _stored(item, kept)
                merged[prefix + key] = laid | {"group": name}
        return merged, made

    def group(self, file: str, name: str, given: Toml) -> Group:
        place = f"[groups.{name}]"
        keys = self.keys(file, place, given, GROUP)
        self.wrong(file, place, misnamed(name))
        self.lacking(file, place, given, ["zh"])
        self.wrong(file, f"{place} table", misnamed(keys.get("table", "entry")))
        own = {key: value for key, value in keys.items() if key not in NOT_OF_A_GROUP}
        return Group(name=name, **_tuples({"zh": name} | own))

    def group_fields(self, file: str, name: str, keys: Toml) -> dict[str, Toml]:
        use = keys.get("use")
        if use is not None:
            self.wrong(file, f"[groups.{name}] use", unknown(use, self.parts))
        part = self.parts.get(str(use), {})
        for picked in keys.get("pick", ()) if part else ():
            self.wrong(file, f"[groups.{name}] pick {picked}", unknown(picked, part))
        merged = {key: dict(item) for key, item in part.items() if key in keys.get("pick", part)}
        for key, given in self.tables(file, f"[groups.{name}.fields]", keys.get("fields", {})).items():
            item = self.keys(file, f"[groups.{name}.fields] {key}", given, FIELD)
            merged[key] = _laid_over(merged.get(key, {}), item)
        return merged

    def field(self, file: str, name: str, keys: Toml) -> Field:
        place = f"[fields] {name}"
        self.wrong(file, place, misnamed(name.rpartition(".")[2]))
        self.lacking(file, place, keys, ["zh", "type", "pi"])
        for key, words in (("type", TYPES), ("pi", PERSONAL), ("mask", (*MASKS, "none")), ("values", self.values)):
            if key in keys:
                self.wrong(file, f"{place} {key}", unknown(keys[key], words))
        if "column" in keys:
            self.wrong(file, f"{place} column", misnamed(keys["column"]))
        return Field(name=name, **_tuples({"zh": name, "type": "text", "pi": "N"} | keys))

    def one_label_one_field(self, file: str, form: Form) -> None:
        taken: dict[str | None, dict[str, str]] = {}
        for item in form.fields.values():
            scope = item.group if "." in item.name else None
            self.one_meaning(file, f"[fields] {item.name}", item, item.name, taken.setdefault(scope, {}))


def _tuples(keys: Toml) -> Toml:
    """Lists as tuples, nested ones too, so that what is frozen stays so."""
    return {key: _frozen(value) for key, value in keys.items()}


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _stored(keys: Toml, store: str) -> Toml:
    return {"store": "column" if "column" in keys else store} | keys


def _laid_over(under: Toml, over: Toml) -> Toml:
    """A field named again changes the keys it gives; `also` adds, a changed label stays as alias (forms.md 4)."""
    aliases = [*under.get("also", []), *over.get("also", [])]
    aliases += [under[key] for key in ("zh", "en") if under.get(key) and over.get(key, under[key]) != under[key]]
    return under | over | ({"also": list(dict.fromkeys(aliases))} if aliases else {})
