"""How Chinese names sound: texts found by pinyin, by initials, by any mixture of these and characters (F019)."""

import re
from collections.abc import Sequence

READINGS = 4
"""So many readings of a character are taken, the usual ones first; further ones are of old texts only."""
_LETTERS = re.compile(r"[a-z]")
_BETWEEN = re.compile(r"[^\S\n]+|['’.\-_·|;]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def asks_for_sound(text: str) -> bool:
    """Whether a text looked for has letters that may be pinyin."""
    return bool(_LETTERS.search(text.casefold()))


def sounding(texts: Sequence[str], wanted: str) -> list[int]:
    """The numbers of the texts in which `wanted` is found by sound; 100,000 names take less than a second."""
    how = pattern(wanted)
    return [number for number, spoken in enumerate(spell(texts)) if how.search(spoken)]


def spell(texts: Sequence[str]) -> list[str]:
    """长城2店 → '长zhang|chang;'城cheng;2'店dian; for each text."""
    joined = "\n".join(text.replace("\n", " ") for text in texts).casefold()
    table = str.maketrans({char: f"'{char}{'|'.join(_readings(char))};" for char in filter(_HAN.match, set(joined))})
    return _BETWEEN.sub("", joined).translate(table).split("\n")


def _readings(char: str) -> list[str]:
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return [reading for reading in found[0] if reading.isascii()][:READINGS] if found else []


_SAME = r"(?:[a-z|]*;)?"
"""Where the syllable before may be left early: hd and huad are found as well as huadong."""
_LEFT = r"[a-z|]*;"
_READING = r"(?:'.(?:[a-z]+\|)*)?"
"""The beginning of any reading of the next character."""


def pattern(text: str) -> re.Pattern[str]:
    """What finds a text by letters that are syllables, beginnings of them or initials, and by characters between them.

    It is looked for in what `spell` makes of a text.
    """
    pieces: list[str] = []
    former = ""
    for char in _BETWEEN.sub("", text.casefold()):
        leave = _LEFT if _HAN.fullmatch(former) else _SAME
        if _HAN.fullmatch(char):
            pieces.append(f"{leave if former else ''}'{char}")
        else:
            pieces.append((leave + _READING if former else "(?<![a-z])") + re.escape(char))
        former = char
    return re.compile("".join(pieces))
