"""MAN: the letter table R3 (domain.md 5.5), letters not known, evidence too old, the order of lists."""

from datetime import date
from itertools import product

import pytest

from custcli.domain.prospects import Action, Grade, Letter, assess, letter, man, order_key, parse_man
from custcli.domain.readers import Refused

DAY = date(2026, 6, 30)
COMBINATIONS = list(product(Letter, repeat=3))


@pytest.mark.parametrize(
    ("code", "grade", "action"),
    [  # R3, all eight
        ("M+A+N", "A", "sell"),
        ("M+A+n", "B", "create_need"),
        ("M+a+N", "B", "find_decider"),
        ("m+A+N", "B", "finance"),
        ("m+a+N", "C", "cultivate"),
        ("m+A+n", "C", "cultivate"),
        ("M+a+n", "C", "cultivate"),
        ("m+a+n", "D", "stop"),
    ],
)
def test_letter_table(code, grade, action):
    assessment = assess(parse_man(code))
    assert (assessment.man, assessment.grade, assessment.action) == (code, grade, action)
    assert not assessment.provisional


@pytest.mark.parametrize("letters", [letters for letters in COMBINATIONS if Letter.UNKNOWN in letters], ids=man)
def test_the_nineteen_with_an_unknown_letter(letters):
    assessment = assess(letters)
    best = assess(tuple(Letter.YES if one is Letter.UNKNOWN else one for one in letters))
    assert assessment.grade == best.grade
    assert assessment.provisional
    assert assessment.action is Action.COMPLETE_ASSESSMENT
    assert assessment.man.count("?") == letters.count(Letter.UNKNOWN)


def test_twenty_seven_codes_are_told_apart_and_read_back():
    assert len({man(letters) for letters in COMBINATIONS}) == 27
    assert all(parse_man(man(letters)) == letters for letters in COMBINATIONS)


@pytest.mark.parametrize("text", ["MaN", "M+a+N", " M + a + N ", "Ｍ＋ａ＋Ｎ"])
def test_writings_of_a_code(text):
    assert parse_man(text) == (Letter.YES, Letter.NO, Letter.YES)


@pytest.mark.parametrize("text", ["", "M+A", "A+M+N", "M+A+N+N", "M-A-N", "xyz"])
def test_no_code(text):
    with pytest.raises(Refused):
        parse_man(text)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("yes", "yes"),
        ("No", "no"),
        ("unknown", "unknown"),
        (None, "unknown"),
        (60, "yes"),
        (59, "no"),
        ("0", "no"),
        ("100", "yes"),
    ],
)
def test_letters_and_scores(value, meant):  # R3: upper case from 60 on
    assert letter(value) == meant


@pytest.mark.parametrize("value", ["maybe", "101", -1, "6.5", ""])
def test_no_letter(value):
    with pytest.raises(Refused):
        letter(value)


@pytest.mark.parametrize(
    ("evidence", "stale"),
    [
        ([], False),
        ([None], False),
        ([date(2026, 1, 1)], False),  # 180 days
        ([date(2025, 12, 31)], True),  # 181
        ([DAY, None, date(2025, 12, 31)], True),
    ],
)
def test_evidence_older_than_180_days_is_stale(evidence, stale):
    assert assess(parse_man("MAN"), evidence=evidence, day=DAY).stale is stale


def test_order_of_lists():
    rows = [
        (Grade.B, 900, None, "B1"),
        (Grade.A, None, DAY, "A5"),
        (Grade.A, 100, None, "A4"),
        (Grade.A, 100, DAY, "A3"),
        (Grade.A, 100, date(2026, 6, 1), "A2"),
        (Grade.A, 500, None, "A1"),
        (Grade.A, None, DAY, "A6"),
    ]
    assert [row[3] for row in sorted(rows, key=lambda row: order_key(*row))] == [
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A6",
        "B1",
    ]
