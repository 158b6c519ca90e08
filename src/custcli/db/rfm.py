"""How lately, how often and for how much each customer bought: arrays from one GROUP BY over the covering index."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection

from custcli.db.figures import FIRST_DAY, VALID

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("id", "frequency", "last", "monetary")
_BEGINNING = 1_721_424.5
"""The Julian day before the first of the calendar: what is beyond it is a date's ordinal."""


def buying(
    connection: Connection, since: date | None, until: date, currency: str | None = None
) -> "dict[str, NDArray[Any]]":
    """Customer, orders, ordinal of the last one's day, net amount; of those who ordered in the period (R14)."""
    import numpy as np

    bought = "FILTER (WHERE type <> 'return')"
    only, values = ("", ()) if currency is None else (" AND currency = ?", (currency,))
    cursor = connection.exec_driver_sql(
        f"SELECT customer_id, count(*) {bought} AS orders, "
        f"CAST(julianday(max(ordered_on) {bought}) - {_BEGINNING} AS INTEGER), coalesce(sum(amount), 0) "
        f"FROM sales_order WHERE ordered_on BETWEEN ? AND ? AND {VALID}{only} "
        "GROUP BY customer_id HAVING orders > 0",
        (since.isoformat() if since else FIRST_DAY, until.isoformat(), *values),
    ).cursor
    rows = np.fromiter(cast("Iterable[tuple[Any, ...]]", cursor), dtype=[(name, np.int64) for name in NAMES])
    return {name: rows[name] for name in NAMES}
