"""What turns a cell into its stored value, composed once a column (forms.md 2)."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from custcli.domain.cells import Value
from custcli.domain.forms import Choice, Field, Form
from custcli.domain.layout.placed import Placed
from custcli.domain.layout.units import PERCENT, default_unit
from custcli.domain.masking import looks_masked
from custcli.domain.readers import (
    LARGEST,
    DateStyle,
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
    read_ordered,
    read_percent,
    read_since,
)
from custcli.domain.validators import VALIDATORS, Doubtful, DoubtfulZero
from custcli.grid import SCALE
from custcli.messages import message

Converter = Callable[[Value], object]

_TICKED = "☑☒■√✓✔"
_EMPTY_BOX = "□☐○◯"
_BOX = re.compile(rf"[(\[]?\s*([{_TICKED}xX×{_EMPTY_BOX}])\s*[)\]]?")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_PRIVATE = message("holds a sign of a private font: other computers show another one or none")
_LIST = re.compile(r"[、,，;；\n\r]+")
_WORDS = re.compile(r"[、,，;；/|\s]+")


class Masked(Refused):
    """A text that looks like a mask of the value that is stored."""


def converter(
    form: Form,
    place: Placed,
    today: date,
    *,
    style: DateStyle | None = None,
    strict: bool = False,
) -> Converter:
    """What turns a cell of this place into its stored value: allowed word, blank word, type, check (forms.md 2).

    It raises Refused; where a blank word is refused, it is a blank (see _Memo).
    """
    item = place.field
    read = _typed(form, place, today, style)
    checks = _checks(item, today)
    if item.check == "zero_doubtful":
        read = _doubting_zero(read)
    if strict and (item.type == "text" or item.check == "zero_doubtful"):
        checks.append(_undoubted)
    if item.mask not in (None, "none") and not names_customer(item):
        read = _unmasked(read)
    if item.check in VALIDATORS or item.type == "list" or place.composite:
        read = _unless_blank(read)
    return _checked(read, checks) if checks else read


def names_customer(item: Field) -> bool:
    """Whether a field tells a customer by name: 星*光 may be a firm's own name, which who is kept will tell."""
    return item.type == "ref" and item.to == "customer" and item.name.endswith("_name")


def _unless_blank(read: Converter) -> Converter:
    return lambda value: None if blank(value) else read(value)


def _unmasked(read: Converter) -> Converter:
    def convert(value: Value) -> object:
        if isinstance(value, str) and looks_masked(value):
            raise Masked("masked: the value itself is not there")
        return read(value)

    return convert


def _checked(read: Converter, checks: Sequence[Callable[[object], None]]) -> Converter:
    def convert(value: Value) -> object:
        result = read(value)
        for check in checks:
            check(result)
        return result

    return convert


def _doubting_zero(read: Converter) -> Converter:
    return lambda value: DoubtfulZero() if (found := read(value)) == 0 else found


def _undoubted(value: object) -> None:
    if isinstance(value, Doubtful | DoubtfulZero):
        raise Refused(value.message.text, **value.message.params)


def _typed(form: Form, place: Placed, today: date, style: DateStyle | None) -> Callable[[Value], object]:
    item = place.field
    if place.composite and form.composites[place.composite].read == "count_note":
        part = form.composites[place.composite].into.index(item.name)
        return lambda value: _part(read_count_note(value), part)
    if item.read == "since":
        return lambda value: read_since(value, today)[0].isoformat()
    if item.read == "year":
        return _year
    check = VALIDATORS.get(item.check or "")
    if item.type == "text" and check:
        return partial(_validated, check, today)
    unit = 1 if place.unit is None and (default_unit(item) == 1 or place.heading == place.path) else place.unit
    by_type: dict[str, Callable[[Value], object]] = {
        "money": partial(read_money, unit=unit),
        "decimal": _times(read_decimal, place.unit),
        "int": _times(read_int, place.unit),
        "percent": _percent if place.unit == PERCENT or item.unit == "%" else read_percent,
        "date": _dates(style),
        "bool": lambda value: int(read_bool(value)),
        "choice": _choice(form, item),
        "choices": _choices(form, item),
        "list": _list,
    }
    return by_type.get(item.type, _text)


def _validated(check: Callable[[object, date], str], today: date, value: Value) -> str:
    return check(value, today)


def _part(parts: tuple[int | None, str], part: int) -> object:
    return parts[part] if parts[part] != "" else None


def _text(value: Value) -> object:
    if type(value) is str and value.isascii() and value.isalnum():
        return value
    if blank(value):
        return None
    text = clean_text(value)
    if text.isprintable() or not _PRIVATE_USE.search(text):  # what is of private use is not printable
        return text
    return Doubtful.of(text, _PRIVATE)


def _times(read: Callable[[object], int], unit: int | None) -> Callable[[Value], object]:
    if unit is None:
        return read
    return lambda value: _multiplied(read(value), unit)


def _multiplied(number: int, unit: int) -> int:
    if abs(number * unit) > LARGEST:
        raise Refused("too large")
    return Rounded(number * unit) if isinstance(number, Rounded) else number * unit


def _percent(value: Value) -> int:
    """Under a % sign a bare 12 is 12 %."""
    if isinstance(value, str) and "%" in fold(value):
        return read_percent(value)
    share = read_decimal(value)
    if not 0 <= share <= 100 * SCALE:
        raise Refused("a share lies between 0 % and 100 %; write the % sign")
    if 0 < share < SCALE:  # a workbook keeps 13 % as 0.13
        raise Refused("0.13 % or 13 %? Write the % sign")
    return share // 100 if share % 100 == 0 and not isinstance(share, Rounded) else Rounded((share + 50) // 100)


def _date(value: Value) -> str:
    return read_date(value).isoformat()


def _dates(style: DateStyle | None) -> Converter:
    if style is None:
        return _date
    return _serial_date if style is DateStyle.SERIAL else lambda value: read_ordered(value, style).isoformat()


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
    labels = form.offered(item)

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
    labels = form.offered(item)

    def read(value: Value) -> object:
        text = clean_text(value)
        word = spellings.get(fold(text))
        if word is None and blank(text):
            return None
        if word is None and _has_box(text):
            return _json(_ticked(spellings, text, labels))
        words = [word] if word else [_allowed(spellings, part, labels, item.open) for part in _parts(spellings, text)]
        return _json(dict.fromkeys(words))

    return read


def _parts(spellings: Mapping[str, str], text: str) -> list[str]:
    """The words of a text; a blank parts them only where no word has one (Home place)."""
    parts = [part.strip() for part in _LIST.split(text)]
    return [word for part in parts for word in ([part] if fold(part) in spellings else _WORDS.split(part)) if word]


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
    words = _BOX.split(text)[::2]
    behind = bool(words[0].strip(" 　、,，;；/()（）"))
    sides = words[:-1] if behind else words[1:]
    ticked = [word for word, (_, _, on) in zip(sides, boxes, strict=True) if on]
    rest = [word for word in sides if word.strip()]
    names = {word: [part for part in _WORDS.split(word.strip("()（） ")) if part] for word in rest}
    return [
        _allowed(spellings, part, labels) for word in ticked for part in names.get(word, [])[-1 if behind else 0 :][:1]
    ]


def _one(words: list[str]) -> str | None:
    if len(words) > 1:
        raise Refused("several boxes are ticked: tick one")
    return words[0] if words else None


def _checks(item: Field, today: date) -> list[Callable[[object], None]]:
    found: list[Callable[[object], None]] = []
    if item.max_length:
        found.append(lambda value: _longest(item, value))
    if item.min is not None or item.max is not None:
        found.append(lambda value: _bounds(item, value))
    if item.check == "not_future" and item.read != "since":
        found.append(lambda value: not_future(item, value, today))
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


def not_future(item: Field, value: object, today: date) -> None:
    """Refuse a day after `today` where the field's check says so."""
    if item.check == "not_future" and value is not None and str(value) > today.isoformat():
        raise Refused("lies in the future")


def _not_zero(value: object) -> None:
    if value == 0:
        raise Refused("must not be zero")
