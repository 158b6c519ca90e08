"""The rows below a heading: data rows stream through, totals, repeated headings, notes and sections do not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from custcli.domain.cells import Merge, Value
from custcli.domain.forms import Field
from custcli.domain.layout import above, labels
from custcli.domain.layout.above import stated
from custcli.domain.layout.placed import LeftOver, Placed, Problem, Table
from custcli.domain.readers import fold
from custcli.messages import message

TOTALS = frozenset(
    ["合计", "小计", "总计", "共计", "累计", "总合计", "本页合计", "本页小计", "本月合计", "本年合计", "合计金额"],
) | {"total", "totals", "subtotal", "sub-total", "grandtotal", "sum"}
_TOTAL_SPELLINGS = frozenset(word for total in TOTALS for word in (total, total.title(), total.upper())) | {
    "Grand Total",
    "Grand total",
}
_STARTS = frozenset(["", *" \t\n\u3000(（【[合小总共累本注说填备附一二三四五六七八九十壹贰叁甲乙丙"])
_NUMERAL = re.compile(r"^\s*[(（]?(?:[一二三四五六七八九十]+|[0-9]+|[IVX]+)[)）]?\s*[、.．:：)）]?\s*")
_AMOUNT = re.compile(r"共?[-+¥￥(]*[0-9][0-9,]*(?:\.[0-9]+)?%?[)]?(?:万|亿)?(?:元|个|人|名|家|户|笔|单|条|件|份)?")
_SECOND_TABLE = 3
_NEVER = 1 << 30


class Body:
    """Iterable of (row number, cells) of the data rows, to be walked once; the counters hold afterwards.

    Where the table has cells above its heading, their values stand behind the row's own cells at `Placed.index`;
    `origins` tells the address of each (rows of `label：value` between the data change value and address).
    `completes`: rows get values from above; `widest`: so many cells none of them exceeds.
    """

    def __init__(self, table: Table, rows: Iterable[tuple[int, list[Value]]], merges: Sequence[Merge] = ()) -> None:
        self.table = table
        self.rows = 0
        self.skipped_totals = 0
        self.skipped_headings = 0
        self.notes = 0
        self.empty = 0
        self.left_over: list[LeftOver] = []
        self.problems: list[Problem] = []
        self.origins: dict[int, tuple[int, int]] = {place.index: (row, column) for place, _, row, column in table.fixed}
        self._source = rows
        self._labels = labels.of(table.form)
        self._known = {place.index for place in (*table.columns, *table.not_taken)}
        self._carried = [place for place in table.columns if place.field.carry]
        self._carry: dict[int, Value] = {}
        self._weak = {place.index for place in table.columns if place.field.carry or place.field.printed}
        self._strong = self._known - self._weak
        self._fixed: dict[int, Value] = {place.index: value for place, value, *_ in table.fixed}
        self._by_path = {place.path: place for place, *_ in table.fixed}
        self._sections = _sections(table)
        self._stopped = False
        self._width = table.width
        self.completes = bool(self._carried or self._fixed)
        self.widest = table.width + len(self._fixed)
        self._kinds = table.kinds
        self._told: set[tuple[str, int]] = set()
        self.unfilled = self._merged_down(merges)

    def _merged_down(self, merges: Sequence[Merge]) -> int:
        """Merged cells in data rows whose value stands in the first row only (decisions.md 13)."""
        filled = {place.index for place in self._carried}
        first = self.table.first_row
        return sum(one.top >= first and one.bottom > one.top and one.left in self._known - filled for one in merges)

    def __iter__(self) -> Iterator[tuple[int, list[Value]]]:
        first_row = self.table.first_row
        sure, also = self._surest()
        suspects = self._labels.spellings | _TOTAL_SPELLINGS
        extra = self.completes
        for number, row in self._source:
            if number < first_row:
                continue
            if len(row) > also and row[also] is not None and row[sure] is not None:
                start = row[0]
                plain = start is not None and (
                    type(start) is not str
                    or (start not in suspects and start[:1] not in _STARTS and ":" not in start and "：" not in start)
                )
            else:
                plain = False
            if self._stopped or not (plain or self._is_data(number, row)):
                continue
            if self._kinds and not self._of_kind(number, row):
                continue
            self.rows += 1
            if len(row) > self._width:
                self._beyond(number, row)
            yield number, (self._completed(row) if extra else row)

    def _of_kind(self, number: int, row: list[Value]) -> bool:
        """Whether a form is there for the row's kind; what that form does not know of the row is told once."""
        word = self.table.word(row)
        column = self.table.kind or 0
        if not word and (self.table.titled or not _blank(row[column] if column < len(row) else None)):
            return True
        own = self._kinds.get(word)
        if own is None:
            unsaid = message("which form? The kind of customer is not stated")
            unknown = message("no form is known for this kind of customer")
            self.problems.append((number, column, unknown if word else unsaid))
            return False
        known = {place.index for place in (*own.columns, *own.not_taken)}
        for at, _ in stated(row):
            if at not in known and at < self.table.width and (word, at) not in self._told:
                self._told.add((word, at))
                self._strange(own, number, at)
        return True

    def _strange(self, own: Table, number: int, column: int) -> None:
        reason = next((reason for _, at, reason in own.problems if at == column), None)
        if own.form.name == self.table.form.name:
            return
        if reason:
            self.problems.append((number, column, reason))
        elif not any(left.column == column for left in self.table.left_over):
            self.left_over.append(LeftOver(number, column, ""))

    def _surest(self) -> tuple[int, int]:
        """Two columns that a plain row states: a row with both is neither blank nor a title nor a section."""
        keys = {name for names in self.table.form.match for name in names}
        strong = [place for place in self.table.columns if place.index in self._strong]
        strong.sort(key=lambda place: (not (place.field.required or place.path in keys), place.index))
        indexes = [place.index for place in strong[:2]]
        return (min(indexes), max(indexes)) if len(indexes) > 1 else (0, _NEVER)

    def _completed(self, row: list[Value]) -> list[Value]:
        """The row with carried values filled in and the cells above the heading behind it."""
        row = row[: self._width] + [None] * (self._width - len(row))
        self._remember(row)
        for index, value in self._carry.items():
            if _blank(row[index]):
                row[index] = value
        row.extend(self._fixed.values())
        return row

    def _remember(self, row: Sequence[Value]) -> None:
        """A carried value stated anew ends those right of it."""
        changed = False
        for place in self._carried:
            value = row[place.index] if place.index < len(row) else None
            if not _blank(value):
                changed = changed or value != self._carry.get(place.index)
                self._carry[place.index] = value
            elif changed:
                self._carry.pop(place.index, None)

    def _beyond(self, number: int, row: list[Value]) -> None:
        """Cells right of everything that the head of the sheet showed."""
        self.left_over.extend(LeftOver(number, column, "") for column, _ in stated(row) if column >= self._width)
        self._width = max(self._width, len(row)) if not self._fixed else self._width
        self.widest = max(self.widest, len(row))

    def _is_data(self, number: int, row: list[Value]) -> bool:
        """Look twice at a row that may be something else (forms.md 3.2)."""
        cells = list(stated(row))
        if not cells:
            return False
        starts = [fold(str(value)) for _, value in cells[:_SECOND_TABLE]]
        if self._repeated(cells, starts[0]):
            self.skipped_headings += 1
            self._stopped = False
        elif self._total(cells, starts[0]):
            self.skipped_totals += 1
        elif len(cells) == 1 and above.NOTE.match(str(cells[0][1])):
            self.notes += 1
        elif self._another_heading(number, cells, starts):
            self._stopped = True
        elif not (self._pairs(number, cells, starts[0]) or (len(cells) == 1 and self._section(number, *cells[0]))):
            return self._has_values(number, row, cells)
        return False

    def _repeated(self, cells: list[tuple[int, Value]], start: str) -> bool:
        """Whether this is a row of the heading again, on the next page."""
        rows = [texts for texts in self.table.headings if texts and texts[0] == start and len(texts) == len(cells)]
        return bool(rows) and tuple(fold(str(value)) for _, value in cells) in rows

    def _total(self, cells: list[tuple[int, Value]], start: str) -> bool:
        rest = (value for _, value in cells[1:] if isinstance(value, str))
        return start in TOTALS and all(_AMOUNT.fullmatch(value.strip()) for value in rest)

    def _another_heading(self, number: int, cells: list[tuple[int, Value]], starts: list[str]) -> bool:
        if len(cells) < _SECOND_TABLE or not any(start in self._labels.words for start in starts):
            return False
        said = [value for _, value in cells if isinstance(value, str) and self._labels.resolve((value,)).targets]
        if len(said) < _SECOND_TABLE or 2 * len(said) <= len(cells):
            return False
        reason = message("another table begins here: put it on its own sheet; nothing below was read")
        self.problems.append((number, cells[0][0], reason))
        return True

    def _pairs(self, number: int, cells: list[tuple[int, Value]], start: str) -> bool:
        """A row of nothing but `label：value` changes what stood above the heading."""
        first = cells[0][1]
        if not isinstance(first, str):
            return False
        colons = all(isinstance(value, str) and re.match(r"[^:：]{1,30}[:：]", value.strip()) for _, value in cells)
        if not colons and start not in self._labels.words:
            return False
        width = max(column for column, _ in cells) + 1
        values = dict(cells)
        found = above.read(self._labels, [(number, [values.get(column) for column in range(width)])])
        known = [pair for pair in found.pairs if pair.target.path in self._by_path]
        if not colons and (len(known) < len(found.pairs) or not known or found.left_over):
            return False
        for pair in known:
            self._set(self._by_path[pair.target.path], pair.value, (pair.row, pair.column))
        self.left_over.extend(found.left_over)
        self.left_over.extend(LeftOver(p.row, p.column, p.label) for p in found.pairs if p not in known)
        return True

    def _set(self, place: Placed, value: Value, at: tuple[int, int]) -> None:
        self._fixed[place.index] = value
        self.origins[place.index] = at

    def _section(self, number: int, column: int, value: Value) -> bool:
        """A title resets what stood above; an allowed word of a carried field (一、媒体) holds for rows below."""
        if not isinstance(value, str):
            return False
        place = self._sections.get(fold(_NUMERAL.sub("", value)))
        if place and value.strip() and (place.at or column != place.index or _NUMERAL.match(value)):
            self._open(place, _NUMERAL.sub("", value), (number, column))
            return True
        if any(title in fold(value) for title in self._labels.titles) and column not in self._strong_lone(value):
            self._fixed = dict.fromkeys(self._fixed)
            self._carry = {}
            return True
        return False

    def _strong_lone(self, value: str) -> set[int]:
        """A lone cell that merely mentions the form (a customer 批发客户联盟公司) is a value, a title ends with it."""
        copy = fold(value)
        return (
            set()
            if any(copy.endswith((title, f"{title}表", f"{title}一览表")) for title in self._labels.titles)
            else self._strong
        )

    def _open(self, place: Placed, value: str, at: tuple[int, int]) -> None:
        if place.at:
            self._set(place, value, at)
        else:
            self._carry = {place.index: value}

    def _has_values(self, number: int, row: list[Value], cells: list[tuple[int, Value]]) -> bool:
        """Whether anything but printed, carried and unknown columns is stated."""
        columns = {column for column, _ in cells}
        if columns & self._strong:
            return True
        if len(row) > self._width:
            self._beyond(number, row)
        self._remember(row)
        self.empty += 1
        return False


def _sections(table: Table) -> Mapping[str, Placed]:
    """Allowed words of carried fields and where they go."""
    found: dict[str, Placed] = {}
    for place in table.places:
        item: Field = place.field
        if item.carry and item.values:
            for choice in table.form.choices(item).values():
                for word in (choice.word, choice.zh, choice.en, *choice.also):
                    if word:
                        found.setdefault(fold(word), place)
    return found


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
