"""Rows of forms: where fields lie, in which order they come, as which values."""

from datetime import date
from importlib import resources

import pytest
from tests.laid import lay_company

from custcli.db import Author, in_memory, journal
from custcli.db.records import core, count, find, has_elements, of_customer, select, traded, years
from custcli.db.runs import latest_class
from custcli.domain.forms import load
from custcli.domain.layout import place

FORMS = load(
    (file.name, file.read_text(encoding="utf-8"))
    for file in resources.files("custcli").joinpath("forms").iterdir()
    if file.name.endswith(".toml")
)
DAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def connection():
    database = in_memory()
    with database.writing() as connection:
        lay_company(connection)
        yield connection


def rows(connection, form, *names, **how):
    return list(select(connection, form, [place(form, name) for name in names], **how))


def test_values_are_plain_and_typed(connection):
    names = ("code", "filled_on", "is_key", "product_lines", "downstream_count", "2024年金额", "2024年数量", "信誉度")
    first, second = rows(connection, FORMS["wholesale"], *names)
    assert first == ["C-000001", date(2026, 1, 15), True, ["啤酒", "白酒"], 120, 12_500_000_000, 30_000, "4"]
    assert second == ["C-000005", None, None, None, None, None, None, None]


def test_a_year_known_is_a_year_shown(connection):
    assert rows(connection, FORMS["wholesale"], "product_since")[0] == ["2019"]


def test_shares_are_fractions(connection):
    assert rows(connection, FORMS["enterprise"], "tax_rate") == [[0.13]]


def test_people_are_those_who_hold_the_role_now(connection):
    names = ("legal_rep.name", "contact.name", "contact.title", "manager.name")
    assert rows(connection, FORMS["wholesale"], *names)[0] == ["张三", "李四", "经理", None]


def test_one_row_a_record_however_many_people_hold_a_role(connection):
    connection.exec_driver_sql(
        "INSERT INTO contact_role (id, made_by, extra, customer_id, contact_id, role) "
        "VALUES (99, 1, '{}', 1, 5, 'contact')"
    )
    try:
        assert [row[0] for row in rows(connection, FORMS["wholesale"], "contact.name")] == ["李四", None]
    finally:
        connection.exec_driver_sql("DELETE FROM contact_role WHERE id = 99")


def test_a_stand_in_is_shown_where_it_is_wanted(connection):
    assert rows(connection, FORMS["wholesale"], "mailing_address")[0] == [None]
    shown = rows(connection, FORMS["wholesale"], "mailing_address", fallbacks=True)
    assert shown[0] == ["杭州市西湖区文三路1号"]


@pytest.mark.parametrize(
    ("day", "letters"),
    [
        (date(2026, 1, 9), [None, None, None]),
        (date(2026, 1, 10), ["no", "yes", None]),
        (date(2026, 3, 1), ["yes", "yes", None]),
        (None, ["yes", "yes", None]),
    ],
)
def test_the_letters_in_force_on_a_day(connection, day, letters):
    assert rows(connection, FORMS["prospects"], "购买能力", "购买决定权", "需求", day=day) == [letters]


def test_a_prospect_is_who_has_a_card(connection):
    assert rows(connection, FORMS["prospects"], "code", "card.stage", "card.willing_1") == [["C-000004", "demo", True]]
    assert count(connection, FORMS["prospects"]) == 1


def test_all_customers_by_code(connection):
    form = core(FORMS)
    assert [row[0] for row in rows(connection, form, "code")] == [f"C-00000{n}" for n in range(1, 6)]
    assert {"code", "name", "region", "mobile"} <= set(form.fields)
    assert "business_address" not in form.fields  # individuals have none


def test_customers_referred_to_are_shown_by_code_and_by_name(connection):
    assert rows(connection, FORMS["individual"], "referred_by") == [["C-000001"]]
    names = ("order_no", "customer", "customer_name")
    by_day = [["S-1", "C-000001", "华东商行"], ["S-2", "C-000001", "华东商行"], [None, "C-000002", "王小明"]]
    assert rows(connection, FORMS["orders"], *names) == by_day


def test_lines_come_in_their_order(connection):
    shown = rows(connection, FORMS["orders"], "order_no", "品名", "折扣")
    assert shown == [["S-1", None, None], ["S-2", "啤酒", None], ["S-2", "白酒", 0.95], [None, None, None]]


@pytest.mark.parametrize(
    ("form", "field", "downwards", "codes"),
    [
        ("customers", "region", False, "12354"),  # 华东 stands before 华北: 东 is U+4E1C, 北 U+5317
        ("customers", "region", True, "35124"),
        ("wholesale", "2025年金额", True, "15"),
        ("wholesale", "2024年金额", True, "15"),
        ("wholesale", "2025年金额", False, "51"),
    ],
)
def test_sorted_with_the_unknown_last_and_ties_by_code(connection, form, field, downwards, codes):
    form = FORMS.get(form) or core(FORMS)
    found = rows(connection, form, "code", sort=[(place(form, field), downwards)])
    assert [row[0][-1] for row in found] == list(codes)


def test_limited(connection):
    assert rows(connection, core(FORMS), "code", limit=2) == [["C-000001"], ["C-000002"]]
    assert rows(connection, core(FORMS), "code", limit=0) == []


def test_years_and_lines_that_there_are(connection):
    wholesale, orders = FORMS["wholesale"], FORMS["orders"]
    assert years(connection, wholesale, wholesale.groups["yearly_sales"]) == ["2024", "2025"]
    assert years(connection, wholesale, wholesale.groups["yearly_sales"], ("t.id = ?", [5])) == ["2025"]
    assert has_elements(connection, orders, orders.groups["lines"])


def test_one_customer(connection):
    assert find(connection, "C-000001", "x") == [(1, "C-000001", "wholesale")]
    assert find(connection, "王小明", "王小明") == [(2, "C-000002", "individual")]
    assert find(connection, "c-000001", "c-000001") == []
    assert latest_class(connection, 1, DAY) == ("A", "key", "value", "2026-02-28")
    assert latest_class(connection, 2, DAY) is None
    assert latest_class(connection, 1, date(2026, 2, 27)) is None
    assert traded(connection, 1, DAY) == [("orders", "CNY", 2, 13_345_678), ("payments", "CNY", 1, 5_000_000)]
    assert traded(connection, 1, date(2026, 1, 31)) == [("orders", "CNY", 1, 1_000_000)]
    assert count(connection, FORMS["orders"], of_customer(FORMS["orders"], 1, DAY)) == 2
    assert of_customer(FORMS["wholesale"], 1, DAY) is None


def test_a_run_taken_back_classifies_nobody(connection):
    header = Author("tester", "undo").header("undo", undoes=1)
    number = journal.open_change(connection, header)
    try:
        assert latest_class(connection, 1, DAY) is None
    finally:
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (number,))
