"""Where a database lies: the path in an address as the user gives it."""

from pathlib import Path

from custcli.errors import UsageError

SCHEMES = ("sqlite:///", "sqlite+pysqlite:///")


def path_of(url: str) -> Path:
    """The path of a path or SQLAlchemy URL. UsageError: a database of another kind."""
    scheme = next((word for word in SCHEMES if url.startswith(word)), None)
    if scheme is None and "://" in url:
        raise UsageError(
            "{scheme} databases are not supported yet: give a path or sqlite:///path",
            scheme=url.split(":", maxsplit=1)[0],
        )
    return Path(url.removeprefix(scheme or "")).expanduser().absolute()
