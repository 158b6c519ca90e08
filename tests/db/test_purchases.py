"""What orders say of value: sums, days of purchase, and how they are read."""

from datetime import date

import pytest

from custcli.db import Author, journal, ledger, open_database, purchases

DAY, YEAR, BEFORE = date(2026, 6, 30), date(2025, 7, 1), date(2024, 7, 1)
DONE = {"type": "sale", "status": "done", "currency": "CNY"}


@pytest.fixture
def book(tmp_path):
    """Four customers; the last one has never ordered."""
    database = open_database(str(tmp_path / "book.db"), timeout=5, create=True)
    with database.writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number in (1, 2, 3, 4):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, made_by, extra, code, name, name_key, state) "
                "VALUES (?, 1, '{}', ?, 'n', 'n', 'active')",
                (number, f"C{number}"),
            )
        journal.close_change(connection, change, {})
    return database


def put(book, who, day, amount, cost=None, **fields):
    row = DONE | {"customer_id": who, "ordered_on": day, "amount": amount, "cost": cost} | fields
    with book.writing() as connection:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT INTO sales_order (made_by, extra, {names}) VALUES (1, '{{}}', {marks})"
        connection.exec_driver_sql(sql, tuple(row.values()))


def found(answer, number):
    (place,) = [place for place, one in enumerate(answer["id"].tolist()) if one == number]
    return {name: int(figures[place]) for name, figures in answer.items()}


def test_histories(book):
    put(book, 2, "2024-07-01", 100, 60)
    put(book, 2, "2025-06-30", 50)
    put(book, 2, "2025-07-01", 30, 10)
    put(book, 2, "2026-06-30", 7)
    put(book, 2, "2026-06-30", -5, -2, type="return")
    put(book, 2, "2026-07-01", 999)
    put(book, 2, "2026-01-01", 999, status="cancelled")
    put(book, 2, "2026-01-01", 999, type="sample")
    put(book, 3, "2026-01-01", -4, -4, type="return")
    with book.reading() as connection:
        answer = purchases.histories(connection, DAY, YEAR, BEFORE)
    assert found(answer, 2) == {
        "id": 2,
        "orders": 4,
        "first": BEFORE.toordinal(),
        "last": DAY.toordinal(),
        "sales": 182,
        "profit": 57,
        "uncosted": 57,
        "costed": 0,
        "margin": 17,
        "costless": 7,
        "sales_before": 150,
        "sales_year": 32,
        "orders_year": 2,
        "active": 1,
    }
    only_back = found(answer, 3)
    assert (only_back["orders"], only_back["first"], only_back["costed"], only_back["active"]) == (0, 0, 1, 0)
    assert answer["id"].tolist() == [2, 3]


@pytest.mark.parametrize("together", [1, 2, 100_000])
def test_purchases_of_one_day_are_one(book, monkeypatch, together):
    monkeypatch.setattr(ledger, "TOGETHER", together)
    for who, day, amount in [(1, "2026-01-05", 3), (3, "2026-01-05", 5), (3, "2026-01-05", 6), (3, "2026-02-01", 7)]:
        put(book, who, day, amount)
    put(book, 3, "2026-02-01", 8)
    put(book, 3, "2026-03-01", 9)
    put(book, 3, "2026-03-02", -9, type="return")
    put(book, 3, "2026-03-03", 1, currency="USD")
    with book.reading() as connection:
        answer = purchases.buying(connection, DAY, "CNY")
        later = purchases.buying(connection, DAY, "CNY", since=date(2026, 2, 1))
    first, last = date(2026, 1, 5).toordinal(), date(2026, 3, 1).toordinal()
    assert found(answer, 1) == {"id": 1, "days": 1, "first": first, "last": first, "spent": 3, "later": 0}
    assert found(answer, 3) == {"id": 3, "days": 3, "first": first, "last": last, "spent": 35, "later": 24}
    assert later["id"].tolist() == [3]
    assert found(later, 3)["days"] == 2


def test_nobody_bought(book):
    with book.reading() as connection:
        assert {name: len(each) for name, each in purchases.buying(connection, DAY).items()} == dict.fromkeys(
            purchases.BUYING, 0
        )
        assert len(purchases.histories(connection, DAY, YEAR, BEFORE)["id"]) == 0


def test_ids_of_codes(book):
    with book.reading() as connection:
        assert purchases.ids_of(connection, ["C3", "C1", "nobody"]) == {"C1": 1, "C3": 3}


def test_all_is_read_from_the_covering_index(book):  # performance.md 4
    asked = []
    with book.reading() as connection:
        plain = connection.exec_driver_sql

        class Spy:
            def exec_driver_sql(self, sql, values):
                asked.extend(row[3] for row in plain(f"EXPLAIN QUERY PLAN {sql}", values) if "sales_order" in row[3])
                return plain(sql, values)

            def get_execution_options(self):
                return {}

        purchases.histories(Spy(), DAY, YEAR, BEFORE)
        purchases.buying(Spy(), DAY)
        purchases.buying(Spy(), DAY, "USD", since=YEAR)
    assert len(asked) == 3
    assert all("USING COVERING INDEX" in step for step in asked)


@pytest.mark.parametrize("customers", [None, [1, 3]])
def test_orders_come_by_customer_and_day_however_they_were_entered(book, customers):
    for who, day in [(3, "2026-02-01"), (1, "2026-03-01"), (3, "2025-12-31"), (1, "2026-01-01")]:
        put(book, who, day, 1)
    with book.reading() as connection:
        (orders,) = ledger.parts(connection, DAY, customers=customers)
    days = [date.fromordinal(day).isoformat() for day in orders.days.tolist()]
    assert orders.ids[orders.who].tolist() == [1, 1, 3, 3]
    assert days == ["2026-01-01", "2026-03-01", "2025-12-31", "2026-02-01"]
