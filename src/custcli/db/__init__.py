"""ROWS: tables, migrations, session, journal, queries; the only room that knows SQLModel and SQLAlchemy.

What is named here is loaded when it is asked for: completion in a shell reads codes (codes.py) without SQLAlchemy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from custcli.db.database import Database, exists, in_memory, open_database
    from custcli.db.journal import Author

__all__ = ["Author", "Connection", "Database", "exists", "in_memory", "open_database"]

_HOMES = {"Author": "custcli.db.journal", "Connection": "sqlalchemy"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(_HOMES.get(name, "custcli.db.database")), name)
