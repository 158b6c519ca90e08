"""One value as text: exact for machines, rounded for people, harmless for terminals."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli import messages
from custcli.grid import Column, Kind
from custcli.views.cells import escaped, exact, for_machines, for_people, share, visible, yuan
from custcli.wide import pad, width, wrap

AMOUNTS = st.integers(-(10**18), 10**18)


@pytest.mark.parametrize(
    ("amount", "machine", "people"),
    [
        (12345678900, "1234567.89", "1,234,567.89"),  # the amount of cli_check R16
        (0, "0", "0.00"),
        (10000, "1", "1.00"),
        (1, "0.0001", "0.00"),
        (49, "0.0049", "0.00"),
        (50, "0.005", "0.01"),  # half up, decisions.md 3
        (-50, "-0.005", "-0.01"),
        (-49, "-0.0049", "0.00"),
        (999999999999999999, "99999999999999.9999", "100,000,000,000,000.00"),  # libraries.md 3.3: a float loses this
    ],
)
def test_money(amount, machine, people):
    assert exact(amount) == machine
    assert yuan(amount) == people


@given(AMOUNTS)
def test_money_for_machines_is_exact(amount):
    assert Decimal(exact(amount)) * 10000 == amount
    assert Decimal(json.loads(f"[{exact(amount)}]", parse_float=Decimal)[0]) * 10000 == amount


@given(AMOUNTS)
def test_money_for_people_is_rounded_half_up(amount):
    rounded = (Decimal(amount) / 10000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(yuan(amount).replace(",", "")) == rounded


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (1 / 3, "0.3333333333"), (0.0, "0"), (1.0, "1"), (1e-12, "0")]
)
def test_shares_for_machines(value, text):
    assert share(value) == text


EAST = datetime(2026, 3, 5, 8, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("kind", "value", "machine", "people"),
    [
        (Kind.TEXT, "甲", "甲", "甲"),
        (Kind.CODE, "00123", "00123", "00123"),
        (Kind.INTEGER, 1234567, "1234567", "1,234,567"),
        (Kind.DECIMAL, 12345678901, "1234567.8901", "1,234,567.8901"),
        (Kind.DECIMAL, -5000, "-0.5", "-0.5"),
        (Kind.SHARE, 0.1234, "0.1234", "12.3 %"),
        (Kind.SHARE, 1 / 80, "0.0125", "1.3 %"),  # half up, as a workbook shows 0.0 %
        (Kind.SHARE, -0.0004, "-0.0004", "0.0 %"),
        (Kind.DATE, date(2026, 3, 5), "2026-03-05", "2026-03-05"),
        (Kind.TIME, EAST, "2026-03-05T00:00:00Z", None),
        (Kind.TIME, datetime(2026, 3, 5, 8, tzinfo=UTC), "2026-03-05T08:00:00Z", None),
        (Kind.FLAG, True, "true", "yes"),
        (Kind.LIST, ["a", "b"], "a;b", "a, b"),
        (Kind.DATE, "1990", "1990", "1990"),  # a masked date is text
        *[(kind, None, "", "") for kind in Kind],
    ],
)
def test_each_kind(kind, value, machine, people):
    column = Column("x", "X", kind)
    assert for_machines(value, column) == machine
    assert people is None or for_people(value, column) == people


def test_tokens_are_words_for_people_only():
    column = Column("flag", "Flag", Kind.TOKEN, labels={"y": "yes"})
    messages.use("zh")
    assert for_machines("y", column) == "y"
    assert for_people("z", column) == "z"


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_can_steer_a_terminal(text):
    """reliability.md E 12: no ESC, BEL, C1 or bidi character, and no line break, comes through."""
    for made in (visible(text), escaped(text)):
        assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} for char in made)
        assert not any(
            char in made for char in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        )


def test_escapes_are_seen():
    assert visible("\x1b]0;x\x07客户\n\u202e\x9b") == "\\x1b]0;x\\x07客户\\n\\u202e\\x9b"


def test_what_is_harmless_stays():
    family = "👨\u200d👩\u200d👧"  # joined by ZWJ: not a control
    assert visible(f"[/b]坏[VIP] {family} ¥𠮷") == f"[/b]坏[VIP] {family} ¥𠮷"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("客户", 4), ("ｶﾅ", 2), ("é", 1), ("e\u0301", 1), ("¥𠮷", 3), ("", 0)]
)
def test_width(text, columns):
    assert width(text) == columns


@given(st.text("ab客户 ，。", max_size=40), st.integers(0, 60))
def test_padding_never_cuts(text, columns):
    assert pad(text, columns).startswith(text)
    assert width(pad(text, columns)) == max(columns, width(text))
    assert pad(text, columns, right=True).endswith(text)


def test_a_figure_keeps_its_percent_sign():
    assert wrap("sales -20 %", 10) == ["sales", "-20 %"]


@given(st.text("ab客户 ，。", max_size=80), st.integers(4, 30))
def test_wrapping_loses_nothing(text, columns):
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    words = max((width(word) for word in text.split()), default=0)
    assert all(width(line) <= max(columns, words) for line in lines)
