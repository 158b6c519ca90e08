"""Form files are read: TOML texts to forms, base, parts, groups and extensions taken in; mistakes told all at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from custcli.domain.forms import own, scored
from custcli.domain.forms.check import misnamed, mistakes, named_rules, unknown
from custcli.domain.forms.laid import Resolved, Toml, laid_over, ordered, paired, siblings, stored, tuples, whole_card
from custcli.domain.forms.model import Composite, Field, Form, Group
from custcli.domain.forms.shared import Kinds, Shared, kinds
from custcli.errors import Mistake, UsageError
from custcli.messages import message

TYPES = ("text", "int", "decimal", "money", "percent", "date", "bool", "choice", "choices", "list", "ref", "path")
PERSONAL = ("N", "P", "S", "B")
MASKS = ("name", "phone", "id", "address", "date", "email", "account", "hide")

Texts = Iterable[tuple[str, str]]


FIELD = kinds(Field, without=("name", "group"))
GROUP = kinds(Group, without=("name",), use=str, pick=tuple[str, ...], fields=Mapping[str, Any], store=str)
NOT_OF_A_FORM = ("fields", "groups", "composites", "values", "card", "files", "headings", "unit", "scheme", "referred")
FORM = kinds(Form, without=NOT_OF_A_FORM, base=str, store=str)
EXTENSION: Kinds = {"extends": str, "order": tuple[str, ...]} | {key: FORM[key] for key in own.OF_THE_FORM[1:-1]}
COMPOSITE = kinds(Composite, without=("name",))
CARD: Kinds = {"rows": tuple[tuple[str, ...], ...]}
NOT_OF_A_GROUP = ("use", "pick", "fields", "store")


def load(texts: Texts, users: Texts = ()) -> dict[str, Form]:
    """Form name → Form, of (file name, TOML text) pairs; files without [form] hold shared things.

    `users`: the files of users, laid over the others (forms.md 4). UsageError tells all mistakes of all files.
    """
    forms, found = read(texts, users)
    if found:
        raise UsageError("the forms have mistakes:\n{mistakes}", mistakes="\n".join(map(str, found)))
    return forms


def read(texts: Texts, users: Texts = ()) -> tuple[dict[str, Form], list[Mistake]]:
    """As `load`, but what is right with its mistakes beside: each with file, line and the nearest known word.

    The same texts are read once in a process: reading the built-in forms takes longer than most commands' own work.
    """
    forms, found = _read(tuple(texts), tuple(users))
    return dict(forms), list(found)


@lru_cache(maxsize=8)
def _read(
    texts: tuple[tuple[str, str], ...], users: tuple[tuple[str, str], ...]
) -> tuple[dict[str, Form], list[Mistake]]:
    reader = _Reader()
    files = [(name, reader.parse(name, text)) for name, text in texts]
    owned = [(name, reader.parse(name, text)) for name, text in users]
    for name, data in files:
        reader.shared(name, data)
    for name, data in owned:
        reader.shared(name, data, users=True)
    reader.lists()
    whole = [(each, False) for each in files] + [(each, True) for each in owned if not _extends(each[1])]
    for (name, data), users_own in whole:
        if "form" in data:
            reader.resolve(name, data, users=users_own)
    for name, data in owned:
        if _extends(data):
            reader.extend(name, data)
    forms = reader.referring([reader.form(made) for made in reader.resolved])
    found = {str(each): each for each in reader.mistakes}.values()
    return {form.name: form for form in forms}, sorted(found, key=lambda each: (each.file, each.line or 0))


def _extends(data: Toml) -> bool:
    return "extends" in data.get("form", {})


class _Reader(Shared):
    """Takes base, parts, groups and extensions into the forms, on top of what they share."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self.resolved: list[Resolved] = []

    # forms

    def resolve(self, file: str, data: Toml, *, users: bool) -> None:
        head = self.keys(file, "[form]", data["form"], FORM)
        self.lacking(file, "[form]", data["form"], ["name", "zh"])
        self.own_name(file, head.get("name"))
        self.wrong(file, "[form] table", misnamed(head.get("table", "entry")))
        base = self.base(file, head.pop("base", None))
        if users:
            self.faults(file, own.head(head, base, self.values.get("kinds", {})))
        store = head.pop("store", "column")
        given = {key: base[key] for key in ("table", "match", "also") if key in base} | head
        whole = {"name": "", "zh": "", "table": "entry", "version": 1} | given
        made = Resolved([file], whole, self.composites(file, data), self.card(file, data), users=users)
        made.scheme = self.scheme(file, data, {})
        self.all_fields(made, data, base, store)
        self.resolved.append(made)

    def card(self, file: str, data: Toml) -> tuple[tuple[str, ...], ...]:
        given = tuples(self.keys(file, "[card]", data.get("card", {}), CARD))
        rows: tuple[tuple[str, ...], ...] = given.get("rows", ())
        return rows

    def scheme(self, file: str, data: Toml, under: Toml) -> Toml:
        """The section [score], laid over the one there is."""
        given = data.get("score", {})
        self.faults(file, scored.misfits(given))
        return scored.laid(under, self.keys(file, "[score]", given, scored.KEYS))

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
            made[name] = Composite(name=name, **tuples({"zh": name, "read": "", "into": []} | keys))
        return made

    def all_fields(self, form: Resolved, data: Toml, base: Toml, store: str) -> None:
        """The form's fields as TOML, laid over those of its base: its own, then those of its groups; and the groups."""
        file = form.files[-1]
        form.fields = {name: dict(keys) for name, keys in base.get("fields", {}).items()}
        for name, given in self.tables(file, "[fields]", data.get("fields", {})).items():
            keys = self.keys(file, f"[fields] {name}", given, FIELD)
            form.fields[name] = self.laid(form, f"[fields] {name}", form.fields.get(name), keys, store)
        for name, given in self.tables(file, "[groups]", {**base.get("groups", {}), **data.get("groups", {})}).items():
            group = form.groups[name] = self.group(form, name, given)
            kept = given.get("store", "column" if group.table else store)
            self.members(form, group, given, kept)

    def laid(self, form: Resolved, place: str, under: Toml | None, keys: Toml, store: str) -> Toml:
        """A field as it is laid over the one of base or part; of a user's file within what users may say."""
        if not form.users:
            return laid_over(under, keys) if under else stored(keys, store)
        file = form.files[-1]
        if under:
            return laid_over(under, keys) if self.faults(file, own.changes(place, under, keys)) else under
        self.faults(file, own.not_own(place, keys))
        return own.protected({"pi": "P", **keys} if form.extended else keys)

    def members(self, form: Resolved, group: Group, given: Toml, store: str) -> None:
        """The fields of a group: those of the part it uses, its own laid over them."""
        file, place = form.files[-1], f"[groups.{group.name}.fields]"
        part = self.part(file, group.name, given)
        own_keys = {
            key: self.keys(file, f"{place} {key}", keys, FIELD)
            for key, keys in self.tables(file, place, given.get("fields", {})).items()
        }
        prefix = f"{group.name}." if group.table else ""
        for key, item in part.items():
            under = form.fields.get(prefix + key)
            kept = {**item, "store": "extra"} if group.table == "entry" else stored(item, store)
            form.fields[prefix + key] = (laid_over(under, item) if under else kept) | {"group": group.name}
        for key, keys in own_keys.items():
            under = form.fields.get(prefix + key)
            if form.extended and under is None and not (group.table and group.name.startswith(own.PREFIX)):
                self.faults(file, own.new_field(f"{place} {key}", key, siblings(form, group.name)))
            laid = self.laid(form, f"{place} {key}", under, keys, store)
            form.fields[prefix + key] = laid | {"group": group.name}

    def part(self, file: str, group: str, keys: Toml) -> dict[str, Toml]:
        use = keys.get("use")
        if use is not None:
            self.wrong(file, f"[groups.{group}] use", unknown(use, self.parts))
        part = self.parts.get(str(use), {})
        for picked in keys.get("pick", ()) if part else ():
            self.wrong(file, f"[groups.{group}] pick {picked}", unknown(picked, part))
        return {key: dict(item) for key, item in part.items() if key in keys.get("pick", part)}

    def group(self, form: Resolved, name: str, given: Toml) -> Group:
        file, place = form.files[-1], f"[groups.{name}]"
        keys = self.keys(file, place, given, GROUP)
        self.wrong(file, place, misnamed(name))
        self.lacking(file, place, given, ["zh"])
        self.wrong(file, f"{place} table", misnamed(keys.get("table", "entry")))
        kept = {key: value for key, value in keys.items() if key not in NOT_OF_A_GROUP}
        if form.users:
            self.faults(file, own.reserved(place, given, form.head["table"]))
            if keys.get("key") or keys.get("many"):
                kept.setdefault("table", "entry")
        return Group(name=name, **tuples({"zh": name} | kept))

    def field(self, files: Sequence[str], name: str, keys: Toml) -> Field:
        place = f"[fields] {name}"
        self.wrong(files, place, misnamed(name.rpartition(".")[2]))
        self.lacking(files, place, keys, ["zh", "type", "pi"])
        for key, words in (("type", TYPES), ("pi", PERSONAL), ("mask", (*MASKS, "none")), ("values", self.values)):
            if key in keys:
                self.wrong(files, f"{place} {key}", unknown(keys[key], words))
        if "column" in keys:
            self.wrong(files, f"{place} column", misnamed(keys["column"]))
        self.faults(files, named_rules(place, keys, self.names))
        former = {"also": [*keys.get("also", []), *keys["was"]]} if "was" in keys else {}
        return Field(name=name, **tuples({"zh": name, "type": "text", "pi": "N"} | keys | former))

    def form(self, made: Resolved) -> Form:
        """The form of what is resolved, with all that can be told only of the whole."""
        paired(made)
        form = Form(
            fields={name: self.field(made.files, name, made.fields[name]) for name in ordered(made)},
            groups=made.groups,
            composites=made.composites,
            values=self.values,
            card=whole_card(made),
            files=tuple(made.files),
            scheme=scored.made(made.scheme),
            **tuples(made.head),
        )
        self.faults(made.files, mistakes(form))
        taken: dict[str | None, dict[str, str]] = {}
        for item in form.fields.values():
            scope = item.group if "." in item.name else None
            self.one_meaning(made.files, f"[fields] {item.name}", item, item.name, taken.setdefault(scope, {}))
        return form

    def referring(self, forms: Sequence[Form]) -> Sequence[Form]:
        """The forms with those that they refer to, whose records have a number to be named by."""
        known = {form.name: form for form in forms}
        made = []
        for form in forms:
            named = {item.name: known[str(item.to)] for item in form.fields.values() if item.to in known}
            for name, other in named.items():
                said = message("the records of {form} have no number to be named by", form=other.name)
                self.wrong(form.files, f"[fields] {name} to", said if other.number is None else None)
            made.append(replace(form, referred={other.name: other for other in named.values()}))
        return made

    # extensions

    def extend(self, file: str, data: Toml) -> None:
        """Lay a user's file over the resolved form that it extends."""
        head = self.keys(file, "[form]", data["form"], EXTENSION)
        said = message("of a built-in form this cannot be changed")
        self.faults(file, ((name, said) for name in data if name not in own.SECTIONS))
        known = {each.head["name"]: each for each in reversed(self.resolved)}
        form = known.get(head.get("extends"))
        if form is None:
            self.wrong(file, "[form] extends", unknown(head.get("extends"), known))
            return
        form.files.append(file)
        before, form.users, form.extended = form.users, True, True
        version = max(form.head["version"], head.get("version", 0))
        titles = {key: value for key, value in head.items() if key in ("zh", "en", "also")}
        form.head = laid_over(form.head, titles) | {"version": version}
        form.order = head.get("order", form.order)
        form.card = self.card(file, data) or form.card
        form.scheme = self.scheme(file, data, form.scheme)
        self.more_fields(form, data)
        self.more_groups(form, data)
        form.users = before

    def more_fields(self, form: Resolved, data: Toml) -> None:
        file = form.files[-1]
        for name, given in self.tables(file, "[fields]", data.get("fields", {})).items():
            place = f"[fields] {name}"
            keys = self.keys(file, place, given, FIELD)
            under = form.fields.get(name)
            if under is None and not self.faults(file, own.new_field(place, name, form.fields)):
                continue
            form.fields[name] = self.laid(form, place, under, keys, "extra")
            form.added += [] if under else [name]

    def more_groups(self, form: Resolved, data: Toml) -> None:
        file = form.files[-1]
        for name, given in self.tables(file, "[groups]", data.get("groups", {})).items():
            place = f"[groups.{name}]"
            known = form.groups.get(name)
            if known is None:
                if self.faults(file, own.new_field(place, name, form.groups)):
                    form.groups[name] = self.group(form, name, given)
                    self.members(form, form.groups[name], given, "extra")
                    form.added.append(name)
                continue
            keys = self.keys(file, place, given, GROUP)
            said = message("of a built-in group this cannot be changed")
            if self.faults(file, ((f"{place} {key}", said) for key in keys if key not in own.OF_A_GROUP)):
                raw = {"zh": known.zh, "en": known.en, "also": list(known.also), "expect": known.expect}
                changed = tuples(laid_over(raw, {key: value for key, value in keys.items() if key != "fields"}))
                form.groups[name] = replace(known, **changed)
            self.members(form, form.groups[name], {"fields": given.get("fields", {})}, "extra")
