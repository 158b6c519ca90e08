"""ROWS: tables, migrations, session, journal, queries; the only room that knows SQLModel and SQLAlchemy."""

from sqlalchemy import Connection

from custcli.db.database import Database, exists, in_memory, open_database
from custcli.db.journal import Author

__all__ = ["Author", "Connection", "Database", "exists", "in_memory", "open_database"]
