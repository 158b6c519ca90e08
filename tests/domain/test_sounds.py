"""Names found by pinyin, initials and any mixture of these (F019)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.sounds import asks_for_sound, sounding, spell

NAMES = ["华东机械有限公司", "重庆长城商行", "曾国藩", "ABC贸易公司", "尉迟恭", "西安店2号", "旺角01号商贸", "吕氏"]
HAN = st.text("华东机械重庆长城商行曾国藩贸易公司尉迟恭西安店号旺角", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("huadong", [0]),
        ("hdjx", [0]),
        ("huad", [0]),
        ("HuaDongJX", [0]),
        ("华东jx", [0]),
        ("jxyxgs", [0]),  # from any character on
        ("chongqing", [1]),  # 重 is zhong and chong
        ("cqcc", [1]),
        ("zengguofan", [2]),  # a surname's reading
        ("abcmy", [3]),
        ("yuchi", [4]),
        ("x'an", [5]),
        ("d2h", [5]),
        ("角01h", [6]),
        ("lvshi", [7]),
        ("hdx", []),  # no character between may be left out
        ("hd公司", []),
        ("uadong", []),  # never begins inside a syllable
        ("]", []),
        ("-", []),
    ],
)
def test_what_is_found(text, found):
    assert sounding(NAMES, text) == found


@given(HAN)
def test_every_name_is_found_by_its_full_spelling_and_by_its_initials(name):
    syllables = [piece.partition(";")[0][1:].split("|")[0] for piece in spell([name])[0].split("'")[1:]]
    assert sounding(["别", name], "".join(syllables)) == [1]
    assert sounding(["别", name], "".join(each[0] for each in syllables)) == [1]


@given(st.lists(st.text(max_size=6), max_size=5), st.text(min_size=1, max_size=5))
def test_any_text_may_be_looked_for_anywhere(texts, wanted):
    assert set(sounding(texts, wanted)) <= set(range(len(texts)))


def test_digits_ask_for_no_sound():
    assert [asks_for_sound(text) for text in ("1380013", "华东", "hd", "HD-1")] == [False, False, True, True]
