"""How personal data is hidden on screen, in exports and in messages (reliability.md 3.7)."""

import re
from collections.abc import Callable, Mapping
from datetime import date

HIDDEN = "***"
_COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
        "公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁"
        "拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘东门西门歐陽司馬諸葛東方長孫鍾離",
    ),
)
_PLACE = r"[\u4e00-\u9fff]"
_NOT_A_STREET = r"(?:(?![路街巷弄号镇乡村栋楼室])" + _PLACE + ")"
_DISTRICT = re.compile(
    rf"\s*(?:{_NOT_A_STREET}{{2,8}}?(?:省|自治区|特别行政区))?(?:{_NOT_A_STREET}{{2,8}}?(?:自治州|地区|盟|(?<!超)市(?!场)))?"
    rf"(?:{_NOT_A_STREET}{{1,8}}?(?:(?<![小园社厂校库营])区|县|旗|(?<!超)市(?!场)))?",
)
_LONG_NUMBER, _SHORT_NUMBER, _SHORT_ID = 11, 7, 4


def mask(value: object, how: str) -> str | None:
    """What is shown instead of a value; None stays None.

    `how`: name, phone, id, address, date, email, account, hide; an unknown word hides all.
    """
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    return _MASKS.get(how, _hide)(text) if text else text


def _name(text: str) -> str:
    text = text.strip()
    return (text[:2] if text[:2] in _COMPOUND_SURNAMES and len(text) > 2 else text[:1]) + "*"  # noqa: PLR2004


def _phone(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdecimal())
    if len(digits) >= _LONG_NUMBER:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"{digits[:2]}****{digits[-2:]}" if len(digits) >= _SHORT_NUMBER else "****"


def _id(text: str) -> str:
    return text[0] + "*" * (len(text) - 2) + text[-1] if len(text) > _SHORT_ID else "*" * len(text)


def _address(text: str) -> str:
    found = _DISTRICT.match(text)
    return (found[0].strip() if found else "") + "****"


def _date(text: str) -> str:
    found = re.match(r"[0-9]{4}", text)
    return f"{found[0]}-**-**" if found else HIDDEN


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    return f"{name[:1]}***@{domain}" if at else HIDDEN


def _account(text: str) -> str:
    return "****" + (text[-4:] if len(text) >= 2 * _SHORT_ID else "")


def _hide(_text: str) -> str:
    return HIDDEN


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "id": _id,
    "address": _address,
    "date": _date,
    "email": _email,
    "account": _account,
    "hide": _hide,
}

_MASKED = re.compile(r"[^\s*]*\*{2,}[^\s*]*|[0-9]{4}-\*\*-\*\*|[\u4e00-\u9fff·]{1,2}\*[\u4e00-\u9fff]?|[A-Za-z]\*")


def looks_masked(text: str) -> bool:
    """Whether a text was masked here or elsewhere (`张*`, `138****8000`, `1990-**-**`): it must not overwrite data."""
    if "*" not in text and "＊" not in text:
        return False
    return _MASKED.fullmatch(text.strip().replace("＊", "*")) is not None
