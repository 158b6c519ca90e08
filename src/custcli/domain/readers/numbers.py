"""Amounts, quantities, counts and shares as people write them, read exactly (forms.md 2, decisions.md 3)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from custcli.domain.readers.texts import Refused, clean_text, fold, squeeze
from custcli.grid import SCALE

LARGEST = 10**16
"""The largest amount or quantity in ten-thousandths, 10¹² yuan: sums of many stay whole 64-bit numbers."""


class Rounded(int):
    """An amount or number that was written finer than four decimals: taken, and counted in the report."""


_PLAIN = re.compile(r"(-?[0-9]{1,14})(?:\.([0-9]{1,4}))?").fullmatch
_FILL = ("0000", "000", "00", "0", "")
_NUMBER = r"(?P<number>[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.?[0-9]*|\.[0-9]+)"
_YUAN = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_MONEY = re.compile(
    r"(?P<sign>[-+]?)(?P<currency>¥|人民币|rmb|cny)?:?(?P<after>[-+]?)"
    + _NUMBER
    + r"(?P<unit>百万|千万|千|万|亿)?(?P<yuan>元整?|圆整?|人民币|rmb|cny)?",
)
_COUNT = re.compile(
    r"(?P<sign>[-+]?)" + _NUMBER + r"(?P<unit>万|亿)?(?:个|人|名|位|家|户|件|套|台|辆|间|次|岁|周岁|m2|平方米|平米)?",
)
_MEASURED = re.compile(r"[-+]?[0-9][0-9,.]*(?:[\u3400-\u9fff]{1,4}|[a-z]{1,6})")
_SHARE = re.compile(r"(?P<sign>[-+]?)" + _NUMBER)
_BRACKETED = re.compile(r"(?P<currency>¥?)\((?P<inner>¥?[0-9.,]+)\)(?P<rest>[^()]*)")
_TWO_NUMBERS = re.compile(r"\d[\s⁰¹²³⁴-⁹]+\d|\d[⁰¹²³⁴-⁹]")
_RANGE = re.compile(r"[0-9].*?(?:-|~|至|到|—|–|、|/|;).*?[0-9]")
_COMMAS = re.compile(r"[-+¥]*[0-9.]*,[0-9.,]*\D*$")
_SCIENTIFIC = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?e[-+]?[0-9]+")
_NEXT_TO_NOTHING = re.compile(r"[-+]?[0-9](?:\.[0-9]+)?e-(?:09|[1-9][0-9])")
"""What programs leave of a sum of floats that should be 0 (1.776357e-15): no digit that counts is hidden."""


def read_money(value: object, unit: int | None = 1) -> int:
    """An amount in ten-thousandths of a yuan (decisions.md 3).

    `unit`: yuan for one, of a value that names none (10,000 for 万元); a unit in the value (万元, 元, ¥) wins;
    None: nothing says the unit, so a bare number is refused. Finer than four decimals: rounded half up, `Rounded`.
    """
    text = repr(value) if type(value) is float else value
    if unit == 1 and type(text) is str and (plain := _PLAIN(text)):
        whole, part = plain.groups("")
        return int(whole + part + _FILL[len(part)])
    if type(value) is int:
        return _within(value * _known(unit) * SCALE)
    if isinstance(value, int | float):
        return _scaled(_finite(value), _known(unit))
    found = _match(_MONEY, _bracketless(_number_text(value)), Refused("not an amount"))
    if found["sign"] and found["after"]:
        raise Refused("not an amount")
    stated = found["unit"] or found["currency"] or found["yuan"]
    times = _YUAN[found["unit"] or ""] if stated else _known(unit)
    return _scaled(_decimal(found["number"], found["sign"] or found["after"]), times)


def read_decimal(value: object) -> int:
    """A quantity in ten-thousandths; count words (个 人 家 台 辆 岁 ㎡ …) fall away, 万 and 亿 count."""
    text = repr(value) if type(value) is float else value
    if type(text) is str and (plain := _PLAIN(text)):
        whole, part = plain.groups("")
        return int(whole + part + _FILL[len(part)])
    if isinstance(value, int | float):
        return _scaled(_finite(value), 1)
    text = _number_text(value)
    measured = "a number with a unit: write the number alone, the unit in the heading"
    found = _match(_COUNT, text, Refused(measured if _MEASURED.fullmatch(text) else "not a number"))
    return _scaled(_decimal(found["number"], found["sign"]), _YUAN[found["unit"] or ""])


def read_int(value: object) -> int:
    """A whole number; count words (个 人 家 台 辆 岁 ㎡ …) fall away."""
    scaled = read_decimal(value)
    if isinstance(scaled, Rounded) or scaled % SCALE:
        raise Refused("not a whole number")
    return scaled // SCALE


def read_percent(value: object) -> int:
    """A share in ten-thousandths of 1: `12%` and `0.12` are 1,200. A bare 12 is refused, it may mean either.

    A number cell of 1 is 100 % (that is how a workbook keeps it); the text `1` is refused.
    """
    if isinstance(value, int | float):
        share = _finite(value)
    else:
        text = _number_text(value)
        found = _match(_SHARE, text.removesuffix("%"), Refused("not a share"))
        share = _decimal(found["number"], found["sign"])
        if text.endswith("%"):
            return _share(share / 100)
        if share == 1:
            raise Refused("1 % or 100 %? Write the % sign")
    if 1 < share <= 100:  # noqa: PLR2004 - a hundred per cent
        raise Refused("12 % or 0.12? Write the % sign")
    return _share(share)


def _share(share: Decimal) -> int:
    if not 0 <= share <= 1:
        raise Refused("a share lies between 0 % and 100 %")
    return _scaled(share, 1)


def _known(unit: int | None) -> int:
    if unit is None:
        raise Refused("元 or 万元? Name the unit in the heading, above the table or in the value")
    return unit


def _finite(value: float) -> Decimal:
    if isinstance(value, bool):
        raise Refused("yes or no where a number is meant")
    number = Decimal(repr(value))
    if not number.is_finite():
        raise Refused("not a number")
    return number


def _number_text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("a date or time where a number is meant")
    if _TWO_NUMBERS.search(value):
        raise Refused("a range or several numbers: write one")
    text = squeeze(value).replace("\u2212", "-").lower()
    return f"{Decimal(text):f}" if _NEXT_TO_NOTHING.fullmatch(text) else text


def _bracketless(text: str) -> str:
    """`(1,234.50)` is minus 1,234.50 in bookkeeping."""
    found = _BRACKETED.fullmatch(text)
    return f"-{found['currency']}{found['inner']}{found['rest']}" if found else text


def _match(pattern: re.Pattern[str], text: str, otherwise: Refused) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found:
        return found
    if _SCIENTIFIC.fullmatch(text):
        raise Refused("scientific notation has lost digits: write the number in full")
    if _RANGE.search(text):
        raise Refused("a range or several numbers: write one")
    if _COMMAS.match(text):
        raise Refused("the commas are not where thousands are: write 1234.56 or 1,234.56")
    raise otherwise


def _decimal(number: str, sign: str) -> Decimal:
    return Decimal(sign + number.replace(",", ""))


def _scaled(number: Decimal, times: int) -> int:
    """The number times `times`, in ten-thousandths."""
    if number.adjusted() > len(str(LARGEST)):
        raise Refused("too large")
    exact = number * times * SCALE
    scaled = _within(int(exact.to_integral_value(ROUND_HALF_UP)))
    return scaled if scaled == exact else Rounded(scaled)


def _within(scaled: int) -> int:
    if abs(scaled) > LARGEST:
        raise Refused("too large")
    return scaled


_COUNT_NOTE = re.compile(
    r"\s*共?\s*(\d{1,3}(?:,\d{3})+(?!\d)|\d+)\s*[个人家台户]?\s*(?:[,，;；。、:：]\s*(?=\D)|(?=[(（])|\s+(?=\D)|$)(.*)",
    re.DOTALL,
)


def read_count_note(value: object) -> tuple[int | None, str]:
    """`120家，以夫妻店为主` → 120 and the rest; what does not begin with one plain count is all note (forms.md 1.5)."""
    text = clean_text(value)
    found = _COUNT_NOTE.fullmatch(text)
    return (int(found[1].replace(",", "")), found[2].strip()) if found else (None, text)


_YES = frozenset(("是", "有", "√", "✓", "✔", "☑", "y", "yes", "1", "true", "对", "已婚"))
_NO = frozenset(("否", "无", "没有", "×", "✗", "✘", "x", "n", "no", "0", "false", "未婚"))


def read_bool(value: object) -> bool:
    """Yes or no: 是/否 有/无 √/× Y/N 1/0 true/false 已婚/未婚."""
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    word = fold(value) if isinstance(value, str) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("neither yes nor no")
