"""Lines of orders in a file of their own, joined by the order's number (forms.md 1.1 `rows`; domain.md 1.13)."""

import json
import sqlite3

import pytest

ORDERS = "单号,客户编号,交易日期,金额\nS-1,K1,2026-03-01,100\nS-2,K1,2026-03-02,25\nS-3,K2,2026-03-03,50\n"
BARE = "单号,客户编号,交易日期,渠道\nS-1,K1,2026-03-01,门店\nS-2,K1,2026-03-02,门店\nS-3,K2,2026-03-03,门店\n"
LINES = "单号,产品,数量,单价,金额\nS-1,茶,1,60,60\nS-1,米,2,20,40\nS-2,盐,3,5,\n,酒,1,10,10\nS-3,油,1,40,40\n"
TOTALS = [("S-1", 1_000_000), ("S-2", 250_000), ("S-3", 400_000)]


@pytest.fixture
def ask(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"orders": ORDERS, "bare": BARE, "lines": LINES}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    def call(*words):
        said = run("--db", "a.db", *words, "--json")
        return said.code, json.loads(said.out)

    return call


def kept(sql):
    with sqlite3.connect("a.db") as connection:
        return connection.execute(sql).fetchall()


AMOUNTS = "SELECT order_no, amount FROM sales_order ORDER BY 1"
COUNTS = ("read", "new", "changed", "unchanged", "rejected")


def counts(document):
    return [tuple(row[name] for name in COUNTS) for row in document["rows"]]


def test_lines_come_later_and_twice_is_once(ask):
    assert ask("import", "orders.csv", "--create-customers")[0] == 0
    code, document = ask("import", "lines.csv")
    assert (code, counts(document), document["rows"][0]["form"]) == (0, [(3, 0, 3, 0, 0)], "order_lines")
    assert document["rows"][0]["rows"] == 5
    assert kept("SELECT count(*) FROM order_line") == [(5,)]
    assert counts(ask("import", "lines.csv")[1]) == [(3, 0, 0, 3, 0)]
    assert ask("undo")[0] == 0
    assert kept("SELECT count(*) FROM order_line") == [(0,)]


def test_a_stated_total_stays_and_the_difference_is_told(ask):
    """db/totals: S-3 states 50 and its lines make 40; quantities, not stated before, are the lines'."""
    ask("import", "orders.csv", "--create-customers")
    ask("import", "lines.csv")
    assert kept(AMOUNTS) == [*TOTALS[:2], ("S-3", 500_000)]
    assert kept("SELECT quantity FROM sales_order ORDER BY order_no") == [(30_000,), (40_000,), (10_000,)]


@pytest.mark.parametrize("files", [("bare.csv", "lines.csv"), ("lines.csv", "bare.csv")])
def test_orders_without_amounts_come_with_their_lines(ask, files):
    """As other systems write them: the order's file has no amount, its lines stand in another one."""
    code, document = ask("import", *files, "--create-customers")
    assert (code, document["summary"]["rejected"]) == (0, 0)
    assert kept(AMOUNTS) == TOTALS
    assert ask("import", *files)[1]["summary"]["change"] is None


def test_a_total_made_of_lines_follows_them(ask, tmp_path):
    ask("import", "bare.csv", "lines.csv", "--create-customers")
    (tmp_path / "new.csv").write_text("单号,产品,数量,单价\nS-1,茶,1,60\nS-1,米,3,20\n", encoding="utf-8")
    assert counts(ask("import", "new.csv")[1]) == [(1, 0, 1, 0, 0)]
    assert kept(AMOUNTS)[0] == ("S-1", 1_200_000)
    assert kept("SELECT amount FROM order_line WHERE product = '米'") == [(600_000,)]


def test_an_unknown_number_is_rejected_with_its_cell(ask, tmp_path):
    ask("import", "orders.csv", "--create-customers")
    (tmp_path / "lines.csv").write_text(LINES.replace("S-3", "S-9"), encoding="utf-8")
    code, document = ask("import", "lines.csv")
    assert (code, [(each["cell"], each["field"]) for each in document["rejects"]]) == (4, [("A6", "order_no")])
    assert ask("import", "lines.csv", "--on-error", "skip", "--rejects", "r.xlsx")[0] == 3
    assert kept("SELECT count(*) FROM order_line") == [(4,)]


def test_a_return_stays_negative(ask, tmp_path):
    text = "单号,客户编号,交易日期,类型,金额\nT-1,K1,2026-03-01,退货,-30\n"
    (tmp_path / "back.csv").write_text(text, encoding="utf-8")
    (tmp_path / "new.csv").write_text("单号,产品,数量,单价\nT-1,茶,3,10\n", encoding="utf-8")
    ask("import", "back.csv", "--create-customers")
    ask("import", "new.csv")
    assert kept("SELECT amount FROM sales_order") == [(-300_000,)]
    assert ask("import", "new.csv")[1]["summary"]["change"] is None


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("单号,产品,数量,单价,金额", "order_lines"),
        ("OrderID,Product,Quantity,UnitPrice,Discount", "order_lines"),
        ("单号,客户编号,产品,数量,金额", "orders"),
        ("单号,交易日期,产品,数量,金额", "orders"),
        ("单号,客户编号,交易日期,金额", "orders"),
    ],
)
def test_which_of_the_two_forms_a_sheet_is(run, tmp_path, heading, form):
    (tmp_path / "a.csv").write_text(f"{heading}\n1,1,1,1,1\n2,2,2,2,2\n", encoding="utf-8")
    said = json.loads(run("inspect", tmp_path / "a.csv", "--json").out)
    assert said["summary"]["sheets"][0]["form"] == form


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_template_list_and_export_are_of_lines(run, ask, tmp_path, language, ending):
    ask("import", "orders.csv", "lines.csv", "--create-customers")
    _, document = ask("list", "order_lines")
    assert [(row["order_no"], row["lines.product"]) for row in document["rows"]] == [
        ("S-1", "茶"), ("S-1", "米"), ("S-2", "盐"), ("S-2", "酒"), ("S-3", "油"),
    ]  # fmt: skip
    file = tmp_path / f"out.{ending}"
    assert run("--db", "a.db", "--lang", language, "export", "order_lines", "-o", file).code == 0
    code, document = ask("import", file, "--strict")
    assert (code, counts(document)) == (0, [(3, 0, 0, 3, 0)])
    assert run("--lang", language, "template", "order_lines", "-o", tmp_path / "t.xlsx").code == 0


def test_all_of_it_has_the_lines_once(run, ask):
    ask("import", "orders.csv", "lines.csv", "--create-customers")
    rows = json.loads(run("--db", "a.db", "export", "all", "--json").out)["rows"]
    assert {row["form"] for row in rows} >= {"orders"}
    assert "order_lines" not in {row["form"] for row in rows}


def test_a_condition_on_a_line_chooses_lines(ask):
    """`orders 产品=茶` are orders with such a line; `order_lines 产品=茶` such lines alone."""
    ask("import", "orders.csv", "--create-customers")
    ask("import", "lines.csv")
    _, lines = ask("list", "order_lines", "产品=茶")
    assert ([row["lines.product"] for row in lines["rows"]], lines["summary"]["records"]) == (["茶"], 1)
    assert [row["order_no"] for row in ask("list", "orders", "产品=茶")[1]["rows"]] == ["S-1"]
    assert len(ask("list", "order_lines", "单号=S-1")[1]["rows"]) == 2
