"""custcli prospect and prospects at the command line: keys, exit codes, languages."""

import json

import pytest

from custcli.db import Author, journal, open_database

KEYS = [
    *("code", "name", "man", "grade", "provisional", "action", "money", "authority", "need", "assessed_on", "stale"),
    *("stage", "expected_amount", "next_follow_up", "owner", "region", "source"),
]
"""cli.md 8."""


@pytest.fixture
def ask(run, tmp_path):
    path = tmp_path / "book.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        change = journal.open_change(connection, Author("me", "test").header())
        for number, code in enumerate(("C1", "C2"), 1):
            connection.exec_driver_sql(
                "INSERT INTO customer (id, made_by, extra, code, name, name_key, state, source_channel) "
                "VALUES (?, 1, '{}', ?, '赵六', '赵六', 'active', 'referral')",
                (number, code),
            )
        connection.exec_driver_sql(
            "INSERT INTO prospect (made_by, extra, customer_id, stage, expected_amount, next_follow_up) "
            "VALUES (1, '{}', 2, 'demo', 12345678, '2026-04-01')"
        )
        journal.close_change(connection, change, {})
    return lambda *args: run(*args, "--db", path, "--as-of", "2026-03-31")


def test_assess_and_list(ask):
    answer = ask(
        "prospect", "C1", "--money", "yes", "--authority", "无", "--need", "85", "--on", "2026-03-30", "--json"
    )
    assert (answer.code, answer.err) == (0, "")
    document = json.loads(answer.out)
    (row,) = document["rows"]
    assert (document["command"], list(row)) == ("prospect", KEYS)
    assert (row["man"], row["grade"], row["action"], row["provisional"]) == ("M+a+N", "B", "find_decider", False)
    assert (row["money"], row["authority"], row["need"]) == ("yes", "no", "yes")
    document = json.loads(ask("prospects", "--json").out)
    assert (document["command"], [list(each) for each in document["rows"]]) == ("prospects", [KEYS] * 2)
    assert document["rows"][1] == row
    assert document["rows"][0] == dict.fromkeys(KEYS) | {
        "code": "C2",
        "name": "赵*",
        "man": "?+?+?",
        "grade": "A",
        "provisional": True,
        "stale": False,
        "action": "complete_assessment",
        "money": "unknown",
        "authority": "unknown",
        "need": "unknown",
        "stage": "demo",
        "expected_amount": 1234.5678,
        "next_follow_up": "2026-04-01",
        "source": "referral",
    }
    assert [each["code"] for each in json.loads(ask("prospects", "--grade", "B", "--json").out)["rows"]] == ["C1"]
    assert json.loads(ask("prospects", "--grade", "A", "--json").out)["rows"] == []
    assert len(json.loads(ask("prospects", "--grade", "A", "--provisional", "--json").out)["rows"]) == 1


def test_the_command_line_kept_has_no_values(ask):
    ask("prospect", "C1", "--money", "yes", "--evidence", "老板娘点头")
    log = ask("log", "--json").out
    assert json.loads(log)["rows"][0]["command"].startswith("prospect --money --evidence")
    assert "老板娘" not in log


def test_a_table_in_both_languages(ask):
    assert "find who decides" in ask("prospect", "C1", "--money", "y", "--authority", "n", "--need", "y").out
    assert "找有决定权的人" in ask("prospects", "--lang", "zh").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["prospect", "C1"], 0),
        (["prospect", "nobody"], 6),
        (["prospect", "nobody", "--need", "yes"], 6),
        (["prospect", "C1", "--need", "perhaps"], 2),
        (["prospect", "C1", "--evidence", "seen"], 2),
        (["prospect", "C1", "--need", "yes", "--on", "2999-01-01"], 2),
        (["prospect", "C1", "--need", "yes", "--on", "05/03/2024"], 2),
        (["prospect"], 2),
        (["prospects", "--man", "XYZ"], 2),
        (["prospects", "--stage", "nowhere"], 2),
        (["prospects", "--grade", "E"], 2),
        (["prospects", "--stage", "展示", "--limit", "1"], 0),
    ],
    ids=str,
)
def test_exit_codes(ask, args, code):
    answer = ask(*args)
    assert answer.code == code
    assert answer.err.count("\n") == (code != 0)


@pytest.mark.parametrize("args", [["prospects"], ["prospect", "C1"], ["prospect", "C1", "--need", "yes"]], ids=" ".join)
def test_a_missing_database_is_not_made(run, tmp_path, args):
    assert run(*args, "--db", tmp_path / "none.db").code == 5
    assert list(tmp_path.glob("none*")) == []


def test_a_letter_that_is_not_in_force_is_told(ask):
    letters = ["--money", "yes", "--need", "no"]
    assert ask("prospect", "C1", *letters, "--on", "2026-03-01", "--json").err == ""
    later = ask("prospect", "C1", *letters, "--on", "2026-04-02")
    assert "written for 2026-04-02, in force from then on: this is the state of 2026-03-31" in later.out
    older = ask("prospect", "C1", "--need", "yes", "--authority", "yes", "--on", "2026-02-01")
    assert "Need: the newer assessment of 2026-03-01 stays in force" in older.out
    assert "Authority: " not in older.out
    assert ask("prospect", "C1", "--need", "yes", "--on", "2026-03-01", "--json").err == ""
    assert "in force" not in ask("prospect", "C1").out


def test_whoever_stands_on_a_list_of_prospects_is_one(run, tmp_path):
    """Prospect cards always create their customer (decisions.md 7), also where the list has no field of the card."""
    book, file = tmp_path / "list.db", tmp_path / "list.csv"
    file.write_text("潜在客户名单\n客户名称,手机\n甲公司,13800138000\n乙公司,13800138001\n", "utf-8")
    assert run("--db", book, "import", file).code == 0
    assert [row["man"] for row in json.loads(run("--db", book, "prospects", "--json").out)["rows"]] == ["?+?+?"] * 2
    assert json.loads(run("--db", book, "import", file, "--json").out)["summary"]["unchanged"] == 2
    assert run("--db", book, "edit", "C-000001", "所属业务区=华南").code == 0
