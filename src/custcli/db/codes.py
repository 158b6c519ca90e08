"""Customer codes for the completion of words in a shell: read without SQLAlchemy, which takes long to load."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from custcli.db.address import path_of

_WAIT = 0.2  # seconds: a shell that asks for words must not be kept waiting
_LAST = "\U0010ffff"


def codes(url: str, start: str, most: int) -> list[str]:
    """The first `most` codes that begin with `start`; none where there is no database. Nothing is made or changed."""
    path = path_of(url)
    if not path.is_file():
        return []
    mode = "mode=rw" if _writable(path) else "immutable=1"
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, timeout=_WAIT)) as connection:
        found = connection.execute(
            "SELECT code FROM customer WHERE code >= ? AND code < ? ORDER BY code LIMIT ?", (start, start + _LAST, most)
        )
        return [row[0] for row in found]


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
