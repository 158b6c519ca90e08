"""custcli value at the command line: keys, exit codes, languages."""

import json

import pytest

from custcli.db import Author, journal, open_database

KEYS = [
    *("code", "name", "historic", "current", "potential", "lifetime", "model", "orders", "first_order", "last_order"),
    *("probability_alive", "low", "high", "note", "remark"),
]
"""cli.md 7."""


@pytest.fixture
def ask(run, tmp_path):
    """A customer who has bought for 1,000.05 a year at a cost of 0."""
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, made_by, extra, code, name, name_key, kind, state) "
                "VALUES (?, 1, '{}', ?, '王五', '王五', 'individual', 'active')",
                (number, f"C{number}"),
            )
        for day in ("2024-05-01", "2025-05-01"):
            connection.exec_driver_sql(
                "INSERT INTO sales_order (made_by, extra, customer_id, ordered_on, type, status, amount, cost, "
                "currency) VALUES (1, '{}', 1, ?, 'sale', 'done', 10000500, 0, 'CNY')",
                (day,),
            )
        journal.close_change(connection, change, {})
    return lambda *args: run(*args, "--db", path, "--as-of", "2026-03-31")


def test_json(ask):
    answer = ask("value", "--json", "--model", "formula", "--retention", "0.5", "--discount", "0")
    document = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert [list(row) for row in document["rows"]] == [KEYS] * 2
    assert {"model", "parameters", "log_likelihood", "customers", "repeat_customers"} <= set(document["summary"])
    first = document["rows"][0]
    assert (first["lifetime"], first["historic"], first["first_order"]) == (1000.05, 2000.1, "2024-05-01")
    assert (first["name"], first["probability_alive"]) == ("王*", None)
    assert document["summary"]["total"]["lifetime"] == 1000.05


def test_a_reveal_is_noted(ask):
    assert "王五" in ask("value", "--json", "--reveal").out
    assert '"kind": "reveal"' in ask("log", "--json").out


def test_a_table_in_both_languages(ask):
    assert ask("value").out.startswith("Customer value in CNY at 2026-03-31 by formula")
    assert "终身价值" in ask("value", "--lang", "zh").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["C1"], 0),
        (["C1", "C2", "--top", "1", "--horizon-months", "24"], 0),
        (["nobody"], 6),
        (["王五"], 6),  # by name, as elsewhere: two bear it
        (["C1", "--where", "kind=wholesale"], 6),
        (["--model", "bgnbd"], 0),
        (["--check"], 0),
        (["--price", "3"], 2),
        (["--model", "textbook", "--new-customers", "0"], 2),
        (["--retention", "2"], 2),
        (["--top", "0"], 2),
    ],
    ids=str,
)
def test_exit_codes(ask, args, code):
    answer = ask("value", *args)
    assert answer.code == code
    assert answer.err.count("\n") == (code != 0)
    assert "Traceback" not in answer.err


def test_a_missing_database_is_not_made(run, tmp_path):
    assert run("value", "--db", tmp_path / "none.db").code == 5
    assert list(tmp_path.glob("none*")) == []
