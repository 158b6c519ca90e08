"""Targets of a year and what was sold of them, by customer and by owner or region: set by set (F136)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection

from custcli.db.figures import VALID
from custcli.db.hidden import hidden_as
from custcli.db.reach import Reach
from custcli.db.records import Where, own
from custcli.domain.forms import Form
from custcli.domain.period import Period

SUBJECTS = ("customer", "owner", "region")
"""Whose a target may be; the first that a record states is it."""


class One(NamedTuple):
    """A customer with its target and its sales in ten-thousandths; `buyer`: whether it has orders at all."""

    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None
    target: int
    sales: int
    buyer: int


class Group(NamedTuple):
    """The customers of an owner or region (None: of none) that fit, in ten-thousandths.

    `buyers`, `sales`: those with orders and what these come to; `target`: what their targets come to, None where none
    has one; `aimed_buyers`, `aimed_sales`: those of the customers that have one.
    """

    word: str | None
    buyers: int
    sales: int
    target: int | None
    aimed_buyers: int
    aimed_sales: int


def counts(connection: Connection, form: Form, year: int) -> dict[str, int]:
    """How many targets of a year there are of each of SUBJECTS."""
    found = dict.fromkeys(SUBJECTS, 0)
    for subject in SUBJECTS:
        sql, values = _targets(form, subject, year)
        found[subject] = connection.exec_driver_sql(f"SELECT count(*) FROM ({sql})", tuple(values)).scalar_one()
    return found


def ones(connection: Connection, form: Form, year: int, span: Period, customers: Where, currency: str) -> Iterator[One]:
    """The customers that fit and have a target, by code."""
    (targets, year_values), (sales, sale_values) = _targets(form, "customer", year), _sales(span, currency)
    sql = (
        f"SELECT t.code, t.name, t.kind, t.region, t.owner, {hidden_as('t')}, g.amount, coalesce(s.sales, 0), "
        f"s.customer_id IS NOT NULL FROM ({targets}) g JOIN customer t ON t.id = g.word "
        f"LEFT JOIN ({sales}) s ON s.customer_id = t.id WHERE {customers[0]} ORDER BY t.code"
    )
    rows = connection.exec_driver_sql(sql, (*year_values, *sale_values, *customers[1]))
    return (One(*row) for row in rows)


def sold(connection: Connection, span: Period, customers: Where, currency: str) -> tuple[int, int]:
    """How many customers that fit have orders, and what these come to."""
    sales, values = _sales(span, currency)
    sql = (
        f"SELECT count(*), coalesce(sum(s.sales), 0) FROM ({sales}) s JOIN customer t ON t.id = s.customer_id "
        f"WHERE {customers[0]}"
    )
    row = connection.exec_driver_sql(sql, (*values, *customers[1])).one()
    return row[0], row[1]


def groups(
    connection: Connection, form: Form, by: str, year: int, span: Period, customers: Where, currency: str
) -> Iterator[Group]:
    """The owners or regions of customers that fit, with the sums of these."""
    (targets, year_values), (sales, sale_values) = _targets(form, "customer", year), _sales(span, currency)
    each = (
        "SELECT id, sum(target) AS target, sum(sales) AS sales FROM "
        f"(SELECT word AS id, amount AS target, NULL AS sales FROM ({targets}) "
        f"UNION ALL SELECT customer_id, NULL, sales FROM ({sales})) GROUP BY id"
    )
    sql = (
        f"SELECT t.{by}, count(x.sales), coalesce(sum(x.sales), 0), sum(x.target), "
        "count(x.sales) FILTER (WHERE x.target IS NOT NULL), "
        "coalesce(sum(x.sales) FILTER (WHERE x.target IS NOT NULL), 0) "
        f"FROM ({each}) x JOIN customer t ON t.id = x.id WHERE {customers[0]} "
        f"GROUP BY t.{by} ORDER BY t.{by} IS NULL, t.{by}"
    )
    rows = connection.exec_driver_sql(sql, (*year_values, *sale_values, *customers[1]))
    return (Group(*row) for row in rows)


def members(connection: Connection, by: str, customers: Where) -> dict[str | None, tuple[int, int]]:
    """How many customers each owner or region has, and how many of them fit."""
    sql = f"SELECT t.{by}, count(*), count(*) FILTER (WHERE {customers[0]}) FROM customer t GROUP BY t.{by}"
    return {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(sql, tuple(customers[1]))}


def of_groups(connection: Connection, form: Form, by: str, year: int) -> dict[str, int]:
    """The targets that owners or regions have of their own."""
    sql, values = _targets(form, by, year)
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql, tuple(values))}


def _targets(form: Form, subject: str, year: int) -> Where:
    """SQL of the targets of a year that are a customer's, an owner's or a region's: (word, amount, id).

    Of two of one subject, which only a hand can make, the later record counts.
    """
    reach, (kept, bound) = Reach(form), own(form)
    columns = {name: reach.column(form.fields[name]) for name in (*SUBJECTS, "year", "target")}
    none = "".join(f" AND {columns[name]} IS NULL" for name in SUBJECTS[: SUBJECTS.index(subject)])
    sql = (
        f'SELECT {columns[subject]} AS word, {columns["target"]} AS amount, max(t.id) AS id FROM "{form.table}" t '
        f"WHERE {kept} AND {columns['year']} = ? AND {columns[subject]} IS NOT NULL{none} GROUP BY 1"
    )
    return sql, [*bound, year]


def _sales(span: Period, currency: str) -> Where:
    """SQL of the net sales of each customer in a period: (customer_id, sales)."""
    values: list[Any] = [span.since.isoformat() if span.since else "", span.until.isoformat(), currency]
    sql = (
        "SELECT customer_id, sum(amount) AS sales FROM sales_order "
        f"WHERE ordered_on BETWEEN ? AND ? AND currency = ? AND {VALID} GROUP BY customer_id"
    )
    return sql, values
