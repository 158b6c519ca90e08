"""custcli edit, delete, why, show of single records from outside (cli.md 4; F012)."""

import json
import sqlite3

import pytest

pytestmark = pytest.mark.usefixtures("db")

SKIPPED = {"change", "journal", "source", "form_field", "code_counter", "meta", "sqlite_stat1"}


COMPANY = (
    "enterprise 客户编号=K1 客户名称=甲公司 region=华东 mobile=13800138000 legal_rep=王五 legal_rep.mobile=13900139000",
    "enterprise 客户编号=K2 客户名称=乙公司 所属区域=华南 uscc=91350100M000100Y43 介绍人=K1",
    (
        "wholesale 客户编号=W1 name=丙商行 region=华东 owner=赵 business_address=路 phone=021-54321234 "
        "经营本产品时间=2019 2025年金额=12.5"
    ),
    "individual 客户编号=P1 姓名=张三丰 手机=13600136000",
    "prospects 客户编号=L1 姓名=李四 所属区域=华东 手机=13500135000 购买能力=有 需求=无 意向产品=米",
    "orders 单号=S-1 customer=K1 ordered_on=2026-03-05 amount=1200",
    "orders 单号=S-2 customer=K1 ordered_on=2026-03-06 amount=50",
    "orders customer=W1 ordered_on=2026-03-06 amount=7",
    "payments 回款单号=R-1 customer=K1 paid_on=2026-04-01 amount=500",
)
FILES = {
    "individual": "客户编号,姓名,子女1姓名,子女2姓名\nP1,张三丰,张一,张二\n",
    "order_lines": "单号,品名,数量,单价\nS-2,米,2,10\nS-2,面,1,30\n",
}


@pytest.fixture
def db(tmp_path, monkeypatch, run, once):
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    monkeypatch.setenv("CUSTCLI_AS_OF", "2026-06-30")
    monkeypatch.chdir(tmp_path)

    def lay():
        for words in COMPANY:
            assert run("add", *words.split()).code == 0, words
        for form, text in FILES.items():
            (tmp_path / f"{form}.csv").write_text(text, encoding="utf-8")
            assert run("import", f"{form}.csv", "--as", form).code == 0, form

    once(path, lay)
    return path


def content(db):
    """All data without the journal's own tables."""
    with sqlite3.connect(db) as kept:
        names = [row[0] for row in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: kept.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in {*names} - SKIPPED}


def changes(db):
    with sqlite3.connect(db) as kept:
        return kept.execute("SELECT count(*) FROM change").fetchone()[0]


@pytest.fixture
def edited(run):
    """field → (before, after) of an edit."""

    def call(*args):
        said = run("edit", *args, "--json")
        assert said.code == 0, said.err
        return {row["field"]: (row["before"], row["after"]) for row in json.loads(said.out)["rows"]}

    return call


@pytest.mark.parametrize(
    ("words", "touched"),
    [
        ("K1 手机=13800138001", {"mobile": ("138****8000", "138****8001")}),
        ("K1 region=华南 手机=13800138000", {"region": ("华东", "华南")}),  # what is the same is no change
        ("甲公司 所属区域=", {"region": ("华东", None)}),
        ("K1 法人代表手机=", {"legal_rep.mobile": ("139****9000", None)}),
        ("K1 legal_rep.name=赵六", {"legal_rep.name": ("王*", "赵*")}),
        ("W1 2025年金额=13", {"yearly_sales.2025.amount": ("125000", "130000")}),
        ("W1 2025年金额=", {"yearly_sales.2025.amount": ("125000", None)}),
        ("W1 经营本产品时间=", {"product_since": ("2019-01-01", None), "product_since_precision": ("year", None)}),
        ("K2 介绍人=", {"referred_by": ("K1", None)}),
        ("K2 介绍人=丙商行", {"referred_by": ("K1", "W1")}),
        ("L1 跟进阶段=初访", {"card.stage": (None, "first_visit")}),
        (  # fields of the dossier and of the card beside it, each with its own value
            "P1 手机=13600136001 跟进阶段=初访 预计金额=3元 note=",
            {
                "mobile": ("136****6000", "136****6001"),
                "card.stage": (None, "first_visit"),
                "card.expected_amount": (None, "3"),
            },
        ),
        ("P1 name=张三", {"name": ("张*", "张*")}),
        ("orders S-1 amount=1300.5 备注=急", {"amount": ("1200", "1300.5"), "note": (None, "***")}),
        ("交易 S-1 客户编号=K2", {"customer": ("K1", "K2")}),
        ("orders W1 amount=8", {"amount": ("7", "8")}),
        ("orders K1 2026-03-05 amount=8", {"amount": ("1200", "8")}),
        ("orders #3 amount=8", {"amount": ("7", "8")}),
        ("payments R-1 回款金额=501", {"amount": ("500", "501")}),
        ("contact K1 法人代表 手机=13900139001", {"legal_rep.mobile": ("139****9000", "139****9001")}),
        ("contact K1 王五 mobile=", {"legal_rep.mobile": ("139****9000", None)}),
        ("contact P1 children.2 name=张三", {"children.name": ("张*", "张*")}),
        ("line S-2 2 数量=3", {"lines.2.quantity": ("1", "3")}),
    ],
)
def test_what_is_changed_is_told_journaled_and_taken_back(db, run, edited, words, touched):
    before, count = content(db), changes(db)
    assert edited(*words.split()) == touched
    assert content(db) != before
    assert changes(db) == count + 1
    assert edited(*words.split()) == {}
    assert changes(db) == count + 1  # the same again is no change
    assert run("undo").code == 0
    assert content(db) == before
    assert run("check").code == 0


def test_a_new_assessment_does_not_overwrite_the_former_one(db, run, edited):
    edited("L1", "man.need.verdict=yes")
    with sqlite3.connect(db) as kept:
        rows = kept.execute("SELECT verdict FROM man_letter WHERE letter = 'need' ORDER BY assessed_on, id").fetchall()
    assert "yes" in {row[0] for row in rows}
    assert "need" in run("show", "L1", "--json").out


def test_a_draft_is_in_force_once_it_has_its_kind(db, edited):
    edited("L1", "region=华南")
    edited("L1", "kind=enterprise", "行业=机械")
    with sqlite3.connect(db) as kept:
        assert kept.execute("SELECT kind, state FROM customer WHERE code = 'L1'").fetchone() == ("enterprise", "active")


def test_a_dry_run_tells_the_same_and_writes_nothing(db, edited):
    before, count = content(db), changes(db)
    assert edited("K1", "region=华南", "--dry-run") == {"region": ("华东", "华南")}
    assert (content(db), changes(db)) == (before, count)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("K1 regoin=x", 2, "region"),  # the nearest name
        ("K1", 2, "FIELD=VALUE"),
        ("K1 region=华东 所属区域=华南", 2, "twice"),
        ("K1 name=", 4, "blank"),
        ("K1 code=", 4, "blank"),
        ("K1 code=K2", 4, "another record"),
        ("K1 uscc=91350100M000100Y43", 4, "K2"),
        ("K1 手机=138****8000", 4, ""),
        ("K1 上级客户=K1", 4, "itself"),
        ("K1 介绍人=没有这家", 4, "no such customer"),
        ("L1 man.need.verdict=", 4, "blank"),
        ("P1 子女1姓名=张五", 2, "contact P1 children.1"),
        ("orders S-1 status=", 4, "blank"),
        ("orders S-1 customer=", 4, "blank"),
        ("orders S-1 order_no=S-2", 4, "another record"),
        ("orders S-1 delivered_on=2026-03-01", 4, ""),  # before the order itself
        ("orders S-2 lines.amount=5", 2, "edit line S-2"),
        ("orders K1 amount=5", 6, "S-2 (2026-03-06), S-1 (2026-03-05)"),
        ("orders S-9 amount=5", 6, "S-9"),
        ("order S-1 amount=5", 6, "orders"),
        ("payments R-1 amount=-5", 4, ""),
        ("contact K1 经理 name=x", 6, "legal_rep (王*)"),
        ("contact P1 name=x", 6, "children.1 (张*), children.2 (张*)"),
        ("line S-2 3 amount=5", 6, "1, 2"),
        ("K9 name=x", 6, "K9"),
    ],
)
def test_what_is_wrong_has_its_code_and_changes_nothing(db, run, words, code, told):
    before, count = content(db), changes(db)
    said = run("edit", *words.split())
    assert (said.code, said.out) == (code, ""), said.err
    assert told in said.err
    assert (content(db), changes(db)) == (before, count)


def test_a_name_that_another_customer_has_is_told(run):
    said = run("edit", "K1", "name=乙公司", "region=华南")
    assert (said.code, "K2" in said.out + said.err) == (0, True)


def test_an_order_that_is_not_the_sum_of_its_lines_is_told(run):
    run("edit", "line", "S-2", "2", "amount=99")
    assert "119.00" in run("edit", "orders", "S-2", "备注=x").out


def test_the_journal_keeps_field_names_and_no_values(db, run):
    run("edit", "张三丰", "身份证号码=11010519491231002X")
    with sqlite3.connect(db) as kept:
        command = kept.execute("SELECT command FROM change ORDER BY id DESC").fetchone()[0]
    assert command == "edit 身份证号码"


# delete


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("W1 --with-records", {"customer": 1, "yearly_sales": 1, "sales_order": 1}),
        ("P1", {"customer": 1, "contact": 2, "contact_role": 2}),
        ("李四", {"customer": 1, "prospect": 1, "man_letter": 2}),
        ("K1 --with-records", {"customer": 1, "sales_order": 2, "order_line": 2, "payment": 1, "reference": 1}),
        ("orders S-2", {"sales_order": 1, "order_line": 2}),
        ("payments R-1", {"payment": 1}),
        ("contact K1 legal_rep", {"contact": 1, "contact_role": 1}),
        ("line S-2 1", {"order_line": 1}),
    ],
)
def test_a_deletion_takes_all_of_it_and_undo_brings_it_back(db, run, words, gone):
    before = content(db)
    said = run("delete", *words.split(), "--json")
    assert said.code == 0, said.err
    counts = {row["what"]: row["count"] for row in json.loads(said.out)["rows"]}
    assert {name: counts.get(name, 0) for name in gone} == gone
    after = content(db)
    assert {name: len(before[name]) - len(after[name]) for name in gone if name in before} == {
        name: count for name, count in gone.items() if name in before
    }
    assert run("check").code == 0
    assert run("undo").code == 0
    assert content(db) == before
    undo = json.loads(run("log", "--limit", "1", "--json").out)["rows"][0]["change"]
    assert run("undo", str(undo)).code == 0
    assert content(db) == after
    assert run("check").code == 0


def test_what_others_depend_on_is_refused_with_what_depends(db, run):
    before, count = content(db), changes(db)
    said = run("delete", "K1")
    assert (said.code, said.out) == (4, "")
    for told in ("orders: 2", "payments: 1", "customers: 1", "--with-records"):
        assert told in said.err
    assert (content(db), changes(db)) == (before, count)
    assert run("delete", "P1", "--dry-run").code == 0
    assert (content(db), changes(db)) == (before, count)


def test_a_deleted_customer_is_named_by_its_change(run):
    run("delete", "P1")
    said = run("show", "P1")
    assert (said.code, "custcli undo" in said.err) == (6, True)


# why, show, history of single records


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("K1 region", ["华南", "华东"]),
        ("orders S-1 金额", ["1300", "1200"]),
        ("contact K1 legal_rep 手机", ["139****9001", "139****9000"]),
        ("K2 介绍人", ["K1"]),
        ("K1 行业", []),
    ],
)
def test_why_tells_the_changes_of_one_field_the_latest_first(run, words, values):
    run("edit", "K1", "region=华南", "legal_rep.mobile=13900139001")
    run("edit", "orders", "S-1", "amount=1300")
    rows = json.loads(run("why", *words.split(), "--json").out)["rows"]
    assert [row["after"] for row in rows] == values
    assert [row["present"] for row in rows] == [True, False][: len(values)]


def test_why_names_the_cell(run, tmp_path):
    (tmp_path / "w.csv").write_text("单号,客户编号,交易日期,金额\nS-1,K1,2026-03-05,9\n", encoding="utf-8")
    run("import", "w.csv")
    row = json.loads(run("why", "orders", "S-1", "金额", "--json").out)["rows"][0]
    assert (row["before"], row["after"], row["file"], row["cell"]) == ("1200", "9", "w.csv", "D2")


@pytest.mark.parametrize(("words", "code"), [("K1", 2), ("K1 region name", 2), ("K1 regoin", 2), ("K9 name", 6)])
def test_why_asks_for_one_field_that_there_is(run, words, code):
    assert run("why", *words.split()).code == code


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("orders S-1", {"amount": 1200, "customer": "K1", "customer_name": "甲公司"}),
        ("orders S-2", {"lines.1.lines.product": "米", "lines.2.lines.amount": 30}),
        ("payments R-1", {"amount": 500, "paid_on": "2026-04-01"}),
        ("contact P1 children.2", {"key": "P1 children.2", "children.name": "张*"}),
        ("line S-2 1", {"key": "S-2 1", "lines.product": "米"}),
        ("prospects L1", {"man.need.verdict": "no", "man_grade": "B"}),
    ],
)
def test_one_record_is_shown(run, words, facts):
    said = run("show", *words.split(), "--json")
    assert said.code == 0, said.err
    found = {row["field"]: row["value"] for row in json.loads(said.out)["rows"]}
    assert {name: found.get(name) for name in facts} == facts
    assert run("show", *words.split()).code == 0


def test_an_order_by_the_code_of_one_and_the_name_of_another_customer_is_refused(run, tmp_path):
    """decisions.md 5: what is meant is not guessed; a name that nobody bears does not matter beside a code."""
    rows = "单号,客户编号,客户名称,交易日期,金额\nZ1,K1,乙公司,2026-01-01,5\nZ2,K1,甲,2026-01-01,5\n"
    (tmp_path / "o.csv").write_text(rows, encoding="utf-8")
    said = run("import", "o.csv", "--json")
    rejects = json.loads(said.out)["rejects"]
    assert (said.code, [(each["cell"], each["field"]) for each in rejects]) == (4, [("B2", "customer")])
    assert ("K1" in rejects[0]["reason"], "K2" in rejects[0]["reason"]) == (True, True)


def test_log_tells_the_first_file_and_how_many(run, tmp_path):
    for number in range(3):
        text = f"单号,客户编号,交易日期,金额\nT{number},K1,2026-03-05,9\n"
        (tmp_path / f"f{number}.csv").write_text(text, encoding="utf-8")
    run("import", "f0.csv", "f1.csv", "f2.csv")
    row = json.loads(run("log", "--limit", "1", "--json").out)["rows"][0]
    assert (row["files"], row["file_count"]) == ("f0.csv and 2 more", 3)
    files = json.loads(run("log", str(row["change"]), "--json").out)["rows"]
    assert [each["file"] for each in files] == ["f0.csv", "f1.csv", "f2.csv"]
    assert run("log", "99").code == 6
