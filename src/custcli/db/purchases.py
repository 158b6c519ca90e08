"""What each customer's orders say of value: sums and years by the formula, days of purchase for the model.

Made for millions of customers: whole numbers in arrays, in the order of customers' ids.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.db.figures import CHUNK, FIRST_DAY, VALID

if TYPE_CHECKING:
    from numpy.typing import NDArray

HISTORY = (
    *("id", "orders", "first", "last", "sales", "profit", "uncosted", "costed", "margin", "costless"),
    *("sales_before", "sales_year", "orders_year", "active"),
)
"""The figures of a history: see `histories`."""
BUYING = ("id", "days", "first", "last", "spent", "later")
"""The figures of the days of purchase: see `buying`."""
TOGETHER = 100_000
"""So many customers' days are held at a time."""
_DAY = "CAST(replace({}, '-', '') AS INTEGER)"


def histories(
    connection: Connection, until: date, year: date, year_before: date, currency: str | None = None
) -> "dict[str, NDArray[Any]]":
    """The figures of all customers with valid orders up to a day; the last year begins on `year`.

    `orders`, `first`, `last` (ordinals, 0 without) are of orders that are no returns. `sales`: of all; `profit`: of
    those whose cost is known, `uncosted`: the sales of the others; `costed`: there are no others. `margin`, `costless`:
    the same two of the last year; `sales_before`: sales of the year before. `active`: has ordered in the last year.
    """
    where, values = _condition(None, until, currency)
    bought, known = "type <> 'return'", "amount - cost"
    sql = (
        f"SELECT customer_id AS id, count(CASE WHEN {bought} THEN 1 END) AS orders, "
        f"coalesce({_DAY.format(f'min(CASE WHEN {bought} THEN ordered_on END)')}, 0) AS first, "
        f"coalesce({_DAY.format(f'max(CASE WHEN {bought} THEN ordered_on END)')}, 0) AS last, "
        f"coalesce(sum(amount), 0) AS sales, coalesce(sum({known}), 0) AS profit, "
        "coalesce(sum(CASE WHEN cost IS NULL THEN amount END), 0) AS uncosted, "
        f"count({known}) = count(amount) AS costed, "
        f"coalesce(sum(CASE WHEN ordered_on >= ? THEN {known} END), 0) AS margin, "
        "coalesce(sum(CASE WHEN ordered_on >= ? AND cost IS NULL THEN amount END), 0) AS costless, "
        "coalesce(sum(CASE WHEN ordered_on >= ? AND ordered_on < ? THEN amount END), 0) AS sales_before, "
        "coalesce(sum(CASE WHEN ordered_on >= ? THEN amount END), 0) AS sales_year, "
        f"count(CASE WHEN ordered_on >= ? AND {bought} THEN 1 END) AS orders_year, "
        f"max(ordered_on >= ? AND {bought}) AS active "
        f"FROM sales_order WHERE {where} GROUP BY customer_id"
    )
    days = [str(day) for day in (year, year, year_before, year, year, year, year)]
    found = sqlite.numbers(connection, sql, (*days, *values), HISTORY)
    return found | {name: _ordinals(found[name]) for name in ("first", "last")}


def buying(
    connection: Connection, until: date, currency: str | None = None, since: date | None = None
) -> "dict[str, NDArray[Any]]":
    """The days of purchase of all customers who bought from `since` (None: ever) to `until`; goods sent back are none.

    `days`: how many days; `first`, `last` (ordinals); `spent` on all of them, `later`: on those after the first.
    """
    import numpy as np

    parts = [_days_of(*rows) for rows in _rows(connection, since, until, currency)]
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)] if parts else [_none()] * len(BUYING)
    return dict(zip(BUYING, joined, strict=True))


def _none() -> "NDArray[Any]":
    import numpy as np

    return np.zeros(0, dtype=np.int64)


def _rows(
    connection: Connection, since: date | None, until: date, currency: str | None
) -> "Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]":
    """Customer, day (20260630) and amount of each order, by customer and day; as many customers at a time as fit."""
    where, values = _condition(since, until, currency)
    sql = (
        f"SELECT customer_id AS id, {_DAY.format('ordered_on')} AS day, coalesce(amount, 0) AS spent FROM sales_order "
        f"WHERE customer_id BETWEEN ? AND ? AND {where} AND type <> 'return' ORDER BY customer_id, ordered_on"
    )
    ids = sqlite.numbers(connection, "SELECT id FROM customer ORDER BY id", (), ["id"])["id"].tolist()
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        found = sqlite.numbers(connection, sql, (some[0], some[-1], *values), ["id", "day", "spent"])
        if len(found["id"]):
            yield found["id"], found["day"], found["spent"]


def _days_of(ids: "NDArray[Any]", days: "NDArray[Any]", spent: "NDArray[Any]") -> "tuple[NDArray[Any], ...]":
    """The columns of BUYING of customers whose orders are given in their order and that of days."""
    import numpy as np

    starts = np.flatnonzero(np.diff(ids, prepend=ids[0] - 1))
    ends = np.append(starts[1:], len(ids)) - 1
    new_day = (np.diff(ids, prepend=ids[0] - 1) != 0) | (np.diff(days, prepend=0) != 0)
    on_first = days == np.repeat(days[starts], ends - starts + 1)
    total = np.add.reduceat(spent, starts)
    return (
        ids[starts],
        np.add.reduceat(new_day.astype(np.int64), starts),
        _ordinals(days[starts]),
        _ordinals(days[ends]),
        total,
        total - np.add.reduceat(np.where(on_first, spent, 0), starts),
    )


def ids_of(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """The ids of the customers that have these codes."""
    found: dict[str, int] = {}
    for start in range(0, len(codes), CHUNK):
        some = tuple(codes[start : start + CHUNK])
        marks = ", ".join("?" * len(some))
        rows = connection.exec_driver_sql(f"SELECT code, id FROM customer WHERE code IN ({marks})", some)
        found |= {row[0]: row[1] for row in rows}
    return found


def _condition(since: date | None, until: date, currency: str | None) -> tuple[str, tuple[str, ...]]:
    """Valid orders of these days; `currency` None takes all."""
    days = (since.isoformat() if since else FIRST_DAY, until.isoformat())
    if currency is None:
        return f"ordered_on BETWEEN ? AND ? AND {VALID}", days
    return f"ordered_on BETWEEN ? AND ? AND currency = ? AND {VALID}", (*days, currency)


def _ordinals(days: "NDArray[Any]") -> "NDArray[Any]":
    """Days as 20260630 → as ordinals of the calendar; 0 stays 0."""
    import numpy as np

    months = days // 10_000 * 12 + days // 100 % 100 - 1 - 1970 * 12
    whole = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(days > 0, whole + days % 100 - 1 + date(1970, 1, 1).toordinal(), 0)
