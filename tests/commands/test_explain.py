"""custcli explain at the command line: the figures are those of classify, value and prospect; changes, thin data."""

import json

import pytest
from tests.laid import insert

from custcli.db import Author, journal, open_database

P9 = [  # 43 customers of a published ABC table, thousands of yuan; total 1,040 (domain.md 5.1)
    *(131, 66, 54, 48, 44, 39, 37, 34, 28, 28, 27, 27, 26, 26, 25, 25, 24, 22, 21, 21, 21, 21, 18, 17, 17, 16, 16, 16),
    *(15, 15, 13, 11, 11, 10, 10, 10, 10, 9, 8, 6, 6, 6, 5),
]
KEYS = ["code", "name", "what", "verdict", "rule", "fact", "value", "to", "difference", "source", "note"]
THOUSAND = 10_000_000


@pytest.fixture
def db(tmp_path):
    """The published table as one order each; C44 has none but is a prospect; C45 is a person who only sent back."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number in range(1, 46):
            name, kind = ("李四", "individual") if number == 45 else (f"公司{number}", "wholesale")
            core = {"id": number, "code": f"C{number:02}", "name": name, "name_key": name, "kind": kind}
            insert(connection, "customer", **core, state="active", region="华东" if number % 2 else "华南")
        usual = {"type": "sale", "status": "done", "currency": "CNY"}
        for number, amount in enumerate(P9, 1):
            insert(
                connection,
                "sales_order",
                customer_id=number,
                ordered_on="2026-01-15",
                amount=amount * THOUSAND,
                **usual,
            )
        back = usual | {"type": "return"}
        insert(connection, "sales_order", customer_id=45, ordered_on="2026-01-15", amount=-THOUSAND, **back)
        draft = usual | {"status": "draft"}
        insert(connection, "sales_order", customer_id=1, ordered_on="2026-02-01", amount=THOUSAND, **draft)
        insert(connection, "prospect", customer_id=44)
        for letter, verdict, score in (("money", "yes", None), ("authority", "no", None), ("need", None, 60)):
            insert(
                connection, "man_letter", customer_id=44, letter=letter, verdict=verdict, score=score,
                assessed_on="2026-01-10", evidence="总工程师反对" if letter == "authority" else None,
            )  # fmt: skip
        journal.close_change(connection, change, {})
    return path


@pytest.fixture
def ask(run, db):
    return lambda *args: run(*args, "--db", db, "--as-of", "2026-03-31")


def facts(answer, what):
    document = json.loads(answer.out)
    assert all(list(row) == KEYS for row in document["rows"])
    return {row["fact"]: row for row in document["rows"] if row["what"] == what}, document


def test_the_figures_of_the_class_are_those_of_classify(ask):
    ranked = {
        row["code"]: row for row in json.loads(ask("classify", "--by", "sales", "--no-save", "--json").out)["rows"]
    }
    for code in ("C01", "C25", "C36", "C43"):
        found, document = facts(ask("explain", code, "class", "--by", "sales", "--json"), "class")
        row = ranked[code]
        assert document["command"] == "explain"
        assert document["summary"]["verdicts"] == {"class": row["abc"]}
        assert document["summary"]["rules"] == {"class": "R4"}
        assert found["class"]["verdict"] == found["class"]["value"] == row["abc"]
        for name in ("amount", "rank", "share", "cumulative_share"):
            assert found[name]["value"] == row[name]
        assert (found["ranked"]["value"], found["total"]["value"]) == (43, 1_040_000)
        assert (found["cut_a"]["value"], found["cut_a_amount"]["value"]) == (0.8, 832_000)


@pytest.mark.parametrize(("what", "key"), [("class", "abc"), ("tier", "tier")])
@pytest.mark.parametrize("code", ["C02", "C12", "C25", "C36", "C43"])
def test_the_change_told_happens(ask, db, what, key, code):
    """An order of the difference is added: the verdict changes; with one ten-thousandth less it does not."""
    found, document = facts(ask("explain", code, what, "--by", "sales", "--json"), what)
    verdict = document["summary"]["verdicts"][what]
    changes = [found[name] for name in ("change_up", "change_down") if name in found and found[name]["to"]]
    assert changes
    for change in changes:
        exact = round(change["difference"] * 10_000)
        assert change["value"] == pytest.approx(found["amount"]["value"] + change["difference"])
        for amount, expected in ((exact, change["to"]), (exact - (1 if exact > 0 else -1), verdict)):
            with open_database(str(db), timeout=5, create=False).writing() as connection:
                order = {"customer_id": int(code[1:]), "ordered_on": "2026-01-16", "type": "sale", "status": "done"}
                insert(connection, "sales_order", id=99, amount=amount, currency="CNY", **order)
            rows = json.loads(ask("classify", "--by", "sales", "--no-save", "--json").out)["rows"]
            with open_database(str(db), timeout=5, create=False).writing() as connection:
                connection.exec_driver_sql("DELETE FROM sales_order WHERE id = 99")
            assert next(row[key] for row in rows if row["code"] == code) == expected


def test_the_data_behind(ask):
    found, _ = facts(ask("explain", "C01", "class", "--json"), "data")
    assert {name: found[name]["value"] for name in found if name != "thin"} == {
        "metric": "value",
        "value_basis": "sales",
        "currency": "CNY",
        "since": "2025-04-01",
        "until": "2026-03-31",
        "amount": 131_000,
        "orders": 1,
        "first": "2026-01-15",
        "last": "2026-01-15",
        "passed": 1,
    }
    assert found["amount"]["source"] == "orders"


def test_thin_data_is_told_in_words(ask):
    out = ask("explain", "C43", "class").out
    assert "rests on a single one, of 2026-01-15" in out
    assert json.loads(ask("explain", "C43", "class", "--json").out)["summary"]["thin"] is True
    assert "only 21 customers are ranked" not in out
    within = ask("explain", "C43", "class", "--within", "region", "--where", "code<=C20").out
    assert within == ""
    out = ask("explain", "C01", "class", "--within", "region", "--where", "code<=C20").out
    assert "only 10 customers are ranked, fewer than 20" in out
    assert "Region" in out


def test_who_is_not_ranked_is_told_why_and_what_it_takes(ask):
    found, document = facts(ask("explain", "C44", "class", "--json"), "class")
    assert document["summary"]["verdicts"] == {"class": None}
    assert (found["change_up"]["value"], found["change_up"]["to"]) == (0.0001, "C")
    assert found["change_better"]["to"] == "A"
    assert "nothing above 0 in the period" in ask("explain", "C44", "class").out
    assert "returns exceed sales" in ask("explain", "C45", "class").out


def test_ties_and_boundary(ask):
    out = ask("explain", "C27", "class", "--cut", "55,85").out
    assert "Others with as much  2" in out
    assert "ordered by customer code" in out
    out = ask("explain", "C27", "class", "--cut", "55,85", "--keep-ties", "--boundary", "start").out
    assert "kept together" in out
    assert "boundary start" in out
    assert "command line" in out


def test_more_that_brings_a_lower_class_is_told(ask):  # 197 of 1,040 is within 19 %, 198 of 1,041 is not
    cut = ("--cut", "19,95")
    found, _ = facts(ask("explain", "C02", "class", *cut, "--json"), "class")
    assert found["class"]["verdict"] == "A"
    assert found["change_up"]["to"] == "B"
    assert "More may bring a lower class for a while" in ask("explain", "C02", "class", *cut).out


def test_value_is_that_of_value(ask):
    row = json.loads(ask("value", "C01", "--json").out)["rows"][0]
    found, document = facts(ask("explain", "C01", "value", "--json"), "value")
    assert document["summary"]["verdicts"] == {"value": row["lifetime"]}
    for name in ("historic", "potential", "model", "orders", "first_order"):
        assert found[name]["value"] == row[name]
    assert found["discount"] | {"note": None} == found["discount"] | {"value": 0.1, "source": "default"}
    found, _ = facts(ask("explain", "C01", "value", "--discount", "0.2", "--json"), "value")
    assert (found["discount"]["value"], found["discount"]["source"]) == (0.2, "option")


def test_the_grade_with_its_evidence_and_what_would_change_it(ask):
    found, document = facts(ask("explain", "C44", "man", "--json"), "man")
    assert document["summary"]["verdicts"] == {"man": "B"}
    assert found["man"]["value"] == "M+a+N"
    assert found["action"]["value"] == "find_decider"
    assert (found["need"]["value"], found["need_score"]["value"]) == ("yes", 60)
    assert found["authority_evidence"]["value"] == "总工程师反对"
    assert (found["oldest"]["value"], found["holds_until"]["value"]) == ("2026-01-10", "2026-07-09")
    assert found["stale"]["value"] is False
    changes = {name: found[f"change_{name}"] for name in ("money", "authority", "need")}
    assert {name: (row["value"], row["to"]) for name, row in changes.items()} == {
        "money": ("no", "C"),
        "authority": ("yes", "A"),
        "need": ("no", "C"),
    }
    assert "sell now" in changes["authority"]["note"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["C99"], 6),
        (["C01", "man"], 6),
        (["C01", "nothing"], 2),
        (["C01", "--cut", "95,80"], 2),
        (["C01", "class", "--where", "region=华南"], 6),
        (["C01", "ABC类"], 0),
        (["公司1", "价值"], 0),
        (["C01"], 0),
    ],
    ids=str,
)
def test_exit_codes(ask, args, code):
    answer = ask("explain", *args)
    assert answer.code == code
    assert bool(answer.out) is (code == 0)


def test_a_person_is_masked(ask):
    assert "李四" not in ask("explain", "C45").out
    assert "李四" in ask("explain", "C45", "--reveal").out


def test_it_is_said_in_both_languages(ask):
    out = ask("explain", "C44", "--lang", "zh").out
    assert not [word for word in ("Class", "Tier", "Rank", "Amount", "Grade") if word in out]


def test_explaining_stores_nothing(ask):
    ask("explain", "C01")
    assert json.loads(ask("runs", "--json").out)["rows"] == []


def test_status_is_explained_by_its_limits_and_when_it_would_be_lost(ask):
    """R2: one order of 2026-01-15 holds 180 days; R15: a beginning of one order."""
    found, document = facts(ask("explain", "C01", "status", "--json"), "status")
    assert document["summary"]["verdicts"] == {"status": "current"}
    values = {name: found[name]["value"] for name in ("stage", "orders", "lost_after", "lost_on", "lifecycle")}
    assert values == {
        "stage": "first", "orders": 1, "lost_after": 180, "lost_on": "2026-07-15", "lifecycle": "initial",
    }  # fmt: skip
    assert document["summary"]["thin"] is True
