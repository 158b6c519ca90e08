"""custcli export: files that import reads again and finds nothing changed (forms.md 5, case 50)."""

import csv
import json
import os
import sqlite3
import subprocess
import sys

import pytest

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


def test_orders_with_lines_have_their_keys_in_csv(run, company):  # cli.md 3: same keys as json
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
        "Former assessments", "Classes", "Values", "Prospects by grade", "Notes",
    }  # fmt: skip


def test_all_as_a_document_is_masked(run, company):
    document = json.loads(run("--db", company, "--as-of", "2026-03-31", "export", "all", "--json").out)
    assert {row["form"] for row in document["rows"]} == {
        "enterprise", "individual", "orders", "payments", "prospects", "prospects_former", "wholesale", "classes",
        "values", "prospects_by_grade",
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
        assert load_workbook(str(file)).sheet_names[0] == title


@pytest.mark.parametrize("labels", [[], ["--labels"]], ids=["keys", "labels"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", ["classes", "values", "prospects"])
def test_an_answer_as_csv_is_passed_over(run, company, tmp_path, what, language, labels):
    """The keys of `prospects` are those of a prospect card: only what custcli computes tells them apart."""
    file = tmp_path / "out.csv"
    args = ["--as-of", "2026-03-31", "--lang", language]
    assert run("--db", company, *args, "export", what, "--reveal", "-o", file, *labels).code == 0
    said = run("--db", company, "--lang", "en", "import", file)
    assert said.code == 0
    assert "figures that custcli computed, passed over" in said.out
    seen = json.loads(run("--lang", "en", "inspect", file, "--json").out)
    assert (seen["rows"], seen["summary"]["sheets"][0]["form"]) == ([], None)
    assert "figures that custcli computed" in seen["summary"]["sheets"][0]["refused"]
    assert len(json.loads(run("--db", company, "log", "--json").out)["rows"]) == 2  # the company, and the reveal


# Which rows and columns


@pytest.mark.parametrize(
    ("args", "rows"),
    [
        (["wholesale", "所属业务区=华东", "--columns", "code,手机"], [{"code": "C-000001", "mobile": "138****8000"}]),
        (["region=华北", "--columns", "code", "--sort", "-code"], [{"code": "C-000005"}, {"code": "C-000003"}]),
        (["customers", "--columns", "code", "--limit", "1"], [{"code": "C-000001"}]),
        (["payments", "--columns", "金额,customer"], [{"amount": 500, "customer": "C-000001"}]),
        (
            ["orders", "--columns", "单号", "--sort", "-单号"],
            [{"order_no": "S-2"}, {"order_no": "S-1"}, {"order_no": None}],
        ),
        (["orders", "amount<0", "--columns", "amount"], [{"amount": -5}]),
        (["classes", "--columns", "code,abc", "--limit", "1"], [{"code": "C-000005", "abc": "A"}]),
        (
            ["classes", "region=华东", "--columns", "客户编号", "--sort", "-code"],
            [{"code": "C-000002"}, {"code": "C-000001"}],
        ),
        (["prospects", "--columns", "code,Grade"], [{"code": "C-000004", "grade": "A"}]),
    ],
    ids=str,
)
def test_columns_order_limit_and_conditions(run, company, args, rows):
    said = run("--db", company, "--as-of", "2026-03-31", "--lang", "zh", "export", *args, "--json")
    assert json.loads(said.out)["rows"] == rows


def test_a_limit_is_of_records_not_of_lines(run, company):
    rows = json.loads(run("--db", company, "export", "orders", "--limit", "2", "--json").out)["rows"]
    assert [row["order_no"] for row in rows] == ["S-1", "S-2", "S-2"]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["classes", "--columns", "nmae"], 2, "no such column; there are: rank, code, name"),
        (["wholesale", "--columns", "nmae"], 2, "no such field; did you mean"),
        (["all", "--columns", "code"], 2, "name a form"),
        (["card", "C-000001", "C-000002", "-o", "x.xlsx"], 2, "a card is of one customer"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told(run, company, args, code, says):
    said = run("--db", company, "export", *args)
    assert (said.code, said.out) == (code, "")
    assert says in said.err


# Folders, Parquet, too many rows


def test_all_into_a_folder(run, company, tmp_path):
    out = f"{tmp_path / 'out'}/"
    assert run("--db", company, "--as-of", "2026-03-31", "export", "all", "-o", out).code == 0
    found = sorted(str(file.relative_to(out)) for file in (tmp_path / "out").rglob("*.csv"))
    assert found == [
        "computed/classes.csv", "computed/prospects_by_grade.csv", "computed/values.csv", "enterprise.csv",
        "individual.csv", "orders.csv", "payments.csv", "prospects.csv", "prospects_former.csv", "wholesale.csv",
    ]  # fmt: skip
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "out").rglob("*.csv")}
    assert modes == {0o600}
    assert run("--db", company, "export", "all", "-o", out).code == 4  # it is there
    assert run("--db", company, "export", "all", "-o", out, "--force").code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.db", "out"]


def test_one_form_into_a_folder_beside_others(run, company, tmp_path):
    (tmp_path / "out").mkdir()
    assert run("--db", company, "export", "orders", "-o", tmp_path / "out", "-f", "jsonl").code == 0
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["orders.jsonl"]


def test_several_tables_are_no_parquet(run, company, tmp_path):
    said = run("--db", company, "export", "all", "-o", tmp_path / "all.parquet")
    assert said.code == 2
    assert "-o NAME/" in said.err


def test_parquet_is_masked_and_typed(run, company, tmp_path):
    from decimal import Decimal

    from pyarrow import parquet

    file = tmp_path / "w.parquet"
    assert run("--db", company, "export", "wholesale", "-o", file).code == 0
    table = parquet.read_table(file)
    row = table.to_pylist()[0]
    assert row["mobile"] == "138****8000"
    assert row["yearly_sales.2025.amount"] == Decimal("999999.9999")
    assert row["product_lines"] == ["啤酒", "白酒"]
    assert str(table.schema.field("filled_on").type) == "date32[day]"
    assert table.schema.field("is_key").type == "bool"


def test_more_rows_than_a_sheet_holds(run, company, tmp_path, monkeypatch):
    monkeypatch.setattr("custcli.files.write_book.LAST_ROW", 3)
    said = run("--db", company, "export", "orders", "-o", tmp_path / "o.xlsx")
    assert said.code == 4
    assert ".parquet" in said.err
    assert not (tmp_path / "o.xlsx").exists()
    assert run("--db", company, "export", "orders", "-o", tmp_path / "o.csv").code == 0


# The same data, the same bytes

ELSEWHERE = """
import sys, time
shift, folder = float(sys.argv[1]), sys.argv[2]
real, local = time.time, time.localtime
time.time = lambda: real() + shift
time.localtime = lambda seconds=None: local(time.time() if seconds is None else seconds)
from custcli.app import run
for what, ending in [("classes", name) for name in ("xlsx", "csv", "json", "html", "parquet")] + [("all", "xlsx")]:
    out = f"{folder}/{what}.{ending}"
    assert run(["--db", sys.argv[3], "--as-of", "2026-03-31", "export", what, "-o", out, "-q"]) == 0
"""


def test_the_same_data_gives_the_same_bytes(company, tmp_path):
    made = []
    for number, (zone, seed, shift) in enumerate([("UTC", "1", "0"), ("America/New_York", "2", "40000000")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        around = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", ELSEWHERE, shift, folder, company], check=True, env=around)
        made.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert len(made[0]) == 6
    assert made[0] == made[1]
