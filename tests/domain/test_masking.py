"""Masking by reliability.md 3.7: what is shown, and that it is known again as masked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.masking import looks_masked, mask

MASKS = ("name", "phone", "id", "address", "date", "email", "account", "hide")


@pytest.mark.parametrize(
    ("value", "how", "shown"),
    [
        ("11010519491231002X", "id", "1****************X"),
        ("123", "id", "***"),
        ("13800138000", "phone", "138****8000"),
        (13_800_138_000, "phone", "138****8000"),
        ("010-62345678", "phone", "010****5678"),
        ("62345678", "phone", "62****78"),
        ("95588", "phone", "****"),
        ("张三", "name", "张*"),
        ("欧阳娜娜", "name", "欧阳*"),
        ("欧阳", "name", "欧*"),
        ("John Smith", "name", "J*"),
        ("阿卜杜拉•买买提", "name", "阿*"),
        ("广东省深圳市南山区科技路1号", "address", "广东省深圳市南山区****"),
        ("北京市朝阳区建国路8号", "address", "北京市朝阳区****"),
        ("上海浦东新区张江路1号", "address", "上海浦东新区****"),
        ("义乌市稠州北路", "address", "义乌市****"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路", "address", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市****"),
        ("幸福小区3号楼", "address", "****"),
        ("福州路超市旁", "address", "****"),
        ("12 Main Street", "address", "****"),
        (date(1990, 1, 2), "date", "1990-**-**"),
        ("1990-01-02", "date", "1990-**-**"),
        ("zhangsan@example.cn", "email", "z***@example.cn"),
        ("no mail", "email", "***"),
        ("6222021000000000123", "account", "****0123"),
        ("1234567", "account", "****"),
        ("已婚，两个孩子", "hide", "***"),
        ("x", "unknown word", "***"),
        (None, "id", None),
        ("", "hide", ""),
    ],
)
def test_masks(value, how, shown):
    assert mask(value, how) == shown


@pytest.mark.parametrize(
    "text", ["张*", "张**", "张*三", "欧阳*", "A*", "138****8000", "110105********002X", "***", "1990-**-**", "＊＊＊"]
)
def test_masks_are_known_again(text):
    assert looks_masked(text)


@pytest.mark.parametrize("text", ["张三", "5*3*2", "**重点**", "13800138000", "", "*", "客户名称*", "2 * 3"])
def test_other_texts_are_not_taken_for_masks(text):
    assert not looks_masked(text)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_mobile_number_hides_four_digits(number):
    assert mask(number, "phone") == number[:3] + "****" + number[-4:]


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_a_masked_id_shows_its_ends_alone(number):
    shown = mask(number, "id")
    assert shown == number[0] + "*" * 16 + number[-1]
    assert looks_masked(shown)


@given(st.text(st.characters(categories=["Lo", "Nd"]), min_size=7), st.sampled_from(MASKS))
def test_no_mask_shows_a_text_whole(text, how):
    assert text not in mask(text, how)
