"""What was assessed formerly: rows of a group with history that a later one has replaced (forms.md 1.2, history)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db.records import READERS, Where
from custcli.domain.forms import Form, Group
from custcli.domain.layout import Placed


def former(
    connection: Connection, form: Form, group: Group, columns: Sequence[Placed], where: Where, day: date
) -> Iterator[list[Any]]:
    """A row for each customer and day with the values of `columns`: its code, or a field of one of the group's keys.

    Left out is what is in force on `day`, which the form itself shows. Order: customer's code, day.
    """
    key, dated = group.key, group.history
    members = [item for item in form.of_group(group.name) if item.stored]
    names = ", ".join(f'm."{item.stored}"' for item in members)
    last = (
        f'SELECT o.id FROM "{group.table}" o WHERE o.customer_id = m.customer_id AND o."{key}" = m."{key}" '
        f'AND o."{dated}" <= ? ORDER BY o."{dated}" DESC, o.id DESC LIMIT 1'
    )
    rows = connection.exec_driver_sql(
        f'SELECT t.code, m."{dated}", m."{key}", {names} FROM "{group.table}" m '
        f'JOIN "{form.table}" t ON t.id = m.customer_id WHERE m.id IS NOT ({last}) AND {where[0]} '
        f'ORDER BY t.code, m."{dated}", m."{key}"',
        (day.isoformat(), *where[1]),
    ).all()
    told: dict[tuple[str, str], dict[str, object]] = {}
    for code, on, letter, *values in rows:
        told.setdefault((code, on), {}).update(
            {
                f"{group.name}.{letter}.{item.key}": READERS.get(item.type, _same)(value)
                for item, value in zip(members, values, strict=True)
                if value is not None
            }
        )
    for (code, _), said in told.items():
        yield [code if each.path == "code" else said.get(each.path) for each in columns]


def _same(value: object) -> object:
    return value
