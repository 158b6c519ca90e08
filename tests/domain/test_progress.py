"""Sales against the target of a year: what was due, the levels of W05, the projection (domain.md F136, 3.17)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.progress import Elapsed, Level, Progress, Reason, Rules, elapsed, together


@pytest.mark.parametrize(
    ("day", "passed", "days"),
    [
        (date(2026, 1, 1), 1, 365),
        (date(2026, 12, 31), 365, 365),
        (date(2028, 2, 29), 60, 366),  # a leap year
        (date(2028, 12, 31), 366, 366),
        (date(1900, 3, 1), 60, 365),  # none
    ],
)
def test_days_of_the_year(day, passed, days):
    assert elapsed(day.year, day) == Elapsed(passed, days)


def test_a_year_to_come_has_not_begun_and_a_past_one_is_over():
    assert elapsed(2027, date(2026, 12, 31)) == Elapsed(0, 365)
    assert elapsed(2024, date(2026, 1, 1)) == Elapsed(366, 366)


@pytest.mark.parametrize(
    ("sales", "level", "reason"),
    [  # by the 73rd of 365 days a fifth of 1,000 is due: 200
        (1_000, "green", "reached"),
        (200, "green", "on_course"),
        (199, "green", "behind"),
        (160, "green", "behind"),  # exactly 80 % is not below it (W05)
        (159, "yellow", "below_yellow"),
        (120, "yellow", "below_yellow"),
        (119, "red", "below_red"),
        (0, "red", "below_red"),
        (-50, "red", "below_red"),
    ],
)
def test_levels(sales, level, reason):
    found = Progress(1_000, sales, Elapsed(73, 365))
    assert (found.expected, found.gap, found.level, found.reason) == (200, sales - 200, level, reason)


def test_the_limit_is_of_what_was_due_before_it_is_rounded():
    """1/3 of 10 is 3.33…, of which 80 % is 2.67: 2.6 is below it; of the rounded 3 it would not be."""
    assert Progress(10, 3, Elapsed(1, 3), Rules(6_000, 9_100)).reason is Reason.BELOW_YELLOW
    assert Progress(10, 3, Elapsed(1, 3), Rules(6_000, 9_000)).reason is Reason.BEHIND


@pytest.mark.parametrize(
    ("passed", "projection"),
    [(0, None), (29, None), (30, 1_217), (73, 500), (365, 100)],  # 100 ÷ 30 × 365 = 1216.67
)
def test_projection(passed, projection):
    assert Progress(1_000, 100, Elapsed(passed, 365)).projection == projection


def test_a_year_that_has_not_begun_expects_nothing():
    found = Progress(1_000, 0, Elapsed(0, 365), Rules(fewest=0))
    assert (found.expected, found.pace, found.projection, found.level) == (0, None, None, None)


AMOUNTS = st.integers(-(10**15), 10**15)


@given(st.integers(1, 10**15), AMOUNTS, AMOUNTS, st.integers(1, 366))
def test_more_sales_are_never_worse(target, some, more, passed):
    first, second = (Progress(target, sales, Elapsed(passed, 366)) for sales in sorted((some, more)))
    assert list(Level).index(first.level) <= list(Level).index(second.level)
    assert first.gap <= second.gap
    assert second.gap >= 0 or second.reason not in {Reason.REACHED, Reason.ON_COURSE}


@given(st.lists(st.tuples(st.integers(1, 10**12), AMOUNTS), min_size=1))
def test_the_whole_is_the_sum_of_its_rows(amounts):
    rows = [Progress(target, sales, Elapsed(365, 365)) for target, sales in amounts]
    whole = together(rows)
    assert (whole.expected, whole.gap) == (sum(each.expected for each in rows), sum(each.gap for each in rows))
