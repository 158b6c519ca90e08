"""What lies behind one customer's class and grade: its orders and payments of a period, its letters of MAN in force."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from custcli.db.figures import FIRST_DAY, VALID


class Behind(NamedTuple):
    """Orders (or payments) of one customer in a period; days as ISO text, None without any.

    `passed`: orders of the period that do not count: drafts, cancelled ones, samples; those in another currency.
    """

    number: int
    returns: int
    first: str | None
    last: str | None
    passed: int


def orders(connection: Connection, customer: int, since: date | None, until: date, currency: str | None) -> Behind:
    """The orders behind a figure (domain.md R4)."""
    counts = f"{VALID} AND (currency = ? OR ? IS NULL)"
    row = connection.exec_driver_sql(
        f"WITH found AS (SELECT ordered_on, type, {counts} AS counts FROM sales_order WHERE customer_id = ? "
        "AND ordered_on BETWEEN ? AND ?) SELECT count(CASE WHEN type <> 'return' THEN 1 END), "
        "count(CASE WHEN type = 'return' THEN 1 END), min(CASE WHEN type <> 'return' THEN ordered_on END), "
        "max(CASE WHEN type <> 'return' THEN ordered_on END), (SELECT count(*) FROM found WHERE NOT counts) "
        "FROM found WHERE counts",
        (currency, currency, customer, since.isoformat() if since else FIRST_DAY, until.isoformat()),
    ).one()
    return Behind(*row)


def payments(connection: Connection, customer: int, since: date | None, until: date, currency: str | None) -> Behind:
    """The payments behind a figure."""
    row = connection.exec_driver_sql(
        "SELECT count(CASE WHEN currency = ? OR ? IS NULL THEN 1 END), 0, "
        "min(CASE WHEN currency = ? OR ? IS NULL THEN paid_on END), "
        "max(CASE WHEN currency = ? OR ? IS NULL THEN paid_on END), "
        "count(CASE WHEN currency <> ? THEN 1 END) "
        "FROM payment WHERE customer_id = ? AND paid_on BETWEEN ? AND ?",
        (*(currency,) * 7, customer, since.isoformat() if since else FIRST_DAY, until.isoformat()),
    ).one()
    return Behind(*row)


def evidence(connection: Connection, customer: int, day: date) -> dict[str, str | None]:
    """What each letter of MAN in force at the day is based on, by letter (R3)."""
    rows = connection.exec_driver_sql(
        "SELECT letter, evidence FROM man_letter WHERE customer_id = ? AND assessed_on <= ? "
        "ORDER BY letter, assessed_on",
        (customer, day.isoformat()),
    )
    return {row[0]: row[1] for row in rows}
