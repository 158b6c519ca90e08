"""custcli progress: sales against the targets of a year (F136, W05); the register of targets."""

import json

import pytest

from custcli.db.match import Match

ORDERS = """订单号,客户编号,客户名称,负责业务员,日期,金额,状态,类型,币种
S1,K1,甲,赵,2026-01-01,150,done,sale,CNY
S2,K1,甲,赵,2026-03-01,-10,done,return,CNY
S3,K1,甲,赵,2026-03-14,20,done,sale,CNY
S4,K1,甲,赵,2026-03-15,500,done,sale,CNY
S5,K1,甲,赵,2025-12-31,900,done,sale,CNY
S6,K2,乙,赵,2026-02-01,119,shipped,sale,CNY
S7,K2,乙,赵,2026-02-01,70,cancelled,sale,CNY
S8,K2,乙,赵,2026-02-01,70,done,sample,CNY
S9,K2,乙,赵,2026-02-01,70,done,sale,USD
S10,K3,丙,钱,2026-02-01,33,done,sale,CNY
"""
TARGETS = """客户编号,客户名称,负责业务员,年度,销售目标
K1,,赵,2026,1000
,乙,赵,2026,1000
K3,,,2025,1
"""
DAY = "2026-03-14"
"""The 73rd day of 365: a fifth of a target is due."""


@pytest.fixture
def ask(run, db, once):
    """Asks a database of three customers with orders and targets; returns the JSON document."""

    def lay():
        for name, text in (("o.csv", ORDERS), ("t.csv", TARGETS)):
            db.with_name(name).write_text(text, encoding="utf-8")
            said = run("import", db.with_name(name), "--create-customers", "--json")
            assert said.code == 0, said.err
        for code, owner in (("K1", "赵"), ("K2", "赵"), ("K3", "钱")):
            assert run("edit", code, f"owner={owner}", f"region={owner}区").code == 0

    once(db, lay)

    def call(*words, day=DAY):
        said = run("--as-of", day, *words, "--json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    return call


def told(document, *keys):
    return [tuple(row[key] for key in keys) for row in document["rows"]]


FIGURES = ("target", "sales", "expected", "gap", "level")


def test_customers_with_targets_and_the_sales_of_others(ask):
    """Orders of the year up to the day, returns off; neither cancelled ones, samples, nor those of another currency."""
    found = ask("progress")
    assert told(found, "code", *FIGURES) == [
        ("K2", 1000, 119, 200, -81, "red"),
        ("K1", 1000, 160, 200, -40, "green"),  # exactly 80 %: not yellow
    ]
    row = found["rows"][0]
    assert (row["share"], row["pace"], row["projection"], row["reason"]) == (0.119, 0.595, 595, "below_red")
    assert {key: found["summary"][key] for key in ("by", "year", "days", "days_passed", "targets", "levels")} == {
        "by": "customer", "year": 2026, "days": 365, "days_passed": 73, "targets": 2,
        "levels": {"red": 1, "yellow": 0, "green": 1},
    }  # fmt: skip
    keys = ("target", "sales", "expected", "gap", "projection", "without_target", "sales_without_target")
    assert [found["summary"][key] for key in keys] == [2000, 279, 400, -121, 1395, 1, 33]


def test_other_years_currencies_and_conditions(ask):
    assert told(ask("progress", "--year", "2025"), "code", *FIGURES) == [("K3", 1, 0, 1, -1, "red")]
    assert told(ask("progress", "--year", "2025", day="2024-06-30"), "code", *FIGURES) == [("K3", 1, 0, 0, 0, None)]
    assert told(ask("progress", "--currency", "usd"), "code", "sales") == [("K1", 0), ("K2", 70)]
    found = ask("progress", "--where", "code=K1")
    assert told(found, "code") == [("K1",)]
    assert found["summary"]["without_target"] == 0
    assert ask("progress", "--year", "2030")["rows"] == []


def test_owners_and_regions(run, ask):
    """A group's own target goes before what those of its customers come to, but not for a part of its customers."""
    keys = ("group", "target", "customers_target", "sales")
    found = ask("progress", "--by", "region")
    assert told(found, "basis", *keys) == [("customers", "赵区", 2000, 2000, 279)]
    assert [found["summary"][key] for key in ("without_target", "sales_without_target")] == [1, 33]
    found = ask("progress", "--by", "region", "--year", "2025", day="2025-12-31")
    assert told(found, *keys) == [("钱区", 1, 1, 0)]  # sales of customers with a target alone
    assert [found["summary"][key] for key in ("without_target", "sales_without_target")] == [1, 900]
    for words in (("owner=赵", "target=5000"), ("owner=孙", "target=10"), ("owner=钱", "target=100")):
        assert run("add", "sales_targets", "year=2026", *words).code == 0
    found = ask("progress", "--by", "owner")
    assert told(found, *keys) == [("赵", 5000, 2000, 279), ("孙", 10, None, 0), ("钱", 100, None, 33)]
    assert found["summary"]["without_target"] == 0
    assert told(ask("progress", "--by", "owner", "--where", "code=K1"), *keys) == [("赵", 1000, 1000, 160)]
    assert told(ask("progress", "--by", "owner", "--where", "owner=赵"), *keys) == [("赵", 5000, 2000, 279)]
    said = run("--as-of", DAY, "progress", "--by", "owner").out
    assert "No customer has this owner or region, whose sales are none: 孙" in said
    assert "There are further targets: --by customer" in said


def test_limits_and_days_of_ones_own(run, ask, monkeypatch):
    monkeypatch.setenv("CUSTCLI_PROGRESS_LEVELS", "10,81")
    monkeypatch.setenv("CUSTCLI_PROGRESS_MIN_DAYS", "100")
    assert told(ask("progress"), "code", "level", "projection") == [("K2", "yellow", None), ("K1", "yellow", None)]
    said = run("--as-of", DAY, "progress").out
    assert "Yellow is below 81 % of what was due by now, red below 10 %." in said
    assert "Too early for a projection, which takes 100 days." in said


def test_a_target_is_told_by_whose_it_is_and_its_year(run, ask, db):
    """Beside a customer the owner is not taken; the same again changes nothing, another amount changes the target."""
    kept = ("customer", "owner", "year", "target")
    assert told(ask("list", "sales_targets"), *kept) == [
        ("K1", None, 2026, 1000), ("K2", None, 2026, 1000), ("K3", None, 2025, 1),
    ]  # fmt: skip
    db.with_name("t.csv").write_text(TARGETS, encoding="utf-8")
    again = run("import", db.with_name("t.csv"))
    assert "Owner not taken beside Customer code: 2" in again.out + again.err
    db.with_name("u.csv").write_text(TARGETS.replace("1000", "2000"), encoding="utf-8")
    summary = ask("import", db.with_name("u.csv"))["summary"]
    assert [summary[word] for word in ("new", "changed", "unchanged")] == [0, 2, 1]
    assert run("add", "sales_targets", "owner=钱", "year=2026", "target=6").code == 0
    key = ask("add", "sales_targets", "owner=赵", "year=2026", "target=7")["rows"][0]["key"]
    refused = run("edit", "sales_targets", key, "owner=钱")
    assert (refused.code, "another record has the same Owner, Year of the target" in refused.err) == (4, True)
    assert run("edit", "sales_targets", key, "customer=K3").code == 0
    assert told(ask("list", "sales_targets"), *kept)[-1] == ("K3", None, 2026, 7)
    shown = ask("show", "K3")
    assert "sales_targets" in json.dumps(shown)


@pytest.mark.parametrize("options", [(), ("--match", "customer,year")])
def test_targets_kept_are_found_by_an_index(run, ask, db, monkeypatch, options):
    """A second sheet of 100,000 targets is no 100,000 times 100,000 comparisons."""
    ask("list", "sales_targets")
    asked, run_it = [], Match.sql

    def spied(self, text, *values):
        if text.startswith("UPDATE") and "temp.kept_keys" in text:
            asked.extend(row[3] for row in self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
        return run_it(self, text, *values)

    monkeypatch.setattr(Match, "sql", spied)
    db.with_name("t.csv").write_text(TARGETS.replace("1000", "2000").replace(",乙", "K2,"), encoding="utf-8")
    assert run("import", db.with_name("t.csv"), *options).code == 0
    read = [step for step in asked if step.split()[:2] in (["SEARCH", "t"], ["SCAN", "t"])]
    assert read
    assert all("USING INDEX kept_keys_values" in step or "INTEGER PRIMARY KEY" in step for step in read)
