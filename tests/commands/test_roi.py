"""custcli roi: what was put in and what came out; cost of winning; share of wallet (domain.md R24, F110, F117)."""

import json

import pytest

COSTS = """客户编号,投入日期,投入类型,投入金额
K1,2026-03-01,拜访,4000
K1,2026-03-01,拜访,4000
K1,2026-04-01,礼品,4000
K2,2026-04-01,礼品,100
K2,2025-01-01,礼品,900
K3,2026-04-01,,50
"""
ORDERS = """订单号,客户编号,日期,金额,成本
S1,K1,2026-03-05,50000,35000
S2,K2,2026-03-05,1000,
S3,K2,2026-03-06,-500,
S4,K4,2026-03-06,700,600
"""


@pytest.fixture
def ask(run, tmp_path, monkeypatch):
    """Asks a database of customers with orders and costs; returns the JSON document."""
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    for name, text in (("o.csv", ORDERS), ("k.csv", COSTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = run("import", tmp_path / name, "--create-customers", "--json")
        assert said.code == 0, said.err
        assert json.loads(said.out)["rows"][0]["form"] in {"orders", "costs"}

    def call(*words, day="2026-06-30"):
        said = run("--as-of", day, *words, "--json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    return call


def told(document, *keys):
    return [tuple(row[key] for key in keys) for row in document["rows"]]


KEYS = ("costs", "profit", "roi", "break_even", "covered")


def test_customers_with_break_even(ask):
    """R24, worked: upkeep 12 000, margin 30 % → 40 000. Unknown cost: the usual margin of 30 %."""
    found = ask("roi", "--by", "customer")
    assert told(found, "code", *KEYS) == [
        ("K1", 12000, 15000, 1.25, 40000, True),
        ("K2", 100, 150, 1.5, 333.3333, True),
        ("K3", 50, 0, 0, None, False),
    ]
    summary = found["summary"]
    assert (summary["costs"], summary["kinds"]) == (12150, {"visit": 8000, "gift": 4100, "none": 50})


def test_classes_of_the_latest_run(ask):
    ask("classify", "--by", "sales")
    found = ask("roi")
    assert told(found, "group", "customers", *KEYS) == [
        ("A", 1, 12000, 15000, 1.25, 40000, True),
        ("C", 2, 100, 250, 2.5, 480, True),
        (None, 1, 50, 0, 0, None, False),
    ]


def test_period_customers_and_groups(ask):
    assert told(ask("roi", "K2", "--all-time"), "costs") == [(1000,)]
    assert told(ask("roi", "K2", "--since", "2026-03-06"), "sales") == [(-500,)]
    assert told(ask("roi", "K2", "--since", "2026-03-06"), "margin", "break_even") == [(None, None)]
    assert told(ask("roi", "--by", "region"), "group", "customers") == [(None, 4)]
    assert ask("roi", day="2024-01-01")["rows"] == []


def test_the_same_list_again_changes_nothing(run, ask, tmp_path):
    """Two equal rows of a list are two costs, and the list again is the same two (decisions.md 6)."""
    ask("list", "costs")
    said = json.loads(run("import", tmp_path / "k.csv", "--json").out)["summary"]
    assert (said["read"], said["unchanged"], said["change"]) == (6, 6, None)


def test_campaigns_and_what_winning_a_customer_costs(ask):
    """R13.1, worked: 60 000 for 150 new customers → 400."""
    ask("add", "campaigns", "name=春促", "starts_on=2026-03-01", "cost=60000", "new_customers=150")
    ask("add", "campaigns", "name=冬促", "starts_on=2025-12-01", "cost=5000")
    ask("edit", "orders", "S1", "campaign=春促")
    found = ask("roi", "--by", "campaign")
    keys = ("campaign", "acquisition_cost", "customers", "sales", "costs")
    assert told(found, *keys) == [("冬促", None, 0, 0, 5000), ("春促", 400, 1, 50000, 60000)]
    assert (found["summary"]["acquisition_cost"], found["summary"]["new_customers"]) == (400, 150)


def test_the_textbook_takes_the_cost_of_keeping_from_what_was_put_in_since_the_first_order(ask):
    """R13.1; what is entered counts before it."""
    asked, keys = ("value", "K1", "--model", "textbook"), ("retention_cost", "benefit", "lifetime")
    assert told(ask(*asked), *keys) == [(4000, 15000, 11000)]
    assert told(ask(*asked, day="2026-03-31"), *keys) == [(0, 15000, 15000)]
    assert told(ask(*asked, "--retention-cost", "100"), *keys) == [(100, 15000, 14900)]


def test_the_textbook_takes_the_cost_of_winning_from_the_campaigns(ask):
    """F110; what is entered counts before it."""
    asked = ("value", "K1", "--model", "textbook", "--retention-cost", "0")
    assert told(ask(*asked), "acquisition_cost", "lifetime") == [(0, 15000)]
    ask("add", "campaigns", "name=春促", "starts_on=2026-03-01", "cost=60000", "new_customers=150")
    assert told(ask(*asked), "acquisition_cost", "lifetime") == [(400, 14600)]
    assert told(ask(*asked, "--acquisition-cost", "5"), "acquisition_cost") == [(5,)]
    assert told(ask(*asked, day="2026-02-28"), "acquisition_cost") == [(0,)]


def test_our_share_of_what_a_customer_needs(ask):
    """F117: the latest year up to the period's end; only with a year's sales."""
    for year, need in ((2025, "20万"), (2026, "10万"), (2027, "1万")):
        ask("add", "needs", "customer=K1", f"year={year}", f"amount={need}")
    ask("add", "needs", "customer=K4", "year=2026", "amount=1000")
    found = told(ask("roi", "--by", "customer"), "code", "need", "share_of_wallet")
    assert found == [("K1", 100000, 0.5), ("K2", None, None), ("K3", None, None), ("K4", 1000, 0.7)]
    assert told(ask("roi", "K1", "--all-time"), "share_of_wallet") == [(None,)]
    facts = {row["field"]: row["value"] for row in ask("show", "K1")["rows"]}
    assert (facts["needs.amount"], facts["needs.share_of_wallet"]) == (100000, 0.5)
    assert "needs.amount" not in {row["field"] for row in ask("show", "K2")["rows"]}
    facts = {row["fact"]: row["value"] for row in ask("explain", "K1", "value")["rows"]}
    assert (facts["need"], facts["share_of_wallet"]) == (100000, 0.5)
    assert "need" not in {row["fact"] for row in ask("explain", "K2", "value")["rows"]}


@pytest.mark.parametrize("by", ["class", "tier", "kind", "owner", "customer", "campaign"])
def test_people_read_it_in_words(run, ask, by):
    ask("add", "campaigns", "name=春促", "starts_on=2026-03-01", "cost=60000")
    said = run("--as-of", "2026-06-30", "roi", "--by", by)
    assert said.code == 0, said.err
    assert "Put in" in said.out


def test_winning_and_keeping_cost(ask, run, tmp_path):
    """F134: K1 and K4 first bought in the period, K3 was only courted, K2 had ordered before."""
    orders, campaigns = tmp_path / "old.csv", tmp_path / "c.csv"
    orders.write_text("订单号,客户编号,日期,金额,成本\nS9,K2,2025-01-05,100,70\n", encoding="utf-8")
    campaigns.write_text("活动名称,活动开始日期,活动费用\n春季,2026-03-01,250\n旧,2025-03-01,99\n", encoding="utf-8")
    assert (run("import", orders).code, run("import", campaigns, "--as", "campaigns").code) == (0, 0)
    found = ask("roi", "--by", "newness")
    assert told(found, "group", "customers", "costs") == [("new", 3, 12050), ("old", 1, 100)]
    names = ("campaign_costs", "acquisition_cost", "keeping_cost")
    assert [found["summary"][name] for name in names] == [250, 6150, 100]


def test_visits_beside_sales(ask, run, tmp_path):
    """F125: visits that were made in the period, by class; those planned or made to others are none."""
    visits = tmp_path / "v.csv"
    visits.write_text(
        "客户编号,拜访日期,拜访人,拜访目的,拜访状态\nK1,2026-05-01,甲,看,已完成\nK4,2026-05-02,甲,看,\nK4,2026-05-03,甲,看,\n"
        "K4,2026-05-04,甲,看,计划\nK1,2024-05-05,甲,看,\n",
        encoding="utf-8",
    )
    assert run("import", visits, "--as", "visits").code == 0
    found = ask("composition", "code", "--visits", "--where", "code!=K2")
    share = pytest.approx(1 / 3), pytest.approx(2 / 3)
    assert told(found, "code", "visits", "visit_share") == [("K1", 1, share[0]), ("K4", 2, share[1]), ("K3", 0, 0)]
    assert found["summary"]["visits"] == 3
