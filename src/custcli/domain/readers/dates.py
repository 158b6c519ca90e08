"""Days, and since when, as people write them; what is in doubt is refused, never guessed (forms.md 2)."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum

from custcli.domain.readers.texts import NO_WIDTH, Refused, digits


class MaybeSerial(Refused):
    """A whole number in a date column that may be a workbook's day number; the column decides (decisions.md 20)."""


class DateStyle(StrEnum):
    """What a whole column of dates has proved: a workbook's day numbers, 12/25/2009 or 25/12/2009."""

    SERIAL = "serial"
    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


class MaybeOrdered(Refused):
    """Two numbers and a year, `first`/`second`/2009: a column in which one of them passes 12 says which is the day."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__("day and month in doubt: write 2026-03-05")
        self.first = first
        self.second = second


def day_order(most_first: int, most_second: int) -> DateStyle | None:
    """The order of a column by the greatest numbers that stand first and second in it; None leaves it in doubt."""
    months = 12
    if most_second > months >= most_first:
        return DateStyle.MONTH_FIRST
    return DateStyle.DAY_FIRST if most_first > months >= most_second else None


FIRST_YEAR, LAST_YEAR = 1800, 2200
SERIALS = range(20_000, 80_001)
"""Whole numbers that may be a workbook's day numbers (1954 … 2119)."""

_ISO_LENGTH = 10
_TIME = re.compile(r"(?:[ T]+|(?<=[日号]))(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9](?::[0-5]?[0-9](?:\.[0-9]+)?)?$")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<mark>[-/.])|(?=[0-9]{4}$))(?P<m>[0-9]{1,2})(?(mark)(?P=mark))(?P<d>[0-9]{1,2})"
)
_DATE_WORDS = re.compile(
    r"(?:(?P<era>民国)(?=[0-9]{1,3}年)|(?=[0-9]{4}年))(?P<y>[0-9]{1,4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})[日号]?"
)
_ORDERED_DATE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_DOUBTFUL_DATE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{1,2})")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY_NAMED = re.compile(rf"([0-9]{{1,2}})(?:st|nd|rd|th)?[-/.]?{_NAME}[-/.,]?([0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE)
_NAMED_DAY = re.compile(rf"{_NAME}[-/.]?([0-9]{{1,2}})(?:st|nd|rd|th)?,?([0-9]{{4}})", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月份?)")
_YEAR = re.compile(r"([0-9]{4})年?")
_ROC_ERA = 1911
_CHINESE_DIGITS = {digit: str(number) for number, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_CHINESE_NUMBER = re.compile(r"([一二两三四五六七八九]?)(十|廿|卅)([一二三四五六七八九]?)")
_TENS = {"廿": "2", "卅": "3"}


def read_date(value: object) -> date:
    """A day as people write it; a time of the day falls away.

    Refused: doubt of day and month, a day that does not exist, a month alone, years outside 1800 … 2200.
    A whole number from 20,000 to 80,000 raises MaybeSerial: only the whole column can say (see from_serial).
    """
    if type(value) is str and len(value) == _ISO_LENGTH and value[4] == value[7] == "-":
        try:
            return _in_years(date.fromisoformat(value))
        except ValueError as error:
            if isinstance(error, Refused):
                raise
    if isinstance(value, datetime):
        return _in_years(value.date())
    if isinstance(value, date):
        return _in_years(value)
    return _date_of_text(_date_text(value))


def read_ordered(value: object, style: DateStyle) -> date:
    """A day as people write it in a column that has proved which number is the month."""
    try:
        return read_date(value)
    except MaybeOrdered as doubt:
        numbers = (doubt.first, doubt.second) if style is DateStyle.MONTH_FIRST else (doubt.second, doubt.first)
        return _day(int(_date_text(value)[-4:]), *numbers)


def from_serial(number: float) -> date:
    """The day of a workbook's day number, 1900 system; a part of a day falls away. Refused: 29 February 1900 (60)."""
    days = int(number)
    if not 0 < days < 110_000 or days == 60:  # noqa: PLR2004 - day 60 is a leap day that never was; 110,000 is 2201
        raise Refused("not a day number")
    return _in_years(date(1899, 12, 31 if days < 60 else 30) + timedelta(days=days))  # noqa: PLR2004


_ABOUT = re.compile(r"(?:大?约|about)([0-9]{4})年?")


def read_since(value: object, filled_on: date) -> tuple[date, str]:
    """Since when, and how exactly that is known: `day`, `month`, `year` or `about` (forms.md 2).

    A length of time (3年, 36个月, 3年半, 3年多) is counted back from the day the form was filled and cut to what is
    known: the first of the month or year, so that it reads the same wherever it is written. 08年 and 99年 may be years
    as well and are refused.
    """
    if isinstance(value, date):
        return read_date(value), "day"
    text = _date_text(value)
    bare = re.sub(r"^自?从?|(?:开始|至今|起|以来)+$", "", text)
    if found := _MONTH.fullmatch(bare):
        return _day(int(found[1]), int(found[2] or found[3]), 1), "month"
    if (found := _YEAR.fullmatch(bare)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return _day(int(found[1]), 1, 1), "year"
    if length := _length(bare):
        months, exactly = length
        since = _months_before(filled_on, months)
        return since.replace(day=1) if exactly == "month" else since.replace(month=1, day=1), exactly
    if (found := _ABOUT.fullmatch(bare)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return _day(int(found[1]), 1, 1), "about"
    return _date_of_text(bare), "day"


_LENGTH = re.compile(
    r"(?P<about>大?约|近|将近|超过)?(?:(?P<years>[1-9]|[1-5][0-9])年(?P<half>半)?)?(?:(?P<months>[0-9]{1,3})个月|(?P<half_year>半年))?"
    r"(?P<more>多|左右|以上|余|多年)?",
)


def _length(text: str) -> tuple[int, str] | None:
    """The months of a length of time and how exact it is."""
    found = _LENGTH.fullmatch(re.sub(r"多年$", "年多", text))
    if not found or not (found["years"] or found["months"] or found["half_year"]):
        return None
    months = 12 * int(found["years"] or 0) + int(found["months"] or 0) + 6 * bool(found["half"] or found["half_year"])
    if found["about"] or found["more"]:
        return months, "about"
    return months, "month" if months % 12 or found["months"] else "year"


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return _day(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _date_text(value: object) -> str:
    """The text of a date: NFKC, no time of day, no blanks, Arabic digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("not a date")
    text = value if isinstance(value, str) else digits(value)
    text = _TIME.sub("", unicodedata.normalize("NFKC", text).translate(NO_WIDTH).strip())
    text = _CHINESE_NUMBER.sub(_arabic, "".join(text.split()))
    return "".join(_CHINESE_DIGITS.get(sign, sign) for sign in text)


def _arabic(found: re.Match[str]) -> str:
    """十 → 10, 十二 → 12, 二十 → 20, 廿五 → 25."""
    ones = _CHINESE_DIGITS.get(found[3], "0")
    tens = _TENS.get(found[2]) or _CHINESE_DIGITS.get(found[1].replace("两", "二"), "1")
    return tens + ones


def _date_of_text(text: str) -> date:
    if found := _DATE.fullmatch(text):
        return _day(int(found["y"]), int(found["m"]), int(found["d"]))
    if found := _DATE_WORDS.fullmatch(text):
        return _day(int(found["y"]) + _ROC_ERA * bool(found["era"]), int(found["m"]), int(found["d"]))
    if text.isdecimal() and int(text) in SERIALS:
        raise MaybeSerial("a whole number, perhaps a day number of a workbook: format the column as dates")
    if found := _DAY_NAMED.fullmatch(text):
        return _named(found[2], found[1], found[3])
    if found := _NAMED_DAY.fullmatch(text):
        return _named(*found.groups())
    if found := _ORDERED_DATE.fullmatch(text):
        raise MaybeOrdered(int(found[1]), int(found[3]))
    if _DOUBTFUL_DATE.fullmatch(text):
        raise Refused("day and month in doubt: write 2026-03-05")
    if _MONTH.fullmatch(text):
        raise Refused("only a month: write the day")
    if _YEAR.fullmatch(text):
        raise Refused("only a year: write month and day")
    raise Refused("not a date: write 2026-03-05")


def _named(name: str, day: str, year: str) -> date:
    """11-Feb-2013, Feb 11, 2013: the name of the month leaves no doubt, two digits of a year do."""
    if len(year) < 4:  # noqa: PLR2004 - digits of a whole year
        raise Refused("the year has two digits: write 2013-02-11")
    return _day(int(year), _NAMES.index(name[:3].lower()) + 1, int(day))


def _day(year: int, month: int, day: int) -> date:
    try:
        return _in_years(date(year, month, day))
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused("there is no such day") from None


def _in_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("the year is not between {first} and {last}", first=FIRST_YEAR, last=LAST_YEAR)
    return day
