"""custcli classify --method rfm: published rows by given cut points, quantiles, types, segments, refusals (R14)."""

import json
from functools import partial

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
    ranked = json.loads(ask("--json", "--rfm-variant", "ranked", "--segments", "grid").out)["summary"]
    assert (ranked["variant"], ranked["segmentation"], ranked["cuts"]["frequency"]) == ("ranked", "grid", [])
    assert {**ranked["cuts"], "frequency": summary["cuts"]["frequency"]} == summary["cuts"]


@pytest.mark.parametrize(
    "args",
    [
        ["--months", "4"],
        ["--r-cuts", "1,2,3"],
        ["--m-cuts", "4,3,2,1"],
        ["--f-cuts", "a,b,c,d"],
        ["--rfm-scores", "4", *CUTS],
        ["--within", "region"],
        [*CUTS, "--by", "orders"],
        [*CUTS, "--keep-ties"],
        [*CUTS, "--segments", "eleven"],
        [*CUTS, "--segments", "ten", "--segment", "best"],
        [*CUTS, "--segment", "lost"],
        ["--segments", "ten", "--rfm-scores", "9"],
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


def test_runs_by_other_scores_are_not_compared(ask, run, tmp_path):
    """It is said what differs: the variant, and how many scores there are."""
    ask()
    ask("--rfm-variant", "ranked", "--rfm-scores", "4")
    answer = run("movements", "--db", tmp_path / "book.db", "--from", "1", "--to", "2")
    assert (answer.code, answer.out) == (2, "")
    assert "they differ in: variant, number of scores" in answer.err


def test_segments_are_those_published_and_sum_to_the_whole(ask):
    """RFM-03: the published segments of the seven customers; each is in one (RFM-05: orders and revenue by segment)."""
    document = json.loads(ask(*CUTS, "--segments", "ten", "--json").out)
    assert {row["code"]: row["segment"] for row in document["rows"]} == {
        "C6": "champions",
        **dict.fromkeys(("C1", "C4", "C5", "C7"), "potential_loyalist"),
        "C2": "new_customers",
        "C3": "loyal_customers",
    }
    summary = document["summary"]
    assert summary["segmentation"] == "ten"
    loyalists = {key: summary["segments"]["potential_loyalist"][key] for key in ("r", "f", "m", "customers", "orders")}
    assert loyalists == {"r": [3, 5], "f": [3, 5], "m": [2, 5], "customers": 4, "orders": 6 + 7 + 5 + 8}
    assert summary["segments"]["potential_loyalist"]["amount"] == 472 + 596 + 448 + 699
    sums = {key: sum(each[key] for each in summary["segments"].values()) for key in ("customers", "orders", "amount")}
    assert sums == {"customers": 7, "orders": sum(row[1] for row in PUBLISHED.values()), "amount": summary["total"]}
    for share in ("customers_share", "orders_share", "share"):
        assert sum(each[share] for each in summary["segments"].values()) == pytest.approx(1)
    chosen = json.loads(ask(*CUTS, "--segments", "ten", "--segment", "潜在忠诚客户", "--limit", "2", "--json").out)
    assert [(row["rank"], row["code"]) for row in chosen["rows"]] == [(2, "C4"), (3, "C5")]
    assert chosen["summary"]["segments"] == summary["segments"]


def test_own_segments_are_kept_with_the_run(ask, run, tmp_path):
    """A run shows the segments as they were, whatever the settings say later; people read them below the rows."""
    config = tmp_path / "c.toml"
    rules = '[[segments.two]]\nname = "best"\nen = "The Best"\nr = [4, 5]\nm = [4, 5]\n'
    config.write_text(rules + '[[segments.wrong]]\nname = "a"\nf = [4, 2]\n', encoding="utf-8")
    own = ("--config", config)
    first = json.loads(ask(*CUTS, *own, "--segments", "two", "--json").out)
    assert [row["segment"] for row in first["rows"]] == [
        "best",
        "best",
        "others",
        "others",
        "others",
        "others",
        "others",
    ]
    checked = json.loads(run("config", "check", *own, "--json").out)["rows"]
    assert [(row["place"], row["reason"][:10]) for row in checked] == [("[segments.wrong]", "segment 1:")]
    assert ask(*CUTS, *own, "--segments", "wrong").code == 2
    screen = ask(*CUTS, *own, "--segments", "two", "--limit", "1").out
    assert [line.split()[:2] for line in screen.splitlines()[-2:]] == [["The", "Best"], ["Others", "5"]]
    config.write_text("", encoding="utf-8")
    kept = json.loads(run("runs", "1", "--db", tmp_path / "book.db", *own, "--json").out)
    assert [row["segment"] for row in kept["rows"]] == [row["segment"] for row in first["rows"]]
    assert kept["summary"]["segments"] == first["summary"]["segments"]


def test_options_of_rfm_are_for_rfm(run, tmp_path):
    answer = run("classify", "--segments", "ten", "--db", tmp_path / "book.db")
    assert (answer.code, answer.out) == (2, "")


def test_scores_are_explained_by_the_published_cut_points(ask, run, tmp_path):
    """C1 is 205, 6, 472 and 343 (domain.md 5.7 b): what the next scores take are the cut points."""
    explain = partial(run, "explain", "--db", tmp_path / "book.db", "--as-of", DAY)
    ask(*CUTS, "--no-save")
    document = json.loads(explain("C1", "rfm", *CUTS, "--json").out)
    facts = {row["fact"]: (row["value"], row["to"]) for row in document["rows"]}
    assert document["summary"]["verdicts"] == {"rfm": "343"}
    assert (facts["type"], facts["rank"], facts["customers"]) == (("general_keep", None), (6, None), (7, None))
    changes = {name: fact for name, fact in facts.items() if name[2:] in {"up", "down"}}
    assert changes == {
        "r_up": (180, "4"), "r_down": (298, "2"), "f_up": (8, "5"), "f_down": (5, "3"),
        "m_up": (506.4, "4"), "m_down": (381.9999, "2"),
    }  # fmt: skip
    assert [explain(code, what, *CUTS).code for code, what in (("C8", "rfm"), ("C1", "class"))] == [6, 2]
