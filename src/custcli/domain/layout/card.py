"""Cards: paper forms with labels left of or above their values, one record each (forms.md 3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from custcli.domain.forms import Field, Form
from custcli.domain.layout import labels
from custcli.domain.layout.heads import Head, Heads
from custcli.domain.layout.keyed import Keyed
from custcli.domain.layout.labels import Labels, Resolution, Target
from custcli.domain.layout.marks import BOXES, LABELS, Mark, Marks, Role
from custcli.domain.layout.paper import Area, Box, Paper
from custcli.domain.layout.placed import CardRecord, Cards, Fixed, LeftOver, Placed
from custcli.domain.layout.split import areas
from custcli.domain.layout.units import PERCENT, default_unit
from custcli.messages import Message, message

TICKED = ("choice", "choices")
TABLE_WIDTH = 2
"""So many cells beside each other in two rows are a table below a card."""


def find(form: Form, paper: Paper) -> Cards | None:
    """The cards that this form sees on the sheet, None where it sees none."""
    known = labels.of(form)
    cards = tuple(_Card(known, paper, area).record() for area in areas(known, paper))
    return Cards(form, cards) if any(card.found for card in cards) else None


@dataclass
class _Single:
    """A label that has one value: what it means, and whether its group's labels have theirs below."""

    mark: Mark
    found: Resolution
    head: Head | None
    value: Mark | None = None


class _Card:
    """One card being read: keyed groups first, then single labels, then what is left over."""

    def __init__(self, known: Labels, paper: Paper, area: Area) -> None:
        self.known = known
        self.paper = paper
        self.marks = Marks(known, paper, area)
        self.heads = Heads(self.marks)
        self.taken: set[Box] = set()
        self.values: dict[str, Fixed] = {}
        self.not_taken: list[Placed] = []
        self.problems: dict[tuple[int, int], Message] = {}
        self.strange: list[Mark] = []
        self.below: list[_Single] = []

    def record(self) -> CardRecord:
        """The card, read."""
        used = self._keyed()
        self._pairs()
        self._singles([single for single in self._found() if single.mark.box not in used])
        self._ticks()
        left = self._left_over(used)
        return CardRecord(
            top=self.marks.area.top,
            values=self.values,
            left_over=tuple(LeftOver(box.row, box.column, _said(box)) for box in left),
            problems=tuple((*place, reason) for place, reason in sorted(self.problems.items(), key=lambda one: one[0])),
            not_taken=tuple(self.not_taken),
            cells=len(self.marks.marks),
            table_below=self._table_below(left),
        )

    # keyed groups

    def _keyed(self) -> set[Box]:
        """Read the keyed groups; returns the labels that are theirs."""
        used: set[Box] = set()
        several = labels.several(self.known.form)
        for group in self.known.form.groups.values():
            if not (group.table and (group.key or group in several)):
                continue
            found = Keyed(self.marks, self.heads, group)
            for met in found.met:
                self._take(met.found, met.label.text, met.value, met.label)
            for box, reason in found.problems.items():
                self._wrong(box, reason)
            used |= found.labels
            used |= {mark.box for mark in found.inner} if found.keys else set()
        return used

    # label：value in one cell

    def _pairs(self) -> None:
        for mark in self.marks.of(Role.PAIRS):
            head = self.heads.over(mark.box)
            group = head.text if head else None
            for label, value in mark.pairs:
                alone = self.known.resolve((label,))
                own = group and (not alone.group or alone.group == self.known.resolve((group,)).group)
                found = self.known.resolve((group, label)) if group and own else alone
                group = label if self.heads.names_group(label) else group
                self._pair(mark, label, value, found if found.known else alone)

    def _pair(self, mark: Mark, label: str, value: str, found: Resolution) -> None:
        if value:
            stated = Mark(Box(mark.box.row, mark.box.column, mark.box.bottom, mark.box.right, value), Role.VALUE, value)
            self._take(found, label, stated, mark)
        else:
            right = self.marks.right(mark.box)
            last = label == mark.pairs[-1][0]
            open_ = last and right and right.role is Role.VALUE and right.box not in self.taken
            self._take(found, label, right if open_ else None, mark)

    # single labels

    def _found(self) -> Iterator[_Single]:
        """The labels that may have a value of their own, each with what it means in its place."""
        for mark in self.marks.of(Role.FIELD):
            found = self.heads.resolve(mark.box, mark.text)
            if found.known:
                yield _Single(mark, found, self.heads.over(mark.box))
            else:
                self.strange.append(mark)
        for mark in self.marks.of(Role.GROUP):
            found, head = self.known.resolve((mark.text,)), self.heads.of(mark)
            if not head or not (found.targets or found.problem):
                self.strange += [mark] if head and not self._heads_any(head) else []
            elif self._answers_alone(mark, head, found):
                yield _Single(mark, found, self.heads.over(mark.box))

    def _heads_any(self, head: Head) -> bool:
        group = self.known.form.groups.get(self.known.resolve((head.text,)).group or "")
        return bool(self.heads.members(head)) or group is None or not group.table

    def _answers_alone(self, mark: Mark, head: Head, found: Resolution) -> bool:
        """Whether a group's label has a value itself (联系人 | 李四): not where a strange label could stand there."""
        right = self.marks.right(mark.box)
        members = self.heads.members(head)
        if right is None or right.role is not Role.VALUE:
            return not members
        item = found.targets[0].field if found.targets else None
        after = self.marks.right(right.box)
        if item and item.type in TICKED:
            return True
        if members and self._hanging(right):
            return False
        if after is None:
            first = min((m.box.column for m in members if m.box.row == mark.box.row), default=None)
            return first is None
        return after.role is not Role.VALUE

    def _singles(self, singles: list[_Single]) -> None:
        rows: dict[tuple[int, Box | None], list[_Single]] = {}
        for single in singles:
            head = single.head if single.head and single.head.real else None
            rows.setdefault((single.mark.box.row, head.box if head else None), []).append(single)
        ways = [(row, self._downwards(row)) for row in rows.values()]
        mostly_down = 2 * sum(down for _, down in ways) > len(ways)
        for row, downwards in ways:
            if mostly_down and not downwards:
                self._doubtful(row)
            for single in row:
                at = single.found.targets[0].field.at if single.found.targets else None
                below = at == "below" or (at is None and downwards)
                beside = self.marks.below(single.mark.box) if below else self.marks.right(single.mark.box)
                single.value = self._answer(beside)
                self.below += [single] if below and single.value else []
        for single in singles:
            self._take(single.found, single.mark.text, self._whole(single), single.mark)
            if single.value is None and self._misplaced(single.mark):
                self.strange.append(single.mark)

    def _doubtful(self, row: list[_Single]) -> None:
        """On a card with values below its labels: a text right of a label, with values below both, may be a label."""
        for single in row:
            right = self._answer(self.marks.right(single.mark.box))
            if right and right.text and self._hanging(single.mark) and self._answer(self.marks.below(right.box)):
                self._wrong(
                    single.mark.box, message("{heading}: values right of it and below", heading=single.mark.text)
                )

    def _misplaced(self, mark: Mark) -> bool:
        """Whether a label may be a value: behind a value and a blank, without room; a group's, behind a text."""
        right, left = self.marks.right(mark.box), self.marks.left(mark.box)
        if mark.role is Role.GROUP and left and left.role is Role.VALUE and left.box not in self.taken:
            return True  # 职务 under another name, and a role (经理) right of it
        room = mark.box.right < self.marks.area.right and right is None
        before = self.marks.at(mark.box.row, mark.box.column - 2)
        beside = self.paper.at(mark.box.row, mark.box.column - 1)
        return not room and beside.blank and before is not None and before.role is Role.VALUE

    def _downwards(self, row: list[_Single]) -> bool:
        """Whether the labels of a row mostly have no value at their right, and more have one below."""
        right = sum(self._answer(self.marks.right(single.mark.box)) is not None for single in row)
        below = sum(self._hanging(single.mark) for single in row)
        return below > right and (2 * right < len(row) or below == len(row))

    def _hanging(self, mark: Mark) -> bool:
        """Whether a value stands below that no label at its left claims."""
        value = self._answer(self.marks.below(mark.box))
        if value is None:
            return False
        left, after = self.marks.left(value.box), self.marks.right(value.box)
        claimed = left is not None and left.role in (Role.FIELD, Role.KEY) and left.box.row == value.box.row
        if mark.role is Role.GROUP and after and after.role is Role.VALUE:
            over = self.marks.at(mark.box.row, after.box.column)
            claimed = claimed or over is None or over.role not in LABELS
        return not claimed

    def _answer(self, mark: Mark | None) -> Mark | None:
        return mark if mark and mark.role is Role.VALUE and mark.box not in self.taken else None

    def _whole(self, single: _Single) -> Mark | None:
        """The value; of a choice with all cells of words and boxes up to the next label."""
        value = single.value
        item = single.found.targets[0].field if single.found.targets else None
        if value is None or item is None or item.type not in TICKED or single in self.below:
            return value
        parts, last = [str(value.box.value)], value.box
        while more := self._ticks_right(item, last):
            parts.append(str(more.box.value))
            self.taken.add(more.box)
            last = more.box
        return Mark(value.box, Role.VALUE, " ".join(parts)) if len(parts) > 1 else value

    def _ticks_right(self, item: Field, box: Box) -> Mark | None:
        for step in (1, 2):
            mark = self.marks.at(box.row, box.right + step)
            if mark is not None:
                fits = BOXES.search(mark.text) or self.marks.is_word(item, mark.text)
                return mark if self._answer(mark) and fits and mark.text else None
        return None

    def _ticks(self) -> None:
        """Words in a group's rows without a label of their own (资产状况: 自有□ 租赁☑, or 租赁 alone)."""
        for mark in self.marks.of(Role.VALUE):
            head = self.heads.over(mark.box) if mark.text and mark.box not in self.taken else None
            group = self.known.resolve((head.text,)).group if head else None
            plain = group is not None and not self.known.form.groups[group].table
            for item in self.known.form.of_group(group) if group and (plain or BOXES.search(mark.text)) else []:
                words = BOXES.sub(" ", mark.text).split()
                if item.type in TICKED and words and all(self.marks.is_word(item, word) for word in words):
                    target = Target(item, item.name)
                    single = _Single(mark, Resolution(True, (target,)), head, mark)
                    self._take(single.found, item.label, self._whole(single), mark)

    # what is kept

    def _take(self, found: Resolution, label: str, value: Mark | None, at: Mark) -> None:
        """Keep a value (None: the blank beside its label) under all that its label means."""
        if value:
            self.taken.add(value.box)
        if found.problem and value:
            self._wrong(at.box, message("{heading}: {reason}", heading=label, reason=found.problem))
        for target in found.targets:
            self._keep(target, found.unit, label, value, at)

    def _keep(self, target: Target, unit: int | None, label: str, value: Mark | None, at: Mark) -> None:
        item = target.field
        row, column = (value.box.row, value.box.column) if value else (at.box.row, at.box.right + 1)
        place = Placed(
            index=len(self.values),
            heading=label,
            field=item,
            path=target.path,
            unit=unit or self._unit(item),
            key=target.key,
            composite=target.composite,
            at=(row, column),
        )
        stated = None if value is None else value.text if value.role is Role.VALUE and value.text else value.box.value
        if item.off or item.derived:
            self.not_taken += [place] if stated is not None else []
        elif target.path not in self.values or self.values[target.path][1] is None:
            old = self.values.get(target.path)
            if old is None or stated is not None:
                index = old[0].index if old else place.index
                self.values[target.path] = (replace(place, index=index), stated, row, column)
        elif stated not in (None, self.values[target.path][1]):
            self._wrong(at.box, message("{heading}: another label means the same field", heading=label))

    def _unit(self, item: Field) -> int | None:
        """Of an amount the unit that the sheet says, else the one that is printed on the form."""
        if item.type == "money":
            return self.marks.unit or default_unit(item)
        return PERCENT if item.type == "percent" and item.unit == "%" else None

    def _wrong(self, box: Box, reason: Message) -> None:
        self.problems.setdefault((box.row, box.column), reason)

    # what is left over

    def _left_over(self, used: set[Box]) -> list[Box]:
        """Values without a label; beside a blanked label of a group they are a problem of the group."""
        found: list[Box] = [*(mark.box for mark in self.strange), *self._lone_keys(used)]
        for mark in self.marks.of(Role.VALUE):
            if mark.box in self.taken:
                continue
            head = self._headed(mark)
            if head:
                self._wrong(mark.box, message("{group}: a value without its label", group=head.text))
            else:
                found.append(mark.box)
        return sorted(found, key=lambda box: (box.row, box.column))

    def _lone_keys(self, used: set[Box]) -> Iterator[Box]:
        """A year without another one in its row or column, of which nothing was said, is no key but a value."""
        keys = [mark.box for mark in self.marks.of(Role.KEY)]
        for box in keys:
            beside = [other for other in keys if other != box and (other.row == box.row or other.column == box.column)]
            if not beside and box not in used:
                yield box

    def _headed(self, mark: Mark) -> Head | None:
        """The group in whose rows a value stands where its label is blank."""
        box = mark.box
        left, above = self.paper.at(box.row, box.column - 1), self.paper.at(box.row - 1, box.column)
        heads = [head for head in self.heads.heads if head.real and self._is_table(head)]
        for head in heads:
            inside = head.box.row <= box.row <= head.box.bottom and box.column > head.box.right + 1
            if inside and left.blank and self.heads.members(head):
                return head
            down = any(
                single.head == head and single.value and single.value.box.row == box.row for single in self.below
            )
            if down and above.blank:
                return head
        return None

    def _is_table(self, head: Head) -> bool:
        group = self.known.form.groups.get(self.known.resolve((head.text,)).group or "")
        return bool(group and group.table and not group.key)

    def _table_below(self, left: list[Box]) -> bool:
        """Whether rows of a table go on below the card's values, or stand below the card by themselves."""
        rows: dict[int, set[int]] = {}
        for box in left:
            rows.setdefault(box.row, set()).add(box.column)
        for single in self.below:
            if single.value:
                rows.setdefault(single.value.box.row, set()).add(single.value.box.column)
        last = max((mark.box.row for mark in self.marks.of(*LABELS, Role.PAIRS)), default=0)
        under = {row: columns for row, columns in rows.items() if row >= last}
        return any(len(columns & under.get(row + 1, set())) >= TABLE_WIDTH for row, columns in under.items())


def _said(box: Box) -> str:
    return " ".join(str(box.value).split())
