"""custcli value by the probabilistic models, from a csv of orders to the answer: CDNOW's sample as published."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from custcli.app import run as run_app

KEYS = [
    *("code", "name", "historic", "current", "potential", "lifetime", "model", "orders", "first_order", "last_order"),
    *("probability_alive", "low", "high", "note", "remark", "expected_purchases", "expected_average_value"),
    *("frequency", "recency", "age", "monetary_value"),
]
"""cli.md 7 and 8."""
SUMMARY = {"model", "parameters", "log_likelihood", "customers", "repeat_customers", "time_unit", "until"}


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    """A database of CDNOW's 6,919 orders, which the package lifetimes brings."""
    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        pytest.skip("lifetimes brings the data")
    lines = (Path(spec.origin).parent / "datasets" / "CDNOW_sample.txt").read_text(encoding="utf-8").splitlines()
    folder = tmp_path_factory.mktemp("cdnow")
    told = (line.split() for line in lines)
    orders = ["客户编号,交易日期,数量,金额", *(",".join([code, *rest]) for _, code, *rest in told)]
    (folder / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    database = str(folder / "cdnow.db")
    source = str(folder / "orders.csv")
    with pytest.MonkeyPatch.context() as surroundings:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            surroundings.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        assert run_app(["import", source, "--as", "orders", "--create-customers", "--db", database, "-q"]) == 0
    return database


@pytest.fixture
def ask(cdnow, run):
    return lambda *args, day="1997-09-30": run("value", *args, "--db", cdnow, "--as-of", day)


def answered(answer):
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_what_the_data_add_up_to(ask, cdnow, run):  # CDN-01, CDN-02, CDN-03
    document = answered(ask("--json", day="1998-06-30"))
    days = {name: [row[name] for row in document["rows"]] for name in ("first_order", "last_order")}
    assert (min(days["first_order"]), max(days["last_order"])) == ("1997-01-01", "1998-06-30")
    assert document["summary"]["purchases"] == 6_696
    assert {row["frequency"] for row in document["rows"] if row["first_order"] == row["last_order"]} == {0}  # LOG-08
    assert any(row["orders"] > 1 and not row["frequency"] for row in document["rows"])
    for metric, total in (("sales", 244_091.94), ("quantity", 16_479)):
        sold = run("composition", "year", "--by", metric, "--all-time", "--json", "--db", cdnow)
        found = answered(sold)["summary"]
        assert (found["orders"], found["buyers"], found["total"]) == (6_919, 2_357, total)


def test_the_published_figures(ask):  # cases.json CDN-04; Fader, Hardie, Lee 2005; Fader, Hardie 2013
    document = answered(ask("--json"))
    summary = document["summary"]
    assert set(summary) >= SUMMARY
    assert (summary["model"], summary["time_unit"], summary["until"]) == ("bgnbd", "week", "1997-09-30")
    assert (summary["customers"], summary["repeat_customers"]) == (2_357, 946)
    assert (summary["repeat_purchases"], summary["purchases"]) == (2_457, 2_357 + 2_457)
    published = {"customers": 946, "mean": 35.08, "sd": 30.28, "min": 2.99, "median": 27.5, "max": 299.63}  # CDN-05
    assert summary["average_repeat_purchase"] == pytest.approx(published, abs=0.01)
    expected = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
    assert {name: round(summary["parameters"][name], 4) for name in expected} == expected
    spending = {"p": 6.25, "q": 3.74, "gamma": 15.45}
    assert {name: summary["parameters"][name] for name in spending} == pytest.approx(spending, abs=0.01)
    assert round(summary["log_likelihood"], 2) == -9582.43
    rows = document["rows"]
    assert [list(row) for row in rows] == [KEYS] * 2_357
    assert {row["model"] for row in rows} == {"bgnbd"}
    for row in rows:
        assert 0 <= row["probability_alive"] <= 1
        assert 0 <= row["low"] <= row["lifetime"] <= row["high"]
        assert row["expected_purchases"] >= 0
    first = [rows[0][name] for name in ("frequency", "recency", "age", "monetary_value")]
    assert first == pytest.approx([2, 30.43, 38.86, 22.35], abs=0.006)  # the authors' worksheet
    averages = [row["expected_average_value"] for row in rows[:10]]
    assert averages == pytest.approx([24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17], abs=0.02)
    assert summary["total"]["lifetime"] == pytest.approx(sum(row["lifetime"] for row in rows))


def test_the_published_walkthrough_in_weeks(ask):  # BTYD: customer 1516 and a new one over 52 weeks; 1.226 over 39
    named = ("0001", "1516", "--model", "bgnbd", "--json", "--horizon-weeks")
    year = answered(ask(*named, "52"))
    assert round(year["rows"][1]["expected_purchases"], 2) == 25.76
    assert round(year["rows"][1]["probability_alive"], 4) == 0.9689
    new = year["summary"]["new_customer"]
    assert (round(new["expected_purchases"], 3), round(new["expected_average_value"], 2)) == (1.444, 35.17)
    assert round(answered(ask(*named, "39"))["rows"][0]["expected_purchases"], 3) == 1.226
    assert "weeks 52," in ask("--model", "bgnbd", "--horizon-weeks", "52", "--limit", "1").out
    assert ask("--horizon-weeks", "39").code == ask("--since", "1997-07").code == 2


def test_of_some_customers_by_all(ask):  # the published one: 1.226 in 39 weeks, of 9 months 39.1
    document = answered(ask("0001", "0002", "--json", "--horizon-months", "9", "--discount", "0", "--margin", "1"))
    assert document["summary"]["customers"] == 2_357
    assert document["summary"]["valued"] == 2
    row = document["rows"][0]
    assert row["expected_purchases"] == pytest.approx(1.226, abs=0.005)
    assert row["lifetime"] == pytest.approx(row["expected_purchases"] * row["expected_average_value"], abs=0.01)


def test_the_best_come_first(ask):
    whole = answered(ask("--json"))["rows"]
    best = sorted(whole, key=lambda row: (-row["lifetime"], row["code"]))[:5]
    assert answered(ask("--json", "--top", "5"))["rows"] == best
    assert answered(ask("--json", "--limit", "2"))["rows"] == whole[:2]


def test_the_model_against_what_happened(ask):  # the first 39 weeks foretell the other 39: 1,882 purchases
    document = answered(ask("--check", "--json", day="1998-06-30"))
    summary, rows = document["summary"], document["rows"]
    assert (summary["calibrated_until"], summary["customers"]) == ("1997-09-30", 2_357)
    assert round(summary["log_likelihood"], 2) == -9582.43
    assert summary["actual_purchases"] == sum(row["actual_purchases"] for row in rows) == 1_882
    assert 1_500 < summary["expected_purchases"] < 1_900
    assert [row["repeat_purchases"] for row in rows] == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert [row["customers"] for row in rows] == [1_411, 439, 214, 100, 62, 38, 29, 64]
    actual = [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594]  # BTYD's walkthrough
    assert [row["actual_each"] for row in rows] == pytest.approx(actual, abs=1e-4)
    assert rows[0]["expected_each"] == pytest.approx(0.225, abs=5e-4)
    by_formula = [1_407.68, 460.32, 192.46, 101.16, 59.85, 38.12, 25.55, 71.85]  # P(X(T) = x), eq. 8
    assert [row["expected_customers"] for row in rows] == pytest.approx(by_formula, abs=0.01)
    later = answered(ask("--check", "--since", "1998-04", "--json", day="1998-06-30"))["summary"]
    assert (later["calibrated_until"], later["actual_purchases"]) == ("1998-03-31", 495)
    one = answered(ask("1516", "--check", "--json", day="1998-06-30"))
    assert [(row["repeat_purchases"], row["customers"]) for row in one["rows"]] == [("7+", 1)]
    assert (one["summary"]["customers"], one["summary"]["compared"]) == (2_357, 1)
    assert ask("--check", "--since", "1998-07-01", day="1998-06-30").code == 2
    assert ask("--check", "--model", "formula").code == ask("--check", "--top", "3").code == 2
    assert ask("--check", "--discount", "0.2").code == 2


def test_rows_do_not_repeat_what_holds_for_all(ask):
    answer = ask("--limit", "3")
    assert "by BG/NBD" in answer.out.splitlines()[0]
    assert answer.out.count("Calibrated on 2357 customers") == 1
    early = answered(ask("--json", day="1997-02-01"))
    assert early["summary"]["model"] == "formula"
    assert "at least 90 days are needed, there are 31" in early["summary"]["note"]
    assert all("at least 90 days are needed" in row["note"] for row in early["rows"])
    assert not any("carry" in (row["remark"] or "") for row in early["rows"])


def test_classify_ranks_by_the_same_values(cdnow, run):
    asked = ("--json", "--db", cdnow, "--as-of", "1997-09-30")
    best = answered(run("value", "--top", "3", *asked))["rows"]
    ranked = answered(run("classify", "--by", "lifetime", "--no-save", *asked))["rows"]
    assert [row["amount"] for row in ranked[:3]] == [row["lifetime"] for row in best]


def test_groups_by_lifetime_value(ask, tmp_path):  # R13.5, F113: 1, 5, 20 % of the 2,356 with a value above 0
    document = answered(ask("--groups", "tier", "--json"))
    rows = {row["group"]: row for row in document["rows"]}
    assert [(name, row["customers"]) for name, row in rows.items()] == [
        *[("key", 24), ("major", 94), ("ordinary", 354), ("small", 1_884)],
        ("none", 1),
    ]
    whole = document["summary"]["total"]["lifetime"]
    assert sum(row["lifetime"] for row in rows.values()) == pytest.approx(whole)
    assert sum(row["share"] for row in rows.values() if row["share"]) == pytest.approx(1)
    assert rows["key"]["lowest"] >= rows["major"]["highest"] >= rows["major"]["mean"] >= rows["ordinary"]["highest"]
    own = tmp_path / "own.toml"
    own.write_text('[value.measures]\nkey = "yearly plan"\n"发展" = "monthly visit"\nwrong = "x"\n', encoding="utf-8")
    answer = ask("--groups", "tier", "--json", "--config", str(own))
    assert [row["measure"] for row in answered(answer)["rows"]][:2] == ["yearly plan", "monthly visit"]
    assert "names no group: wrong" in answer.err


@pytest.mark.parametrize(
    ("groups", "code"), [("quintile", 0), ("100,20", 0), ("20,100", 0), ("20,20", 2), ("5,100,20", 2), ("x", 2)]
)
def test_groups_by_number_and_by_amount(ask, groups, code):
    answer = ask("--groups", groups, "--json")
    assert answer.code == code
    if not code:
        rows = json.loads(answer.out)["rows"]
        assert sum(row["customers"] for row in rows) == 2_357
        assert [row["group"] for row in rows][0:2] == ["1", "2"]
        assert groups == "quintile" or rows[0]["lowest"] >= 100 > rows[1]["highest"] >= rows[1]["lowest"] >= 20


def test_one_customer_is_valued_by_the_fit_at_hand_until_an_order_changes(cdnow, run, tmp_path, monkeypatch):
    from custcli.services.value import fitting

    database, fits = str(tmp_path / "own.db"), []
    shutil.copy(cdnow, database)
    calibrated = fitting.calibrated
    monkeypatch.setattr(fitting, "calibrated", lambda *args: fits.append(args) or calibrated(*args))

    def row(*codes, day="1997-09-30"):
        document = answered(run("value", *codes, "--json", "--db", database, "--as-of", day))
        return document["rows"][1], document["summary"]["parameters"], len(fits)

    whole = row()
    assert whole[2] == 1
    assert row("0001", "0002") == whole
    assert row("0001", "0002", day="1997-10-01") != whole
    assert row("0001", "0002")[:2] == whole[:2]
    assert run("add", "payments", "customer=0002", "paid_on=1997-09-01", "amount=5", "--db", database).code == 0
    assert row("0001", "0002") == (*whole[:2], 3)
    assert run("add", "orders", "customer=0003", "ordered_on=1997-09-09", "amount=5", "--db", database).code == 0
    added = row("0001", "0002")
    assert (added[1] != whole[1], added[2]) == (True, 4)
    assert run("undo", "--db", database).code == 0
    assert row("0001", "0002") == (*whole[:2], 5)
