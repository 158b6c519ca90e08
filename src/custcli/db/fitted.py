"""The last fit of a model, kept beside the head of the chain: it holds as long as the orders are the same.

To fit a model takes the orders of all customers, to use it those of one. What is kept are parameters, nobody's data.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from custcli.db.database import note_state, state_file

FOLDER = "models"
_LONGEST = 4_096


def recalled(connection: Connection, asked: Mapping[str, object]) -> dict[str, Any] | None:
    """What was kept under the same question, if no change of an order came since; else None."""
    file = _file(connection)
    if file is None:
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        holds = kept["asked"] == dict(asked) and _same_orders(connection, kept["orders"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(kept["found"]) if holds else None


def keep(connection: Connection, asked: Mapping[str, object], found: Mapping[str, object]) -> None:
    """Keep what was found in this view of the database. Where it cannot be kept, it is found again."""
    file = _file(connection)
    if file is None:
        return
    line = json.dumps({"asked": dict(asked), "orders": _orders(connection), "found": dict(found)}).ljust(_LONGEST)
    if len(line) == _LONGEST:
        note_state(file, line)


def _file(connection: Connection) -> Path | None:
    """Where it is kept for the file behind a connection; None for a database in memory."""
    name = next(row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    return state_file(Path(name), FOLDER) if name else None


def _orders(connection: Connection) -> dict[str, object]:
    """What tells whether orders have changed: database, last change with its hash, and the last order's number."""
    row = connection.exec_driver_sql(
        "SELECT (SELECT value FROM meta WHERE name = 'database_id'), (SELECT max(id) FROM change), "
        "(SELECT hash FROM change ORDER BY id DESC LIMIT 1), (SELECT max(id) FROM sales_order)"
    ).one()
    return dict(zip(("database", "change", "hash", "last"), row, strict=True))


def _same_orders(connection: Connection, then: Mapping[str, Any]) -> bool:
    """Whether no order was added, edited, deleted or brought back since: added ones are not entered in the journal."""
    now = _orders(connection)
    if any(now[name] != then[name] for name in ("database", "last")):
        return False
    known = connection.exec_driver_sql("SELECT hash FROM change WHERE id = ?", (then["change"],)).scalar()
    touched = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT 1 FROM journal WHERE change_id > ? AND table_name = 'sales_order')", (then["change"],)
    ).scalar_one()
    return known == then["hash"] and not touched
