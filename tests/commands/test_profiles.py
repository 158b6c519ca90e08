"""import --profile: a stranger's headings, unit and constants, told once in the config file (cli.md 5)."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """
[profiles.erp]
form = "wholesale"
unit = "万元"

[profiles.erp.headings]
"Kunde Nr" = "code"
"Kunde" = "客户名称"
"Region" = "county"
"Gebiet" = "region"
"Umsatz 25" = "yearly_sales.2025.amount"
"门头" = "x_sign"
"intern" = ""

[profiles.erp.constants]
"负责业务员" = "周明远"
filled_by = "erp"

[profiles.lines]
form = "orders"
delimiter = "|"
headings = { "Nr" = "order_no", "Wer" = "customer", "Wann" = "日期", "Was" = "品名", "Preis(千元)" = "lines.amount" }

[profiles.bare]
form = "orders"
columns = ",customer,ordered_on,lines.amount"

[profiles.unknown_word]
form = "wholesale"
shet = "x"
[profiles.no_table]
form = "wholesale"
headings = 3
[profiles.no_field]
form = "wholesale"
headings = { "A" = "nane" }
[profiles.no_column]
form = "orders"
columns = "customer,whn"
[profiles.no_form]
headings = { "A" = "name" }
[profiles.no_unit]
form = "wholesale"
unit = "斤"
[profiles.other_form]
form = "whole"
"""
HEADING = "Kunde Nr,Kunde,Region,Gebiet,Umsatz 25,门头,intern,Anschrift,经营地址,手机\n"
ROWS = "E1,甲公司,余杭,华东,12.5,红底,zz,q,人民路1号,19900000001\nE2,乙公司,,华南,7千元,,,q,人民路2号,19900000002\n"


@pytest.fixture
def ask(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "erp.csv").write_text(HEADING + ROWS, encoding="utf-8")
    return lambda *words: run("--db", "a.db", "--config", "c.toml", *words)


def test_headings_unit_constants_and_own_fields(ask):
    said = json.loads(ask("import", "erp.csv", "--profile", "erp", "--json").out)
    assert (said["summary"]["new"], said["summary"]["not_taken"]) == (2, 1)
    assert [each["text"] for each in said["summary"]["left_over"]] == ["Anschrift"]
    columns = "code,name,region,county,owner,filled_by,yearly_sales.2025.amount,x_sign"
    rows = json.loads(ask("list", "wholesale", "--columns", columns, "--reveal", "--json").out)["rows"]
    assert [list(row.values()) for row in rows] == [
        ["E1", "甲公司", "华东", "余杭", "周明远", "erp", 125000, "红底"],
        ["E2", "乙公司", "华南", None, "周明远", "erp", 7000, None],  # a unit in the value goes before the profile's
    ]
    assert json.loads(ask("list", "wholesale", "门头=红底", "--json").out)["summary"]["records"] == 1
    again = json.loads(ask("import", "erp.csv", "--profile", "erp", "--json").out)["summary"]
    assert (again["unchanged"], again["change"]) == (2, None)


def test_an_own_field_of_a_profile_is_personal_until_a_form_says_otherwise(ask):
    ask("import", "erp.csv", "--profile", "erp")
    (row,) = json.loads(ask("list", "wholesale", "x_sign=红底", "--columns", "x_sign", "--json").out)["rows"]
    assert row["x_sign"] == "***"


def test_without_the_profile_the_file_is_refused(ask):
    assert ask("import", "erp.csv").code == 4


def test_lines_delimiter_and_a_unit_in_the_heading(ask, tmp_path):
    text = "Nr|Wer|Wann|Was|Preis(千元)\nS1|K1|2026-01-02|茶|2\nS1|K1|2026-01-02|米|3\n"
    (tmp_path / "o.csv").write_text(text, encoding="utf-8")
    assert ask("import", "o.csv", "--profile", "lines", "--create-customers").code == 0
    (row,) = json.loads(ask("list", "orders", "--columns", "order_no,amount", "--json").out)["rows"]
    assert row == {"order_no": "S1", "amount": 5000}


def test_columns_of_a_file_without_heading(ask, tmp_path):
    (tmp_path / "bare.csv").write_text("x,C1,2026-01-05,3\n")
    seen = json.loads(ask("inspect", "bare.csv", "--profile", "bare", "--json").out)["rows"]
    assert [(row["cell"], row["field"]) for row in seen] == [
        ("B", "customer"), ("C", "ordered_on"), ("D", "lines.amount"), ("A1", None),
    ]  # fmt: skip


def test_inspect_by_a_profile(ask):
    said = json.loads(ask("inspect", "erp.csv", "--profile", "erp", "--json").out)
    told = {row["text"]: (row["role"], row["field"]) for row in said["rows"]}
    assert (told["Gebiet"][1], told["Region"][1]) == ("region", "county")
    assert told["Anschrift"][0] != told["Gebiet"][0]


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("er", "erp", 2),
        ("unknown_word", "sheet", 2),
        ("no_table", "heading = field", 2),
        ("no_field", "name", 2),
        ("no_column", "whn", 2),
        ("no_form", "form", 2),
        ("no_unit", "万元", 2),
        ("other_form", "wholesale", 6),
    ],
)
def test_mistakes_are_told(ask, tmp_path, name, word, code):
    said = ask("import", "erp.csv", "--profile", name)
    assert (said.code, word in said.err, (tmp_path / "a.db").exists()) == (code, True, False), said.err


def test_profiles_have_to_be_tables(run, tmp_path):
    (tmp_path / "c.toml").write_text("profiles = 3\n", encoding="utf-8")
    said = run("--config", tmp_path / "c.toml", "--db", tmp_path / "a.db", "list")
    assert (said.code, "line 1" in said.err) == (2, True)


def test_config_check_tells_all_mistakes_of_all_profiles(ask):
    said = ask("config", "check", "--json")
    places = [row["place"] for row in json.loads(said.out)["rows"]]
    wrong = ("unknown_word", "no_table", "no_field", "no_column", "no_form", "no_unit", "other_form")
    assert (said.code, places) == (2, [f"[profiles.{name}]" for name in wrong])


def test_the_samples_of_the_readme(run, tmp_path, monkeypatch):
    """What the page shows are the files; a profile and a form of one's own, as they lie there, work."""
    monkeypatch.chdir(ROOT)
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("config.toml", "forms/shop_visit.toml"):
        assert (ROOT / "samples" / name).read_text(encoding="utf-8") in page
    options = ["--db", tmp_path / "a.db", "--config", "samples/config.toml", "--as-of", "2026-06-30"]
    assert run(*options, "config", "check").code == 0
    said = json.loads(run(*options, "import", "samples/erp.csv", "--profile", "erp", "--strict", "--json").out)
    assert (said["summary"]["new"], said["summary"]["not_taken"]) == (2, 1)
    visit = ["巡检单号=V-1", "客户编号=HD-000201", "巡检日期=2026-06-20", "陈列情况=好"]
    assert run(*options, "add", "门店巡检", *visit).code == 0
    (row,) = json.loads(run(*options, "list", "门店巡检", "--json").out)["rows"]
    assert (row["customer"], row["shelf"]) == ("HD-000201", "good")
