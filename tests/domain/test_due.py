"""The next purchase by the gaps of the last ones (domain.md R27, 5.10)."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.due import Purchase, forecast

START = date(2026, 1, 1)


def bought(*days, quantities=None):
    amounts = quantities or [None] * len(days)
    return [Purchase(START + timedelta(days=day), amount) for day, amount in zip(days, amounts, strict=True)]


def test_the_toothpaste_of_the_source():
    """Cycle 15, day 13: due in 2 days (S1-7)."""
    found = forecast(bought(0, 15, 30))
    assert (found.cycle, found.days_left(START + timedelta(days=43))) == (15, 2)


@pytest.mark.parametrize("days", [(), (0,), (0, 15)])
def test_fewer_than_two_gaps_give_no_forecast(days):
    assert forecast(bought(*days)) is None


@pytest.mark.parametrize(
    ("days", "middle", "cycle"),
    [
        ((0, 100, 110, 120, 130, 140), False, 10),  # the last five purchases alone
        ((0, 10, 20, 60), False, Fraction(20)),
        ((0, 10, 20, 60), True, 10),
    ],
)
def test_cycle(days, middle, cycle):
    assert forecast(bought(*days), middle=middle).cycle == cycle


@pytest.mark.parametrize(
    ("quantities", "left"),
    [
        ((10, 10, 20), 20),
        ((10, 30, 10), 5),
        ((10, None, 20), 10),
        ((10, 10, None), 10),
        ((10, 10, -5), 10),
    ],
)
def test_more_lasts_longer(quantities, left):
    assert forecast(bought(0, 10, 20, quantities=quantities)).days_left(START + timedelta(days=20)) == left


def test_half_a_day_is_rounded_up():
    assert forecast(bought(0, 2, 5)).due == START + timedelta(days=8)


@given(st.lists(st.integers(1, 400), min_size=3, max_size=12))
def test_due_lies_between_the_shortest_and_the_longest_gap(gaps):
    days = [sum(gaps[:i]) for i in range(len(gaps) + 1)]
    found = forecast(bought(*days), count=len(days))
    assert min(gaps) <= (found.due - found.last).days <= max(gaps)
