"""The worksheets of the seven criteria on the prospect cards (domain.md R9)."""

import json

from sqlalchemy import Connection


def worksheets(connection: Connection, names: list[str], customer: int | None = None) -> dict[int, list[str | None]]:
    """Customer id → the words of the fields named, None where one is not answered; customers with any answer.

    `customer`: of this one alone.
    """
    own = "" if customer is None else " AND customer_id = ?"
    rows = connection.exec_driver_sql(
        f"SELECT customer_id, extra FROM prospect WHERE extra <> '{{}}'{own} ORDER BY customer_id",
        () if customer is None else (customer,),
    )
    found = {}
    for each, extra in rows:
        stated = json.loads(extra)
        words = [None if stated.get(name) is None else str(stated[name]) for name in names]
        if any(words):
            found[each] = words
    return found
