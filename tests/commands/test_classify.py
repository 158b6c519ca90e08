"""custcli classify and runs at the command line: keys, exit codes, languages, files."""

import json
from itertools import count

import pytest

from custcli.db import Author, journal, open_database

KEYS = [
    *("rank", "code", "name", "kind", "region", "owner", "amount", "share", "cumulative_share", "abc", "tier", "basis"),
    *("previous_abc", "previous_tier", "noted_band", "band", "differs"),
]
SUMMARY = [
    *(
        "metric",
        "value_basis",
        "currency",
        "since",
        "until",
        "customers",
        "ranked",
        "unranked",
        "total",
        "abc",
        "tiers",
    ),
    *("pareto", "gini"),
]
"""cli.md 6."""


@pytest.fixture
def db(tmp_path):
    """Three customers of 12.5, 5 and 0.5 thousand yuan; one is a person, one has no orders."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        names = ("甲公司", "李四", "丙公司", "丁公司")
        for number, name, kind in zip(count(1), names, ("wholesale", "individual", "pr", "retail"), strict=False):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, made_by, extra, code, name, name_key, kind, state, region) "
                "VALUES (?, 1, '{}', ?, ?, ?, ?, 'active', ?)",
                (number, f"C{number}", name, name, kind, "华东" if number < 3 else "华南"),
            )
        for number, amount in ((1, 125_000_000), (2, 50_001_234), (3, 5_000_000)):
            connection.exec_driver_sql(
                "INSERT INTO sales_order (made_by, extra, customer_id, ordered_on, type, status, amount, currency) "
                "VALUES (1, '{}', ?, '2026-01-15', 'sale', 'done', ?, 'CNY')",
                (number, amount),
            )
        journal.close_change(connection, change, {})
    return path


@pytest.fixture
def ask(run, db):
    return lambda *args: run(*args, "--db", db, "--as-of", "2026-03-31")


def test_json_keys_and_exact_amounts(ask):
    answer = ask("classify", "--json")
    document = json.loads(answer.out)
    assert answer.code == 0
    assert "The first 20 % of the customers" in answer.err
    assert ask("classify", "--json", "--quiet").err == ""
    assert list(document) == ["command", "as_of", "rows", "summary"]
    assert (document["command"], document["as_of"]) == ("classify", "2026-03-31")
    assert [list(row) for row in document["rows"]] == [KEYS] * 4
    assert [key for key in document["summary"] if key in SUMMARY] == SUMMARY
    assert list(document["summary"]["abc"]) == ["A", "B", "C"]
    assert list(document["summary"]["tiers"]) == ["key", "major", "ordinary", "small"]
    assert {"top20_share", "customers_for_80", "customers_for_80_share"} <= set(document["summary"]["pareto"])
    assert '"amount": 5000.1234,' in answer.out
    assert document["rows"][3] == dict.fromkeys(KEYS) | {
        "code": "C4",
        "name": "丁公司",
        "kind": "retail",
        "region": "华南",
        "amount": 0,
        "basis": "orders",
        "band": "general",
        "differs": False,
    }


def test_a_person_is_masked_and_a_reveal_is_noted(ask, db):
    assert [row["name"] for row in json.loads(ask("classify", "--json").out)["rows"]][:2] == ["甲公司", "李*"]
    assert "李四" in ask("classify", "--json", "--reveal", "--no-save").out
    with open_database(str(db), timeout=5, create=False).reading() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM change ORDER BY id").scalars().all()
    assert kinds == ["data", "run", "reveal"]


def test_save_no_save_and_runs(ask):
    ask("classify", "--no-save")
    assert json.loads(ask("runs", "--json").out)["rows"] == []
    ask("classify", "--by", "sales")
    ask("classify", "--by", "sales")
    answer = json.loads(ask("runs", "--json", "--limit", "1").out)
    assert [row["run"] for row in answer["rows"]] == [2]
    assert answer["summary"] == {"runs": 2}
    again = json.loads(ask("classify", "--by", "sales", "--json").out)
    assert again["rows"][0]["previous_abc"] is None  # the same day again has the same rows


def test_a_table_for_people_in_both_languages(ask):
    out = ask("classify").out
    assert out.startswith("Customers by value (net sales) in CNY, 2025-04-01 to 2026-03-31: A up to 80 %")
    assert "The first 20 % of the customers (1)" in out
    out = ask("classify", "--lang", "zh", "--within", "region", "--keep-ties", "--by", "orders").out
    assert not any(word in out for word in ("Customers", "Key", "Rank", "Class"))


def test_the_other_set_of_names_for_tiers(ask, monkeypatch):
    """F097: VIP 主要 普通 小 where people read; scripts have the same words, and both sets are understood."""
    monkeypatch.setenv("CUSTCLI_CLASSIFY_TIER_NAMES", "vip")
    out = ask("classify", "--by", "orders").out
    assert "VIP 1 (" in out
    assert "Key" not in out
    first = json.loads(ask("classify", "--by", "orders", "--json").out)["rows"][0]
    assert first["tier"] == "key"
    assert "VIP" in ask("show", first["code"]).out
    for word in ("VIP", "关键", "key"):
        assert json.loads(ask("list", f"tier={word}", "--json").out)["rows"][0]["code"] == first["code"]


def test_cuts_are_written_with_commas_or_slashes(ask):
    rows = [json.loads(ask("classify", "--json", "--no-save", "--cut", cut).out)["rows"] for cut in ("70,90", "70/90")]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("args", [["--class", "B"], ["--tier", "small"], ["--limit", "1"]], ids=" ".join)
def test_rows_are_filtered_and_the_summary_stays(ask, args):
    whole = json.loads(ask("classify", "--no-save", "--json").out)
    some = json.loads(ask("classify", "--no-save", "--json", *args).out)
    assert some["summary"] == whole["summary"]
    assert 0 <= len(some["rows"]) < 4


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--by", "nothing"], 2),
        (["--method", "rfm"], 2),
        (["--cut", "95,80"], 2),
        (["--tiers", "20,5,1"], 2),
        (["--months", "0"], 2),
        (["--months", "3", "--all-time"], 2),
        (["--since", "05/03/2024"], 2),
        (["--since", "2027-01-01"], 2),
        (["--where", "no_such_field=1"], 2),
        (["--all-time"], 0),
        (["--since", "2026年1月1日", "--until", "2026/1/31"], 0),
        (["--by", "lifetime"], 0),
        (["--by", "payments"], 0),
        (["--by", "score"], 0),
    ],
    ids=str,
)
def test_exit_codes(ask, args, code):
    answer = ask("classify", *args)
    assert answer.code == code
    assert bool(answer.out) is (code == 0)
    assert answer.err.count("\n") == (code != 0)


def test_a_missing_database_is_not_made(run, tmp_path):
    for command in ("classify", "runs"):
        assert run(command, "--db", tmp_path / "none.db").code == 5
    assert list(tmp_path.glob("none*")) == []


def test_files_are_the_same_for_the_same_data(ask, tmp_path):
    for name in ("a.csv", "b.csv", "a.json", "b.json"):
        assert ask("classify", "--no-save", "-o", tmp_path / name).code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_a_run_that_is_not_stored_is_heard_in_every_format(ask, monkeypatch, format_):  # decisions.md 27
    monkeypatch.setattr("custcli.db.sqlite.writable", lambda _path: False)
    answer = ask("classify", "-f", format_)
    assert (answer.code, "not stored" in answer.err) == (0, True)


@pytest.mark.parametrize("words", [["classify"], ["status"], ["classify", "--method", "rfm"], ["retention"], ["value"]])
def test_sums_beyond_what_can_be_reckoned_are_refused_in_words(ask, db, words):
    with open_database(str(db), timeout=5, create=False).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        sql = (
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
            "INSERT INTO sales_order (made_by, extra, customer_id, ordered_on, type, status, amount, currency) "
            "SELECT 1, '{}', 1, '2026-02-15', 'sale', 'done', 10000000000000000, 'CNY' FROM n"
        )
        connection.exec_driver_sql(sql)
        journal.close_change(connection, change, {})
    answer = ask(*words, "--lang", "en")
    assert answer.code == 4
    assert "custcli list orders --sort -amount" in answer.err


@pytest.mark.parametrize("word", ["small", "Small", "机会", "机会客户", "Minor", "小客户"])
def test_a_tier_is_called_as_it_is_shown(ask, word):
    rows = json.loads(ask("classify", "--tier", word, "--json", "--no-save").out)["rows"]
    assert [row["tier"] for row in rows] == ["small"] * len(rows) != []
    assert ask("classify", "--tier", "nobody").code == 2


def test_the_band_noted_stands_beside_the_one_reckoned(ask, run, db):
    """R7: C1 (A, key tier) is important; special is for people to say; who notes nothing differs from nothing."""
    for code, word in (("C1", "一般性"), ("C2", "特殊"), ("C3", "一般性")):
        assert run("edit", code, f"三档分类={word}", "--db", db).code == 0
    found = json.loads(ask("classify", "--json").out)
    told = [(row["code"], row["noted_band"], row["band"], row["differs"]) for row in found["rows"]]
    assert told == [
        ("C1", "general", "important", True),
        ("C2", "special", "special", False),
        ("C3", "general", "general", False),
        ("C4", None, "general", False),
    ]
    assert found["summary"]["differing"] == 1
    assert "Band noted otherwise than reckoned: 1" in ask("classify").out
    listed = json.loads(ask("list", "--json").out)["rows"]
    assert [(row["abc_class"], row["band_reckoned"], row["band_differs"]) for row in listed] == [
        ("A", "important", True),
        ("C", "special", False),
        ("C", "general", False),
        (None, None, None),
    ]
    explained = json.loads(ask("explain", "C1", "class", "--json").out)
    assert explained["summary"]["verdicts"]["band"] == "important"
