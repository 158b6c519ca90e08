"""How lately, how often and for how much each customer bought: arrays from one GROUP BY over the covering index."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection

from custcli.db import ledger
from custcli.db.figures import FIRST_DAY, VALID, aligned

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("id", "frequency", "last", "monetary")
_BEGINNING = 1_721_424.5
"""The Julian day before the first of the calendar: what is beyond it is a date's ordinal."""


def buying(
    connection: Connection, since: date | None, until: date, currency: str | None = None
) -> "dict[str, NDArray[Any]]":
    """Customer, orders, ordinal of the last one's day, net amount; of those who ordered in the period (R14).

    The index is read from its end: of days that rise, each one is a new maximum, and to keep them costs a quarter more.
    """
    import numpy as np

    if ledger.kept(connection, ledger.KEPT):
        return _kept(connection, since, until, currency)
    bought = "FILTER (WHERE type <> 'return')"
    only, values = ("", ()) if currency is None else (" AND currency = ?", (currency,))
    cursor = connection.exec_driver_sql(
        f"SELECT customer_id, count(*) {bought} AS orders, "
        f"CAST(julianday(max(ordered_on) {bought}) - {_BEGINNING} AS INTEGER), coalesce(sum(amount), 0) "
        f"FROM sales_order WHERE ordered_on BETWEEN ? AND ? AND {VALID}{only} "
        "GROUP BY customer_id HAVING orders > 0 ORDER BY customer_id DESC",
        (since.isoformat() if since else FIRST_DAY, until.isoformat(), *values),
    ).cursor
    told = np.fromiter(cast("Iterable[tuple[Any, ...]]", cursor), dtype=[(name, np.int64) for name in NAMES])
    rows = told[::-1]
    return {name: rows[name] for name in NAMES}


def _kept(connection: Connection, since: date | None, until: date, currency: str | None) -> "dict[str, NDArray[Any]]":
    """The same out of the orders that are kept: sums alone cost the database less than they."""
    import numpy as np

    first, found = since.toordinal() if since else 1, []
    for part in ledger.parts(connection, until, currency=currency):
        orders = part.only(part.days >= first)
        mine = orders.only(~orders.back)
        sums = {"id": orders.ids, "monetary": orders.total("amount", orders.days > 0)}
        found.append((mine.ids, mine.count(mine.days > 0), mine.last, aligned(mine.ids, sums, "monetary")))
    return {name: np.concatenate(each) for name, each in zip(NAMES, zip(*found, strict=True), strict=True)}
