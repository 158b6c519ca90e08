"""Customers like another one, what they buy and it does not, and whom a product may suit: sets of SQL (R31)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection

from custcli.db.composition import Facts
from custcli.db.hidden import hidden_as
from custcli.db.records import Where

TIES = {
    "industry": "t.industry = m.industry",
    "region": "t.region = m.region",
    "group": "t.parent = m.parent OR t.parent = m.id OR t.id = m.parent",
    "referral": "t.referred_by = m.id OR t.id = m.referred_by OR t.referred_by = m.referred_by",
}
"""What makes a customer `t` like the model `m`: the same industry or region, or linked (R31)."""


class Like(NamedTuple):
    """A customer with its ties to the model (flags in the order of TIES) and its sales in the period."""

    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    industry: str | None
    hidden_as: str | None
    ties: tuple[bool, ...]
    amount: int


def similar(connection: Connection, model: int, facts: Facts, customers: Where) -> list[Like]:
    """The customers that fit and have any tie to the model, those with most ties first, then by sales and code."""
    sold, values = _sold(facts)
    ties = [f"coalesce({sql}, 0)" for sql in TIES.values()]
    flags = ", ".join(ties)
    sql = (
        f"SELECT t.code, t.name, t.kind, t.region, t.owner, t.industry, {hidden_as('t')}, {flags}, "
        f"coalesce(s.amount, 0) FROM customer m JOIN customer t ON t.id <> m.id LEFT JOIN ({sold}) s "
        f"ON s.customer_id = t.id WHERE m.id = ? AND ({' + '.join(f'({tie})' for tie in ties)}) > 0 AND {customers[0]} "
        f"ORDER BY {' + '.join(f'({tie})' for tie in ties)} DESC, coalesce(s.amount, 0) DESC, t.code"
    )
    rows = connection.exec_driver_sql(sql, (*values, model, *customers[1]))
    return [Like._make([*row[:7], tuple(map(bool, row[7:-1])), row[-1]]) for row in rows]


def stated(connection: Connection, model: int) -> bool:
    """Whether a customer itself states anything by which it could be like others."""
    sql = "SELECT coalesce(industry, region, parent, referred_by) IS NOT NULL FROM customer WHERE id = ?"
    return bool(connection.exec_driver_sql(sql, (model,)).scalar_one())


def unbought(connection: Connection, model: int, facts: Facts, customers: Where) -> list[tuple[str, int, int]]:
    """(product, customers, amount) of what customers like the model bought in the period and it never did."""
    (where, values), (ever, always) = facts.where, replace(facts, since=None, currency=None).where
    ties = " OR ".join(f"({sql})" for sql in TIES.values())
    sql = (
        "SELECT l.product, count(DISTINCT t.customer_id), coalesce(sum(l.amount), 0) FROM sales_order t "
        f"JOIN order_line l ON l.order_id = t.id WHERE {where} AND t.type <> 'return' AND l.product <> '' "
        "AND t.customer_id IN (SELECT t.id FROM customer m JOIN customer t ON t.id <> m.id "
        f"WHERE m.id = ? AND ({ties}) AND {customers[0]}) AND l.product NOT IN (SELECT l.product FROM sales_order t "
        f"JOIN order_line l ON l.order_id = t.id WHERE {ever} AND t.type <> 'return' AND t.customer_id = ? "
        "AND l.product IS NOT NULL) GROUP BY l.product ORDER BY 2 DESC, 3 DESC, 1"
    )
    rows = connection.exec_driver_sql(sql, (*values, model, *customers[1], *always, model))
    return [(row[0], row[1], row[2]) for row in rows]


def products(connection: Connection) -> list[str]:
    """Every product that was ever on an order's line."""
    sql = "SELECT DISTINCT product FROM order_line WHERE product <> '' ORDER BY product"
    return list(connection.exec_driver_sql(sql).scalars())


def suited(connection: Connection, product: str, facts: Facts, customers: Where) -> list[tuple[Any, ...]]:
    """The customers that fit and did not buy a product in the period, beside how usual it is among their like.

    (code, name, kind, region, owner, industry, hidden as, customers and buyers of the industry, of the region, sales).
    """
    where, values = facts.where
    sold, sold_values = _sold(facts)
    buyers = (
        "SELECT DISTINCT t.customer_id AS id FROM sales_order t JOIN order_line l ON l.order_id = t.id "
        f"WHERE {where} AND t.type <> 'return' AND l.product = ?"
    )
    like = (
        "(SELECT c.{0} AS v, count(*) AS every, count(b.id) AS some FROM customer c LEFT JOIN buyers b ON b.id = c.id "
        "WHERE c.{0} IS NOT NULL GROUP BY c.{0})"
    )
    sql = (
        f"WITH buyers AS ({buyers}) SELECT t.code, t.name, t.kind, t.region, t.owner, t.industry, {hidden_as('t')}, "
        "i.every, i.some, r.every, r.some, coalesce(s.amount, 0) FROM customer t "
        f"LEFT JOIN {like.format('industry')} i ON i.v = t.industry LEFT JOIN {like.format('region')} r "
        f"ON r.v = t.region LEFT JOIN ({sold}) s ON s.customer_id = t.id "
        f"WHERE t.id NOT IN (SELECT id FROM buyers) AND {customers[0]}"
    )
    bound: Sequence[object] = (*values, product, *sold_values, *customers[1])
    return [tuple(row) for row in connection.exec_driver_sql(sql, tuple(bound))]


def _sold(facts: Facts) -> Where:
    where, values = facts.where
    return f"SELECT t.customer_id, sum(t.amount) AS amount FROM sales_order t WHERE {where} GROUP BY 1", values
