"""custcli classify --method rfm: published rows by given cut points, quantiles, types, periods, refusals (R14)."""

import json

import pytest
from tests.laid import insert

from custcli.db import Author, journal, open_database

KEYS = [
    *("rank", "code", "name", "kind", "region", "owner", "recency", "frequency", "amount", "r", "f", "m", "rfm"),
    *("type", "action", "last_order"),
]
DAY = "2006-12-31"
PUBLISHED = {  # domain.md 5.7 b: last order, orders, amount → score
    "C1": ("2006-06-09", 6, 472, "343"),
    "C2": ("2006-08-13", 3, 340, "412"),
    "C3": ("2006-06-20", 4, 405, "323"),
    "C4": ("2006-09-24", 7, 596, "544"),
    "C5": ("2006-08-21", 5, 448, "433"),
    "C6": ("2006-10-02", 9, 843, "555"),
    "C7": ("2006-03-25", 8, 699, "355"),
}
CUTS = ("--r-cuts", "115,181,297.4,482", "--f-cuts", "4,5,6,8", "--m-cuts", "255.8,382,506.4,666")


@pytest.fixture
def ask(run, tmp_path):
    """The published customers, all orders on the last day, the amount in the first of them; C8 never ordered."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number, code in enumerate([*PUBLISHED, "C8"], 1):
            core = {"id": number, "code": code, "name": f"公司{number}", "name_key": code, "kind": "wholesale"}
            insert(connection, "customer", **core, state="active", region="华东")
            day, count, amount, _ = PUBLISHED.get(code, (DAY, 0, 0, ""))
            usual = {"customer_id": number, "ordered_on": day, "status": "done", "currency": "CNY"}
            for place in range(count):
                insert(connection, "sales_order", type="sale", amount=0 if place else (amount + 1) * 10_000, **usual)
            if count:  # refunds reduce M and are no order
                insert(connection, "sales_order", type="return", amount=-10_000, **usual)
        journal.close_change(connection, change, {})
    return lambda *args: run("classify", "--method", "rfm", "--db", path, "--as-of", DAY, *args)


def test_published_scores(ask):
    document = json.loads(ask(*CUTS, "--json").out)
    assert [list(row) for row in document["rows"]] == [KEYS] * 7
    assert {row["code"]: row["rfm"] for row in document["rows"]} == {code: row[3] for code, row in PUBLISHED.items()}
    assert [row["code"] for row in document["rows"]] == ["C6", "C4", "C5", "C2", "C7", "C1", "C3"]
    first = document["rows"][0]
    assert (first["recency"], first["frequency"], first["amount"]) == (90, 9, 843)
    assert (first["type"], first["action"], first["last_order"]) == ("important_value", "serve_first", "2006-10-02")
    summary = document["summary"]
    assert (summary["customers"], summary["ranked"], summary["unranked"]) == (8, 7, 1)
    assert summary["cuts"]["monetary"] == [255.8, 382, 506.4, 666]
    assert sum(each["customers"] for each in summary["types"].values()) == 7
    assert summary["total"] == sum(row[2] for row in PUBLISHED.values())


def test_the_usual_period_is_24_months_and_quantiles_part(ask):
    summary = json.loads(ask("--json").out)["summary"]
    assert (summary["since"], summary["until"]) == ("2005-01-01", DAY)
    assert summary["cuts"]["frequency"] == [4.2, 5.4, 6.6, 7.8]  # type 7 of 3 4 5 6 7 8 9
    plus = json.loads(ask("--json", "--rfm-variant", "plus-one").out)["summary"]
    assert plus["cuts"]["frequency"] == [5.2, 6.4, 7.6, 8.8]


@pytest.mark.parametrize(
    "args",
    [
        ["--months", "4"],
        ["--r-cuts", "1,2,3"],
        ["--m-cuts", "4,3,2,1"],
        ["--f-cuts", "a,b,c,d"],
        ["--within", "region"],
    ],
    ids=str,
)
def test_refused(ask, args):  # in the last 4 months only two customers ordered: no quantiles
    answer = ask(*args)
    assert (answer.code, answer.out) == (2, "")


def test_a_table_in_both_languages(ask):
    assert "important, of value" in ask(*CUTS).out
    out = ask(*CUTS, "--lang", "zh", "--limit", "2").out
    assert "重要价值" in out
    assert "important" not in out


def test_runs_are_kept_compared_and_repeated(ask, run, tmp_path):
    """C1 buys again and C6 sends all back: the later run tells so, the earlier day still has its rows."""
    first = json.loads(ask(*CUTS, "--json").out)
    book = tmp_path / "book.db"
    usual = {"ordered_on": "2007-03-01", "status": "done", "currency": "CNY"}
    with open_database(str(book), timeout=5, create=False).writing() as connection:
        insert(connection, "sales_order", customer_id=1, type="sale", amount=5_000_000, **usual)
        insert(connection, "sales_order", customer_id=6, type="return", amount=-9_000_000, **usual)
    ask(*CUTS, "--as-of", "2007-03-31")
    assert json.loads(ask(*CUTS, "--json", "--no-save").out)["rows"] == first["rows"]
    moved = json.loads(
        run("movements", "--db", book, "--method", "rfm", "--as-of", "2007-03-31", "--all", "--json").out
    )
    rows = {row["code"]: row for row in moved["rows"]}
    assert (rows["C1"]["movement"], rows["C1"]["previous_rfm"], rows["C1"]["rfm"]) == ("rose", "343", "545")
    assert (rows["C6"]["movement"], rows["C6"]["type"], rows["C6"]["change"]) == ("fell", "general_value", -900)
    assert moved["summary"]["method"] == "rfm"
    assert sum(map(sum, (line.values() for line in moved["summary"]["types"].values()))) == 7
    other = run("movements", "--db", book, "--as-of", "2007-03-31", "--from", "1", "--to", "2")
    assert other.code == 0
    assert [row["cuts"] for row in json.loads(run("runs", "--db", book, "--json").out)["rows"]] == [[], []]
