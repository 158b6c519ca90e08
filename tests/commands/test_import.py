"""custcli import from outside: counts, identity, refusals, what a person then finds (cli.md 5, decisions.md 5-21)."""

import json
import sqlite3

import pytest
from openpyxl import Workbook, load_workbook

pytestmark = pytest.mark.usefixtures("db")

ORDERS = "单号,客户编号,交易日期,金额\nD1,K1,2026-03-01,100\nD2,K1,2026-03-02,50.5\nD3,K2,2026-03-05,20\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, name="data.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.fixture
def take(run, csv):
    """Import a csv text and return (exit code, json document, error text)."""

    def call(text, *options, name="data.csv"):
        answer = run("import", csv(text, name), *options, "--json")
        return answer.code, json.loads(answer.out) if answer.out else None, answer.err

    return call


def rows(db, sql):
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


def summary(document, *names):
    return tuple(document["summary"][name] for name in names)


COUNTS = ("read", "new", "changed", "unchanged", "rejected")


def test_summary_has_the_keys_of_the_contract(take):
    _, document, _ = take(ORDERS, "--create-customers")
    keys = "change files sheets rows read new changed unchanged rejected left_over skipped_totals not_taken rounded"
    assert set(keys.split()) <= set(document["summary"])
    assert document["rejects"] == []
    assert {"file", "sheet", "form", "layout", "read", "new"} <= set(document["rows"][0])


def test_orders_make_their_customers_and_twice_is_once(db, take):
    assert take(ORDERS, "--create-customers")[0] == 0
    assert rows(db, "SELECT code, name, kind, state FROM customer ORDER BY code") == [
        ("K1", "K1", None, "draft"),
        ("K2", "K2", None, "draft"),
    ]
    assert rows(db, "SELECT sum(amount), typeof(sum(amount)) FROM sales_order") == [(1705000, "integer")]
    code, document, _ = take(ORDERS, "--create-customers")
    assert (code, *summary(document, "change", *COUNTS)) == (0, None, 3, 0, 0, 3, 0)
    assert rows(db, "SELECT count(*) FROM change") == [(1,)]


def test_equal_rows_without_number_all_count(take):
    """decisions.md 6: never merged; the file again matches row by row, one more such row is one new order."""
    line = "K1,2026-03-01,100\n"
    head = "客户编号,交易日期,金额\n"
    assert summary(take(head + line * 3, "--create-customers")[1], *COUNTS) == (3, 3, 0, 0, 0)
    assert summary(take(head + line * 3)[1], *COUNTS) == (3, 0, 0, 3, 0)
    assert summary(take(head + line * 4)[1], *COUNTS) == (4, 1, 0, 3, 0)


def test_a_blank_cell_is_not_stated_unless_blanks_clear(db, take):
    take("客户编号,客户名称,所属区域,行业\nK1,华东机械,华东,机械\n", "--as", "enterprise")
    _, document, _ = take("客户编号,客户名称,所属区域,行业\nK1,华东机械,华南,\n", "--as", "enterprise")
    assert summary(document, *COUNTS) == (1, 0, 1, 0, 0)
    assert rows(db, "SELECT region, industry FROM customer") == [("华南", "机械")]
    take("客户编号,客户名称,行业\nK1,华东机械,\n", "--as", "enterprise", "--clear-blanks")
    assert rows(db, "SELECT region, industry FROM customer") == [("华南", None)]


def test_abort_writes_nothing_and_names_the_cell(db, take):
    bad = "客户名称,手机\n好客户,13800138001\n,13800138002\n坏客户,1380013\n"
    code, document, err = take(bad, "--as", "enterprise")
    assert code == 4
    assert [(r["cell"], r["field"], r["value"]) for r in document["rejects"]] == [
        ("A3", "name", None),
        ("B4", "mobile", None),
    ]
    assert "A3" in err
    assert "1380013)" not in err
    assert not db.exists()


def test_skip_takes_the_good_rows_and_the_rest_comes_back_corrected(db, take, run, tmp_path):
    bad = "客户名称,手机\n好客户,13800138001\n,13800138002\n坏客户,1380013\n"
    code, document, _ = take(bad, "--as", "enterprise", "--on-error", "skip")
    assert code == 3
    assert summary(document, *COUNTS) == (3, 1, 0, 0, 2)
    book = load_workbook(tmp_path / "data-rejects.xlsx")
    sheet = book.active
    assert [cell.value for cell in sheet[1]][:2] == ["客户名称", "手机"]
    sheet["A2"], sheet["B3"] = "补名客户", "13800138003"
    book.save(tmp_path / "mended.xlsx")
    assert run("import", "mended.xlsx", "--as", "enterprise").code == 0
    assert rows(db, "SELECT count(*) FROM customer") == [(3,)]


def test_rejects_of_files_with_one_name_are_each_told_from_its_own(run, tmp_path):
    """Rows not taken are read again when the workbook of them is written: from the file they were on."""
    files = [tmp_path / folder / "o.csv" for folder in ("east", "west")]
    for file, day in zip(files, ("2026-13-01", "2026-14-01"), strict=True):
        file.parent.mkdir()
        file.write_text(f"{ORDERS}D-{file.parent.name},K1,{day},7\n", encoding="utf-8")
    answer = run("import", *files, "--create-customers", "--on-error", "skip", "--rejects", tmp_path / "r.xlsx")
    assert answer.code == 3, answer.err
    rows = [[cell.value for cell in sheet[2]][:3] for sheet in load_workbook(tmp_path / "r.xlsx").worksheets]
    assert rows == [["D-east", "K1", "2026-13-01"], ["D-west", "K1", "2026-14-01"]]


def test_unknown_customers_are_refused_with_their_cell(db, take):
    code, document, _ = take(ORDERS)
    assert code == 4
    assert [r["cell"] for r in document["rejects"]] == ["B2", "B3", "B4"]
    assert not db.exists()


def test_a_name_that_two_customers_bear_is_refused_with_their_codes(take):
    take("客户编号,客户名称,所属区域\nK1,同名商行,华东\nK2,同名商行,华南\nK3,独名商行,华南\n", "--as", "enterprise")
    code, document, _ = take("客户名称,交易日期,金额\n独名商行,2026-03-01,5\n同名商行,2026-03-01,7\n", "--as", "orders")
    assert code == 4
    assert [r["cell"] for r in document["rejects"]] == ["A3"]
    assert "K1, K2" in document["rejects"][0]["reason"]


def test_same_record_twice_in_a_file(take):
    """Equal rows of one customer count once; contradicting ones are refused with the row they contradict."""
    head = "客户编号,客户名称,所属区域\n"
    code, document, _ = take(head + "K1,甲,华东\nK1,甲,华东\n", "--as", "enterprise")
    assert (code, *summary(document, *COUNTS)) == (0, 2, 1, 0, 1, 0)
    code, document, _ = take(head + "K2,乙,华东\nK2,乙,华南\n", "--as", "enterprise")
    assert code == 4
    assert [("row 3" in r["reason"], "row 2" in r["reason"]) for r in document["rejects"]] == [
        (True, False),
        (False, True),
    ]


def test_existing_skip_and_fail(db, take):
    head = "客户编号,客户名称,所属区域\n"
    take(head + "K1,甲,华东\n", "--as", "enterprise")
    code, document, _ = take(head + "K1,甲,华南\nK2,乙,华南\n", "--as", "enterprise", "--on-existing", "skip")
    assert (code, *summary(document, *COUNTS)) == (0, 2, 1, 0, 1, 0)
    assert rows(db, "SELECT region FROM customer WHERE code = 'K1'") == [("华东",)]
    assert take(head + "K1,甲,华南\n", "--as", "enterprise", "--on-existing", "fail")[0] == 4


def test_dry_run_counts_alike_and_makes_nothing(db, take):
    code, document, _ = take(ORDERS, "--create-customers", "--dry-run")
    assert (code, *summary(document, "change", *COUNTS)) == (0, None, 3, 3, 0, 0, 0)
    assert not db.exists()


def test_identity_goes_by_code_then_uscc_then_name_and_region(db, take):
    head = "客户编号,客户名称,统一社会信用代码,所属区域\n"
    take(head + "K1,甲公司,91350100M000100Y43,华东\n", "--as", "enterprise")
    take("客户名称,统一社会信用代码,行业\n甲公司新名,91350100M000100Y43,贸易\n", "--as", "enterprise")
    take("客户名称,所属区域,行业\n甲公司 新名,华东,机械\n", "--as", "enterprise")
    assert rows(db, "SELECT code, name, industry FROM customer") == [("K1", "甲公司 新名", "机械")]
    code, document, _ = take(head + "K9,别家,91350100M000100Y43,华东\n", "--as", "enterprise")
    assert code == 4
    assert document["rejects"][0]["field"] == "uscc"


def test_another_id_number_takes_the_role_and_the_old_person_stays(db, take):
    head = "客户编号,客户名称,法人代表姓名,法人代表身份证号码\n"
    take(head + "K1,甲,王五,11010519491231002X\n", "--as", "enterprise")
    take(head + "K1,甲,赵六,120223198902021249\n", "--as", "enterprise")
    found = rows(
        db, "SELECT c.name, r.until IS NULL FROM contact c JOIN contact_role r ON r.contact_id = c.id ORDER BY c.id"
    )
    assert found == [("王五", 0), ("赵六", 1)]
    assert take(head + "K1,甲,赵六,120223198902021249\n", "--as", "enterprise")[1]["summary"]["unchanged"] == 1


def test_one_person_may_hold_two_roles(db, take):
    number = "11010519491231002X"
    take(
        f"客户编号,客户名称,法人代表姓名,法人代表身份证号码,联系人姓名,联系人身份证号码\nK1,甲,王五,{number},王五,{number}\n",
        "--as",
        "enterprise",
    )
    assert rows(db, "SELECT count(*) FROM contact") == [(1,)]
    assert rows(db, "SELECT role FROM contact_role ORDER BY role") == [("contact",), ("legal_rep",)]


def test_years_are_elements_of_their_own(db, take):
    take("客户编号,客户名称,2024年金额(万元),2025年金额(元)\nK1,甲,12.5,130000\n", "--as", "wholesale",
         "--set", "负责业务员=张三", "--set", "所属业务区=华东",
         "--set", "经营地址=路1号", "--set", "手机=13800138000")  # fmt: skip
    assert rows(db, "SELECT year, amount FROM yearly_sales ORDER BY year") == [(2024, 1250000000), (2025, 1300000000)]


LINES = """单号,客户编号,交易日期,品名,数量,单价,折扣
D1,K1,2026-03-01,甲货,2,10.5,
,,,乙货,3,1,10%
D2,K1,2026-03-02,甲货,1,10.5,
"""


def test_lines_fold_into_their_order_and_totals_follow(db, take):
    """forms.md 5, case 33: an order is one record however many rows its lines take."""
    code, document, err = take(LINES, "--create-customers")
    assert (code, *summary(document, "rows", *COUNTS)) == (0, 3, 2, 2, 0, 0, 0), err
    assert rows(db, "SELECT order_no, amount, quantity FROM sales_order ORDER BY 1") == [
        ("D1", 237000, 50000),
        ("D2", 105000, 10000),
    ]
    assert rows(db, "SELECT line_no, product, amount FROM order_line ORDER BY order_id, line_no") == [
        (1, "甲货", 210000),
        (2, "乙货", 27000),
        (1, "甲货", 105000),
    ]
    assert summary(take(LINES)[1], *COUNTS) == (2, 0, 0, 2, 0)


def test_one_order_number_with_two_customers_is_refused(take):
    """forms.md 5, case 35."""
    code, document, _ = take(
        "单号,客户编号,交易日期,品名,数量,单价\nD1,K1,2026-03-01,甲,1,2\nD1,K2,2026-03-01,乙,1,2\n",
        "--create-customers",
    )
    assert code == 4
    (refused,) = document["rejects"]
    assert (refused["cell"], refused["field"]) == ("B3", "customer")
    assert refused["reason"] == "differs from row 2, which is the same record"


def test_returns_count_negative_and_it_is_said(db, run, csv):
    answer = run("import", csv("单号,客户编号,交易日期,类型,金额\nD1,K1,2026-03-01,退货,100\n"), "--create-customers")
    assert answer.code == 0
    assert "returns with a positive amount, counted negative: 1" in answer.out
    assert rows(db, "SELECT amount FROM sales_order") == [(-1000000,)]


def test_letters_of_man_keep_their_history(db, take):
    """forms.md 5, cases 36 and 38; a letter without a day that says the same is no new assessment."""
    head = "姓名,手机,购买能力,购买决定权,需求,需求依据,评定日期\n"
    take(head + "张三,13800138000,有,无,?,在看样,2026-03-01\n", "--as", "prospects")
    take(head + "张三,13800138000,有,有,,,2026-04-01\n", "--as", "prospects")
    take("姓名,手机,购买能力\n张三,13800138000,有\n", "--as", "prospects")
    found = rows(db, "SELECT letter, assessed_on, verdict, evidence FROM man_letter ORDER BY letter, assessed_on")
    assert found == [
        ("authority", "2026-03-01", "no", None),
        ("authority", "2026-04-01", "yes", None),
        ("money", "2026-03-01", "yes", None),
        ("money", "2026-04-01", "yes", None),
        ("need", "2026-03-01", "unknown", "在看样"),
    ]


def test_masked_cells_are_not_values(take):
    """decisions.md 15: the mask of the stored value says nothing; any other masked text is refused."""
    head = "客户编号,姓名,手机\n"
    take(head + "P1,张三,13800138000\n", "--as", "individual")
    code, document, _ = take(head + "P1,张*,138****8000\n", "--as", "individual")
    assert (code, *summary(document, *COUNTS)) == (0, 1, 0, 0, 1, 0)
    code, document, _ = take(head + "P1,张三,139****8000\n", "--as", "individual")
    assert code == 4
    assert document["rejects"][0]["cell"] == "C2"


def test_a_firm_whose_name_looks_masked_is_found_by_it(take):
    """A customer named so is meant; where nobody is, it is a mask, and no customer is made of it (decisions.md 15)."""
    take("客户编号,客户名称\nK1,星*\n", "--as", "enterprise")
    head = "单号,客户名称,交易日期,金额\n"
    code, document, _ = take(head + "A1,星*,2026-01-02,5\nA2,张*,2026-01-02,5\n", "--create-customers")
    assert (code, [each["cell"] for each in document["rejects"]]) == (4, ["B3"])
    assert take(head + "A1,星*,2026-01-02,5\n")[0] == 0


def test_fields_switched_off_leave_no_trace(db, run, csv):
    """forms.md 5, case 41: the value is nowhere, not in the database, not on the screen."""
    answer = run("import", csv("姓名,手机,医疗病史\n张三,13800138000,秘密病\n"), "--as", "individual")
    assert answer.code == 0
    assert "秘密病" not in answer.out + answer.err
    assert "秘密病".encode() not in db.read_bytes()


def test_strict_refuses_what_is_left_over(take):
    text = "客户编号,客户名称,所属区域,口碑\nK1,甲,华东,好\n"
    assert take(text, "--as", "enterprise", "--strict")[0] == 4
    code, document, _ = take(text, "--as", "enterprise")
    assert code == 0
    assert document["summary"]["left_over"] == [{"file": "data.csv", "sheet": "", "cell": "D1", "text": "口碑"}]


def test_several_files_are_one_change_dossiers_first(db, run, csv):
    orders = csv("单号,客户编号,交易日期,金额\nD1,K1,2026-03-01,100\n", "a_orders.csv")
    dossiers = csv("客户编号,客户名称,客户性质,行业,所属区域\nK1,甲,民营,机械,华东\n", "b_dossiers.csv")
    answer = run("import", orders, dossiers, "--json")
    assert answer.code == 0, answer.err
    assert rows(db, "SELECT count(*) FROM change") == [(1,)]
    assert rows(db, "SELECT c.name FROM sales_order o JOIN customer c ON c.id = o.customer_id") == [("甲",)]


def test_every_visible_sheet_of_a_book_is_read(db, run, tmp_path):
    book = Workbook()
    first = book.active
    first.title = "企业客户"
    first.append(["企业客户一览表"])
    first.append(["客户编号", "客户名称", "所属区域"])
    first.append(["K1", "甲", "华东"])
    hidden = book.create_sheet("旧表")
    hidden.append(["客户编号", "客户名称", "所属区域"])
    hidden.append(["K9", "旧", "华东"])
    hidden.sheet_state = "hidden"
    orders = book.create_sheet("交易")
    orders.append(["单号", "客户编号", "交易日期", "金额"])
    orders.append(["D1", "K1", "2026-03-01", 12.5])
    book.save(tmp_path / "book.xlsx")
    answer = run("import", "book.xlsx", "--json")
    assert answer.code == 0, answer.err
    assert [row["form"] for row in json.loads(answer.out)["rows"]] == ["enterprise", "orders"]
    assert rows(db, "SELECT code FROM customer") == [("K1",)]
    assert rows(db, "SELECT amount FROM sales_order") == [(125000,)]


def test_a_change_names_file_and_fields_never_values(db, run, csv):
    run("import", csv(ORDERS, "秘密.csv"), "--create-customers", "--set", "币种=CNY")
    command, file = rows(db, "SELECT c.command, s.file FROM change c JOIN source s ON s.change_id = c.id")[0]
    assert file == "秘密.csv"
    assert "CNY" not in command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("会议,纪要\n一,二\n", "data.csv"),
        ("客户名称,所属业务区,负责业务员,经营地址,电话\n甲,华东,张三,路1号,010-62345678\n", "--as"),
    ],
)
def test_a_sheet_that_fits_no_form_is_refused_with_what_to_do(take, text, said):
    code, _, err = take(text)
    assert code == 4
    assert said in err


def test_absent_file_names_it(run):
    answer = run("import", "absent.csv")
    assert answer.code == 4
    assert "absent.csv" in answer.err
    assert not answer.out


ROWS = """单号,客户编号,交易日期,品名,数量,单价
D0,K1,2026-03-01,甲货,1,10
D1,K1,2026-13-01,甲货,2,10
,,,乙货,5,10
D2,K1,2026-03-02,丙货,1,10
,,,丁货,x,10
D3,K1,2026-03-03,戊货,1,10
D4,K1,2026-03-04,庚货,1,10
D3,,,己货,2,10
,,,辛货,3,10
D2,K1,2026-03-02,壬货,1,10
"""


def test_a_record_is_refused_with_all_its_rows_and_its_rows_go_nowhere_else(db, take, tmp_path):
    """decisions.md 14: rows that fold into one record count once; a blank below belongs to the row above it."""
    code, document, _ = take(ROWS, "--create-customers", "--on-error", "skip")
    assert (code, *summary(document, *COUNTS)) == (3, 5, 3, 0, 0, 2)
    sql = "SELECT order_no, product FROM sales_order o JOIN order_line l ON l.order_id = o.id ORDER BY l.id"
    assert rows(db, sql) == [("D0", "甲货"), ("D3", "戊货"), ("D4", "庚货"), ("D3", "己货"), ("D3", "辛货")]
    assert rows(db, "SELECT order_no, amount FROM sales_order") == [("D0", 100000), ("D3", 600000), ("D4", 100000)]
    sheet = load_workbook(tmp_path / "data-rejects.xlsx").active
    products = [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert products == ["甲货", "乙货", "丙货", "丁货", "壬货"]
    assert all(row[-1] for row in sheet.iter_rows(min_row=2, values_only=True))


def test_a_record_that_the_database_refuses_is_kept_with_all_its_rows(take, tmp_path):
    take(ORDERS, "--create-customers")
    text = ROWS.splitlines(keepends=True)[0]
    text += "D9,K1,2026-03-01,甲货,1,10\nD8,无名,2026-03-01,甲货,2,10\n,,,乙货,5,10\n"
    code, document, _ = take(text, "--on-error", "skip")
    assert (code, *summary(document, *COUNTS)) == (3, 2, 1, 0, 0, 1)
    sheet = load_workbook(tmp_path / "data-rejects.xlsx").active
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["甲货", "乙货"]


WHOLESALE = (
    "客户编号,客户名称,负责业务员,所属业务区,经营地址,手机,法人代表姓名,法人代表身份证号码\nK1,甲商行,张三,华东,路1号,"
)


def test_a_mask_of_a_persons_value_is_not_stated(take):
    """decisions.md 15, for the persons of a dossier as for the customer itself."""
    assert take(WHOLESALE + "13800138000,王五,11010519491231002X\n", "--as", "wholesale")[0] == 0
    code, document, _ = take(WHOLESALE + "138****8000,王*,1****************X\n", "--as", "wholesale")
    assert (code, *summary(document, *COUNTS)) == (0, 1, 0, 0, 1, 0)
    code, document, _ = take(WHOLESALE + "138****8000,李*,1****************X\n", "--as", "wholesale")
    assert (code, [each["cell"] for each in document["rejects"]]) == (4, ["G2"])


def test_a_mask_of_a_prospects_card_is_not_stated(take):
    head = "客户编号,姓名,电话,收入\n"
    assert take(head + "P1,李四,021-54321234,每月2万\n", "--as", "prospects")[0] == 0
    code, document, _ = take(head + "P1,李四,021-54321234,***\n", "--as", "prospects")
    assert (code, *summary(document, *COUNTS)) == (0, 1, 0, 0, 1, 0)


MATCHES = [
    ("nosuch", 2, "no such field"),
    ("所属区域", 2, "the file lacks this column"),
    ("客户名称", 4, "another record has this number"),
]


@pytest.mark.parametrize(("field", "code", "said"), MATCHES)
def test_match_names_a_field_of_the_file_and_numbers_stay_unique(take, field, code, said):
    """cli.md 5: --match overrides how a customer is found; K1 is kept under another name."""
    assert take("客户编号,客户名称,行业\nK1,甲,机械\n", "--as", "enterprise")[0] == 0
    answer = take("客户编号,客户名称,行业\nK1,乙,机械\n", "--as", "enterprise", "--match", field)
    assert answer[0] == code
    assert said in answer[2]


def test_match_by_a_reference_compares_customers(db, take):
    take(ORDERS, "--create-customers")
    text = "客户编号,交易日期,金额\nK2,2026-03-05,30\nK1,2026-03-01,70\n"
    code, document, _ = take(text, "--match", "客户编号,交易日期")
    assert (code, *summary(document, *COUNTS)) == (0, 2, 0, 2, 0, 0)
    found = [("D1", 700000), ("D2", 505000), ("D3", 300000)]
    assert rows(db, "SELECT order_no, amount FROM sales_order ORDER BY order_no") == found


@pytest.mark.parametrize("code", ["P1", ""], ids=["with a code", "by name"])
def test_the_persons_of_a_unit_are_one_record_with_it(take, code):
    """decisions.md 14, 20: read counts units, whether or not their first row has a code; a bad person refuses his."""
    head = "表三\n所属业务区：华东　负责业务员：张三\n客户编号,部门名称,单位名称,姓名,手机\n"
    unit = f"{code},工商局,甲局,王一,13800138000\n,,,王二,13800138001\n"
    other = ",税务局,乙局,李一,13800138002\n"
    bad = take(head + unit + ",,,王三,138\n" + other, "--on-error", "skip", "--rejects", f"r{code}.xlsx")[1]
    assert summary(bad, *COUNTS) == (2, 1, 0, 0, 1)
    good = take(head + unit + ",,,王三,13800138003\n" + other)[1]
    assert summary(good, *COUNTS) == (2, 1, 0, 1, 0)


def test_a_stated_class_is_held_against_the_run(run, take):
    """forms.md 1.2, derived: a value in a sheet is compared, never kept; words that name no class tell nothing."""
    take(ORDERS, "--create-customers")
    assert run("classify", "--as-of", "2026-03-31").code == 0  # K1 150.50 A, K2 20 C
    text = "客户编号,客户名称,客户等级\nK1,甲商行,A类\nK2,乙商行,B\nK3,丙商行,A\nK2,乙商行,VIP\n"
    _, document, error = take(text, "--as", "enterprise", "--as-of", "2026-03-31", "--on-error", "skip")
    assert [(each["field"], each["cell"]) for each in document["warnings"]] == [("abc_class", "C3")], error
