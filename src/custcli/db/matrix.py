"""The worksheets of the seven criteria on the prospect cards (domain.md R9)."""

import json

from sqlalchemy import Connection


def worksheets(connection: Connection, names: list[str]) -> dict[int, list[str | None]]:
    """Customer id → the words of the fields named, None where one is not answered; customers with any answer."""
    rows = connection.exec_driver_sql(
        "SELECT customer_id, extra FROM prospect WHERE extra <> '{}' ORDER BY customer_id"
    )
    found = {}
    for customer, extra in rows:
        stated = json.loads(extra)
        words = [None if stated.get(name) is None else str(stated[name]) for name in names]
        if any(words):
            found[customer] = words
    return found
