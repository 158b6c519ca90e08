"""custcli movements and watch: two runs compared, runs that cannot be, the watch list, the past repeated."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.laid import insert

from custcli.db import Author, journal, open_database, runs
from custcli.db.verdicts import pack, said

ROW = [
    *("code", "name", "kind", "region", "owner", "movement", "previous_abc", "abc", "previous_tier", "tier"),
    *("previous_rank", "rank", "previous_amount", "amount", "change", "change_share"),
]
YUAN = 10_000
MARCH, JUNE = "2026-03-31", "2026-06-30"


def order(connection, customer, day, yuan):
    usual = {"type": "sale", "status": "done", "currency": "CNY"}
    insert(connection, "sales_order", customer_id=customer, ordered_on=day, amount=yuan * YUAN, **usual)


@pytest.fixture
def db(tmp_path):
    """Sales of a month: in March C1 70, C2 20, C3 8, C4 2; in June C1 70, C2 4, C3 20, C5 6; C5 is a person."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number in range(1, 6):
            name, kind = ("李四", "individual") if number == 5 else (f"公司{number}", "wholesale")
            core = {"id": number, "code": f"C{number}", "name": name, "name_key": name, "kind": kind}
            insert(
                connection, "customer", **core, state="active", region="华东", owner="王经理" if number < 4 else None
            )
        for day, sold in (("2026-03-15", {1: 70, 2: 20, 3: 8, 4: 2}), ("2026-06-15", {1: 70, 2: 4, 3: 20, 5: 6})):
            for customer, yuan in sold.items():
                order(connection, customer, day, yuan)
        journal.close_change(connection, change, {})
    return path


@pytest.fixture
def ask(run, db):
    return lambda *args: run(*args, "--db", db)


@pytest.fixture
def two(ask):
    for day in (MARCH, JUNE):
        assert ask("classify", "--by", "sales", "--months", "1", "--as-of", day).code == 0
    return lambda *args: ask("movements", "--as-of", JUNE, *args)


def rows(answer):
    return {row["code"]: row for row in json.loads(answer.out)["rows"]}


def test_who_rose_fell_entered_and_left(two):  # March: A 70, B 90, C 98, C; June: A 70, B 90 (C3), C 96 (C5), C
    answer = two("--json")
    document, found = json.loads(answer.out), rows(answer)
    assert all(list(row) == ROW for row in document["rows"])
    assert list(found) == ["C2", "C4", "C3", "C5"]
    assert [row["movement"] for row in document["rows"]] == ["fell", "left", "rose", "entered"]
    assert found["C2"] == {
        "code": "C2",
        "name": "公司2",
        "kind": "wholesale",
        "region": "华东",
        "owner": "王经理",
        "movement": "fell",
        "previous_abc": "B",
        "abc": "C",
        "previous_tier": "small",
        "tier": "small",
        "previous_rank": 2,
        "rank": 4,
        "previous_amount": 20,
        "amount": 4,
        "change": -16,
        "change_share": -0.8,
    }
    assert (found["C4"]["abc"], found["C4"]["change"], found["C4"]["change_share"]) == (None, -2, None)
    assert found["C5"]["name"] == "李*"
    summary = document["summary"]
    assert (summary["from"]["run"], summary["to"]["run"], summary["metric"]) == (1, 2, "sales")
    counts = [summary[name] for name in ("fell", "left", "mixed", "rose", "entered", "same")]
    assert counts == [1, 1, 0, 1, 1, 1]
    assert summary["classes"]["B"] == {"A": 0, "B": 0, "C": 1, "none": 0}
    assert summary["classes"]["none"]["C"] == 1


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        (["--only", "fell"], ["C2"]),
        (["--only", "same"], ["C1"]),
        (["--all"], ["C2", "C4", "C3", "C5", "C1"]),
        (["--where", "owner=王经理"], ["C2", "C3"]),
        (["--limit", "1"], ["C2"]),
        (["--from", "2", "--to", "1"], ["C3", "C5", "C2", "C4"]),
        (["--from", MARCH, "--to", JUNE], ["C2", "C4", "C3", "C5"]),
        (["--from", "2026-05-01"], ["C2", "C4", "C3", "C5"]),
        (["--to", "2"], ["C2", "C4", "C3", "C5"]),
        (["--to", "1"], []),
    ],
    ids=str,
)
def test_which_rows_of_which_runs(two, args, codes):
    assert list(rows(two(*args, "--json"))) == codes


def test_only_runs_of_the_same_kind_are_compared(two, ask):
    ask("classify", "--by", "orders", "--months", "1", "--as-of", JUNE)
    assert json.loads(two("--json").out)["summary"]["to"]["run"] == 2
    assert json.loads(two("--from", MARCH, "--to", JUNE, "--json").out)["summary"]["to"]["run"] == 2
    answer = two("--from", "1", "--to", "3")
    assert (answer.code, answer.out) == (2, "")
    assert "metric" in answer.err


def test_days_without_runs_are_ranked_as_classify_would(ask):
    between = ("movements", "--from", MARCH, "--to", JUNE, "--all", "--as-of", JUNE, "--json")
    anew = json.loads(ask(*between).out)
    assert anew["summary"]["from"] == {"run": None, "as_of": MARCH, "since": "2025-04-01", "until": MARCH}
    for day in (MARCH, JUNE):
        ask("classify", "--as-of", day)
    stored = json.loads(ask(*between).out)
    assert stored["summary"]["to"]["run"] == 2
    assert anew["rows"] == stored["rows"] != []


@pytest.mark.parametrize(("args", "code"), [(["--from", "9"], 6), (["--to", "2020-01-01"], 6), (["--from", "x"], 2)])
def test_no_such_run(two, args, code):
    assert two(*args).code == code


def test_one_run_is_none_to_compare(ask):
    ask("classify", "--as-of", MARCH)
    answer = ask("movements", "--as-of", MARCH)
    assert answer.code == 0
    assert "no two runs to compare yet" in answer.out


def test_a_later_run_and_one_taken_back_are_not_seen(two, ask):
    assert json.loads(ask("movements", "--as-of", "2026-04-01", "--json").out)["summary"]["from"] is None
    ask("undo", "3")
    assert json.loads(two("--json").out)["summary"]["from"] is None


def test_arrows_for_people_in_both_languages(two):
    out = two("--lang", "zh").out
    assert all(arrow in out for arrow in "↓←↑→")
    assert not [word for word in ("Class", "Movement", "fell", "rose") if word in out]
    assert "Fell 1, left 1, mixed 0, rose 1, entered 1, stayed 1." in two().out


@pytest.mark.usefixtures("two")
def test_the_past_is_repeated_to_the_row(ask, db):
    """A run of March asked again in June, with more orders since, has the rows that were stored in March."""
    with open_database(str(db), timeout=5, create=False).writing() as connection:
        order(connection, 4, "2026-04-01", 1_000)
        order(connection, 2, "2026-06-20", 1_000)
    again = ask("classify", "--by", "sales", "--months", "1", "--as-of", MARCH, "--no-save", "--json")
    told = [
        [row[key] for key in ("rank", "amount", "abc", "tier", "basis")] for row in rows(again).values() if row["rank"]
    ]
    with open_database(str(db), timeout=5, create=False).reading() as connection:
        stored = list(said(*runs.judged(connection, 1)))
    assert told == [[rank, amount / 10_000, *words] for _, rank, amount, *words in stored]
    assert len(told) == 4


# ---- the watch list (R20) ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two")
def test_who_fell_is_watched_and_for_two_runs(ask, db):
    document = json.loads(ask("watch", "--as-of", JUNE, "--json").out)
    found = {row["code"]: row for row in document["rows"]}
    assert sorted(found) == ["C2", "C4"]
    assert (found["C2"]["reasons"], found["C2"]["previous_abc"], found["C2"]["abc"]) == (["fell"], "B", "C")
    assert (found["C4"]["reasons"], found["C4"]["level"]) == (["left"], "yellow")
    assert document["summary"]["runs"] == [1, 2]
    for day, watched in (("2026-07-31", ["C2", "C4"]), ("2026-08-31", [])):
        with open_database(str(db), timeout=5, create=False).writing() as connection:
            for customer, yuan in {1: 70, 2: 4, 3: 20, 5: 6}.items():
                order(connection, customer, f"{day[:8]}15", yuan)
        ask("classify", "--by", "sales", "--months", "1", "--as-of", day)
        rows_then = json.loads(ask("watch", "--as-of", day, "--json").out)["rows"]
        assert sorted(row["code"] for row in rows_then) == watched, day


@pytest.mark.usefixtures("two")
def test_a_key_customer_and_two_steps_are_red(ask, db):
    with open_database(str(db), timeout=5, create=False).writing() as connection:
        connection.exec_driver_sql("UPDATE customer SET is_key = 1 WHERE id = 4")
        _, found = runs.judged(connection, 1)
        classes = np.where(found.ids == 2, 0, found.marks[0])
        judged = pack(replace(found, marks=[classes, *found.marks[1:]]))
        connection.exec_driver_sql("UPDATE run SET verdicts = ? WHERE id = 1", (judged,))
    found = rows(ask("watch", "--as-of", JUNE, "--red", "--json"))
    assert {code: row["level"] for code, row in found.items()} == {"C2": "red", "C4": "red"}
    assert found["C2"]["action"] == "visit"


def test_sales_that_fell_by_a_fifth_and_for_three_months(ask, db):
    with open_database(str(db), timeout=5, create=False).writing() as connection:
        connection.exec_driver_sql("DELETE FROM sales_order")
        for customer, before, now in ((1, 100, 80), (2, 100, 81)):  # R20: 20 % exactly is a fall
            order(connection, customer, "2024-08-01", before)
            order(connection, customer, "2025-08-01", now)
        for month, yuan in (("03", 40), ("04", 30), ("05", 20), ("06", 10)):
            order(connection, 3, f"2026-{month}-15", yuan)
    found = rows(ask("watch", "--as-of", JUNE, "--json"))
    assert {code: row["reasons"] for code, row in found.items()} == {"C1": ["sales_fell"], "C3": ["three_months"]}
    assert found["C1"]["change_share"] == -0.2
    out = ask("watch", "--as-of", JUNE).out
    assert "no two runs to compare yet" in out  # R20: a first run makes no list of falls
    assert "sales -20 %" in out


@pytest.mark.usefixtures("two")
def test_visits_complaints_and_credit_stand_beside(ask):
    """R20: last visit and open complaints of who is watched; a visit called off or to come is none."""
    for day, result in (("2026-05-20", "完成"), ("2026-06-10", "取消"), ("2026-07-02", "完成")):
        assert ask("add", "visits", "客户=C2", f"访问日期={day}", f"访问状态={result}").code == 0
    for about, settled in (("破损", ""), ("迟到", "2026-06-10"), ("价格", "2026-07-10")):
        words = ["客户=C2", "投诉日期=2026-06-03", f"投诉内容={about}", *([f"解决日期={settled}"] if settled else [])]
        assert ask("add", "complaints", *words).code == 0
    assert ask("edit", "C2", "信用等级=AA").code == 0
    row = rows(ask("watch", "--as-of", JUNE, "--json"))["C2"]
    assert [row[key] for key in ("last_visit", "open_complaints", "credit_grade")] == ["2026-05-20", 2, "AA"]


def test_a_credit_grade_that_fell_is_watched(ask):
    """R20 (a): lower than at the run before; an edit taken back is no fall, a grade given first neither."""
    for code, grade in (("C1", "AA"), ("C3", "AA"), ("C5", "AA")):
        assert ask("edit", code, f"信用等级={grade}").code == 0
    assert ask("classify", "--by", "sales", "--months", "1", "--as-of", MARCH).code == 0
    for code, grade in (("C1", "B"), ("C2", "C"), ("C3", "AAA"), ("C5", "A")):
        assert ask("edit", code, f"信用等级={grade}").code == 0
    assert ask("undo").code == 0
    found = rows(ask("watch", "--as-of", JUNE, "--json"))
    assert list(found) == ["C1"]
    keys = ("level", "reasons", "previous_credit_grade", "credit_grade", "previous_abc")
    assert [found["C1"][key] for key in keys] == ["red", ["credit_fell"], "AA", "B", None]


@pytest.mark.usefixtures("two")
def test_a_damaged_run_is_told(ask, db):
    """A lost bit that no check of the database sees: `check` names the run, answers end with exit 5."""
    with open_database(str(db), timeout=5, create=False).writing() as connection:
        blob = connection.exec_driver_sql("SELECT verdicts FROM run WHERE id = 2").scalar_one()
        connection.exec_driver_sql("UPDATE run SET verdicts = ? WHERE id = 2", (blob[:-1] + b"?",))
    for words in (["check"], ["movements"], ["list", "abc=A"], ["composition", "abc"]):
        said = ask(*words, "--as-of", JUNE)
        assert (said.code, said.out) == (5, ""), words
        assert "damaged" in said.err
