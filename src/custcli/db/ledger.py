"""The orders of all customers as columns: read once over the covering index, so many customers at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import figures, sqlite
from custcli.db.figures import HOME, VALID
from custcli.db.records import Where
from custcli.domain.ledger import UNKNOWN, Ledger
from custcli.errors import RefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOGETHER = 100_000
"""So many customers' orders are held at a time."""
KEPT = ("amount", "cost")
INDEX = "sales_order_figures"
"""The index that has the orders by customer and day."""
_OPTION = "custcli_ledgers"


def keep(connection: Connection) -> None:
    """Keep the orders that are read on a connection: several answers of one transaction need them."""
    connection.execution_options(**{_OPTION: {}})


def kept(connection: Connection, names: Sequence[str]) -> bool:
    """Whether the orders are kept with these figures, once they are read."""
    return _OPTION in connection.get_execution_options() and {*names} <= {*KEPT}


def parts(
    connection: Connection,
    until: date,
    names: Sequence[str] = ("amount",),
    currency: str | None = None,
    customers: Sequence[int] | None = None,
) -> Iterable[Ledger]:
    """The valid orders up to a day with the figures named (amount, cost, quantity), by customers' ids; at least one.

    `currency` None takes all, so does `customers`, whose ids ascend.
    """
    only = currency if currency and _others(connection, currency) else None
    if customers is not None:
        return [_read_some(connection, some, until, names, only) for some in figures.chunks(customers or [0])]
    if not kept(connection, names):
        return _read(connection, until, names, only)
    ledgers: dict[object, list[Ledger]] = connection.get_execution_options()[_OPTION]
    if (until, only) not in ledgers:
        ledgers[until, only] = list(_read(connection, until, KEPT, only))
    return ledgers[until, only]


def fitting(connection: Connection, customers: Where) -> "NDArray[Any]":
    """The ids of the customers that fit, ascending."""
    sql = f"SELECT t.id AS id FROM customer t WHERE {customers[0]} ORDER BY t.id"
    return sqlite.numbers(connection, sql, customers[1], ["id"])["id"]


def _others(connection: Connection, currency: str) -> bool:
    """Whether there may be orders of another currency."""
    if currency != HOME:
        return True
    sql = f"SELECT EXISTS (SELECT 1 FROM sales_order WHERE currency <> '{HOME}')"
    return bool(connection.exec_driver_sql(sql).scalar_one())


def _read(connection: Connection, until: date, names: Sequence[str], currency: str | None) -> Iterator[Ledger]:
    sql, bound = _question("BETWEEN ? AND ?", until, names, currency)
    ids = sqlite.numbers(connection, "SELECT id FROM customer ORDER BY id", (), ["id"])["id"].tolist()
    for start in range(0, max(len(ids), 1), TOGETHER):
        some = ids[start : start + TOGETHER] or [0]
        yield _ledger(sqlite.numbers(connection, sql, (some[0], some[-1], *bound), ["id", *names], "day"), names)


def _read_some(
    connection: Connection, customers: Sequence[int], until: date, names: Sequence[str], currency: str | None
) -> Ledger:
    """The orders of these customers alone."""
    sql, bound = _question(f"IN ({', '.join('?' * len(customers))})", until, names, currency)
    return _ledger(sqlite.numbers(connection, sql, (*customers, *bound), ["id", *names], "day"), names)


def _question(customers: str, until: date, names: Sequence[str], currency: str | None) -> Where:
    """SQL of the orders of the customers that a condition on their ids names, and the values behind those of it.

    They come in the order of the index; to ask for that order would keep the database from joining their texts at once.
    """
    columns = ", ".join(f"coalesce({name}, {UNKNOWN}) AS {name}" for name in names)
    only = "" if currency is None else " AND currency = ?"
    sql = (
        f"SELECT CASE type WHEN 'return' THEN -customer_id ELSE customer_id END AS id, ordered_on AS day, {columns} "
        f"FROM sales_order INDEXED BY {INDEX} WHERE customer_id {customers} AND ordered_on <= ? AND {VALID}{only}"
    )
    return sql, [until.isoformat(), *([] if currency is None else [currency])]


def _ledger(found: "dict[str, NDArray[Any]]", names: Sequence[str]) -> Ledger:
    import numpy as np

    ids, told = np.abs(found["id"]), {name: found[name] for name in names}
    for values in told.values():
        checked(values)
    starts = np.flatnonzero(np.diff(ids, prepend=0))
    return Ledger(ids[starts], starts, found["day"], found["id"] < 0, told)


def checked(values: "NDArray[Any]") -> None:
    """RefusedError: what is known of the values may add up to more than 64 bits hold."""
    import numpy as np

    if np.abs(values[values != UNKNOWN], dtype=float).sum() >= -2.0 * UNKNOWN:
        raise RefusedError(sqlite.TOO_MUCH)


def order_sums(
    connection: Connection, since: date | None, until: date, names: Sequence[str], currency: str | None = None
) -> "dict[str, NDArray[Any]]":
    """As figures.order_sums, out of the orders where these are kept: sums alone cost the database less than they."""
    import numpy as np

    if not kept(connection, KEPT) or "quantity" in names:
        return figures.order_sums(connection, since, until, names, currency)
    first, found = since.toordinal() if since else 1, []
    for part in parts(connection, until, KEPT, currency):
        orders = part.only(part.days >= first)
        known = orders.figures["cost"] != UNKNOWN
        sums = {
            "sales": orders.total("amount", orders.days > 0),
            "profit": orders.total("profit", known),
            "costed": orders.total("amount", known),
            "orders": orders.count(~orders.back),
        }
        found.append([orders.ids, *(sums[name] for name in names)])
    columns = (np.concatenate(each) for each in zip(*found, strict=True))
    return dict(zip(["id", *names], columns, strict=True))
