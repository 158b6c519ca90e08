"""Cells to stored values: converters compiled once a column, refusals with their address (forms.md 2)."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import getitem, itemgetter

from custcli.domain.cells import Fault, Value
from custcli.domain.forms import Choice, Field, Form
from custcli.domain.layout.labels import default_unit
from custcli.domain.layout.placed import Placed
from custcli.domain.masking import looks_masked
from custcli.domain.readers import (
    MaybeSerial,
    Refused,
    Rounded,
    blank,
    clean_text,
    fold,
    from_serial,
    read_bool,
    read_count_note,
    read_date,
    read_decimal,
    read_int,
    read_money,
    read_percent,
    read_since,
)
from custcli.domain.validators import VALIDATORS, Doubtful, id_birth, id_gender
from custcli.grid import SCALE
from custcli.messages import Message, message

REMEMBERED = 100_000
"""So many different values of a column are remembered; beyond that each is read anew."""

ERROR, WARNING, MASKED = "error", "warning", "masked"
_ROUNDED = "rounded"

_TICKED = "☑☒■√✓✔"
_EMPTY_BOX = "□☐○◯"
_BOX = re.compile(rf"[(\[]?\s*([{_TICKED}xX×{_EMPTY_BOX}])\s*[)\]]?")
_LIST = re.compile(r"[、,，;；\n\r]+")
_WORDS = re.compile(r"[、,，;；/|\s]+")

Converter = Callable[[Value], object]


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


class _Masked(Refused):
    """A text that looks like a mask of the value that is stored."""


class _Memo(dict[Value, object]):
    """What a column's values become. Refused, doubtful and rounded ones are not kept: each cell of them counts."""

    def __init__(self, place: Placed, convert: Converter) -> None:
        super().__init__()
        self.place = place
        self.convert = convert
        self.found: list[tuple[_Memo, Value, Message, str, bool]] = []
        self.serials = False
        self.others = False
        self[None] = None

    def __missing__(self, value: Value) -> object:
        try:
            result = self.convert(value)
        except Refused as refused:  # no blank word is a number or a date, so it is quicker to look afterwards
            return None if blank(value) else self.refuse(value, refused)
        kind = type(result)
        if kind is int or kind is str or result is None:
            if len(self) < REMEMBERED:
                self[value] = result
            return result
        return self.taken(value, result)

    def taken(self, value: Value, result: object) -> object:
        """A value taken with a warning or a rounding."""
        self.others = True
        if isinstance(result, Doubtful):
            self.found.append((self, value, result.message, WARNING, False))
            return str(result)
        self.found.append((self, value, Message(""), _ROUNDED, False))
        return int(result)  # type: ignore[call-overload]

    def refuse(self, value: Value, refused: Refused) -> None:
        serial = isinstance(refused, MaybeSerial)
        self.serials = self.serials or serial
        self.others = self.others or not serial
        level = MASKED if isinstance(refused, _Masked) else ERROR
        self.found.append((self, value, refused.message, level, serial))


class Cleaner:
    """Rows of cells to rows of stored values, in the order of `paths`.

    `places`: columns, then cells above the heading (Table.places); `paths` are theirs, then those that values
    imply or bring along (`status`, `product_since_precision`). Stored are: text NFC; money, decimal, percent
    as ints in ten-thousandths; int; date `YYYY-MM-DD`; bool 0 or 1; choice its word; choices and list JSON.
    None is "not stated", or not taken: then a Trouble says so. `today`: the real day, for what may not lie in
    the future; `day`: from which 3年 counts back where the row does not say when it was filled.
    `serial_columns`: indexes of date columns whose whole numbers are a workbook's day numbers (see finish).
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
        serial_columns: Iterable[int] = (),
        origins: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        self.form = form
        self.places = tuple(places)
        self.taken = 0
        self.rounded = 0
        self.troubles: list[Trouble] = []
        self._origins = origins or {}
        self._found: list[tuple[_Memo, Value, Message, str, bool]] = []
        serials = frozenset(serial_columns)
        self._memos = [_Memo(place, converter(form, place, today, place.index in serials, strict)) for place in self.places]
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
        brought += sorted({path for _, words in self._implied for wants in words.values() for path in wants} - set(paths))
        self.paths: tuple[str, ...] = (*paths, *brought)
        self._index = {path: number for number, path in enumerate(self.paths)}
        self._brought: list[object] = [None] * len(brought)
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
        if self._brought:
            values += self._brought
            self._bring(number, row, values)
        if self._found:
            self._tell(number)
        return values

    def finish(self) -> frozenset[int]:
        """Indexes of the date columns in which every value was a whole number: day numbers of a workbook.

        The caller reads the sheet again with these as `serial_columns`, and says so in the report (decisions.md 20).
        """
        memos = (memo for memo in self._memos if memo.serials and not memo.others)
        return frozenset(memo.place.index for memo in memos if all(value is None for value in memo.values()))

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
            place = memo.place
            if level == _ROUNDED:
                self.rounded += 1
                continue
            row, column = self._origins.get(place.index, place.at or (number, place.index))
            self.troubles.append(Trouble(row, column, place.field, place.path, value, reason, level, serial))
        self._found.clear()

    def _bring(self, number: int, row: list[Value], values: list[object]) -> None:
        """Since when, counted from the day of filling; and what an allowed word implies for other fields."""
        for order, (i, place) in enumerate(self._since):
            if values[i] is not None:
                self._length(number, values, i, len(self.places) + order, row[place.index])
        for i, words in self._implied:
            for path, word in words.get(values[i], {}).items():
                self._imply(i, row[self.places[i].index], values, self._index[path], word)

    def _length(self, number: int, values: list[object], i: int, precision: int, raw: Value) -> None:
        filled = values[self._filled_on] if self._filled_on is not None else None
        try:
            since, exact = read_since(raw, date.fromisoformat(filled) if isinstance(filled, str) else self._day)
            _not_future(self.places[i].field, since, self._today)
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
    return memo.refuse(value, Refused(value.reason.text, **value.reason.params)) if isinstance(value, Fault) else memo[value]


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


# --- converters ----------------------------------------------------------------------------------


def converter(form: Form, place: Placed, today: date, serial: bool = False, strict: bool = False) -> Converter:  # noqa: FBT001, FBT002
    """What turns a cell of this place into its stored value: allowed word, blank word, type, check (forms.md 2).

    It raises Refused; where a blank word is refused, it is a blank (see _Memo).
    """
    item = place.field
    read = _typed(form, place, today, serial=serial)
    checks = _checks(item, today)
    if strict and item.check in VALIDATORS:
        checks.append(_undoubted)
    if item.mask not in (None, "none"):
        read = _unmasked(read)
    if item.check in VALIDATORS or item.type == "list" or place.composite:
        read = _unless_blank(read)
    return _checked(read, checks) if checks else read


def _unless_blank(read: Converter) -> Converter:
    return lambda value: None if blank(value) else read(value)


def _unmasked(read: Converter) -> Converter:
    def convert(value: Value) -> object:
        if isinstance(value, str) and looks_masked(value):
            raise _Masked("masked: the value itself is not there")
        return read(value)

    return convert


def _checked(read: Converter, checks: Sequence[Callable[[object], None]]) -> Converter:
    def convert(value: Value) -> object:
        result = read(value)
        for check in checks:
            check(result)
        return result

    return convert


def _undoubted(value: object) -> None:
    if isinstance(value, Doubtful):
        raise Refused(value.message.text, **value.message.params)


def _typed(form: Form, place: Placed, today: date, *, serial: bool) -> Callable[[Value], object]:
    item = place.field
    if place.composite and form.composites[place.composite].read == "count_note":
        part = form.composites[place.composite].into.index(item.name)
        return lambda value: _part(read_count_note(value), part)
    if item.read == "since":
        return lambda value: read_since(value, today)[0].isoformat()
    if item.read == "year":
        return _year
    if item.type == "text" and item.check in VALIDATORS:
        return lambda value, check=VALIDATORS[item.check]: check(value, today)  # type: ignore[misc]
    unit = place.unit if place.unit is not None else None if default_unit(item) != 1 else 1
    by_type: dict[str, Callable[[Value], object]] = {
        "money": partial(read_money, unit=unit),
        "decimal": _times(read_decimal, place.unit),
        "int": _times(read_int, place.unit),
        "percent": _percent if place.unit == 100 else read_percent,  # noqa: PLR2004 - under a % sign
        "date": _serial_date if serial else _date,
        "bool": lambda value: int(read_bool(value)),
        "choice": _choice(form, item),
        "choices": _choices(form, item),
        "list": _list,
    }
    return by_type.get(item.type, _text)


def _part(parts: tuple[int | None, str], part: int) -> object:
    return parts[part] if parts[part] != "" else None


def _text(value: Value) -> object:
    if type(value) is str and value.isascii() and value.isalnum():
        return value
    return None if blank(value) else clean_text(value)


def _times(read: Callable[[object], int], unit: int | None) -> Callable[[Value], object]:
    if unit is None:
        return read
    return lambda value: _multiplied(read(value), unit)


def _multiplied(number: int, unit: int) -> int:
    return Rounded(number * unit) if isinstance(number, Rounded) else number * unit


def _percent(value: Value) -> int:
    """Under a % sign a bare 12 is 12 %."""
    if isinstance(value, str) and "%" in fold(value):
        return read_percent(value)
    share = read_decimal(value)
    if not 0 <= share <= 100 * SCALE:
        raise Refused("a share lies between 0 % and 100 %; write the % sign")
    return share // 100 if share % 100 == 0 and not isinstance(share, Rounded) else Rounded((share + 50) // 100)


def _date(value: Value) -> str:
    return read_date(value).isoformat()


def _serial_date(value: Value) -> str:
    text = clean_text(value)
    if isinstance(value, date | datetime) or not text.isdecimal():
        return _date(value)
    return from_serial(int(text)).isoformat()


def _year(value: Value) -> int:
    found = re.fullmatch(r"((?:19|20|21)\d\d)年?度?", fold(clean_text(value)))
    if not found:
        raise Refused("not a year: write 2025")
    return int(found[1])


def _list(value: Value) -> object:
    return _json(part.strip() for part in _LIST.split(clean_text(value)))


def _json(words: Iterable[str]) -> str | None:
    kept = [word for word in words if word]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def _spellings(form: Form, item: Field) -> dict[str, str]:
    """Folded text → word: words, labels, aliases, and words that this one replaces."""
    choices: Iterable[Choice] = form.choices(item).values()
    return {
        fold(text): choice.word
        for choice in choices
        for text in (*choice.replaces, *choice.also, choice.en, choice.zh, choice.word)
        if text
    }


def _choice(form: Form, item: Field) -> Callable[[Value], object]:
    spellings = _spellings(form, item)
    labels = " / ".join(choice.label for choice in form.choices(item).values() if not choice.hidden)

    def read(value: Value) -> object:
        text = clean_text(value)
        word = spellings.get(fold(text))
        if word is not None or blank(text):
            return word
        if _has_box(text) and any(sign in text for sign in _EMPTY_BOX + _TICKED):
            return _one(_ticked(spellings, text, labels))
        if item.open:
            return text
        raise Refused("not one of {choices}", choices=labels)

    return read


def _choices(form: Form, item: Field) -> Callable[[Value], object]:
    spellings = _spellings(form, item)
    labels = " / ".join(choice.label for choice in form.choices(item).values() if not choice.hidden)

    def read(value: Value) -> object:
        text = clean_text(value)
        word = spellings.get(fold(text))
        if word is None and blank(text):
            return None
        if word is None and _has_box(text):
            return _json(_ticked(spellings, text, labels))
        words = [word] if word else [_allowed(spellings, part, labels, item.open) for part in _WORDS.split(text) if part]
        return _json(dict.fromkeys(words))

    return read


def _allowed(spellings: Mapping[str, str], text: str, labels: str, free: bool = False) -> str:  # noqa: FBT001, FBT002
    word = spellings.get(fold(text))
    if word is None and free:
        return text
    if word is None:
        raise Refused("not one of {choices}", choices=labels)
    return word


def _has_box(text: str) -> bool:
    return any(sign in text for sign in _EMPTY_BOX + _TICKED) or re.search(r"[(\[]\s*[xX×]?\s*[)\]]", text) is not None


def _ticked(spellings: Mapping[str, str], text: str, labels: str) -> list[str]:
    """The words whose box is ticked; a box stands before every word, or behind every word: 批发□ 零售☑."""
    boxes = [(found.start(), found.end(), found[1] not in _EMPTY_BOX) for found in _BOX.finditer(text)]
    words = [part for part in _BOX.split(text)[::2]]
    behind = bool(words[0].strip(" 　、,，;；/()（）"))
    sides = words[:-1] if behind else words[1:]
    ticked = [word for word, (_, _, on) in zip(sides, boxes, strict=True) if on]
    rest = [word for word in sides if word.strip()]
    names = {word: [part for part in _WORDS.split(word.strip("()（） ")) if part] for word in rest}
    return [_allowed(spellings, part, labels) for word in ticked for part in names.get(word, [])[-1 if behind else 0 :][:1]]


def _one(words: list[str]) -> str | None:
    if len(words) > 1:
        raise Refused("several boxes are ticked: tick one")
    return words[0] if words else None


# --- checks --------------------------------------------------------------------------------------


def _checks(item: Field, today: date) -> list[Callable[[object], None]]:
    found: list[Callable[[object], None]] = []
    if item.max_length:
        found.append(lambda value: _longest(item, value))
    if item.min is not None or item.max is not None:
        found.append(lambda value: _bounds(item, value))
    if item.check == "not_future" and item.read != "since":
        found.append(lambda value: _not_future(item, value, today))
    if item.check == "not_zero":
        found.append(_not_zero)
    return found


def _longest(item: Field, value: object) -> None:
    if isinstance(value, str) and item.max_length and len(value) > item.max_length:
        raise Refused("longer than {count} characters", count=item.max_length)


def _bounds(item: Field, value: object) -> None:
    if value is None:
        return
    low, high = _bound(item, item.min), _bound(item, item.max)
    if low is not None and value < low:  # type: ignore[operator]
        raise Refused("less than {bound}", bound=item.min)
    if high is not None and value > high:  # type: ignore[operator]
        raise Refused("more than {bound}", bound=item.max)


def _bound(item: Field, bound: int | str | None) -> object:
    """A bound as its field is stored: yuan, units, or per cent where the field is written so."""
    if bound is None or isinstance(bound, str):
        return bound
    if item.type == "percent" and item.unit == "%":
        return bound * SCALE // 100
    return bound * SCALE if item.type in ("money", "decimal", "percent") else bound


def _not_future(item: Field, value: object, today: date) -> None:
    if item.check == "not_future" and value is not None and str(value) > today.isoformat():
        raise Refused("lies in the future")


def _not_zero(value: object) -> None:
    if value == 0:
        raise Refused("must not be zero")


# --- whole records -------------------------------------------------------------------------------


def missing(form: Form, record: Mapping[str, object]) -> list[tuple[Field, Message]]:
    """What a new record lacks: required fields, one of `any_of`. `record`: path → stored value, None not stated."""
    found = [
        (item, message("{field} is missing", field=item.label))
        for item in form.fields.values()
        if item.required and "." not in item.name and not item.derived and record.get(item.name) is None
    ]
    for names in form.any_of:
        if all(record.get(name) is None for name in names):
            labels = " / ".join(form.fields[name].label for name in names if name in form.fields)
            found.append((form.fields[names[0]], message("one of {fields} is missing", fields=labels)))
    return found


def conflicts(form: Form, record: Mapping[str, object]) -> list[tuple[str, Message, str]]:
    """Values of a record that contradict each other: (path, reason, level). Comparisons of the form are errors,
    an ID number against gender or birth date is a warning (domain.md 1.2), so is a line whose product is not its amount.
    """
    found = [problem for check in form.checks if (problem := _compared(form, check, record))]
    for path, number in record.items():
        item = form.fields.get(path)
        if item and item.check == "id_card" and isinstance(number, str):
            found += _identity(path, number, record)
    if form.rows and (off := _line_amount(form.rows, record)):
        found.append(off)
    return found


def _compared(form: Form, check: str, record: Mapping[str, object]) -> tuple[str, Message, str] | None:
    """`starts_on <= ends_on`, also < >= > =; nothing to say while one of the two is unknown."""
    left, sign, right = check.split()
    a, b = record.get(left), record.get(right)
    if a is None or b is None:
        return None
    holds = {"<=": a <= b, "<": a < b, ">=": a >= b, ">": a > b, "=": a == b, "==": a == b}[sign]  # type: ignore[operator]
    labels = {name: form.fields[name].label if name in form.fields else name for name in (left, right)}
    reason = message("{left} {sign} {right} does not hold", left=labels[left], sign=sign, right=labels[right])
    return None if holds else (right, reason, ERROR)


def _identity(path: str, number: str, record: Mapping[str, object]) -> list[tuple[str, Message, str]]:
    beside = path[: -len("id_no")] if path.endswith("id_no") else path.rpartition(".")[0]
    found = []
    born = record.get(f"{beside}birth_date")
    if born is not None and born != id_birth(number).isoformat():
        found.append((f"{beside}birth_date", message("the birth date is not the one in the ID number"), WARNING))
    gender = record.get(f"{beside}gender")
    if gender in ("male", "female") and gender != id_gender(number):
        found.append((f"{beside}gender", message("the gender is not the one in the ID number"), WARNING))
    return found


def _line_amount(rows: str, record: Mapping[str, object]) -> tuple[str, Message, str] | None:
    """amount = quantity × price × (1 − discount), to the hundredth (domain.md 1.13)."""
    names = ("quantity", "unit_price", "amount")
    quantity, price, amount = (record.get(f"{rows}.{name}") for name in names)
    off = record.get(f"{rows}.discount") or 0
    if not all(isinstance(value, int) for value in (quantity, price, amount, off)):
        return None
    exact = quantity * price * (SCALE - off)  # type: ignore[operator]
    if abs(abs(exact) - abs(amount) * SCALE * SCALE) <= SCALE // 100 * SCALE * SCALE:  # type: ignore[arg-type]
        return None
    return f"{rows}.amount", message("the amount is not quantity × price × (1 − discount)"), WARNING


def defaults(form: Form, user: str, today: date) -> dict[str, object]:
    """Path → stored value, written when a record is made and the field is not stated; never at an update."""
    rules: dict[str, object] = {"user": user, "today": today.isoformat()}
    found: dict[str, object] = {}
    for item in form.fields.values():
        if item.default_rule in rules:
            found[item.name] = rules[item.default_rule]
        elif item.default is not None:
            found[item.name] = _default(item)
    return found


def _default(item: Field) -> object:
    if item.type in ("money", "decimal", "percent") and isinstance(item.default, int):
        return item.default * SCALE
    return int(item.default) if isinstance(item.default, bool) else item.default
