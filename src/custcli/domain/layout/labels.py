"""Labels: what a heading may mean in one form, alone or in a chain of headings (forms.md 3.1)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from custcli.domain.forms import Choice, Field, Form, Group
from custcli.domain.layout.meanings import (
    BARE_YEAR,
    NEUTRAL,
    UNKNOWN,
    Meaning,
    Piece,
    Resolution,
    Target,
    bare_year,
    field_labels,
    group_labels,
    several,
)
from custcli.domain.layout.units import stated_unit, unit_word
from custcli.domain.readers import fold
from custcli.messages import Message, message

__all__ = ["EVERY_KEY", "REJECT_REASON", "Labels", "Meaning", "Resolution", "Target", "bare_year", "of", "several"]

REMEMBERED = 20_000
"""So many texts are remembered with what they mean."""
EVERY_KEY = "*"
"""The key of a field that holds for all keys of a record: the day on which all MAN letters were assessed."""
REJECT_REASON = "custcli: 原因 / reason"
"""Heading of the column that a reject workbook adds; known to every form and never read."""

_BRACKET = re.compile(r"(.+?)[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]")
_JOINTS = re.compile(r"[/|·.\-_>→:：,，、\n\r]+")
_SCRIPTS = re.compile(r"([\u3400-\u9fff()]+)([a-z][a-z ().&']*)|([a-z][a-z ().&']*)([\u3400-\u9fff()]+)")
_YEAR_FIRST = re.compile(r"((?:19|20|21)\d\d)年?+度?+(?<=.{5})(.*)|((?:19|20|21)\d\d)(.+)")
_YEAR_LAST = re.compile(r"(.+?)((?:19|20|21)\d\d)年?度?")
_NO_YEAR = re.compile(r"(前年|去年|今年|上年|本年|当年|上一年)度?(.*)")
_NUMBERED = re.compile(
    r"\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:\)[.、]?|[.、])(?=[^0-9])(.+)"
    r"|[【〔\[<「]([^】〕\]>」]+)[】〕\]>」]",
)
"""A label with its number before it (1. 二、 (3)), or in brackets as a whole."""
_UNSAID = "?"
_PATH_WITH_KEY = 3


class Labels:
    """The dictionary of one form. Made once for a form (see `of`), it remembers what it resolved."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.words: dict[str, set[Meaning]] = {}
        self.key_columns: dict[str, str] = {}
        self._pieces: dict[str, Piece | None] = {}
        self._resolved: dict[tuple[str, ...], Resolution] = {}
        self._yearly = [group for group in form.groups.values() if group.table and group.keys == "year"]
        self._headings = form.headings
        self._several = {text: group.name for group in several(form) for text in map(fold, group_labels(group))}
        for item in form.fields.values():
            self._add(field_labels(item), Meaning(self._table_group(item), None, item.name), whole=False)
        for composite in form.composites.values():
            self._add((composite.zh, composite.en, *composite.also, composite.name), Meaning(field=composite.name))
        for group in form.groups.values():
            self._add_group(group)

    def _table_group(self, item: Field) -> str | None:
        return item.group if "." in item.name else None

    def _add(self, texts: Iterable[str], meaning: Meaning, *, whole: bool = True) -> None:
        """`whole` labels name their group; a field's bare label does not."""
        said = meaning if whole else Meaning(field=meaning.field)
        for text in texts:
            if text:
                self.words.setdefault(fold(text), set()).add(said)

    def _add_group(self, group: Group) -> None:
        labels = group_labels(group)
        self._add(labels, Meaning(group=group.name))
        if not group.table:
            return
        self.key_columns.update({fold(text): group.name for text in group.key_labels})
        members = self.form.of_group(group.name)
        if group.history:
            shared = Meaning(group.name, EVERY_KEY, f"{group.name}.{group.history}")
            self._add([f"{group.name}.{EVERY_KEY}.{group.history}"], shared)
        for item in members:
            combined = (outer + inner for outer in labels for inner in field_labels(item))
            self._add([item.name, *combined], Meaning(group.name, None, item.name))
        for choice in self._keys(group):
            words = (choice.zh, choice.en, *choice.also)
            self._add((*words, f"{group.name}.{choice.word}"), Meaning(group.name, choice.word))
            for item in members:
                both = ((key, label) for key in words if key for label in field_labels(item))
                combined = (text for key, label in both for text in (key + label, label + key))
                self._add(
                    [f"{group.name}.{choice.word}.{item.key}", *combined], Meaning(group.name, choice.word, item.name)
                )

    def _keys(self, group: Group) -> Iterable[Choice]:
        return self.form.values.get(group.keys or "", {}).values() if group.keys != "year" else ()

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Labels as the form writes them: a quick look whether a text may be one."""
        texts = [text for item in self.form.fields.values() for text in field_labels(item)]
        texts += [text for group in self.form.groups.values() for text in (*group_labels(group), *group.key_labels)]
        return frozenset(texts)

    @cached_property
    def shared(self) -> frozenset[str]:
        """Keys of fields that some group with a table has too: without their group such labels are in doubt."""
        labels: dict[str, set[bool]] = {}
        for item in self.form.fields.values():
            for text in field_labels(item):
                labels.setdefault(fold(text), set()).add("." in item.name)
        doubtful = {text for text, sides in labels.items() if len(sides) > 1}
        return frozenset(
            item.name for item in self.form.fields.values() if doubtful & set(map(fold, field_labels(item)))
        )

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The texts by which a sheet of this form is titled."""
        return tuple(fold(text) for text in (self.form.zh, self.form.en, self.form.name, *self.form.also) if text)

    def knows(self, text: str) -> bool:
        """Whether the text alone is a label of this form."""
        return self.resolve((text,)).known

    def tells(self, text: str) -> bool:
        """Whether the text alone is a label that speaks for this form: one of more than what stands aside."""
        found = self.resolve((text,))
        return found.known and not (found.targets and all(target.field.aside for target in found.targets))

    def says(self, text: str) -> frozenset[Meaning]:
        """What the text alone may name; nothing where it is a chain of labels (联系人-姓名) or none."""
        piece = self._piece(text)
        return piece.chain[0] if piece and len(piece.chain) == 1 else frozenset()

    def member(self, group: str, text: str) -> Field | None:
        """The field of this group that the text names."""
        piece = self._piece(text)
        names = sorted(one.field for one in (piece.chain[-1] if piece else ()) if one.field)
        found = (
            self.form.fields[name] for name in names if name.partition(".")[0] == group and name in self.form.fields
        )
        return next(found, None)

    def resolve(self, chain: tuple[str, ...]) -> Resolution:
        """What a chain of headings means, from outside in (forms.md 3.1)."""
        found = self._resolved.get(chain)
        if found is None:
            if len(self._resolved) > REMEMBERED:
                self._resolved.clear()
                self._pieces.clear()
            found = self._resolved[chain] = self._resolve(chain)
        return found

    def _resolve(self, chain: tuple[str, ...]) -> Resolution:
        heading = self._headings.get(fold(chain[-1])) if chain and self._headings else None
        if heading is not None:
            return self._by_profile(chain[-1], heading)
        return self._by_labels(chain)

    def _by_labels(self, chain: tuple[str, ...]) -> Resolution:
        pieces = [self._piece(text) for text in chain]
        if not pieces or pieces[-1] is None:
            return UNKNOWN
        strange = any(piece is None and fold(text) not in NEUTRAL for piece, text in zip(pieces, chain, strict=True))
        combined = [Meaning()]
        for options in (options for piece in pieces if piece for options in piece.chain):
            step = [both for outer in combined for inner in options if (both := self._joined(outer, inner))]
            if not step:  # the group named has no such field: the form's own one, unless the label is shared
                strange = True
                if any(outer.field for outer in combined):
                    return UNKNOWN
                step = [inner for inner in options if inner.field and inner.group is None and "." not in inner.field]
            combined = step
        known = [piece for piece in pieces if piece]
        bare = len(known) == 1 and len(known[0].chain) == 1 and all(not (m.group or m.key) for m in combined)
        inners = [piece.inner if piece else _bracket(text) for piece, text in zip(pieces, chain, strict=True)]
        return self._decide(combined, strange=strange, bare=bare, inners=inners, exact=all(p.exact for p in known))

    def _by_profile(self, text: str, name: str) -> Resolution:
        """What an import's profile says of a heading: a field, or to pass it over."""
        if not name:
            passed = Field(name=text, zh=text, type="text", pi="P", off=True)
            return Resolution(known=True, targets=(Target(passed, text),))
        found = self._by_labels((name,))
        stated = stated_unit([_bracket(text)], found.targets[0].field)[0] if found.targets else None
        return replace(found, bare=False, exact=True, unit=found.unit or stated)

    def _joined(self, outer: Meaning, inner: Meaning) -> Meaning | None:
        """One label above or before another one; None where they contradict each other."""
        pairs = ((outer.group, inner.group), (outer.key, inner.key), (outer.field, inner.field))
        if any(a is not None and b is not None and a != b for a, b in pairs):
            return None
        both = Meaning(*(b if a is None else a for a, b in pairs))
        if both.group is None or both.field is None:
            return both
        holder = both.field.partition(".")[0] if "." in both.field else None
        return both if holder == (both.group if self.form.groups[both.group].table else None) else None

    def _decide(
        self, meanings: list[Meaning], *, strange: bool, bare: bool, inners: list[str], exact: bool,
    ) -> Resolution:  # fmt: skip
        if strange:
            meanings = [one for one in meanings if one.field not in self.shared]
        options = {target.path: (one, target) for one in meanings for target in [self._target(one)] if target}
        own = {path: option for path, option in options.items() if "." not in option[1].field.name}
        options = own or options
        if not options:
            keyless = next((self.form.groups[one.group] for one in meanings if one.group), None)
            return (
                Resolution(known=keyless is not None, group=keyless.name if keyless else None)
                if not strange
                else UNKNOWN
            )
        if len(options) > 1:
            paths = sorted(options)
            whole = (self._whole(options[path][1].field) for path in paths)
            doubt = message("could be {fields}: write {label}", fields=_either(paths), label=" / ".join(whole))
            return Resolution(known=True, problem=doubt, bare=bare)
        meaning, target = next(iter(options.values()))
        problem = self._keyless(target)
        unit, foreign = stated_unit(inners, target.field)
        if foreign:
            problem = message("another currency than yuan: convert it, or give each row its currency")
        targets = () if problem else tuple(self._parts(meaning, target))
        return Resolution(True, targets, problem, unit, bare, exact, meaning.group)

    def _whole(self, item: Field) -> str:
        """The label of a field behind that of its group: 联系人姓名."""
        group = self.form.groups.get(item.group or "")
        return f"{group.label if group and group.table else ''}{item.label}"

    def _target(self, meaning: Meaning) -> Target | None:
        """The field meant, or None. Where only the group or the key is named it is the one that stands `alone`."""
        composite = self.form.composites.get(meaning.field or "")
        if composite:
            first = self.form.fields[composite.into[-1]]
            return Target(first, first.name, None, meaning.field)
        group = self.form.groups[meaning.group] if meaning.group else None
        name = meaning.field
        if name is None and group and group.alone:
            name = f"{group.name}.{group.alone}" if group.table else group.alone
        item = self.form.fields.get(name or "")
        if item is None:
            return None
        group = self.form.groups[item.group] if item.group and "." in item.name else None
        if group and group.many and meaning.key:
            return Target(item, f"{group.name}.{meaning.key}.{item.key}", meaning.key)
        if group is None or group.many or not group.key:
            return Target(item, item.name)
        key = EVERY_KEY if meaning.key is None and group.history == item.key else meaning.key
        return Target(item, f"{group.name}.{key or _UNSAID}.{item.key}", key)

    def _keyless(self, target: Target) -> Message | None:
        group = self.form.groups.get(target.field.group or "")
        if f".{_UNSAID}." not in target.path or group is None:
            return None
        if group.keys == "year":
            return message("which year?")
        return message("which of {labels}?", labels=" / ".join(choice.label for choice in self._keys(group)))

    def _parts(self, meaning: Meaning, target: Target) -> Iterable[Target]:
        if not target.composite:
            return [target]
        into = (self.form.fields[name] for name in self.form.composites[meaning.field or ""].into)
        return [Target(item, item.name, None, target.composite) for item in into]

    def _piece(self, text: str) -> Piece | None:
        if text not in self._pieces:
            self._pieces[text] = self._parse(text)
        return self._pieces[text]

    def _parse(self, text: str) -> Piece | None:
        copy = fold(text)
        found = self._look(copy)
        if found:
            return Piece((frozenset(found),), _bracket(text))
        bracket = _BRACKET.fullmatch(copy)
        if bracket and (head := self._piece(bracket[1])):
            inside = self._look(bracket[2]) or (
                self._look(bracket[2] + "年") if BARE_YEAR.fullmatch(bracket[2]) else None
            )
            if inside:
                return Piece((frozenset(inside), *head.chain), head.inner, head.exact)
            return Piece(
                head.chain, f"{bracket[2]} {head.inner}".strip(), exact=bool(unit_word(bracket[2])) and head.exact
            )
        jointed = self._jointed([part for part in _JOINTS.split(text) if fold(part)]) or self._two_scripts(copy)
        return jointed or self._adorned(copy)

    def _adorned(self, copy: str) -> Piece | None:
        """1.客户名称, （2）电话, 【地址】: the label without its number or the brackets around it."""
        found = _NUMBERED.fullmatch(copy)
        return self._piece(found[1] or found[2]) if found else None

    def _jointed(self, parts: list[str]) -> Piece | None:
        """联系人-姓名 is a chain; 客户名称/Customer name says the same thing twice."""
        if len(parts) < 2:  # noqa: PLR2004 - one part is no joint
            return None
        if unit_word(fold(parts[-1])) and (head := self._piece(" ".join(parts[:-1]))):
            return Piece(head.chain, f"{fold(parts[-1])} {head.inner}".strip(), head.exact)
        parts = [part + "年" if BARE_YEAR.fullmatch(part.strip()) else part for part in parts]
        pieces = [self._piece(part) for part in parts]
        if any(piece is None for piece in pieces):
            return None
        known = [piece for piece in pieces if piece]
        if all(len(piece.chain) == 1 for piece in known):
            same = frozenset.intersection(*(piece.chain[0] for piece in known))
            if same:
                return Piece((same,), " ".join(piece.inner for piece in known).strip())
        return Piece(tuple(options for piece in known for options in piece.chain), known[-1].inner)

    def _two_scripts(self, copy: str) -> Piece | None:
        found = _SCRIPTS.fullmatch(copy)
        return self._jointed([part for part in found.groups() if part]) if found else None

    def _look(self, copy: str) -> set[Meaning] | None:
        if not copy:
            return None
        found = self.words.get(copy)
        if found is None and copy.isascii():
            found = self.words.get(re.sub(r"[_\-]", "", copy))
        found = found or (self._with_year(copy) if self._yearly else None)
        return found or (self._with_ordinal(copy) if self._several else None)

    def _with_year(self, copy: str) -> set[Meaning] | None:
        path = copy.split(".")
        if len(path) == _PATH_WITH_KEY and BARE_YEAR.fullmatch(path[1]):
            return self._of_year(path[1], f"{path[0]}.{path[2]}")
        for pattern in (_YEAR_FIRST, _YEAR_LAST, _NO_YEAR):
            found = pattern.fullmatch(copy)
            if found:
                words = [part for part in found.groups() if part]
                year = next((part for part in words if BARE_YEAR.fullmatch(part)), _UNSAID)
                rest = "".join(part for part in words if part != year and not (year == _UNSAID and part == words[0]))
                if meanings := self._of_year(year, rest):
                    return meanings
        return None

    def _with_ordinal(self, copy: str) -> set[Meaning] | None:
        """子女1姓名, children.1.name: the first element of a group of which a record has several."""
        found = self._ordinals.fullmatch(copy)
        if not found:
            return None
        label, number, rest = found.groups()
        group = self._several[label]
        names = {item.name for item in self.form.of_group(group) if rest in {item.key, *map(fold, field_labels(item))}}
        meanings = {Meaning(group, number, name) for name in names}
        return meanings or (None if rest else {Meaning(group, number)})

    @cached_property
    def _ordinals(self) -> re.Pattern[str]:
        labels = sorted(map(re.escape, self._several), key=len, reverse=True)
        return re.compile(rf"({'|'.join(labels)})\.?([1-9][0-9]?)\.?(.*)")

    def _of_year(self, year: str, rest: str) -> set[Meaning] | None:
        yearly = {group.name for group in self._yearly}
        if not rest:
            return {Meaning(name, year) for name in yearly}
        named = self.words.get(rest, ())
        found = {Meaning(one.group, year, one.field) for one in named if one.group in yearly}
        found |= {
            Meaning(group, year, one.field)
            for one in named
            if one.field and not one.group and (group := one.field.partition(".")[0]) in yearly
        }
        return found or None


_MADE: dict[int, Labels] = {}


def of(form: Form) -> Labels:
    """The labels of a form, made once."""
    made = _MADE.get(id(form))
    if made is None or made.form is not form:
        made = _MADE[id(form)] = Labels(form)
    return made


def _bracket(text: str) -> str:
    found = _BRACKET.fullmatch(fold(text))
    return found[2] if found else ""


def _either(paths: list[str]) -> Message:
    return message("{first} or {second}", first=", ".join(paths[:-1]), second=paths[-1])
