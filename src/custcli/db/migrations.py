"""The schema's history: numbered SQL files, append-only. A file is upgraded in one transaction, after a copy of it."""

import uuid
from importlib import resources
from itertools import starmap
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
            sqlite.copy(path, path.with_name(f"{path.name}.v{found}.backup"), timeout)
        list(starmap(connection.exec_driver_sql, _steps(found)))
        if not found:
            connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('database_id', ?)", (uuid.uuid4().hex,))
        sqlite.claim(connection, latest())


def _steps(found: int) -> list[tuple[str]]:
    return [(statement,) for script in scripts()[found:] for statement in sqlite.statements(script)]


def is_current(connection: Connection) -> bool:
    """Whether the database needs no upgrade."""
    return sqlite.version(connection) == latest()
