"""From the database to customer values: worked examples, what counts, where the retention comes from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from custcli.context import Context
from custcli.db import Author, journal, open_database
from custcli.errors import UnknownError, UsageError
from custcli.grid import SCALE
from custcli.services.value import Asked, Entered, OneValue, of_one, valuation, worth
from custcli.settings import Settings

DAY = date(2026, 3, 31)
KEYS = [
    *("code", "name", "historic", "current", "potential", "lifetime", "model", "orders", "first_order", "last_order"),
    *("probability_alive", "low", "high", "note", "remark"),
    *("frequency", "recency", "age", "monetary_value"),
]
"""cli.md 7."""


class Book:
    """A database to fill by hand, and the run that asks it."""

    def __init__(self, path):
        self.ctx = Context(Settings(db=str(path)), ["value"], as_of=DAY)
        self.database = open_database(str(path), timeout=5, create=True)
        self.numbers = count(1)
        with self.database.writing() as connection:
            journal.close_change(connection, journal.open_change(connection, Author("me", "test").header()), {})

    def put(self, table, *rows, **same):
        with self.database.writing() as connection:
            for row in rows:
                whole = {"made_by": 1, "extra": "{}"} | same | row
                sql = f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join('?' * len(whole))})"
                connection.exec_driver_sql(sql, tuple(whole.values()))

    def customer(self, code, **fields):
        number = next(self.numbers)
        usual = {"id": number, "code": code, "name": f"name {code}", "name_key": code, "state": "active"}
        self.put("customer", usual | {"kind": "enterprise"} | fields)
        return number

    def order(self, who, day, yuan, cost=None, **fields):
        usual = {"type": "sale", "status": "done", "currency": "CNY"}
        money = {"amount": yuan * SCALE, "cost": None if cost is None else cost * SCALE}
        self.put("sales_order", usual | {"customer_id": who, "ordered_on": day} | money | fields)

    def ask(self, **asked):
        grid = valuation(self.ctx, Asked(**asked))
        names = [column.name for column in grid.columns]
        return {row[0]: dict(zip(names, row, strict=True)) for row in grid.rows}, grid


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "book.db")


def test_keys(book):
    book.customer("X")
    rows, grid = book.ask()
    assert list(rows["X"]) == KEYS
    assert grid.as_of == DAY


def test_what_a_model_knows_of_a_few(book):  # LOG: the tests of lifetimes: 68 days between, 22.5 each; a day's are one
    for code, bought in (("X", {"2014-04-09": 20, "2014-03-14": 10, "2014-05-21": 25}), ("Y", {"2015-01-01": 1})):
        number = book.customer(code)
        for day, yuan in bought.items():
            book.order(number, day, yuan)
    book.order(number, "2015-01-01", 1)
    book.customer("Z")
    rows, _ = book.ask()
    names = ("frequency", "recency", "age", "monetary_value")
    known = {code: [row[name] for name in names] for code, row in rows.items()}
    days = DAY.toordinal() - date(2014, 3, 14).toordinal()
    assert known["X"] == [2, round(68 / 7 * SCALE), round(days / 7 * SCALE), 225_000]
    assert (known["Y"][:2], known["Y"][3], known["Z"]) == ([0, 0], 0, [None] * 4)
    assert "frequency" not in book.ask(model="formula")[0]["X"]


def test_lifetime_of_a_steady_customer(book):  # R13.3: margin 150 a year, r 0.55, d 0.10 → 150·0.55/0.55 = 150
    number = book.customer("X")
    book.order(number, "2024-01-01", 1_000, cost=400)
    book.order(number, "2025-06-01", 200, cost=100)
    book.order(number, "2026-03-31", 100, cost=50)
    rows, grid = book.ask(retention="0.55", discount="10%", model="formula")
    row = rows["X"]
    assert (row["historic"], row["current"], row["lifetime"]) == (750 * SCALE, 150 * SCALE, 150 * SCALE)
    assert (row["orders"], row["first_order"], row["last_order"]) == (3, date(2024, 1, 1), DAY)
    assert row["low"] < row["lifetime"] < row["high"]
    assert (row["model"], row["probability_alive"], row["note"]) == ("formula", None, None)
    assert grid.summary["parameters"]["retention"] == Decimal("0.55")


def test_only_valid_orders_up_to_the_day_count(book):  # domain.md 1.13
    number = book.customer("X")
    book.order(number, "2024-01-01", 100, cost=0)
    book.order(number, "2026-04-01", 999, cost=0)
    book.order(number, "2026-01-01", 999, cost=0, status="cancelled")
    book.order(number, "2026-01-01", 999, cost=0, type="sample")
    book.order(number, "2026-02-01", -30, cost=0, type="return")
    row = book.ask()[0]["X"]
    assert (row["historic"], row["orders"], row["last_order"]) == (70 * SCALE, 1, date(2024, 1, 1))


def test_unknown_cost_takes_the_margin_and_says_so(book):  # decisions.md 25: 100 + 1000 × 0.30 = 400 a year
    number = book.customer("X")
    book.order(number, "2024-01-01", 0, cost=0)
    book.order(number, "2026-01-01", 200, cost=100)
    book.order(number, "2026-01-02", 1_000)
    row = book.ask(retention="0.5", discount="0", margin="0.30")[0]["X"]
    assert (row["historic"], row["current"]) == (1_200 * SCALE, 400 * SCALE)  # 400·0.5/0.5
    assert "cost unknown" in row["note"]


def test_short_histories(book):  # R12: from 90 days on a year is reckoned, before that nothing
    enough, short, none = (book.customer(code) for code in ("enough", "short", "none"))
    book.order(enough, "2025-12-31", 90, cost=0)  # 90 days before the day
    book.order(short, "2026-01-01", 90, cost=0)
    rows, grid = book.ask(retention="0.5", discount="0")
    assert rows["enough"]["current"] == 365 * SCALE
    assert (rows["short"]["current"], rows["short"]["lifetime"], rows["short"]["low"]) == (None, None, None)
    assert (rows["none"]["historic"], rows["none"]["lifetime"]) == (0, 0)
    assert (grid.summary["too_little_data"], grid.summary["without_orders"]) == (1, 1)
    assert none


def test_opportunities_and_referrals_are_potential(book):  # R12: 1000·0.30·0.6 + 0.5·(100 + 200·0.30) = 180 + 80
    patron = book.customer("patron")
    brought = book.customer("brought", referred_by=patron)
    further = book.customer("further", referred_by=brought)
    book.order(brought, "2025-05-01", 150, cost=50)
    book.order(brought, "2025-06-01", 200)
    book.order(brought, "2024-06-01", 9_999, cost=0)
    book.order(further, "2025-06-01", 9_999, cost=0)
    book.put("prospect", {"customer_id": patron, "expected_amount": 1_000 * SCALE})
    letters = ({"letter": letter, "verdict": "yes"} for letter in ("money", "authority", "need"))
    book.put("man_letter", *letters, customer_id=patron, assessed_on="2026-01-01")
    book.put("man_letter", {"letter": "need", "verdict": "no"}, customer_id=patron, assessed_on="2026-04-01")
    rows, _ = book.ask()
    assert rows["patron"]["potential"] == rows["patron"]["lifetime"] == 260 * SCALE


@pytest.mark.parametrize(
    ("card", "letters", "potential"),
    [
        ({}, {}, 0),  # nothing assessed yet
        ({}, {"money": "yes"}, 180),
        ({}, {"money": "no"}, 90),
        ({"stage": "lost"}, {"money": "yes"}, 0),
    ],
)
def test_an_open_card_counts_by_its_grade(book, card, letters, potential):
    number = book.customer("X")
    book.put("prospect", {"customer_id": number, "expected_amount": 1_000 * SCALE} | card)
    rows = ({"letter": letter, "verdict": verdict} for letter, verdict in letters.items())
    book.put("man_letter", *rows, customer_id=number, assessed_on="2026-01-01")
    assert book.ask()[0]["X"]["potential"] == potential * SCALE


def classes(book, customers, lost):
    """A class A of equal customers a year ago, of whom some have not come back."""
    for place in range(customers):
        number = book.customer(f"{place:02d}")
        book.order(number, "2024-06-01", 100, cost=0)
        if place >= lost:
            book.order(number, "2025-06-01", 100, cost=0)


def test_retention_is_that_of_the_own_class(book):  # R22: 5 of 25 lost; C lost none of 3 but is too small
    classes(book, 25, 5)
    for letter in "xyz":
        book.order(book.customer(letter), "2024-06-01", 1, cost=0)
    ctx = replace(
        book.ctx,
        settings=replace(
            book.ctx.settings, classify=replace(book.ctx.settings.classify, cut=(Decimal("99.9"), Decimal(100)))
        ),
    )
    grid = valuation(ctx, Asked())
    lifetimes = {row[0]: row[5] for row in grid.rows}
    assert grid.summary["parameters"]["retention_by_class"] == {"A": pytest.approx(20 / 25), "B": None}
    assert lifetimes["24"] == round(100 * SCALE * 0.8 / 0.3)
    assert lifetimes["00"] == 0


def test_a_given_retention_holds_for_all(book):
    classes(book, 25, 5)
    rows, grid = book.ask(retention="0.5", discount="0")
    assert grid.summary["parameters"]["retention_by_class"] == {}
    assert rows["24"]["lifetime"] == 100 * SCALE


def test_the_best_come_first_with_top(book):
    for code, cost in (("low", 90), ("high", 10), ("b", 50), ("a", 50)):
        number = book.customer(code)
        book.order(number, "2024-06-01", 0, cost=0)
        book.order(number, "2026-01-01", 100, cost=cost)
    book.order(book.customer("new"), "2026-03-30", 9_999, cost=0)
    assert list(book.ask(top=9)[0]) == ["high", "a", "b", "low", "new"]
    rows, grid = book.ask(top=2)
    assert list(rows) == ["high", "a"]
    assert grid.summary["customers"] == 5
    assert list(book.ask()[0]) == ["a", "b", "high", "low", "new"]
    rows, grid = book.ask(limit=2)
    assert list(rows) == ["a", "b"]
    assert "3 more" in str(grid.notes[0])


def test_customers_can_be_chosen(book):
    book.customer("X", region="North")
    book.customer("Y", region="South")
    assert list(book.ask(codes=["Y"])[0]) == ["Y"]
    assert list(book.ask(where=["region=North"])[0]) == ["X"]
    with pytest.raises(UnknownError):
        book.ask(codes=["Z"])


def test_auto_says_why_the_formula_was_taken(book):  # cli.md 7
    book.customer("X")
    for model in ("auto", "bgnbd"):
        rows, grid = book.ask(model=model)
        assert (rows["X"]["remark"], rows["X"]["model"]) == ("no orders", "formula")
        assert rows["X"]["note"] == f"no orders; {grid.summary['note']}"
        assert "orders of at least 90 days are needed, there are 0" in grid.summary["note"]
        assert grid.summary["note"] in map(str, grid.notes)
    assert book.ask(model="formula")[1].summary["note"] is None


def test_names_of_persons_are_masked_unless_revealed(book):
    book.customer("X", name="张三丰", kind="individual")
    book.customer("Y", name="张氏商行")
    assert [row["name"] for row in book.ask()[0].values()] == ["张*", "张氏商行"]
    book.ctx.reveal = True
    assert book.ask()[0]["X"]["name"] == "张三丰"


def test_currencies_are_never_added_up(book):  # decisions.md 3
    number = book.customer("X")
    book.order(number, "2026-01-01", 100, cost=0)
    book.order(number, "2026-01-01", 7, cost=0, currency="USD")
    with pytest.raises(UsageError):
        book.ask()
    rows, grid = book.ask(currency="USD")
    assert (rows["X"]["historic"], grid.summary["currency"]) == (7 * SCALE, "USD")


@pytest.mark.parametrize(
    "asked",
    [
        {"entered": Entered(price="3")},
        {"model": "textbook", "entered": Entered(price="3")},
        {"model": "textbook", "entered": Entered(promotion="3")},
        {"model": "textbook", "entered": Entered(revenue="much")},
        {"model": "textbook", "entered": Entered(promotion="3", new_customers=0)},
        {"model": "textbook", "entered": Entered(promotion="-3", new_customers=1)},
        {"model": "textbook", "entered": Entered(promotion="3", new_customers=1, acquisition_cost="1")},
        {"model": "purchases", "entered": Entered(purchases="-3")},
        {"model": "purchases", "entered": Entered(profit="3")},
        {"model": "formula", "entered": Entered(acquisition_cost="3")},
        {"model": "formula", "entered": Entered(profit="3"), "codes": ["X"]},
        {"model": "formula", "entered": Entered(profit="3"), "margin": "0.2"},
        {"model": "formula", "entered": Entered(profit="3"), "retention": "1", "discount": "0"},
        {"model": "purchases", "entered": Entered(purchases="1", price="1", additions=["x"])},
        {"retention": "1.1"},
        {"retention": "much"},
        {"retention": "1", "discount": "0"},  # R13: infinite
        {"discount": "-0.1"},
        {"discount": "nan"},
        {"margin": "200%"},
        {"where": ["no_such_field=1"]},
    ],
    ids=str,
)
def test_wrong_usage(book, asked):
    book.order(book.customer("X"), "2024-01-01", 100, cost=0)
    with pytest.raises(UsageError):
        book.ask(**asked)


@pytest.mark.parametrize(("day", "counts"), [("2024-02-29", False), ("2024-03-01", True)])  # as classify's 12 months
def test_the_last_year_is_that_of_the_periods(book, day, counts):
    book.ctx.as_of = date(2025, 2, 28)
    number = book.customer("X")
    book.order(number, "2023-01-01", 0, cost=0)
    book.order(number, day, 100, cost=0)
    row = book.ask(retention="0.5", discount="0")[0]["X"]
    assert row["current"] == (100 * SCALE if counts else 0)


def test_a_currency_that_never_occurs_is_told(book):
    book.order(book.customer("X"), "2026-01-01", 100)
    assert "There are no orders in EUR." in map(str, book.ask(currency="eur")[1].notes)
    assert not any("orders in" in str(note) for note in book.ask(currency="cny")[1].notes)


def test_the_note_is_never_headed_as_the_note_of_a_dossier(book):  # forms: Note, 备注
    book.customer("X")
    (column,) = (each for each in book.ask()[1].columns if each.name == "note")
    assert column.label == "Value note"


def test_the_formula_with_an_end(book):  # R13.4: 100·(0.5 + 0.25 + 0.125/2), d = 0
    number = book.customer("X")
    book.order(number, "2024-01-01", 0, cost=0)
    book.order(number, "2026-01-01", 100, cost=0)
    rows, grid = book.ask(retention="0.5", discount="0", horizon_months=30, model="formula")
    assert rows["X"]["lifetime"] == 81.25 * SCALE
    assert grid.summary["parameters"]["horizon_months"] == 30
    assert book.ask(retention="1", discount="0", horizon_months=12)[0]["X"]["lifetime"] == 100 * SCALE


# ---- the textbook's formulas -------------------------------------------------------------------------------------


def only(grid):
    (row,) = grid.rows
    return dict(zip([column.name for column in grid.columns], row, strict=True))


def test_textbook_with_all_entered(tmp_path):  # R13.1, worked; no database is needed
    ctx = Context(Settings(db=str(tmp_path / "none.db")), ["value"], as_of=DAY)
    entered = Entered(promotion="60000", new_customers=150, retention_cost="600", revenue="6000")
    row = only(valuation(ctx, Asked(model="textbook", entered=entered)))
    assert (row["lifetime"], row["ratio"], row["benefit"]) == (800 * SCALE, 18_000, 1_800 * SCALE)
    assert (row["acquisition_cost"], row["retention_cost"], row["revenue"]) == (400 * SCALE, 600 * SCALE, 6_000 * SCALE)
    assert (row["code"], row["model"]) == (None, "textbook")


def test_purchases_with_all_entered(tmp_path):  # R13.2, worked: 6 cars
    ctx = Context(Settings(db=str(tmp_path / "none.db")), ["value"], as_of=DAY)
    entered = Entered(purchases="6", price="15万", additions=["90000", "30000"])
    grid = valuation(ctx, Asked(model="purchases", entered=entered))
    assert only(grid)["lifetime"] == 1_020_000 * SCALE
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("asked", "entered", "lifetime"),
    [
        ({"retention": "0.788", "discount": "0.01"}, Entered(profit="18.95"), 672_640),  # domain.md 5.6, Net-4-You
        ({"retention": "0.995", "discount": "0.01"}, Entered(profit="17.95", certain=True), 12_086_333),  # CLV-01
        ({"retention": "55%"}, Entered(profit="150", acquisition_cost="100"), 50 * SCALE),  # 5.6, L.L. Bean
        ({"retention": "1", "discount": "0.02"}, Entered(profit="3"), 150 * SCALE),  # CLV-02: M/d
        ({"retention": "0.5", "discount": "0", "horizon_months": 24}, Entered(profit="8"), 6 * SCALE),  # R13.4: 4 + 2
    ],
)
def test_formula_with_a_profit_entered(tmp_path, asked, entered, lifetime):  # R13.3; no database is needed
    ctx = Context(Settings(db=str(tmp_path / "none.db")), ["value"], as_of=DAY)
    grid = valuation(ctx, Asked(model="formula", entered=entered, **asked))
    assert (only(grid)["lifetime"], grid.summary["total"]["lifetime"]) == (lifetime, lifetime)


def test_textbook_of_a_customer(book):  # benefit: 60 of profit + 100 × 0.30 + 5; cost 70 ÷ 7 + 15
    number = book.customer("X")
    book.order(number, "2024-01-01", 200, cost=140)
    book.order(number, "2026-01-01", 100)
    book.customer("none")
    entered = Entered(promotion="70", new_customers=7, retention_cost="15", intangible="5")
    rows, grid = book.ask(model="textbook", entered=entered)
    row = rows["X"]
    assert (row["benefit"], row["revenue"], row["lifetime"]) == (95 * SCALE, 300 * SCALE, 70 * SCALE)
    assert (row["ratio"], row["model"], row["low"]) == (38_000, "textbook", None)
    assert [rows["none"][key] for key in ("lifetime", "acquisition_cost", "benefit")] == [0, 0, 0]  # R13: N < 1 order
    assert rows["none"]["note"] == "no orders"
    assert grid.summary["total"]["lifetime"] == 70 * SCALE
    assert "R13.1" in str(grid.notes[-1])


@pytest.mark.parametrize(
    ("asked", "lifetime"),
    [
        ({"model": "textbook", "entered": Entered(revenue="200", acquisition_cost="20")}, 40),  # 200 × 0.30 − 20
        ({"model": "purchases", "entered": Entered(purchases="2", price="30", additions=["1"])}, 61),
    ],
)
def test_what_is_entered_holds_of_a_customer_without_orders(book, asked, lifetime):  # F109, F111
    book.customer("X")
    assert book.ask(codes=["X"], **asked)[0]["X"]["lifetime"] == lifetime * SCALE


def test_textbook_without_any_cost(book):
    book.order(book.customer("X"), "2024-01-01", 200, cost=140)
    rows, grid = book.ask(model="textbook", entered=Entered(benefit="80"), codes=["X"])
    assert (rows["X"]["lifetime"], rows["X"]["ratio"]) == (80 * SCALE, None)
    assert "0 is taken" in str(grid.notes[-1])


@pytest.mark.parametrize(
    ("entered", "months", "lifetime"),
    [
        ({}, None, 3 * 300),  # the last year's two orders, three years
        ({}, 18, 450),
        ({"price": "100"}, 12, 200),
        ({"purchases": "1.5"}, 12, 225),
        ({"purchases": "2", "additions": ["7", "1"]}, 12, 308),
    ],
)
def test_purchases_of_a_customer(book, entered, months, lifetime):  # R13.2: N × P + additions
    number = book.customer("X")
    book.order(number, "2024-01-01", 9_999)
    book.order(number, "2025-06-01", 100)
    book.order(number, "2026-01-01", 200)
    asked = {"model": "purchases", "codes": ["X"], "entered": Entered(**entered)}
    row = book.ask(**asked, horizon_months=months)[0]["X"]
    assert row["lifetime"] == lifetime * SCALE


def test_purchases_of_a_short_history(book):  # R12: 73 days are too few, 146 days count 2.5-fold
    for code, day in (("short", "2026-01-17"), ("half", "2025-11-05")):
        book.order(book.customer(code), day, 100)
    rows, grid = book.ask(model="purchases", horizon_months=12)
    assert (rows["short"]["lifetime"], rows["half"]["lifetime"]) == (None, 250 * SCALE)
    assert (rows["half"]["purchases"], rows["half"]["price"]) == (25_000, 100 * SCALE)
    assert grid.summary["too_little_data"] == 1


# ---- what other answers take from here ---------------------------------------------------------------------------


def test_one_value_is_that_of_the_row(book):
    number = book.customer("X")
    book.order(number, "2024-01-01", 1_000, cost=400)
    book.order(number, "2026-01-01", 70)
    book.put("prospect", {"customer_id": number, "expected_amount": 500 * SCALE})
    book.put("man_letter", {"letter": "money", "verdict": "yes"}, customer_id=number, assessed_on="2026-01-01")
    row = book.ask(codes=["X"])[0]["X"]
    with book.database.reading() as connection:
        one = of_one(book.ctx, connection, number, "X", Asked())
    assert isinstance(one, OneValue)
    assert [getattr(one.value, name) for name in ("historic", "current", "potential", "lifetime", "low", "high")] == [
        row[name] for name in ("historic", "current", "potential", "lifetime", "low", "high")
    ]
    assert (one.known.orders, one.known.opportunities, one.known.profit_total) == (2, ((500 * SCALE, "A"),), None)
    assert one.value.figures.from_opportunities == 90 * SCALE


def test_worth_is_in_the_order_of_ids(book):
    late, early = book.customer("Z"), book.customer("A")
    book.order(late, "2024-01-01", 100, cost=0)
    book.order(early, "2026-03-30", 100, cost=0)
    with book.database.reading() as connection:
        currency, found = worth(book.ctx, connection, None, unknown=-1)
    assert (currency, found["id"].tolist(), found["lifetime"].tolist()) == ("CNY", [late, early], [0, -1])


def test_amounts_beyond_64_bits_stay_exact(book):  # 9 · 10¹⁴ yuan · 365 ÷ 100 · 8/3 · 10⁴
    number = book.customer("X")
    book.order(number, "2025-12-21", 9 * 10**10, cost=0)
    book.ctx.settings = replace(book.ctx.settings, value=replace(book.ctx.settings.value, min_class=1))
    assert book.ask()[0]["X"]["current"] == 9 * 10**14 * 365 * 8 // 300
