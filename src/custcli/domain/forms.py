"""The form language (forms.md 1): TOML texts in, checked forms out. Every verb reads a form from here and nowhere else."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from custcli import messages
from custcli.errors import UsageError
from custcli.messages import Message, message

TYPES = ("text", "int", "decimal", "money", "percent", "date", "bool", "choice", "choices", "list", "ref", "path")
PERSONAL = ("N", "P", "S", "B")
MASKS = ("name", "phone", "id", "address", "date", "email", "account", "hide")
SECTIONS = ("form", "fields", "groups", "values", "composites", "card", "parts", "base")


def _label(item: "Choice | Field | Group | Form") -> str:
    return item.zh if messages.language() == "zh" else item.en or item.zh


@dataclass(frozen=True)
class Choice:
    """An allowed word: `word` is stored and typed, the labels are what people write (forms.md 1.3)."""

    word: str
    zh: str
    en: str = ""
    also: tuple[str, ...] = ()
    implies: Mapping[str, str] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    hidden: bool = False

    label = property(_label)


@dataclass(frozen=True)
class Field:
    """One field (forms.md 1.2). `name` is the whole name: `legal_rep.name`, `yearly_sales.amount`, `region`."""

    name: str
    zh: str
    type: str
    pi: str
    en: str = ""
    also: tuple[str, ...] = ()
    group: str | None = None
    values: str | None = None
    open: bool = False
    to: str | None = None
    check: str | None = None
    read: str | None = None
    min: int | str | None = None
    max: int | str | None = None
    max_length: int | None = None
    unit: str | None = None
    required: bool = False
    recommended: bool = False
    weight: int = 1
    mask: str | None = None
    default: str | int | bool | None = None
    default_rule: str | None = None
    fallback: str | None = None
    derived: str | None = None
    off: bool = False
    store: str = "column"
    column: str | None = None
    sheet: bool = False
    carry: bool = False
    printed: bool = False
    next: str | None = None
    at: str | None = None
    index: bool = False
    was: tuple[str, ...] = ()

    label = property(_label)

    @property
    def key(self) -> str:
        """The name inside its group: `name` of `legal_rep.name`."""
        return self.name.rpartition(".")[2]

    @property
    def stored(self) -> str | None:
        """The column that holds it, or None where it is a key of the table's `extra`."""
        return None if self.store == "extra" else self.column or self.key


@dataclass(frozen=True)
class Group:
    """Fields that belong together (forms.md 1.4). Without `table` it only groups labels."""

    name: str
    zh: str
    en: str = ""
    also: tuple[str, ...] = ()
    table: str | None = None
    set: Mapping[str, str] = field(default_factory=dict)
    many: bool = False
    key: str | None = None
    keys: str | None = None
    key_labels: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    order: str | None = None
    history: str | None = None
    expect: int | None = None
    alone: str | None = None

    label = property(_label)


@dataclass(frozen=True)
class Composite:
    """One label on paper, several fields (forms.md 1.5)."""

    name: str
    zh: str
    read: str
    into: tuple[str, ...]
    en: str = ""
    also: tuple[str, ...] = ()

    label = property(_label)


@dataclass(frozen=True)
class Form:
    """A dossier kind or a register, complete: base, parts and groups taken in."""

    name: str
    version: int
    zh: str
    table: str
    en: str = ""
    also: tuple[str, ...] = ()
    set: Mapping[str, str] = field(default_factory=dict)
    match: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    rows: str | None = None
    checks: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    composites: Mapping[str, Composite] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    card: tuple[tuple[str, ...], ...] = ()

    label = property(_label)

    @property
    def dossier(self) -> bool:
        """Whether its records are customers (a dossier kind), not rows of a register."""
        return self.table == "customer"

    def choices(self, item: Field) -> Mapping[str, Choice]:
        """The allowed words of a field, by word; empty where it has no list."""
        return self.values[item.values] if item.values else {}

    def of_group(self, group: str | None) -> list[Field]:
        """The fields of one group, or those of no group."""
        return [item for item in self.fields.values() if item.group == group]


FIELD_KEYS = {f.name for f in fields(Field)} - {"name", "group"}
GROUP_KEYS = {f.name for f in fields(Group)} - {"name"} | {"use", "pick", "fields", "store"}
FORM_KEYS = {f.name for f in fields(Form)} - {"fields", "groups", "composites", "values", "card"} | {"base", "store"}
CHOICE_KEYS = {f.name for f in fields(Choice)} - {"word"}
COMPOSITE_KEYS = {f.name for f in fields(Composite)} - {"name"}

Toml = dict[str, Any]


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
        self.mistakes: list[Message] = []

    def parse(self, file: str, text: str) -> Toml:
        try:
            data = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            self.wrong(file, "TOML", message("{error}", error=str(error)))
            return {}
        self.known(file, "", data, set(SECTIONS))
        return data

    def wrong(self, file: str, place: str, reason: Message) -> None:
        self.mistakes.append(message("{file}, {place}: {reason}", file=file, place=place, reason=reason))

    def known(self, file: str, place: str, table: Toml, words: set[str]) -> None:
        for key in table:
            self.one_of(file, f"{place} {key}".strip(), key, words)

    def one_of(self, file: str, place: str, word: object, words: Iterable[str]) -> None:
        words = list(words)
        if word in words:
            return
        near = get_close_matches(str(word), words, n=1)
        said = message("unknown word; did you mean {near}?", near=near[0]) if near else message("unknown word")
        self.wrong(file, place, said)

    def finish(self) -> None:
        if self.mistakes:
            raise UsageError("the forms have mistakes:\n{mistakes}", mistakes="\n".join(map(str, self.mistakes)))

    def shared(self, file: str, data: Toml) -> None:
        for name, words in data.get("values", {}).items():
            self.values.setdefault(name, {}).update(self.choices(file, name, words))
        self.parts.update({name: part.get("fields", part) for name, part in data.get("parts", {}).items()})
        self.bases.update(data.get("base", {}))

    def choices(self, file: str, name: str, words: Toml) -> dict[str, Choice]:
        place = f"[values.{name}]"
        for word, keys in words.items():
            self.known(file, f"{place} {word}", keys, CHOICE_KEYS)
        return {word: Choice(word=word, **_tuples(_only(keys, CHOICE_KEYS))) for word, keys in words.items()}

    def form(self, file: str, data: Toml) -> Form:
        head = dict(data["form"])
        self.known(file, "[form]", head, FORM_KEYS)
        base = self.bases.get(head.pop("base", ""), {})
        if "base" in data["form"] and not base:
            self.one_of(file, "[form] base", data["form"]["base"], self.bases)
        store = head.pop("store", "column")
        own = self.own_fields(file, data.get("fields", {}), base.get("fields", {}), store)
        groups, grouped = self.all_groups(file, {**base.get("groups", {}), **data.get("groups", {})}, store)
        composites = {
            name: Composite(name=name, **_tuples(_only(keys, COMPOSITE_KEYS)))
            for name, keys in data.get("composites", {}).items()
        }
        given = {key: base[key] for key in ("table", "match", "also") if key in base} | head
        made = {name: self.field(file, name, keys) for name, keys in (own | grouped).items()}
        self.one_label_one_field(file, made)
        return Form(
            fields=made,
            groups=groups,
            composites=composites,
            values=self.values,
            card=tuple(map(tuple, data.get("card", {}).get("rows", []))),
            **_tuples(_only({"table": "entry", "version": 1} | given, FORM_KEYS)),
        )

    def own_fields(self, file: str, own: Toml, base: Toml, store: str) -> Toml:
        merged = {name: dict(keys) for name, keys in base.items()}
        for name, keys in own.items():
            self.known(file, f"[fields] {name}", keys, FIELD_KEYS)
            merged[name] = _laid_over(merged[name], keys) if name in merged else _stored(keys, store)
        return merged

    def all_groups(self, file: str, groups: Toml, form_store: str) -> tuple[dict[str, Group], Toml]:
        made: dict[str, Group] = {}
        grouped: Toml = {}
        for name, keys in groups.items():
            self.known(file, f"[groups.{name}]", keys, GROUP_KEYS)
            table = keys.get("table")
            store = keys.get("store", "column" if table else form_store)
            for key, item in self.group_fields(file, name, keys).items():
                grouped[f"{name}.{key}" if table else key] = {"group": name} | _stored(item, store)
            made[name] = Group(name=name, **_tuples(_only(keys, GROUP_KEYS - {"use", "pick", "fields", "store"})))
        return made, grouped

    def group_fields(self, file: str, name: str, keys: Toml) -> Toml:
        part = self.parts.get(keys.get("use", ""), {})
        if "use" in keys:
            self.one_of(file, f"[groups.{name}] use", keys["use"], self.parts)
        merged = {key: dict(item) for key, item in part.items() if key in keys.get("pick", part)}
        for key, item in keys.get("fields", {}).items():
            self.known(file, f"[groups.{name}.fields] {key}", item, FIELD_KEYS)
            merged[key] = _laid_over(merged.get(key, {}), item)
        return merged

    def field(self, file: str, name: str, keys: Toml) -> Field:
        place = f"[fields] {name}"
        for key in ("zh", "type", "pi"):
            if key not in keys:
                self.wrong(file, place, message("{key} is missing", key=key))
        self.one_of(file, f"{place} type", keys.get("type", "text"), TYPES)
        self.one_of(file, f"{place} pi", keys.get("pi", "N"), PERSONAL)
        if "mask" in keys:
            self.one_of(file, f"{place} mask", keys["mask"], (*MASKS, "none"))
        if "values" in keys:
            self.one_of(file, f"{place} values", keys["values"], self.values)
        given = {"zh": name, "type": "text", "pi": "N"} | _only(keys, FIELD_KEYS | {"group"})
        return Field(name=name, **_tuples(given))

    def one_label_one_field(self, file: str, made: dict[str, Field]) -> None:
        taken: dict[tuple[str | None, str], str] = {}
        for item in made.values():
            scope = item.group if "." in item.name else None
            for label in {item.zh, item.en, *item.also} - {""}:
                other = taken.setdefault((scope, label.casefold()), item.name)
                if other != item.name:
                    reason = message("the label {label} means {other} already", label=label, other=other)
                    self.wrong(file, f"[fields] {item.name}", reason)


def _only(keys: Toml, words: set[str]) -> Toml:
    return {key: value for key, value in keys.items() if key in words}


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
    aliases += [under[key] for key in ("zh", "en") if key in over and under.get(key)]
    return under | over | ({"also": aliases} if aliases else {})
