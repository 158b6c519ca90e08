"""Keyed groups on a card: a value stands where a key (2023年, 需求) and a field (金额, 依据) meet (forms.md 3.3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from custcli.domain.forms import Group
from custcli.domain.layout.heads import Heads
from custcli.domain.layout.labels import Resolution
from custcli.domain.layout.marks import LABELS, Mark, Marks, Role
from custcli.domain.layout.paper import Box
from custcli.domain.readers import fold
from custcli.messages import Message, message


@dataclass(frozen=True)
class Met:
    """A value of a keyed group: its label (the field's, or the key's where it stands alone), and what they mean."""

    value: Mark
    label: Mark
    found: Resolution


@dataclass
class _Look:
    """What stands left of a value in its row, or above it in its column: the nearest field and key."""

    field: Mark | None = None
    key: Mark | None = None
    other: bool = False
    near: Mark | None = None


class Keyed:
    """One keyed group on one card."""

    def __init__(self, marks: Marks, heads: Heads, group: Group) -> None:
        self.marks = marks
        self.known = marks.known
        self.group = group
        self.keys = marks.keys(group.name)
        fields = [mark for mark in marks.of(Role.FIELD) if self.known.member(group.name, mark.text)]
        self.fields = {mark.box: mark for mark in fields if self._in_group(heads, mark)}
        self.inner = [mark for mark in self.fields.values() if not self.known.resolve((mark.text,)).targets]
        own = (mark for mark in marks.of(Role.GROUP) if self.known.resolve((mark.text,)).group == group.name)
        self.head = next(own, None)
        self.met: list[Met] = []
        self.problems: dict[Box, Message] = {}
        self.labels: set[Box] = set()
        if self.keys:
            self._read()

    def _in_group(self, heads: Heads, mark: Mark) -> bool:
        """A field that names its key, or that another group claims, is not looked for here."""
        found = heads.resolve(mark.box, mark.text)
        targets = found.targets
        if targets and (not targets[0].path.startswith(f"{self.group.name}.") or targets[0].key not in (None, "*")):
            return "." not in targets[0].path and not heads.over(mark.box)
        return found.known or not heads.over(mark.box)

    def _read(self) -> None:
        boxes = [*self.keys, *self.fields]
        top, bottom = min(box.row for box in boxes), max(box.bottom for box in boxes) + 1
        for mark in self.marks.of(Role.VALUE):
            if top <= mark.box.row <= bottom:
                self._value(mark)

    def _value(self, mark: Mark) -> None:
        left = self._look(mark, self._leftwards)
        above = self._look(mark, self._upwards)
        answers = left.near is not None and left.near.role is not Role.VALUE
        if left.other and (answers or not (above.near and self._is_own(above.near))):
            return
        fields = [(look.field, look) for look in (left, above) if look.field]
        keys = [(look.key, look) for look in (left, above) if look.key]
        if fields and keys:
            pairs = [(field, key) for field, a in fields for key, b in keys if a is not b]
            field, key = (pairs or [(fields[0][0], keys[0][0])])[0]
            self._take(mark, field, [key, field])
        elif keys:
            self._alone(mark, keys[0][0], adjacent=keys[0][1].near is keys[0][0])
        elif fields and not self.known.resolve((fields[0][0].text,)).targets:
            self._keyless(fields[0][0])

    def _take(self, value: Mark, label: Mark, chain: list[Mark]) -> None:
        texts = tuple(mark.text for mark in ([self.head] if self.head else []) + chain)
        found = self.known.resolve(texts)
        self.labels |= {mark.box for mark in chain}
        if found.problem:
            self.problems[label.box] = message("{heading}: {reason}", heading=label.text, reason=found.problem)
        elif found.targets:
            self.met.append(Met(value, label, found))

    def _alone(self, value: Mark, key: Mark, *, adjacent: bool) -> None:
        """A key without a field means the one that stands alone, if no field of the group has a label here."""
        if self.inner or not adjacent or not self.group.alone or not self._headless(key, value):
            reason = message("{heading}: which of its fields?", heading=key.text)
            self.problems[value.box] = reason
        else:
            self._take(value, key, [key])

    def _headless(self, key: Mark, value: Mark) -> bool:
        """Whether nothing shows that a field's label is missing: no blank beside the values or under the heading."""
        if value.box.row > key.box.row:
            start = min(box.column for box in self.keys if box.row == key.box.row)
            beside = self.marks.paper.at(value.box.row, start - 1)
            return beside.row <= key.box.row or start <= self.marks.area.left
        first = min(box.row for box in self.keys if box.column == key.box.column)
        corner = self.marks.at(first - 1, key.box.column)
        return corner is None or corner.role is not Role.CORNER

    def _keyless(self, label: Mark) -> None:
        reason = self.known.resolve((label.text,)).problem
        if reason:
            self.problems[label.box] = message("{heading}: {reason}", heading=label.text, reason=reason)

    def _look(self, mark: Mark, way: Callable[[Box], Iterator[Mark | None]]) -> _Look:
        """Walk away from a value over other values and blanks to the labels; another field's label ends the walk."""
        found = _Look()
        for step, other in enumerate(way(mark.box)):
            if step == 0:
                found.near = other
            if other is None or other.role in (Role.VALUE, Role.CORNER):
                if found.key:
                    break
                continue
            if other.box in self.fields:
                if found.field and fold(found.field.text) == fold(other.text):
                    break
                found.field = found.field or other
            elif other.box in self.keys and not found.key:
                found.key = other
                continue
            elif other is not self.head:
                found.other = not (found.field or found.key) and other.role in (*LABELS, Role.PAIRS)
            if found.key or other.box not in self.fields:
                break
        return found

    def _leftwards(self, box: Box) -> Iterator[Mark | None]:
        column = box.column - 1
        while column >= self.marks.area.left:
            beside = self.marks.paper.at(box.row, column)
            yield self.marks.marks.get(beside)
            column = beside.column - 1

    def _upwards(self, box: Box) -> Iterator[Mark | None]:
        row = box.row - 1
        while row >= self.marks.area.top:
            above = self.marks.paper.at(row, box.column)
            yield self.marks.marks.get(above)
            row = above.row - 1

    def _is_own(self, mark: Mark) -> bool:
        return mark.box in self.keys or mark.box in self.fields
