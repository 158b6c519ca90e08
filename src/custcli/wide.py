"""How wide a text stands on a screen: full-width characters take two columns, combining ones none."""

import unicodedata
from collections.abc import Iterator


class _Widths(dict[str, int]):
    """Character → columns, worked out once a character."""

    def __missing__(self, char: str) -> int:
        if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}:
            columns = 0
        else:
            columns = 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
        self[char] = columns
        return columns


_WIDTHS = _Widths()


def width(text: str) -> int:
    """The columns that a text without control characters takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with blanks to so many columns; `right` puts the blanks before it. Never cut."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns; broken at blanks, Chinese anywhere, nothing dropped but blanks."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or piece.strip() else ""
    return [*lines, line.rstrip()] if line or not lines else lines


_NOT_LAST = set("（「『《【")
_NOT_FIRST = set(",.;:!?)]}%，。；：！？）」』】》、…")
"""Signs that never end a line, and those that never begin one."""


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: a word with the blanks (and %) after it, one wide character with the stops after it."""
    piece = ""
    for char in text:
        wide = width(char) == 2  # noqa: PLR2004 - two columns is what wide means
        before = piece[-1:]
        between = before and (wide or width(before) == 2)  # noqa: PLR2004 - as above
        between = between and char not in _NOT_FIRST and before not in _NOT_LAST
        after_blank = before.isspace() and char != "%"  # a figure and its sign stay together
        if (after_blank or between) and not char.isspace():
            yield piece
            piece = ""
        piece += char
    yield piece
