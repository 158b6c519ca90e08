"""Recognition of table sheets: the cases of forms.md 5 by number, and that no value moves into another field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custcli.domain import forms, layout
from custcli.domain.cells import Merge
from custcli.messages import Message

PERSON = """
[values.kinds]
wholesale = { zh = "批发", en = "Wholesale" }
retail = { zh = "零售", en = "Retail" }
[values.sources]
phone = { zh = "电话", en = "Phone" }
[values.verdicts]
yes = { zh = "有", en = "Yes", also = ["是", "√"] }
no = { zh = "无", en = "No" }
unknown = { zh = "未知", en = "Unknown", also = ["?"] }
[values.letters]
money = { zh = "购买能力", en = "Money" }
authority = { zh = "购买决定权", en = "Authority" }
need = { zh = "需求", en = "Need" }
[values.org_groups]
office = { zh = "职能部门", en = "Office" }
media = { zh = "媒体", en = "Media" }
[values.org_kinds]
trade = { zh = "工商局", en = "Trade office", implies = { org_group = "office" } }
press = { zh = "报社", en = "Press", implies = { org_group = "media" } }
[parts.person]
name = { zh = "姓名", en = "Name", type = "text", pi = "P", mask = "name" }
gender = { zh = "性别", en = "Gender", type = "text", pi = "P" }
id_no = { zh = "身份证号码", en = "ID number", also = ["身份证号"], type = "text", check = "id_card", pi = "S", mask = "id" }
title = { zh = "职务", en = "Title", type = "text", pi = "P" }
age = { zh = "年龄", en = "Age", type = "int", pi = "P" }
mobile = { zh = "手机", en = "Mobile", type = "text", check = "mobile", pi = "P", mask = "phone" }
[base.customer]
table = "customer"
match = [["code"], ["name", "region"]]
[base.customer.fields]
code = { zh = "客户编号", en = "Customer code", also = ["客户代码"], type = "text", pi = "N" }
name = { zh = "客户名称", en = "Customer name", type = "text", required = true, pi = "N" }
kind = { zh = "客户档案类别", en = "Dossier kind", also = ["客户类别"], type = "choice", values = "kinds", pi = "N" }
region = { zh = "所属业务区", en = "Region", type = "text", required = true, pi = "N" }
owner = { zh = "负责业务员", en = "Owner", type = "text", required = true, pi = "P" }
source = { zh = "客户信息来源", en = "Source", type = "choice", values = "sources", pi = "N" }
filled_by = { zh = "填表人", en = "Filled in by", type = "text", default_rule = "user", pi = "P" }
religion = { zh = "宗教信仰", en = "Religion", type = "text", off = true, pi = "S", mask = "hide" }
note = { zh = "备注", en = "Note", type = "text", pi = "P", mask = "hide" }
phone = { zh = "电话", en = "Phone", also = ["联系电话"], type = "text", check = "phone", pi = "P", mask = "phone" }
mobile = { zh = "手机", en = "Mobile", also = ["手机号码"], type = "text", check = "mobile", pi = "P", mask = "phone" }
business_address = { zh = "经营地址", en = "Business address", also = ["地址"], type = "text", pi = "N" }
"""  # noqa: E501 - a field is one line

SALES = """
[groups.legal_rep]
zh = "法人代表"
en = "Legal representative"
also = ["法定代表人"]
table = "contact"
set = { role = "legal_rep" }
alone = "name"
use = "person"
pick = ["name", "gender", "id_no"]
[groups.contact]
zh = "联系人"
en = "Contact"
table = "contact"
set = { role = "contact" }
alone = "name"
use = "person"
pick = ["name", "gender", "mobile"]
[groups.yearly_sales]
zh = "近三年销量"
en = "Sales of three years"
table = "yearly_sales"
key = "year"
keys = "year"
key_labels = ["年度", "年份"]
alone = "amount"
[groups.yearly_sales.fields]
amount = { zh = "金额", en = "Amount", also = ["销售额", "销量(万元)"], type = "money", unit = "万元", min = 0, pi = "B" }
quantity = { zh = "数量", en = "Quantity", type = "decimal", min = 0, pi = "B" }
"""  # noqa: E501 - a field is one line

WHOLESALE = f"""
[form]
name = "wholesale"
zh = "批发类客户档案"
en = "Wholesale dossier"
also = ["表一", "批发客户"]
base = "customer"
set = {{ kind = "wholesale" }}
[fields]
downstream_count = {{ zh = "拥有客户数量", en = "Customers served", type = "int", pi = "B" }}
downstream_note = {{ zh = "拥有客户情况", en = "About the customers served", type = "text", pi = "B" }}
[composites]
downstream = {{ zh = "拥有客户数量及情况", en = "Customers served, number and notes", read = "count_note", into = ["downstream_count", "downstream_note"] }}
{SALES}
"""  # noqa: E501 - a field is one line

RETAIL = f"""
[form]
name = "retail"
zh = "零售类客户档案"
en = "Retail dossier"
also = ["表二", "零售客户"]
base = "customer"
set = {{ kind = "retail" }}
[fields]
supply = {{ zh = "进货来源", en = "Supply", type = "text", pi = "N" }}
{SALES}
"""

OFFICES = """
[form]
name = "pr"
zh = "公共关系客户档案"
en = "Public relations dossier"
also = ["表三"]
table = "entry"
rows = "people"
match = [["unit", "region"]]
[fields]
region = { zh = "所属业务区", en = "Region", type = "text", sheet = true, required = true, pi = "N" }
owner = { zh = "负责本区业务员", en = "Owner", type = "text", sheet = true, required = true, pi = "P" }
org_group = { zh = "部门", en = "Department", type = "choice", values = "org_groups", carry = true, printed = true, next = "org_kind", pi = "N" }
org_kind = { zh = "部门名称", en = "Kind of office", type = "choice", values = "org_kinds", carry = true, printed = true, pi = "N" }
unit = { zh = "单位名称", en = "Unit", type = "text", carry = true, required = true, pi = "N" }
[groups.people]
zh = "联系人"
en = "People"
table = "contact"
many = true
use = "person"
pick = ["name", "gender", "title", "age", "mobile"]
"""  # noqa: E501 - a field is one line

ORDERS = """
[form]
name = "orders"
zh = "交易"
en = "Orders"
also = ["销售单"]
table = "sales_order"
match = [["order_no"]]
rows = "lines"
[fields]
order_no = { zh = "单号", en = "Order number", type = "text", carry = true, sheet = true, pi = "N" }
customer = { zh = "客户编号", en = "Customer code", also = ["客户"], type = "ref", to = "customer", carry = true, sheet = true, pi = "N" }
ordered_on = { zh = "交易日期", en = "Order date", also = ["日期"], type = "date", carry = true, sheet = true, pi = "N" }
quantity = { zh = "数量", en = "Quantity", type = "decimal", pi = "B" }
amount = { zh = "金额", en = "Amount", also = ["金额合计"], type = "money", pi = "B" }
total = { zh = "累计金额", en = "Total so far", type = "money", derived = "total", pi = "B" }
[groups.lines]
zh = "明细"
en = "Line"
table = "order_line"
many = true
[groups.lines.fields]
product = { zh = "品名", en = "Product", type = "text", pi = "N" }
quantity = { zh = "明细数量", en = "Line quantity", type = "decimal", pi = "B" }
unit_price = { zh = "单价", en = "Unit price", type = "money", pi = "B" }
amount = { zh = "明细金额", en = "Line amount", type = "money", pi = "B" }
"""  # noqa: E501 - a field is one line

PROSPECTS = """
[form]
name = "prospects"
zh = "潜在客户信息登记卡片"
en = "Prospect card"
also = ["潜在客户"]
base = "customer"
[fields]
name = { also = ["姓名"] }
[groups.man]
zh = "MAN评定"
en = "MAN"
table = "man_letter"
key = "letter"
keys = "letters"
key_labels = ["条件"]
history = "assessed_on"
alone = "verdict"
[groups.man.fields]
verdict = { zh = "判断", en = "Verdict", type = "choice", values = "verdicts", pi = "B" }
evidence = { zh = "依据", en = "Evidence", type = "text", pi = "B" }
assessed_on = { zh = "评定日期", en = "Assessed on", type = "date", pi = "N" }
"""

FORMS = forms.load(
    [
        ("shared.toml", PERSON),
        ("w.toml", WHOLESALE),
        ("r.toml", RETAIL),
        ("pr.toml", OFFICES),
        ("o.toml", ORDERS),
        ("p.toml", PROSPECTS),
    ],
)


def seen(head, merges=(), name="", only=None):
    return layout.recognise(head, merges, name, FORMS, only=FORMS[only] if only else None)


def table(head, merges=(), name="", only=None):
    found = seen(head, merges, name, only)
    assert found.table, str(found.refused)
    return found.table


def paths(found):
    return {place.index: place.path for place in found.columns}


def records(head, merges=(), name="", only=None):
    """The data rows as path → value, without blanks."""
    found = table(head, merges, name, only)
    rows = layout.Body(found, enumerate(head), merges)
    return [{p.path: v for p in found.places if (v := (row + [None] * 40)[p.index]) is not None} for _, row in rows]


TITLE = ["批发客户一览表"]
HEAD = [
    "客户编号",
    "客户名称",
    "所属业务区",
    "负责业务员",
    "经营地址",
    "电话",
    "手机",
    "法人代表姓名",
    "联系人",
    "2023年金额（万元）",
    "2023年数量",
    "备注",
]
ROW_A = ["C1", "甲公司", "华东", "张三", "一路", "0571-88888888", "13800138000", "王五", "李四", 12.5, 3, "老客户"]
ROW_B = ["C2", "乙公司", "华南", "赵六", "二路", "020-88888888", "13900139000", "孙七", "周八", 8, 1, None]
WANTED = [
    "code", "name", "region", "owner", "business_address", "phone", "mobile", "legal_rep.name", "contact.name",
    "yearly_sales.2023.amount", "yearly_sales.2023.quantity", "note",
]  # fmt: skip


@pytest.mark.parametrize(
    "above",
    [pytest.param([TITLE], id="1"), pytest.param([["甲方有限公司"], ["批发客户一览表"], ["2025年度"], []], id="2")],
)
def test_plain_table(above):
    total = ["合计", *[None] * 8, 20.5, 4, None]
    head = [*above, HEAD, ROW_A, ROW_B, total]
    found = table(head)
    assert (found.form.name, found.heading_row, found.depth) == ("wholesale", len(above), 1)
    assert [place.path for place in found.columns] == WANTED
    assert found.left_over == ()
    body = layout.Body(found, enumerate(head))
    assert list(body) == [(len(above) + 1, ROW_A), (len(above) + 2, ROW_B)]
    assert (body.rows, body.skipped_totals) == (2, 1)


@pytest.mark.parametrize(
    ("heading", "path", "unit"),
    [  # forms.md 5, cases 3 and 4, and 3.1
        ("客 户 名 称", "name", None),
        ("所属\n业务区", "region", None),
        ("负责业务员：", "owner", None),
        ("手　机", "mobile", None),
        ("客户名称*", "name", None),
        ("*客户名称（必填）", "name", None),
        ("客户名称/Customer name", "name", None),
        ("客户名称 Customer name", "name", None),
        ("客户名称（Customer name）", "name", None),
        ("customer_name", "name", None),
        ("business_address", "business_address", None),
        ("法人代表身份证号码*", "legal_rep.id_no", None),
        ("法人代表-姓名", "legal_rep.name", None),
        ("姓名（联系人）", "contact.name", None),
        ("legal_rep.name", "legal_rep.name", None),
        ("2023年金额（万元）", "yearly_sales.2023.amount", 10_000),
        ("2024年金额(元)", "yearly_sales.2024.amount", 1),
        ("2025年 金额", "yearly_sales.2025.amount", None),
        ("金额(2023年)", "yearly_sales.2023.amount", None),
        ("2023年度销售额【千元】", "yearly_sales.2023.amount", 1000),
        ("2023年销量（万元）", "yearly_sales.2023.amount", 10_000),
        ("2023年", "yearly_sales.2023.amount", None),
        ("yearly_sales.2025.amount", "yearly_sales.2025.amount", None),
        ("2023年数量（万件）", "yearly_sales.2023.quantity", 10_000),
        ("2023年数量（件）", "yearly_sales.2023.quantity", None),
    ],
)
def test_headings(heading, path, unit):
    found = table([TITLE, ["客户编号", "备注", heading], ["C1", "x", "y"]])
    place = found.columns[-1]
    assert (place.index, place.path, place.unit, place.heading) == (2, path, unit, heading)


@pytest.mark.parametrize(
    "heading",
    [
        "客户口碑",
        "财务负责人手机",
        "前客户名称",
        "年金额",
        "12",
        "2023",
        "法人代表手机",
        "联系人身份证号码",
        "客户名称/电话号",
        "说明书",
    ],
)
def test_unknown_headings_are_left_over(heading):
    found = table([TITLE, ["客户编号", "客户名称", heading], ["C1", "x", "y"], ["C2", "x", "y"]])
    assert [place.path for place in found.columns] == ["code", "name"]
    assert [left.text for left in found.left_over] == [heading]


def problems(found):
    return {column: str(reason) for _, column, reason in found.problems}


@pytest.mark.parametrize(
    ("heading", "reason"),
    [  # forms.md 5, cases 9 and 21 (a year not named), 3.1
        ("姓名", "contact.name or legal_rep.name"),
        ("金额", "which year?"),
        ("去年金额", "which year?"),
        ("2023年金额（美元）", "currency"),
        ("客户编号", "another column"),
    ],
)
def test_doubtful_headings_are_problems(heading, reason):
    found = table([TITLE, ["客户编号", "客户名称", "备注", heading], ["C1", "x", "y", "z"]])
    assert reason in problems(found)[3]
    assert 3 not in paths(found)


@pytest.mark.parametrize("line", [["批发客户一览表（单位：元）"], ["单位：元"], [None, None, "金额单位：人民币元"]])
def test_unit_of_the_sheet(line):  # case 6
    found = table([TITLE, line, [*HEAD[:9], "2023年金额", "2024年金额（万元）"], ROW_A])
    assert [place.unit for place in found.columns][9:] == [1, 10_000]


TWO = [
    TITLE,
    ["客户名称", "联系人", None, "法人代表", None, "备注"],
    [None, "姓名", "手机", "姓名", "身份证号码", None],
    ["甲", "李四", "13800138000", "王五", "330106198001011234", "x"],
]
TWO_MERGES = (Merge(1, 0, 2, 0), Merge(1, 1, 1, 2), Merge(1, 3, 1, 4), Merge(1, 5, 2, 5))


@pytest.mark.parametrize("merges", [TWO_MERGES, ()], ids=["merged", "csv"])
def test_two_heading_rows(merges):  # case 7
    found = table(TWO, merges)
    assert (found.heading_row, found.depth) == (1, 2)
    assert list(paths(found).values()) == [
        "name",
        "contact.name",
        "contact.mobile",
        "legal_rep.name",
        "legal_rep.id_no",
        "note",
    ]
    assert found.left_over == ()


def test_unknown_group_heading_keeps_its_columns_out():
    head = [
        TITLE,
        ["客户名称", "财务负责人", None, "法人代表", None],
        [None, "姓名", "手机", "姓名", "身份证号码"],
        ["甲", "a", "b", "c", "d"],
    ]
    found = table(head, (Merge(1, 0, 2, 0), Merge(1, 1, 1, 2), Merge(1, 3, 1, 4)))
    assert list(paths(found).values()) == ["name", "legal_rep.name", "legal_rep.id_no"]
    assert [left.text for left in found.left_over] == ["财务负责人→姓名", "财务负责人→手机"]


@pytest.mark.parametrize("merged", [True, False])
def test_three_heading_rows(merged):  # case 8
    head = [
        TITLE,
        ["客户名称", "近三年销量（万元）", None, None, None, None, None, "备注"],
        [None, "金额", None, None, "数量", None, None, None],
        [None, 2023, 2024, 2025, 2023, 2024, 2025, None],
        ["甲", 1, 2, 3, 4, 5, 6, "x"],
    ]
    merges = (
        (Merge(1, 0, 3, 0), Merge(1, 1, 1, 6), Merge(2, 1, 2, 3), Merge(2, 4, 2, 6), Merge(1, 7, 3, 7))
        if merged
        else ()
    )
    found = table(head, merges)
    assert found.depth == 3
    wanted = [f"yearly_sales.{year}.{key}" for key in ("amount", "quantity") for year in (2023, 2024, 2025)]
    assert list(paths(found).values()) == ["name", *wanted, "note"]
    assert {place.unit for place in found.columns if place.path.endswith("amount")} == {10_000}


def test_other_order_and_unknown_headings():  # case 10
    head = [TITLE, ["序号", "备注", "客户口碑", "客户名称", "所属业务区"], [1, "x", "好", "甲", "华东"]]
    assert records(head) == [{"note": "x", "name": "甲", "region": "华东"}]
    assert [(left.column, left.text) for left in table(head).left_over] == [(0, "序号"), (2, "客户口碑")]


def test_column_without_heading():  # case 11
    found = table(
        [TITLE, ["客户名称", None, "所属业务区", "备注"], ["甲", None, "华东", "x"], ["乙", "秘密", "华南", "y"]]
    )
    assert found.left_over == (layout.LeftOver(3, 1, ""),)


@pytest.mark.parametrize(
    "line",
    [
        ["所属业务区：华东　负责业务员：张三"],
        ["所属业务区:华东负责业务员:张三"],
        ["所属业务区：", "华东", None, "负责业务员", "张三"],
        ["所属业务区：华东", "负责业务员：", "张三"],
    ],
)
def test_pairs_above_the_heading(line):  # case 12
    head = [TITLE, line, ["客户编号", "客户名称", "备注"], ["C1", "甲", "x"], ["C2", "乙"]]
    both = {"region": "华东", "owner": "张三"}
    assert records(head) == [{"code": "C1", "name": "甲", "note": "x"} | both, {"code": "C2", "name": "乙"} | both]
    assert table(head).left_over == ()


def test_group_of_pairs_above_the_heading():  # 3.1: a label behind a group's label belongs to that group
    head = [TITLE, ["法人代表：王五　性别：男　身份证号码：1"], ["客户编号", "客户名称", "备注"], ["C1", "甲", "x"]]
    assert records(head) == [
        {
            "code": "C1",
            "name": "甲",
            "note": "x",
            "legal_rep.name": "王五",
            "legal_rep.gender": "男",
            "legal_rep.id_no": "1",
        }
    ]


def test_words_beside_values_above_are_left_over():  # 3.6
    found = table([TITLE, ["填表人", "周八", "急"], ["客户编号", "客户名称", "备注"], ["C1", "甲", "x"]])
    assert found.left_over == (layout.LeftOver(1, 2, "急"),)
    assert [(place.path, value, row, column) for place, value, row, column in found.fixed] == [
        ("filled_by", "周八", 1, 1)
    ]


EQUAL = ["客户名称", "所属业务区", "负责业务员", "经营地址", "电话"]


def test_two_forms_fit_equally():  # case 13
    found = seen([EQUAL, ["甲", "a", "b", "c", "d"]])
    assert found.table is None
    assert "--as retail" in str(found.refused)
    assert "--as wholesale" in str(found.refused)
    assert [score.form for score in found.scores][:2] == ["prospects", "retail"]


def test_family_row_by_row():  # case 14
    found = table([[*EQUAL, "客户类别"], ["甲", "a", "b", "c", "d", "批发"], ["乙", "a", "b", "c", "d", "零售"]])
    assert found.kind == 5
    assert {word: one.form.name for word, one in found.kinds.items()} == {"wholesale": "wholesale", "retail": "retail"}
    assert all([place.path for place in one.columns] == list(paths(found).values()) for one in found.kinds.values())


def test_title_sheet_name_and_as_decide():
    assert table([["零售客户名册"], EQUAL, ["甲", "a", "b", "c", "d"]]).form.name == "retail"
    assert table([EQUAL, ["甲", "a", "b", "c", "d"]], name="批发客户").form.name == "wholesale"
    assert table([EQUAL, ["甲", "a", "b", "c", "d"]], only="retail").form.name == "retail"


@pytest.mark.parametrize("row", [["甲", "138"], [None, "138"]], ids=["whole", "without its first cell"])
def test_two_labels_over_one_row_are_a_table(row):
    """3.2 asks for three columns or two rows, lest a card be taken for one; here no cell could be a card's value."""
    found = seen([["客户名称", "手机"], row], only="wholesale")
    assert found.cards is None
    assert paths(found.table) == {0: "name", 1: "mobile"}


def test_values_that_look_like_labels():  # case 25
    head = [
        TITLE,
        ["客户名称", "客户信息来源", "备注"],
        ["联系人", "电话", "合计"],
        ["合计商行", "电话", "电话：下午打"],
        ["电话", "电话", "注：无"],
    ]
    assert [list(one.values()) for one in records(head)] == head[2:]


PR_HEAD = [["表三 公共关系客户档案"], ["所属业务区：华东", "负责本区业务员：张三"]]
PR_LABELS = ["部门", "部门名称", "单位名称", "姓名", "职务", "年龄"]


def units(found):
    return [(one.get("org_group"), one.get("org_kind"), one.get("unit"), one.get("people.name")) for one in found]


PEOPLE = [
    ("职能部门", "工商局", "市工商局", "甲"),
    ("职能部门", "工商局", "市工商局", "乙"),
    ("职能部门", "税务局", "市税务局", "丙"),
    ("媒体", "报社", "日报", "丁"),
]


@pytest.mark.parametrize("vertical", [False, True])
def test_carried_groups(vertical):  # cases 27 and 28
    group = "职\n能\n部\n门" if vertical else "职能部门"
    rows = [
        [group, "工商局", "市工商局", "甲", "科长", 40],
        [None, None, None, "乙", "科员", 30],
        [None, "税务局", "市税务局", "丙", "科长", 41],
        [None, "消协"],
        PR_LABELS,
        ["媒体", "报社", "日报", "丁", "记者", 29],
        [None, "电视台"],
    ]
    head = [*PR_HEAD, PR_LABELS, *rows]
    found = records(head)
    assert [(g.replace("\n", ""), *rest) for g, *rest in units(found)] == [tuple(p) for p in PEOPLE]
    assert {one["region"] for one in found} == {"华东"}
    body = layout.Body(table(head), enumerate(head))
    assert len(list(body)) == 4
    assert (body.empty, body.skipped_headings) == (2, 1)


def test_heading_merged_over_two_columns():  # case 29
    head = [
        *PR_HEAD,
        ["部门", None, "单位名称", "联系人", None, None],
        [None, None, None, "姓名", "职务", "年龄"],
        ["媒体", "报社", "日报", "丁", "记者", 29],
    ]
    found = table(head, (Merge(2, 0, 3, 1), Merge(2, 2, 3, 2), Merge(2, 3, 2, 5)))
    assert list(paths(found).values()) == ["org_group", "org_kind", "unit", "people.name", "people.title", "people.age"]


def test_section_rows():  # case 30
    head = [
        *PR_HEAD,
        PR_LABELS[1:],
        ["一、职能部门"],
        ["工商局", "市工商局", "甲"],
        ["二、媒体"],
        ["报社", "日报", "丁"],
    ]
    assert units(records(head)) == [PEOPLE[0], PEOPLE[3]]


def test_lines_of_orders():  # case 33
    head = [
        ["单号", "客户编号", "交易日期", "品名", "数量", "单价", "金额", "金额合计"],
        ["A1", "C1", "2024-01-01", "茶", 1, 2, 2, 8],
        [None, None, None, "米", 2, 3, 6],
        ["A2", None, "2024-01-02", "米", 2, 3, 6, 6],
        ["合计", None, None, None, 5, None, 14, 14],
    ]
    found = records(head)
    assert list(paths(table(head)).values())[3:] == [
        "lines.product",
        "lines.quantity",
        "lines.unit_price",
        "lines.amount",
        "amount",
    ]
    assert [(one["order_no"], one.get("customer"), one["lines.product"]) for one in found] == [
        ("A1", "C1", "茶"),
        ("A1", "C1", "米"),
        ("A2", None, "米"),
    ]


def test_bare_amount_is_the_orders_without_lines():
    assert [
        p.path
        for p in table([["单号", "客户编号", "交易日期", "数量", "金额"], ["A1", "C1", "2024-01-01", 1, 2]]).columns
    ][3:] == ["quantity", "amount"]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (["单号", "品名", "数量", "金额"], ["order_no", "lines.product", "lines.quantity", "lines.amount"]),
        (["单号", "品名", "金额", "明细金额"], ["order_no", "lines.product", "amount", "lines.amount"]),
        (["明细金额", "单号", "品名", "金额"], ["lines.amount", "order_no", "lines.product", "amount"]),
        (["order_no", "amount", "lines.product"], ["order_no", "amount", "lines.product"]),  # keys, as in csv
    ],
)
def test_a_bare_amount_beside_lines_is_the_lines_unless_those_are_named(heading, expected):
    assert [place.path for place in table([heading, ["A1", 1, 2, 3]], only="orders").columns] == expected


def test_pairs_merged_above_a_heading_of_two_rows_are_no_heading():
    """表三 as on paper: 所属业务区：华东 goes over several columns, as the group's label below it does."""
    head = [
        ["填表人：周八", None, "所属业务区：华东", None, None, "负责本区业务员：张三", None],
        ["部门名称", "单位名称", "联系人", None, None, None, "备注"],
        [None, None, "姓名", "性别", "职务", "年龄", None],
        ["报社", "日报", "丁", "女", "记者", 29, None],
    ]
    merged = [
        Merge(*one) for one in [(0, 0, 0, 1), (0, 2, 0, 4), (0, 5, 0, 6), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 5)]
    ]
    (found,) = records(head, merged)
    assert (found["region"], found["owner"], found["unit"], found["people.age"]) == ("华东", "张三", "日报", 29)


def test_two_slips_on_a_sheet():  # case 34
    slip = [
        ["销售单"],
        ["单号：A1", None, "客户：C1", "日期：2024-01-01"],
        ["品名", "数量", "单价", "金额"],
        ["茶", 1, 2, 2],
        ["合计", 1, None, 2],
    ]
    second = [["销售单"], ["单号：A2", None, "客户：C2"], *slip[2:4], ["米", 2, 2, 4], slip[4]]
    head = [*slip, [], *second]
    assert [
        (one["order_no"], one["customer"], one.get("ordered_on"), one["lines.product"]) for one in records(head)
    ] == [
        ("A1", "C1", "2024-01-01", "茶"),
        ("A2", "C2", None, "茶"),
        ("A2", "C2", None, "米"),
    ]
    body = layout.Body(table(head), enumerate(head))
    list(body)
    assert (body.skipped_totals, body.skipped_headings) == (2, 1)
    assert (7, 0) in body.origins.values()


def test_letters_of_a_prospect():  # case 36
    head = [
        ["姓名", "购买能力", "购买决定权", "需求", "需求依据", "评定日期"],
        ["甲", "有", "无", "?", "因", "2026-01-01"],
    ]
    assert list(paths(table(head)).values()) == [
        "name",
        "man.money.verdict",
        "man.authority.verdict",
        "man.need.verdict",
        "man.need.evidence",
        "man.*.assessed_on",
    ]


def test_column_of_keys_makes_each_row_an_element():  # 3.2, key_labels
    found = table([TITLE, ["客户编号", "年度", "金额（万元）", "数量"], ["C1", 2023, 1, 2], ["C1", "2024年", 1, 2]])
    assert found.element == "yearly_sales"
    assert list(paths(found).values()) == ["code", "yearly_sales.year", "yearly_sales.amount", "yearly_sales.quantity"]
    assert found.problems == ()


def test_field_switched_off_and_derived_are_not_taken():  # case 41
    found = table([TITLE, ["客户编号", "客户名称", "备注", "宗教信仰"], ["C1", "x", "y", "z"]])
    assert [place.path for place in found.not_taken] == ["religion"]
    assert 3 not in paths(found)
    assert found.left_over == ()


@pytest.mark.parametrize(
    "head",
    [
        [["会议纪要"], ["时间", "2024-01-01"], ["参会人员讨论了部门预算。"]],
        [["部门", "一季度", "二季度", "合计"], ["销售", 1, 2, 3], ["生产", 1, 2, 3]],
        [["金额", "数量", "产量", "日耗", "库存", "周转"], [1, 2, 3, 4, 5, 6]],
        [["abc"]],
    ],
)
def test_other_sheets_are_refused(head):  # case 44
    found = seen(head)
    assert found.table is None
    assert isinstance(found.refused, Message)


def test_empty_sheet():
    assert seen([[], [None, " "]]).empty


def test_card_is_not_read_as_a_table():
    head = [
        ["批发类客户档案"],
        ["填表人", "周八", "所属业务区", "华东", "负责业务员", "张三"],
        ["客户名称", "甲公司", "客户编号", "C1"],
        ["经营地址", "一路"],
        ["电话", "0571-88888888", "手机", "13800138000"],
    ]
    assert seen(head).table is None


def test_second_table_below_is_a_problem():
    head = [TITLE, HEAD[:5], ROW_A[:5], [], ["客户名称", "电话", "手机", "备注"], ["甲公司", "1", "2", "3"]]
    found = table(head)
    body = layout.Body(found, enumerate(head))
    assert [number for number, _ in body] == [2]
    assert [(row, column) for row, column, _ in body.problems] == [(4, 0)]


@pytest.mark.parametrize(
    ("row", "counter"),
    [
        ([" 合 计 ", None, 3], "skipped_totals"),
        (["总计：", None, "1,234.50"], "skipped_totals"),
        ([None, "小计", "12万"], "skipped_totals"),
        (["Total", None, 5], "skipped_totals"),
        (["合计", "2户", "共3笔"], "skipped_totals"),
        (["注：本表由销售部填写"], "notes"),
        (["说明：a"], "notes"),
        (HEAD[:5], "skipped_headings"),
        ([], None),
        (["  ", None], None),
    ],
)
def test_rows_that_are_no_data(row, counter):
    head = [TITLE, HEAD[:5], ROW_A[:5], row, ROW_B[:5]]
    body = layout.Body(table(head), enumerate(head))
    assert [number for number, _ in body] == [2, 4]
    assert counter is None or getattr(body, counter) == 1


def test_merged_values_in_data_rows_are_counted():  # decisions.md 13
    head = [TITLE, HEAD[:5], ROW_A[:5], ["C2", "乙"]]
    merges = (Merge(2, 2, 3, 2),)
    body = layout.Body(table(head, merges), enumerate(head), merges)
    assert list(body)[1] == (3, ["C2", "乙"])
    assert body.unfilled == 1


def test_values_right_of_everything_are_left_over():
    head = [TITLE, HEAD[:5], ROW_A[:5]]
    body = layout.Body(table(head), [(2, [*ROW_A[:5], None, "x"])])
    list(body)
    assert body.left_over == [layout.LeftOver(2, 6, "")]


@pytest.mark.parametrize(
    ("text", "path", "unit"),
    [  # cli.md 4
        ("客户名称", "name", None),
        ("法人代表姓名", "legal_rep.name", None),
        ("legal_rep.name", "legal_rep.name", None),
        ("2025年金额", "yearly_sales.2025.amount", 10_000),
        ("2025年金额(元)", "yearly_sales.2025.amount", 1),
        ("yearly_sales.2025.amount", "yearly_sales.2025.amount", 10_000),
        ("Region", "region", None),
    ],
)
def test_place(text, path, unit):
    found = layout.place(FORMS["wholesale"], text)
    assert isinstance(found, layout.Placed)
    assert (found.path, found.unit) == (path, unit)


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        ("wholesale", "客户名", "客户名称"),
        ("wholesale", "姓名", "contact.name or legal_rep.name"),
        ("wholesale", "金额", "which year?"),
        ("wholesale", "religion", "switched off"),
        ("orders", "累计金额", "computed"),
        ("wholesale", "拥有客户数量及情况", "About the customers served"),
    ],
)
def test_place_refused(form, text, said):
    found = layout.place(FORMS[form], text)
    assert isinstance(found, Message)
    assert said in str(found)


def test_letters_on_the_command_line():
    assert layout.place(FORMS["prospects"], "需求").path == "man.need.verdict"
    assert layout.place(FORMS["prospects"], "man.need.evidence").path == "man.need.evidence"


KNOWN = dict(zip(WANTED, HEAD, strict=True))
UNKNOWN = ["序号", "客户口碑", "星级", "QQ群", "x1", "财务负责人手机", "上级姓名", None]


@settings(max_examples=150, deadline=None)
@given(
    order=st.permutations(WANTED),
    keep=st.integers(min_value=4, max_value=len(WANTED)),
    extra=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(UNKNOWN)), max_size=3),
    above=st.lists(st.sampled_from([["甲公司"], [], ["2024年"], ["单位：元"]]), max_size=3),
)
def test_no_value_ever_moves(order, keep, extra, above):
    """Columns in any order, some missing, strange ones between: a value is in its own field or in none."""
    columns = [(KNOWN[path], f"value of {path}") for path in order[:keep]]
    for at, heading in extra:
        columns.insert(at, (heading, "strange"))
    head = [TITLE, *above, [heading for heading, _ in columns], [value for _, value in columns]]
    found = seen(head)
    if found.table is None:
        return
    (record,) = records(head)
    assert record == {path: f"value of {path}" for path in order[:keep]}


def test_kinds_of_rows():  # case 14: nothing is read as another form, nothing of a row is lost in silence
    head = [
        [*EQUAL, "客户类别", "进货来源"],
        ["甲", "a", "b", "c", "d", "批发", "x"],
        ["乙", "a", "b", "c", "d", "零售客户", "y"],
        ["丙", "a", "b", "c", "d", None, "z"],
        ["丁", "a", "b", "c", "d", "零售", "y"],
    ]
    found = table(head)
    body = layout.Body(found, enumerate(head))
    assert [(number, found.word(row)) for number, row in body] == [(1, "wholesale"), (2, ""), (4, "retail")]
    assert [(row, column) for row, column, _ in body.problems] == [(3, 5)]
    assert body.left_over == [layout.LeftOver(1, 6, "")]  # 进货来源 is no field of a wholesale customer


@pytest.mark.parametrize("heading", ["2023年金额/万元", "2023年金额\n万元", "2023年金额\n（万元）"])
def test_unit_without_brackets(heading):
    assert table([TITLE, ["客户编号", "备注", heading], ["C1", "x", 1]]).columns[2].unit == 10_000


def test_pair_with_a_unit_and_composite_above():
    found = table(
        [
            TITLE,
            ["2023年金额（万元）：12", "拥有客户数量及情况：3家，小店"],
            ["客户编号", "客户名称", "备注"],
            ["C1", "x", "y"],
        ]
    )
    assert [(place.path, place.unit, value) for place, value, *_ in found.fixed] == [
        ("yearly_sales.2023.amount", 10_000, "12"),
        ("downstream_count", None, "3家，小店"),
        ("downstream_note", None, "3家，小店"),
    ]


@pytest.mark.parametrize("label", [None, "电话", "财务", "备注2"])
@pytest.mark.parametrize("at", [(1, 1), (2, 1), (2, 2)])
def test_renamed_group_never_gives_its_columns_away(at, label):  # case 45: 手机 of a person is not the customer's
    head = [list(row) for row in TWO]
    head[at[0]][at[1]] = label
    found = seen(head, TWO_MERGES).table
    wanted = {0: "name", 1: "contact.name", 2: "contact.mobile", 3: "legal_rep.name", 4: "legal_rep.id_no", 5: "note"}
    assert found is not None
    assert all(wanted[index] == path for index, path in paths(found).items() if (2, index) != at)
