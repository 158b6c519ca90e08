"""How people write values: texts, amounts, numbers, yes and no, days; cells in, exact values out (forms.md 2)."""

from custcli.domain.readers.dates import (
    DateStyle,
    MaybeOrdered,
    MaybeSerial,
    day_order,
    from_serial,
    read_date,
    read_ordered,
    read_since,
)
from custcli.domain.readers.numbers import (
    LARGEST,
    Rounded,
    read_bool,
    read_count_note,
    read_decimal,
    read_int,
    read_money,
    read_percent,
)
from custcli.domain.readers.texts import EXACT_DIGITS, Refused, blank, clean_text, fold, unfilled

__all__ = [
    "EXACT_DIGITS",
    "LARGEST",
    "DateStyle",
    "MaybeOrdered",
    "MaybeSerial",
    "Refused",
    "Rounded",
    "blank",
    "clean_text",
    "day_order",
    "fold",
    "from_serial",
    "read_bool",
    "read_count_note",
    "read_date",
    "read_decimal",
    "read_int",
    "read_money",
    "read_ordered",
    "read_percent",
    "read_since",
    "unfilled",
]
