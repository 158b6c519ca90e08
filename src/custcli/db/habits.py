"""What one customer bought most often, by which way, and in which months and on which weekdays (F079, F080)."""

from sqlalchemy import Connection

from custcli.db.composition import DAY_PARTS, Facts

BOUGHT = "t.customer_id = ? AND t.type <> 'return'"


def purchases(connection: Connection, customer: int, facts: Facts) -> int:
    """How many orders, goods sent back not counted."""
    where, values = facts.where
    sql = f"SELECT count(*) FROM sales_order t WHERE {BOUGHT} AND {where}"
    return int(connection.exec_driver_sql(sql, (customer, *values)).scalar_one())


def products(connection: Connection, customer: int, facts: Facts) -> list[tuple[str, int]]:
    """(product, orders), of most orders first, then by name."""
    where, values = facts.where
    sql = (
        "SELECT l.product, count(DISTINCT t.id) FROM sales_order t JOIN order_line l ON l.order_id = t.id "
        f"WHERE {BOUGHT} AND {where} AND l.product <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return [(row[0], row[1]) for row in connection.exec_driver_sql(sql, (customer, *values))]


def ways(connection: Connection, customer: int, facts: Facts, column: str) -> list[tuple[str, int]]:
    """(word, orders) of `channel` or `pay_method`, where it is stated, of most orders first, then by word."""
    where, values = facts.where
    sql = (
        f"SELECT t.{column}, count(*) FROM sales_order t WHERE {BOUGHT} AND {where} AND t.{column} <> '' "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return [(row[0], row[1]) for row in connection.exec_driver_sql(sql, (customer, *values))]


def times(connection: Connection, customer: int, facts: Facts, part: str) -> dict[str, int]:
    """Sales by a part of the day of orders (a key of composition.DAY_PARTS), in ten-thousandths; returns count."""
    where, values = facts.where
    sql = (
        f"SELECT {DAY_PARTS[part].format(day='t.ordered_on')}, coalesce(sum(t.amount), 0) FROM sales_order t "
        f"WHERE t.customer_id = ? AND {where} GROUP BY 1"
    )
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql, (customer, *values))}
