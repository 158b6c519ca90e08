"""What is told of a database that can be used all the same (reliability.md D 21, 22)."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from custcli.db.database import Database
from custcli.messages import Message, message

OTHERS = 0o077
_SLACK = timedelta(minutes=1)
"""Clocks that are set right by the network go back by less."""


def doubts(database: Database, *, writing: bool, now: datetime | None = None) -> Iterator[Message]:
    """Others may read the file; before writing: the newest change lies in the future."""
    path = database.path
    if path is None or database.absent:
        return
    if os.name == "posix" and path.stat().st_mode & OTHERS:
        yield message("other users of this computer may open {path}: chmod 600 {path}", path=path)
    if writing and database.writable and (newest := _newest(database)) > (now or datetime.now(UTC)) + _SLACK:
        at = newest.isoformat(sep=" ", timespec="minutes")
        yield message("the newest change is of {at}, later than now: is the clock of this computer right?", at=at)


def _newest(database: Database) -> datetime:
    with database.reading() as connection:
        at = connection.exec_driver_sql("SELECT at FROM change ORDER BY id DESC LIMIT 1").scalar()
    try:
        return datetime.fromisoformat(at or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
