"""Validators: published numbers with their verdicts (cases.json IDN-*, USC-*, DUP-13; domain.md 5.9)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli import messages
from custcli.domain import validators
from custcli.domain.readers import Refused
from custcli.domain.validators import (
    VALIDATORS,
    Doubtful,
    company_key,
    id_birth,
    id_card,
    id_gender,
    mobile,
    phone,
    uscc,
)

TODAY = date(2026, 6, 30)


@pytest.fixture(autouse=True, scope="module")
def _english():
    messages.use("en")
    yield
    messages.use("zh")


@pytest.mark.parametrize(
    ("number", "stored", "born", "gender"),
    [
        ("11010519491231002X", None, date(1949, 12, 31), "female"),  # IDN-01
        ("360426199101010071", None, date(1991, 1, 1), "male"),  # IDN-05
        ("110101199003078670", None, date(1990, 3, 7), "male"),  # IDN-13
        ("500154199804106120", None, date(1998, 4, 10), "female"),  # IDN-15
        ("610104620927690", "610104196209276908", date(1962, 9, 27), "female"),  # IDN-17, 15 digits
        ("830000199201300022", None, date(1992, 1, 30), "female"),  # IDN-19, residence permit
        ("140120197901010008", None, date(1979, 1, 1), "female"),  # IDN-21
        ("362324198001010014", None, date(1980, 1, 1), "male"),  # IDN-23
        ("362324198201010019", None, date(1982, 1, 1), "male"),  # IDN-25
        ("371001198010082394", None, date(1980, 10, 8), "male"),  # IDN-27
        ("431389760616601", "431389197606166012", date(1976, 6, 16), "male"),  # IDN-29
        ("110105491231002", "11010519491231002X", date(1949, 12, 31), "female"),  # 5.9
        ("120223198902021249", None, date(1989, 2, 2), "female"),  # 5.9
        ("130132199210293822", None, date(1992, 10, 29), "female"),
        ("320124198808240056", None, date(1988, 8, 24), "male"),
        ("110108196711301862", None, date(1967, 11, 30), "female"),
        ("441900198001010015", None, date(1980, 1, 1), "male"),  # libraries.md 3.4: refused by county tables
        ("330113202201010010", None, date(2022, 1, 1), "male"),  # libraries.md 3.4: crashes them
        ("11010519491231002x", "11010519491231002X", date(1949, 12, 31), "female"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", date(1949, 12, 31), "female"),
        (" 110105 19491231 002X ", "11010519491231002X", date(1949, 12, 31), "female"),
    ],
)
def test_id_numbers_that_hold(number, stored, born, gender):
    taken = id_card(number, TODAY)
    assert (taken, id_birth(taken), id_gender(taken)) == (stored or number, born, gender)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("11010519491231001X", "check digit"),  # IDN-03
        ("111111199901101512", "check digit"),  # IDN-07
        ("440308199901101513", "check digit"),  # IDN-09
        ("11010119900307867X", "check digit"),  # IDN-11
        ("130402198207290622", "check digit"),  # 5.9
        ("110108196711301866", "check digit"),
        ("37070419881216001X", "check digit"),
        ("12010X198901011234", "18 digits"),
        ("440524188001010014", "130 years"),  # born 1880
        ("110101209901010012", "check digit"),
        ("1.10105E+17", "lost digits"),
        (110_105_194_912_310_020, "number cell"),
        (610_104_620_927_690, "number cell"),
        (1.1010519491231e17, "number cell"),
        ("", "18 digits"),
        ("1١010519491231002X", "18 digits"),  # a digit of another script
    ],
)
def test_id_numbers_that_are_wrong(number, reason):
    with pytest.raises(Refused, match=reason):
        id_card(number, TODAY)


def with_check(body):
    """The 17 digits with the check digit of GB 11643, reckoned the other way round: the weights are 2^(17−i) mod 11."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    "body",
    [
        "99010119900101001",  # foreigners' permanent residence
        "11010120260630001",  # born today
        "11010118950701001",  # 131 tomorrow
    ],
)
def test_limits_of_birth_and_place_hold(body):
    assert id_card(with_check(body), TODAY) == with_check(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("11010120260701001", "future"),
        ("11010118950630001", "130 years"),  # 131 today
        ("77010119900101001", "province"),
        ("11010119900230001", "does not exist"),
    ],
)
def test_limits_of_birth_and_place(body, reason):
    with pytest.raises(Refused, match=reason):
        id_card(with_check(body), TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(1, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born, sequence, place, step):
    number = with_check(f"440101{born:%Y%m%d}{sequence:03}")
    assert id_card(number, TODAY) == number
    digit = "10X98765432".index(number[place]) if place == 17 else int(number[place])
    other = "0123456789"[(digit + step) % 10] if place < 17 else "10X98765432"[(digit + step) % 11]
    with pytest.raises(Refused):
        id_card(number[:place] + other + number[place + 1 :], TODAY)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",  # USC-01
        "91120222MA06DG3067",  # USC-03
        "91310000MA1K35Y38P",  # USC-05
        "914403001922038216",  # USC-07
        "91500105MA5UM6TF71",  # USC-09
        "9135020026015919XW",  # USC-11
        "91310110666007217T",  # USC-17
        "91110000600037341L",  # USC-19
        "91110000101623741K",  # 5.9
        "911101066976941872",
    ],
)
def test_company_codes_that_hold(code):
    assert uscc(code, TODAY) == code
    assert not isinstance(uscc(code, TODAY), Doubtful)
    assert uscc(code.lower(), TODAY) == code


@pytest.mark.parametrize("code", ["91350211M0000XUF46", "91350203M0001FUE2P"])  # USC-13, USC-15: issued nevertheless
def test_a_wrong_check_character_is_a_warning(code):
    taken = uscc(code, TODAY)
    assert taken == code
    assert isinstance(taken, Doubtful)
    assert code not in str(taken.message)


def test_company_codes_are_compacted():  # USC-23
    assert uscc("9 1 110000 600037341L", TODAY) == "91110000600037341L"


@pytest.mark.parametrize(
    "code", ["12345", "91350100I000100Y43", "9135010OM000100Y43", 914_403_001_922_038_216]
)  # USC-21
def test_company_codes_of_wrong_form(code):
    with pytest.raises(Refused):
        uscc(code, TODAY)


@pytest.mark.parametrize(("code", "stored"), [("110108000000016", None), ("19220382-1", "192203821")])
def test_old_registration_numbers_are_kept_with_a_warning(code, stored):
    assert uscc(code, TODAY) == (stored or code)
    assert isinstance(uscc(code, TODAY), Doubtful)


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "0086-13800138000",
        "86-13800138000",
        "１３８００１３８０００",
        13_800_138_000,
        13_800_138_000.0,
    ],
)
def test_mobile_numbers(raw):
    assert mobile(raw, TODAY) == "13800138000"


@pytest.mark.parametrize(
    "raw",
    [
        "1.38E+10",
        "12123456789",
        "1312345678",
        "138001380001",
        138_001_380,
        1.38e12,
        8_613_800_138_000,
        13_800_138_000.5,
        "010-62345678",
        "13123456789、13987654321",
        "",
        None,
    ],
)
def test_no_mobile_numbers(raw):
    with pytest.raises(Refused):
        mobile(raw, TODAY)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [  # the public sample's verdicts are libphonenumber's
        ("010 1234 5678", "010-12345678"),
        ("800 123 4567", "800-123-4567"),
        ("400 123 4567", "400-123-4567"),
        ("400-800-1234", "400-800-1234"),
        ("(010)62345678", "010-62345678"),
        ("01062345678", "010-62345678"),
        ("+86 10 6234 5678", "010-62345678"),
        ("0755-12345678", "0755-12345678"),
        ("0571-88156788-8001", "0571-88156788-8001"),
        ("0571-88156788转8001", "0571-88156788-8001"),
        ("88156788-801", "88156788-801"),
        ("5123456-8", "5123456-8"),
        ("6234-5678", "62345678"),
        ("3178150", "3178150"),
        ("13800138000", "13800138000"),
        (62_345_678, "62345678"),
    ],
)
def test_telephone_numbers(raw, stored):
    assert phone(raw, TODAY) == stored
    assert not isinstance(phone(raw, TODAY), Doubtful)


@pytest.mark.parametrize(
    "raw",
    [
        "95588",
        "1312345678",
        "12123456789",
        "0912345678",
        "13375411811\\15941662913",
        "下午打",
        "+852 5123 4567",
        1_062_345_678,
        13_800_000_000,
    ],
)
def test_doubtful_telephone_numbers_are_kept(raw):
    assert phone(raw, TODAY) == str(raw)
    assert isinstance(phone(raw, TODAY), Doubtful)


def test_a_mobile_number_of_noughts_in_a_number_cell_is_doubted():  # cases.json ZHI-01; a csv of 1.38E+10 leaves it
    assert mobile(13_000_000_000.0, TODAY) == "13000000000"
    assert isinstance(mobile(13_000_000_000.0, TODAY), Doubtful)
    assert not isinstance(mobile("13000000000", TODAY), Doubtful)


def test_a_telephone_number_that_lost_digits_is_refused():  # forms.md 5, case 42
    with pytest.raises(Refused, match="lost digits"):
        phone("1.38E+10", TODAY)


@pytest.mark.parametrize(
    ("name", "raw", "stored"),
    [
        ("email", "Zhang.San@Example.COM", "Zhang.San@example.com"),
        ("email", "张@例子.公司", "张@例子.公司"),
        ("postcode", 100_000, "100000"),
        ("qq", "10000", "10000"),
        ("url", "www.example.com/a?b", "www.example.com/a?b"),
        ("url", "https://例子.公司", "https://例子.公司"),
        ("account", "6222 0210 0000 0000 000", "6222021000000000000"),
        ("licence", "京AA1234567", "京AA1234567"),
    ],
)
def test_further_checks(name, raw, stored):
    assert VALIDATORS[name](raw, TODAY) == stored


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("email", "a.example.com"),
        ("email", "a@b"),
        ("email", "a@b@c.com"),
        ("email", "a@b..com"),
        ("email", "a@b.com;c@d.com"),
        ("email", "x" * 250 + "@b.com"),
        ("email", 5),
        ("account", "1234567"),
        ("account", 6_222_021_000_000_000_000),
        ("account", "12345678a"),
    ],
)
def test_further_errors(name, raw):
    with pytest.raises(Refused):
        VALIDATORS[name](raw, TODAY)


@pytest.mark.parametrize(
    ("name", "raw"),
    [("postcode", 10_000), ("postcode", "SW1"), ("qq", "01234"), ("url", "example"), ("licence", "???")],
)
def test_further_warnings(name, raw):
    assert isinstance(VALIDATORS[name](raw, TODAY), Doubtful)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates()))
def test_validators_take_or_refuse_but_never_fall(value):
    for check in VALIDATORS.values():
        try:
            assert isinstance(check(value, TODAY), str)
        except Refused:
            continue


@pytest.mark.parametrize("name", VALIDATORS)
@given(raw=st.from_regex(r"[0-9]{6,18}|0[0-9]{2,3}-[0-9]{7,8}(-[0-9]{1,4})?|[a-z]{1,5}@[a-z]{1,5}\.cn", fullmatch=True))
def test_what_was_stored_is_stored_the_same_again(name, raw):
    try:
        stored = VALIDATORS[name](raw, TODAY)
    except Refused:
        return
    assert VALIDATORS[name](str(stored), TODAY) == stored


@pytest.mark.parametrize(
    ("one", "other"),
    [  # constructed pairs of DUP-13: the same company
        ("锤子科贸（上海）有限公司", "锤子科贸(上海)有限公司"),
        ("锤子科贸（上海）有限公司", " 锤子科贸（上海）有限公司 "),
        ("浙江小王子食品有限公司", "浙江小王子食品有限责任公司"),
        ("浙江小王子食品有限公司", "浙江小王子食品公司"),
        ("厦门中骏集团有限公司", "厦门中骏集团"),
        ("北京百货大楼", "北京百货大楼有限公司"),
        ("上海恒通贸易有限公司", "上海恒\u200b通贸易有限公司"),
        ("上海恒通贸易有限公司", "上海恒通贸易有限公司\u00a0"),
        ("ＡＢＣ商贸", "abc 商贸"),
    ],
)
def test_writings_of_one_company(one, other):
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [  # DUP-13: other companies
        ("福建一建集团有限公司", "福建一建集团有限公司厦门分公司"),
        ("厦门象屿集团有限公司", "厦门中骏集团有限公司"),
        ("天津锤子科技有限公司", "锤子科贸（上海）有限公司"),
        ("华为技术有限公司", "华为终端有限公司"),
        ("新汇家超市（潮州塘店）", "新汇家超市（东风店）"),
        ("万家生鲜超市（光辉店）", "万家生鲜超市（明润店）"),
        ("上海恒通贸易有限公司", "上海恒通商贸有限公司"),
        ("上海恒通贸易有限公司", "江苏恒通贸易有限公司"),
        ("王小明", "王晓明"),
        ("厦门象屿集团有限公司", "厦门象屿股份有限公司"),  # the group and its listed company
        ("某某公司", "某某分公司"),
    ],
)
def test_other_companies_are_told_apart(one, other):
    assert company_key(one) != company_key(other)


def test_a_name_of_nothing_but_a_legal_form_is_kept():
    assert company_key("有限公司") == "有限公司"


@given(st.from_regex(validators._WRITTEN, fullmatch=True))
def test_a_landline_as_it_is_stored_stays(raw):  # the short way gives what the long one gives
    assert phone(raw, TODAY) == validators._landline(raw) == raw
