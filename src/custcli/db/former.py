"""What held formerly: assessments that a later one has replaced, persons who gave a role up (forms.md 1.4)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from custcli.db.records import READERS, Where
from custcli.db.sqlite import extra_value
from custcli.domain.forms import Field, Form, Group
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


def ended(connection: Connection, form: Form, columns: Sequence[Placed], where: Where) -> Iterator[list[Any]]:
    """A row for each person who gave a role up: the customer's code and kind, its role's values, and the day.

    Order: customer's code, day, role.
    """
    roles = {group.set["role"]: group.name for group in form.groups.values() if group.table == "contact"}
    fields = [each.field for each in columns if each.field.group in roles.values() and not each.field.derived]
    kept = {item.kept: f'p."{item.stored}"' if item.stored else extra_value("p", item.kept) for item in fields}
    rows = connection.exec_driver_sql(
        f"SELECT t.code, r.role, r.until, {', '.join(kept.values())} FROM contact_role r "
        f'JOIN contact p ON p.id = r.contact_id JOIN "{form.table}" t ON t.id = r.customer_id '
        f"WHERE r.until IS NOT NULL AND {where[0]} ORDER BY t.code, r.until, r.role, r.id",
        tuple(where[1]),
    )
    for code, role, until, *values in rows:
        said = dict(zip(kept, values, strict=True))
        known = {"code": code, **form.set}
        yield [known.get(each.path) or _of_role(each.field, roles.get(role), said, until) for each in columns]


def _of_role(item: Field, group: str | None, said: Mapping[str, object], until: str) -> object:
    if item.group is None or item.group != group:
        return None
    value = until if item.derived else said[item.kept]
    return None if value is None else READERS.get(item.type, _same)(value)


def _same(value: object) -> object:
    return value
