"""What was bought on which days, by customer and by product (R27)."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from custcli.db.figures import VALID
from custcli.db.hidden import hidden_as
from custcli.db.records import Where

Bought = tuple[Any, ...]
"""(code, name, kind, region, owner, hidden as, product) and the days with their quantities, oldest first."""


def purchases(
    connection: Connection, day: date, customers: Where, *, by_product: bool
) -> Iterator[tuple[Bought, list[tuple[str, int | None]]]]:
    """Each customer's days of orders, of each product apart where wished, up to a day, by code and product.

    A product's quantity of a day is None as soon as one of its lines tells none; that of mixed goods tells nothing.
    """
    what, amount, lines = "NULL", "NULL", ""
    if by_product:
        what, amount, lines = "l.product", "l.quantity", "JOIN order_line l ON l.order_id = t.id AND l.product <> ''"
    valid = f"{VALID} AND type <> 'return'".replace("status", "t.status").replace("type", "t.type")
    sql = (
        f"SELECT c.code, c.name, c.kind, c.region, c.owner, {hidden_as('c')}, {what} AS product, t.ordered_on, "
        f"CASE WHEN count(*) = count({amount}) THEN sum({amount}) END FROM sales_order t {lines} "
        f"JOIN customer c ON c.id = t.customer_id WHERE t.ordered_on <= ? AND {valid} "
        f"AND c.id IN (SELECT t.id FROM customer t WHERE {customers[0]}) "
        "GROUP BY c.id, product, t.ordered_on ORDER BY c.code, product, t.ordered_on"
    )
    rows = connection.exec_driver_sql(sql, (day.isoformat(), *customers[1]))
    for key, days in groupby(rows, key=lambda row: tuple(row[:7])):
        yield key, [(row[7], row[8]) for row in days]
