"""The days on which customers ordered, and the cohorts of their first orders: arrays out (R22)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import ledger
from custcli.db.records import Where
from custcli.domain.retention import Cohort, together
from custcli.domain.retention import cohorts as counted

if TYPE_CHECKING:
    from numpy.typing import NDArray


def order_days(connection: Connection, day: date, customers: Where) -> "dict[str, NDArray[Any]]":
    """`customer`, `day` as ordinal, `orders` of each day on which a customer that fits ordered, up to a day."""
    import numpy as np

    ids = ledger.fitting(connection, customers)
    found = [part.among(ids).by_day() for part in ledger.parts(connection, day)]
    columns = zip(*found, strict=True)
    return {name: np.concatenate(each) for name, each in zip(("customer", "day", "orders"), columns, strict=True)}


def kinds(connection: Connection) -> dict[int, str]:
    """The kinds of customers, of those that have one."""
    rows: Any = connection.exec_driver_sql("SELECT id, kind FROM customer WHERE kind IS NOT NULL").cursor
    return dict(rows)


def groups(connection: Connection, question: str, values: Sequence[object]) -> dict[int, str | None]:
    """The value of each customer by a question of a dimension (composition.CustomerAxis)."""
    return {row[0]: row[1] for row in connection.exec_driver_sql(question, tuple(values))}


def cohorts(
    connection: Connection, months: int, day: date, customers: Where, currency: str | None
) -> list[tuple[int, int, Cohort]]:
    """(cohort, period, customers who ordered and net amount) up to a day, in this order; periods of so many months."""
    ids = ledger.fitting(connection, customers)
    return together(counted(part.among(ids), months) for part in ledger.parts(connection, day, currency=currency))
