"""How Chinese names sound: texts found by pinyin, by initials, by any mixture of these and characters (F019)."""

import os
import re
from collections.abc import Mapping, Sequence

READINGS = 4
"""So many readings of a character are taken, the usual ones first; further ones are of old texts only."""
_LETTERS = re.compile(r"[a-z]")
_BETWEEN = re.compile(r"[^\S\n]+|['’.\-_·|;]+")
_GAPS = r"[\s'’.\-_·|;]*"
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def asks_for_sound(text: str) -> bool:
    """Whether a text looked for has letters that may be pinyin."""
    return bool(_LETTERS.search(text.casefold()))


def sounding(texts: Sequence[str], wanted: str) -> list[int]:
    """The numbers of the texts in which `wanted` is found by sound.

    Only texts that have its first two signs one after the other are spelt out: 200,000 names take a part of a second.
    """
    readings = {char: _readings(char) for char in filter(_HAN.match, set("".join(texts)))}
    begins, how = _beginning(readings, wanted), pattern(wanted)
    likely = [number for number, text in enumerate(texts) if begins.search(text)]
    spoken = spell([texts[number] for number in likely], readings)
    return [number for number, text in zip(likely, spoken, strict=True) if how.search(text)]


def spell(texts: Sequence[str], readings: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """长城2店 → '长zhang|chang;'城cheng;2'店dian; for each text; `readings` of its characters where they are known."""
    if not texts:
        return []
    joined = "\n".join(text.replace("\n", " ") for text in texts).casefold()
    known = readings or {char: _readings(char) for char in filter(_HAN.match, set(joined))}
    table = str.maketrans({char: f"'{char}{'|'.join(found)};" for char, found in known.items()})
    return _BETWEEN.sub("", joined).translate(table).split("\n")


def _readings(char: str) -> list[str]:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # its table of phrases costs a second; characters need none
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return [reading for reading in found[0] if reading.isascii()][:READINGS] if found else []


def _beginning(readings: Mapping[str, Sequence[str]], wanted: str) -> re.Pattern[str]:
    """What a text must have in which `wanted` is found: its first two signs in one character or in two."""
    first, *rest = list(_BETWEEN.sub("", wanted.casefold()) or " ")
    if not rest:
        return re.compile(_signs(readings, first))
    both = _signs(readings, first + rest[0])
    return re.compile(f"{both}|{_signs(readings, first)}{_GAPS}{_signs(readings, rest[0])}")


def _signs(readings: Mapping[str, Sequence[str]], start: str) -> str:
    """A class of the characters of which a reading begins like this; a single sign also stands for itself."""
    having = [char for char, found in readings.items() if any(reading.startswith(start) for reading in found)]
    itself = [start, start.upper()] if len(start) == 1 else []
    return f"[{''.join(map(re.escape, [*having, *filter(_single, itself)]))}]" if having or itself else "(?!)"


def _single(sign: str) -> bool:
    return len(sign) == 1


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
