"""Periods of months: whole calendar months at month ends, and neighbours that meet without gap or overlap."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custcli.domain.period import Period, earlier, first_day, period

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("end", "months", "since"),
    [
        ("2026-06-30", 1, "2026-06-01"),  # a whole calendar month of 30 days
        ("2026-06-30", 6, "2026-01-01"),  # a half-year begins with January, not on 31 December
        ("2026-06-30", 12, "2025-07-01"),
        ("2026-02-28", 1, "2026-02-01"),
        ("2025-02-28", 12, "2024-03-01"),  # over a leap year
        ("2024-02-29", 12, "2023-03-01"),
        ("2024-02-29", 1, "2024-02-01"),
        ("2026-03-31", 1, "2026-03-01"),
        ("2026-03-31", 13, "2025-03-01"),
        ("2026-06-29", 1, "2026-05-30"),
        ("2026-06-15", 12, "2025-06-16"),
        ("2026-03-30", 1, "2026-02-28"),  # there is no 31 February: its last day
        ("9999-12-31", 1, "9999-11-30"),  # the calendar's end
        ("0001-01-31", 1, "0001-01-01"),
        ("0001-01-31", 99_999, "0001-01-01"),
    ],
)
def test_months_end_with_the_day(end, months, since):
    found = period(date.fromisoformat(end), months=months)
    assert (found.since, found.until) == (date.fromisoformat(since), date.fromisoformat(end))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 60), st.integers(1, 60))
def test_neighbours_tile_the_whole(end, first, second):
    assume((end + ONE_DAY).day <= 28)  # month ends among them; behind the 28th a short month clips
    later = period(end, months=first)
    earlier = period(later.since - ONE_DAY, months=second)
    assert earlier.since == period(end, months=first + second).since


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_month_ends_mean_calendar_months(month, months):
    end = month.replace(day=1) - ONE_DAY
    since = first_day(end, months)
    assert since.day == 1
    assert (end.year * 12 + end.month) - (since.year * 12 + since.month) == months - 1


@pytest.mark.parametrize(
    ("first", "last", "year", "before"),
    [
        ("2025-07-01", "2026-06-30", False, ("2024-07-01", "2025-06-30")),
        ("2026-02-01", "2026-02-28", False, ("2026-01-01", "2026-01-31")),  # a month is followed back by a month
        ("2026-03-10", "2026-03-19", False, ("2026-02-28", "2026-03-09")),
        ("2023-03-01", "2024-02-29", True, ("2022-03-01", "2023-02-28")),
        ("2025-02-01", "2025-02-28", True, ("2024-02-01", "2024-02-29")),
    ],
)
def test_the_period_before(first, last, year, before):
    found = earlier(Period(date.fromisoformat(first), date.fromisoformat(last), ""), year=year)
    assert (str(found.since), str(found.until)) == before


def test_nothing_is_before_all_time():
    assert earlier(Period(None, date(2026, 6, 30), "all"), year=True) is None
