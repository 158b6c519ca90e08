"""custcli add and inspect from outside (cli.md 4)."""

import io
import json
import re
import sqlite3
import sys

import pytest

pytestmark = pytest.mark.usefixtures("db")


def rows(db, sql):
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


def test_fields_by_chinese_or_english_name(db, run):
    answer = run("add", "wholesale", "客户名称=甲商行", "region=华东", "负责业务员=张三", "business_address=路1号",
                 "手机=13800138000", "法人代表姓名=王五", "2025年金额=12.5万",
                 "yearly_sales.2024.amount=3")  # fmt: skip
    assert answer.code == 0, answer.err
    assert rows(db, "SELECT code, name, kind, region, owner FROM customer") == [
        ("C-000001", "甲商行", "wholesale", "华东", "张三")
    ]
    assert rows(db, "SELECT year, amount FROM yearly_sales ORDER BY year") == [(2024, 300000000), (2025, 1250000000)]
    assert rows(db, "SELECT c.name, r.role FROM contact c JOIN contact_role r ON r.contact_id = c.id") == [
        ("王五", "legal_rep")
    ]


def test_form_by_its_label_or_the_kind_of_customer(run):  # cli.md 4
    for number, form in enumerate(("企业", "企业客户档案", "Enterprise")):
        assert run("add", form, f"客户名称=甲{number}").code == 0


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["enterprise"], 2),
        (["enterprise", "客户名称"], 2),
        (["enterprise", "客户名称=甲", "没有的=1"], 2),
        (["enterprise", "客户名称=甲", "name=乙"], 2),
        (["nothing", "客户名称=甲"], 6),
        (["enterprise", "客户名称=甲", "手机=12"], 4),
        (["individual", "姓名=张三丰", "身份证号码=110101199003078511"], 4),
        (["orders", "customer=K9", "ordered_on=2026-03-01", "amount=5"], 4),
    ],
)
def test_what_is_wrong_has_its_code_and_quotes_nothing(run, args, code):
    answer = run("add", *args)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err
    assert "110101199003078511" not in answer.err


def test_a_record_that_exists_is_refused(db, run):
    assert run("add", "enterprise", "客户编号=K1", "客户名称=甲").code == 0
    assert run("add", "enterprise", "客户编号=K1", "客户名称=乙").code == 4
    assert rows(db, "SELECT name FROM customer") == [("甲",)]


def test_equal_orders_without_number_may_be_added(db, run):
    run("add", "enterprise", "客户编号=K1", "客户名称=甲")
    for _ in range(2):
        assert run("add", "orders", "customer=K1", "ordered_on=2026-03-01", "amount=5").code == 0
    assert rows(db, "SELECT count(*) FROM sales_order") == [(2,)]


def test_the_journal_keeps_field_names_and_no_values(db, run):
    run("add", "individual", "姓名=张三", "身份证号码=11010519491231002X")
    assert rows(db, "SELECT command FROM change") == [("add individual 姓名 身份证号码",)]


def test_answer_for_scripts(run):
    document = json.loads(run("add", "enterprise", "客户名称=甲", "--json").out)
    assert document["rows"] == [{"form": "enterprise", "key": "C-000001", "change": 1}]


def test_inspect_says_what_it_would_do_and_makes_nothing(db, run, tmp_path):
    (tmp_path / "d.csv").write_bytes("标题：企业客户,,\n客户编号,客户名称,所属区域,口碑\nK1,甲,华东,好\n".encode("gbk"))
    answer = run("inspect", "d.csv", "--json")
    assert answer.code == 0, answer.err
    document = json.loads(answer.out)
    assert [(r["cell"], r["role"], r["field"]) for r in document["rows"]] == [
        ("A2", "column", "code"),
        ("B2", "column", "name"),
        ("C2", "column", "region"),
        ("D2", "left over", None),
    ]
    sheet = document["summary"]["sheets"][0]
    assert (sheet["form"], sheet["header_row"], sheet["scores"][0]["form"]) == ("enterprise", 2, "enterprise")
    assert document["summary"]["files"][0]["encoding"] == "gb18030"
    assert not db.exists()


def test_the_key_of_a_record_is_not_headed_as_the_tier(run):  # Key is 关键 of the pyramid
    said = run("add", "enterprise", "客户名称=甲").out
    assert said.splitlines()[0].split("  ")[0] == "Form"
    assert "Record key" in said


@pytest.fixture
def typed(run, monkeypatch):
    """A command to whose questions these lines are typed before the input ends (Ctrl-D)."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def call(lines, *args):
        monkeypatch.setattr("sys.stdin", Terminal(lines))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        return run(*args)

    return call


def test_what_is_refused_or_blank_is_asked_again_with_the_reason(db, run, typed):
    """Alternatives are asked in turn, a blank answer goes on to the other one; a customer has to be there."""
    run("add", "enterprise", "客户编号=K1", "客户名称=甲")
    answer = typed("\nK9\n\nK\udce5\n\n甲\n2026-02-30\n2026-03-01\n五\n5\n", "add", "orders")
    assert answer.code == 0, answer.err
    asked = re.findall(r"(Customer code|Customer name|Order date|Amount) \(.*?\): ", answer.err)
    code, name = "Customer code", "Customer name"
    assert asked == [code, name, name, code, code, name, "Order date", "Order date", "Amount", "Amount"]
    assert rows(db, "SELECT ordered_on, amount FROM sales_order") == [("2026-03-01", 50000)]


def test_what_is_given_blank_is_asked(db, typed):
    assert typed("甲\n", "add", "enterprise", "客户名称=", "所属区域=华东").code == 0
    assert rows(db, "SELECT name, region FROM customer") == [("甲", "华东")]


@pytest.mark.parametrize(
    ("lines", "args", "code", "asked"),
    [
        ("", ["customer=K1"], 2, True),  # Ctrl-D
        ("", ["customer=K1", "amount=five"], 4, False),  # what is given is looked at first
        ("", ["customer=K1", "--quiet"], 2, False),
    ],
)
def test_questions_that_end_early_or_are_not_asked(db, typed, lines, args, code, asked):
    answer = typed(lines, "add", "orders", *args)
    assert (answer.code, "Order date (" in answer.err) == (code, asked)
    assert not db.exists()
