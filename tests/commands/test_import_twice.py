"""One import and the same again: what is one record, what is refused, and that the second time changes nothing.

Cases found by attacking the import; the rules are cli.md 5 and decisions.md 5-9, 20, 21.
"""

import json
import sqlite3

import pytest
from openpyxl import Workbook

FIRM = "客户编号,客户名称,所属业务区,行业\n"
ORDER = "单号,客户编号,交易日期,金额\n"
LINE = "单号,客户编号,交易日期,品名,明细数量,单价\n"
WHOLESALE = "客户编号,客户名称,所属业务区,负责业务员,经营地址,电话,填表人"
W1 = "W1,甲,华东,张,路1,021-12345678,李"
CARD_ROWS = """客户编号,客户名称,跟进阶段,条件,判断,依据,评定日期
Q1,甲,初访,购买能力,有,a,2026-01-01
Q1,甲,初访,需求,有,b,2026-01-01
"""
TWO_NAMES = """客户编号,客户名称,法人代表姓名,法人代表身份证号码,联系人姓名,联系人身份证号码
A1,甲,王五,11010519491231002X,赵六,11010519491231002X
"""
CC = ("--create-customers",)
FIRMS = ("--as", "enterprise")


@pytest.fixture
def take(db, run):
    """Import texts as files of one command: (exit code, read, new, changed, unchanged, rejected)."""

    def call(*texts, options=()):
        names = [f"f{number}.csv" for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (db.parent / name).write_text(text, encoding="utf-8")
        answer = run("import", *names, *options, "--json")
        assert answer.code in {0, 3, 4}, answer.err
        found = json.loads(answer.out)["summary"]
        counts = [found[name] for name in ("read", "new", "changed", "unchanged", "rejected")]
        assert counts[0] == sum(counts[1:])
        return answer.code, *counts

    return call


def rows(db, sql):
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


TWICE = {
    "payments with a number": (["回款单号,客户编号,回款日期,回款金额\nP1,K1,2026-01-05,100\n"], CC, 1),
    "orders that differ by a blank note": (
        ["客户编号,交易日期,金额,备注\nK1,2026-01-05,9,a\nK1,2026-01-05,9,\n"],
        CC,
        2,
    ),
    "orders that differ by a blank status": (
        ["客户编号,交易日期,金额,状态\nK1,2026-01-05,9,完成\nK1,2026-01-05,9,\n"],
        CC,
        2,
    ),
    "payments that differ by a blank method": (
        ["客户编号,回款日期,回款金额,回款方式\nK1,2026-01-05,9,现金\nK1,2026-01-05,9,\n"],
        CC,
        2,
    ),
    "a person with nothing but hobbies": ([f"{WHOLESALE},经理个人喜好\n{W1},钓鱼\n"], ("--as", "wholesale"), 1),
    "a code that looks like a given one": ([FIRM + ",甲公司,华东,化工\nC-000001,乙公司,华东,化工\n"], FIRMS, 2),
    "a code and a name made on the way": (
        ["客户编号,客户名称,交易日期,金额\n001,甲,2026-01-05,10\n,甲,2026-01-06,11\n"],
        CC,
        2,
    ),
    "years down the side, the contact on each row": (
        [f"{WHOLESALE},联系人姓名,年度,金额(元)\n{W1},王五,2023,100\n{W1},王五,2024,200\n"],
        ("--as", "wholesale"),
        1,
    ),
    "letters down the side, the card on each row": (
        [CARD_ROWS],
        ("--as", "prospects"),
        1,
    ),
    "a group and its member": (["客户编号,客户名称,所属业务区,所属集团\nP1,集团,华东,\nP2,子公司,华东,P1\n"], FIRMS, 2),
    "a group in another file": (
        ["客户编号,客户名称,所属业务区\nP1,集团,华东\n", "客户编号,客户名称,所属业务区,所属集团\nP2,子,华东,集团\n"],
        FIRMS,
        2,
    ),
    "lines without number": (
        ["客户编号,交易日期,品名,明细数量,单价\nK1,2026-01-05,a,1,1\nK1,2026-01-06,b,1,1\n"],
        CC,
        2,
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_the_second_time_changes_nothing(take, name):
    texts, options, count = TWICE[name]
    assert take(*texts, options=options) == (0, count, count, 0, 0, 0)
    assert take(*texts, options=options) == (0, count, 0, 0, count, 0)


REFUSED = {
    "one year twice with other values": (
        f"{WHOLESALE},年度,金额(元)\n{W1},2023,100\n{W1},2023,200\n",
        ("--as", "wholesale"),
    ),
    "an amount without its year": (f"{WHOLESALE},年度,金额(元),数量\n{W1},,100,1\n", ("--as", "wholesale")),
    "one letter twice with other verdicts": (
        "客户编号,客户名称,条件,判断,依据\nQ1,甲,需求,有,a\nQ1,甲,需求,无,b\n",
        ("--as", "prospects"),
    ),
    "two codes with one USCC": (
        "客户编号,客户名称,统一社会信用代码\nA1,甲,91350100M000100Y43\nA2,乙,91350100M000100Y43\n",
        FIRMS,
    ),
    "one ID number with two names": (
        TWO_NAMES,
        FIRMS,
    ),
    "a product too large": (LINE + "S1,K1,2026-01-05,a,900000000000,900000000000\n", CC),
    "a name too long for a customer": ("客户名称,交易日期,金额\n" + "甲" * 201 + ",2026-01-05,1\n", CC),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_one_record_is_refused(db, take, name):
    text, options = REFUSED[name]
    assert take(text, options=options)[0] == 4
    assert not db.exists()


def test_equal_rows_without_any_key_are_one_customer(take):
    text = "客户名称,行业,城市\n张三店,零售,上海\n张三店,零售,上海\n"
    assert take(text, options=FIRMS) == (0, 2, 1, 0, 1, 0)
    assert take(text, options=FIRMS) == (0, 2, 0, 0, 2, 0)


def test_a_row_with_code_and_one_without_are_one_customer(db, take):
    head = "客户编号,客户名称,统一社会信用代码,行业\n"
    text = head + "A1,甲,91350100M000100Y43,\n,甲,91350100M000100Y43,化工\n"
    assert take(text, options=FIRMS) == (0, 2, 1, 0, 1, 0)
    assert rows(db, "SELECT code, industry FROM customer") == [("A1", "化工")]


def test_one_person_in_two_roles_has_what_either_states(db, take):
    head = "客户编号,客户名称,法人代表姓名,法人代表身份证号码,联系人姓名,联系人身份证号码,联系人职务\n"
    text = head + "A1,甲,王五,11010519491231002X,王五,11010519491231002X,经理\n"
    assert take(text, options=FIRMS) == (0, 1, 1, 0, 0, 0)
    assert rows(db, "SELECT name, title FROM contact") == [("王五", "经理")]
    assert take(text, options=FIRMS) == (0, 1, 0, 0, 1, 0)


def test_the_same_order_in_two_files_is_one_order(db, take):
    text = LINE + "S1,K1,2026-01-05,a,1,10\n"
    assert take(text, text, options=CC) == (0, 2, 1, 0, 1, 0)
    assert rows(db, "SELECT amount FROM sales_order") == [(100000,)]
    assert rows(db, "SELECT count(*) FROM order_line") == [(1,)]
    assert take(text, LINE + "S1,K1,2026-01-05,b,1,10\n", options=CC)[0] == 4


def test_an_order_that_comes_with_fewer_lines_has_fewer(db, take, run):
    take(LINE + "S1,K1,2026-01-05,a,1,10\nS1,K1,2026-01-05,b,1,20\n", options=CC)
    assert take(LINE + "S1,K1,2026-01-05,b,1,20\n") == (0, 1, 0, 1, 0, 0)
    assert rows(db, "SELECT product, amount FROM order_line") == [("b", 200000)]
    assert rows(db, "SELECT amount FROM sales_order") == [(200000,)]
    assert run("undo").code == 0
    assert rows(db, "SELECT product FROM order_line ORDER BY line_no") == [("a",), ("b",)]
    assert rows(db, "SELECT amount FROM sales_order") == [(300000,)]


def test_a_return_stays_negative_where_a_sheet_has_no_type(db, take):
    take("单号,客户编号,交易日期,类型,金额\nR1,K1,2026-01-05,退货,10\n", options=CC)
    assert take(ORDER + "R1,K1,2026-01-05,10\n") == (0, 1, 0, 0, 1, 0)
    assert rows(db, "SELECT amount FROM sales_order") == [(-100000,)]


def test_dates_are_compared_with_what_is_kept(take):
    take("单号,客户编号,交易日期,金额,交货日\nD1,K1,2026-01-05,10,2026-01-06\n", options=CC)
    assert take(ORDER + "D1,K1,2026-02-05,10\n")[0] == 4


CLEARED = {
    "code": (FIRM + "M1,甲,华东,化工\n", FIRM + ",甲,华东,\n", FIRMS),
    "person": (
        "客户编号,客户名称,所属业务区,联系人姓名\nM1,甲,华东,王五\nM2,乙,华东,\n",
        "客户编号,客户名称,所属业务区,联系人姓名\nM1,甲,华东,\nM2,乙,华东,\n",
        FIRMS,
    ),
    "status of an order": (
        "单号,客户编号,交易日期,金额,状态\nS1,K1,2026-01-01,10,完成\n",
        "单号,客户编号,交易日期,金额,状态\nS1,K1,2026-01-01,10,\n",
        CC,
    ),
}


@pytest.mark.parametrize("name", CLEARED)
def test_blanks_clear_no_key_no_person_and_nothing_needed(db, take, name):
    before, after, options = CLEARED[name]
    take(before, options=options)
    people = rows(db, "SELECT name FROM contact")
    assert take(after, options=(*options, "--clear-blanks"))[0] == 0
    assert rows(db, "SELECT name FROM contact") == people
    assert rows(db, "SELECT count(*) FROM customer WHERE name IS NULL OR code IS NULL") == [(0,)]


def test_a_draft_that_gets_its_dossier_is_active(db, take):
    take(ORDER + "S1,K1,2026-01-01,10\n", options=CC)
    take(FIRM + "K1,甲公司,华东,化工\n", options=FIRMS)
    assert rows(db, "SELECT kind, state FROM customer") == [("enterprise", "active")]


def test_under_skip_nothing_is_made_for_rows_that_are_not_taken(db, take):
    text = "单号,客户编号,交易日期,金额\nS1,K1,2026-01-05,\nS2,K2,2026-01-05,5\n"
    assert take(text, options=(*CC, "--on-error", "skip")) == (3, 2, 1, 0, 0, 1)
    assert rows(db, "SELECT code FROM customer") == [("K2",)]


def test_under_skip_the_twin_of_a_row_not_taken_is_not_taken(take):
    text = ORDER + "S1,K1,2026-01-05,\nS1,K1,2026-01-05,\nS2,K1,2026-01-05,2\n"
    assert take(text, options=(*CC, "--on-error", "skip")) == (3, 3, 1, 0, 0, 2)


def test_codes_given_by_hand_are_not_given_again(db, take, run):
    take(FIRM + "C-000007,甲,华东,化工\n", options=FIRMS)
    run("undo")
    take("客户名称,所属业务区,行业\n乙,华东,化工\n", options=FIRMS)
    assert rows(db, "SELECT code FROM customer") == [("C-000008",)]


def test_rows_of_one_customer_on_two_sheets_in_another_order(db, run, tmp_path):
    book = Workbook()
    first = book.active
    first.title = "企业客户"
    first.append(["客户编号", "客户名称", "所属业务区"])
    first.append(["K1", "甲", "华东"])
    second = book.create_sheet("企业客户续")
    second.append(["客户名称", "行业", "客户编号"])
    second.append(["甲", "化工", "K1"])
    book.save(tmp_path / "b.xlsx")
    assert run("import", "b.xlsx", "--as", "enterprise").code == 0
    assert rows(db, "SELECT code, region, industry FROM customer") == [("K1", "华东", "化工")]


def test_a_column_of_day_numbers_is_read_again(db, run, tmp_path):
    """decisions.md 20: whole numbers are days only if every value of the column is one, and the report says so."""
    book = Workbook()
    sheet = book.active
    for row in [["单号", "客户编号", "交易日期", "金额"], ["D1", "K1", 46023, 10], ["D2", "K1", 46024, 20]]:
        sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    answer = run("import", "b.xlsx", *CC)
    assert answer.code == 0, answer.err
    assert "C" in next(line for line in answer.out.splitlines() if "day numbers" in line)
    assert rows(db, "SELECT ordered_on FROM sales_order ORDER BY 1") == [("2026-01-01",), ("2026-01-02",)]


INVOICES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom
536365,71053,LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom
C536379,D,Discount,-1,12/1/2010 9:41,27.50,14527,United Kingdom
536414,22139,,56,12/14/2010 11:52,0,,United Kingdom
"""
"""The shape of the published Online Retail invoices: a cancellation, a line without a customer, no order's amount."""


def test_invoice_lines_with_the_month_first(db, run, tmp_path):
    """A column that proves the order of day and month is read so, and the report says it; day 14 proves it here."""
    (tmp_path / "i.csv").write_text(INVOICES, encoding="utf-8")
    answer = run("import", "i.csv", *CC, "--on-error", "skip")
    assert answer.code == 3, answer.err
    assert "E" in next(line for line in answer.out.splitlines() if "month/day/year" in line).split()
    joined = "sales_order o JOIN customer c ON c.id = customer_id ORDER BY 1"
    assert rows(db, f"SELECT order_no, c.code, ordered_on, amount FROM {joined}") == [
        ("536365", "17850", "2010-12-01", 356_400),  # 6 × 2.55 + 6 × 3.39
        ("C536379", "14527", "2010-12-01", -275_000),
    ]
    assert rows(db, "SELECT product FROM order_line ORDER BY 1") == [("71053",), ("85123A",), ("D",)]


@pytest.mark.usefixtures("db")
def test_day_and_month_in_doubt_are_refused(run, tmp_path):
    (tmp_path / "i.csv").write_text(INVOICES.replace("12/14", "12/4"), encoding="utf-8")
    answer = run("import", "i.csv", *CC)
    assert answer.code == 4
    assert "day and month in doubt" in answer.err


def test_redo_tells_what_could_not_come_back(db, take, run):
    """decisions.md 10: the place of a row is taken in the meantime."""
    take(FIRM + "K1,甲,华东,化工\n", options=FIRMS)
    run("undo")
    take(FIRM + "K1,乙,华南,贸易\n", options=FIRMS)
    answer = run("undo", "2")
    assert (answer.code, "nothing was taken back" in answer.err) == (4, True)
    assert rows(db, "SELECT name FROM customer") == [("乙",)]


def test_a_member_comes_back_with_its_group(db, take, run):
    take(FIRM + "P1,集团,华东,化工\n", options=FIRMS)
    take("客户编号,客户名称,所属业务区,所属集团\nP2,子,华东,P1\n", options=FIRMS)
    assert [run("undo", number).code for number in ("2", "1")] == [0, 0]
    assert run("undo", "3").code == 4
    assert [run("undo", number).code for number in ("4", "3")] == [0, 0]
    assert rows(db, "SELECT count(*) FROM customer WHERE parent IS NOT NULL") == [(1,)]


def test_what_is_added_by_hand_comes_from_no_file(db, take, run):
    take(FIRM + "K1,甲,华东,化工\n", options=FIRMS)
    run("add", "enterprise", "客户编号=K2", "客户名称=乙")
    assert rows(db, "SELECT source_id FROM customer ORDER BY code") == [(1,), (None,)]


def test_many_lines_take_no_longer_than_they_should(take):
    """A statement that grows with the square of the rows would not come to its end here (20,000 lines)."""
    lines = "".join(f"S{i // 2},K{i % 9},2026-01-05,a,1,1\n" for i in range(0, 20_000, 2) for _ in range(2))
    assert take(LINE + lines, options=CC)[1:3] == (10_000, 10_000)


def test_persons_are_never_told_by_name_and_region(db, take):
    """decisions.md 5: individuals need ID number or mobile beside the name; a row that says the same is the same."""
    take("客户编号,姓名,手机,所属业务区\nP1,孙子涵,13800138000,西南\n", options=("--as", "individual"))
    cards = "姓名,手机,所属业务区,客户档案类别\n孙子涵,13900139000,西南,个人\n孙子涵,13900139001,西南,个人\n"
    assert take(cards, options=("--as", "prospects")) == (0, 2, 2, 0, 0, 0)
    assert take(cards, options=("--as", "prospects")) == (0, 2, 0, 0, 2, 0)
    found = rows(db, "SELECT mobile FROM customer ORDER BY mobile")
    assert found == [("13800138000",), ("13900139000",), ("13900139001",)]


def test_a_firms_card_is_told_by_name_and_region(db, take):
    take(FIRM + "K1,甲公司,华东,化工\n", options=FIRMS)
    card = "客户名称,所属业务区,客户档案类别,跟进阶段\n甲公司,华东,企业,初访\n"
    assert take(card, options=("--as", "prospects"))[0] == 0
    assert rows(db, "SELECT count(*) FROM customer") == [(1,)]


def test_persons_without_any_number_match_where_all_is_equal(take):
    text = "姓名,所属业务区,性别\n王伟,华东,男\n王伟,华东,男\n李四,华东,女\n"
    assert take(text, options=("--as", "individual")) == (0, 3, 2, 0, 1, 0)
    assert take(text, options=("--as", "individual")) == (0, 3, 0, 0, 3, 0)
    text = "姓名,所属业务区,性别\n王伟,华南,男\n李四,华东,女\n"
    assert take(text, options=("--as", "individual")) == (0, 2, 1, 0, 1, 0)
