"""How many records of a form have each value of some of its fields: a question in SQL, plain rows out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db.reach import LAST_DAY, Reach
from custcli.db.records import Where, customer_column, day_field, own
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
    values, shown, lists = zip(*(_grouped(reach, place, at) for at, place in enumerate(by)), strict=True)
    row, customer, (kept, bound) = f"{reach.element or 't'}.id", customer_column(form), _latest(form, day)
    fitting = f"FROM {' '.join([reach.source, *lists])} WHERE {kept} AND {where[0]}"
    parameters = (*reach.parameters, *bound, *where[1])
    records = f"count({f'DISTINCT {row}' if reach.joined or any(lists) else '*'})"
    whole = connection.exec_driver_sql(f"SELECT {records} {fitting}", parameters).scalar_one()
    groups = ", ".join(f"g{at}" for at in range(len(by)))
    owners = f"count(DISTINCT {customer})" if customer else "NULL"
    inner = f"SELECT {', '.join(values)}, {records} AS records, {owners} AS owners {fitting} GROUP BY {groups}"
    rows = connection.exec_driver_sql(f"SELECT {', '.join(shown)}, records, owners FROM ({inner})", parameters)
    flags = [at for at, place in enumerate(by) if place.field.type == "bool"]
    return int(whole), [_said(list(each), flags) for each in rows]


def _grouped(reach: Reach, place: Placed, at: int) -> tuple[str, str, str]:
    """SQL of what is grouped by, of what is shown of it, and of what more it is read from.

    A customer is grouped by itself and shown by its code: names are not one's own.
    """
    if place.field.refers:
        return f"{reach.stored(place)} AS g{at}", f"(SELECT c.code FROM customer c WHERE c.id = g{at})", ""
    value = reach.value(place)
    if place.field.type in LISTS:
        return f"v{at}.value AS g{at}", f"g{at}", f"LEFT JOIN json_each({value}) v{at}"
    return f"{value} AS g{at}", f"g{at}", ""


def _latest(form: Form, day: date | None) -> Where:
    """The records of a form; of those alike in the fields it names the latest up to a day."""
    kept, bound = own(form)
    dated = day_field(form)
    if not form.latest or dated is None:
        return kept, bound
    on, *alike = (Reach(form).column(item) for item in (dated, *map(form.fields.__getitem__, form.latest)))
    nth = f"row_number() OVER (PARTITION BY {', '.join(alike)} ORDER BY {on} DESC, t.id DESC)"
    every = f'SELECT t.id AS id, {nth} AS nth FROM "{form.table}" t WHERE {kept} AND {on} <= ?'
    return f"t.id IN (SELECT id FROM ({every}) WHERE nth = 1)", [*bound, day.isoformat() if day else LAST_DAY]


def _said(row: list[Any], flags: Sequence[int]) -> list[Any]:
    for at in flags:
        row[at] = None if row[at] is None else bool(row[at])
    return row
