"""Look-alikes, what they buy and one does not, whom a product suits, and whose next purchase is due (R27, R31)."""

import pytest

from custcli.errors import UnknownError
from custcli.services import similar as likes
from custcli.services.due import Asked as Due
from custcli.services.due import due

from .test_composition import SCALE, Book, book, told

__all__ = ["book"]


@pytest.fixture
def company(book: Book):
    book.customer(1, region="华东", industry="餐饮")
    book.customer(2, region="华东", industry="餐饮")
    book.customer(3, region="华东")
    book.customer(4, region="华北", industry="制造", referred_by=1)
    book.customer(5, region="华北", industry="制造")
    return book


def line(book, customer, product, yuan=10, day="2026-05-01", **more):
    order = book.order(customer, day, yuan, **more)
    book.put("order_line", {"order_id": order, "line_no": 1, "product": product, "amount": yuan * SCALE})


def test_most_in_common_comes_first(company):
    company.order(3, "2026-05-01", 5)
    grid = likes.similar(company.ctx(), likes.Asked("C001"))
    assert told(grid, "code", "ties", "amount") == [
        ("C002", ["industry", "region"], 0),
        ("C003", ["region"], 5 * SCALE),
        ("C004", ["referral"], 0),
    ]


@pytest.mark.parametrize(("answer", "code", "why"), [
    (likes.similar, "C006", likes.NOTHING_STATED),
    (likes.recommended, "C006", likes.NOTHING_STATED),
    (likes.similar, "C007", likes.NO_OTHERS),
])  # fmt: skip
def test_nobody_alike_has_a_reason(company, answer, code, why):
    company.customer(6)
    company.customer(7, region="西北")
    line(company, 1, "油")
    grid = answer(company.ctx(), likes.Asked(code))
    assert (grid.count, [note.text for note in grid.notes]) == (0, [why])


def test_group_ties(company):
    company.customer(6, parent=5)
    company.customer(7, parent=5)
    assert told(likes.similar(company.ctx(), likes.Asked("C006")), "code", "ties") == [
        ("C005", ["group"]),
        ("C007", ["group"]),
    ]


def test_what_the_like_buy_and_this_one_does_not(company):
    line(company, 2, "油")
    line(company, 3, "油")
    line(company, 2, "米")
    line(company, 2, "盐")
    line(company, 1, "盐", day="2020-01-01")  # bought once: no news
    line(company, 5, "糖")  # nobody like it
    line(company, 3, "醋", status="cancelled")
    line(company, 1, "米", status="cancelled")  # of these two it bought none up to this day
    line(company, 1, "油", day="2026-12-01")
    grid = likes.recommended(company.ctx(), likes.Asked("C001"))
    assert told(grid, "product", "customers", "share") == [("油", 2, 2 / 3), ("米", 1, 1 / 3)]


def test_whom_a_product_suits(company):
    line(company, 2, "油")
    grid = likes.suited(company.ctx(), likes.Asked("油"))
    assert told(grid, "code", "industry_share", "region_share") == [
        ("C001", 1 / 2, 1 / 3),
        ("C003", None, 1 / 3),
        ("C004", 0.0, 0.0),
        ("C005", 0.0, 0.0),
    ]


def test_an_unknown_product_names_the_nearest(company):
    line(company, 2, "花生油")
    with pytest.raises(UnknownError, match="花生油"):
        likes.suited(company.ctx(), likes.Asked("花生"))


def test_due_by_customer_and_by_product(company):
    for day in ("2026-06-01", "2026-06-11", "2026-06-21"):
        line(company, 1, "油", day=day)
    line(company, 1, "米", day="2026-06-29")
    line(company, 2, "米", day="2026-06-29")
    every = due(company.ctx(), Due())
    assert told(every, "code", "days_left", "purchases") == [("C001", 8, 4)]  # mean of 10, 10, 8 days
    assert every.summary["too_few"] == 1
    oil = due(company.ctx(), Due(by="product"))
    assert told(oil, "product", "days_left") == [("油", 1)]
    assert told(due(company.ctx(), Due(by="product", overdue=True)), "code") == []
    assert told(due(company.ctx(), Due(days=7)), "code") == []
