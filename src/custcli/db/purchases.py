"""What each customer's orders say of value: sums and years by the formula, days of purchase for the model.

Made for millions of customers: whole numbers in arrays, in the order of customers' ids.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import ledger
from custcli.db.figures import CHUNK, all_aligned
from custcli.domain.ledger import UNKNOWN, Ledger

if TYPE_CHECKING:
    from numpy.typing import NDArray

HISTORY = (
    *("id", "orders", "first", "last", "sales", "profit", "uncosted", "costed", "margin", "costless"),
    *("sales_before", "sales_year", "orders_year", "active"),
)
"""The figures of a history: see `histories`."""
BUYING = ("id", "days", "first", "last", "spent", "later")
"""The figures of the days of purchase: see `buying`."""


def histories(
    connection: Connection,
    until: date,
    year: date,
    year_before: date,
    currency: str | None = None,
    customers: Sequence[int] | None = None,
) -> "dict[str, NDArray[Any]]":
    """The figures of all customers, or those of these ids, with valid orders up to a day; the last year is from `year`.

    `orders`, `first`, `last` (ordinals, 0 without) are of orders that are no returns. `sales`: of all; `profit`: of
    those whose cost is known, `uncosted`: the sales of the others; `costed`: there are no others. `margin`, `costless`:
    the same two of the last year; `sales_before`: sales of the year before. `active`: has ordered in the last year.
    """
    parts = ledger.parts(connection, until, ledger.KEPT, currency, customers)
    return _joined(HISTORY, [_history(orders, year.toordinal(), year_before.toordinal()) for orders in parts])


def _history(orders: Ledger, year: int, before: int) -> "tuple[NDArray[Any], ...]":
    bought, every = ~orders.back, orders.days > 0
    lately, earlier = orders.days >= year, (orders.days >= before) & (orders.days < year)
    costless = orders.figures["cost"] == UNKNOWN
    known, stated = (orders.figure(name)[1] for name in ("profit", "amount"))
    orders_year = orders.count(lately & bought)
    mine = orders.only(bought)
    days = all_aligned(orders.ids, {"id": mine.ids, "first": mine.first, "last": mine.last})
    return (
        orders.ids,
        orders.count(bought),
        days["first"],
        days["last"],
        orders.total("amount", every),
        orders.total("profit", every),
        orders.total("amount", costless),
        (orders.count(known) == orders.count(stated)).astype("int64"),
        orders.total("profit", lately),
        orders.total("amount", lately & costless),
        orders.total("amount", earlier),
        orders.total("amount", lately),
        orders_year,
        (orders_year > 0).astype("int64"),
    )


def buying(
    connection: Connection,
    until: date,
    currency: str | None = None,
    since: date | None = None,
    customers: Sequence[int] | None = None,
) -> "dict[str, NDArray[Any]]":
    """The days of purchase of customers (None: all) who bought from `since` (None: ever) to `until`.

    Goods sent back are none. `days`: how many days; `first`, `last` (ordinals); `spent` on all of them, `later`: on
    those after the first.
    """
    first = since.toordinal() if since else 1
    parts = ledger.parts(connection, until, currency=currency, customers=customers)
    return _joined(BUYING, [_days_of(orders.only(~orders.back & (orders.days >= first))) for orders in parts])


def _days_of(orders: Ledger) -> "tuple[NDArray[Any], ...]":
    """The columns of BUYING."""
    every, later = orders.days > 0, orders.days > orders.first[orders.who]
    return (
        orders.ids,
        orders.count(orders.new_days),
        orders.first,
        orders.last,
        orders.total("amount", every),
        orders.total("amount", later),
    )


def _joined(names: Sequence[str], parts: "Sequence[tuple[NDArray[Any], ...]]") -> "dict[str, NDArray[Any]]":
    """The columns of several parts of the customers, by name."""
    import numpy as np

    return {name: np.concatenate(columns) for name, columns in zip(names, zip(*parts, strict=True), strict=True)}


def ids_of(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """The ids of the customers that have these codes."""
    found: dict[str, int] = {}
    for start in range(0, len(codes), CHUNK):
        some = tuple(codes[start : start + CHUNK])
        marks = ", ".join("?" * len(some))
        rows = connection.exec_driver_sql(f"SELECT code, id FROM customer WHERE code IN ({marks})", some)
        found |= {row[0]: row[1] for row in rows}
    return found
