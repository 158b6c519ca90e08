"""Everything exported with --reveal and imported into an empty database is the same again (F046, cli.md 4)."""

import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

SAMPLES = Path(__file__).parents[2] / "samples"
DAY = ("--as-of", "2026-06-30")
OF_THE_FILE = {"id", "made_by", "source_id", "source_row"}
KEPT = ("customer", "contact", "contact_role", "yearly_sales", "prospect", "man_letter", "sales_order", "order_line",
        "payment", "entry")  # fmt: skip


def contents(path):
    """Table → its rows without numbers of their own: what they refer to is named by what it says."""
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        tables = {name: database.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in KEPT}
    codes = {row["id"]: row["code"] for row in tables["customer"]}
    people = {row["id"]: said(row, {}) for row in tables["contact"]}
    orders = {row["id"]: said(row, {"customer_id": codes}) for row in tables["sales_order"]}
    named = {"customer_id": codes, "referred_by": codes, "parent": codes, "contact_id": people, "order_id": orders}
    return {name: Counter(said(row, named) for row in rows) for name, rows in tables.items()}


def said(row, named):
    cells = {}
    for name in set(row.keys()) - OF_THE_FILE:
        value = row[name]
        if value is not None and name in named:
            value = named[name][value]
        cells[name] = json.loads(value) if name == "extra" else value
    return json.dumps(cells, ensure_ascii=False, sort_keys=True)


def again(run, before, folder, how):
    """The database that an export of all of it makes; contents of the first and of the second."""
    out, after = f"{folder / 'all'}{how}", folder / "after.db"
    exported = run("--db", before, *DAY, "export", "all", "--reveal", "-o", out, "-q")
    assert exported.code == 0, exported.err
    imported = run("--db", after, *DAY, "import", out, "--json")
    assert imported.code == 0, imported.err
    summary = json.loads(imported.out)["summary"]
    assert (summary["rejected"], summary["left_over"], summary["rounded"]) == (0, [], 0)
    return contents(before), contents(after)


def assert_same(run, before, folder, how):
    first, second = again(run, before, folder, how)
    for name in KEPT:
        assert (first[name] - second[name], second[name] - first[name]) == (Counter(), Counter()), name


TAKES_OVER = "批发类客户档案\n客户编号,客户名称,法人代表姓名,法人代表身份证号码\nHB-000004,永兴批发部,"
MORE = {
    "lines.csv": "单号,客户编号,交易日期,品名,数量,单价,金额\nM-1,HB-000004,2026-03-01,啤酒,2,3.5,7\n"
    "M-1,HB-000004,2026-03-01,白酒,1,0.0001,0.0001\n,HB-000004,2026-03-02,茶,1,5,5\n",
    "foreign.csv": "单号,客户编号,客户名称,交易日期,金额,币种\nU-1,NEW-1,新客户,2026-03-01,12345.6789,USD\n",
    "one.csv": TAKES_OVER + "前任,110105198001010016\n",
    "two.csv": TAKES_OVER + "现任,440524197802030028\n",
    "letters.csv": "客户编号,购买能力,购买能力评定日期,购买能力依据\n"
    "C-000001,no,2024-01-05,旧\nC-000001,yes,2026-06-01,新\n",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company, and what it lacks: lines, a foreign currency, former letters, customers made on the way.

    And a legal representative who took over from another one.
    """
    from custcli.app import run

    folder = tmp_path_factory.mktemp("company")
    before = str(folder / "before.db")
    files = [str(SAMPLES / name) for name in ("dossiers.xlsx", "prospects.xlsx", "orders.csv", "payments.csv")]
    assert run(["--db", before, *DAY, "import", *files, "-q"]) == 0
    for name, text in MORE.items():
        (folder / name).write_text(text, encoding="utf-8")
        assert run(["--db", before, *DAY, "import", str(folder / name), "--create-customers", "-q"]) == 0, name
    both = (("HB-000004", "XN-000007"), ("XN-000007", "HB-000004"))  # in a circle: neither can be written first
    with sqlite3.connect(before) as database:
        for one, other in both:
            database.execute(
                "UPDATE customer SET referred_by = (SELECT id FROM customer WHERE code = ?) WHERE code = ?",
                (one, other),
            )
    return Path(before)


@pytest.mark.parametrize(("how", "language"), [(".xlsx", "zh"), ("/", "en"), (".xlsx", "en")])
def test_the_sample_company(run, company, tmp_path, how, language, monkeypatch):
    monkeypatch.setenv("CUSTCLI_LANG", language)
    assert_same(run, company, tmp_path, how)


HOSTILE = st.one_of(
    st.sampled_from([
        "=cmd|' /C calc'!A0", "+86", "-1", "@x", "'x", "''=1", "{=1}", "http://e.com", "<r><t>x</t></r>", "_x0041_",
        "a\nb", "a\tb", "007", "1e5", "TRUE", "1/2", "𠮷野家", 'say "hi"', "a,b;c", "\u200f右", "[red]x[/red]", "é",
        "½", "％", "a\u2029b",
    ]),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="*＊"), min_size=1,
            max_size=12),
)  # fmt: skip
MONEY = st.integers(-(10**13), 10**13)


@settings(
    max_examples=3, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(HOSTILE, HOSTILE, MONEY), min_size=20, max_size=60))
@pytest.mark.parametrize("how", [".xlsx", "/"])
def test_hostile_texts_and_any_amount(run, tmp_path_factory, how, rows):
    """Texts that import takes at all come out of an export and in again as they are, and amounts to the last digit."""
    folder = tmp_path_factory.mktemp("hostile")
    head = ["客户编号", "客户名称", "所属业务区", "负责业务员", "手机", "经营地址", "备注"]
    lines = [
        [f"K{n}", f"客{n}{name}", "华东", "王敏", "13800138000", f"路{note}", note]
        for n, (name, note, _) in enumerate(rows)
    ]
    bought = [
        [f"N{n}", f"K{n}", "2026-01-05", f"{amount / 10_000:.4f}", note] for n, (_, note, amount) in enumerate(rows)
    ]
    write(folder / "dossiers.xlsx", "批发类客户档案", [head, *lines])
    write(folder / "orders.xlsx", "交易", [["单号", "客户编号", "交易日期", "金额", "备注"], *bought])
    before = folder / "before.db"
    files = (folder / "dossiers.xlsx", folder / "orders.xlsx")
    said = run("--db", before, "import", *files, "--on-error", "skip", "--rejects", folder / "rejects.xlsx", "-q")
    assert said.code in {0, 3}, said.err
    assert (
        sum(contents(before)["customer"].values()) > len(rows) // 2
    )  # what looks masked is not taken (decisions.md 15)
    assert_same(run, before, folder, how)


def write(path, title, rows):
    """A workbook of texts, laid by the writer itself, since csv would take guards away."""
    from custcli.files.write_book import SheetOut, write_sheets
    from custcli.grid import Column

    write_sheets(path, [SheetOut(title, [Column(text, text) for text in rows[0]], rows[0], rows[1:])])
