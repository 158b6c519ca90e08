"""How many records of a form have each value of some of its fields: a question in SQL, plain rows out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db.reach import Reach
from custcli.db.records import Where, customer_column, own
from custcli.domain.forms import Form
from custcli.domain.layout import Placed

LISTS = {"list", "choices"}


def counted(
    connection: Connection, form: Form, by: Sequence[Placed], where: Where, day: date | None = None
) -> tuple[int, list[list[Any]]]:
    """How many records fit, and [values…, records, customers] of each combination of values, in no order.

    A record counts in each value that it has of a field with several. Customers are None where the form names none.
    """
    reach = Reach(form, day)
    values = [reach.value(place) for place in by]
    several = {at: f"v{at}" for at, place in enumerate(by) if place.field.type in LISTS}
    lists = [f"LEFT JOIN json_each({values[at]}) {alias}" for at, alias in several.items()]
    values = [f"{several[at]}.value" if at in several else value for at, value in enumerate(values)]
    row, customer, (kept, bound) = f"{reach.element or 't'}.id", customer_column(form), own(form)
    fitting = f"FROM {' '.join([reach.source, *lists])} WHERE {kept} AND {where[0]}"
    parameters = (*reach.parameters, *bound, *where[1])
    whole = connection.exec_driver_sql(f"SELECT count(DISTINCT {row}) {fitting}", parameters).scalar_one()
    figures = f"count(DISTINCT {row}), {f'count(DISTINCT {customer})' if customer else 'NULL'}"
    groups = ", ".join(str(at) for at in range(1, len(by) + 1))
    sql = f"SELECT {', '.join(values)}, {figures} {fitting} GROUP BY {groups}"
    rows = connection.exec_driver_sql(sql, parameters)
    flags = [at for at, place in enumerate(by) if place.field.type == "bool"]
    return int(whole), [_said(list(each), flags) for each in rows]


def _said(row: list[Any], flags: Sequence[int]) -> list[Any]:
    for at in flags:
        row[at] = None if row[at] is None else bool(row[at])
    return row
