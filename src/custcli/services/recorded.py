"""The database as it was recorded at the end of a day (decisions.md 1: --recorded-on)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from custcli.context import day_of

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Database


def reading(ctx: "Context", recorded_on: str | None) -> "Database":
    """The database to read from: as it is, or as it was at the end of a day of the local calendar.

    UsageError: a text that is no date.
    """
    from custcli.db.then import as_recorded

    day = day_of(recorded_on, "--recorded-on")
    database = ctx.reading()
    return as_recorded(database, _end(day)) if day else database


def _end(day: date) -> str:
    """The first moment after a local day, as changes are dated: in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time()).astimezone()
    return midnight.astimezone(UTC).isoformat(timespec="seconds")
