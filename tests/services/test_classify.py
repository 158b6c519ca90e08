"""From the database to classes and tiers: figures with known answers, periods, currencies, comparison, storing."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custcli.context import Context
from custcli.db import Author, figures, journal, open_database, runs, sqlite
from custcli.db.runs import latest_class
from custcli.db.verdicts import said
from custcli.domain.period import months_before, period
from custcli.domain.readers import Refused
from custcli.errors import DatabaseError, UsageError
from custcli.grid import SCALE
from custcli.services.classify import Asked, ranking
from custcli.services.runs import stored_runs
from custcli.settings import Settings
from custcli.views.machine import csv_text, json_text

DAY = date(2026, 3, 31)
P9 = [
    *(131, 66, 54, 48, 44, 39, 37, 34, 28, 28, 27, 27),
    *(26, 26, 25, 25, 24, 22, 21, 21, 21, 21, 18, 17, 17, 16, 16),
    *(16, 15, 15, 13, 11, 11, 10, 10, 10, 10, 9, 8, 6, 6, 6, 5),
]
"""43 customers, total 1,040 (domain.md 5.1)."""


class Book:
    """A database to fill by hand, and the run that asks it."""

    def __init__(self, path):
        self.path = path
        self.day = DAY
        open_database(str(path), timeout=5, create=True)
        self.numbers = count(1)
        with self.database.writing() as connection:
            journal.close_change(connection, journal.open_change(connection, Author("me", "test").header()), {})

    @property
    def database(self):
        return open_database(str(self.path), timeout=5, create=False)

    @property
    def ctx(self):
        return Context(Settings(db=str(self.path)), ["classify"], as_of=self.day)

    def put(self, table, *rows, **same):
        """Rows as mappings; `same` is laid under each of them."""
        with self.database.writing() as connection:
            for row in rows:
                whole = {"made_by": 1, "extra": "{}"} | same | row
                names = ", ".join(whole)
                sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(whole))})"
                connection.exec_driver_sql(sql, tuple(whole.values()))

    def customers(self, *codes, **same):
        """Customers whose id is their number in the order of coming."""
        self.put(
            "customer",
            *({"id": next(self.numbers), "code": code, "name": f"name {code}", "name_key": code} for code in codes),
            **({"state": "active", "kind": "enterprise"} | same),
        )

    def orders(self, *orders, **same):
        """(customer id, day, yuan)."""
        usual = {"type": "sale", "status": "done", "currency": "CNY"} | same
        rows = ({"customer_id": who, "ordered_on": day, "amount": yuan * SCALE} for who, day, yuan in orders)
        self.put("sales_order", *rows, **usual)

    def ask(self, **asked):
        """The rows as mappings, and the grid."""
        grid = ranking(self.ctx, Asked(**asked))
        names = [column.name for column in grid.columns]
        grid.rows = list(grid.rows)
        return [dict(zip(names, row, strict=True)) for row in grid.rows], grid


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "book.db")


@pytest.fixture
def p9(book):
    book.customers(*(f"C{place:02d}" for place in range(1, 44)))
    book.orders(*((place, "2026-01-15", amount) for place, amount in enumerate(P9, 1)))
    return book


# ---- known figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "classes", "amounts"),
    [  # domain.md 5.1
        ({"cut": "55,85"}, [12, 15, 16], [563, 316, 161]),
        ({}, [24, 11, 8], [830, 150, 60]),
        ({"boundary": "start"}, [25, 11, 7], [847, 143, 50]),
        ({"cut": "55,85", "keep_ties": True}, [12, 16, 15], [563, 332, 145]),
    ],
)
def test_the_published_table_of_43_customers(p9, asked, classes, amounts):
    _, grid = p9.ask(by="sales", **asked)
    parts = grid.summary["abc"]
    assert list(parts) == ["A", "B", "C"]
    assert [part["customers"] for part in parts.values()] == classes
    assert [part["amount"] for part in parts.values()] == [amount * SCALE for amount in amounts]
    assert grid.summary["total"] == 1_040 * SCALE


def test_pyramid_and_80_20_of_the_published_table(p9):  # domain.md 5.1: 1/2/6/34; top 9 = 46.25 %; 25 bring 80 %
    rows, grid = p9.ask(by="sales")
    assert [part["customers"] for part in grid.summary["tiers"].values()] == [1, 2, 6, 34]
    pareto = grid.summary["pareto"]
    assert pareto["top20_share"] == pytest.approx(481 / 1040)
    assert (pareto["customers_for_80"], pareto["customers_for_80_share"]) == (25, pytest.approx(25 / 43))
    assert [rows[0]["tier"], rows[2]["tier"], rows[8]["tier"], rows[42]["tier"]] == [
        "key",
        "major",
        "ordinary",
        "small",
    ]
    assert rows[42]["cumulative_share"] == 1
    said = [str(note) for note in grid.notes]
    assert "The first 20 % of the customers (9) bring 46.3 %; 80 % come from 25 customers (58.1 %)." in said[0]
    assert "A 24 (79.8 %), B 11 (14.4 %), C 8 (5.8 %)" in said[1]


@pytest.mark.parametrize(
    ("customers", "sizes"), [(1000, [10, 40, 150, 800]), (250, [3, 10, 37, 200]), (2, [1, 0, 0, 1])]
)
def test_pyramid_sizes(book, customers, sizes):  # domain.md 5.4
    book.customers(*(f"{place:04d}" for place in range(customers)))
    book.orders(*((place, "2026-01-15", place) for place in range(1, customers + 1)))
    _, grid = book.ask(by="sales", save=False)
    assert [part["customers"] for part in grid.summary["tiers"].values()] == sizes


def test_equal_amounts_are_ordered_by_code(book):  # R4.2
    book.customers("b", "C", "a", "丙", "B")
    book.orders(*((number, "2026-01-01", 5) for number in (4, 3, 5, 1, 2)))
    rows, _ = book.ask(by="sales")
    assert [row["code"] for row in rows] == ["B", "C", "a", "b", "丙"]


# ---- which orders count -----------------------------------------------------------------------------------------


def test_only_valid_orders_of_the_period_count(book):  # domain.md 1.13, decisions.md 1
    book.customers("X", "Y")
    book.orders((1, "2025-04-01", 100), (1, "2026-03-31", 10), (1, "2025-03-31", 999), (1, "2026-04-01", 999))
    book.orders((1, "2026-01-01", 999), status="draft")
    book.orders((1, "2026-01-01", 999), status="cancelled")
    book.orders((1, "2026-01-01", 999), type="sample")
    book.orders((1, "2026-01-01", 7), status="confirmed")
    book.orders((1, "2026-01-01", 3), status="shipped", type="service")
    book.orders((1, "2026-01-02", -20), type="return")
    book.orders((2, "2026-01-02", -20), type="return")
    rows, grid = book.ask(by="sales")
    assert [(row["code"], row["rank"], row["amount"]) for row in rows] == [
        ("X", 1, 100 * SCALE),
        ("Y", None, -20 * SCALE),
    ]
    assert (grid.summary["customers"], grid.summary["ranked"], grid.summary["unranked"]) == (2, 1, 1)
    assert (grid.summary["since"], grid.summary["until"]) == (date(2025, 4, 1), DAY)
    rows, _ = book.ask(by="orders")
    assert [(row["code"], row["amount"]) for row in rows] == [("X", 4), ("Y", 0)]


@pytest.mark.parametrize(
    ("day", "options", "since", "until"),
    [
        ("2026-03-31", {"months": 1}, "2026-03-01", "2026-03-31"),
        ("2026-03-31", {"months": 13}, "2025-03-01", "2026-03-31"),  # 28 February and one day
        ("2024-02-29", {}, "2023-03-01", "2024-02-29"),
        ("2026-03-31", {"since": date(2026, 1, 1)}, "2026-01-01", "2026-03-31"),
        ("2026-03-31", {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}, "2026-01-01", "2026-03-31"),
        ("2026-03-31", {"until": date(2025, 12, 31)}, "2025-01-01", "2025-12-31"),
        ("2026-03-31", {"all_time": True}, None, "2026-03-31"),
        ("2026-03-31", {"months": 99_999}, "0001-01-01", "2026-03-31"),
    ],
)
def test_periods(day, options, since, until):
    found = period(date.fromisoformat(day), **options)
    assert (found.since and found.since.isoformat(), found.until.isoformat()) == (since, until)


@pytest.mark.parametrize(
    "options",
    [
        {"months": 0},
        {"months": 3, "since": DAY},
        {"all_time": True, "until": DAY},
        {"since": date(2026, 4, 1)},
        {"since": DAY, "until": date(2026, 3, 30)},
    ],
)
def test_periods_that_mean_nothing(options):
    with pytest.raises(Refused):
        period(DAY, **options)


@given(st.dates(), st.integers(1, 60))
def test_a_month_is_never_left_out(day, months):
    earlier = months_before(day, months)
    assert earlier == date.min or (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months


def test_sums_come_from_the_covering_index(book):  # performance.md 4
    asked = []
    with book.database.reading() as connection:
        plain = connection.exec_driver_sql

        class Spy:
            def exec_driver_sql(self, sql, values):
                asked.extend(row[3] for row in plain(f"EXPLAIN QUERY PLAN {sql}", values))
                return plain(sql, values)

        figures.order_sums(Spy(), DAY, DAY, list(figures.FIGURES), "CNY")
        figures.payment_sums(Spy(), DAY, DAY)
    read = [step for step in asked if "subquery" not in step]
    assert len(read) == 2
    assert all("USING COVERING INDEX" in step for step in read)
    assert not any("TEMP B-TREE" in step for step in asked)


# ---- value, profit, dossier -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "basis"),
    [(9_500, "profit"), (9_499, "sales"), (10_000, "profit"), (0, "sales")],  # 95 %, in whole numbers
)
def test_value_is_profit_where_cost_is_known_for_95_percent(book, known, basis):  # decisions.md 23
    book.customers("X", "Y")
    book.orders((1, "2026-01-01", known), cost=60 * SCALE)
    book.orders((2, "2026-01-01", 10_000 - known))
    rows, grid = book.ask()
    assert grid.summary["value_basis"] == basis
    assert rows[0]["amount"] == ((known - 60) * SCALE if basis == "profit" else max(known, 10_000 - known) * SCALE)
    assert ("gross profit" if basis == "profit" else "net sales") in str(grid.title)
    assert grid.summary.get("cost_unknown", 0) == (500 * SCALE if known == 9_500 else 0)


def test_profit_takes_orders_with_known_cost_alone(book):
    book.customers("X", "Y")
    book.orders((1, "2026-01-01", 100), cost=40 * SCALE)
    book.orders((1, "2026-01-02", 1000), (2, "2026-01-02", 5))
    rows, grid = book.ask(by="profit")
    assert [(row["code"], row["amount"], row["rank"]) for row in rows] == [("X", 60 * SCALE, 1), ("Y", 0, None)]
    assert grid.summary["cost_unknown"] == 1005 * SCALE
    assert any("1,005" in str(note) for note in grid.notes)


@pytest.fixture
def stated(book):
    """Sales stated on dossiers beside orders (decisions.md 23)."""
    book.customers("ordered", "stated", "cancelled", "later", "future", "nothing")
    sales = {"amount": 70 * SCALE, "quantity": 3 * SCALE}
    book.put("yearly_sales", *({"customer_id": number, "year": 2025} | sales for number in (1, 2, 3, 4)))
    book.put("yearly_sales", {"customer_id": 2, "year": 2024, "amount": 900 * SCALE})
    book.put("yearly_sales", {"customer_id": 5, "year": 2027, "amount": 900 * SCALE})
    book.orders((1, "2026-01-01", 50))
    book.orders((3, "2020-01-01", 50), status="cancelled")
    book.orders((4, "2026-05-01", 50))
    return book


def test_who_never_ordered_is_ranked_by_the_latest_stated_sales(stated):
    rows, grid = stated.ask()
    assert [(row["code"], row["amount"] // SCALE, row["basis"]) for row in rows[:3]] == [
        ("later", 70, "dossier"),
        ("stated", 70, "dossier"),
        ("ordered", 50, "orders"),
    ]
    assert [row["code"] for row in rows[3:]] == ["cancelled", "future", "nothing"]
    assert all((row["rank"], row["abc"], row["tier"], row["share"]) == (None,) * 4 for row in rows[3:])
    assert any("on the dossiers: 2" in str(note) for note in grid.notes)


@pytest.mark.parametrize(("by", "ranked"), [("sales", 3), ("quantity", 2), ("payments", 0), ("orders", 1)])
def test_dossiers_count_for_sales_and_quantity_alone(stated, by, ranked):
    assert stated.ask(by=by)[1].summary["ranked"] == ranked


def test_dossiers_do_not_count_where_the_basis_is_profit(stated):
    stated.orders((1, "2026-01-02", 2_000), cost=0)
    _, grid = stated.ask()
    assert (grid.summary["value_basis"], grid.summary["ranked"]) == ("profit", 1)


def test_payments_up_to_the_day(book):
    book.customers("X", "Y")
    book.put(
        "payment",
        *(
            {"customer_id": 1, "paid_on": day, "amount": 5 * SCALE}
            for day in ("2025-04-01", "2026-03-31", "2026-04-01")
        ),
        currency="CNY",
    )
    rows, grid = book.ask(by="payments")
    assert [row["amount"] for row in rows] == [10 * SCALE, 0]
    assert grid.summary["value_basis"] is None


# ---- currencies -------------------------------------------------------------------------------------------------


def test_currencies_are_never_added_up(book):  # decisions.md 3
    book.customers("X", "Y")
    book.orders((1, "2026-01-01", 100))
    book.orders((2, "2026-01-01", 70), currency="USD")
    with pytest.raises(UsageError) as told:
        book.ask()
    assert "CNY, USD" in str(told.value)
    rows, grid = book.ask(currency="usd")
    assert [(row["code"], row["amount"]) for row in rows] == [("Y", 70 * SCALE), ("X", 0)]
    assert grid.summary["currency"] == "USD"
    _, grid = book.ask(since=date(2026, 1, 2))
    assert grid.summary["currency"] == "CNY"
    assert book.ask(by="orders")[1].summary["ranked"] == 2


def test_one_foreign_currency_needs_no_choice(book):
    book.customers("X")
    book.orders((1, "2026-01-01", 70), currency="EUR")
    assert book.ask()[1].summary["currency"] == "EUR"


# ---- rows, groups, conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"abc": "A"}, ["C01", "C02"]),
        ({"tier": "key"}, ["C01"]),
        ({"abc": "A", "tier": "small"}, ["C02"]),
        ({"abc": "B", "tier": "small"}, ["C03", "C04"]),
        ({"abc": "C", "tier": "key"}, []),
        ({"limit": 3}, ["C01", "C02", "C03"]),
        ({"limit": 0}, ["C01", "C02", "C03", "C04", "C05", "C06"]),
    ],
)
def test_filters_choose_rows_and_leave_the_summary(book, asked, codes):  # decisions.md 22
    book.customers("C01", "C02", "C03", "C04", "C05", "C06")
    book.orders(*((number, "2026-01-01", yuan) for number, yuan in enumerate((500, 200, 150, 100, 50), 1)))
    _, everything = book.ask(by="sales", save=False)
    rows, grid = book.ask(by="sales", save=False, **asked)
    assert [row["code"] for row in rows] == codes
    assert grid.summary == everything.summary


@settings(max_examples=20)
@given(
    st.lists(st.integers(-50, 1_000), max_size=12),
    st.sampled_from([None, "A", "B", "C"]),
    st.sampled_from([None, "key", "major", "ordinary", "small"]),
    st.integers(0, 9),
)
def test_no_filter_ever_changes_the_summary(tmp_path_factory, yuan, abc, tier, limit):
    book = Book(tmp_path_factory.mktemp("any") / "book.db")
    book.customers(*(f"{place:02d}" for place in range(len(yuan))))
    book.orders(*((number, "2026-01-01", each) for number, each in enumerate(yuan, 1)))
    rows, whole = book.ask(by="sales", save=False)
    chosen, grid = book.ask(by="sales", save=False, abc=abc, tier=tier, limit=limit)
    fit = [row for row in rows if abc in {None, row["abc"]} and tier in {None, row["tier"]}]
    assert grid.summary == whole.summary
    assert chosen == fit[: limit or None]


def test_groups_are_ranked_apart(book):  # R4.8
    book.customers("n1", "n2", region="North")
    book.customers("s1", region="South")
    book.customers("u1", "u2", region=None)
    book.orders((1, "2026-01-01", 30), (2, "2026-01-01", 60), (3, "2026-01-01", 5), (4, "2026-01-01", 8))
    rows, grid = book.ask(by="sales", within="region", save=True)
    assert [(row["region"], row["code"], row["rank"]) for row in rows] == [
        (None, "u1", 1),
        ("North", "n2", 1),
        ("North", "n1", 2),
        ("South", "s1", 1),
        (None, "u2", None),
    ]
    assert rows[1]["share"] == pytest.approx(60 / 90)
    groups = grid.summary["groups"]
    assert [groups[name]["ranked"] for name in ("", "North", "South")] == [1, 2, 1]
    assert (
        grid.summary["abc"]["A"]["customers"] == sum(group["abc"]["A"]["customers"] for group in groups.values()) == 3
    )
    assert grid.summary["total"] == 103 * SCALE
    assert {row["previous_abc"] for row in book.ask(by="sales", within="region")[0]} == {None}  # the same once more
    book.day += timedelta(days=1)
    assert [row["previous_abc"] for row in book.ask(by="sales", within="region")[0]] == ["A", "A", "C", "A", None]


def test_conditions_choose_customers(book):
    book.customers("n1", "n2", region="North")
    book.customers("s1", region="South")
    book.orders((1, "2026-01-01", 30), (2, "2026-01-01", 60), (3, "2026-01-01", 500))
    rows, grid = book.ask(by="sales", where=["region=North"])
    assert [row["code"] for row in rows] == ["n2", "n1"]
    assert (grid.summary["customers"], grid.summary["total"]) == (2, 90 * SCALE)


# ---- stored runs ------------------------------------------------------------------------------------------------


def test_a_run_is_compared_with_the_last_one_like_it(book):  # decisions.md 24
    book.customers("X", "Y")
    book.orders((1, "2026-01-10", 100), (2, "2026-01-10", 10))
    book.day = date(2026, 1, 31)
    rows, first = book.ask(by="sales")
    assert (first.summary["run"], first.summary["previous_run"]) == (1, None)
    book.orders((2, "2026-02-10", 500))
    book.day = date(2026, 2, 28)
    rows, second = book.ask(by="sales")
    assert [(row["code"], row["abc"], row["previous_abc"], row["previous_tier"]) for row in rows] == [
        ("Y", "A", "C", "small"),
        ("X", "C", "A", "key"),
    ]
    assert (second.summary["run"], second.summary["previous_run"]) == (2, 1)
    for other in ({"months": 6}, {"cut": "70,90"}, {"within": "kind"}, {"method": "pyramid"}, {"by": "orders"}):
        rows, _ = book.ask(**({"by": "sales", "save": False} | other))
        assert {row["previous_abc"] for row in rows} == {None}, other
    rows, _ = book.ask(by="sales", save=False, where=["code=X"])
    assert rows[0]["previous_abc"] is None


def test_what_was_taken_back_or_is_later_is_no_comparison(book):
    book.customers("X")
    book.orders((1, "2026-01-10", 100))
    book.ask(by="sales")
    earlier = replace(book.ctx, as_of=date(2026, 2, 1))
    assert ranking(earlier, Asked(by="sales", save=False)).summary["previous_run"] is None
    change = book.ask(by="sales")[1].summary["run"] + 1
    with book.database.writing() as connection:
        journal.open_change(connection, Author("me", "undo").header("undo", undoes=change))
    assert book.ask(by="sales", save=False)[1].summary["previous_run"] is None  # the same once more
    book.orders((1, "2026-01-11", 1))
    assert book.ask(by="sales", save=False)[1].summary["previous_run"] == 1
    rows = list(stored_runs(book.ctx).rows)
    assert [(row[0], row[-1]) for row in rows] == [(2, True), (1, False)]


def test_stored_runs_are_one_change_each_with_their_totals(p9):
    _, grid = p9.ask(by="sales")
    p9.ask(by="orders")
    with p9.database.reading() as connection:
        changes = connection.exec_driver_sql("SELECT kind, counts, hash FROM change ORDER BY id").all()[1:]
        verdicts = list(said(*runs.judged(connection, 1)))[:2]
        stored = connection.exec_driver_sql("SELECT parameters, summary FROM run WHERE id = 1").one()
        assert journal.broken(connection, None) == []
    assert [change[0] for change in changes] == ["run", "run"]
    assert json.loads(changes[0][1]) == {"ranked": 43, "run": 1}
    assert verdicts == [(1, 1, 131 * SCALE, "A", "key", "orders"), (2, 2, 66 * SCALE, "A", "major", "orders")]
    assert json.loads(stored[0])["cut"] == [8000, 9500]
    assert json.loads(stored[1])["total"] == grid.summary["total"]
    listed = stored_runs(p9.ctx)
    names = [column.name for column in listed.columns]
    latest, first = (dict(zip(names, row, strict=True)) for row in listed.rows)
    assert (first["metric"], first["customers"], first["ranked"], first["total"]) == ("sales", 43, 43, 1040 * SCALE)
    assert (latest["metric"], latest["total"], latest["as_of"]) == ("orders", 43 * SCALE, DAY)


def test_a_personal_condition_is_not_kept(book):  # decisions.md 12
    book.customers("X", kind="individual")
    book.orders((1, "2026-01-10", 100))
    book.ask(by="sales", where=["name=name X"])
    with book.database.reading() as connection:
        assert "name X" not in str(connection.exec_driver_sql("SELECT * FROM run").all())


@pytest.mark.parametrize(
    ("customers", "asked", "why"),
    [(0, {}, "no customers yet"), (1, {}, "in the period"), (1, {"by": "score"}, "custcli score"),
     (1, {"where": ["region=火星"]}, "fits the conditions")],
)  # fmt: skip
def test_nothing_to_rank_is_an_answer_that_says_why(book, customers, asked, why):  # R4.5
    book.customers(*["X"][:customers])
    rows, grid = book.ask(**asked)
    found = [] if "where" in asked else [("X", None, None if asked else 0)][:customers]
    assert [(row["code"], row["rank"], row["amount"]) for row in rows] == found
    assert grid.summary["total"] == 0
    assert grid.summary["pareto"]["top20_share"] is None
    assert grid.summary["gini"] is None
    assert grid.summary["run"] is None
    assert why in str(grid.notes[0])
    assert book.ask(within="region")[1].summary["ranked"] == 0


def test_a_read_only_database_is_answered_and_not_stored(p9, monkeypatch):  # decisions.md 27
    monkeypatch.setattr("custcli.db.sqlite.writable", lambda _path: False)
    rows, grid = p9.ask(by="sales")
    assert (len(rows), grid.summary["run"]) == (43, None)
    assert "not stored" in str(grid.notes[-1])


def test_a_missing_database_is_not_made(tmp_path):
    with pytest.raises(DatabaseError):
        ranking(Context(Settings(db=str(tmp_path / "none.db"))), Asked())
    assert not (tmp_path / "none.db").exists()


# ---- what is refused, what is shown -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "nothing"},
        {"method": "rfm"},
        {"cut": "95,80"},
        {"cut": "80"},
        {"cut": "80,95,99"},
        {"cut": "0,95"},
        {"cut": "80,101"},
        {"cut": "80.001,95"},
        {"cut": "80,nan"},
        {"cut": "80,inf"},
        {"cut": "a,b"},
        {"tiers": "5,1,20"},
        {"tiers": "1,5"},
        {"months": 0},
        {"where": ["region"], "months": -1},
        {"where": ["no_such_field=1"]},
    ],
    ids=str,
)
def test_wrong_usage(book, asked):
    with pytest.raises(UsageError):
        book.ask(**asked)


def test_percent_signs_and_decimals_are_read(p9):
    assert p9.ask(by="sales", cut="54.2%, 85%", save=False)[1].summary["abc"]["A"]["customers"] == 12


def test_settings_are_the_defaults(p9):
    settings = p9.ctx.settings
    ctx = replace(p9.ctx, settings=replace(settings, classify=replace(settings.classify, cut=(55, 85), months=1)))
    assert ranking(ctx, Asked(by="sales", save=False)).summary["ranked"] == 0
    assert ranking(ctx, Asked(by="sales", save=False, months=12)).summary["abc"]["A"]["customers"] == 12


def test_names_of_persons_are_masked_by_their_kind(book):
    book.customers("firm")
    book.customers("shop", kind="retail")
    book.customers("person", kind="individual")
    book.customers("unknown", kind=None)
    book.customers("card", kind=None)
    book.put("prospect", {"customer_id": 5})
    grid = ranking(book.ctx, Asked(save=False))
    hidden = {row[1] for row in grid.rows if row[2] != f"name {row[1]}"}
    assert hidden == {"person", "card"}


def test_machine_formats(p9):
    document = json.loads("".join(json_text(p9.ask(by="sales", save=False)[1])))
    assert document["rows"][0]["amount"] == 131
    assert document["summary"]["total"] == 1040
    table = list(csv.DictReader(io.StringIO("".join(csv_text(p9.ask(by="orders", save=False)[1])))))
    assert table[0]["amount"] == "1"


def test_lifetime_and_potential_can_be_ranked(book):
    book.customers("few", "long")
    book.orders((1, "2026-03-01", 900), (2, "2024-01-01", 100), (2, "2026-01-01", 100), cost=0)
    rows, grid = book.ask(by="lifetime")
    # R13.3: 100 × 0.8 / (1.1 − 0.8)
    assert [(row["code"], row["amount"]) for row in rows] == [("long", 2_666_667), ("few", None)]
    assert grid.summary["ranked"] == 1
    assert book.ask(by="potential")[1].summary["ranked"] == 0


# ---- what is told ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["potential", "lifetime"])
def test_a_value_that_looks_ahead_names_no_period(p9, by):
    _, grid = p9.ask(by=by, months=3)
    assert f"{by} value in CNY, at 2026-03-31: A up to" in str(grid.title)
    assert (grid.summary["since"], grid.summary["until"]) == (None, DAY)


@pytest.mark.parametrize("by", ["value", "sales", "quantity", "orders", "payments", "lifetime"])
def test_a_currency_that_does_not_occur_is_told(p9, by):
    said = "There are no amounts in EUR in the period."
    assert said in map(str, p9.ask(by=by, currency="eur")[1].notes)
    assert said not in map(str, p9.ask(by=by)[1].notes)


def test_sales_left_out_are_told_with_cents(book):
    book.customers("A")
    book.orders((1, "2026-01-01", 30_000), cost=10_000 * SCALE)
    book.put("sales_order", {"customer_id": 1, "ordered_on": "2026-01-02", "amount": 1_234_5678}, type="sale",
             status="done", currency="CNY")  # fmt: skip
    _, grid = book.ask(by="profit")
    assert "Sales left out, since their cost is unknown: 1,234.57" in map(str, grid.notes)


def test_runs_tell_cuts_grouping_and_filter(p9):
    p9.ask(by="sales", cut="70,90.5", within="region")
    p9.ask(by="sales", where=["code=C01"])
    columns = [column.name for column in stored_runs(p9.ctx).columns]
    filtered, grouped = (dict(zip(columns, row, strict=True)) for row in stored_runs(p9.ctx).rows)
    assert (grouped["cuts"], grouped["tiers"], grouped["within"]) == (["70", "90.5"], ["1", "5", "20"], "region")
    assert (grouped["filtered"], filtered["filtered"]) == (False, True)
    assert filtered["within"] is None


RUNS = [
    ([{}, {"where": ["code=C43"]}], "value"),  # a filtered run neither hides nor replaces
    ([{}, {"where": ["code=C01"]}], "value"),
    ([{}, {"by": "orders"}, {"by": "lifetime"}], "value"),
    ([{"by": "orders"}, {"by": "sales"}], "sales"),  # of no run by value the latest, which is named
    ([{}, {"within": "owner"}], "value"),
    ([{"where": ["code=C01"]}], None),
]


@pytest.mark.parametrize(("asked", "metric"), RUNS, ids=str)
def test_show_takes_the_class_of_a_run_over_all_customers(p9, asked, metric):
    for each in asked:
        p9.ask(**each)
    with p9.database.reading() as connection:
        found = latest_class(connection, 1, DAY)
    assert (found and (found[0], found[2])) == (metric and ("A", metric))


# ---- bulk: numbers in and out of the database ---------------------------------------------------------------------


def test_columns_of_numbers_come_whole_and_in_order(book):
    largest = 2**63 - 1
    with book.database.reading() as connection:
        sql = "SELECT column1 AS a, column2 AS b FROM (VALUES (3, ?), (1, ?), (2, 0)) WHERE column1 > ?"
        found = sqlite.numbers(connection, sql, (largest, -largest - 1, 0), ["b", "a"])
        nobody = sqlite.numbers(connection, sql, (0, 0, 9), ["a", "b"])
    assert {name: column.tolist() for name, column in found.items()} == {
        "a": [3, 1, 2],
        "b": [largest, -largest - 1, 0],
    }
    assert {name: (column.tolist(), str(column.dtype)) for name, column in nobody.items()} == {
        "a": ([], "int64"),
        "b": ([], "int64"),
    }


def test_customers_come_in_the_order_of_their_codes(book):
    book.customers("b", "C", "a10", "a9", "é", "客")
    with book.database.reading() as connection:
        ids = figures.customers(connection).ids.tolist()
        assert ids == list(figures.codes(connection))
    assert ids == [2, 3, 4, 1, 5, 6]


@pytest.mark.parametrize("asked", [{"by": "value"}, {"by": "sales", "within": "region"}, {"by": "orders"}])
def test_what_is_stored_is_what_is_answered(stated, asked):
    stated.customers("large", "small", "tied", region="North")
    stated.orders((7, "2026-01-01", 10**12 + 7), (8, "2026-01-01", 1), (9, "2026-01-01", 50))
    rows, grid = stated.ask(**asked)
    with stated.database.reading() as connection:
        codes = figures.codes(connection)
        kept = [(codes[each[0]], *each[1:]) for each in said(*runs.judged(connection, grid.summary["run"]))]
    names = ("code", "rank", "amount", "abc", "tier", "basis")
    answered = [
        tuple(str(v) if type(v) is not int else v for v in (row[n] for n in names)) for row in rows if row["rank"]
    ]
    assert sorted(tuple(row) for row in kept) == sorted(answered)
    assert len(kept) == grid.summary["ranked"] > 3
