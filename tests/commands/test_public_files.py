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


BASKETS = """household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,week,transaction_timestamp
900,330,31198570044,1095275,1,0.5,0.0,1,2017-01-01 11:53:26
1228,406,31198655051,930732,1,4.59,0.1,1,2017-01-01 12:26:30
1228,406,31198655051,5978656,0,1.776357e-15,0.0,1,2017-01-01 12:26:30
"""
"""The Complete Journey (84.51°): lines of a till, of which one has no quantity and what floats leave of no amount."""


def test_complete_journey_is_imported_as_it_is(take):
    joined = "sales_order o JOIN order_line l ON order_id = o.id"
    sql = f"SELECT order_no, ordered_on, o.quantity, o.amount, product FROM {joined}"
    document, kept = take(BASKETS, sql=sql)
    assert (document["summary"]["read"], document["summary"]["rejected"], len(document["warnings"])) == (2, 0, 1)
    assert kept == [
        ("31198570044", "2017-01-01", 10_000, 5_000, "1095275"),
        ("31198655051", "2017-01-01", 10_000, 45_900, "930732"),
        ("31198655051", "2017-01-01", 10_000, 45_900, "5978656"),
    ]
    assert take(BASKETS, "--strict")[0]["summary"]["rejected"] == 1


CDNOW = " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n"
"""CDNOW_master.txt: fixed width, no heading."""


def test_a_file_without_heading_is_read_by_the_columns_named(take):
    refused, said = take(CDNOW)
    assert (refused["summary"]["new"], "--columns" in said) == (0, True)
    columns = ("--as", "orders", "--columns", "customer,ordered_on,quantity,amount")
    _, kept = take(CDNOW, *columns, sql="SELECT ordered_on, quantity, amount FROM sales_order ORDER BY id")
    assert kept == [
        ("1997-01-01", 10_000, 117_700),
        ("1997-01-12", 10_000, 120_000),
        ("1997-01-12", 50_000, 770_000),
    ]
    again, _ = take(CDNOW.replace("11.77", "x"), *columns)
    assert [each["cell"] for each in again["rejects"]] == ["D1"]


def test_a_heading_means_what_the_user_says(take, run):
    """APP-01, apparelTrans of CLVTools: Id is the customer, Price what was paid; a price alone makes no amount."""
    text = "Id,Date,Price\n1,2005-01-02,230.3\n10,2005-01-02,84.39\n"
    priced, said = take(text, "--as", "orders", "--map", "Id=customer")
    assert (priced["summary"]["rejected"], "HEADING=amount" in said) == (2, True)
    mapped = ("--map", "Id=customer", "--map", "Price=amount")
    _, kept = take(text, "--as", "orders", *mapped, sql=ORDERS)
    assert kept == [(None, "sale", 2_303_000, "1"), (None, "sale", 843_900, "10")]
    strange = run("import", "data.csv", "--as", "orders", "--map", "Nr=customer")
    assert (strange.code, "Nr: no sheet has this heading" in strange.err) == (2, True)


SUPERSTORE = """Order ID,Order Date,Customer ID,Segment,Region,Product ID,Category,Product Name,Sales,Profit
CA-1,2016-11-08,CG-12520,Consumer,South,FUR-1,Furniture,Bookcase,261.96,41.9136
CA-1,2016-11-08,CG-12520,Consumer,South,OFF-1,Office Supplies,Labels,14.62,-6.8714
CA-2,2016-11-09,CG-12520,Consumer,West,FUR-1,Furniture,Bookcase,100,10
"""


def test_superstore_is_imported_as_it_is(take, run):
    """SEN-01: profit says the cost; region and category are of orders and lines, where customers have none."""
    sql = "SELECT order_no, amount, cost FROM sales_order ORDER BY id"
    document, kept = take(SUPERSTORE, sql=sql)
    assert kept == [("CA-1", 2_765_800, 2_415_378), ("CA-2", 1_000_000, 900_000)]
    assert take(SUPERSTORE)[0]["summary"]["unchanged"] == 2
    assert document["summary"]["left_over"] == []
    asked = (("Region", "sales"), ("category", "profit"), ("segment", "sales"))
    told = [json.loads(run("composition", what, "--by", by, "--all-time", "--json").out)["rows"] for what, by in asked]
    assert [[next(iter(row.values())), row["amount"]] for row in told[0]] == [["South", 276.58], ["West", 100]]
    assert {row["lines.category"]: row["amount"] for row in told[1]} == {
        "Furniture": 51.9136, "Office Supplies": -6.8714,
    }  # fmt: skip
    assert told[2][0]["orders"] == 2
    assert told[2][0]["customers"] == 1  # SZH-06: a customer counts once in its segment


def test_numbers_that_several_orders_share_may_be_left_out(take):
    """示例 - 超市.xls: half of its order numbers belong to several customers."""
    text = (
        "订单 ID,客户 ID,订单日期,产品名称,销售额\nU-1,a,2016-11-04,x,1\nU-1,b,2016-11-05,y,2\nU-1,a,2016-11-04,z,3\n"
    )
    refused, said = take(text)
    assert (refused["summary"]["new"], "--map HEADING=" in said) == (0, True)
    _, kept = take(text, "--map", "订单 ID=", sql=ORDERS)
    assert kept == [(None, "sale", 40_000, "a"), (None, "sale", 20_000, "b")]


def test_what_comes_back_for_nothing_is_a_return(take):
    text = "InvoiceNo,Customer,Date,Quantity,UnitPrice\nC1,1,2026-01-05,-5,0\nC2,1,2026-01-05,2,0\n"
    _, kept = take(text, sql=ORDERS)
    assert [row[1] for row in kept] == ["return", "sale"]


def test_a_template_with_its_instruction_above_and_stars(take, run):  # ZHI-01
    head = "名称*,联系人,手机号码,期初应收,纳税人识别号,税率(%),开户行,地址,排序,状态*\n"
    text = '"1、带星号的为必填项\n2、状态列说明：0-禁用 1-启用",,,,,,,,,\n' + head
    take(text + "客户a,小梁,13000000000,100,,7,,,,1\n客户b,小魏,15000000000,0,,3,,,,1\n")
    kept = json.loads(run("list", "enterprise", "--columns", "name,opening_receivable,tax_rate", "--json").out)["rows"]
    assert [tuple(row.values()) for row in kept] == [("客户a", 100, 0.07), ("客户b", 0, 0.03)]


def test_customers_of_a_garage(take):  # ZHI-02
    head = "姓名,性别,车牌,车型,年份,上次进站时间,维修项目,手机号,是否加微信,备注\n"
    sql = "SELECT kind, name, mobile, note FROM customer ORDER BY id"
    _, kept = take(
        head + "甲,女,皖V1,A4L,2015,2025-05-19,灯泡,15337146708,否,\n乙,男,浙C2,A6,2016,,,18092748544,否,老客户",
        sql=sql,
    )
    assert kept == [("individual", "甲", "15337146708", None), ("individual", "乙", "18092748544", "老客户")]


def test_who_never_bought(take, run):
    """NW-02: Northwind's files of customers and orders; blanks around a code are none of it."""
    take("CustomerID,CompanyName,ContactName,City\nALFKI,Alfreds,Maria,Berlin\nFISSA,Fissa,Diego,Y\nVal2 ,IT,Val,X\n")
    take("OrderID,CustomerID,OrderDate,Sales\n1,ALFKI,1996-07-04 00:00:00.000,5\n")
    found = json.loads(run("status", "--status", "potential", "--json").out)["rows"]
    assert [row["code"] for row in found] == ["FISSA", "Val2"]


def test_orders_without_amounts_come_with_their_lines(take, run, tmp_path):
    """Northwind has heads and lines in two files: 14 × 12 + 9.8 × 10 × (1 − 0.15) = 251.3."""
    refused, said = take("OrderID,CustomerID,OrderDate\n10248,VINET,1996-07-04 00:00:00.000\n")
    assert (refused["summary"]["new"], "if another file has its lines, import both together" in said) == (0, True)
    lines = "OrderID,ProductID,UnitPrice,Quantity,Discount\n10248,11,14.0,12,0.0\n10248,42,9.8,10,0.15\n"
    (tmp_path / "lines.csv").write_text(lines, encoding="utf-8")
    assert run("import", "data.csv", "lines.csv", "--create-customers").code == 0
    assert json.loads(run("list", "orders", "--json").out)["rows"][0]["amount"] == 251.3


def test_where_orders_went_tells_nothing_of_the_form(take):
    """City, country, segment are known of orders too; a list of customers stays one."""
    text = "Customer ID,Customer Name,Segment,City,State,Country,Region\nA1,Foo,Consumer,X,Y,USA,East\n"
    _, kept = take(text, sql="SELECT code, region FROM customer")
    assert kept == [("A1", "East")]


def test_below_zero_is_a_return_or_refused(take):
    """domain.md 1.2: amounts are at least 0 but for returns."""
    text = "单号,客户编号,交易日期,类型,金额\nD1,C1,2026-01-05,销售,-5\nD2,C1,2026-01-06,退货,-7\nD3,C1,2026-01-07,,-1"
    document, kept = take(text, "--on-error", "skip", sql="SELECT order_no, type FROM sales_order ORDER BY id")
    assert [each["cell"] for each in document["rejects"]] == ["E2"]
    assert kept == [("D2", "return"), ("D3", "return")]
