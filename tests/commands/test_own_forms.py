"""Users' own forms through add, import, template, list, show, export, undo, history, masking (forms.md 4, 46-50)."""

import importlib.util
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest

_spec = importlib.util.spec_from_file_location("own_forms", Path(__file__).with_name("own_forms.py"))
own_forms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(own_forms)

pytestmark = pytest.mark.usefixtures("kept")
VISIT = (
    "customer=K1", "巡检日期=2026-03-05", "陈列占比=35%", "库存金额=1.5万", "评分=优", "店长手机=13800138000",
    "货架状态=合格", "货架排面数=12", "收银台=不合格", "问题1问题描述=灯坏", "findings.2.what=地脏", "店长=王五",
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    monkeypatch.setenv("CUSTCLI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").touch()
    (tmp_path / "forms").mkdir()
    write("shop_visit", own_forms.SHOP_VISIT)
    write("wholesale", own_forms.WHOLESALE)
    return tmp_path


def write(name, text):
    Path("forms", f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def kept(run, once, folder):
    """Two customers and a visit."""

    def lay():
        common = ("owner=张三", "business_address=上海", "phone=021-55556666")
        assert run("add", "wholesale", "code=K1", "name=甲", "大区=华东", *common, "门头招牌=红色", "x_area=120",
                   "x_fridge.2025.count=3").code == 0  # fmt: skip
        assert run("add", "wholesale", "code=K2", "name=乙", "所属业务区=华南", *common).code == 0
        answer = run("add", "shop_visit", *VISIT)
        assert answer.code == 0, answer.err

    once(folder / "c.db", lay)


def rows(run, *args):
    answer = run(*args, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["rows"]


def summary(run, *args):
    answer = run(*args, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["summary"]


def entries():
    with sqlite3.connect("c.db") as connection:
        return connection.execute(
            "SELECT form, parent_table, group_name, key_text, extra FROM entry ORDER BY id"
        ).fetchall()


# one's own fields in a built-in form


def test_own_fields_of_a_built_in_form(run):
    """Case 46: kept in extra, class P and so hidden; both labels mean the field."""
    (first, _) = rows(run, "list", "wholesale", "--columns", "code,大区,x_shop_sign,x_area,x_fridge.2025.count")
    assert first == {"code": "K1", "region": "华东", "x_shop_sign": "***", "x_area": 120, "x_fridge.2025.count": 3}
    assert [row["code"] for row in rows(run, "list", "wholesale", "x_area>=100", "所属业务区=华东")] == ["K1"]
    assert "Fridge" in run("show", "K1").out
    Path("in.csv").write_text("客户编号,客户名称,所属业务区,门头招牌\nK2,乙,华南,蓝色\n", encoding="utf-8")
    assert summary(run, "import", "in.csv", "--as", "wholesale")["changed"] == 1
    assert rows(run, "list", "wholesale", "code=K2", "--columns", "x_shop_sign", "--reveal")[0]["x_shop_sign"] == "蓝色"
    assert [row["after"] for row in rows(run, "history", "K2", "x_shop_sign")] == ["***"]


def test_own_fields_of_a_built_in_form_go_out_and_come_in(run):
    assert run("export", "wholesale", "--reveal", "-o", "out.xlsx").code == 0
    heads = [cell.value for cell in openpyxl.load_workbook("out.xlsx").worksheets[0][1]]
    assert {"Region", "Shop sign", "2025 Fridges"} <= {str(head) for head in heads}
    told = summary(run, "import", "out.xlsx")
    assert (told["unchanged"], told["changed"], told["rejected"], told["left_over"]) == (2, 0, 0, [])


# a form of one's own


def test_a_record_and_its_groups_lie_in_entry():
    found = [
        (parent, group, key, json.loads(extra)) for form, parent, group, key, extra in entries() if form == "shop_visit"
    ]
    assert found[0][3] == {
        "customer": 1, "visited_on": "2026-03-05", "shelf_share": 3500, "stock_value": 150_000_000, "rating": "good",
        "keeper_mobile": "13800138000", "visitor": found[0][3]["visitor"],
    }  # fmt: skip
    assert found[1:] == [
        ("entry", "display", "shelf", {"state": "ok", "faces": 12}),
        ("entry", "display", "till", {"state": "bad"}),
        ("entry", "findings", "1", {"what": "灯坏"}),
        ("entry", "findings", "2", {"what": "地脏"}),
        ("entry", "keeper", None, {"name": "王五"}),
    ]


def test_list_filters_sorts_and_masks(run):
    assert run("add", "shop_visit", "customer_name=乙", "visited_on=2026-04-01").code == 0
    columns = "customer,customer_name,rating,keeper_mobile,keeper.name,display.shelf.faces"
    told = rows(run, "list", "门店巡检", "--columns", columns, "--sort", "-visited_on")
    assert [row["customer"] for row in told] == ["K2", "K1"]
    assert told[0]["rating"] == "fair"  # the default
    assert told[1] | {"customer": "K1"} == {
        "customer": "K1", "customer_name": "甲", "rating": "good", "keeper_mobile": "138****8000", "keeper.name": "王*",
        "display.shelf.faces": 12,
    }  # fmt: skip
    for term in ("评分=好", "shelf_share>=35", "stock_value=15000", "visited_on:2026-03", "display.shelf.state=OK",
                 "customer=K1", "keeper.name~王"):  # fmt: skip
        assert [row["customer"] for row in rows(run, "list", "shop_visit", term, "--columns", "customer")] == ["K1"], (
            term
        )


def test_show_has_the_records_that_name_the_customer(run):
    assert "Shop visit" in run("show", "K1").out
    assert "2026-03-05" in run("show", "K1", "--json").out
    assert "Shop visit" not in run("show", "K2").out


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_export_and_import_again_change_nothing(run, ending):
    """Case 50."""
    before = entries()
    assert run("export", "shop_visit", "--reveal", "-o", f"out.{ending}").code == 0
    told = summary(run, "import", f"out.{ending}")
    assert (told["unchanged"], told["rejected"], told["change"], told["left_over"]) == (1, 0, None, [])
    assert entries() == before


def test_export_fills_an_empty_database_alike(run, monkeypatch):
    before = entries()
    assert run("export", "all", "--reveal", "-o", "all.xlsx").code == 0
    monkeypatch.setenv("CUSTCLI_DB", "other.db")
    assert run("import", "all.xlsx").code == 0
    with sqlite3.connect("other.db") as connection:
        found = connection.execute("SELECT form, parent_table, group_name, key_text, extra FROM entry").fetchall()
    plain = [(*row[:4], frozenset(json.loads(row[4]).items())) for row in found]
    assert sorted(plain, key=repr) == sorted(
        ((*row[:4], frozenset(json.loads(row[4]).items())) for row in before), key=repr
    )


@pytest.mark.parametrize(("lines", "cell", "reason"), [
    ("K9,2026-03-05,好", "A2", "no such customer"),
    ("K1,2126-03-05,好", "B2", "lies in the future"),
    ("K1,2026-03-05,极好", "C2", "not one of"),
    ("K1,,好", "B2", "is required"),
])  # fmt: skip
def test_what_is_wrong_has_its_cell(run, lines, cell, reason):
    Path("in.csv").write_text(f"客户编号,巡检日期,评分\n{lines}\n", encoding="utf-8")
    answer = run("import", "in.csv", "--as", "shop_visit", "--json")
    assert answer.code == 4
    (reject,) = json.loads(answer.out)["rejects"]
    assert reject["cell"] == cell
    assert reason in reject["reason"]


def test_the_key_is_the_customer_and_the_day(run):
    Path("in.csv").write_text(
        "客户编号,巡检日期,评分,下次巡检\nK1,2026/3/5,中,2026-04-01\nK1,2026/3/6,中,\n", encoding="utf-8"
    )
    told = summary(run, "import", "in.csv", "--as", "shop_visit")
    assert (told["new"], told["changed"]) == (1, 1)
    assert run("add", "shop_visit", "customer=K1", "visited_on=2026-03-06").code == 4
    assert run("add", "shop_visit", "customer=K1", "visited_on=2026-03-08", "next_on=2026-03-07").code == 4


def test_a_change_and_a_new_record_are_taken_back(run):
    before = entries()
    Path("in.csv").write_text(
        "客户编号,巡检日期,评分,货架状态\nK1,2026-03-05,中,不合格\nK2,2026-03-06,中,合格\n", encoding="utf-8"
    )
    assert summary(run, "import", "in.csv", "--as", "shop_visit")["changed"] == 1
    assert len(entries()) == len(before) + 2
    assert run("undo").code == 0
    assert entries() == before


def test_a_customer_whom_a_record_names_is_not_taken_away(run):
    answer = run("undo", "1")
    assert answer.code == 3
    assert [row["code"] for row in rows(run, "list", "wholesale")] == ["K1", "K2"]
    assert run("undo", "3").code == 0


def test_history_of_a_record_and_of_its_elements(run):
    told = {row["field"]: row["after"] for row in rows(run, "history", "shop_visit", "K1")}
    assert told["display.shelf.faces"] == "12"
    assert told["keeper.name"] == "王*"
    assert told["keeper_mobile"] == "138****8000"


def test_the_paper_form_is_filled_in_and_imported(run):
    assert run("template", "门店巡检", "--card", "-o", "card.xlsx", "--lang", "zh").code == 0
    book = openpyxl.load_workbook("card.xlsx")
    sheet = book.worksheets[0]
    at = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    for label, value in {"客户编号": "K2", "巡检日期": "2026-05-06", "库存金额(万元)": 2}.items():
        merged = next((m for m in sheet.merged_cells.ranges if at[label].coordinate in m), None)
        beside = (merged.max_col if merged else at[label].column) + 1
        sheet.cell(at[label].row, beside).value = value
    faces = at["排面数"]
    sheet.cell(at["货架"].row, faces.column).value = 7
    book.save("filled.xlsx")
    told = summary(run, "import", "filled.xlsx")
    assert (told["new"], told["rejected"], told["left_over"]) == (1, 0, [])
    (row,) = rows(run, "list", "shop_visit", "customer=K2", "--columns", "visited_on,stock_value,display.shelf.faces")
    assert row == {"visited_on": "2026-05-06", "stock_value": 20_000, "display.shelf.faces": 7}


# mistakes, lost forms, renamed fields


def test_broken_forms_stop_every_command_that_needs_them(run):
    """Cases 47, 48: the first mistake, and where all of them are told."""
    write("wholesale", '[form]\nextends = "wholesale"\n[fields]\nmobil = { zh = "手机" }\nname = { type = "int" }\n')
    answer = run("list", "wholesale")
    assert answer.code == 2
    assert "line 4, [fields] mobil: the form has nothing of this name; did you mean mobile?" in answer.err
    assert "custcli forms check" in answer.err
    for command in (("forms", "check"), ("config", "check")):
        told = run(*command, "--json")
        assert told.code == 2
        assert [(row["line"], row["near"]) for row in json.loads(told.out)["rows"]] == [(4, "mobile"), (5, None)]


def test_what_lost_its_form_stays_masked_and_is_found(run):
    """Case 49."""
    for name in ("shop_visit", "wholesale"):
        Path("forms", f"{name}.toml").unlink()
    assert run("list", "shop_visit").code == 6
    assert "x_shop_sign" not in run("show", "K1", "--json").out
    assert {row["after"] for row in rows(run, "history", "K1") if row["field"] == "x_shop_sign"} == {"***"}
    told = {row["result"] for row in rows(run, "check") if row["check"] == "undeclared"}
    assert {"shop_visit keeper_mobile × 1", "wholesale x_area × 1", "wholesale x_fridge.count × 1"} <= told
    (visit,) = rows(run, "export", "shop_visit", "--all-fields")
    assert (visit["customer"], visit["keeper_mobile"], visit["display.shelf.faces"]) == ("K1", "138****8000", 12)
    (own, _) = rows(run, "export", "wholesale", "--all-fields")
    assert (own["x_shop_sign"], own["x_area"], own["x_fridge.2025.count"]) == ("***", 120, 3)


RENAMED = {
    "shelf_share   = { zh": 'shelf_part = { was = ["shelf_share"], zh',
    "keeper_mobile = { zh": 'keeper_phone = { was = ["keeper_mobile"], zh',
    "faces = { zh": 'count = { was = ["faces"], zh',
    'good = { zh = "好", en = "Good", also = ["优"] }': 'best = { zh = "最好", en = "Best", replaces = ["good"] }',
    "version = 1": "version = 2",
}


def renamed():
    text = own_forms.SHOP_VISIT
    for old, new in RENAMED.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    write("shop_visit", text)


def test_data_of_renamed_fields_is_moved_in_one_change(run):
    before = entries()
    renamed()
    found = {(row["finding"], row["place"]): row["count"] for row in rows(run, "config", "check")}
    assert found == {
        ("renamed", "shop_visit shelf_part"): 1, ("renamed", "shop_visit keeper_phone"): 1,
        ("renamed", "shop_visit display.count"): 1, ("replaced", "shop_visit rating"): 1,
    }  # fmt: skip
    assert entries() == before
    answer = run("config", "check", "--apply", "--json")
    assert (answer.code, json.loads(answer.out)["summary"]["change"]) == (0, 4)
    (row,) = rows(run, "list", "shop_visit", "--columns", "shelf_part,keeper_phone,rating,display.shelf.count")
    assert list(row.values()) == [0.35, "138****8000", "best", 12]
    assert rows(run, "config", "check") == []
    moved = [row for row in rows(run, "history", "shop_visit", "K1") if "keeper_" in row["field"]]
    assert "13800138000" not in json.dumps(moved)
    assert run("undo").code == 0
    write("shop_visit", own_forms.SHOP_VISIT)
    assert rows(run, "config", "check") == []
    (row,) = rows(run, "list", "shop_visit", "--columns", "shelf_share,rating,display.shelf.faces")
    assert list(row.values()) == [0.35, "good", 12]


def test_old_words_and_names_are_still_imported(run):
    renamed()
    Path("in.csv").write_text("customer,visited_on,rating,shelf_share\nK2,2026-03-09,good,20%\n", encoding="utf-8")
    assert summary(run, "import", "in.csv", "--as", "shop_visit")["new"] == 1
    (row,) = rows(run, "list", "shop_visit", "customer=K2", "--columns", "rating,shelf_part")
    assert list(row.values()) == ["best", 0.2]


def test_another_type_is_not_moved(run):
    write("wholesale", own_forms.WHOLESALE.replace(
        'x_area      = { zh = "营业面积", en = "Floor area", type = "int", min = 0,',
        'x_floor = { was = ["x_area"], zh = "营业面积", type = "text",'))  # fmt: skip
    assert [row["finding"] for row in rows(run, "config", "check", "--apply")] == ["retyped"]
    assert '"x_area":120' in sqlite3.connect("c.db").execute("SELECT extra FROM customer WHERE id = 1").fetchone()[0]


def test_a_later_version_is_told(run):
    renamed()
    (visit,) = [row for row in rows(run, "forms", "list") if row["form"] == "shop_visit"]
    assert (visit["origin"], visit["version"], visit["written"]) == ("own", 2, 1)
    assert "form version 1 -> 2" in run("forms", "show", "shop_visit").out
    origins = {row["form"]: row["origin"] for row in rows(run, "forms", "list")}
    assert (origins["wholesale"], origins["retail"]) == ("changed", "built_in")


def test_the_first_record_of_a_later_version_tells_it(run):
    renamed()
    new = ("add", "shop_visit", "customer=K2")
    assert "form version 1 -> 2" in run(*new, "visited_on=2026-03-08").out
    assert "form version" not in run(*new, "visited_on=2026-03-09").out


def test_an_import_tells_a_later_version(run):
    renamed()
    Path("in.csv").write_text("customer,visited_on\nK2,2026-03-09\n", encoding="utf-8")
    assert "form version 1 -> 2" in run("import", "in.csv", "--as", "shop_visit").out
    assert "form version" not in run("import", "in.csv", "--as", "shop_visit").out


# ---- records that name records of another own form

FOLLOWED = """
[form]
name = "followup"
zh = "跟进"
match = [["number"]]
[fields]
number = { zh = "跟进号", type = "text", required = true, pi = "N" }
after  = { zh = "续前", type = "ref", to = "followup", pi = "N" }
order  = { zh = "交易单", type = "ref", to = "orders", pi = "N" }
"""


def test_a_reference_to_another_record_is_to_one_there_is(run):
    write("followup", FOLLOWED)
    assert run("add", "orders", "order_no=S-1", "customer=K1", "ordered_on=2026-03-01", "amount=5元").code == 0
    assert run("add", "followup", "number=1", "order=S-1").code == 0
    assert run("add", "followup", "number=2", "order=S-2").code == 4
    assert run("add", "followup", "number=2", "after=1").code == 0
    refused = run("edit", "followup", "2", "after=9")
    assert (refused.code, "no record of this number" in refused.err) == (4, True)
    assert rows(run, "list", "followup", "after=1", "--columns", "number") == [{"number": "2"}]


def test_what_is_named_by_its_number_keeps_it(run):
    write("followup", FOLLOWED)
    run("add", "followup", "number=1")
    run("add", "followup", "number=2", "after=1")
    for command in (("delete", "followup", "1"), ("edit", "followup", "1", "number=9")):
        answer = run(*command)
        assert (answer.code, "1 is named by records of 跟进: 1" in answer.err) == (4, True)
    assert run("edit", "followup", "2", "number=3").code == 0
    assert [run("delete", "followup", number).code for number in "31"] == [0, 0]


def test_undo_leaves_what_later_records_name(run):
    """decisions.md 10: what something later depends on is kept and listed; of one change both go."""
    write("followup", FOLLOWED)
    run("add", "orders", "order_no=S-1", "customer=K1", "ordered_on=2026-03-01", "amount=5元")
    run("add", "followup", "number=1", "order=S-1")
    run("add", "followup", "number=2", "after=1")
    last = json.loads(run("log", "--json").out)["rows"][0]["change"]
    for change in (last - 2, last - 1):
        answer = run("undo", str(change))
        assert (answer.code, "is needed" in answer.err) == (4, True), answer.err
    assert [run("undo", str(change)).code for change in (last, last - 1, last - 2)] == [0, 0, 0]


def test_a_form_that_recommends_nothing_shows_all_its_fields(run):
    write("followup", FOLLOWED)
    run("add", "followup", "number=1")
    run("add", "followup", "number=2", "after=1")
    assert run("list", "followup").out.splitlines()[2].split() == ["跟进号", "续前", "交易单"]


def test_references_inside_a_sheet_and_between_sheets(run):
    write("followup", FOLLOWED)
    book = openpyxl.Workbook()
    book.active.title = "跟进"
    for row in (("跟进号", "续前", "交易单"), ("1", None, "S-1"), ("2", "1", None), ("3", "7", None)):
        book.active.append(row)
    sheet = book.create_sheet("交易")
    for row in (("单号", "客户编号", "交易日期", "金额（元）"), ("S-1", "K1", "2026-03-01", 5)):
        sheet.append(row)
    book.save("in.xlsx")
    answer = run("import", "in.xlsx", "--on-error", "skip", "--json")
    (reject,) = json.loads(answer.out)["rejects"]
    assert (reject["cell"], reject["value"], reject["field"]) == ("B4", "7", "after")
    assert [row["number"] for row in rows(run, "list", "followup", "--columns", "number")] == ["1", "2"]


def test_forms_that_name_each_other_in_a_chain_come_in_from_any_order_of_sheets(run):
    """c names b, b names a: whichever sheet stands first, what is named is written before."""
    for name, other in (("a", None), ("b", "a"), ("c", "b")):
        ref = f'other = {{ zh = "前{name}号", type = "ref", to = "{other}", pi = "N" }}' if other else ""
        write(name, f'[form]\nname = "{name}"\nzh = "表{name}"\nmatch = [["number"]]\n[fields]\n'
                    f'number = {{ zh = "{name}号", type = "text", required = true, pi = "N" }}\n'
                    f'size = {{ zh = "{name}尺寸", type = "int", pi = "N" }}\n{ref}\n')  # fmt: skip
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in "cba":
        sheet = book.create_sheet(f"表{name}")
        sheet.append([f"{name}号", f"{name}尺寸", *([f"前{name}号"] if name != "a" else [])])
        sheet.append(["1", 5, *(["1"] if name != "a" else [])])
    book.save("chain.xlsx")
    assert run("import", "chain.xlsx").code == 0
    assert rows(run, "list", "c", "other=1", "--columns", "number") == [{"number": "1"}]


def test_what_has_no_number_cannot_be_referred_to(run):
    write("followup", FOLLOWED.replace('to = "orders"', 'to = "shop_visit"'))
    answer = run("forms", "check", "--json")
    (row,) = json.loads(answer.out)["rows"]
    assert (answer.code, row["line"], row["reason"]) == (
        2, 9, "the records of shop_visit have no number to be named by")  # fmt: skip


# ---- a kind of dossier of one's own

SCHOOL = """
[form]
name = "school"
zh = "学校客户档案"
base = "customer"
set = { kind = "x_school" }
[fields]
pupils = { zh = "学生人数", type = "int", pi = "N", recommended = true }
[groups.head]
zh = "校长"
table = "contact"
set = { role = "x_head" }
alone = "name"
use = "person"
[values.kinds]
x_school = { zh = "学校", en = "School" }
"""


def test_a_kind_of_ones_own_is_a_dossier_like_any_other(run):
    write("school", SCHOOL)
    Path("in.csv").write_text(
        "客户编号,客户名称,所属业务区,负责业务员,学生人数,校长\nS1,一中,华东,张三,800,李四\n", encoding="utf-8"
    )
    assert summary(run, "import", "in.csv")["new"] == 1
    assert rows(run, "list", "学校", "pupils>=500", "--columns", "code,kind") == [{"code": "S1", "kind": "x_school"}]
    assert {row["code"] for row in rows(run, "list")} == {"K1", "K2", "S1"}
    told = {row["field"]: row["value"] for row in rows(run, "show", "S1")}
    assert (told["pupils"], told["head.name"]) == (800, "李*")
    run("add", "orders", "order_no=1", "customer=S1", "ordered_on=2026-03-01", "amount=5元")
    ranked = rows(run, "classify", "--as-of", "2026-03-31", "--where", "kind=学校")
    assert [(row["code"], row["kind"]) for row in ranked] == [("S1", "x_school")]
    Path("forms", "school.toml").unlink()
    lost = {row["place"]: row["count"] for row in rows(run, "config", "check")}
    assert {name: count for name, count in lost.items() if count} == {"school head.name": 1, "school pupils": 1}
    assert run("export", "all", "-o", "plain/").code == 0
    assert "S1,一*,x_school" in Path("plain", "prospects_uncovered.csv").read_text(encoding="utf-8-sig")
    assert run("export", "all", "--all-fields", "-o", "whole/").code == 0
    whole = Path("whole", "school.csv").read_text(encoding="utf-8-sig")
    assert "李*" in whole
    assert ",800," in whole


def test_a_second_form_of_a_built_in_name_is_the_only_mistake(run):
    write("second", '[form]\nname = "wholesale"\nzh = "又一"\n[fields]\na = { zh = "甲", type = "text", pi = "N" }\n')
    (row,) = json.loads(run("forms", "check", "--json").out)["rows"]
    assert (row["place"], row["line"]) == ("[form] name", 2)


def test_inspect_tells_only_what_stands_on_the_sheet(run):
    """表三 without the county and day that may stand above its heading."""
    book = openpyxl.Workbook()
    for row in (
        ("表三",),
        ("所属业务区：华东　负责业务员：张三",),
        ("单位名称", "部门", "姓名", "职务"),
        ("甲局", None, "王", "员"),
    ):
        book.active.append(row)
    book.save("pr.xlsx")
    found = [(row["cell"], row["field"]) for row in rows(run, "inspect", "pr.xlsx") if row["role"] == "above"]
    assert found == [("A2", "region"), ("A2", "owner")]
