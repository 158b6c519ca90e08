"""Which group's label a label on a card belongs to: right of it in its rows, or below it in its columns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from custcli.domain.layout.labels import Resolution
from custcli.domain.layout.marks import BOXES, LABELS, Mark, Marks, Role
from custcli.domain.layout.paper import Box
from custcli.domain.layout.sheet import UNNAMED


@dataclass(frozen=True)
class Head:
    """A cell that heads others: a group's label, or (`real` is False) a strange text or a blank in its place."""

    box: Box
    text: str
    real: bool = True


class Heads:
    """The group's labels of a card and what each of its labels means under them."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.known = marks.known
        self.heads = list({head.box: head for head in (*self._strange(), *self._groups())}.values())
        self.sections: dict[Box, Head] = {}
        for head in self.heads:
            self._section(head)

    def of(self, mark: Mark) -> Head | None:
        """The head that a group's label is."""
        place = (mark.box.row, mark.box.column)
        return next((head for head in self.heads if head.real and (head.box.row, head.box.column) == place), None)

    def over(self, box: Box) -> Head | None:
        """The nearest head left of a cell in its rows, else the one above."""
        left = [h for h in self.heads if h.box.row <= box.row <= h.box.bottom and h.box.right < box.column]
        return max(left, key=lambda head: (head.box.right, head.real)) if left else self.sections.get(box)

    def resolve(self, box: Box, text: str) -> Resolution:
        """What a label means in its place; UNKNOWN where it stands under a strange head and could be another's."""
        head = self.over(box)
        if head is None:
            return self.known.resolve((text,))
        alone = self.known.resolve((text,))
        if alone.group and alone.targets and "." in alone.targets[0].path:
            return alone
        return self.known.resolve((head.text, text))

    def members(self, head: Head) -> list[Mark]:
        """The labels that belong to a group's label."""
        group = self.known.resolve((head.text,)).group
        fields = (mark for mark in self.marks.of(Role.FIELD) if self.over(mark.box) == head)
        return [mark for mark in fields if self._belongs(head, mark.text) and group]

    def _belongs(self, head: Head, text: str) -> bool:
        found = self.known.resolve((head.text, text))
        return found.group is not None and bool(found.targets or found.problem)

    def _groups(self) -> Iterator[Head]:
        for mark in self.marks.of(Role.GROUP):
            yield Head(self._extended(mark), mark.text)
        for mark in self.marks.of(Role.PAIRS):
            named = [label for label, _ in mark.pairs if self.names_group(label)]
            if named:
                yield Head(mark.box, named[-1])

    def _extended(self, mark: Mark) -> Box:
        """The label's cell, with the rows below it where nothing stands in its place and every label needs it."""
        box, head = mark.box, Head(mark.box, mark.text)
        seen = self._texts(box.row, box)
        while box.bottom < self.marks.area.bottom:
            under = self.marks.paper.at(box.bottom + 1, box.column)
            texts = self._texts(under.row, box)
            fresh = texts and not seen & texts and all(self._needs(head, text) for text in texts)
            if not (under.blank and under.bottom == under.row and fresh):
                break
            seen |= texts
            box = replace(box, bottom=under.row)
        return box

    def _texts(self, row: int, box: Box) -> set[str]:
        fields = self.marks.of(Role.FIELD)
        return {mark.text for mark in fields if mark.box.row == row and mark.box.column > box.right}

    def names_group(self, text: str) -> bool:
        """Whether a label names a group and no field of it."""
        said = self.known.says(text)
        return bool(said) and all(one.group and not one.field and not one.key for one in said)

    def _strange(self) -> Iterator[Head]:
        """Where a group's label should stand: a strange text, or a blank in the column of groups' labels."""
        columns = {mark.box.column for mark in self.marks.of(Role.GROUP)}
        for mark in self.marks.of(Role.FIELD):
            beside = self.marks.paper.at(mark.box.row, mark.box.column - 1)
            over = self.marks.paper.at(mark.box.row - 1, mark.box.column)
            if mark.box.column > self.marks.area.left and self._strange_box(beside, in_column=beside.column in columns):
                yield Head(beside, beside.text or UNNAMED, real=False)
            elif over.right > over.column and mark.box.row > self._first and self._strange_box(over, in_column=True):
                yield Head(over, over.text or UNNAMED, real=False)

    def _strange_box(self, box: Box, *, in_column: bool) -> bool:
        """Whether it is a text, or a blank in a group's place, that is no answer to the label at its left."""
        left = self.marks.left(box)
        if left and left.role in (*LABELS, Role.PAIRS):
            return False
        mark = self.marks.marks.get(box)
        if mark is None:
            return box.blank and (in_column or box.bottom > box.row)
        return mark.role is Role.VALUE and bool(mark.text) and not BOXES.search(mark.text)

    @cached_property
    def _first(self) -> int:
        return min((mark.box.row for mark in self.marks.of(*LABELS, Role.PAIRS)), default=0)

    def _section(self, head: Head) -> None:
        """Labels below a head: under its columns, or the whole block below a group's label that stands alone."""
        beside, beneath = self.marks.right(head.box), self.marks.below(head.box)
        wide = head.box.right > head.box.column
        if beside and beside.role not in (Role.GROUP, Role.TITLE) and not wide:
            return
        if not (beneath and beneath.role is Role.FIELD and self._needs(head, beneath.text)) and not wide:
            return
        last = head.box.right if wide else self.marks.area.right
        row = head.box.bottom + 1
        while row <= self.marks.area.bottom:
            across = [mark for mark in self.marks if mark.box.row == row]
            inside = [mark for mark in across if head.box.column <= mark.box.column <= last]
            labels = [mark for mark in inside if mark.role is Role.FIELD]
            members = [mark for mark in labels if self._belongs(head, mark.text) or not head.real]
            if any(mark.role is Role.GROUP for mark in inside) or (not members and _labelled(across)) or not across:
                return
            self.sections |= {mark.box: head for mark in labels}
            if not members:
                return
            row += 1

    def _needs(self, head: Head, text: str) -> bool:
        """Whether a label is in doubt without the group, and clear with it."""
        return not self.known.resolve((text,)).targets and self._belongs(head, text)


def _labelled(marks: list[Mark]) -> bool:
    return any(mark.role in (*LABELS, Role.PAIRS) for mark in marks)
