"""An opened database: read and write transactions, and the head of its chain kept outside the file."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from custcli.db import lookup, migrations, newborn, sqlite
from custcli.db.address import path_of
from custcli.errors import DatabaseError

_HEADS = "heads"
_HEAD = 256  # bytes of the file that keeps the head: one write, so that no killed run leaves half of it


@dataclass
class Database:
    """The customer database. `path` is None for one in memory (a dry run that must not touch a file).

    `absent`: there is no file yet; what is written is put there whole, and where nothing is, none is made.
    """

    path: Path | None
    timeout: float
    engine: Engine
    writable: bool = True
    absent: bool = False
    head: dict[str, object] | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the data; writes nothing."""
        with self._connected("reading") as connection, connection.begin():
            yield connection

    @contextmanager
    def moment(self) -> Iterator["Database"]:
        """The database as it is now, for several answers: they read one view of it, and its orders once."""
        from custcli.db import ledger

        with self.reading() as connection:
            ledger.keep(connection)
            yield Moment(self.path, self.timeout, self.engine, view=connection)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Connection]:
        """One transaction, begun IMMEDIATE; rolled back on any error, and at its end unless `keep` (a dry run)."""
        with self._connected("writing") as connection, self._transaction(connection, keep=keep):
            yield connection

    @contextmanager
    def staging(self) -> Iterator[Connection]:
        """A connection that holds no lock: rows wait in temporary tables until `writing_on` writes them at once."""
        with self._connected("staging") as connection:
            yield connection

    @contextmanager
    def writing_on(self, connection: Connection, *, keep: bool = True) -> Iterator[None]:
        """As `writing`, on the connection of `staging`."""
        connection.commit()
        connection.execution_options(custcli="writing")
        with self._transaction(connection, keep=keep):
            yield

    @contextmanager
    def _connected(self, how: str) -> Iterator[Connection]:
        if how != "reading" and not self.writable:
            raise DatabaseError("the database {name} is read-only", name=self.path.name if self.path else "memory")
        with (
            sqlite.translated(self.path, self.timeout),
            self._there() as engine,
            engine.connect() as connection,
        ):
            yield connection.execution_options(custcli=how)

    @contextmanager
    def _there(self) -> Iterator[Engine]:
        """The engine; of an absent database that of a new one, put in its place once something is kept in it."""
        if not self.absent or self.path is None:
            yield self.engine
            return
        with newborn.beside(self.path) as part:
            sqlite.create_file(part, shown=self.path.name)
            engine = sqlite.engine(part, timeout=self.timeout)
            migrations.upgrade(engine, None, self.timeout)
            try:
                yield engine
            finally:
                if self.head:
                    self._settle(part, self.path, self.head)

    def _settle(self, part: Path, path: Path, head: dict[str, object]) -> None:
        sqlite.write_ahead(part, self.timeout)
        newborn.put(part, path)
        self.absent = False
        _keep_head(path, head)

    @contextmanager
    def _transaction(self, connection: Connection, *, keep: bool) -> Iterator[None]:
        transaction = connection.begin()
        try:
            lookup.watch(connection)
            yield
        except BaseException:
            transaction.rollback()
            raise
        head = _head(connection) if keep else None
        transaction.commit() if keep else transaction.rollback()
        self.head = head or self.head
        if head and self.path and not self.absent:
            _keep_head(self.path, head)


@dataclass
class Moment(Database):
    """A database of which only one view is read."""

    view: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The view."""
        if self.view is not None:
            yield self.view


def open_database(url: str, *, timeout: float, create: bool, later: bool = False, trial: bool = False) -> Database:
    """Open the database at a path or SQLAlchemy URL; one of an older schema is upgraded.

    Reading never creates one: DatabaseError (exit 5) where it is missing, foreign, damaged or of a newer custcli.
    `later`: one that is missing is created with the first change that is kept. `trial`: nothing is changed on disk,
    an older schema is upgraded in a copy in memory.
    """
    path = path_of(url)
    if create and not path.exists():
        if later:
            return Database(path, timeout, sqlite.engine(path, timeout=timeout), absent=True)
        sqlite.create_file(path)
    if not path.is_file():
        raise DatabaseError("there is no database at {path}: custcli init or an import makes one", path=str(path))
    application, version, empty = sqlite.identity(path, timeout)
    if empty and not create:
        raise DatabaseError("{name} is empty, no custcli database", name=path.name)
    if not empty and application != sqlite.APPLICATION_ID:
        raise DatabaseError("{name} is not a custcli database", name=path.name)
    if version > migrations.latest():
        raise DatabaseError("{name} was made by a newer custcli: upgrade custcli to use it", name=path.name)
    if trial and version < migrations.latest():
        return _copy_in_memory(path, timeout)
    return _opened(path, timeout, version)


def _copy_in_memory(path: Path, timeout: float) -> Database:
    engine = sqlite.engine(None, timeout=0)
    with sqlite.translated(path, timeout):
        sqlite.load(path, engine, timeout)
    migrations.upgrade(engine, None, 0)
    return Database(None, 0, engine)


def _opened(path: Path, timeout: float, version: int) -> Database:
    if not sqlite.writable(path):
        return _read_only(path, timeout, version)
    if path.stat().st_nlink > 1:  # a run was killed between giving the new file its name and taking the old one away
        newborn.sweep(path)
    with sqlite.translated(path, timeout):
        engine = sqlite.engine(path, timeout=timeout)
        if version < migrations.latest():
            sqlite.write_ahead(path, timeout)
            migrations.upgrade(engine, path, timeout)
    return Database(path, timeout, engine)


def _read_only(path: Path, timeout: float, version: int) -> Database:
    if sqlite.pending(path) or version < migrations.latest():
        raise DatabaseError("the database {name} is read-only and has unfinished writes beside it", name=path.name)
    engine = sqlite.engine(path, timeout=timeout, read_only=True)
    return Database(path, timeout, engine, writable=False)


def in_memory() -> Database:
    """An empty database that vanishes: a dry run walks the same path without making a file."""
    engine = sqlite.engine(None, timeout=0)
    migrations.upgrade(engine, None, 0)
    return Database(None, 0, engine)


def exists(url: str) -> bool:
    """Whether there is a file at the address."""
    return path_of(url).exists()


# The head of the chain: number and hash of the last change, kept where a database that fell back does not take it along


def _head(connection: Connection) -> dict[str, object] | None:
    row = connection.exec_driver_sql(
        "SELECT c.id, c.hash, m.value FROM change c, meta m WHERE m.name = 'database_id' ORDER BY c.id DESC LIMIT 1"
    ).first()
    return {"change": row[0], "hash": row[1], "database": row[2]} if row else None


def state_file(path: Path, folder: str) -> Path:
    """The file of the state folder that belongs to the database at a path."""
    from platformdirs import user_state_path

    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]
    return user_state_path("custcli", appauthor=False) / folder / f"{name}.json"


def kept_head(path: Path) -> dict[str, object] | None:
    """The head kept for the database at this path; None where none is, or none that can be read."""
    try:
        head = json.loads(state_file(path, _HEADS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(head, dict) and {"change", "hash", "database"} <= head.keys()
    return head if whole else None


def _keep_head(path: Path, head: dict[str, object]) -> None:
    """A head that cannot be kept is no reason to fail a commit."""
    note_state(state_file(path, _HEADS), json.dumps(head).ljust(_HEAD))


def note_state(file: Path, line: str) -> None:
    """Written at once over the last one, always as long; where that cannot be, there is none."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(file, os.O_CREAT | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)
