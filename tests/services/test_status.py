"""Where customers stand, from the database, and the change of status written and taken back."""

import json

import pytest

from custcli import messages
from custcli.errors import UsageError
from custcli.services.journal import undo
from custcli.services.status import Asked, standings

from .test_composition import DAY, SCALE, Book, book, told

__all__ = ["book"]


def stand(book, **asked):
    grid = standings(book.ctx(), Asked(**asked))
    grid.rows = list(grid.rows)
    return grid, {row[0]: row[1:] for row in told(grid, "code", "status", "stage", "change", "lifecycle")}


def test_status_by_orders(book: Book):
    for number in range(1, 5):
        book.customer(number)
    book.order(1, "2026-06-01")
    book.order(2, "2025-01-01")
    book.order(3, "2026-06-01", status="cancelled")
    book.order(4, "2026-06-01", -5, type="return")
    book.order(1, "2026-07-01")  # after the day: does not count
    assert stand(book)[1] == {
        "C001": ("current", "first", "auto", "initial"),
        "C002": ("lost", None, "proposal", "ended"),
        "C003": ("potential", None, "auto", None),
        "C004": ("potential", None, "auto", None),
    }


def test_half_years_and_years_end_with_the_day(book: Book):
    book.customer(1)
    for day, yuan in [("2026-01-01", 10), ("2025-12-31", 20), ("2025-07-01", 30), ("2025-06-30", 99)]:
        book.order(1, day, yuan, cost=SCALE)
    row = told(stand(book)[0], "sales_6_months", "sales_before", "last_order", "days_since")[0]
    assert row[:2] == (10 * SCALE, 50 * SCALE)
    assert row[3] == (DAY - row[2]).days


def spend(book: Book, number, customer, day, yuan):
    extra = {"customer": customer, "spent_on": day, "amount": yuan * SCALE}
    book.put("entry", {"id": number, "form": "costs", "extra": json.dumps(extra)})


def test_quality_is_told_by_what_is_left_after_the_service(book: Book):
    """R23: margin after cost to serve in the last 12 months and the 12 before; good or poor is for classes to tell."""
    for number in range(1, 6):
        book.customer(number)
        if number < 5:
            book.order(number, "2026-01-01", 100, cost=60 * SCALE)
            book.order(number, "2025-01-01", 100, cost=60 * SCALE)
    spend(book, 1, 2, "2025-07-01", 40)
    spend(book, 2, 2, "2025-06-30", 40)
    spend(book, 3, 3, "2025-07-01", 40)
    spend(book, 4, 4, "2026-07-01", 999)  # after the day
    spend(book, 5, 5, "2026-06-30", 1)  # nothing sold
    grid, _ = stand(book)
    assert told(grid, "quality") == [(None,), ("bad",), ("poor",), (None,), ("poor",)]
    assert "custcli classify" in str(grid.notes[0])


def test_profit_with_an_unknown_cost_is_unknown(book: Book):
    book.customer(1)
    book.order(1, "2026-01-01", cost=SCALE)
    book.order(1, "2026-01-02")
    assert told(stand(book)[0], "quality") == [(None,)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("word", ["initial", "Beginning", "初期"])
def test_a_stage_may_be_said_as_it_is_shown_in_any_language(book: Book, word, language):
    book.customer(1)
    book.customer(2)
    book.order(1, "2026-06-01")
    messages.use(language)
    assert list(stand(book, lifecycle=word)[1]) == ["C001"]


def test_a_word_that_is_none_is_refused(book: Book):
    with pytest.raises(UsageError, match="--lifecycle"):
        stand(book, lifecycle="late")


def test_apply_writes_and_undo_takes_back(book: Book):
    book.customer(1)
    book.customer(2, status="current", current_stage="first")
    book.order(1, "2026-06-01")
    book.order(2, "2026-06-01")
    grid, _ = stand(book, apply=True)
    assert grid.summary["change"] == 2
    assert stand(book)[1]["C001"][2] is None
    assert stand(book, apply=True)[0].summary["change"] is None
    undo(book.database, book.ctx().author, None)
    assert stand(book)[1]["C001"][2] == "auto"


def test_codes_and_changes_choose(book: Book):
    book.customer(1, status="potential")
    book.customer(2)
    assert set(stand(book, codes=["C001"])[1]) == {"C001"}
    assert set(stand(book, changes=True)[1]) == {"C002"}
