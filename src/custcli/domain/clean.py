"""Cells to stored values: converters compiled once a column, refusals with their address (forms.md 2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import getitem, itemgetter

from custcli.domain.cells import Fault, Value
from custcli.domain.convert import Converter, Masked, converter, not_future
from custcli.domain.forms import Field, Form
from custcli.domain.layout.placed import Placed
from custcli.domain.readers import DateStyle, MaybeOrdered, MaybeSerial, Refused, blank, day_order, read_since, unfilled
from custcli.domain.records import missing
from custcli.domain.validators import Doubtful, DoubtfulZero
from custcli.messages import Message, message

REMEMBERED = 100_000
"""So many different values of a column are remembered; beyond that each is read anew."""

ERROR, WARNING, MASKED = "error", "warning", "masked"
_ROUNDED = "rounded"

DateStyles = Mapping[int, DateStyle]
"""Index of a date column → how its values are to be read."""
STYLES = {
    DateStyle.SERIAL: "columns read as day numbers of a workbook: {columns}",
    DateStyle.MONTH_FIRST: "columns read as month/day/year, as days after the twelfth prove: {columns}",
    DateStyle.DAY_FIRST: "columns read as day/month/year, as days after the twelfth prove: {columns}",
}
"""What is said of columns read so."""


@dataclass(frozen=True)
class Trouble:
    """A cell whose value was not taken, or taken with a warning.

    `row`, `column` count from 0; `level`: error, warning (the value is taken), masked (the caller compares
    the raw `value` with the mask of what is stored; equal means "not stated"). `serial`: a whole number in a
    date column, which the whole column may explain (see Cleaner.finish).
    """

    row: int
    column: int
    field: Field
    path: str
    value: Value
    message: Message
    level: str = ERROR
    serial: bool = False


class _Memo(dict[Value, object]):
    """What a column's values become. Refused, doubtful and rounded ones are not kept: each cell of them counts."""

    def __init__(self, place: Placed, convert: Converter) -> None:
        super().__init__()
        self.place = place
        self.convert = convert
        self.found: list[tuple[_Memo, Value, Message, str, bool]] = []
        self.serials = False
        self.others = False
        self.most_first = self.most_second = 0
        self[None] = None

    def __missing__(self, value: Value) -> object:
        try:
            result = self.convert(value)
        except Refused as refused:  # no blank word is a number or a date, so it is quicker to look afterwards
            if not (blank(value) or unfilled(value, self.place.field.type)):
                self.refuse(value, refused)
            return None
        kind = type(result)
        if kind is int or kind is str or result is None:
            if len(self) < REMEMBERED:
                self[value] = result
            return result
        return self.taken(value, result)

    def taken(self, value: Value, result: object) -> object:
        """A value taken with a warning or a rounding."""
        self.others = True
        if isinstance(result, Doubtful | DoubtfulZero):
            self.found.append((self, value, result.message, WARNING, False))
            return str(result) if isinstance(result, str) else 0
        self.found.append((self, value, Message(""), _ROUNDED, False))
        return int(result)  # type: ignore[call-overload]

    def style(self) -> DateStyle | None:
        """What the column proves where no value was taken, and none refused for another reason."""
        if not self.in_doubt:
            return None
        if self.serials:
            return None if self.most_first else DateStyle.SERIAL
        return day_order(self.most_first, self.most_second)

    @property
    def in_doubt(self) -> bool:
        """Whether there was nothing but day numbers or 3/5/2009, so that the whole column may explain itself."""
        doubted = self.serials or self.most_first
        return bool(doubted) and not self.others and all(value is None for value in self.values())

    def refuse(self, value: Value, refused: Refused) -> None:
        serial = isinstance(refused, MaybeSerial)
        if isinstance(refused, MaybeOrdered):
            self.most_first = max(self.most_first, refused.first)
            self.most_second = max(self.most_second, refused.second)
        self.serials = self.serials or serial
        self.others = self.others or not (serial or isinstance(refused, MaybeOrdered))
        level = MASKED if isinstance(refused, Masked) else ERROR
        self.found.append((self, value, refused.message, level, serial))


class Cleaner:
    """Rows of cells to rows of stored values, in the order of `paths`.

    `places`: columns, then cells above the heading (Table.places); `paths` are theirs, then those that values
    imply or bring along (`status`, `product_since_precision`). Stored are: text NFC; money, decimal, percent
    as ints in ten-thousandths; int; date `YYYY-MM-DD`; bool 0 or 1; choice its word; choices and list JSON.
    None is "not stated", or not taken: then a Trouble says so. `today`: the real day, for what may not lie in
    the future; `day`: from which 3年 counts back where the row does not say when it was filled.
    `date_styles`: what date columns have explained of themselves (see finish).
    `origins`: addresses of the cells above the heading (Body.origins). `strict`: a doubtful value is refused.
    `taken` counts the cells taken, `rounded` the amounts that were finer than four decimals.
    """

    def __init__(
        self,
        form: Form,
        places: Sequence[Placed],
        *,
        today: date,
        day: date | None = None,
        strict: bool = False,
        date_styles: DateStyles | None = None,
        origins: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        self.form = form
        self.places = tuple(places)
        self.taken = 0
        self.rounded = 0
        self.troubles: list[Trouble] = []
        self._origins = origins or {}
        self._found: list[tuple[_Memo, Value, Message, str, bool]] = []
        styles = date_styles or {}
        self._memos = [
            _Memo(place, converter(form, place, today, style=styles.get(place.index), strict=strict))
            for place in self.places
        ]
        for memo in self._memos:
            memo.found = self._found
        self._width = max((place.index for place in self.places), default=-1) + 1
        self._padding: list[Value] = [None] * self._width
        self._pick = _picker([place.index for place in self.places])
        paths = [place.path for place in self.places]
        self._since = [(i, place) for i, place in enumerate(self.places) if place.field.read == "since"]
        self._filled_on = paths.index("filled_on") if "filled_on" in paths else None
        self._day = day or today
        self._today = today
        brought = [f"{place.path}_precision" for _, place in self._since]
        self._implied = _implications(form, self.places)
        brought += sorted(
            {path for _, words in self._implied for wants in words.values() for path in wants} - set(paths)
        )
        self.paths: tuple[str, ...] = (*paths, *brought)
        self._index = {path: number for number, path in enumerate(self.paths)}
        self._brought: list[object] = [None] * len(brought)
        self._brings = bool(brought or self._implied)
        self._required = [i for i, path in enumerate(paths) if form.fields.get(path) and form.fields[path].required]
        absent = any(item.required and item.name not in paths for item in form.fields.values())
        self._always = absent or bool(form.any_of or form.checks) or bool(self._identities())

    def clean(self, number: int, row: list[Value]) -> list[object]:
        """The stored values of one row, in the order of `paths`; troubles are added to `troubles`."""
        if len(row) < self._width:
            row = row + self._padding[len(row) :]
        cells = self._pick(row)
        try:
            values = list(map(getitem, self._memos, cells))
        except TypeError:  # a Fault cannot be looked up
            self._found.clear()
            values = [_read(memo, value) for memo, value in zip(self._memos, cells, strict=True)]
        self.taken += len(values) - values.count(None)
        if self._brings:
            values += self._brought
            self._bring(row, values)
        if self._found:
            self._tell(number)
        return values

    def finish(self) -> dict[int, DateStyle]:
        """Index → how a date column explains itself: nothing but day numbers of a workbook, or nothing but 12/25/2009.

        The caller reads the sheet again with these as `date_styles`, and says so in the report (decisions.md 20).
        """
        found = ((memo.place.index, memo.style()) for memo in self._memos)
        return {index: style for index, style in found if style}

    @property
    def in_doubt(self) -> bool:
        """Whether a date column has so far had nothing but what only the whole column can explain."""
        return any(memo.in_doubt for memo in self._memos)

    def survey(self, rows: Iterable[tuple[int, list[Value]]]) -> dict[int, DateStyle]:
        """What date columns say of themselves (see finish) in rows that are looked at and not taken."""
        watched = [(memo, memo.place.index, set[str]()) for memo in self._memos if memo.place.field.type == "date"]
        for _, row in rows:
            for memo, index, seen in watched:
                value = row[index] if index < len(row) else None
                if isinstance(value, str) and value not in seen:
                    _read(memo, value)
                    if len(seen) < REMEMBERED:
                        seen.add(value)
                elif not isinstance(value, str):
                    _read(memo, value)
            self._found.clear()
        return self.finish()

    def missing(self, values: Sequence[object]) -> list[tuple[Field, Message]]:
        """What a new record lacks (see `missing`), of one row of this cleaner; quick where nothing can be wrong."""
        if not self._always and all(values[i] is not None for i in self._required):
            return []
        return missing(self.form, dict(zip(self.paths, values, strict=True)))

    def _identities(self) -> list[str]:
        return [place.path for place in self.places if place.field.check == "id_card"]

    def _tell(self, number: int) -> None:
        """Give what the memos found the address of its cell."""
        for memo, value, reason, level, serial in self._found:
            if level == _ROUNDED:
                self.rounded += 1
            else:
                self.troubles.append(self._trouble(number, memo.place, value, reason, level, serial=serial))
        self._found.clear()

    def _trouble(
        self, number: int, place: Placed, value: Value, reason: Message, level: str = ERROR, *, serial: bool = False
    ) -> Trouble:
        row, column = self._origins.get(place.index, place.at or (number, place.index))
        return Trouble(row, column, place.field, place.path, value, reason, level, serial)

    def refused(self, number: int, row: Sequence[Value], i: int, reason: Message) -> Trouble | None:
        """What others have against value `i` of a cleaned row, with its cell; None where no cell states it."""
        if i >= len(self.places):
            return None
        place = self.places[i]
        return self._trouble(number, place, row[place.index] if place.index < len(row) else None, reason)

    def _bring(self, row: list[Value], values: list[object]) -> None:
        """Since when, counted from the day of filling; and what an allowed word implies for other fields."""
        for order, (i, place) in enumerate(self._since):
            if values[i] is not None:
                self._length(values, i, len(self.places) + order, row[place.index])
        for i, words in self._implied:
            for path, word in words.get(values[i], {}).items():
                self._imply(i, row[self.places[i].index], values, self._index[path], word)

    def _length(self, values: list[object], i: int, precision: int, raw: Value) -> None:
        filled = values[self._filled_on] if self._filled_on is not None else None
        try:
            since, exact = read_since(raw, date.fromisoformat(filled) if isinstance(filled, str) else self._day)
            not_future(self.places[i].field, since, self._today)
            values[i], values[precision] = since.isoformat(), exact
        except Refused as refused:
            self._memos[i].refuse(raw, refused)
            values[i] = None

    def _imply(self, i: int, raw: Value, values: list[object], j: int, word: str) -> None:
        if values[j] is None:
            values[j] = word
        elif values[j] != word:
            said = self.form.choices(self.places[i].field)[str(values[i])].label
            reason = message("{word} belongs to {wanted}", word=said, wanted=_label(self.form, self.paths[j], word))
            self._found.append((self._memos[i], raw, reason, ERROR, False))


def _picker(indexes: list[int]) -> Callable[[list[Value]], Sequence[Value]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda row: [row[index] for index in indexes]


def _read(memo: _Memo, value: Value) -> object:
    if isinstance(value, Fault):
        memo.refuse(value, Refused(value.reason.text, **value.reason.params))
        return None
    return memo[value]


def _implications(form: Form, places: Sequence[Placed]) -> list[tuple[int, dict[object, Mapping[str, str]]]]:
    """Of each choice whose words imply others: its number and word → path → implied word."""
    found = []
    for i, place in enumerate(places):
        words: dict[object, Mapping[str, str]] = {
            choice.word: {path: word for path, word in choice.implies.items() if path in form.fields}
            for choice in form.choices(place.field).values()
            if choice.implies
        }
        if any(words.values()):
            found.append((i, words))
    return found


def _label(form: Form, path: str, word: str) -> str:
    choices = form.choices(form.fields[path])
    return choices[word].label if word in choices else word
