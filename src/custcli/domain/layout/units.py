"""Units of amounts in headings and above tables: 万元, 元, % (forms.md 2)."""

import re
from collections.abc import Sequence

from custcli.domain.forms import Field
from custcli.domain.readers import fold

UNITS = {
    "元": 1, "人民币": 1, "人民币元": 1, "rmb": 1, "cny": 1, "yuan": 1, "¥": 1, "10,000yuan": 10**4,
    "百元": 10**2, "千元": 10**3, "万": 10**4, "万元": 10**4, "人民币万元": 10**4,
    "十万元": 10**5, "百万": 10**6, "百万元": 10**6, "千万元": 10**7, "亿": 10**8, "亿元": 10**8,
}  # fmt: skip
PERCENT = 100
"""The unit of a percentage under a % sign: a bare 12 is 12 %."""
_TIMES = {"百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_TIMES_OF = re.compile(r"(百万|千万|十万|百|千|万|亿)")
_FOREIGN = re.compile(r"美元|美金|欧元|港元|港币|日元|英镑|usd|eur|hkd|jpy|gbp|us\$|\$|€|£")
_UNIT_LINE = re.compile(r"单位[::]?((?:人民币)?(?:百万|千万|十万|百|千|万|亿)?元)")


def sheet_unit(text: str) -> int | None:
    """The yuan for one of a line 单位：万元, or None."""
    found = _UNIT_LINE.search(fold(text))
    return UNITS.get(found[1]) if found else None


def default_unit(item: Field) -> int:
    """The yuan for one of the unit in which the form says people write this field."""
    return UNITS.get(item.unit or "元", 1)


def unit_word(word: str) -> int | None:
    """The multiplier that a bracket states, or None: 万元, 单位:元, %."""
    if word == "%":
        return PERCENT
    return UNITS.get(word.removeprefix("单位").lstrip(":"))


def stated_unit(inners: Sequence[str], item: Field) -> tuple[int | None, bool]:
    """What the brackets of a chain say, the innermost first: the multiplier, and whether it is a foreign currency."""
    for word in (word for inner in reversed(inners) for word in inner.split()):
        if item.type == "money":
            if _FOREIGN.search(word):
                return None, True
            if (unit := unit_word(word)) and word != "%":
                return unit, False
        elif item.type == "percent" and word == "%":
            return PERCENT, False
        elif item.type in ("decimal", "int") and (times := _TIMES_OF.match(word)):
            return _TIMES[times[1]], False
    return None, False
