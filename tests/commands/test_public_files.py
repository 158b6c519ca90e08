"""Files as public data sets bring them: lines of orders, returns without a type, codes as floats, dates of any kind."""

import json
import sqlite3

import pytest

HEAD = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
"""Online Retail II (UCI 502); Online Retail (UCI 352) has InvoiceNo, UnitPrice, CustomerID and 12/1/2010 8:26."""
LINES = [
    "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
    "536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
    "C536379,D,Discount,-1,2010-12-02 09:41:00,27.5,14527.0,United Kingdom",
    "536370,22728,CLOCK,24,2010-12-03 08:45:00,3.75,12583.0,France",
]


@pytest.fixture
def take(tmp_path, monkeypatch, run):
    """Import a text and return the document and what the database then holds by a question."""
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    monkeypatch.setenv("CUSTCLI_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def call(text, *options, sql=None):
        (tmp_path / "data.csv").write_text(text, encoding="utf-8")
        answer = run("import", "data.csv", "--create-customers", *options, "--json")
        with sqlite3.connect(path) as connection:
            return json.loads(answer.out), connection.execute(sql).fetchall() if sql else answer.err

    return call


ORDERS = "SELECT order_no, type, amount, code FROM sales_order o JOIN customer c ON c.id = customer_id ORDER BY o.id"


def test_online_retail_ii_is_imported_as_it_is(take, run):
    """Lines make one order with their sum; a cancelled invoice is a return; 17850.0 is what pandas writes of 17850."""
    text = HEAD + "\n".join(LINES) + "\n"
    document, kept = take(text, sql=ORDERS)
    assert document["summary"]["new"] == 3
    assert kept == [
        ("536365", "sale", 356_400, "17850"),
        ("C536379", "return", -275_000, "14527"),
        ("536370", "sale", 900_000, "12583"),
    ]
    again, said = take(text)
    assert (again["summary"]["new"], again["summary"]["unchanged"]) == (0, 3)
    assert "customer codes like 12346.0 read as 12346: 3" in said
    assert "nothing changed" in said
    ranked = json.loads(run("classify", "--by", "orders", "--all-time", "--no-save", "--json").out)
    assert {row["code"]: row["amount"] for row in ranked["rows"] if row["rank"]} == {"12583": 1, "17850": 1}


def test_a_stated_type_stays_and_codes_that_are_no_floats_too(take):
    text = "InvoiceNo,Customer,Date,Amount\nC1,1.0,2026-01-05,-5\nC2,1.5,2026-01-05,7\n"
    _, kept = take(text, "--set", "type=sale", sql=ORDERS)
    assert kept == [("C1", "sale", -50_000, "1.0"), ("C2", "sale", 70_000, "1.5")]


def test_orders_below_zero_without_number_and_type_are_found_again(take):
    text = "customer_id,order_dt,order_amount\n1,2026-01-05,-5\n1,2026-01-06,7\n"
    take(text)
    again, kept = take(text, sql="SELECT type, amount FROM sales_order ORDER BY id")
    assert (again["summary"]["new"], again["summary"]["unchanged"]) == (0, 2)
    assert kept == [("return", -50_000), ("sale", 70_000)]


@pytest.mark.parametrize(("last", "taken"), [("12/25/2010", True), ("25/12/2010", False)], ids=["one order", "both"])
def test_a_long_sheet_of_doubtful_dates_is_decided_by_all_of_its_days(take, last, taken):
    """The first 1,000 rows leave day and month in doubt; later ones prove the order, or contradict each other."""
    days = ["1/2/2010"] * 1100 + ["12/13/2010", last]
    text = "customer_id,Order date,Amount\n" + "".join(f"{n},{day} 8:26,1.5\n" for n, day in enumerate(days))
    document, _ = take(text)
    assert document["summary"]["new"] == (len(days) if taken else 0)
    assert len(document["rejects"]) == (0 if taken else len(days))


def test_as_takes_a_table_of_mostly_unknown_columns(take):
    """sample_sales_data: 25 columns, of which six are known."""
    strange = ",".join(f"X{n}" for n in range(15))
    rows = "".join(f"{n},{n}.5,2003-02-24,Land of Toys Inc.{',z' * 15}\n" for n in range(1, 4))
    text = f"ORDERNUMBER,SALES,ORDERDATE,CUSTOMERNAME,{strange}\n{rows}"
    refused, said = take(text)
    assert refused["summary"]["new"] == 0
    assert "--as orders" in said
    document, _ = take(text, "--as", "orders")
    assert (document["summary"]["new"], len(document["summary"]["left_over"])) == (3, 15)
