"""Text as it comes out of a file: without the characters that are never meant (reliability.md D 16)."""

import re

LONGEST_TEXT = 32_767
"""Characters in a cell, the limit of spreadsheets themselves."""

ERROR_TEXTS = frozenset(
    [
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
        "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!",
    ]
)  # fmt: skip
"""What a spreadsheet writes where a formula failed; in csv and pasted values it arrives as plain text."""

# Control characters but newline and tab; zero-width blanks and joiners but those inside of emoji; marks that turn
# direction.
_NEVER_MEANT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)
_LINE_ENDS = re.compile("\r\n?")


def without_controls(text: str) -> str:
    """The text with line feeds as line ends and without control, zero-width and direction characters."""
    return _NEVER_MEANT.sub("", _LINE_ENDS.sub("\n", text))
