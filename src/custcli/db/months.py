"""What one customer bought month by month."""

from datetime import date

from sqlalchemy import Connection

from custcli.db.figures import VALID


def sales(connection: Connection, customer: int, since: date, until: date) -> list[tuple[str, str, int]]:
    """(currency, month as 2026-06, net sales in ten-thousandths) of the months in which there are orders that count."""
    rows = connection.exec_driver_sql(
        "SELECT currency, substr(ordered_on, 1, 7), sum(amount) FROM sales_order WHERE customer_id = ? "
        f"AND ordered_on BETWEEN ? AND ? AND amount IS NOT NULL AND {VALID} GROUP BY 1, 2 ORDER BY 1, 2",
        (customer, since.isoformat(), until.isoformat()),
    )
    return [(row[0], row[1], row[2]) for row in rows]
