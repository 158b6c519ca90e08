"""custcli ratios: statements in, ratios with verdicts out (domain.md R19)."""

import json

import pytest

HEAD = "客户编号,报表日期,流动资产,存货,流动负债,资产总额,负债总额,赊销净额,应收账款,销货成本,净利润,营业收入\n"
FIRST = "K1,2024-12-31,250,80,150,500,200,1000,100,800,50,1200\n"
SECOND = "K1,2025-12-31,300,120,150,600,240,1200,140,900,-60,1300\n"


@pytest.fixture
def ask(run, tmp_path, monkeypatch):
    """Imports statements of K1 and K2 and asks; returns the JSON document."""
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))

    def call(lines, *words, day="2026-04-01"):
        (tmp_path / "s.csv").write_text(HEAD + lines, encoding="utf-8")
        said = run("import", tmp_path / "s.csv", "--create-customers", "--json")
        assert json.loads(said.out)["rows"][0]["form"] == "statements", said.err
        said = run("--as-of", day, "ratios", *words, "--json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    return call


def told(document, *keys):
    return {row["ratio"]: tuple(row[key] for key in keys) for row in document["rows"]}


def test_ratios_with_the_stocks_of_the_year_before(ask):
    """R19, worked: 2.00; receivables 100→140 of 1 200: 10.0 (36.5 d); stock 80→120 of 900: 9.0 (40.6 d)."""
    found = told(ask(FIRST + SECOND), "value", "days", "before", "verdict")
    assert found["current_ratio"] == (2, None, 1.6667, "good")
    assert found["quick_ratio"] == (1.2, None, 1.1333, "good")
    assert found["debt_ratio"] == (0.4, None, 0.4, "good")
    assert found["receivables_turnover"] == (10, 36.5, 10, None)
    assert found["inventory_turnover"] == (9, 40.5556, 10, None)
    assert found["net_margin"] == (-0.0462, None, 0.0417, None)


def test_the_latest_statement_up_to_the_day(ask):
    found = ask(FIRST + SECOND, "K1", day="2025-06-30")
    assert {row["closed_on"] for row in found["rows"]} == {"2024-12-31"}
    assert ask(FIRST + SECOND, "K1", day="2024-06-30")["rows"] == []


def test_a_statement_of_another_time_is_none_of_the_year_before(ask):
    found = told(ask(FIRST.replace("2024-12-31", "2025-06-30") + SECOND), "value", "before")
    assert found["receivables_turnover"] == (8.5714, None)


def test_what_cannot_be_had_says_why_and_insolvency_is_told(ask):
    found = ask("K2,2025-12-31,300,,0,100,101,,,,,\n")
    assert told(found, "value", "reason")["current_ratio"] == (None, "zero")
    assert told(found, "value", "reason")["quick_ratio"] == (None, "not_stated")
    assert told(found, "verdict")["debt_ratio"] == ("poor",)
    assert found["summary"]["insolvent"] == ["K2"]


def test_people_read_it_in_words(run, ask):
    ask(FIRST)
    said = run("--lang", "zh", "ratios", "K1")
    assert said.code == 0
    assert run("ratios", "K9").code == 6


def test_a_limit_is_of_customers_on_the_screen_too(ask, run):
    ask(SECOND + "K2,2025-12-31,300,,0,100,101,,,,,\n")
    said = run("--as-of", "2026-04-01", "--lang", "en", "ratios", "--limit", "1")
    assert said.out.count("2025-12-31") == 6
    assert "… 1 more" in said.out
