"""Values: the order of reading, refusals with their cell, whole records, and that remembering changes nothing."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain import forms, layout
from custcli.domain.cells import Fault
from custcli.domain.clean import Cleaner
from custcli.domain.readers import DateStyle
from custcli.domain.records import conflicts, defaults, missing
from custcli.messages import message

FORM = """
[form]
name = "shop"
zh = "商店"
en = "Shop"
table = "entry"
rows = "lines"
match = [["code"]]
any_of = [["phone", "mobile"]]
checks = ["starts_on <= ends_on"]
[values.modes]
wholesale = { zh = "批发", en = "Wholesale" }
retail = { zh = "零售", en = "Retail", also = ["小卖"] }
[values.clauses]
ok = { zh = "√", en = "OK" }
missing = { zh = "缺", en = "Missing", also = ["无"] }
[values.verdicts]
yes = { zh = "有", en = "Yes" }
no = { zh = "无", en = "No" }
[values.stages]
first = { zh = "初次", en = "First", implies = { status = "current" } }
[values.statuses]
current = { zh = "现实", en = "Current" }
lost = { zh = "流失", en = "Lost" }
[values.levels]
5 = { zh = "很好", en = "Very good" }
[fields]
code = { zh = "编号", en = "Code", type = "text", required = true, max_length = 6, pi = "N" }
note = { zh = "备注", en = "Note", type = "text", pi = "P", mask = "hide" }
sales = { zh = "销售额", en = "Sales", type = "money", min = 0, pi = "B" }
capital = { zh = "资本", en = "Capital", type = "money", unit = "万元", pi = "B" }
weight = { zh = "重量", en = "Weight", type = "decimal", check = "not_zero", pi = "N" }
staff = { zh = "员工", en = "Staff", type = "int", min = 0, max = 1000, default = 1, pi = "N" }
tax = { zh = "税率", en = "Tax", type = "percent", unit = "%", max = 50, pi = "N" }
share = { zh = "占比", en = "Share", type = "percent", pi = "N" }
born = { zh = "成立", en = "Founded", type = "date", check = "not_future", pi = "N" }
starts_on = { zh = "开始", en = "Starts", type = "date", pi = "N" }
ends_on = { zh = "结束", en = "Ends", type = "date", pi = "N" }
since = { zh = "经营时间", en = "Since", type = "date", read = "since", check = "not_future", pi = "N" }
filled_on = { zh = "填表日期", en = "Filled on", type = "date", default_rule = "today", pi = "N" }
filled_by = { zh = "填表人", en = "Filled by", type = "text", required = true, default_rule = "user", pi = "P" }
open_now = { zh = "营业", en = "Open", type = "bool", default = true, pi = "N" }
mode = { zh = "方式", en = "Mode", type = "choice", values = "modes", pi = "N" }
modes = { zh = "经营方式", en = "Modes", type = "choices", values = "modes", pi = "N" }
clause = { zh = "验收", en = "Acceptance", type = "choice", values = "clauses", pi = "N" }
verdict = { zh = "判断", en = "Verdict", type = "choice", values = "verdicts", pi = "N" }
stage = { zh = "阶段", en = "Stage", type = "choice", values = "stages", pi = "N" }
status = { zh = "状态", en = "Status", type = "choice", values = "statuses", pi = "N" }
level = { zh = "信誉", en = "Level", type = "choice", values = "levels", pi = "N" }
source = { zh = "来源", en = "Source", type = "choice", values = "modes", open = true, pi = "N" }
brands = { zh = "品牌", en = "Brands", type = "list", pi = "N" }
owner = { zh = "老板", en = "Owner", type = "ref", to = "customer", pi = "N" }
phone = { zh = "电话", en = "Phone", type = "text", check = "phone", pi = "P", mask = "phone" }
mobile = { zh = "手机", en = "Mobile", type = "text", check = "mobile", pi = "P", mask = "phone" }
id_no = { zh = "身份证号码", en = "ID number", type = "text", check = "id_card", pi = "S", mask = "id" }
gender = { zh = "性别", en = "Gender", type = "text", pi = "P" }
birth_date = { zh = "出生日期", en = "Birth date", type = "date", pi = "P" }
downstream_count = { zh = "下家数量", en = "Count", type = "int", pi = "B" }
downstream_note = { zh = "下家情况", en = "Situation", type = "text", pi = "B" }
[composites]
downstream = { zh = "下家", en = "Downstream", read = "count_note", into = ["downstream_count", "downstream_note"] }
[groups.lines]
zh = "明细"
en = "Line"
table = "order_line"
many = true
[groups.lines.fields]
quantity = { zh = "明细数量", en = "Line quantity", type = "decimal", pi = "B" }
unit_price = { zh = "单价", en = "Unit price", type = "money", pi = "B" }
amount = { zh = "明细金额", en = "Line amount", type = "money", pi = "B" }
discount = { zh = "折扣", en = "Discount", type = "percent", pi = "B" }
"""
SHOP = forms.load([("shop.toml", FORM)])["shop"]
TODAY = date(2026, 6, 30)
ID = "11010519491231002X"  # GB 11643, the example of the standard


def column(name, index=0, unit=None):
    item = SHOP.fields[name]
    return layout.Placed(index, item.zh, item, name, unit)


def cleaner(*names, **how):
    return Cleaner(SHOP, [column(name, index) for index, name in enumerate(names)], today=TODAY, **how)


def one(name, value, unit=None, **how):
    """The stored value and the texts of the troubles."""
    found = Cleaner(SHOP, [column(name, 0, unit)], today=TODAY, **how)
    stored = found.clean(4, [value])[0]
    return stored, [str(trouble.message) for trouble in found.troubles]


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("code", " C1 ", "C1"),
        ("code", 12, "12"),
        ("code", "甲", "甲"),
        ("note", "Cafe\u0301", "Caf\u00e9"),
        ("note", "a，b", "a，b"),
        ("note", "无", None),
        ("note", " — ", None),
        ("note", "", None),
        ("note", None, None),
        ("owner", "0012", "0012"),
        ("sales", "12.5万", 1_250_000_000),
        ("sales", 12.5, 125_000),
        ("sales", "/", None),
        ("weight", "1,234.5", 12_345_000),
        ("staff", "30人", 30),
        ("staff", 30, 30),
        ("share", "12%", 1200),
        ("share", 0.12, 1200),
        ("born", "2024年3月5日", "2024-03-05"),
        ("born", datetime(2024, 3, 5, 7, 30), "2024-03-05"),  # noqa: DTZ001 - cells know no zone
        ("born", "-", None),
        ("open_now", "是", 1),
        ("open_now", "无", 0),
        ("open_now", "", None),
        ("mode", "零 售", "retail"),
        ("mode", "Retail", "retail"),
        ("mode", "小卖", "retail"),
        ("mode", "无", None),
        ("clause", "无", "missing"),  # forms.md 2: an allowed word wins over the blank words
        ("clause", "√", "ok"),
        ("verdict", "无", "no"),
        ("verdict", "-", None),
        ("level", 5, "5"),
        ("level", "很好", "5"),
        ("source", "展会", "展会"),
        ("source", "批发", "wholesale"),
        ("modes", "批发、零售", '["wholesale","retail"]'),
        ("modes", "零售", '["retail"]'),
        ("modes", "批发□ 零售☑", '["retail"]'),  # forms.md 5, case 40
        ("modes", "批发□ 零售（√）", '["retail"]'),
        ("modes", "批发□ 零售□", None),
        ("modes", "☑批发 ☑零售", '["wholesale","retail"]'),
        ("mode", "□批发 ■零售", "retail"),
        ("brands", "甲牌、乙牌；丙牌", '["甲牌","乙牌","丙牌"]'),
        ("phone", "0571-88888888", "0571-88888888"),
        ("mobile", 13800138000, "13800138000"),
        ("id_no", ID.lower(), ID),
    ],
)
def test_stored(name, value, stored):
    assert one(name, value) == (stored, [])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("code", "1234567", "longer"),
        ("sales", "-1", "less than 0"),
        ("sales", "很多", "not an amount"),
        ("weight", 0, "zero"),
        ("staff", "1001", "more than 1000"),
        ("staff", "1.5", "whole"),
        ("share", "12", "12 % or 0.12?"),
        ("tax", "51", "more than 50"),
        ("born", "2026-07-01", "future"),
        ("born", "05/03/2024", "doubt"),
        ("since", "2027年", "future"),
        ("mode", "直销", "not one of"),
        ("mode", "☑批发 ☑零售", "several boxes"),
        ("modes", "批发、直销", "not one of"),
        ("mobile", "1.38E+10", "digits"),  # case 42
        ("id_no", 110105194912310000, "text"),  # case 42
        ("id_no", "110105194912310021", "check digit"),
        ("note", Fault(message("the cell holds an error")), "error"),
    ],
)
def test_refused(name, value, said):
    stored, texts = one(name, value)
    assert stored is None
    assert len(texts) == 1
    assert said in texts[0]


@pytest.mark.parametrize(
    ("name", "value", "unit", "stored"),
    [  # forms.md 2 and cases 4 to 6: value beats heading beats sheet
        ("capital", 120, 10_000, 12_000_000_000),
        ("capital", 120, 1, 1_200_000),
        ("capital", "150万", None, 15_000_000_000),
        ("capital", "150万", 1, 15_000_000_000),
        ("capital", "150元", 10_000, 1_500_000),
        ("sales", "120", None, 1_200_000),
        ("weight", "2", 10_000, 200_000_000),
        ("tax", 13, 100, 1300),
        ("tax", "13%", 100, 1300),
    ],
)
def test_units(name, value, unit, stored):
    assert one(name, value, unit) == (stored, [])


def test_amount_without_unit():  # case 5
    stored, texts = one("capital", 120)
    assert stored is None
    assert "元 or 万元?" in texts[0]


def test_address_of_troubles():
    above = layout.Placed(9, "电话", SHOP.fields["phone"], "phone", at=(1, 3))
    found = Cleaner(SHOP, [column("code", 2), above], today=TODAY, origins={9: (1, 3)})
    found.clean(7, [None, None, "1234567", *[None] * 6, "12"])
    assert [(one.row, one.column, one.path, one.level, one.value) for one in found.troubles] == [
        (7, 2, "code", "error", "1234567"),
        (1, 3, "phone", "warning", "12"),
    ]


def test_doubtful_values_are_taken_with_a_warning_unless_strict():
    assert one("phone", "12")[0] == "12"
    assert one("phone", "12", strict=True)[0] is None


def test_signs_of_a_private_font_are_flagged():  # reliability.md B, PUA
    stored, texts = one("note", "㐂\ue000")
    assert (stored, len(texts)) == ("㐂\ue000", 1)
    assert one("note", "𠮷㐂") == ("𠮷㐂", [])
    assert one("note", "㐂\ue000", strict=True)[0] is None


def test_masked_values_wait_for_the_caller():
    found = cleaner("mobile")
    assert found.clean(0, ["138****8000"]) == [None]
    assert [(one.level, one.value) for one in found.troubles] == [("masked", "138****8000")]


def test_every_refused_cell_is_told_and_every_rounded_one_counted():
    found = cleaner("sales", "note")
    for number in range(3):
        found.clean(number, ["?", "x"])
        found.clean(number, [1.00005, Fault(message("bad"))])
    assert [one.row for one in found.troubles] == [0, 0, 1, 1, 2, 2]
    assert (found.rounded, found.taken) == (3, 6)


@pytest.mark.parametrize(
    ("values", "all_serials"),
    [
        (["45321", 45322, None], True),
        (["45321", "2024-03-05"], False),
        (["2024-03-05"] * 2, False),
        (["45321", "?"], False),
        ([None], False),
    ],
)
def test_day_numbers_only_if_the_whole_column_is(values, all_serials):  # decisions.md 20
    found = cleaner("born")
    stored = [found.clean(number, [value])[0] for number, value in enumerate(values)]
    assert found.finish() == ({0: DateStyle.SERIAL} if all_serials else {})
    assert stored[0] is None or stored[0] == "2024-03-05"
    if all_serials:
        assert all(trouble.serial for trouble in found.troubles)
        again = cleaner("born", date_styles=found.finish())
        assert [again.clean(0, [value])[0] for value in values] == ["2024-01-30", "2024-01-31", None]


@pytest.mark.parametrize(
    ("values", "style", "stored"),
    [
        (["12/1/2009 8:26", "12/25/2009 9:00"], DateStyle.MONTH_FIRST, ["2009-12-01", "2009-12-25"]),
        (["1.12.2009", "25.12.2009", None], DateStyle.DAY_FIRST, ["2009-12-01", "2009-12-25", None]),
        (["12/1/2009", "12/2/2009"], None, []),  # nothing is proved
        (["13/1/2009", "1/13/2009"], None, []),  # the column contradicts itself
        (["12/25/2009", "2009-12-26"], None, []),  # written in two ways
        (["12/25/2009", "40172"], None, []),
        (["12/25/2009", "?"], None, []),
    ],
)
def test_day_and_month_are_told_apart_only_by_the_whole_column(values, style, stored):  # decisions.md 20
    found = cleaner("born")
    for number, value in enumerate(values):
        found.clean(number, [value])
    assert found.finish() == ({0: style} if style else {})
    if style:
        again = cleaner("born", date_styles=found.finish())
        assert [again.clean(0, [value])[0] for value in values] == stored


@pytest.mark.parametrize(
    ("row", "stored"),
    [
        (["3年", "2025-06-30"], ["2022-01-01", "year"]),
        (["3年", None], ["2023-01-01", "year"]),
        (["2019年5月", None], ["2019-05-01", "month"]),
        (["3年多", "2025-06-30"], ["2022-01-01", "about"]),
        ([None, None], [None, None]),
    ],
)
def test_since_counts_from_the_day_of_filling(row, stored):
    found = cleaner("since", "filled_on", day=date(2026, 6, 1))
    values = dict(zip(found.paths, found.clean(0, row), strict=True))
    assert [values["since"], values["since_precision"]] == stored


def test_composite():
    found = Cleaner(
        SHOP,
        [
            layout.Placed(0, "下家", SHOP.fields[name], name, composite="downstream")
            for name in ("downstream_count", "downstream_note")
        ],
        today=TODAY,
    )
    assert found.clean(0, ["120家，以夫妻店为主"]) == [120, "以夫妻店为主"]
    assert found.clean(1, ["很多"]) == [None, "很多"]
    assert found.clean(2, [None]) == [None, None]


@pytest.mark.parametrize(
    ("places", "row", "stored", "troubles"),
    [
        (("stage",), ["初次"], ["first", "current"], 0),
        (("stage", "status"), ["初次", None], ["first", "current"], 0),
        (("stage", "status"), ["初次", "现实"], ["first", "current"], 0),
        (("stage", "status"), ["初次", "流失"], ["first", "lost"], 1),  # case 31: belongs to another one
    ],
)
def test_implied_values(places, row, stored, troubles):
    found = cleaner(*places)
    assert found.clean(0, row) == stored
    assert len(found.troubles) == troubles


def test_short_rows_and_one_column():
    assert cleaner("code", "note", "sales").clean(0, ["C1"]) == ["C1", None, None]
    assert cleaner("code").clean(0, []) == [None]


def test_missing():
    assert [str(reason) for _, reason in missing(SHOP, {"code": "1", "filled_by": "x", "phone": "1"})] == []
    assert [item.name for item, _ in missing(SHOP, {})] == ["code", "filled_by", "phone"]
    found = cleaner("code", "phone", "filled_by")
    assert found.missing(["C1", "1", "x"]) == []
    assert [item.name for item, _ in found.missing(["C1", None, None])] == ["filled_by", "phone"]


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"starts_on": "2024-01-01", "ends_on": "2024-01-01"}, []),
        ({"starts_on": "2024-01-02", "ends_on": "2024-01-01"}, [("ends_on", "error")]),
        ({"starts_on": "2024-01-02"}, []),
        ({"id_no": ID, "gender": "female", "birth_date": "1949-12-31"}, []),
        (
            {"id_no": ID, "gender": "male", "birth_date": "1949-12-30"},
            [("birth_date", "warning"), ("gender", "warning")],
        ),
        ({"lines.quantity": 20_000, "lines.unit_price": 15_000, "lines.amount": 30_000}, []),
        ({"lines.quantity": -20_000, "lines.unit_price": 15_000, "lines.amount": 30_000}, []),
        ({"lines.quantity": 20_000, "lines.unit_price": 15_000, "lines.discount": 1000, "lines.amount": 27_000}, []),
        ({"lines.quantity": 20_000, "lines.unit_price": 15_000, "lines.amount": 30_100}, []),  # a hundredth of a yuan
        ({"lines.quantity": 20_000, "lines.unit_price": 15_000, "lines.amount": 30_101}, [("lines.amount", "warning")]),
    ],
)
def test_conflicts(record, wanted):
    assert [(path, level) for path, _, level in conflicts(SHOP, record)] == wanted


def test_defaults():
    assert defaults(SHOP, "me", TODAY) == {"staff": 1, "filled_on": "2026-06-30", "filled_by": "me", "open_now": 1}


VALUES = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["无", "√", "批发", "12.5万", "2024-03-05", "3年", "☑批发", ID, "13800138000", "-", "１２"]),
)


@given(st.sampled_from(sorted(SHOP.fields)), st.lists(VALUES, max_size=6))
def test_remembering_changes_nothing(name, values):
    """A value becomes the same whatever came before it, and nothing but Refused ever comes out of a cell."""
    together = cleaner(name)
    for number, value in enumerate(values):
        alone = cleaner(name)
        assert together.clean(number, [value]) == alone.clean(number, [value])
    assert [one.row for one in together.troubles] == sorted(one.row for one in together.troubles)


@given(st.lists(st.sampled_from(["甲牌", "乙,牌", "x y"]), min_size=1))
def test_lists_are_json(words):
    stored, _ = one("brands", "、".join(words))
    assert isinstance(json.loads(stored), list)
