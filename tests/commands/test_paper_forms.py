"""Paper forms come in from outside: cards, folders of cards, 表三, slips; what a person then finds (forms.md 5)."""

import json
import sqlite3

import pytest
from openpyxl import Workbook, load_workbook
from tests.domain.cards import ONE, merges, wholesale

from custcli.domain.cells import Merge

pytestmark = pytest.mark.usefixtures("db")
IDS = {"legal_rep.id_no": "11010519491231002X", "contact.id_no": "440524188001010014"}  # GB 11643, domain.md 5
CARD = {path: value for path, value in ONE.items() if "contact." not in path} | {
    "legal_rep.id_no": IDS["legal_rep.id_no"]
}


@pytest.fixture
def book(tmp_path):
    """Writes rows and merges as a workbook."""

    def write(name, rows, merged=()):
        made = Workbook()
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    made.active.cell(number, column, value)
        for m in merged:
            made.active.merge_cells(None, m.top + 1, m.left + 1, m.bottom + 1, m.right + 1)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        made.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def take(run):
    """Import files and return (exit code, json document)."""

    def call(*args):
        answer = run("import", *args, "--json")
        return answer.code, json.loads(answer.out) if answer.out else None

    return call


def rows(db, sql):
    with sqlite3.connect(db) as connection:
        return connection.execute(sql).fetchall()


def counts(document):
    return tuple(document["summary"][name] for name in ("read", "new", "changed", "unchanged", "rejected"))


def two_cards(second):
    one, two = wholesale(CARD), wholesale(CARD | second)
    return [*one, [], *two], (*merges(one), *merges(two, len(one) + 1))


SECOND = {"name": "乙公司", "region": "华南", "legal_rep.name": "赵六", "legal_rep.id_no": None}


def test_cards_become_dossiers_and_twice_is_once(db, book, take):  # case 15
    path = book("cards.xlsx", *two_cards(SECOND))
    code, document = take(path)
    assert (code, counts(document)) == (0, (2, 2, 0, 0, 0))
    assert document["rows"][0]["layout"] == "card"
    assert rows(db, "SELECT name, region, kind FROM customer ORDER BY name") == [
        ("乙公司", "华南", "wholesale"),
        ("甲公司", "华东", "wholesale"),
    ]
    assert rows(db, "SELECT year, amount, quantity FROM yearly_sales ORDER BY customer_id, year LIMIT 1") == [
        (2023, 1_250_000_000, 1_000_000)
    ]
    assert counts(take(path)[1]) == (2, 0, 0, 2, 0)


@pytest.mark.parametrize(("name", "cells"), [("甲公司", ("B3", "C6", "C13")), ("乙公司", ("B25", "C28", "C35"))])
def test_history_names_the_cell_on_the_card(db, book, take, run, name, cells):
    take(book("cards.xlsx", *two_cards(SECOND)))
    ((customer,),) = rows(db, f"SELECT code FROM customer WHERE name = '{name}'")
    answer = run("history", customer, "--json")
    touched = {each["field"]: each["cell"] for each in json.loads(answer.out)["rows"]}
    found = (touched["name"], touched["legal_rep.name"], touched["yearly_sales.2023.amount"])
    assert found == cells


def test_rejects_point_to_the_value_cell(book, take):  # 3.6: also where the value is blank
    wrong = {"region": None, "mobile": "123", "legal_rep.id_no": "33010619800101123"}
    code, document = take(book("cards.xlsx", *two_cards(SECOND | wrong)))
    assert code == 4
    cells = {each["cell"]: each["field"] for each in document["rejects"]}
    assert cells == {"C29": "legal_rep.id_no", "E32": "mobile"}
    code, document = take(book("cards.xlsx", *two_cards(SECOND | {"region": None})))
    assert [(each["cell"], each["field"]) for each in document["rejects"]] == [("D24", "region")]


def test_rejected_card_is_corrected_in_the_reject_workbook(tmp_path, book, take):
    path = book("cards.xlsx", *two_cards(SECOND | {"region": None}))
    code, document = take(path, "--on-error", "skip")
    assert (code, counts(document)) == (3, (2, 1, 0, 0, 1))
    kept = tmp_path / document["summary"]["reject_file"]
    made = load_workbook(kept)
    assert "D24" in made.active["H24"].value
    made.active["D24"] = "华南"
    made.save(kept)
    assert counts(take(kept)[1]) == (2, 1, 0, 1, 0)


def test_card_in_doubt_is_rejected_whole(book, take):  # case 21
    rows_ = wholesale(CARD, years=("前年", "去年", "今年"))
    code, document = take(book("card.xlsx", rows_, merges(rows_)))
    assert (code, counts(document)) == (4, (1, 0, 0, 0, 1))
    assert len(document["rejects"]) == 4


def test_empty_card_is_said(book, take, run):  # case 26
    path = book("card.xlsx", wholesale({}))
    code, document = take(path)
    assert (code, counts(document)) == (0, (0, 0, 0, 0, 0))
    assert "empty cards: 1" in run("import", path).out


def test_folder_of_card_books_is_one_change(db, tmp_path, book, take):  # decisions.md 17
    for number in range(5):
        own = {"name": f"客户{number}", "legal_rep.id_no": None}
        book(f"cards/{number}.xlsx", wholesale(CARD | own), merges(wholesale(CARD | own)))
    code, document = take(tmp_path / "cards")
    assert (code, counts(document)) == (0, (5, 5, 0, 0, 0))
    assert (document["summary"]["files"], document["summary"]["change"]) == (5, 1)
    assert rows(db, "SELECT count(*) FROM customer") == [(5,)]


def test_left_over_cells_are_told_and_refused_when_strict(book, take):  # 3.6
    rows_ = [*wholesale(CARD), ["业务员评语", "很好"]]
    path = book("card.xlsx", rows_, merges(rows_))
    assert take(path, "--strict")[0] == 4
    code, document = take(path)
    assert code == 0
    assert [each["cell"] for each in document["summary"]["left_over"]] == ["A22", "B22"]


def test_constants_fill_what_the_card_leaves_blank(db, book, take):  # cli.md 5, --set
    rows_ = wholesale(CARD | {"region": None})
    path = book("card.xlsx", rows_, merges(rows_))
    assert take(path, "--set", "所属业务区=华北", "--set", "备注=x")[0] == 0
    assert rows(db, "SELECT region, note FROM customer") == [("华北", "x")]
    assert take(path, "--set", "客户名称=y")[0] == 2


def test_inspect_shows_cards(book, run):
    path = book("cards.xlsx", *two_cards(SECOND))
    document = json.loads(run("inspect", path, "--json").out)
    (sheet,) = document["summary"]["sheets"]
    assert (sheet["form"], sheet["layout"], sheet["cards"]) == ("wholesale", "card", 2)
    assert sheet["scores"][0]["layout"] == "card"
    fields = {each["cell"]: each["field"] for each in document["rows"] if each["role"] == "value"}
    assert (fields["B3"], fields["B25"]) == ("name", "name")
    assert "甲公司" not in json.dumps(document, ensure_ascii=False)


def test_boxes_are_stored_as_words(db, book, take):  # case 40
    card = [
        ["零售类客户档案"],
        ["填表人", "周八", "所属业务区", "华东", "负责业务员", "张三"],
        ["客户名称", "乙商店", "进货来源", "甲公司"],
        ["经营地址", "人民路1号", "联系手机", "13800138000"],
        ["经营方式", "批发□", "零售☑"],
        ["法人代表", "姓名", "王五", "性别", "男□ 女☑"],
        ["资产状况", "总资产", 100, "自有□ 租赁☑ 合作□ 承包☑"],
    ]
    assert take(book("card.xlsx", card))[0] == 0
    ((extra,),) = rows(db, "SELECT extra FROM customer")
    kept = json.loads(extra)
    assert (kept["trade_mode"], kept["ownership_mode"]) == ('["retail"]', '["leased","contract"]')
    assert rows(db, "SELECT gender FROM contact") == [("female",)]


TITLE = ["表三 公共关系客户档案"]
ABOVE = ["填表人：周八", "所属业务区：华东", None, "负责本区业务员：张三", None, "所属县市：余杭"]
HEADS = [
    ["部门", "部门名称", "单位名称", "联系人", None, None, None, "联系电话", "关系程度", "在本单位影响力"],
    [None, None, None, "姓名", "性别", "职务", "年龄"],
]
PEOPLE = [
    ["职能部门", "工商局", "市工商局", "甲", "男", "科长", 40, "0571-88888888", "密切", "决策者"],
    [None, None, None, "乙", "女", "科员", 30, "0571-88888887", "一般", "小"],
    [None, "税务局", "市税务局", "丙", "男", "科长", 41, "0571-88888886", "认识", "一般"],
    [None, "消协"],
    ["媒体", "报社", "日报", "丁", "女", "记者", 29, "0571-88888885", "密切", "无"],
    [None, "电视台", "市台", "戊", "女", "记者", 28, "0571-88888884", "密切", "无"],
]
UNITS = [("市工商局", "office", 2), ("市税务局", "office", 1), ("市台", "media", 1), ("日报", "media", 1)]
SQL = (
    "SELECT c.name, json_extract(c.extra, '$.org_group'), count(*) FROM customer c "
    "JOIN contact_role r ON r.customer_id = c.id AND r.role = 'pr_contact' GROUP BY c.id ORDER BY c.name"
)


MERGED = [Merge(*m) for m in [(2, 0, 3, 0), (2, 3, 2, 6), (4, 0, 7, 0), (4, 1, 5, 1), (4, 2, 5, 2), (8, 0, 9, 0)]]


def vertical(people):
    return [["\n".join(row[0]) if row[0] else row[0], *row[1:]] for row in people]


def again(people):
    """Page 2 begins with the heading."""
    return [*people[:4], *HEADS, *people[4:]]


@pytest.mark.parametrize(
    ("people", "merged"),
    [(PEOPLE, MERGED), (PEOPLE, ()), (vertical(PEOPLE), ()), (again(PEOPLE), ())],
    ids=["27", "28 plain", "28 vertical", "28 page 2"],
)
def test_units_and_their_people(db, book, take, people, merged):
    path = book("pr.xlsx", [TITLE, ABOVE, *HEADS, *people], merged)
    code, document = take(path)
    assert (code, counts(document), document["summary"]["rows"]) == (0, (4, 4, 0, 0, 0), 5)
    assert sorted(rows(db, SQL)) == sorted(UNITS)
    assert rows(db, "SELECT DISTINCT region, county, owner, filled_by FROM customer") == [
        ("华东", "余杭", "张三", "周八")
    ]
    assert counts(take(path)[1]) == (4, 0, 0, 4, 0)
    assert rows(db, "SELECT count(*) FROM contact") == [(5,)]


def test_heading_over_two_columns(db, book, take):  # case 29
    heads = [["部门", None, *HEADS[0][2:]], HEADS[1]]
    merged = [Merge(2, 0, 3, 1), Merge(2, 3, 2, 6)]
    assert take(book("pr.xlsx", [TITLE, ABOVE, *heads, *PEOPLE], merged))[0] == 0
    assert sorted(rows(db, SQL)) == sorted(UNITS)


def test_rows_that_name_the_group(db, book, take):  # case 30; without them the kind of unit implies it
    heads = [HEADS[0][1:], HEADS[1][1:]]
    people = [["一、职能部门"], *(row[1:] for row in PEOPLE[:3]), ["二、媒体"], *(row[1:] for row in PEOPLE[4:])]
    assert take(book("pr.xlsx", [TITLE, ABOVE, *heads, *people]))[0] == 0
    assert sorted(rows(db, SQL)) == sorted(UNITS)


def test_unit_of_another_group(book, take):  # case 31
    people = [["媒体", *PEOPLE[0][1:]], *PEOPLE[2:3]]
    code, document = take(book("pr.xlsx", [TITLE, ABOVE, *HEADS, *people]))
    assert code == 4
    assert [each["cell"] for each in document["rejects"]] == ["B5", "B6"]


def test_units_without_region_and_owner(book, take):  # case 32
    code, document = take(book("pr.xlsx", [TITLE, *HEADS, *PEOPLE]))
    assert (code, counts(document)) == (4, (4, 0, 0, 0, 4))
    assert sorted(each["field"] for each in document["rejects"]) == ["owner"] * 4 + ["region"] * 4


def test_people_are_found_again(db, book, take):
    """decisions.md 20: by ID number, by name and number, else by name within the unit; new ones come to the others."""
    head = ["部门名称", "单位名称", "姓名", "职务", "联系电话", "联系手机", "身份证号码"]
    number = IDS["legal_rep.id_no"]

    def sheet(*people):
        return [TITLE, ABOVE, head, *(["工商局", "市工商局", *person] for person in people)]

    first = (
        ["甲", "科长", "0571-88888888"],
        ["乙", "科员"],
        ["丙", "科员", None, None, number],
        ["丁", "科员", None, "13800138000"],
    )
    then = (
        ["甲", "处长"],
        ["丙丙", "科员", None, None, number],
        ["丁", "科长", None, "13800138000"],
        ["丁", "科员", None, "13900139000"],
    )
    assert take(book("a.xlsx", sheet(*first)))[0] == 0
    code, document = take(book("b.xlsx", sheet(*then)))
    assert (code, counts(document)) == (0, (1, 0, 1, 0, 0))
    assert rows(db, "SELECT name, title, mobile FROM contact ORDER BY id") == [
        ("甲", "处长", None),
        ("乙", "科员", None),
        ("丙丙", "科员", None),
        ("丁", "科长", "13800138000"),
        ("丁", "科员", "13900139000"),
    ]


def test_slips(db, book, take):  # case 34
    def slip(number, code, product, amount):
        return [
            ["销售单"],
            [f"单号：{number}", None, f"客户：{code}", "日期：2026-01-05"],
            ["品名", "数量", "单价", "金额"],
            [product, 1, amount, amount],
            ["米", 2, 3, 6],
            ["合计", 3, None, amount + 6],
        ]

    assert counts(take(book("one.xlsx", slip("A1", "C1", "茶", 2)), "--create-customers")[1]) == (1, 1, 0, 0, 0)
    both = [*slip("A1", "C1", "茶", 2), [], *slip("A2", "C2", "盐", 4)]
    code, document = take(book("two.xlsx", both), "--create-customers")
    assert (code, counts(document), document["summary"]["skipped_totals"]) == (0, (2, 1, 0, 1, 0), 2)
    assert rows(db, "SELECT order_no, amount FROM sales_order ORDER BY 1") == [("A1", 80000), ("A2", 100000)]
