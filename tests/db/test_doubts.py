"""What is told of a database that can be used all the same (reliability.md D 21, 22)."""

import sqlite3

import pytest


@pytest.fixture
def path(run, tmp_path, monkeypatch):
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    assert run("init").code == 0
    return path


ADD = ("add", "wholesale", "name=甲", "region=华东", "owner=李", "business_address=上海", "phone=021-55556666")


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o640, True), (0o604, True), (0o620, True)])
def test_a_file_that_others_may_open_is_told(run, path, mode, told):
    path.chmod(mode)
    answer = run("list")
    assert (answer.code, "chmod 600" in answer.err, "chmod" in answer.out) == (0, told, False)
    assert not run("list", "--quiet").err


@pytest.mark.parametrize(("newest", "told"), [("2001-01-01", False), ("2999-12-31", True)])
def test_a_newest_change_of_the_future_is_told_before_another_is_written(run, path, newest, told):
    """A warning, no failure: changes stay ordered by number, not by clock."""
    assert run(*ADD).code == 0
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE change SET at = ?", (f"{newest}T00:00:00+00:00",))
    assert not run("list").err
    answer = run(*ADD[:2], "name=乙", *ADD[3:])
    assert (answer.code, newest in answer.err) == (0, told), answer.err
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM customer").fetchone() == (2,)
