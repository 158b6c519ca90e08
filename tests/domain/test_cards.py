"""Cards: the cases of forms.md 5 by number with the built-in forms, and that no value ever moves into another field."""

from importlib import resources

import pytest
from tests.domain.cards import LABELS, ONE, TWO, YEARS, beside, merges, wholesale

from custcli.domain import forms, layout
from custcli.domain.cells import Fault, Merge
from custcli.messages import message


def loaded():
    folder = resources.files("custcli").joinpath("forms")
    texts = [(item.name, item.read_text(encoding="utf-8")) for item in folder.iterdir() if item.name.endswith(".toml")]
    return forms.load(sorted(texts))


FORMS = loaded()


def seen(head, merged=(), name="", only=None):
    return layout.recognise(head, merged, name, FORMS, only=FORMS[only] if only else None)


def cards(head, merged=(), name="", only=None):
    found = seen(head, merged, name, only)
    assert found.cards, (str(found.refused), found.scores)
    return found.cards


def stated(card):
    return {path: value for path, (_, value, *_) in card.values.items() if value is not None}


def records(head, merged=(), **how):
    return [stated(card) for card in cards(head, merged, **how).records]


def left(found):
    return [one.text for card in found.cards for one in card.left_over]


def problems(found):
    return [str(reason) for card in found.cards for *_, reason in card.problems]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "plain"])
def test_two_cards_below_each_other(merged):  # case 15
    one, two = wholesale(ONE), wholesale(TWO)
    head = [*one, [], *two]
    found = cards(head, (*merges(one), *merges(two, len(one) + 1)) if merged else ())
    assert found.form.name == "wholesale"
    assert [stated(card) for card in found.cards] == [ONE, TWO]
    assert (left(found), problems(found)) == ([], [])
    assert found.cards[1].values["name"][2:] == (len(one) + 3, 1)


@pytest.mark.parametrize("layout_", ["beside", "beside without title", "blank row", "no blank row"])
def test_two_cards_on_a_sheet(layout_):  # case 16
    titles = {"title": "批发类客户档案" if layout_ == "beside" else None}
    one, two = wholesale(ONE, **titles), wholesale(TWO, **titles)
    between = [[]] if layout_ == "blank row" else []
    head = beside(one, two) if "beside" in layout_ else [*one, *between, *two]
    merged = merges(one) + (merges(two, 0, 8) if "beside" in layout_ else merges(two, len(one) + len(between)))
    found = cards(head, merged)
    assert [stated(card) for card in found.cards] == [ONE, TWO]
    assert (left(found), problems(found)) == ([], [])


def changed(rows, change):
    return [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


LABEL_TEXTS = {cell for row in wholesale({}) for cell in row if cell}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"{text}：" if text in LABEL_TEXTS else text,
        lambda text: " ".join(text) if text in LABEL_TEXTS and "（" not in text else text,
        lambda text: f"{text[:1]}　{text[1:]}" if text in LABEL_TEXTS else text,
    ],
)
def test_labels_with_colons_and_blanks(change):  # case 17
    rows = wholesale()
    assert records([rows[0], *changed(rows[1:], change)], merges(rows)) == [ONE]


def test_label_and_value_in_one_cell():  # case 17
    rows = wholesale()
    rows[1] = ["填表人：周八", None, "所属业务区：华东　负责业务员：张三"]
    rows[3] = ["经营地址:人民路1号"]
    assert records(rows) == [ONE]
    assert cards(rows).cards[0].values["owner"][2:] == (1, 2)


def test_no_legal_representative():  # case 18
    one, two = wholesale(ONE, legal_rep=False), wholesale(TWO, legal_rep=False)
    wanted = [{path: value for path, value in each.items() if "legal_rep" not in path} for each in (ONE, TWO)]
    assert records([*one, [], *two], (*merges(one), *merges(two, len(one) + 1))) == wanted


@pytest.mark.parametrize("years", [(2023, 2024, 2025), ("2023", "2024", "2025"), ("2023年度", "2024年度", "2025年度")])
def test_numbers_of_years(years):  # case 19: the quantity 2023 of the year 2024 stays a value
    rows = wholesale(years=years)
    assert records(rows, merges(rows)) == [ONE]


def without_sales(rows, block):
    """The card with another block of sales."""
    at = next(number for number, row in enumerate(rows) if row[0] == "近三年销量")
    return [*rows[:at], *block, *rows[at + 5 :]]


@pytest.mark.parametrize("number", [True, False])
def test_years_down_the_side(number):  # case 20
    keys = ("amount", "quantity", "dead_amount", "consigned_amount")
    years = (2023, 2024, 2025) if number else YEARS
    block = [["近三年销量", "年度", *LABELS]]
    block += [[None, year, *(ONE[f"yearly_sales.{str(year)[:4]}.{key}"] for key in keys)] for year in years]
    assert records(without_sales(wholesale(), block)) == [ONE]


def test_years_not_named():  # case 21
    found = cards(wholesale(years=("前年", "去年", "今年")))
    assert [text.rpartition(": ")[2] for text in problems(found)] == ["which year?"] * 4
    assert not any("yearly_sales" in path for path in stated(found.cards[0]))


def test_year_over_its_fields():  # case 22
    block = [
        ["近三年销量", "2023年", None, "2024年", None],
        [None, "金额", "数量", "金额", "数量"],
        [None, 12.5, 100, 13, 2023],
    ]
    merged = (Merge(0, 0, 2, 0), Merge(0, 1, 0, 2), Merge(0, 3, 0, 4))
    head = without_sales(wholesale(), block)
    at = head.index(block[0])
    moved = tuple(Merge(m.top + at, m.left, m.bottom + at, m.right) for m in merged)
    wanted = {path: value for path, value in ONE.items() if "yearly_sales" not in path}
    years = {
        f"yearly_sales.{year}.{key}": ONE[f"yearly_sales.{year}.{key}"]
        for year in (2023, 2024)
        for key in ("amount", "quantity")
    }
    assert records(head, moved) == [wanted | years]


@pytest.mark.parametrize(
    "block",
    [
        [["近三年销量", "2023年", "金额", 12.5, "数量", 100], [None, "2024年", "金额", 13, "数量", 2023]],
        [["2023年金额", 12.5, "2023年数量", 100], ["2024年金额", 13, "2024年数量", 2023]],
        [["金额(2023年)", "2023年数量", "2024年金额", "2024年数量"], [12.5, 100, 13, 2023]],
    ],
)
def test_key_label_and_value_in_a_row(block):  # 3.3
    sold = {
        path: value
        for path, value in stated(cards(without_sales(wholesale(), block)).cards[0]).items()
        if "sales" in path
    }
    assert sold == {
        "yearly_sales.2023.amount": 12.5,
        "yearly_sales.2023.quantity": 100,
        "yearly_sales.2024.amount": 13,
        "yearly_sales.2024.quantity": 2023,
    }


@pytest.mark.parametrize(
    "block", [[["近三年销量", *YEARS], [None, 12.5, 13, 14]], [["2023年", 12.5, "2024年", 13, "2025年", 14]]]
)
def test_year_alone_means_the_amount(block):  # 3.3
    head = without_sales(wholesale(), block)
    at = head.index(block[0])
    sold = {
        path: value
        for path, value in stated(cards(head, (Merge(at, 0, at + len(block) - 1, 0),)).cards[0]).items()
        if "sales" in path
    }
    assert sold == {f"yearly_sales.{year}.amount": value for year, value in ((2023, 12.5), (2024, 13), (2025, 14))}


def test_person_in_one_cell():  # case 23
    rows = wholesale()
    at = rows.index(["法人代表", "姓名", "王五", "性别", "男"])
    rows[at : at + 2] = [["法人代表：王五　性别：男　身份证号码：330106198001011234"]]
    assert records(rows) == [ONE]


PERSON = {path: value for path, value in ONE.items() if path.startswith("legal_rep")}


@pytest.mark.parametrize(
    ("block", "at"),
    [
        ([["法人代表", "姓名", None, "身份证号码"], [None, "王五", "男", "330106198001011234"]], (1, 2)),
        ([["法人代表", "姓名", "王五", None, "男"], [None, "身份证号码", "330106198001011234"]], (0, 4)),
    ],
    ids=["below", "right"],
)
@pytest.mark.parametrize("merged", [True, False])
def test_label_blanked_in_a_group(block, at, merged):  # case 24
    rows = wholesale()
    first = rows.index(["法人代表", "姓名", "王五", "性别", "男"])
    rows[first : first + 2] = block
    found = cards(rows, (Merge(first, 0, first + 1, 0),) if merged else ())
    (card,) = found.cards
    assert stated(card) == {path: value for path, value in ONE.items() if path != "legal_rep.gender"}
    assert [(row - first, column) for row, column, _ in card.problems] == [at]


def test_values_that_look_like_labels():  # case 25
    rows = wholesale()
    rows += [["备注", "电话：下午打"], ["客户信息来源", "电话"]]
    rows[rows.index(["法人代表", "姓名", "王五", "性别", "男"])] = [
        "法人代表",
        "姓名",
        "王五",
        "职务X",
        "经理",
        "性别",
        "男",
    ]
    found = cards(rows)
    card = stated(found.cards[0])
    assert (card["note"], card["source_channel"], card["phone"]) == ("电话：下午打", "电话", ONE["phone"])
    assert set(left(found)) == {"职务X", "经理", "性别", "男"}  # 经理 could be the label of a group


def test_role_right_of_a_title():  # case 25: 经理 is a group of the form, but here a person's title
    rows = wholesale()
    at = rows.index(["联系人", "姓名", "李四", "性别", "女"])
    rows[at] = ["联系人", "姓名", "李四", "职务", "经理", "性别", "女"]
    assert records(rows) == [ONE | {"contact.title": "经理"}]


@pytest.mark.parametrize("years", [YEARS, (2023, 2024, 2025)])
@pytest.mark.parametrize("merged", [True, False])
def test_empty_card(merged, years):  # case 26
    rows = wholesale({}, years=years)
    found = cards(rows, merges(rows) if merged else ())
    assert found.form.name == "wholesale"
    assert found.records == []
    assert left(found) == []


MAN = {
    "man.money.verdict": "有",
    "man.authority.verdict": "无",
    "man.need.verdict": "?",
    "man.need.evidence": "年底扩产",
    "man.need.assessed_on": "2026-01-05",
}


@pytest.mark.parametrize("merged", [True, False])
def test_prospect_card(merged):  # case 37
    head = [
        ["潜在客户信息登记卡片"],
        ["姓名/名称", "东方印染厂", "性别", "男", "年龄", 40],
        ["联系方式", "13800138000", "客户信息来源", "电话"],
        ["地址", "人民路1号"],
        ["客户条件", "判断", "依据", "评定日期"],
        ["购买能力", "有"],
        ["购买决定权", "无"],
        ["需求", "?", "年底扩产", "2026-01-05"],
        ["预计购买时间", "2026-03-01", "意向产品", "茶叶"],
    ]
    found = cards(head, (Merge(3, 1, 3, 5), Merge(0, 0, 0, 5)) if merged else ())
    assert found.form.name == "prospects"
    assert stated(found.cards[0]) == MAN | {
        "name": "东方印染厂",
        "card.gender": "男",
        "card.age": 40,
        "phone": "13800138000",
        "source_channel": "电话",
        "card.address": "人民路1号",
        "card.expected_close": "2026-03-01",
        "card.interest": "茶叶",
    }
    assert (left(found), problems(found)) == ([], [])


def test_letters_without_fields():  # case 36 on a card
    letters = ["购买能力", "有", "购买决定权", "无", "需求", "?"]
    rows = [
        ["潜在客户信息登记卡片"],
        ["姓名/名称", "东方印染厂", "联系方式", "13800138000"],
        letters,
        ["需求依据", "年底扩产"],
    ]
    wanted = {path: value for path, value in MAN.items() if "assessed_on" not in path}
    assert {path: value for path, value in records(rows)[0].items() if "man" in path} == wanted


def retail(modes, ownership=("资产状况", "总资产", 100, "自有□ 租赁☑ 合作□ 承包□")):
    return [
        ["零售类客户档案"],
        ["填表人", "周八", "所属业务区", "华东", "负责业务员", "张三"],
        ["客户名称", "乙商店", "进货来源", "甲公司"],
        ["经营地址", "人民路1号"],
        modes,
        ["法人代表", "姓名", "王五", "性别", "男□ 女☑"],
        ["联系电话", "0571-88888888", "联系手机", "13800138000", "联系传呼", "127-123"],
        ["经营范围", "烟酒"],
        list(ownership),
        ["经理家庭状况", "三口之家", "经理社会背景及其影响", "无"],
    ]


@pytest.mark.parametrize(
    ("modes", "said"),
    [
        (["经营方式", "批发□", "零售☑"], "批发□ 零售☑"),
        (["经营方式", "批发□ 零售（√）"], "批发□ 零售（√）"),
        (["经营方式", "批发□ 零售□"], "批发□ 零售□"),
        (["经营方式", "批发", "√", "零售", None, "电子邮件", "a@b.cn"], "批发 √ 零售"),
        (["经营方式", "批发", None, "零售", "√"], "批发 零售 √"),
        (["经营方式：批发□ 零售☑"], "批发□ 零售☑"),
    ],
)
def test_boxes(modes, said):  # case 40
    found = cards(retail(modes))
    card = stated(found.cards[0])
    assert (found.form.name, card["trade_mode"], card["legal_rep.gender"]) == ("retail", said, "男□ 女☑")
    assert (card["ownership_mode"], card["total_assets"], card["phone"]) == (
        "自有□ 租赁☑ 合作□ 承包□",
        100,
        "0571-88888888",
    )
    assert (left(found), problems(found)) == ([], [])


def test_table_under_a_card():  # case 43
    rows = wholesale()
    below = [["单据", "货品", "件数"], ["A1", "茶", 3], ["A2", "米", 4]]
    for blank in ([], [[]]):
        found = seen([*rows, *blank, *below])
        assert found.cards is None
        assert "table stands under the card" in str(found.refused)


def test_known_table_under_a_card():  # case 43
    rows = wholesale()
    found = seen([*rows, [], ["客户名称", "电话", "手机"], ["甲", "0571-1", "138"], ["乙", "0571-2", "139"]])
    assert found.cards is None
    assert "table stands under the card" in str(found.refused)


@pytest.mark.parametrize(
    "head",
    [
        [
            ["会议纪要"],
            ["时间", "2026-01-05", "地点", "会议室"],
            ["参会人", "张三、李四"],
            ["议题", "预算"],
            ["记录人", "王五"],
        ],
        [["部门预算"], ["部门", "一季度", "二季度", "备注"], ["销售", 1, 2, None], ["生产", 3, 4, None]],
    ],
)
def test_other_sheets_are_refused(head):  # case 44
    found = seen(head)
    assert found.cards is None
    assert found.table is None
    assert found.refused


ENTERPRISE = [
    ["企业客户档案"],
    ["客户编号", "C1", "客户名称", "甲公司", "统一社会信用代码", "91330106MA2ABCDE1X"],
    ["客户性质", "民营", "行业", "印染", "所属区域", "华东"],
    ["单位通信地址", "人民路1号", None, None, "邮政编码", "310000"],
    ["电话", "0571-88888888", "传真", "0571-88888889", "电子邮件", "a@b.cn"],
    ["法人代表", "姓名", "王五", "手机", "13800138000", "性别", "男"],
    ["联系人", "姓名", "李四", "手机", "13800138001", "职务", "经理"],
    [None, "电话", "0571-88888880", "电子邮件", "c@d.cn"],
    ["经营情况", "行业地位", "领先", "员工数量", 120, "总资产", 500],
    ["信用情况", "结算方式", "月结", "开户行", "工行", "账号", "12345678"],
    ["采购负责人", None, "财务负责人", None, "收货人", None],
    ["赵六", None, "钱七", None, "孙八", None],
    ["填表人", "周八", "填表日期", "2026-01-05", "备注", "老客户"],
]
PROSPECT = [
    ["潜在客户信息登记卡片"],
    ["姓名/名称", "东方印染厂", "性别", "男", "年龄", 40],
    ["联系方式", "13800138000", "客户信息来源", "电话", "客户信誉度", "好"],
    ["职业", "厂长", "收入", "20万", "地址", "人民路1号"],
    ["客户条件", "判断", "依据", "评定日期"],
    ["购买能力", "有", "有订单", "2026-01-03"],
    ["购买决定权", "无", "经理定", "2026-01-04"],
    ["需求", "?", "年底扩产", "2026-01-05"],
    ["预计购买时间", "2026-03-01", "意向产品", "茶叶", "预计金额", 3],
    ["跟进阶段", "初访", "下次跟进日期", "2026-02-01", "备注", "无"],
]
BELOW = [
    ["批发类客户档案"],
    ["填表人", "所属业务区", "负责业务员"],
    ["周八", "华东", "张三"],
    ["客户名称", "经营地址", "电话", "手机"],
    ["甲公司", "人民路1号", "0571-88888888", "13800138000"],
    ["法人代表", "姓名", "性别", "身份证号码"],
    [None, "王五", "男", "330106198001011234"],
    ["联系人", "姓名", "性别", "身份证号码"],
    [None, "李四", "女", "33010619850101122X"],
    ["近三年销量", "2023年", None, "2024年", None],
    [None, "金额", "数量", "金额", "数量"],
    [None, 12.5, 100, 13, 2023],
    ["经营品种", "拥有客户数量及情况"],
    ["茶叶", "30家"],
]
SECTIONS = [
    ["企业客户档案"],
    ["客户名称", "甲公司", "客户性质", "民营"],
    ["电话", "0571-88888888", "手机", "13800138000"],
    ["法人代表"],
    ["姓名", "王五", "性别", "男"],
    ["手机", "13800138001"],
    ["联系人"],
    ["姓名", "李四", "职务", "主任"],
    ["手机", "13800138002", "电子邮件", "c@d.cn"],
    ["信用情况"],
    ["结算方式", "月结", "开户行", "工行"],
]
RETAIL = retail(["经营方式", "批发□ 零售☑"])


def lines(head):
    """The merges of BELOW and SECTIONS: group's labels over two rows, sections over the whole width."""
    found = []
    for number, row in enumerate(head):
        if row[0] in ("法人代表", "联系人", "近三年销量", "信用情况") and len(row) > 1:
            last = number + (2 if row[0] == "近三年销量" else 1)
            found += [Merge(number, 0, last, 0)]
        elif len(row) == 1:
            found.append(Merge(number, 0, number, 3))
        if row[-2:] == ["2024年", None]:
            found += [Merge(number, 1, number, 2), Merge(number, 3, number, 4)]
    return tuple(found)


SHEETS = {
    "wholesale": (wholesale(), merges(wholesale())),
    "wholesale plain": (wholesale(), ()),
    "retail": (RETAIL, ()),
    "enterprise": (ENTERPRISE, (Merge(6, 0, 7, 0),)),
    "enterprise plain": (ENTERPRISE, ()),
    "prospect": (PROSPECT, ()),
    "below": (BELOW, lines(BELOW)),
    "sections": (SECTIONS, lines(SECTIONS)),
    "sections plain": (SECTIONS, ()),
}


def test_values_below_their_labels():  # 3.3: right of the label unless the labels mostly have none there
    wanted = {path: value for path, value in ONE.items() if path in stated(cards(BELOW, lines(BELOW)).cards[0])}
    found = cards(BELOW, lines(BELOW))
    assert (left(found), problems(found)) == ([], [])
    assert stated(found.cards[0]) == wanted | {
        "product_lines": "茶叶",
        "downstream_count": "30家",
        "downstream_note": "30家",
    }
    assert len(wanted) == 20


@pytest.mark.parametrize("merged", [True, False])
def test_sections(merged):  # a group's label over the rows below it
    found = cards(SECTIONS, lines(SECTIONS) if merged else ())
    card = stated(found.cards[0])
    assert (card["mobile"], card["legal_rep.mobile"], card["contact.mobile"]) == (
        "13800138000",
        "13800138001",
        "13800138002",
    )
    assert (card["contact.email"], card["settlement"]) == ("c@d.cn", "月结")
    assert (left(found), problems(found)) == ([], [])


def test_enterprise_card():
    found = cards(ENTERPRISE, (Merge(6, 0, 7, 0),))
    card = stated(found.cards[0])
    assert {
        path: card[path] for path in ("phone", "contact.phone", "contact.mobile", "legal_rep.mobile", "contact.title")
    } == {
        "phone": "0571-88888888",
        "contact.phone": "0571-88888880",
        "contact.mobile": "13800138001",
        "legal_rep.mobile": "13800138000",
        "contact.title": "经理",
    }
    assert (card["purchaser.name"], card["finance.name"], card["consignee.name"]) == ("赵六", "钱七", "孙八")
    assert (left(found), problems(found)) == ([], [])


def places(head, merged):
    known = seen(head, merged).cards
    values = {
        (row, column) for card in known.cards for _, value, row, column in card.values.values() if value is not None
    }
    return [
        (r, c) for r, row in enumerate(head) for c, cell in enumerate(row) if cell is not None and (r, c) not in values
    ]


@pytest.mark.parametrize("text", [None, "其他甲乙"], ids=["blank", "renamed"])
@pytest.mark.parametrize("sheet", SHEETS)
def test_no_value_ever_moves(sheet, text):  # case 45
    rows, merged = SHEETS[sheet]
    truth = {path: value for card in cards(rows, merged).cards for path, value in stated(card).items()}
    for at in places(rows, merged):
        head = [[text if (r, c) == at else cell for c, cell in enumerate(row)] for r, row in enumerate(rows)]
        found = seen(head, merged)
        if found.cards is None:
            assert found.refused, at
            continue
        if problems(found.cards):
            continue  # then the card is rejected whole
        got = {path: value for card in found.cards.cards for path, value in stated(card).items()}
        assert {path: value for path, value in got.items() if truth.get(path) != value} == {}, at
        assert not truth.keys() - got.keys() or left(found.cards), at


def test_a_cell_that_cannot_be_trusted_breaks_no_card():
    """A formula error somewhere on a sheet that might be a card is a trouble of its cell, never a crash."""
    fault = Fault(message("shows the error {error}", error="#N/A"))
    head = [["批发类客户档案"], ["客户名称", fault], ["经营地址", "路1号"], ["电话", "010-62345678"]]
    found = layout.recognise(head, (), "表一", FORMS)
    assert found.cards is not None or found.refused is not None


def test_one_card_in_bands_of_labels_above_their_values():  # 3.3: the labels of a row mostly have none at the right
    head = [
        ["批发类客户档案"],
        ["客户名称", "所属业务区", "负责业务员", "经营地址"],
        ["大发商行", "华东", "张三", "人民路1号"],
        ["电话", "手机", "通讯地址", "填表人"],
        ["010-66668888", "13800138000", "人民路2号", "李四"],
    ]
    (card,) = cards(head).records
    assert {path: value for path, (_, value, *_) in card.values.items() if value} == {
        "name": "大发商行",
        "region": "华东",
        "owner": "张三",
        "business_address": "人民路1号",
        "phone": "010-66668888",
        "mobile": "13800138000",
        "mailing_address": "人民路2号",
        "filled_by": "李四",
    }
