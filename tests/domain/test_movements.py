"""Movements between two runs and the watch list's rules (domain.md R20, W11)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from custcli.domain.movements import (
    Fall,
    Movement,
    Verdict,
    credit_falls,
    movement,
    reasons,
    sinking,
    steps,
    tally,
    urgent,
)


def verdict(abc, tier="small"):
    return Verdict(1, 10_000, abc, tier)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("A", "key"), ("B", "key"), Movement.FELL),
        (("A", "key"), ("A", "major"), Movement.FELL),
        (("C", "small"), ("B", "small"), Movement.ROSE),
        (("B", "small"), ("B", "ordinary"), Movement.ROSE),
        (("B", "small"), ("C", "ordinary"), Movement.MIXED),
        (("B", "small"), ("B", "small"), Movement.SAME),
        (None, ("A", "key"), Movement.ENTERED),
        (("C", "small"), None, Movement.LEFT),
    ],
)
def test_movement(before, after, expected):
    assert movement(before and verdict(*before), after and verdict(*after)) is expected


def test_tally_counts_every_customer_once():
    counts = {("A", "B", "key", "key"): 2, (None, "C", None, "small"): 3, ("C", None, "small", None): 4}
    found = tally(counts)
    assert sum(found.movements.values()) == sum(found.classes.values()) == 9
    assert (found.movements[Movement.FELL], found.movements[Movement.ENTERED], found.movements[Movement.LEFT]) == (
        2,
        3,
        4,
    )


GRADES = ("AAA", "AA", "A", "B", "C")
A_TO_B = (verdict("A", "major"), verdict("B", "major"))


@pytest.mark.parametrize(
    ("falls", "credit", "sales", "months", "expected"),
    [
        ([Fall(0, *A_TO_B)], (), (0, 0), (), ["fell"]),
        ([Fall(1, *A_TO_B)], (), (0, 0), (), ["fell"]),  # stays for one run without a fall
        ([Fall(2, *A_TO_B)], (), (0, 0), (), []),  # leaves after two
        ([Fall(0, *A_TO_B), Fall(2, *A_TO_B)], (), (0, 0), (), ["fell", "fell_twice"]),
        ([Fall(0, verdict("C"), None)], (), (0, 0), (), ["left"]),
        ([], (), (80, 100), (), ["sales_fell"]),  # 20 % exactly
        ([], (), (81, 100), (), []),
        ([], (), (5, 0), (), []),
        ([], (), (0, 0), (4, 3, 2, 1), ["three_months"]),
        ([], (), (0, 0), (4, 3, 3, 1), []),
        ([], ("AA", "AA", "A"), (0, 0), (), ["credit_fell"]),  # since the latest run
        ([], ("AA", "A", "A", "A", "A"), (0, 0), (), []),  # two runs without a fall
        ([], ("AAA", "AA", "AA", "A", "A"), (0, 0), (), ["credit_fell", "fell_twice"]),
        ([], ("AA", "AA", "A", "B"), (0, 0), (), ["credit_fell"]),  # at the latest run and since: one fall
        ([Fall(1, *A_TO_B)], ("AA", "A", "A"), (0, 0), (), ["fell", "credit_fell", "fell_twice"]),
        ([], (None, "unrated", "AA"), (0, 0), (), []),  # rated first: no fall
        ([], ("AA", "unrated", "A"), (0, 0), (), ["credit_fell"]),
        ([], ("A", "A", "AA"), (0, 0), (), []),
    ],
)
def test_reasons(falls, credit, sales, months, expected):
    assert reasons(falls, credit_falls(credit, GRADES), sales, months) == expected


SUMS = some.integers(-(10**6), 10**6) | some.sampled_from([0, 8_000, 8_001, 10_000, 9 * 10**18])


@given(SUMS, SUMS, some.lists(SUMS, min_size=4, max_size=4))
def test_nobody_is_missed_whose_sales_are_a_reason(now, before, months):
    columns = (np.array([each], dtype=np.int64) for each in (now, before, *months))
    assert sinking(*columns)[0] or not reasons([], [], (now, before), months)


def test_two_steps_and_key_customers_are_red():
    assert steps(verdict("A"), verdict("C")) == 2
    assert (steps(verdict("C"), None), steps(verdict("B"), None)) == (1, 2)
    assert not urgent([Fall(0, *A_TO_B)], [], key=False)
    assert urgent([Fall(0, *A_TO_B)], [], key=True)
    assert urgent([Fall(0, verdict("A"), verdict("C"))], [], key=False)
    assert urgent([Fall(0, verdict("A", "key"), verdict("A", "major"))], [], key=False)
    assert urgent([], credit_falls(("AAA", "A"), GRADES), key=False)
    assert not urgent([], credit_falls(("AA", "A"), GRADES), key=False)


@pytest.mark.parametrize(
    ("method", "before", "after", "moved"),
    [  # R14: R, F, M high or low; R8: revenue and potential
        ("rfm", "important_value", "important_keep", Movement.FELL),
        ("rfm", "important_retain", "general_value", Movement.MIXED),
        ("rfm", "general_retain", "general_develop", Movement.ROSE),
        ("rfm", "general_keep", "general_keep", Movement.SAME),
        ("matrix", "A+", "B", Movement.FELL),
        ("matrix", "A", "B", Movement.MIXED),
        ("matrix", "C", "A", Movement.ROSE),
    ],
)
def test_other_methods_have_scales_of_their_own(method, before, after, moved):
    assert movement(Verdict(1, 0, before, ""), Verdict(9, 0, after, ""), method) is moved
    assert tally({(before, after, "555", "111"): 3}, method).movements[moved] == 3
