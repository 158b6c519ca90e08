"""A customer's usual products, channels and payment, best and weakest months and weekdays (F079, F080)."""

from custcli.services.habits import habits

from .test_composition import SCALE, Book, book

__all__ = ["book"]

ORDERS = [  # day, yuan, product, more: Mondays but for the last
    ("2025-03-03", 100, "油", {"channel": "store"}),
    ("2025-03-10", 100, "油", {"channel": "store"}),
    ("2026-03-02", 100, "油", {"channel": "online"}),
    ("2026-05-04", 200, "米", {}),
    ("2026-05-11", 100, "米", {"status": "cancelled"}),
    ("2026-05-18", -100, "米", {"type": "return"}),
    ("2024-06-03", 900, "醋", {}),  # two years and more ago
    ("2026-06-02", 50, "盐", {}),
]


def sold(book: Book, orders):
    book.customer(1)
    for day, yuan, product, more in orders:
        number = book.order(1, day, yuan, **more)
        book.put("order_line", {"order_id": number, "line_no": 1, "product": product, "amount": abs(yuan) * SCALE})
    return book


def test_what_how_and_when(book):
    company = sold(book, [*ORDERS, ("2026-06-30", 50, "盐", {})])
    found = {fact.field: fact.value for fact in habits(company.ctx(), 1, plain=False)}
    assert found == {
        "habits.products": "油 50.0 %, 盐 33.3 %, 米 16.7 %",  # of six purchases
        "habits.channels": "Store 33.3 %, Online 16.7 %",
        "habits.best_month_of_year": "month 3 60.0 %, month 5 20.0 %, month 6 20.0 %",  # of 500 yuan
        "habits.weakest_month_of_year": ", ".join(f"month {n} 0.0 %" for n in (1, 2, 4, 7, 8, 9, 10, 11, 12)),
        "habits.best_weekday": "Monday 80.0 %, Tuesday 20.0 %",
        "habits.weakest_weekday": ", ".join(
            f"{day} 0.0 %" for day in ("Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        ),
    }
    plain = {fact.field: fact.value for fact in habits(company.ctx(), 1, plain=True)}
    assert plain["habits.best_weekday"] == ["1", "2"]


def test_too_few_purchases_are_no_habit(book):
    assert habits(sold(book, ORDERS).ctx(), 1, plain=False) == []
