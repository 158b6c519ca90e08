"""custcli export: files that import reads again and finds nothing changed (forms.md 5, case 50)."""

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from custcli.db import Author, journal, open_database

COMPANY = Path(__file__).parents[1] / "db" / "records.sql"


@pytest.fixture
def company(tmp_path):
    path = tmp_path / "c.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        number = journal.open_change(connection, Author("tester", "import").header())
        whole = ""
        for line in COMPANY.read_text(encoding="utf-8").splitlines(keepends=True):
            whole += line
            if sqlite3.complete_statement(whole):
                connection.exec_driver_sql(whole)
                whole = ""
        journal.close_change(connection, number, {})
    return path


FORMS = ("wholesale", "individual", "enterprise", "潜在客户", "orders", "payments")


@pytest.mark.parametrize("how", [["xlsx"], ["csv"], ["csv", "--labels"], ["tsv"]], ids="".join)  # cli.md 3: keys
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", FORMS)
def test_what_was_exported_whole_is_unchanged_when_imported(run, company, tmp_path, form, language, how):
    ending, *labels = how
    file = tmp_path / f"out.{ending}"
    assert run("--db", company, "--lang", language, "export", form, "--reveal", "-o", file, *labels).code == 0
    said = run("--db", company, "--lang", language, "import", file, "--strict", "--json")
    assert said.code == 0, said.err
    summary = json.loads(said.out)["summary"]
    assert summary["read"] == summary["unchanged"] > 0
    assert (summary["left_over"], summary["rounded"], summary["change"]) == ([], 0, None)


@pytest.mark.parametrize("form", ["wholesale", "individual", "潜在客户", "orders"])
def test_a_masked_export_changes_nothing_either(run, company, tmp_path, form):
    file = tmp_path / "out.xlsx"
    assert run("--db", company, "export", form, "-o", file).code == 0
    with sqlite3.connect(company) as kept:
        before = kept.execute("SELECT * FROM customer").fetchall(), kept.execute("SELECT * FROM contact").fetchall()
    run("--db", company, "import", file, "--as", form, "--on-error", "skip", "--rejects", tmp_path / "r.xlsx")
    with sqlite3.connect(company) as kept:
        after = kept.execute("SELECT * FROM customer").fetchall(), kept.execute("SELECT * FROM contact").fetchall()
    assert after == before


def test_headings_name_group_year_and_unit(run, company, tmp_path):
    file = tmp_path / "out.csv"
    run("--db", company, "--lang", "zh", "export", "wholesale", "--labels", "-o", file)
    with file.open(encoding="utf-8-sig") as lines:
        heading, first, _ = csv.reader(lines)
    record = dict(zip(heading, first, strict=True))
    assert record["2024年金额(元)"] == "1250000"
    assert record["法人代表姓名"] == "张*"
    assert record["联系人职务"] == "经理"
    assert record["经营本产品时间"] == "2019"


def test_csv_has_the_keys_of_json_and_a_workbook_labels(run, company, tmp_path):  # cli.md 3
    from python_calamine import load_workbook

    for name in ("out.csv", "out.xlsx"):
        assert run("--db", company, "--lang", "zh", "export", "wholesale", "-o", tmp_path / name).code == 0
    document = json.loads(run("--db", company, "export", "wholesale", "--json").out)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as lines:
        first = next(csv.DictReader(lines))
    assert list(first) == list(document["rows"][0])
    assert first["yearly_sales.2024.amount"] == "1250000"  # yuan, as in json
    heading = load_workbook(str(tmp_path / "out.xlsx")).get_sheet_by_index(0).to_python()[0]
    assert {"客户编号", "2024年金额(元)", "法人代表姓名"} <= set(heading)


def test_orders_with_lines_have_their_keys_in_csv(run, company, tmp_path):  # cli.md 3: same keys as json
    document = json.loads(run("--db", company, "export", "orders", "--json").out)
    rows = list(csv.DictReader(run("--db", company, "export", "orders", "-f", "csv").out.splitlines()))
    assert list(rows[0]) == list(document["rows"][0])
    assert [(row["amount"], row["lines.amount"]) for row in rows[1:3]] == [
        ("1234.5678", "1000"),
        ("1234.5678", "234.5678"),
    ]


def test_lines_one_a_row_and_amounts_of_the_order_named_so(run, company):
    said = run("--db", company, "--lang", "zh", "export", "orders", "-f", "csv", "--labels")
    rows = list(csv.DictReader(said.out.splitlines()))
    assert [(row["单号"], row["金额合计"], row["品名"], row["明细金额"], row["折扣"]) for row in rows] == [
        ("S-1", "100", "", "", ""),
        ("S-2", "1234.5678", "啤酒", "1000", ""),
        ("S-2", "1234.5678", "白酒", "234.5678", "95%"),
        ("", "-5", "", "", ""),
    ]


def test_lines_of_an_order_without_a_number_stay_together(run, company, tmp_path):
    with sqlite3.connect(company) as kept:
        kept.execute("UPDATE sales_order SET order_no = NULL WHERE order_no = 'S-2'")
    file = tmp_path / "out.csv"
    run("--db", company, "export", "orders", "--reveal", "-o", file)
    summary = json.loads(run("--db", company, "import", file, "--json").out)["summary"]
    assert (summary["read"], summary["unchanged"]) == (3, 3)


def test_keys_and_numbers_in_json(run, company):
    document = json.loads(run("--db", company, "--as-of", "2026-03-31", "export", "orders", "--json").out)
    assert document["command"] == "export"
    assert document["rows"][2]["lines.discount"] == 0.95
    assert document["rows"][2]["amount"] == 1234.5678


def test_conditions(run, company):
    said = run("--db", company, "export", "orders", "--where", "customer=C-000002", "--where", "amount<0", "--json")
    assert [row["amount"] for row in json.loads(said.out)["rows"]] == [-5]


def test_an_existing_file_is_kept(run, company, tmp_path):
    file = tmp_path / "out.csv"
    file.write_text("mine", encoding="utf-8")
    assert run("--db", company, "export", "payments", "-o", file).code == 4
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("--db", company, "export", "payments", "-o", file, "--force").code == 0


def test_formulas_are_guarded(run, company, tmp_path):
    file = tmp_path / "out.csv"
    run("--db", company, "export", "wholesale", "--reveal", "-o", file)
    assert "'=SUM(A1)" in file.read_text(encoding="utf-8-sig")


def test_all_as_a_workbook(run, company, tmp_path):
    from python_calamine import load_workbook

    file = tmp_path / "all.xlsx"
    assert run("--db", company, "--as-of", "2026-03-31", "export", "all", "-o", file).code == 0
    names = load_workbook(str(file)).sheet_names
    assert set(names) == {
        "Enterprise dossier", "Individual dossier", "Orders", "Payments", "Prospect card", "Wholesale dossier",
        "Classes", "Values", "Prospects by grade",
    }  # fmt: skip


def test_all_as_a_document_is_masked(run, company):
    document = json.loads(run("--db", company, "--as-of", "2026-03-31", "export", "all", "--json").out)
    assert {row["form"] for row in document["rows"]} == {
        "enterprise", "individual", "orders", "payments", "prospects", "wholesale", "classes", "values",
        "prospects_by_grade",
    }  # fmt: skip
    told = json.dumps(document, ensure_ascii=False)
    for secret in ("王小明", "张三", "13800138000", "110101199005170016", "陈潜", "漕溪北路"):
        assert secret not in told
    assert "华东商行" in told


def test_all_of_some_customers(run, company):
    document = json.loads(run("--db", company, "export", "all", "--where", "region=华北", "--json").out)
    assert {row["form"] for row in document["rows"]} >= {"enterprise", "wholesale"}
    assert not {row["form"] for row in document["rows"]} & {"orders", "individual", "payments"}


def test_all_of_it_is_no_csv(run, company, tmp_path):
    said = run("--db", company, "export", "all", "-o", tmp_path / "all.csv")
    assert said.code == 2
    assert ".xlsx" in said.err
    assert not (tmp_path / "all.csv").exists()


@pytest.mark.parametrize(("what", "key"), [("classes", "abc"), ("values", "lifetime"), ("prospects", "grade")])
def test_answers_of_other_commands(run, company, what, key):
    said = run("--db", company, "--as-of", "2026-03-31", "export", what, "--json")
    assert key in json.loads(said.out)["rows"][0]


def test_an_export_stores_no_run(run, company):
    run("--db", company, "export", "classes", "--json")
    with sqlite3.connect(company) as kept:
        assert kept.execute("SELECT count(*) FROM run").fetchone() == (1,)
        assert kept.execute("SELECT count(*) FROM change").fetchone() == (1,)


def test_unknown(run, company):
    assert run("--db", company, "export", "nothing").code == 6


def test_computed_sheets_are_passed_over_by_import(run, tmp_path, monkeypatch):
    """What custcli exports it reads again: the records, and nothing that it computed itself."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(
        "客户编号,客户名称,所属区域,客户性质,行业\nK1,甲,华东,民营,化工\n", encoding="utf-8"
    )
    (tmp_path / "o.csv").write_text("单号,客户编号,交易日期,金额\nD1,K1,2026-03-01,5\n", encoding="utf-8")
    for db, files in (("a.db", ("d.csv", "o.csv")), ("b.db", ("all.xlsx",))):
        assert run("--db", db, "import", *files).code == 0
        assert run("--db", db, "export", "all", "-o", "all.xlsx", "--force", "--reveal").code == 0
    assert "passed over" in run("--db", "a.db", "import", "all.xlsx").out
    assert len(json.loads(run("--db", "a.db", "log", "--json").out)["rows"]) == 2


@pytest.mark.parametrize(
    ("what", "name", "chinese"),
    [
        ("classes", "Classes", "客户分级"),
        ("values", "Values", "客户价值"),
        ("prospects", "Prospects by grade", "潜在客户等级"),
    ],
)
def test_sheets_of_answers_have_short_names(run, company, tmp_path, what, name, chinese):
    from python_calamine import load_workbook

    for language, title in (("en", name), ("zh", chinese)):
        file = tmp_path / f"{language}.xlsx"
        assert run("--db", company, "--lang", language, "export", what, "-o", file).code == 0
        assert load_workbook(str(file)).sheet_names == [title]


@pytest.mark.parametrize("labels", [[], ["--labels"]], ids=["keys", "labels"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", ["classes", "values"])
def test_an_answer_as_csv_is_never_taken_for_a_dossier(run, company, tmp_path, what, language, labels):
    file = tmp_path / "out.csv"
    args = ["--as-of", "2026-03-31", "--lang", language]
    assert run("--db", company, *args, "export", what, "--reveal", "-o", file, *labels).code == 0
    assert run("--db", company, *args, "import", file, "--on-error", "skip").code == 4
