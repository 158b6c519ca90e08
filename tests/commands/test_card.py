"""The paper form of one customer: filled, masked, in marked copies, read back equal (domain.md F017, F018)."""

import json
import sqlite3

import openpyxl
import pytest

DAY = "2026-06-30"
WHOLESALE = """客户名称,所属业务区,负责业务员,填表人,填表日期,经营地址,电话,法人代表姓名,法人代表性别,\
法人代表身份证号码,联系人姓名,联系人职务,经营本产品时间,2024年金额(万元),2024年数量,2025年金额(万元),经营品种,拥有客户数量,拥有客户情况,\
经理个人喜好,经理家庭状况
同心批发部,华东,吴晓燕,钱慧,2026-03-05,江宁区人民路57号,025-88000008,胡一鸣,男,\
11010519491231002X,高子涵,店长,2016,76.7325,1040,70.57,乳品；酒水,68,以便利店为主,=1+1,三口之家
"""
RETAIL = """客户名称,所属业务区,负责业务员,填表人,经营地址,手机,经营方式,总资产(万元),经营场所性质,进货来源
天天超市,华东,吴晓燕,钱慧,人民路1号,13800138000,批发、零售,12.5,自有,同心批发部
"""
PR = """填表人,所属业务区,负责本区业务员,所属县市,部门名称,单位名称,姓名,性别,职务,年龄,联系电话,关系程度,在本单位影响力
周八,华东,张三,昆山,税务局,昆山税务局,王五,男,科长,45,0512-57300001,良好,大
周八,华东,张三,昆山,税务局,昆山税务局,李四,女,主任,38,0512-57300002,认识,决策者
"""
SHEETS = {"wholesale": WHOLESALE, "retail": RETAIL, "pr": PR}
NAMES = {"wholesale": "同心批发部", "retail": "天天超市", "pr": "昆山税务局"}


@pytest.fixture
def known(run, once, tmp_path):
    """A database with a customer of each paper form, and how to ask it."""

    def lay():
        for name, text in SHEETS.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            said = run("--db", tmp_path / "a.db", "--as-of", DAY, "import", tmp_path / f"{name}.csv", "--as", name)
            assert said.code == 0, said.err

    once(tmp_path / "a.db", lay)
    return lambda *words: run("--db", tmp_path / "a.db", "--as-of", DAY, *words)


def texts(path, sheet=0):
    book = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.value for row in book.worksheets[sheet] for cell in row if cell.value is not None}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_what_was_written_is_read_back_equal(known, tmp_path, name, language):
    file = tmp_path / "card.xlsx"
    assert known("--lang", language, "export", "card", NAMES[name], "--reveal", "-o", file).code == 0
    said = known("--lang", language, "import", file, "--strict", "--json")
    assert said.code == 0, said.err
    summary = json.loads(said.out)["summary"]
    assert (summary["read"], summary["unchanged"], summary["change"]) == (1, 1, None)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_an_empty_one_is_known_and_holds_no_record(known, tmp_path, name, language):
    """forms.md 5, case 26."""
    file = tmp_path / "empty.xlsx"
    assert known("--lang", language, "template", name, "--card", "-o", file).code == 0
    said = known("import", file, "--json")
    assert said.code == 0, said.err
    assert [(row["form"], row["read"]) for row in json.loads(said.out)["rows"]] == [(name, 0)]


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_hidden_card_says_changes_nothing(known, tmp_path, name):
    file = tmp_path / "card.xlsx"
    assert known("export", "card", NAMES[name], "-o", file).code == 0
    summary = json.loads(known("import", file, "--json").out)["summary"]
    assert (summary["read"], summary["unchanged"], summary["change"]) == (1, 1, None)


def test_people_are_hidden_unless_revealed_and_a_reveal_is_noted(known, tmp_path):
    file = tmp_path / "card.xlsx"
    known("export", "card", "同心批发部", "-o", file)
    hidden = set(texts(file).values())
    assert not hidden & {"胡一鸣", "11010519491231002X", "025-88000008", "三口之家"}
    assert {"同心批发部", "胡*", "1****************X", "***"} <= hidden
    known("export", "card", "同心批发部", "--reveal", "--reason", "check", "-o", file, "--force")
    assert {"胡一鸣", "11010519491231002X", "三口之家"} <= set(texts(file).values())
    with sqlite3.connect(tmp_path / "a.db") as kept:
        assert kept.execute("SELECT reason FROM change WHERE kind = 'reveal'").fetchall() == [("check",)]


def test_amounts_in_the_unit_of_the_label_to_the_last_digit(known, tmp_path):
    file = tmp_path / "card.xlsx"
    known("--lang", "zh", "export", "card", "同心批发部", "--reveal", "-o", file)
    told = list(texts(file).values())
    assert [text for text in told if text.endswith("年")] == ["2023年", "2024年", "2025年"]
    assert {"金额(万元)", "76.7325", "70.57", "1040", "68，以便利店为主", "乳品、酒水", "☑男 □女"} <= set(told)


def test_a_formula_stays_a_text(known, tmp_path):
    file = tmp_path / "card.xlsx"
    known("export", "card", "同心批发部", "--reveal", "-o", file)
    cells = [cell for row in openpyxl.load_workbook(file).worksheets[0] for cell in row if cell.value == "=1+1"]
    assert [(cell.data_type, cell.number_format) for cell in cells] == [("s", "@")]


def test_three_marked_copies(known, tmp_path):
    """domain.md F017: 业务员, 办事处, 市场部."""
    file = tmp_path / "card.xlsx"
    known("--lang", "en", "export", "card", "同心批发部", "--copies", "-o", file)
    sheets = openpyxl.load_workbook(file).worksheets
    assert [sheet.title for sheet in sheets] == ["salesperson", "branch office", "marketing department"]
    assert [sheet.oddHeader.right.text.strip() for sheet in sheets] == [
        "Copy 1 of 3: salesperson", "Copy 2 of 3: branch office", "Copy 3 of 3: marketing department",
    ]  # fmt: skip
    assert {sheet.oddFooter.right.text.strip() for sheet in sheets} == {f"Printed on {DAY}"}
    assert texts(file, 0) == texts(file, 2)


def test_it_prints_upright_on_a4(known, tmp_path):
    file = tmp_path / "card.xlsx"
    known("export", "card", "天天超市", "-o", file)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    setup = sheet.page_setup
    assert (int(setup.paperSize), setup.orientation, int(setup.fitToWidth or 1)) == (9, "portrait", 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["A1"].font.name == "宋体"


def test_the_book_says_what_it_is(known, tmp_path):
    file = tmp_path / "card.xlsx"
    known("template", "表二", "--card", "-o", file)
    book = openpyxl.load_workbook(file)
    assert [(one.name, one.value) for one in book.custom_doc_props.props] == [("custcli-form", "retail 1")]


def test_the_same_data_give_the_same_bytes(known, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        known("export", "card", "昆山税务局", "--copies", "-o", tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["export", "card", "nobody", "-o", "c.xlsx"], 6),
        (["export", "card", "-o", "c.xlsx"], 2),
        (["export", "card", "天天超市"], 2),
        (["export", "card", "天天超市", "-o", "c.csv"], 2),
        (["template", "nothing", "--card", "-o", "c.xlsx"], 6),
        (["template", "wholesale", "--card", "-o", "c.ods"], 2),
    ],
)
def test_exit_codes(known, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    assert known(*words).code == code
    assert not (tmp_path / "c.xlsx").exists()
