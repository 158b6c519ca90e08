"""The schema's history: numbered SQL files, append-only. A file is upgraded in one transaction, after a copy of it."""

import uuid
from collections.abc import Iterator
from importlib import resources
from itertools import count, starmap
from pathlib import Path

from sqlalchemy import Connection, Engine

from custcli.db import sqlite


def scripts() -> list[str]:
    """The texts of the migrations, in order; number n upgrades version n-1 to n."""
    folder = resources.files("custcli.db").joinpath("schema")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [folder.joinpath(name).read_text(encoding="utf-8") for name in names]


def latest() -> int:
    """The schema version of this custcli."""
    return len(scripts())


def upgrade(engine: Engine, path: Path | None, timeout: float) -> None:
    """Bring the database to the latest version; a file that holds data is copied beside itself before."""
    with (
        engine.connect() as connection,
        connection.begin(),
    ):  # looked at again under the lock: another may have been first
        found = sqlite.version(connection)
        if found == latest():
            return
        if found and path:
            _keep_copy(path, found, timeout)
        list(starmap(connection.exec_driver_sql, _steps(found)))
        if not found:
            connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('database_id', ?)", (uuid.uuid4().hex,))
        sqlite.claim(connection, latest())


def _keep_copy(path: Path, version: int, timeout: float) -> None:
    """Copy the file beside itself, under the lock; the copy gets its name when it is checked, and never another's."""
    part = path.with_name(f"{path.name}.v{version}.part")
    part.unlink(missing_ok=True)
    sqlite.copy(path, part, timeout)
    part.rename(next(name for name in _names(path, version) if not name.exists()))


def _names(path: Path, version: int) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.v{version}.backup")
    for number in count(2):
        yield path.with_name(f"{path.name}.v{version}-{number}.backup")


def _steps(found: int) -> list[tuple[str]]:
    return [(statement,) for script in scripts()[found:] for statement in sqlite.statements(script)]


def is_current(connection: Connection) -> bool:
    """Whether the database needs no upgrade."""
    return sqlite.version(connection) == latest()
