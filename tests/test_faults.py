"""Killed, refused, at the same time: the database is as before or as after, nothing lies about (reliability.md C)."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from custcli.db import migrations, newborn
from custcli.errors import MadeMeanwhileError

OLDEST = Path(__file__).parent / "old_databases" / "v1.sql"
STRACE = shutil.which("strace")
ORDERS = "单号,客户名称,交易日期,金额\nD1,甲,2026-03-01,5\nD2,乙,2026-03-02,7\n"
REFUSED = "单号,客户名称,交易日期,金额\nD1,甲,2026-03-01,viel\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def counted(path):
    """Orders and changes; None where there is no database."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT (SELECT count(*) FROM sales_order), (SELECT count(*) FROM change)").fetchone()


def names(folder):
    return {path.name for path in folder.iterdir()} - {"orders.csv"}


# killed

POINTS = ["pwrite64:3", "pwrite64:30", "fdatasync:1", "fdatasync:2", "fdatasync:3", "link:1", "fsync:1", "unlink:1"]


def killed(point, *args):
    """Run custcli under strace and kill it at the n-th call of this name; whether it was killed."""
    call, number = point.split(":")
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
    command = [str(STRACE), "-f", "-qq", "-o", os.devnull, *inject, sys.executable, "-m", "custcli", *args]
    return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode != 0


@pytest.mark.skipif(not STRACE, reason="strace is not there")
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_first_import_is_none_or_whole(folder, run, point):
    killed(point, "import", "orders.csv", "--create-customers", "-q")
    assert counted(folder / "c.db") in {None, (2, 1)}
    assert run("import", "orders.csv", "--create-customers").code == 0
    assert (counted(folder / "c.db"), names(folder)) == ((2, 1), {"c.db"})


@pytest.mark.skipif(not STRACE, reason="strace is not there")
@pytest.mark.parametrize("point", ["pwrite64:2", "pwrite64:6", "fdatasync:1"])
def test_a_killed_undo_is_none_or_whole(folder, run, point):
    assert run("import", "orders.csv", "--create-customers").code == 0
    killed(point, "undo", "1", "-q")
    assert counted(folder / "c.db") in {(2, 1), (0, 2)}
    assert run("check").code == 0
    assert names(folder) == {"c.db"}


# nothing is made by what is refused


def test_a_refused_first_import_leaves_nothing(folder, run):
    (folder / "bad.csv").write_text(REFUSED, encoding="utf-8")
    assert run("import", "bad.csv", "--create-customers").code == 4
    assert run("add", "enterprise", "客户名称=").code != 0
    assert names(folder) == {"bad.csv"}


def test_init_makes_the_database_at_once(folder, run):
    assert run("init").code == 0
    assert counted(folder / "c.db") == (0, 0)


def test_what_killed_runs_left_beside_is_swept(folder, run):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [f".custcli-c.db-{gone.pid}-0.new", f".custcli-c.db-{gone.pid}-0.new-journal"]
    mine = f".custcli-c.db-{os.getpid()}-0.new"
    for name in [*left[:1], mine]:
        (folder / name).touch()
    assert run("import", "orders.csv", "--create-customers").code == 0
    assert names(folder) == {"c.db", mine}


# at the same time


def test_a_database_that_another_made_meanwhile_is_taken(folder, run, monkeypatch):
    """Both made one: the later command is run again on the one that is there; no row is lost."""
    name_it = newborn._named
    met = []

    def name_late(part, path):
        if not met:
            met.append(path)
            assert subprocess.run([sys.executable, "-m", "custcli", "add", "enterprise", "客户名称=先"], check=False,
                                  capture_output=True, timeout=300).returncode == 0  # fmt: skip
        name_it(part, path)

    monkeypatch.setattr(newborn, "_named", name_late)
    answer = run("import", "orders.csv", "--create-customers", "--json")
    assert (answer.code, answer.out.count('"command"')) == (0, 1)
    assert counted(folder / "c.db") == (2, 2)
    assert names(folder) == {"c.db"}


def test_the_place_of_another_is_never_taken(tmp_path):
    part, path = tmp_path / "part", tmp_path / "c.db"
    part.write_text("mine")
    path.write_text("another's")
    with pytest.raises(MadeMeanwhileError):
        newborn.put(part, path)
    assert path.read_text() == "another's"


# older schemas


@pytest.fixture
def old(folder):
    with closing(sqlite3.connect(folder / "c.db")) as connection:
        connection.executescript(OLDEST.read_text(encoding="utf-8"))
    return folder / "c.db"


@pytest.mark.parametrize("words", [("import", "orders.csv", "--create-customers", "--dry-run"), ("undo", "--dry-run")])
def test_a_dry_run_changes_nothing_in_an_older_database(old, folder, run, words):
    before = old.read_bytes()
    assert run(*words).code == 0
    assert (old.read_bytes(), names(folder)) == (before, {"c.db"})


def test_a_copy_made_before_an_upgrade_is_never_written_over(old, folder, run):
    kept = old.read_bytes()
    for name in ("c.db.v1.backup", "c.db.v1-2.backup"):
        (folder / name).write_text(name)
    (folder / "c.db.v1.part").write_text("left by a killed run")
    assert run("list").code == 0
    assert (folder / "c.db.v1.backup").read_text() == "c.db.v1.backup"
    assert (folder / "c.db.v1-2.backup").read_text() == "c.db.v1-2.backup"
    assert names(folder) == {"c.db", "c.db.v1.backup", "c.db.v1-2.backup", "c.db.v1-3.backup"}
    assert len((folder / "c.db.v1-3.backup").read_bytes()) == len(kept)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (migrations.latest(),)


# standard input


def piped(start, text, *args):
    return start("import", "-", *args, input=text.encode())


def test_day_numbers_and_rejects_from_standard_input(folder, start):
    """Both read the file again: the column that explains itself (decisions.md 20), rows that the database refuses."""
    head = "客户名称,交易日期,金额\n"
    done = piped(start, f"{head}甲,45292,5\n乙,45300,6\n", "--as", "orders", "--create-customers")
    assert done.returncode == 0, done.stderr
    done = piped(start, f"{head}甲,45292,5\n丙,45300,6\n", "--as", "orders", "--on-error", "skip")
    assert done.returncode == 3, done.stderr
    assert counted(folder / "c.db") == (2, 1)
    from custcli.files.read import open_book
    from custcli.settings import Settings

    with open_book(folder / "stdin-rejects.xlsx", limits=Settings().read) as book:
        assert [row[:3] for row in next(book.sheets()).rows] == [["客户名称", "交易日期", "金额"], ["丙", "45300", "6"]]
