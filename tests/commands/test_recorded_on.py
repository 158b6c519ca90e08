"""--recorded-on: the data as recorded at the end of a day, by the journal (decisions.md 1); find from outside."""

import json
import sqlite3

import pytest

from custcli.db import journal, open_database
from custcli.db.then import as_recorded

pytestmark = pytest.mark.usefixtures("db")

HEAD = "客户编号,客户名称,所属区域,行业,法人代表姓名\n"


@pytest.fixture
def db(tmp_path, monkeypatch):
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    return path


def data(db):
    with sqlite3.connect(db) as kept:
        names = [
            row[0] for row in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'")
        ]
        return {name: kept.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}


@pytest.fixture
def on(monkeypatch, run, db):
    """One command as if it were run on that day; lines are imported as enterprises."""

    def call(day, *words, lines=()):
        at = f"{day}T10:00:00+00:00"
        header = journal.ChangeHeader
        monkeypatch.setattr(
            journal.Author,
            "header",
            lambda self, kind="data", *, undoes=None, reason=None: header(
                at, self.user, self.command, kind, undoes, reason
            ),
        )
        if lines:
            db.with_name("d.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
        said = run(*(("import", "d.csv", "--as", "enterprise") if lines else words))
        assert said.code == 0, said.err

    return call


@pytest.fixture
def story(on):
    """Five days on which a customer comes, changes, goes and comes back."""
    on("2026-01-01", lines=["K1,甲,华东,机械,王五"])
    on("2026-01-02", lines=["K1,甲二,华南,机械,赵六", "K2,乙,华北,贸易,"])
    on("2026-01-03", "edit", "K1", "region=", "行业=电子")
    on("2026-01-04", "delete", "K1")
    on("2026-01-05", "undo")


def listed(run, day):
    rows = json.loads(
        run(
            "list",
            "enterprise",
            "--recorded-on",
            day,
            "--columns",
            "code,name,region,industry,legal_rep.name",
            "--reveal",
            "--json",
        ).out
    )["rows"]
    return [tuple(row.values()) for row in rows]


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2025-12-31", []),
        ("2026-01-01", [("K1", "甲", "华东", "机械", "王五")]),
        ("2026-01-02", [("K1", "甲二", "华南", "机械", "赵六"), ("K2", "乙", "华北", "贸易", None)]),
        ("2026-01-03", [("K1", "甲二", None, "电子", "赵六"), ("K2", "乙", "华北", "贸易", None)]),
        ("2026-01-04", [("K2", "乙", "华北", "贸易", None)]),
        ("2026-01-05", [("K1", "甲二", None, "电子", "赵六"), ("K2", "乙", "华北", "贸易", None)]),
        ("2026年1月6日", [("K1", "甲二", None, "电子", "赵六"), ("K2", "乙", "华北", "贸易", None)]),
    ],
)
def test_list_as_it_was(run, day, rows):
    assert listed(run, day) == rows


@pytest.mark.usefixtures("story")
def test_show_and_history_as_they_were(run, db):
    before = data(db)
    shown = json.loads(run("show", "K1", "--recorded-on", "2026-01-01", "--json").out)["rows"]
    assert {row["field"]: row["value"] for row in shown}["name"] == "甲"
    assert run("show", "K1", "--recorded-on", "2026-01-04").code == 6
    rows = json.loads(run("history", "K1", "region", "--recorded-on", "2026-01-02", "--json").out)["rows"]
    assert [(row["after"], row["present"]) for row in rows] == [("华东", False), ("华南", True)]
    assert data(db) == before  # asking changes nothing
    assert run("show", "K1", "--recorded-on", "2026-13-01").code == 2


@pytest.mark.usefixtures("story")
def test_it_holds_for_every_table(on, db):
    before = data(db)
    on("2026-01-09", "undo", "3")
    then = as_recorded(open_database(str(db), timeout=5, create=False), "2026-01-06T00:00:00+00:00")
    with then.reading() as connection:
        for name, rows in before.items():
            found = [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2")]
            assert found == rows, name


ASKED = (
    *(["classify", *words, "--no-save"] for words in ([], ["--method", "matrix"], ["--by", "lifetime"])),
    *(["status"], ["value"], ["composition", "region"], ["composition", "class"], ["prospects"], ["movements"]),
)


@pytest.fixture
def answers(run):
    """What the answers of the day are, with further words."""

    def call(*more):
        said = [run(*words, "--as-of", "2026-01-05", "--json", *more) for words in ASKED]
        assert {each.code for each in said} == {0}, [each.err for each in said]
        return [json.loads(each.out) for each in said], [each.err for each in said]

    return call


def test_an_answer_of_the_past_is_repeated_to_the_row_or_says_that_it_is_not(run, on, answers):
    """Late orders, a changed dossier, worksheet and stage, a later run, a deleted customer: none is seen there."""
    on("2026-01-01", lines=["K1,甲,华东,机械,王五", "K2,乙,华北,贸易,", "K3,丙,华北,贸易,"])
    for place, (code, amount) in enumerate([("K1", 100), ("K2", 60), ("K3", 20)]):
        on(
            "2026-01-02",
            "add",
            "orders",
            f"客户编号={code}",
            "交易日期=2026-01-02",
            f"单号=S{place}",
            f"金额={amount}元",
        )
    on("2026-01-03", "prospect", "K3", "--money", "yes", "--on", "2026-01-03")
    on("2026-01-03", "edit", "K3", "card.expected_amount=500元", *(f"card.potential_{each}=是" for each in range(1, 8)))
    on("2026-01-05", "classify", "--as-of", "2026-01-05")
    then, quiet = answers()
    assert not any("Changes recorded after" in each for each in quiet)
    on("2026-01-08", "add", "orders", "客户编号=K2", "交易日期=2026-01-04", "单号=LATE", "金额=900元")
    on("2026-01-08", "edit", "K3", "region=华南", "card.expected_amount=1元", "card.potential_1=×")
    on("2026-01-08", "classify", "--as-of", "2026-01-05", "--cut", "10,20")
    on("2026-01-08", "delete", "K1", "--with-records")
    now, told = answers()
    assert all(one["rows"] != other["rows"] for one, other in zip(then[:-1], now[:-1], strict=True))
    assert all("Changes recorded after 2026-01-05: 4;" in each for each in told)
    assert "Run 1 of the same day had other figures (customers: 2)" in told[0]
    assert "--recorded-on 7 repeats it" in told[0]
    for recorded in ("2026-01-05", "7"):
        assert answers("--recorded-on", recorded)[0] == then
    stored = json.loads(run("runs", "1", "--json").out)
    keys = ("rank", "code", "amount", "share", "cumulative_share", "abc", "tier", "basis")
    assert [[row[key] for key in keys] for row in stored["rows"]] == [
        [row[key] for key in keys] for row in then[0]["rows"]
    ]
    assert (stored["summary"]["cuts"], stored["summary"]["boundary"]) == (["80", "95"], "end")
    refused = run("status", "--apply", "--recorded-on", "2026-01-05")
    assert (refused.code, run("runs", "9").code, run("status", "--recorded-on", "99").code) == (2, 6, 6)


# find


@pytest.fixture
def company(run, db):
    assert not db.exists()
    for words in (
        "enterprise 客户编号=K1 客户名称=华东机械有限公司 所属区域=华东 手机=13800138000 法人代表姓名=王五",
        "enterprise 客户编号=K10 客户名称=重庆长城商行 电话=021-54321234",
        "individual 客户编号=P1 姓名=张三丰 手机=13600136000",
    ):
        assert run("add", *words.split()).code == 0


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("K1", [("K1", "code", "exact"), ("K10", "code", "beginning")]),
        ("长城", [("K10", "name", "part")]),
        ("华东机械有限公司", [("K1", "name", "exact")]),
        ("hdjx", [("K1", "name", "pinyin")]),
        ("chongqing", [("K10", "name", "pinyin")]),
        ("wangwu", [("K1", "legal_rep.name", "pinyin")]),
        ("王", [("K1", "legal_rep.name", "beginning")]),
        ("138001", [("K1", "mobile", "beginning")]),
        ("5432 1234", [("K10", "phone", "part")]),
        ("zsf", [("P1", "name", "pinyin")]),
        ("%", []),
        ("没有", []),
    ],
)
def test_find(run, text, found):
    said = run("find", text, "--json")
    assert said.code == 0, said.err
    rows = json.loads(said.out)["rows"]
    assert [(row["code"], row["field"], row["match"]) for row in rows] == found
    assert run("find", text).code == 0


@pytest.mark.usefixtures("company")
def test_what_is_found_is_masked(run):
    said = run("find", "张三丰").out + run("find", "13600136000").out + run("find", "王五").out
    assert "张*" in said
    assert "136****6000" in said
    assert not {"张三丰", "13600136000", "王五"} & set(said.split())
    assert "张三丰" in run("find", "张三丰", "--reveal").out
    assert "reveal" in run("log", "--limit", "1", "--json").out
