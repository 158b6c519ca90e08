"""What the watch list is made of beside the runs: sales of a period and the same one before, of the last months."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import ledger
from custcli.db.figures import VALID
from custcli.db.reach import Reach
from custcli.db.records import customer_column, own
from custcli.domain.forms import Form
from custcli.domain.movements import sinking


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
    fell: Iterable[int],
    currency: str,
) -> dict[int, Sales]:
    """The sales in these stretches (first and last day) of those who `fell`, and of all who may be watched for them."""
    import numpy as np

    stretches = [now, before, *months]
    known = np.fromiter(fell, dtype=np.int64)
    found: dict[int, Sales] = {}
    for orders in ledger.parts(connection, max(last for _, last in stretches), currency=currency):
        within = [orders.between(first.toordinal(), last.toordinal()) for first, last in stretches]
        totals = np.array([orders.total("amount", each) for each in within])
        places = np.flatnonzero(np.isin(orders.ids, known) | sinking(*totals))
        sums = zip(orders.ids[places].tolist(), *totals[:, places].tolist(), strict=True)
        found |= {one: Sales(this, last, (a, b, c, d)) for one, this, last, a, b, c, d in sums}
    return found


def key_customers(connection: Connection) -> set[int]:
    """The customers that their dossiers call key customers."""
    return set(connection.exec_driver_sql("SELECT id FROM customer WHERE is_key = 1").scalars())


def last_visits(connection: Connection, form: Form, day: date) -> dict[int, date]:
    """The day of the last visit to each customer up to a day; those planned, called off or in vain are none."""
    on, result = (Reach(form).column(form.fields[name]) for name in ("visited_on", "visit_result"))
    made = f"{on} <= ? AND coalesce({result}, 'done') = 'done'"
    found = _of_each(connection, form, f"max({on})", made, (day.isoformat(),))
    return {customer: date.fromisoformat(last) for customer, last in found.items()}


def open_complaints(connection: Connection, form: Form, day: date) -> dict[int, int]:
    """How many complaints of each customer were open at the end of a day."""
    received, settled = (Reach(form).column(form.fields[name]) for name in ("received_on", "settled_on"))
    open_then = f"{received} <= ? AND ({settled} IS NULL OR {settled} > ?)"
    return _of_each(connection, form, "count(*)", open_then, (day.isoformat(),) * 2)


def _of_each(connection: Connection, form: Form, figure: str, condition: str, days: tuple[str, ...]) -> dict[int, Any]:
    """A figure of the records of each customer that meet a condition."""
    kept, bound = own(form)
    rows = connection.exec_driver_sql(
        f'SELECT {customer_column(form)}, {figure} FROM "{form.table}" t WHERE {kept} AND {condition} GROUP BY 1',
        (*bound, *days),
    )
    return {row[0]: row[1] for row in rows}


def credit_grades(connection: Connection) -> dict[int, str]:
    """The credit grade of each customer that has one."""
    rows = connection.exec_driver_sql("SELECT id, credit_grade FROM customer WHERE credit_grade IS NOT NULL")
    return {row[0]: row[1] for row in rows}


def credit_changes(connection: Connection, after: int) -> dict[int, list[tuple[int, str | None]]]:
    """Of each customer whose credit grade was changed after a change: those changes, and the grade before each."""
    rows = connection.exec_driver_sql(
        "SELECT row_id, change_id, json_extract(before, '$.credit_grade') FROM journal WHERE change_id > ? "
        "AND table_name = 'customer' AND action = 'update' AND json_type(before, '$.credit_grade') IS NOT NULL "
        "ORDER BY id",
        (after,),
    )
    found: dict[int, list[tuple[int, str | None]]] = {}
    for customer, change, before in rows:
        found.setdefault(customer, []).append((change, before))
    return found


def last_orders(connection: Connection, ids: Sequence[int], day: date) -> dict[int, date]:
    """The day of the last order of each customer up to a day."""
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        f"SELECT customer_id, max(ordered_on) FROM sales_order WHERE customer_id IN ({marks}) AND ordered_on <= ? "
        f"AND type <> 'return' AND {VALID} GROUP BY customer_id",
        (*ids, day.isoformat()),
    )
    return {row[0]: date.fromisoformat(row[1]) for row in rows}
