"""Opening the file: what is refused, what is set, who may read it (reliability.md 3, D 1-4, 21)."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from custcli.db import in_memory, migrations, open_database, runs, sqlite
from custcli.db.tables import metadata
from custcli.db.verdicts import said
from custcli.errors import DatabaseError, UsageError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.db"


def opened(path, *, create=True):
    return open_database(str(path), timeout=1, create=create)


def facts(path):
    with sqlite3.connect(path) as connection:
        return {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode")
        }


def shape(connection):
    """Tables, columns and indexes as the database has them."""
    rows = connection.exec_driver_sql(
        "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ).all()
    tables = {row[1] for row in rows if row[0] == "table"}
    columns = {
        t: [tuple(c)[1:4] for c in connection.exec_driver_sql(f"PRAGMA table_info({t})")] for t in sorted(tables)
    }
    keys = {
        t: {tuple(k)[2:5] for k in connection.exec_driver_sql(f"PRAGMA foreign_key_list({t})")} for t in sorted(tables)
    }
    indexes = {
        row[1]: [c[2] for c in connection.exec_driver_sql(f"PRAGMA index_info({row[1]})")]
        for row in rows
        if row[0] == "index"
    }
    return columns, keys, indexes


def test_migrations_give_the_tables_of_the_model():
    """The frozen SQL and the SQLModel tables are one schema."""
    from sqlalchemy import create_engine

    model = create_engine("sqlite://")
    metadata.create_all(model)
    with in_memory().reading() as migrated, model.connect() as made:
        assert shape(migrated) == shape(made)


@pytest.mark.parametrize("name", ["v1.sql"])
def test_oldest_schema_is_upgraded_with_a_copy_beside_it(path, name):
    old = Path(__file__).parents[1] / "old_databases" / name
    with sqlite3.connect(path) as connection:
        connection.executescript(old.read_text(encoding="utf-8"))
    database = opened(path, create=False)
    with database.reading() as connection, in_memory().reading() as fresh:
        assert shape(connection) == shape(fresh)
        assert connection.exec_driver_sql("SELECT code FROM customer").scalars().all() == ["K1"]
        kept = [list(said(*runs.judged(connection, number))) for number in (1, 2)]
    assert kept == [[(9, 1, 99999999990000, "A", "key", "dossier"), (1, 2, 120000, "B", "small", "orders")], []]
    assert facts(path)["user_version"] == migrations.latest()
    copy = path.with_name("c.db.v1.backup")
    assert facts(copy)["user_version"] == 1
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_new_file_is_marked_private_and_write_ahead(path):
    old = os.umask(0)
    try:
        opened(path)
    finally:
        os.umask(old)
    assert facts(path) == {
        "application_id": sqlite.APPLICATION_ID,
        "user_version": migrations.latest(),
        "journal_mode": "wal",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_connection_guards_its_data(path):
    with opened(path).reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "secure_delete")
        }
    assert pragmas == {"foreign_keys": 1, "synchronous": 2, "secure_delete": 1}


def test_writers_begin_immediate(path):
    """Two writers: the second waits for the first instead of failing when it writes (reliability.md C)."""
    first, second = opened(path), open_database(str(path), timeout=0.05, create=True)
    with first.writing(), pytest.raises(DatabaseError, match="locked"), second.writing():
        pass


def test_reader_goes_on_while_somebody_writes(path):
    database = opened(path)
    with database.writing() as writer:
        writer.exec_driver_sql("INSERT INTO code_counter VALUES ('C', 1)")
        with database.reading() as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM code_counter").scalar() == 0


def test_dry_run_leaves_every_byte(path):
    database = opened(path)
    before = path.read_bytes()
    with database.writing(keep=False) as connection:
        connection.exec_driver_sql("INSERT INTO code_counter VALUES ('C', 1)")
    assert path.read_bytes() == before


def test_reading_never_creates(path):
    with pytest.raises(DatabaseError, match="no database"):
        opened(path, create=False)
    assert not path.exists()


def foreign(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute("PRAGMA application_id = 7")


def newer(path):
    opened(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def text(path):
    path.write_text("hello, this is no database")


def cut(path):
    opened(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("make", "said"), [(foreign, "not a custcli"), (newer, "newer custcli"), (text, "not a custcli"), (cut, "damaged")]
)
def test_what_is_not_ours_is_refused_unchanged(path, make, said):
    make(path)
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(DatabaseError, match=said), opened(path, create=create).reading() as connection:
            connection.exec_driver_sql("SELECT * FROM customer").all()
    assert path.read_bytes() == before


def test_an_address_of_another_engine_is_wrong_usage(path):
    with pytest.raises(UsageError, match="postgresql"):
        open_database("postgresql://host/db", timeout=1, create=True)
    assert open_database(f"sqlite:///{path}", timeout=1, create=True).path == path


def test_errors_never_quote_values(path):
    with opened(path).writing(keep=False) as connection, pytest.raises(Exception, match="constraint") as caught:
        connection.exec_driver_sql("INSERT INTO code_counter VALUES (?, NULL)", ("11010519491231002X",))
    assert "11010519491231002X" not in str(caught.value)


def test_copy_is_whole_and_private(path, tmp_path):
    opened(path)
    copy = tmp_path / "copy.db"
    sqlite.copy(path, copy, 1)
    assert facts(copy)["user_version"] == migrations.latest()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    shutil.rmtree(tmp_path, ignore_errors=True)
