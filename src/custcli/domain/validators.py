"""Numbers and addresses that can be checked: ID cards, companies, telephones, mail (domain.md 1.2).

A validator takes the raw value of a cell and today, and gives the text to store. What is wrong raises Refused;
what is only doubtful is stored as given and comes back as Doubtful, to be counted as a warning.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from custcli.domain.readers import EXACT_DIGITS, Refused, fold
from custcli.messages import Message, message


class Doubtful(str):
    """A text that is stored although it looks wrong; `message` says what to look at."""

    __slots__ = ("message",)
    message: Message

    @classmethod
    def of(cls, text: str, reason: Message) -> "Doubtful":
        """The text with its doubt."""
        doubtful = cls(text)
        doubtful.message = reason
        return doubtful


class DoubtfulZero(int):
    """A quantity of 0 that is taken: a till writes such lines for coupons, and their orders are whole without it."""

    message = message("is 0")


_JOINTS = str.maketrans("", "", "-()")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+")


def _lost() -> Refused:
    return Refused("the number has lost digits: format the column as text and write it again")


def _text(raw: object) -> str:
    """The value as NFKC text in upper case without blanks; a number cell only while it holds all its digits."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if abs(raw) >= 10**EXACT_DIGITS or raw != int(raw) or raw < 0:
            raise _lost()
        return str(int(raw))
    if not isinstance(raw, str):
        raise Refused("a number or address written as text is meant")
    text = fold(raw).upper()
    if _SCIENTIFIC.fullmatch(text):
        raise _lost()
    return text


# --- resident identity card (GB 11643) -----------------------------------------------------------

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PROVINCES = frozenset(re.findall("..", "1112131415212223313233343536374142434445465051525354616263646571818283"))
_ID_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_ID_FORM = re.compile(r"[1-9][0-9]{14}")
_OVER_A_CENTURY = range(996, 1000)
_OLDEST = 130


def id_card(raw: object, today: date) -> str:
    """An 18-digit ID number; one of 15 digits is lengthened (GB 11643). Errors: form, check digit, province, birth."""
    if not isinstance(raw, str):
        raise Refused("a number cell cannot hold an ID number whole: format the column as text and write it again")
    number = _text(raw)
    if _OLD_ID_FORM.fullmatch(number):
        number = _lengthened(number)
    if not _ID_FORM.fullmatch(number):
        raise Refused("an ID number has 18 digits, the last one may be X")
    if _id_check(number) != number[17]:
        raise Refused("the check digit of the ID number is wrong")
    # 9…: permanent residence of foreigners, form of 2023
    if number[0] != "9" and number[:2] not in _PROVINCES:
        raise Refused("the ID number begins with no province")
    born = id_birth(number)
    if not (today.year - born.year - ((today.month, today.day) < (born.month, born.day)) <= _OLDEST and born <= today):
        raise Refused("the birth date in the ID number is in the future or over 130 years ago")
    return number


def _lengthened(number: str) -> str:
    """The sequences 996 to 999 were kept for people over a hundred years old."""
    century = "18" if int(number[12:]) in _OVER_A_CENTURY else "19"
    longer = number[:6] + century + number[6:]
    return longer + _id_check(longer)


def _id_check(number: str) -> str:
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False)) % 11]


def id_birth(number: str) -> date:
    """The birth date in an 18-digit ID number; Refused if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Refused("the birth date in the ID number does not exist") from None


def id_gender(number: str) -> str:
    """`male` or `female` by the 17th digit of an ID number: odd is male."""
    return "male" if int(number[16]) % 2 else "female"


# --- companies -----------------------------------------------------------------------------------

_USCC_FORM = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_OLD_REGISTRATION = re.compile(r"[0-9]{15}|[0-9A-Z]{8}[0-9X]")


def uscc(raw: object, _today: date) -> str:
    """A unified social credit code (GB 32100-2015). Error: form; warning: check character, old registration numbers."""
    code = _text(raw).translate(_JOINTS)
    if _OLD_REGISTRATION.fullmatch(code):
        return Doubtful.of(code, message("an old registration number: ask for the unified social credit code"))
    if not _USCC_FORM.fullmatch(code):
        raise Refused("a unified social credit code has 18 digits and letters without I O S V Z")
    from stdnum.cn import uscc as standard

    if standard.calc_check_digit(code[:17]) != code[17]:
        return Doubtful.of(code, message("the check character of the unified social credit code does not fit"))
    return code


_LICENCE = re.compile(r"[0-9A-Z\u4e00-\u9fff()\[\]〔〕【】/.-]{4,40}")


def licence(raw: object, _today: date) -> str:
    """The number of a licence: 4 to 40 letters, digits, Chinese characters. Anything else is a warning."""
    number = _text(raw)
    return (
        number
        if _LICENCE.fullmatch(number)
        else Doubtful.of(number, message("does not look like the number of a licence"))
    )


_LEGAL_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|股份公司|(?<![分子])公司)$")
_BRACKETS = str.maketrans("", "", "()[]{}〔〕【】")


def company_key(name: str) -> str:
    """The name by which a company is found again: width, blanks, brackets, case and legal form fall away, nothing else.

    集团 stays: a group and the company of the same name are two. So do places, branches and 贸易 against 商贸.
    """
    key = fold(name).translate(_BRACKETS)
    return _LEGAL_FORM.sub("", key) or key


# --- telephones ----------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_WHOLE_MOBILE = re.compile(r"1[3-9](?![0-9]*0{6}$)[0-9]{9}")
"""A mobile number in a number cell. Six noughts at its end are what a csv with 1.38E+10 left of the digits."""
_FROM_NUMBER = message("a telephone number from a number cell: a leading 0 or digits may be lost")
_WHOLE_PHONE = re.compile(rf"[2-9][0-9]{{6,7}}|[48]00[0-9]{{7}}|{_WHOLE_MOBILE.pattern}")
_LANDLINE = re.compile(
    r"(?:(?:\+86|0086)0?(?P<far>10|2[0-9]|[3-9][0-9]{2})|(?P<area>0(?:10|2[0-9]|[3-9][0-9]{2})))?"
    r"(?P<number>[2-9][0-9]{6,7})(?:(?:转|EXT\.?|X|#)(?P<extension>[0-9]{1,6}))?"
)
_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
_WRITTEN = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})-[2-9][0-9]{6,7}")
"""A landline as it is stored."""
_DASHED_EXTENSION = re.compile(r"-([0-9]{1,6})$")


def mobile(raw: object, _today: date) -> str:
    """A mainland mobile number, 11 digits; +86, blanks and dashes fall away. All else is an error.

    Eleven digits in a number cell of which the last may be lost are a warning (reliability.md B).
    """
    number = _text(raw).translate(_JOINTS)
    found = _MOBILE.fullmatch(number)
    if isinstance(raw, int | float) and not _WHOLE_MOBILE.fullmatch(number):
        if not found or found[1] != number:
            raise _lost()
        return Doubtful.of(number, _FROM_NUMBER)
    if found:
        return found[1]
    raise Refused("a mobile number has 11 digits and begins with 13 to 19; other numbers belong under telephone")


def phone(raw: object, _today: date) -> str:
    """A telephone number as `010-62345678-8001`, `400-800-1234` or a mobile number. What is unknown is a warning."""
    if isinstance(raw, str) and _WRITTEN.fullmatch(raw):
        return raw
    text = _text(raw)
    if isinstance(raw, int | float) and not _WHOLE_PHONE.fullmatch(text):
        return Doubtful.of(text, _FROM_NUMBER)
    joined = text.translate(_JOINTS)
    if found := _MOBILE.fullmatch(joined):
        return found[1]
    if found := _SERVICE.fullmatch(joined):
        return "-".join(found.groups())
    return _landline(text) or _foreign(raw if isinstance(raw, str) else text)


def _landline(text: str) -> str | None:
    """A landline's parts joined by dashes, or None. What stands after the last dash is read as an extension first."""
    for shape in (_DASHED_EXTENSION.sub(r"转\1", text), text):
        if found := _LANDLINE.fullmatch(shape.translate(_JOINTS)):
            area = found["area"] or (found["far"] and "0" + found["far"])
            return "-".join(part for part in (area, found["number"], found["extension"]) if part)
    return None


def _foreign(raw: str) -> str:
    import phonenumbers

    given = unicodedata.normalize("NFKC", raw).strip()
    try:
        number = phonenumbers.parse(given, "CN")
    except phonenumbers.NumberParseException:
        return Doubtful.of(given, message("not a telephone number, or several in one cell"))
    if not phonenumbers.is_valid_number(number):
        return Doubtful.of(given, message("not a telephone number that is in use"))
    if number.country_code == phonenumbers.country_code_for_region("CN"):
        area, _, rest = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).partition(" ")
        return f"{area}-{rest.replace(' ', '')}" if rest else area
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Doubtful.of(written, message("a telephone number outside mainland China"))


# --- mail, web, banks ----------------------------------------------------------------------------

_NAME, _PART = r"[^@\s<>(),;:、\"]+", r"[^@\s<>(),;:、\".]+"
_EMAIL = re.compile(rf"({_NAME})@({_PART}(?:\.{_PART})+)")
_LONGEST_EMAIL = 254
_URL = re.compile(r"(?:https?://)?[^\s/?#@:.]+(?:\.[^\s/?#@:.]+)+(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


def email(raw: object, _today: date) -> str:
    """An e-mail address: one @, a domain with a dot in lower case, at most 254 characters. All else is an error."""
    text = unicodedata.normalize("NFKC", raw).strip() if isinstance(raw, str) else ""
    found = _EMAIL.fullmatch(text)
    if not found or len(text) > _LONGEST_EMAIL:
        raise Refused("not an e-mail address")
    return f"{found[1]}@{found[2].lower()}"


def url(raw: object, _today: date) -> str:
    """A web address: http and https may be left out, the host has a dot. Anything else is a warning."""
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    return text if _URL.fullmatch(text) else Doubtful.of(text, message("does not look like a web address"))


def postcode(raw: object, _today: date) -> str:
    """A postal code of six digits; anything else is a warning."""
    return _or_doubtful(_text(raw), r"[0-9]{6}", message("a postal code has six digits"))


def qq(raw: object, _today: date) -> str:
    """A QQ number of 5 to 12 digits; anything else is a warning."""
    return _or_doubtful(_text(raw), r"[1-9][0-9]{4,11}", message("a QQ number has 5 to 12 digits"))


def _or_doubtful(text: str, shape: str, reason: Message) -> str:
    return text if re.fullmatch(shape, text) else Doubtful.of(text, reason)


def account(raw: object, _today: date) -> str:
    """The number of a bank account: 8 to 30 digits; blanks and dashes fall away. All else is an error."""
    number = _text(raw).translate(_JOINTS)
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise Refused("the number of an account has 8 to 30 digits")
    return number


VALIDATORS: Mapping[str, Callable[[object, date], str]] = {
    "id_card": id_card,
    "uscc": uscc,
    "licence": licence,
    "mobile": mobile,
    "phone": phone,
    "email": email,
    "url": url,
    "postcode": postcode,
    "qq": qq,
    "account": account,
}
"""The checks of texts that a form may name (forms.md 1.2): raw value and today in, text to store out."""
