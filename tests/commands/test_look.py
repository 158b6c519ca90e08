"""What is drawn: the last months in a dossier, charts and tints in workbooks."""

import json
import re
from zipfile import ZipFile

import pytest

DAY = ("--as-of", "2026-06-30")
ORDERS = """单号,客户编号,交易日期,金额
D1,C1,2025-06-30,999
D2,C1,2025-07-01,100
D3,C1,2026-01-15,400
D4,C1,2026-06-30,800
D5,C2,2026-06-01,50
"""


@pytest.fixture
def ask(run, tmp_path):
    """A small company; two runs, between which C2 entered."""
    source, database = tmp_path / "o.csv", tmp_path / "c.db"
    source.write_text(ORDERS, encoding="utf-8")
    assert run("--db", database, "import", source, "--as", "orders", "--create-customers").code == 0
    for day in ("2026-03-31", DAY[1]):
        assert run("--db", database, "--as-of", day, "classify", "--by", "sales").code == 0
    return lambda *args: run("--db", database, *DAY, *args)


def test_a_dossier_draws_the_last_twelve_months(ask):
    assert "2025-07 ▁·····▄····█ 2026-06" in ask("show", "C1").out  # 2025-06 is a month too old


def test_scripts_get_no_drawing(ask):
    told = json.loads(ask("show", "C1", "--json").out)
    assert not re.search("[▁█]", json.dumps(told, ensure_ascii=False))


@pytest.mark.parametrize(
    ("args", "direction", "values"),
    [
        (["composition", "region"], "bar", "$F$2"),
        (["composition", "month"], "col", "$F$2:$F$4"),
        (["movements"], "bar", None),
        (["classify", "--method", "rfm", "--r-cuts", "10,30,60,90", "--f-cuts", "2,3,4,5", "--m-cuts", "1,2,3,4"],
         "bar", None),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)  # fmt: skip
def test_a_workbook_draws_bars(ask, tmp_path, args, direction, values):
    answer = ask(*args, "-o", tmp_path / "b.xlsx")
    assert answer.code == 0, answer.err
    with ZipFile(tmp_path / "b.xlsx") as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    assert f'<c:barDir val="{direction}"/>' in chart
    assert re.search(r"<c:v>-?\d", chart) or "<c:f>" in chart
    if values:
        assert f"!{values}</c:f>" in chart


def test_a_workbook_tints_cohorts(ask, tmp_path):
    assert ask("cohorts", "--by", "quarter", "-o", tmp_path / "b.xlsx").code == 0
    with ZipFile(tmp_path / "b.xlsx") as book:
        assert "<colorScale>" in book.read("xl/worksheets/sheet1.xml").decode()


def test_an_answer_without_rows_has_no_chart(run, tmp_path):
    database = tmp_path / "e.db"
    assert run("--db", database, "init").code == 0
    assert run("--db", database, *DAY, "composition", "month", "-o", tmp_path / "b.xlsx").code == 0
    with ZipFile(tmp_path / "b.xlsx") as book:
        assert not [name for name in book.namelist() if "chart" in name]
