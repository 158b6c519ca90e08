"""custcli classify --method matrix: class A and worksheets of the prospect cards give A+, A, B, C (R8)."""

import json

import pytest
from tests.laid import insert

from custcli.db import Author, journal, open_database

KEYS = ["code", "name", "kind", "region", "owner", "priority", "amount", "abc", "potential", "band", "answered"]


@pytest.fixture
def ask(run, tmp_path):
    """C1 and C2 are class A, C3 and C4 are not; C5 has no worksheet, C6 an unfinished one."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number, (amount, met) in enumerate([(50, 7), (30, 3), (10, 4), (10, 0), (0, None), (0, 6)], 1):
            core = {"id": number, "code": f"C{number}", "name": f"公司{number}", "name_key": "x", "kind": "wholesale"}
            insert(connection, "customer", **core, state="active", region="华东")
            order = {"customer_id": number, "ordered_on": "2026-01-15", "status": "done", "currency": "CNY"}
            insert(connection, "sales_order", type="sale", amount=amount * 10_000, **order)
            if met is not None:
                answers = {
                    f"potential_{place}": "1" if place <= met else "0" for place in range(1, 8 if number < 6 else 7)
                }
                insert(connection, "prospect", customer_id=number, extra=json.dumps(answers))
        journal.close_change(connection, change, {})
    return lambda *args: run("classify", "--method", "matrix", "--db", path, "--as-of", "2026-03-31", *args)


def test_priorities(ask):
    document = json.loads(ask("--json").out)
    assert all(list(row) == KEYS for row in document["rows"])
    told = [(row["code"], row["priority"], row["potential"], row["answered"]) for row in document["rows"]]
    assert told == [
        ("C5", "?", None, 0),
        ("C6", "?", None, 6),
        ("C1", "A+", 7, 7),
        ("C3", "A", 4, 7),
        ("C2", "B", 3, 7),
        ("C4", "C", 0, 7),
    ]
    assert document["summary"]["priorities"]["A+"] == {"customers": 1, "amount": 50}
    assert (document["summary"]["ranked"], document["summary"]["run"]) == (4, 1)


def test_movements_of_priorities(ask, run, tmp_path):
    """C4's worksheet is filled in later, C2's turns for the worse, C1 spends nothing in the next period."""
    ask("--as-of", "2026-01-31")
    with open_database(str(tmp_path / "book.db"), timeout=5, create=False).writing() as connection:
        worksheet = json.dumps({f"potential_{place}": "1" for place in range(1, 8)})
        connection.exec_driver_sql("UPDATE prospect SET extra = ? WHERE customer_id = 4", (worksheet,))
        connection.exec_driver_sql("UPDATE prospect SET extra = '{}' WHERE customer_id = 3")
        connection.exec_driver_sql("UPDATE sales_order SET amount = amount / 1000 WHERE customer_id = 1")
    ask()
    moved = run("movements", "--method", "matrix", "--db", tmp_path / "book.db", "--as-of", "2026-03-31", "--json")
    document = json.loads(moved.out)
    told = {row["code"]: (row["movement"], row["previous_priority"], row["priority"]) for row in document["rows"]}
    assert told == {"C1": ("fell", "A+", "A"), "C4": ("rose", "C", "A"), "C3": ("left", "A", None)}
    assert document["summary"]["priorities"]["A"] == {"A+": 0, "A": 0, "B": 0, "C": 0, "none": 1}


def test_without_a_whole_worksheet_it_is_said_what_to_do(ask, tmp_path):
    with open_database(str(tmp_path / "book.db"), timeout=5, create=False).writing() as connection:
        connection.exec_driver_sql("DELETE FROM prospect")
    said = ask().out
    assert "This run was not stored" in said
    assert "Own growth=Good / Poor" in said
    assert json.loads(ask("--json").out)["summary"]["run"] is None


def test_rows_are_cut_groups_and_tiers_refused(ask):
    answer = ask("--limit", "2")
    assert "4 more" in answer.out
    assert "Without a whole worksheet of seven criteria: 2" in answer.out
    assert ask("--within", "region").code == 2
    assert "--within region" in ask("--by", "region").err  # a dimension is no metric
    assert ask("--tiers", "1,5,20").code == 2  # class A alone says whose revenue is high


@pytest.fixture
def explain(ask, run, tmp_path):  # noqa: ARG001 - asked of the same book
    """The facts of an explanation by their names, and the whole document."""

    def asked(code):
        document = json.loads(
            run("explain", code, "matrix", "--db", tmp_path / "book.db", "--as-of", "2026-03-31", "--json").out
        )
        return {row["fact"]: row for row in document["rows"] if row["what"] == "matrix"}, document

    return asked


def test_a_priority_is_explained_as_classify_tells_it(ask, explain):
    for row in json.loads(ask("--json").out)["rows"]:
        found, document = explain(row["code"])
        assert document["summary"]["verdicts"] == {"matrix": row["priority"]}
        assert (found["potential"]["value"], found["revenue"]["value"] == "high") == (
            row["potential"],
            row["abc"] == "A",
        )
        given = [found[f"potential_{number}"]["value"] is not None for number in range(1, 8)]
        assert sum(given) == found["answered"]["value"] == row["answered"]
        assert ("thin" in found) is (row["priority"] == "?")


@pytest.mark.parametrize(("code", "revenue", "potential"), [("C2", "C", "A+"), ("C3", "A+", "C"), ("C4", "B", "A")])
def test_the_change_told_of_a_priority_happens(ask, explain, tmp_path, code, revenue, potential):
    """An order of the difference turns the priority, one ten-thousandth less does not; so do answers (R8, R9)."""
    found, document = explain(code)
    change = found.get("change_up") or found["change_down"]
    exact = round(change["difference"] * 10_000)
    assert (change["to"], found["change_potential"]["to"]) == (revenue, potential)

    def told(sql, *values):
        with open_database(str(tmp_path / "book.db"), timeout=5, create=False).writing() as connection:
            connection.exec_driver_sql(sql, (*values, int(code[1:])))
        rows = json.loads(ask("--json", "--no-save").out)["rows"]
        return next(row["priority"] for row in rows if row["code"] == code)

    less = exact - (1 if exact > 0 else -1)
    add = "UPDATE sales_order SET amount = amount + ? WHERE customer_id = ?"
    assert told(add, less) == document["summary"]["verdicts"]["matrix"]
    assert told(add, exact - less) == revenue
    assert told(add, -exact) == document["summary"]["verdicts"]["matrix"]
    met = found["change_potential"]["value"]
    answers = json.dumps({f"potential_{number}": "1" if number <= met else "0" for number in range(1, 8)})
    assert told("UPDATE prospect SET extra = ? WHERE customer_id = ?", answers) == potential


def test_what_is_missing_is_told_and_plain_explain_has_the_priority_where_there_is_a_worksheet(explain, run, tmp_path):
    found, document = explain("C6")  # six of six speak for it: whatever the seventh, the potential is high
    assert (found["priority"]["value"], found["once_answered"]["to"], found["once_answered"]["note"]) == (
        "?", "A", "priority A",
    )  # fmt: skip
    assert "Relation=" in found["thin"]["note"]
    assert document["summary"]["thin"] is True
    for code, there in (("C6", True), ("C5", False)):
        plain = run("explain", code, "--db", tmp_path / "book.db", "--as-of", "2026-03-31", "--json")
        assert ("matrix" in json.loads(plain.out)["summary"]["verdicts"]) is there
    refused = run("explain", "C6", "matrix", "--within", "region", "--db", tmp_path / "book.db")
    assert refused.code == 2
