"""All that is SQLite's own: opening and guarding the file, its pragmas and locks, its JSON functions, its errors.

PostgreSQL comes later: the other modules of db/ write SQL that both speak, and ask here for the rest.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import NullPool

from custcli.db.verdicts import CLASSES, PACKING, Packing, classes
from custcli.domain.readers import LARGEST
from custcli.errors import DatabaseError, RefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

APPLICATION_ID = 0x43555354  # "CUST"
PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    "mmap_size = 0",
    "cache_size = -65536",
)
SALT = 8
REASONS = {
    "SQLITE_BUSY": "the database {name} is locked by another program; waited {seconds} seconds",
    "SQLITE_LOCKED": "the database {name} is locked by another program; waited {seconds} seconds",
    "SQLITE_FULL": "the disk is full: nothing was written to {name}",
    "SQLITE_READONLY": "the database {name} is read-only",
    "SQLITE_CANTOPEN": "the database {name} cannot be opened",
    "SQLITE_IOERR": "the disk reported an error while using {name}: nothing was written",
    "SQLITE_NOTADB": "{name} is not a custcli database",
    "SQLITE_CORRUPT": "the database {name} is damaged: put a backup back",
}
TOO_MUCH = "orders add up to more than 922,337,203,685,477: see custcli list orders --sort -amount for wrong ones"
"""Sums are whole ten-thousandths in 64 bits."""


def engine(path: Path | None, *, timeout: float, read_only: bool = False) -> Engine:
    """An engine on the file, or on a database in memory where path is None.

    Transactions begin IMMEDIATE (writers), DEFERRED (readers) or not at all (staging): the execution option `custcli`.
    """

    def connect() -> sqlite3.Connection:
        connection = _connect(path, timeout, "immutable=1" if read_only else "mode=rw")
        _prepare(connection, read_only=read_only)
        return connection

    if path is None:  # a database in memory lives as long as its one connection
        made = create_engine("sqlite+pysqlite://", creator=connect, hide_parameters=True)
    else:
        made = create_engine("sqlite+pysqlite://", creator=connect, hide_parameters=True, poolclass=NullPool)
    event.listen(made, "begin", _begin)
    return made


def _connect(path: Path | None, timeout: float, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?{mode}" if path else ":memory:"
    return sqlite3.connect(address, uri=bool(path), timeout=timeout, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
    for pragma in PRAGMAS if not read_only else PRAGMAS[:1]:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("custcli_seal", -1, seal, deterministic=False)
    connection.create_function("custcli_product", 3, product, deterministic=True)
    connection.create_function(CLASSES, 1, classes, deterministic=True)
    connection.create_aggregate(PACKING, 6, cast("Any", Packing))


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get("custcli", "writing")
    if how != "staging":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if how == "writing" else "BEGIN")


def create_file(path: Path, shown: str | None = None) -> None:
    """Make an empty file of mode 0600 unless one is there; an error calls it `shown`."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise DatabaseError(
            "the database {name} cannot be created: {error}", name=shown or path.name, error=error.strerror
        ) from None


def write_ahead(path: Path, timeout: float) -> None:
    """Switch to WAL; the switch itself does not wait for others, so it is tried again until the time is over."""
    deadline = time.monotonic() + timeout
    with closing(_connect(path, timeout, "mode=rw")) as connection:
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def identity(path: Path, timeout: float) -> tuple[int, int, bool]:
    """application_id and user_version of the file, and whether nothing is in it yet. Nothing is written."""
    with path.open("rb") as file:
        head = file.read(16)
    if head and head != b"SQLite format 3\0":
        raise DatabaseError("{name} is not a custcli database", name=path.name)
    with translated(path, timeout), closing(_reader(path, timeout)) as connection:
        connection.execute("BEGIN")
        marks = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        blank = not connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0]
    return marks[0], marks[1], blank and marks == [0, 0]


def _reader(path: Path, timeout: float) -> sqlite3.Connection:
    mode = "mode=rw" if writable(path) else "immutable=1"
    return _connect(path, timeout, mode)


def writable(path: Path) -> bool:
    """Whether file and folder can be written; WAL needs both even to read."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def pending(path: Path) -> bool:
    """Whether a write-ahead log with content lies beside the file."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def claim(connection: Connection, version: int) -> None:
    """Mark the file as custcli's and of this schema version, inside the migration's transaction."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {version}")


def version(connection: Connection) -> int:
    """The schema version as this transaction sees it."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def statements(script: str) -> Iterator[str]:
    """The statements of a migration file, one at a time."""
    pending_text = ""
    for line in script.splitlines(keepends=True):
        pending_text += line
        if sqlite3.complete_statement(pending_text):
            yield pending_text
            pending_text = ""


def copy(path: Path, target: Path, timeout: float) -> None:
    """An online copy of mode 0600, checked before it counts."""
    create_file(target)
    with closing(_reader(path, timeout)) as source, closing(_connect(target, timeout, "mode=rw")) as other:
        source.backup(other)
        if other.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise DatabaseError("the copy {name} could not be verified", name=target.name)


def load(path: Path, memory: Engine, timeout: float) -> None:
    """Copy the file into a database in memory; the file is only read."""
    with closing(_reader(path, timeout)) as source, closing(memory.raw_connection()) as target:
        source.backup(cast("sqlite3.Connection", target.driver_connection))


def damages(connection: Connection) -> list[str]:
    """What integrity_check and foreign_key_check find; empty where all is well. Messages name tables, no values."""
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    found += [
        f"foreign key of {row[0]}, row {row[1]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return found


def product(quantity: int | None, price: int | None, discount: int | None) -> int | None:
    """Quantity × price × (1 − discount), all in ten-thousandths, exact and rounded half up at the end."""
    if quantity is None or price is None:
        return None
    whole = quantity * price * (10_000 - (discount or 0))
    rounded = min((abs(whole) + 50_000_000) // 100_000_000, LARGEST + 1)  # one more is refused, see totals.py
    return rounded if whole >= 0 else -rounded


def seal(*parts: object) -> bytes:
    """Salt (8 bytes) and digest of the parts: what the chain keeps of a journal entry (decisions.md 11)."""
    salt = os.urandom(SALT)
    return salt + digest(salt, *parts)


def digest(salt: bytes, *parts: object) -> bytes:
    """The digest of salted parts, 24 bytes."""
    return hashlib.sha256(salt + "\x1f".join(map(str, parts)).encode()).digest()[:24]


def document(pairs: Mapping[str, str], when: Mapping[str, str] | None = None) -> str:
    """SQL that makes a JSON document of name → SQL value; a pair with a condition in `when` only where it holds."""
    pieces = []
    for name, value in pairs.items():
        text = f"""',"{name}":' || json_quote({value})"""
        pieces.append(f"CASE WHEN {when[name]} THEN {text} ELSE '' END" if when and name in when else text)
    return "'{' || ltrim(" + (" || ".join(pieces) or "''") + ", ',') || '}'"


def quoted(value: object) -> str:
    """SQL of a constant."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def extra_value(alias: str, key: str) -> str:
    """SQL of one key of a row's `extra`."""
    return f"""json_extract({alias}.extra, '$."{key}"')"""


def extra_merged(alias: str, pairs: Mapping[str, str], when: Mapping[str, str]) -> str:
    """SQL of a row's `extra` with the given keys laid over it; a null takes the key away."""
    return f"json_patch({alias}.extra, {document(pairs, when)})"


@contextmanager
def translated(path: Path | None, timeout: float) -> Iterator[None]:
    """Errors of the database as the one expected error of exit code 5, with its reason in words and no values."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", "") or ""
        text = next((said for word, said in REASONS.items() if name.startswith(word)), None)
        if "user-defined function" in str(cause):  # what is packed in a column cannot be unpacked
            text = REASONS["SQLITE_CORRUPT"]
        if str(cause) == "integer overflow":
            raise RefusedError(TOO_MUCH) from None
        if text is None:
            raise
        shown = path.name if path else "memory"
        raise DatabaseError(text, name=shown, seconds=f"{timeout:g}") from None


def many(connection: Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Bulk rows as tuples, never one object a row (performance.md 3)."""
    if rows:
        connection.exec_driver_sql(sql, rows)  # a list of tuples means executemany


def numbers(
    connection: Connection, sql: str, values: Sequence[object], names: Sequence[str], day: str | None = None
) -> "dict[str, NDArray[Any]]":
    """The named columns of a question as arrays of 64 bits, in its order; none of their values may be NULL.

    Each comes as one text: to make tuples of a million rows would cost as much as adding them up (performance.md 4).
    `day` names a column of days as ISO text, which come as ordinals.
    """
    import numpy as np

    texts = [f"group_concat({name}, ' ')" for name in names] + [f"group_concat({day}, '')"] * (day is not None)
    row = connection.exec_driver_sql(f"SELECT {', '.join(texts)} FROM ({sql})", tuple(values)).one()
    found = {name: np.fromstring(text or "", sep=" ", dtype=np.int64) for name, text in zip(names, row, strict=False)}
    return found if day is None else found | {day: _ordinals(row[-1] or "")}


def told(
    connection: Connection, sql: str, values: Sequence[object], count: int, words: "Sequence[Mapping[object, int]]"
) -> "list[NDArray[Any]]":
    """The columns of a question as arrays: `count` of numbers, none NULL, then values as their numbers in `words`."""
    import json

    import numpy as np

    names = [f"c{place}" for place in range(count + len(words))]
    texts = [f"group_concat({name}, ' ')" for name in names[:count]]
    texts += [f"json_group_array({name})" for name in names[count:]]
    asked = f"WITH rows({', '.join(names)}) AS ({sql}) SELECT {', '.join(texts)} FROM rows"
    row = connection.exec_driver_sql(asked, tuple(values)).one()
    numbers = [np.fromstring(text or "", sep=" ", dtype=np.int64) for text in row[:count]]
    named = zip(words, row[count:], strict=True)
    return [*numbers, *(np.fromiter(map(known.__getitem__, json.loads(text)), np.int32) for known, text in named)]


def _ordinals(text: str) -> "NDArray[Any]":
    """The ordinals of days that are written one behind the other: 2026-06-302026-07-01."""
    import numpy as np

    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(-1, len("2026-06-30"))
    digits = letters.astype(np.int32) - ord("0")
    months = digits[:, :4] @ (12_000, 1_200, 120, 12) + digits[:, 5:7] @ (10, 1) - 1
    least = int(months.min(initial=1970 * 12))
    every = np.arange(least, int(months.max(initial=least)) + 1) - 1970 * 12
    firsts = every.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + date(1970, 1, 1).toordinal()
    ordinals: NDArray[Any] = firsts[months - least] + digits[:, 8:] @ (10, 1) - 1
    return ordinals
