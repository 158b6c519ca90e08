"""Composition of the customer base, retention and cohorts against plain Python on the same orders (R22, R30)."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custcli.context import Context
from custcli.db import Author, journal, open_database
from custcli.db.composition import field_axis
from custcli.domain.retention import Turnover
from custcli.errors import UsageError
from custcli.grid import SCALE
from custcli.services.common import Asked as Shared
from custcli.services.common import common
from custcli.services.composition import Asked, composition
from custcli.services.retention import Asked as Wanted
from custcli.services.retention import Cohorts, cohorts, rates
from custcli.services.status import Asked as Standing
from custcli.services.status import standings
from custcli.settings import Settings

DAY = date(2026, 6, 30)


class Book:
    """A database to fill by hand."""

    def __init__(self, path):
        self.path = path
        open_database(str(path), timeout=5, create=True)
        self.numbers = count(1)
        with self.database.writing() as connection:
            journal.close_change(connection, journal.open_change(connection, Author("me", "test").header()), {})

    @property
    def database(self):
        return open_database(str(self.path), timeout=5, create=False)

    def ctx(self, **changes):
        return Context(Settings(db=str(self.path)), ["composition"], as_of=DAY, **changes)

    def put(self, table, *rows):
        with self.database.writing() as connection:
            for row in rows:
                whole = {"made_by": 1, "extra": "{}"} | row
                sql = f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join('?' * len(whole))})"
                connection.exec_driver_sql(sql, tuple(whole.values()))

    def customer(self, number, **more):
        code = f"C{number:03}"
        self.put(
            "customer",
            {"id": number, "code": code, "name": f"客户{number}", "name_key": code, "state": "active"} | more,
        )

    def order(self, customer, day, yuan=100, **more):
        own = {
            "customer_id": customer,
            "ordered_on": str(day),
            "amount": yuan * SCALE,
            "type": "sale",
            "status": "done",
            "currency": "CNY",
        }
        number = next(self.numbers)
        self.put("sales_order", {"id": number} | own | more)
        return number


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "customers.db")


def told(grid, *names):
    """The rows as mappings of the columns named."""
    at = [[column.name for column in grid.columns].index(name) for name in names]
    return [tuple(row[i] for i in at) for row in grid.rows]


class TestComposition:
    @pytest.fixture(autouse=True)
    def company(self, book):
        book.customer(1, region="华东", kind="wholesale")
        book.customer(2, region="华东", kind="retail")
        book.customer(3, region="华北", kind="wholesale")
        book.customer(4, kind="retail")
        book.order(1, "2026-01-05", 600)
        book.order(1, "2026-02-05", 200)
        book.order(1, "2026-02-06", -100, type="return")
        book.order(2, "2026-02-07", 100)
        book.order(3, "2026-03-01", 200)
        book.order(3, "2026-03-02", 999, status="cancelled")
        book.order(3, "2020-03-02", 999)

    def test_customers_buyers_orders_amounts_and_shares(self, book):
        grid = composition(book.ctx(), Asked(["region"]))
        columns = ("region", "customers", "customer_share", "buyers", "orders", "amount", "share", "average")
        assert told(grid, *columns) == [
            ("华东", 2, 0.5, 2, 3, 800 * SCALE, 0.8, 400 * SCALE),
            ("华北", 1, 0.25, 1, 1, 200 * SCALE, 0.2, 200 * SCALE),
            (None, 1, 0.25, 0, 0, 0, 0.0, None),
        ]
        summary = {"customers": 4, "buyers": 3, "orders": 4, "total": 1000 * SCALE, "groups": 3}
        assert summary.items() <= dict(grid.summary).items()

    def test_two_dimensions(self, book):
        grid = composition(book.ctx(), Asked(["所属业务区", "kind"]))
        assert told(grid, "region", "kind", "amount")[:2] == [
            ("华东", "wholesale", 700 * SCALE),
            ("华北", "wholesale", 200 * SCALE),
        ]

    def test_months_stand_in_their_order(self, book):
        grid = composition(book.ctx(), Asked(["month"]))
        assert told(grid, "month", "customers", "amount") == [
            ("2026-01", 1, 600 * SCALE),
            ("2026-02", 2, 200 * SCALE),
            ("2026-03", 1, 200 * SCALE),
        ]

    @pytest.mark.parametrize("beside", [[], ["region"]], ids=["from the ledger", "by a question"])
    def test_weeks_begin_on_their_monday(self, book, beside):
        grid = composition(book.ctx(), Asked(["week", *beside]))
        days = [date(2026, 1, 5), *(date(2026, 2, n) for n in (5, 6, 7)), date(2026, 3, 1)]
        mondays = {str(day - timedelta(day.weekday())) for day in days}
        assert {row[0] for row in told(grid, "week")} == mondays
        by_day = composition(book.ctx(), Asked(["day", *beside]))
        assert {row[0] for row in told(by_day, "day")} == {str(day) for day in days}

    def test_weekdays_are_those_of_the_calendar(self, book):
        days = {str(date(2026, 1, 5).isoweekday()), *(str(date(2026, 2, n).isoweekday()) for n in (5, 6, 7))}
        grid = composition(book.ctx(), Asked(["weekday"]))
        assert {row[0] for row in told(grid, "weekday")} == days | {str(date(2026, 3, 1).isoweekday())}

    def test_sales_of_unknown_cost_are_in_no_profit_and_told(self, book):
        book.order(1, "2026-03-03", 70, cost=50 * SCALE)
        grid = composition(book.ctx(), Asked(["region"], by="profit"))
        assert told(grid, "region", "amount")[0] == ("华东", 20 * SCALE)
        assert "1,000.00" in str(grid.notes[0])

    @pytest.mark.parametrize("word", ["lifecycle", "behaviour", "standing"])
    def test_what_status_reckons_is_a_dimension(self, book, word):
        """F105, F124: as many customers of each word as status tells."""
        told_by_status = standings(book.ctx(), Standing()).summary["status" if word == "standing" else word]
        grid = composition(book.ctx(), Asked([word]))
        assert {row[0]: row[1] for row in grid.rows if row[0]} == told_by_status

    def test_best_customers(self, book):
        grid = composition(book.ctx(), Asked(["region"], top=1))
        assert told(grid, "region", "top") == [
            ("华东", ["C001 客户1 (700.00)"]),
            ("华北", ["C003 客户3 (200.00)"]),
            (None, []),
        ]

    def test_products_come_from_the_lines(self, book):
        number = book.order(2, "2026-04-01", 70)
        returned = book.order(2, "2026-04-02", -10, type="return")
        for line, (order, product, yuan) in enumerate([(number, "油", 50), (number, "米", 20), (returned, "油", 10)]):
            book.put("order_line", {"order_id": order, "line_no": line, "product": product, "amount": yuan * SCALE})
        grid = composition(book.ctx(), Asked(["品名"]))
        assert set(told(grid, "lines.product", "amount", "orders")) == {
            (None, 1000 * SCALE, 4),
            ("油", 40 * SCALE, 1),
            ("米", 20 * SCALE, 1),
        }

    def test_compared_with_the_year_before(self, book):
        """F135, F137: what is no longer sold is told too; another currency then is not mixed in."""
        book.customer(9)
        sold = [("茶", "2026-01-05", 30, "CNY"), ("茶", "2025-01-05", 40, "CNY"), ("酒", "2025-06-30", 5, "CNY")]
        unlike = [("茶", "2025-02-01", 999, "USD"), ("茶", "2024-06-30", 999, "CNY")]
        for product, day, yuan, currency in [*sold, *unlike]:
            number = book.order(9, day, yuan, currency=currency)
            line = {"order_id": number, "line_no": 1, "product": product, "amount": yuan * SCALE}
            book.put("order_line", line)
        grid = composition(book.ctx(), Asked(["product"], compare="year", where=["code=C009"]))
        assert told(grid, "lines.product", "amount", "previous", "difference", "change", "trend") == [
            ("茶", 30 * SCALE, 40 * SCALE, -10 * SCALE, -0.25, "fell"),
            ("酒", 0, 5 * SCALE, -5 * SCALE, -1.0, "fell"),
        ]
        assert grid.summary["previous_total"] == 45 * SCALE

    def test_an_order_counts_once_in_a_product_and_month_and_its_best_customers_are_told(self, book):
        for customer, day, lines in [
            (1, "2026-04-01", [("油", 50), ("油", 20), (None, 5)]),
            (2, "2026-04-02", [("油", 70)]),
            (3, "2026-05-02", [("油", None)]),
        ]:
            order = book.order(customer, day, 99)
            for number, (product, yuan) in enumerate(lines):
                line = {"order_id": order, "line_no": number, "product": product}
                book.put("order_line", line | ({"amount": yuan * SCALE} if yuan else {}))
        grid = composition(book.ctx(), Asked(["品名", "month"], since=date(2026, 4, 1), until=DAY, top=1))
        assert told(grid, "lines.product", "month", "buyers", "orders", "amount", "average", "top") == [
            ("油", "2026-04", 2, 2, 140 * SCALE, 70 * SCALE, ["C001 客户1 (70.00)"]),
            (None, "2026-04", 1, 1, 5 * SCALE, 5 * SCALE, ["C001 客户1 (5.00)"]),
            ("油", "2026-05", 1, 1, 0, None, []),
        ]

    def test_an_age_has_begun_on_the_birthday(self, book):
        book.customer(10, kind="individual", birth_date="2008-06-30")
        book.customer(11, kind="individual", birth_date="2008-07-01")
        book.customer(12, kind="individual", birth_date="1966-06-30")
        grid = composition(book.ctx(), Asked(["age"]))
        assert told(grid, "age", "customers") == [("18-44", 1), ("60+", 1), ("<18", 1), (None, 4)]

    @pytest.mark.parametrize("words", [["nothing"], [], ["kind", "region", "owner"], ["amount"], ["mobile"]])
    def test_what_is_no_dimension_is_refused(self, book, words):
        with pytest.raises(UsageError):
            composition(book.ctx(), Asked(words))

    @pytest.mark.parametrize("word", ["教育程度", "gender"])
    def test_the_customer_goes_before_its_contacts(self, book, word):
        """F123: an individual's own, not that of a firm's contact or of the people of a public relation."""
        axis, form, at = field_axis(book.ctx().forms, word)
        assert (form.groups[at.field.group].table, "contact_role" in axis.question) == (None, False)

    def test_personal_data_groups_when_revealed(self, book):
        assert composition(book.ctx(reveal=True), Asked(["mobile"])).count == 1


DAYS = st.integers(0, 1500).map(lambda back: DAY - timedelta(days=back))
ORDERS = st.lists(st.tuples(st.integers(1, 6), DAYS), max_size=40)


def is_current(days, day):
    """R2 as it is written, for one customer."""
    known = sorted({each for each in days if each <= day})
    if not known:
        return False
    mean = (known[-1] - known[0]).days / (len(known) - 1) if len(known) > 1 else 0
    return (day - known[-1]).days <= max(180, 3 * mean)


def quarter(day):
    return day.year * 4 + (day.month - 1) // 3


@given(orders=ORDERS)
@settings(max_examples=12, deadline=None)
def test_retention_is_that_of_plain_python(tmp_path_factory, orders):
    book = Book(tmp_path_factory.mktemp("book") / "customers.db")
    days = defaultdict(list)
    for number in range(1, 7):
        book.customer(number)
    for customer, day in orders:
        book.order(customer, day)
        days[customer].append(day)
    names = ("since", "until", "start", "new", "regained", "lost", "end", "buyers", "repeat_buyers", "returned")
    for since, until, *figures in told(rates(book.ctx(), Wanted("quarter")), *names):
        before = {each for each in days if is_current(days[each], since - timedelta(days=1))}
        after = {each for each in days if is_current(days[each], until)}
        fresh = {each for each in after - before if min(days[each]) >= since}
        times = [sum(since <= day <= until for day in days[each]) for each in days]
        repeated = [each for each in times if each > 1]
        earlier = {each for each in days for day in days[each] if quarter(day) == quarter(since) - 1}
        returned = {each for each in earlier for day in days[each] if since <= day <= until}
        expected = [len(before), len(fresh), len(after - before - fresh), len(before - after), len(after)]
        assert figures == [*expected, len([each for each in times if each]), len(repeated), len(returned)]


def test_rates_of_the_textbook(book):
    """Start 100, end 120, new 30: retention 90 % (domain.md R22); 10 of 100 lost: churn 10 %."""
    for number in range(1, 131):
        book.customer(number)
        book.order(number, "2025-09-01" if number <= 10 else "2025-12-01" if number <= 100 else "2026-02-01")
    row = told(rates(book.ctx(), Wanted("quarter", date(2026, 1, 1), date(2026, 3, 31))),
               "start", "new", "lost", "end", "retention_rate", "churn_rate", "growth_rate")[0]  # fmt: skip
    assert row == (100, 30, 10, 120, 0.9, 0.1, 0.2)
    again = rates(book.ctx(), Wanted("quarter", date(2025, 10, 1), date(2025, 12, 31)))
    assert told(again, "buyers_before", "returned", "return_rate") == [(10, 0, 0)]


@pytest.mark.parametrize(("start", "lost", "rate"), [(500, 50, 0.1), (1_200, 120, 0.1), (1_000, 25 + 50 + 100, 0.175)])
def test_churn_as_printed(start, lost, rate):  # CHU-01
    assert Turnover(start, 0, 0, lost, start - lost, 0, 0, 0, 0).churn_rate == pytest.approx(rate, abs=1e-12)


def test_an_empty_book_has_no_rates(book):
    assert told(rates(book.ctx(), Wanted()), "start", "retention_rate") == [(0, None)]


def test_retention_within_a_dimension_adds_up(book):
    book.customer(1, region="华东")
    book.customer(2)
    book.order(1, "2026-05-01")
    book.order(2, "2026-05-02")
    rows = told(
        rates(book.ctx(), Wanted(since=date(2026, 5, 1), until=date(2026, 5, 31), within="区域")), "region", "new"
    )
    assert rows == [("华东", 1), (None, 1)]


@given(orders=ORDERS)
@settings(max_examples=12, deadline=None)
def test_cohorts_are_those_of_plain_python(tmp_path_factory, orders):
    book = Book(tmp_path_factory.mktemp("book") / "customers.db")
    first, active = {}, defaultdict(lambda: defaultdict(int))
    for number in range(1, 7):
        book.customer(number)
    for customer, day in orders:
        book.order(customer, day, 7)
        first[customer] = min(first.get(customer, day), day)
        active[customer][day.year * 12 + day.month] += 7 * SCALE
    rows = told(cohorts(book.ctx(), Cohorts(long=True)), "cohort", "period", "size", "customers", "amount")
    for name, period, size, customers, amount in rows:
        year, month = map(int, name.split("-"))
        members = [each for each, day in first.items() if (day.year, day.month) == (year, month)]
        sold = [active[each].get(year * 12 + month + period, 0) for each in members]
        assert (size, customers, amount) == (len(members), sum(map(bool, sold)), sum(sold))
    assert {row[0] for row in rows} == {f"{day:%Y-%m}" for day in first.values()}


def test_a_cohort_is_unknown_after_the_day(book):
    book.customer(1)
    book.customer(2)
    book.order(1, "2026-04-01", 30)
    book.order(1, "2026-06-01", 10)
    book.order(2, "2026-06-02", 10)
    grid = cohorts(book.ctx(), Cohorts())
    assert [list(row) for row in grid.rows] == [["2026-04", 1, 1.0, 0.0, 1.0], ["2026-06", 1, 1.0, None, None]]
    average = cohorts(book.ctx(), Cohorts(show="average"))
    assert [list(row)[2:] for row in average.rows] == [[30 * SCALE, 0, 10 * SCALE], [10 * SCALE, None, None]]


def test_what_a_segment_has_in_common(book):
    for number in range(1, 7):
        book.customer(number, region="华东" if number < 4 else "华北", owner="张三" if number in {1, 2, 4} else None)
    grid = common(book.ctx(), Shared(["region=华东"]))
    rows = told(grid, "field", "value", "customers", "share", "share_of_all", "difference", "lift")
    assert rows == [
        ("region", "华东", 3, 1.0, 0.5, 0.5, 2 * SCALE),
        ("owner", "张三", 2, 2 / 3, 0.5, pytest.approx(1 / 6), 13_300),
        ("behaviour", "potential", 3, 1.0, 1.0, 0.0, SCALE),
        ("standing", "potential", 3, 1.0, 1.0, 0.0, SCALE),
    ]
    assert grid.summary == {"customers": 6, "segment": 3, "values": 4}


def test_what_a_segment_ordered_in_common(book):
    """F130: a customer counts once in a product; what is not valid, sent back or later does not count."""
    for number in range(1, 7):
        book.customer(number, region="华东" if number < 4 else "华北")

    def bought(customer, product, day="2026-06-30", **more):
        order = book.order(customer, day, **more)
        book.put("order_line", {"order_id": order, "line_no": 1, "product": product})

    for customer, product, channel in [(1, "油", "online"), (1, "油", "store"), (2, "油", "online"), (4, "油", None)]:
        bought(customer, product, channel=channel)
    for unlike in ({"status": "draft"}, {"status": "cancelled"}, {"type": "sample"}, {"type": "return"}):
        bought(3, "油", channel="online", **unlike)
    bought(3, "油", "2026-07-01")
    bought(3, "")
    book.order(3, "2026-06-30", channel="wechat")
    grid = common(book.ctx(), Shared(["region=华东"]))
    names = ("field", "value", "customers", "share", "share_of_all", "difference", "lift")
    rows = {row[0]: row[1:] for row in told(grid, *names)}
    assert rows["channel"] == ("online", 2, 2 / 3, 2 / 6, pytest.approx(1 / 3), 2 * SCALE)
    assert rows["lines.product"] == ("油", 2, 2 / 3, 3 / 6, pytest.approx(1 / 6), 13_300)
    words = dict(told(grid, "field", "word"))
    assert (words["channel"], words["lines.product"]) == ("Online", "油")


def test_of_many_values_those_stay_that_most_of_the_segment_have(book):
    order = {"ordered_on": "2026-06-01", "amount": SCALE, "type": "sale", "status": "done", "currency": "CNY"}
    some = {n: {"code": f"C{n:03}", "name": "客户", "name_key": "客户", "state": "active"} for n in range(1, 205)}
    book.put("customer", *({"id": n, "region": f"R{n // 2}", "owner": "张三"} | more for n, more in some.items()))
    book.put("sales_order", *(order | {"customer_id": n, "campaign": f"P{n // 2:03}"} for n in some))
    book.put("sales_order", *(order | {"customer_id": n, "campaign": "P102"} for n in some))
    grid = common(book.ctx(), Shared(["owner=张三"]))
    rows = told(grid, "field", "value", "customers")
    assert ("campaign", "P102", 204) in rows
    assert {row[1] for row in rows if row[0] == "campaign"} == {"P102", *(f"P{n:03}" for n in range(1, 100))}
    cut = "Only the 100 values that most customers of the segment have: Region, Campaign"
    assert cut in [str(note) for note in grid.notes]


def test_nobody_has_nothing_in_common(book):
    assert common(book.ctx(), Shared(["region=华东"])).count == 0
    with pytest.raises(UsageError):
        common(book.ctx(), Shared([]))
