"""Readers: every writing of forms.md 2 and domain.md 1.1 is taken exactly, every doubt is refused."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli import messages
from custcli.domain.readers import (
    MaybeSerial,
    Refused,
    Rounded,
    blank,
    clean_text,
    fold,
    from_serial,
    read_bool,
    read_count_note,
    read_date,
    read_decimal,
    read_int,
    read_money,
    read_percent,
    read_since,
    unfilled,
)
from custcli.grid import SCALE

FILLED = date(2026, 3, 31)

READERS = {
    read_money: int,
    read_decimal: int,
    read_int: int,
    read_percent: int,
    read_bool: bool,
    read_date: (date, MaybeSerial),
    clean_text: str,
}
"""What each reader answers with, unless it refuses."""


@pytest.fixture(autouse=True, scope="module")
def _english():
    messages.use("en")
    yield
    messages.use("zh")


@pytest.mark.parametrize(
    ("value", "yuan"),
    [
        # domain.md 1.1
        ("12.5万", "125000"),
        ("12.5万元", "125000"),
        ("125,000", "125000"),
        ("¥125000", "125000"),
        ("１２５，０００", "125000"),
        ("￥１２５０００．５０", "125000.50"),
        ("1.2亿", "120000000"),
        ("3千元", "3000"),
        ("200百万元", "200000000"),
        ("人民币12元整", "12"),
        ("RMB 100", "100"),
        ("(1,234.50)", "-1234.50"),
        ("（¥1,234.50）", "-1234.50"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("\u22125", "-5"),
        ("+5", "5"),
        (" 1 ", "1"),
        ("0", "0"),
        (".5", "0.5"),
        ("1,234,567.8901", "1234567.8901"),
        (0, "0"),
        (-12.5, "-12.5"),
        (125_000.0, "125000"),
        (999_999_999_999, "999999999999"),
    ],
)
def test_money_is_read_exactly(value, yuan):
    assert read_money(value) == int(Decimal(yuan) * SCALE)
    assert type(read_money(value)) is int


@pytest.mark.parametrize(
    "value",
    [
        "",
        "abc",
        "约12万",
        "12万左右",
        "10-20万",
        "10~20",
        "10至20",
        "10 20",
        "12万 5千",
        "100元 200元",
        "1.234,56",
        "12,34",
        "1,2345",
        "0,123",
        "1,234,56",
        "1.2.3",
        "--5",
        "-¥-5",
        "nan",
        "inf",
        "1.38E+10",
        "12%",
        "$5",
        "5美元",
        "10²",
        "壹万元",
        float("nan"),
        float("inf"),
        1e16,
        "99999999999999999",
        True,
        date(2024, 1, 1),
        "2024-01-01",
    ],
)
def test_money_that_is_no_amount_is_refused(value):
    with pytest.raises(Refused):
        read_money(value)


@pytest.mark.parametrize(
    ("text", "reason"), [("1.5e-03", "scientific"), ("-1.38E+10", "scientific"), ("10-20", "range")]
)
def test_numbers_in_scientific_notation_are_taken_where_nothing_is_hidden(text, reason):
    assert [read(noise) for noise in ("1.776357e-15", "-8.9E-16") for read in (read_money, read_decimal)] == [0] * 4
    with pytest.raises(Refused, match=reason):
        read_money(text)


@pytest.mark.parametrize(
    ("value", "unit", "yuan"),
    [
        ("12.5", 10_000, "125000"),  # forms.md 5, case 4: unit of the heading
        (12.5, 10_000, "125000"),
        ("12.5元", 10_000, "12.5"),  # the value's unit beats it
        ("150万", 1, "1500000"),
        ("¥125000", 10_000, "125000"),
        ("12.34567", 10_000, "123456.7"),
    ],
)
def test_unit_in_the_value_beats_the_unit_given(value, unit, yuan):
    assert read_money(value, unit) == int(Decimal(yuan) * SCALE)


@pytest.mark.parametrize("value", ["120", 120, 120.5])
def test_bare_amount_without_any_unit_is_refused(value):  # forms.md 5, case 5
    with pytest.raises(Refused, match="元 or 万元"):
        read_money(value, None)
    assert read_money("120元", None) == 120 * SCALE


@pytest.mark.parametrize(
    ("value", "scaled"), [("0.00005", 1), ("-0.00005", -1), ("12.34564", 123_456), (0.1 + 0.2, 3_000), (1e-5, 0)]
)
def test_finer_than_four_decimals_is_rounded_half_up_and_marked(value, scaled):  # decisions.md 3
    assert read_money(value) == scaled
    assert isinstance(read_money(value), Rounded)


@given(st.integers(-(10**16), 10**16))
def test_every_amount_comes_back_from_every_writing(scaled):
    yuan = Decimal(scaled) / SCALE
    for text in (f"{yuan:f}", f"{yuan:,.4f}", f"¥{yuan:.4f}", f"{yuan:.4f}元", f"{yuan / 10_000:f}万"):
        assert read_money(text) == scaled


@given(st.floats(-1e13, 1e13))
def test_number_cells_are_read_by_their_shortest_digits(number):
    exact = Decimal(repr(number)) * SCALE
    assert abs(read_money(number) - exact) <= Decimal("0.5")
    assert isinstance(read_money(number), Rounded) == (exact != exact.to_integral_value())


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes()))
def test_readers_take_or_refuse_but_never_fall(value):
    for reader, kind in READERS.items():
        with suppress(Refused):
            assert isinstance(reader(value), kind)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("30人", 30),
        ("30", 30),
        ("30个", 30),
        ("120㎡", 120),
        ("3万", 30_000),
        ("30.0", 30),
        (30.0, 30),
        ("1,000家", 1_000),
    ],
)
def test_counts(value, count):
    assert read_int(value) == count


@pytest.mark.parametrize("value", ["3.5", 30.5, "30箱", "30万元", "三十", "", True, "0.00001"])
def test_no_whole_number(value):
    with pytest.raises(Refused):
        read_int(value)


def test_quantities_keep_four_decimals():
    assert read_decimal("2.5") == 25_000
    assert read_decimal(2.5) == 25_000
    assert isinstance(read_decimal("0.33333"), Rounded)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        ("12%", 1_200),
        ("0.12", 1_200),
        (0.12, 1_200),
        ("12％", 1_200),
        ("100%", SCALE),
        (1, SCALE),
        (0, 0),
        ("0.5%", 50),
    ],
)
def test_shares(value, share):
    assert read_percent(value) == share


@pytest.mark.parametrize("value", ["12", 12, "1", "0.5人", "0.1万%", "101%", "-5%", 1.5, 1000, "x%", True])
def test_shares_in_doubt_are_refused(value):
    with pytest.raises(Refused):
        read_percent(value)


@pytest.mark.parametrize("value", ["是", "有", "√", "Y", "yes", "TRUE", "1", 1, True, "ｙ", "已婚"])
def test_yes(value):
    assert read_bool(value) is True


@pytest.mark.parametrize("value", ["否", "无", "×", "N", "No", "false", "0", 0, 0.0, False, "未婚"])
def test_no(value):
    assert read_bool(value) is False


@pytest.mark.parametrize("value", [2, "maybe", "是否", "", None])
def test_neither_yes_nor_no(value):
    with pytest.raises(Refused):
        read_bool(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-05",
        "2026/3/5",
        "2026/03/05",
        "2026.3.5",
        "20260305",
        20_260_305,
        20_260_305.0,
        "2026年3月5日",
        "2026年3月5号",
        "2026 年 3 月 5 日",
        "２０２６－０３－０５",
        "二〇二六年三月五日",
        "二○二六年三月五号",
        "二零二六年三月五日",
        "民国115年3月5日",
        "2026-03-05 00:00:00.000",
        "2026-03-05 23:59",
        "2026-03-05T10:11:12",
        "2026年3月5日 10:30",
        datetime(2026, 3, 5, 12, 30),  # noqa: DTZ001 - cells know no zone
        date(2026, 3, 5),
    ],
)
def test_a_day_in_all_its_writings(value):
    assert read_date(value) == date(2026, 3, 5)
    assert type(read_date(value)) is date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二四年十月一日", date(2024, 10, 1)),
        ("二〇二四年十二月三十一日", date(2024, 12, 31)),
        ("二〇二四年二月廿九日", date(2024, 2, 29)),
        ("二〇二四年一月二十日", date(2024, 1, 20)),
        ("11-Feb-2013", date(2013, 2, 11)),
        ("Feb 11, 2013 8:26", date(2013, 2, 11)),
        ("3rd September 2013", date(2013, 9, 3)),
        ("1996-07-04 00:00:00.000", date(1996, 7, 4)),  # order dates as a public sample database exports them
    ],
)
def test_further_days(text, day):
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("05/03/2024", "in doubt"),
        ("25.12.2024", "in doubt"),
        ("3-5-24", "in doubt"),
        ("11-Feb-13", "two digits"),
        ("Marathon 12 2012", "not a date"),
        ("24-3-5", "in doubt"),
        ("2026-02-30", "no such day"),
        ("2026年2月30日", "no such day"),
        ("20261301", "no such day"),
        ("2025-02-29", "no such day"),
        ("1799-12-31", "the year"),
        ("2201-01-01", "the year"),
        (date(1700, 1, 1), "the year"),
        ("2026-03", "only a month"),
        ("2026年3月", "only a month"),
        ("2026", "only a year"),
        ("2026-W01-1", "not a date"),
        ("2026/3-5", "not a date"),
        ("24年3月5日", "not a date"),
        ("2026-03-05 99:00", "not a date"),
        ("长期", "not a date"),
        ("", "not a date"),
        (True, "not a date"),
        (None, "not a date"),
        (float("nan"), "not a number"),
    ],
)
def test_days_in_doubt_are_refused(value, reason):
    with pytest.raises(Refused, match=reason):
        read_date(value)


@pytest.mark.parametrize("value", [45_356, 45_356.0, "45356", 20_000, 80_000])
def test_a_day_number_is_left_to_the_column(value):  # decisions.md 20
    with pytest.raises(MaybeSerial):
        read_date(value)


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (45_356, date(2024, 3, 5)),  # libraries.md 3: the serial used there
        (45_356.75, date(2024, 3, 5)),
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
    ],
)
def test_day_numbers_of_workbooks(number, day):
    assert from_serial(number) == day


@pytest.mark.parametrize("number", [0, -1, 60, 10**7])
def test_day_numbers_that_are_none(number):
    with pytest.raises(Refused):
        from_serial(number)


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_every_day_comes_back(day):
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert read_date(text) == day


@given(st.integers(61, 100_000))
def test_day_numbers_are_consecutive(number):
    assert from_serial(number + 1) - from_serial(number) == timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "since"),
    [
        ("3年", (date(2023, 1, 1), "year")),
        ("三年", (date(2023, 1, 1), "year")),
        ("三十年", (date(1996, 1, 1), "year")),
        ("3年多", (date(2023, 1, 1), "about")),
        ("约3年", (date(2023, 1, 1), "about")),
        ("3年以上", (date(2023, 1, 1), "about")),
        ("36个月", (date(2023, 3, 1), "month")),
        ("3年半", (date(2022, 9, 1), "month")),
        ("半年", (date(2025, 9, 1), "month")),
        ("1个月", (date(2026, 2, 1), "month")),
        ("2年6个月", (date(2023, 9, 1), "month")),
        ("2019年", (date(2019, 1, 1), "year")),
        ("2019", (date(2019, 1, 1), "year")),
        (2019, (date(2019, 1, 1), "year")),
        ("2019年5月", (date(2019, 5, 1), "month")),
        ("2019.5", (date(2019, 5, 1), "month")),
        ("自2019年至今", (date(2019, 1, 1), "year")),
        ("约2019年", (date(2019, 1, 1), "about")),
        ("2019年5月6日", (date(2019, 5, 6), "day")),
        (date(2019, 5, 6), (date(2019, 5, 6), "day")),
    ],
)
def test_since(value, since):
    assert read_since(value, FILLED) == since


@pytest.mark.parametrize(
    "value", ["3", "08年", "99年", "多年", "十几年", "很久", "2019年13月", 45_356, True, "年", "半"]
)
def test_since_in_doubt_is_refused(value):
    with pytest.raises(Refused):
        read_since(value, FILLED)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("120家，以夫妻店为主", (120, "以夫妻店为主")),
        ("120", (120, "")),
        (120, (120, "")),
        (120.0, (120, "")),
        ("１２０家", (120, "")),
        ("1,200家", (1_200, "")),
        ("120家(夫妻店)", (120, "(夫妻店)")),
        ("约120家", (None, "约120家")),
        ("120-150家", (None, "120-150家")),
        ("120家以上", (None, "120家以上")),
        ("120，300平米", (None, "120，300平米")),
        ("夫妻店120家", (None, "夫妻店120家")),
        ("120.5", (None, "120.5")),
    ],
)
def test_count_and_note(text, read):
    assert read_count_note(text) == read


@pytest.mark.parametrize("value", [None, "", " ", "\u3000", "\n", "无", "—", "——", "-", "－", "/", " / ", "\u200b"])
def test_blank(value):
    assert blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "无锡", "//", "N/A", "否"])  # N/A: a customer's name
def test_not_blank(value):
    assert not blank(value)


@pytest.mark.parametrize(
    ("text", "copy"),
    [  # forms.md 5, case 3
        ("客 户 名 称", "客户名称"),
        ("所属\n业务区", "所属业务区"),
        ("负责业务员：", "负责业务员"),
        ("手　机", "手机"),
        ("*身份证号码*", "身份证号码"),
        ("ＵＳＣＣ", "uscc"),
        ("恒\u200b通", "恒通"),
    ],
)
def test_fold(text, copy):
    assert fold(text) == copy


@given(st.text(st.sampled_from("客户 　\n：:*；aＡ１1（")))
def test_fold_is_stable(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  北京，朝阳  ", "北京，朝阳"),
        ("e\u0301", "é"),
        (13_800_138_000.0, "13800138000"),
        (5, "5"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (date(2020, 1, 1), "2020-01-01"),
        (datetime(2020, 1, 1), "2020-01-01"),  # noqa: DTZ001
        (999_999_999_999_999, "999999999999999"),
    ],
)
def test_clean_text(value, text):
    assert clean_text(value) == text


@pytest.mark.parametrize("value", [10**15, 440_307_199_001_010_000, 4.4030719900101e17, float("inf"), float("nan")])
def test_numbers_that_lost_digits_are_no_text(value):
    with pytest.raises(Refused):
        clean_text(value)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("date", ["    年   月   日", "____年__月__日", "20   年  月  日", "202_年__月", "/  /"]),
        ("money", ["      万元", "____元", "￥", "元"]),
        ("int", ["__人", "　　家", "____"]),
        ("percent", ["   %"]),
    ],
)
def test_what_the_paper_prints_where_nothing_was_written(kind, texts):
    """Else every blank of a printed form would be a wrong date or amount."""
    assert [text for text in texts if not unfilled(text, kind)] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [("date", "20年"), ("date", "2026年"), ("date", "年月5日"), ("money", "5元"), ("text", "元"), ("money", "免费")],
)
def test_what_is_written_is_no_blank(kind, text):
    assert not unfilled(text, kind)


@pytest.mark.parametrize("text", ["820箱", "1.5吨", "300kg"])
def test_a_quantity_with_a_measure_says_what_to_do(text):
    with pytest.raises(Refused, match="the unit in the heading"):
        read_decimal(text)
