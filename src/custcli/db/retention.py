"""The days on which customers ordered, and the cohorts of their first orders: sets of SQL, arrays out (R22)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db.figures import VALID
from custcli.db.records import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCH = 1721424.5
"""What julianday is above the ordinal of the calendar's days (date.toordinal)."""
BOUGHT = f"{VALID} AND type <> 'return'"
PERIODS = {
    "month": ("(substr({day}, 1, 4) * 12 + substr({day}, 6, 2) - 1)", 1),
    "quarter": ("(substr({day}, 1, 4) * 4 + (substr({day}, 6, 2) - 1) / 3)", 3),
    "year": ("(substr({day}, 1, 4) + 0)", 12),
}
"""The number of a day's period, and how many months it has."""


def order_days(connection: Connection, day: date, customers: Where) -> "NDArray[Any]":
    """(customer, day as ordinal, orders) of each day on which a customer that fits ordered, up to a day."""
    import numpy as np

    sql = (
        f"SELECT customer_id, CAST(julianday(ordered_on) - {EPOCH} AS INTEGER), count(*) FROM sales_order "
        f"WHERE ordered_on <= ? AND {BOUGHT} AND customer_id IN (SELECT t.id FROM customer t WHERE {customers[0]}) "
        "GROUP BY customer_id, ordered_on"
    )
    rows: Any = connection.exec_driver_sql(sql, (day.isoformat(), *customers[1])).cursor
    found: NDArray[Any] = np.fromiter(rows, dtype=[(name, np.int64) for name in ("customer", "day", "orders")])
    return found


def kinds(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The kinds of customers, of those that have one."""
    chosen = set(ids)
    rows = connection.exec_driver_sql("SELECT id, kind FROM customer WHERE kind IS NOT NULL")
    return {row[0]: row[1] for row in rows if row[0] in chosen}


def groups(connection: Connection, question: str, values: Sequence[object]) -> dict[int, str | None]:
    """The value of each customer by a question of a dimension (composition.CustomerAxis)."""
    return {row[0]: row[1] for row in connection.exec_driver_sql(question, tuple(values))}


def cohorts(
    connection: Connection, length: str, day: date, customers: Where, currency: str | None
) -> list[tuple[int, int, int, int]]:
    """(cohort, period, customers who ordered, amount) up to a day; periods are numbered (PERIODS), amounts net."""
    period = PERIODS[length][0].format(day="ordered_on")
    limit = "" if currency is None else " AND currency = ?"
    bound = [day.isoformat(), *([] if currency is None else [currency]), *customers[1]]
    sql = (
        f"WITH o AS (SELECT customer_id, {period} AS p, count(CASE WHEN type <> 'return' THEN 1 END) AS n, "
        f"coalesce(sum(amount), 0) AS amount FROM sales_order WHERE ordered_on <= ? AND {VALID}{limit} "
        f"AND customer_id IN (SELECT t.id FROM customer t WHERE {customers[0]}) GROUP BY 1, 2), "
        "f AS (SELECT customer_id, min(p) AS c FROM o WHERE n > 0 GROUP BY 1) "
        "SELECT f.c, o.p, sum(o.n > 0), sum(o.amount) FROM o JOIN f ON f.customer_id = o.customer_id "
        "WHERE o.p >= f.c GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(sql, tuple(bound))]
