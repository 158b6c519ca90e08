"""Ratings, reviews and the customers they are of, for scores (R10, R11, domain.md 3.8)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from custcli.db.figures import VALID
from custcli.db.hidden import hidden_as
from custcli.db.records import EVERY, Where, customer_column, of_customer, own, select, until
from custcli.domain.forms import Form
from custcli.domain.layout import Placed


class Row(NamedTuple):
    """A customer, what its dossier says of it as a key customer, and its gross profit where costs are known."""

    id: int
    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None
    is_key: int | None
    key_reason: str | None
    margin: int | None


def customers(
    connection: Connection, form: Form, customers: Where, period: tuple[date, date], currency: str, *, named: bool
) -> list[Row]:
    """The customers that fit, by code: those rated by a form and, where it judges that, those called key; `named`: all.

    `period`: first and last day of the orders that give the margin.
    """
    kept, values = own(form)
    noted = "t.is_key = 1 OR " if form.scheme and form.scheme.threshold is not None else ""
    rated = f'{noted}t.id IN (SELECT {customer_column(form)} FROM "{form.table}" t WHERE {kept})'
    sql = (
        f"SELECT t.id, t.code, t.name, t.kind, t.region, t.owner, {hidden_as('t')}, t.is_key, t.key_reason, "
        "(SELECT sum(o.amount - o.cost) FROM sales_order o WHERE o.customer_id = t.id "
        f"AND o.ordered_on BETWEEN ? AND ? AND o.currency = ? AND {VALID}) "
        f"FROM customer t WHERE {customers[0]} AND ({'1' if named else rated}) ORDER BY t.code"
    )
    bound = (*(day.isoformat() for day in period), currency, *customers[1], *(() if named else values))
    return [Row(*row) for row in connection.exec_driver_sql(sql, bound)]


class Who(NamedTuple):
    """A customer as answers name it."""

    code: str
    name: str
    hidden_as: str | None


def who(connection: Connection, customers: Where) -> Iterator[Who]:
    """The customers that fit, by code."""
    sql = f"SELECT t.code, t.name, {hidden_as('t')} FROM customer t WHERE {customers[0]} ORDER BY t.code"
    return (Who(*row) for row in connection.exec_driver_sql(sql, tuple(customers[1])))


def answers(
    connection: Connection, form: Form, names: Sequence[str], day: date, customer: int | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """(customer code, the values of the fields named) of a form's records up to a day, the latest last.

    `customer`: only its own.
    """
    of = next(item for item in form.of_group(None) if item.to == "customer" and not item.name.endswith("_name"))
    places = [Placed(at, "", item, item.name) for at, item in enumerate([of, *(form.fields[name] for name in names)])]
    where = until(form, day) if customer is None else of_customer(form, customer, day)
    for row in select(connection, form, places, where or EVERY):
        yield row[0], row[1:]


def ids(connection: Connection) -> dict[str, int]:
    """The ids of the customers by their codes."""
    return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT code, id FROM customer")}
