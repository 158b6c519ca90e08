"""What orders, payments and dossiers add up to for each customer: one GROUP BY over a covering index, arrays out.

Made for millions of customers (performance.md 4): sums are whole ten-thousandths of 64 bits, never floats.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.db.hidden import hidden_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALID = "(status = 'done' OR status IN ('confirmed', 'shipped')) AND type <> 'sample'"
"""Orders that count (domain.md 1.13), the usual status first; returns are stored negative."""

FIGURES = {
    "sales": "coalesce(sum(amount), 0)",
    "profit": "coalesce(sum(amount - cost) FILTER (WHERE cost IS NOT NULL), 0)",
    "costed": "coalesce(sum(amount) FILTER (WHERE cost IS NOT NULL), 0)",
    "quantity": "coalesce(sum(quantity), 0)",
    "orders": "count(CASE WHEN type <> 'return' THEN 1 END)",
}
"""The figures of a customer's orders; `costed` are the sales whose cost is known; goods sent back are no order."""

HOME = "CNY"
"""The currency of nearly all rows: what differs is looked for by this word, so that an index on the rest can serve."""
CHUNK = 500
FIRST_DAY = "0001-01-01"


@dataclass(frozen=True)
class Customers:
    """All customers that were asked for, in the order of their codes, so that their places break ties as codes would.

    `groups`: region, owner or kind of each, "" where it is unknown; None unless it was asked for.
    """

    ids: "NDArray[Any]"
    groups: list[str] | None = None

    @property
    def places(self) -> range:
        """In place of the codes: a million of them take longer to read than to rank."""
        return range(len(self.ids))


def customers(connection: Connection, only: set[int] | None = None, group: str | None = None) -> Customers:
    """The customers by code; `group` is region, owner or kind; `only` limits their ids."""
    import numpy as np

    ids = sqlite.numbers(connection, "SELECT id FROM customer ORDER BY code", (), ["id"])["id"]
    kept = np.isin(ids, np.fromiter(only, dtype=np.int64)) if only is not None else None
    groups = _groups(connection, group, kept) if group else None
    return Customers(ids if kept is None else ids[kept], groups)


def _groups(connection: Connection, group: str, kept: "NDArray[Any] | None") -> list[str]:
    rows = _rows(connection, f"SELECT coalesce({group}, '') FROM customer ORDER BY code")
    return [row[0] for row in (rows if kept is None else compress(rows, kept.tolist()))]


def codes(connection: Connection, only: set[int] | None = None) -> dict[int, str]:
    """The customers' codes by id, in their order."""
    rows = _rows(connection, "SELECT id, code FROM customer ORDER BY code")
    return {row[0]: row[1] for row in rows if only is None or row[0] in only}


def order_sums(
    connection: Connection, since: date | None, until: date, names: Sequence[str], currency: str | None = None
) -> dict[str, "NDArray[Any]"]:
    """The figures named (keys of FIGURES) of every customer with valid orders, and `id`, in the order of ids.

    `currency` None takes the orders of all.
    """
    where, values = _in_period("ordered_on", since, until, currency)
    columns = ", ".join(f"{FIGURES[name]} AS {name}" for name in names)
    sql = f"SELECT customer_id AS id, {columns} FROM sales_order WHERE {where} AND {VALID} GROUP BY customer_id"
    return sqlite.numbers(connection, sql, values, ["id", *names])


def payment_sums(
    connection: Connection, since: date | None, until: date, currency: str | None = None
) -> dict[str, "NDArray[Any]"]:
    """`id` and `payments` of every customer who paid, in the order of ids."""
    where, values = _in_period("paid_on", since, until, currency)
    sql = f"SELECT customer_id AS id, sum(amount) AS payments FROM payment WHERE {where} GROUP BY customer_id"
    return sqlite.numbers(connection, sql, values, ["id", "payments"])


def stated_sales(connection: Connection, column: str, day: date) -> dict[str, "NDArray[Any]"]:
    """`id` and `stated`: the latest year's sales on the dossiers of customers without any order (decisions.md 23).

    `column` is amount or quantity; an order of whatever status up to the day counts as one.
    """
    sql = (
        f"SELECT y.customer_id AS id, y.{column} AS stated FROM yearly_sales y WHERE y.year = "
        "(SELECT max(x.year) FROM yearly_sales x "
        f"WHERE x.customer_id = y.customer_id AND x.year <= ? AND x.{column} IS NOT NULL) AND NOT EXISTS "
        "(SELECT 1 FROM sales_order o WHERE o.customer_id = y.customer_id AND o.ordered_on <= ?) ORDER BY y.customer_id"
    )
    return sqlite.numbers(connection, sql, (day.year, day.isoformat()), ["id", "stated"])


def aligned(ids: "NDArray[Any]", sums: Mapping[str, "NDArray[Any]"], name: str) -> "NDArray[Any]":
    """A figure at the places of the customers' ids; 0 for those who have none."""
    return all_aligned(ids, {"id": sums["id"], name: sums[name]})[name]


def all_aligned(ids: "NDArray[Any]", sums: Mapping[str, "NDArray[Any]"]) -> dict[str, "NDArray[Any]"]:
    """Every figure at the places of the customers' ids; 0, their `id` too, for those who have none."""
    import numpy as np

    if not len(sums["id"]):
        return {name: np.zeros(len(ids), dtype=np.int64) for name in sums}
    places = np.minimum(np.searchsorted(sums["id"], ids), len(sums["id"]) - 1)
    known = sums["id"][places] == ids
    return {name: np.where(known, values[places], 0) for name, values in sums.items()}


def currencies(connection: Connection, table: str, since: date | None, until: date) -> list[str]:
    """The currencies that occur in a period, in the order of their words: of orders (sales_order) or payments."""
    day = "ordered_on" if table == "sales_order" else "paid_on"
    where, values = _in_period(day, since, until, None)
    valid = f" AND {VALID}" if table == "sales_order" else ""
    rows = f"FROM {table} WHERE currency %s '{HOME}' AND {where}{valid}"
    others = connection.exec_driver_sql(f"SELECT DISTINCT currency {rows % '<>'}", values).scalars()
    home = connection.exec_driver_sql(f"SELECT currency {rows % '='} LIMIT 1", values).scalars()
    return sorted({*others, *home})


@dataclass(frozen=True)
class Shown:
    """What an answer shows of a customer.

    `hidden_as`: the kind by which personal data is hidden (see hidden.py). `triage`, `is_key`: what people noted (R7).
    """

    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None
    triage: str | None
    is_key: int | None


def shown(connection: Connection, ids: Sequence[int]) -> dict[int, Shown]:
    """The customers of these ids."""
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        f"SELECT c.id, c.code, c.name, c.kind, c.region, c.owner, {hidden_as('c')}, c.triage, c.is_key FROM customer c "
        f"WHERE c.id IN ({marks})",
        tuple(ids),
    )
    return {row[0]: Shown(*row[1:]) for row in rows}


def noted_bands(connection: Connection) -> dict[str, "NDArray[Any]"]:
    """`id`, `important` and `key` (0 or 1) of the customers of whom people noted that they are important or general.

    Special is for people to say: it never differs from what is reckoned (R7).
    """
    sql = (
        "SELECT id, triage = 'important' AS important, coalesce(is_key, 0) AS key FROM customer "
        "WHERE triage IN ('important', 'general')"
    )
    return sqlite.numbers(connection, sql, (), ["id", "important", "key"])


def referrals(connection: Connection) -> list[tuple[int, int]]:
    """(customer, the one who brought it), in no order."""
    rows = connection.exec_driver_sql("SELECT id, referred_by FROM customer WHERE referred_by IS NOT NULL")
    return [(row[0], row[1]) for row in rows]


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many ids at a time as one question takes."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _in_period(column: str, since: date | None, until: date, currency: str | None) -> tuple[str, tuple[str, ...]]:
    first = since.isoformat() if since else FIRST_DAY
    ends = (first, until.isoformat())
    if currency is None:
        return f"{column} BETWEEN ? AND ?", ends
    return f"{column} BETWEEN ? AND ? AND currency = ?", (*ends, currency)


def _rows(connection: Connection, sql: str, values: Sequence[object] = ()) -> Iterable[tuple[Any, ...]]:
    """Rows as the driver's own tuples, which millions of them need (performance.md 3)."""
    return cast("Iterable[tuple[Any, ...]]", connection.exec_driver_sql(sql, tuple(values)).cursor)
