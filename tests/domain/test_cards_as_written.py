"""Cards as salespeople write them: numbered labels, printed blanks, units of pairs, several forms on a sheet."""

import pytest
from tests.domain.test_cards import cards, left, records, seen, stated

from custcli.domain.cells import Merge

HEAD = [
    ["批发类客户档案"],
    ["客户名称", "甲公司", "所属业务区", "华东"],
    ["负责业务员", "张三", "填表人", "周八"],
    ["经营地址", "人民路1号", "手机", "13800138000"],
]
CARD = {"name": "甲公司", "region": "华东", "owner": "张三", "filled_by": "周八", "business_address": "人民路1号"}
CARD |= {"mobile": "13800138000"}
SHOP = [["零售类客户档案"], *HEAD[1:], ["经营方式", "零售"]]


@pytest.mark.parametrize("form", ["1.{}", "2、{}", "（3）{}", "十一、{}", "【{}】", "4. {}：", "(5){}*"])
def test_a_label_with_its_number_or_in_brackets(form):
    rows = [HEAD[0], *([form.format(cell) if not i % 2 else cell for i, cell in enumerate(row)] for row in HEAD[1:])]
    assert records(rows) == [CARD]


AMOUNTS = [("2023", 586000), ("2024", 632500)]


@pytest.mark.parametrize(
    "row",
    [
        ["近三年销量（元）", "2023年：586000", "2024年：632500"],
        ["近三年销量（元）：2023年：586000　2024年：632500"],
        ["近三年销量（元）", "2023年 586000；2024年632500"],
        ["近三年销量(元)", "2023年586000\n2024年632500"],
    ],
)
def test_years_and_amounts_take_the_unit_of_their_group(row):
    """forms.md 2: the unit of an upper heading beats the form's 万元; these were ten thousand times too large."""
    found = cards([*HEAD, row])
    (card,) = found.cards
    sales = {year: card.values[f"yearly_sales.{year}.amount"] for year, _ in AMOUNTS}
    assert [(year, int(value), place.unit) for year, (place, value, *_) in sales.items()] == [
        (year, amount, 1) for year, amount in AMOUNTS
    ]
    assert left(found) == []


def test_years_in_a_remark_stay_in_it():
    said = "2023年58.6万元，2024年63.25万元"
    assert records([*HEAD, ["备注", said]]) == [CARD | {"note": said}]


@pytest.mark.parametrize("row", [["资产状况", "总资产", 42, "租赁"], ["资产状况", "租赁"]])
def test_a_word_alone_in_its_group(row):
    """表二 prints 自有 租赁 合作 承包 without a label of their own (domain.md 1.5)."""
    found = cards([*SHOP, row], (Merge(len(SHOP), 0, len(SHOP), 0),))
    assert (stated(found.cards[0])["ownership_mode"], left(found)) == ("租赁", [])


def test_cards_of_two_forms_on_one_sheet_are_refused():
    """Both would be read as the form that has more of its labels, whatever their titles say."""
    found = seen([*HEAD, [], *SHOP])
    assert str(found.refused).startswith("cards of several forms on one sheet")
    assert [len(cards(rows).cards) for rows in (HEAD, SHOP)] == [1, 1]


def test_two_customers_right_of_one_column_of_labels():
    """A table turned on its side: refused, and the cells that nothing was done with are named."""
    labels = [(label, value) for row in HEAD[1:] for label, value in zip(row[::2], row[1::2], strict=True)]
    found = seen([HEAD[0], *([label, value, f"{value}2"] for label, value in labels)])
    assert "leaves 6 cells over: C2 甲公司2, C3 华东2" in str(found.refused)


def test_a_manager_stands_alone():
    assert records([*HEAD, ["负责人", "李四"]]) == [CARD | {"manager.name": "李四"}]
