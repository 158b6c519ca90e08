"""What the watch list is made of beside the runs: sales of a period and the same one before, of the last months."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from custcli.db.figures import VALID


class Sales(NamedTuple):
    """Sales of a customer in ten-thousandths: of a period, of the one before, of four whole months, oldest first."""

    now: int
    before: int
    months: tuple[int, int, int, int]


def sales(
    connection: Connection,
    now: tuple[date, date],
    before: tuple[date, date],
    months: Sequence[tuple[date, date]],
    currency: str,
) -> dict[int, Sales]:
    """The sales of all customers who bought in one of these stretches (first and last day)."""
    stretches = [now, before, *months]
    between = "sum(CASE WHEN ordered_on BETWEEN ? AND ? THEN amount ELSE 0 END)"
    first, last = min(each[0] for each in stretches), max(each[1] for each in stretches)
    rows = connection.exec_driver_sql(
        f"SELECT customer_id, {', '.join([between] * len(stretches))} FROM sales_order "
        f"WHERE ordered_on BETWEEN ? AND ? AND currency = ? AND {VALID} AND amount IS NOT NULL GROUP BY customer_id",
        (*(day.isoformat() for each in stretches for day in each), first.isoformat(), last.isoformat(), currency),
    )
    return {row[0]: Sales(row[1], row[2], (row[3], row[4], row[5], row[6])) for row in rows}


def key_customers(connection: Connection) -> set[int]:
    """The customers that their dossiers call key customers."""
    return set(connection.exec_driver_sql("SELECT id FROM customer WHERE is_key = 1").scalars())


def last_orders(connection: Connection, ids: Sequence[int], day: date) -> dict[int, date]:
    """The day of the last order of each customer up to a day."""
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        f"SELECT customer_id, max(ordered_on) FROM sales_order WHERE customer_id IN ({marks}) AND ordered_on <= ? "
        f"AND type <> 'return' AND {VALID} GROUP BY customer_id",
        (*ids, day.isoformat()),
    )
    return {row[0]: date.fromisoformat(row[1]) for row in rows}
