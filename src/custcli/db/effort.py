"""The visits made to customers, counted by dimensions of customers (F125, F138)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db.reach import Reach
from custcli.db.records import Where, customer_column, own
from custcli.domain.forms import Form
from custcli.domain.period import Period

if TYPE_CHECKING:
    from custcli.db.composition import CustomerAxis

FIRST_DAY = "0001-01-01"


def visits(
    connection: Connection, form: Form, axes: "Sequence[CustomerAxis]", span: Period, customers: Where
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """How many visits of the period were made to customers of each combination of values; those in vain are none."""
    on, result = (Reach(form).column(form.fields[name]) for name in ("visited_on", "visit_result"))
    kept, bound = own(form)
    made = (
        f'SELECT {customer_column(form)} AS customer, count(*) AS made FROM "{form.table}" t WHERE {kept} '
        f"AND {on} BETWEEN ? AND ? AND coalesce({result}, 'done') = 'done' GROUP BY 1"
    )
    values = "".join(f"d{i}.v, " for i in range(len(axes)))
    joins = " ".join(f"LEFT JOIN ({axis.question}) d{i} ON d{i}.customer = f.customer" for i, axis in enumerate(axes))
    group = f" GROUP BY {', '.join(str(number) for number in range(1, len(axes) + 1))}" if axes else ""
    sql = (
        f"SELECT {values}coalesce(sum(f.made), 0) FROM ({made}) f {joins} "
        f"WHERE f.customer IN (SELECT t.id FROM customer t WHERE {customers[0]}){group}"
    )
    first = span.since.isoformat() if span.since else FIRST_DAY
    bound_to_axes = [value for axis in axes for value in axis.values]
    rows = connection.exec_driver_sql(sql, (*bound, first, span.until.isoformat(), *bound_to_axes, *customers[1]))
    return ((tuple(way), int(count)) for *way, count in rows)
