"""A database that is not there yet: made under a name of its own, put in its place whole, with what is first written.

So a refused first import leaves nothing behind, a killed one no empty database, and nobody sees half of one.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from custcli.errors import MadeMeanwhileError

_LONGEST = 50  # characters of the database's name in the temporary one: a name has 255 bytes at most
_END = ".new"
_BESIDE = ("", "-journal", "-wal", "-shm")


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name beside `path` for the new database; what is left of it at the end, and of killed runs, is swept."""
    sweep(path)
    part = path.with_name(f"{_prefix(path)}{os.getpid()}-{secrets.token_hex(4)}{_END}")
    try:
        yield part
    finally:
        _remove(part)


def put(part: Path, path: Path) -> None:
    """Give the finished file its place; never over another's. Raises MadeMeanwhileError."""
    try:
        _named(part, path)
    except FileExistsError:
        raise MadeMeanwhileError(
            "the database {name} was made by another program just now: run the command again", name=path.name
        ) from None
    if os.name == "posix":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _named(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError from None
        part.rename(path)


def _prefix(path: Path) -> str:
    return f".custcli-{path.name[:_LONGEST]}-"


def sweep(path: Path) -> None:
    """Take away what killed runs left beside the database."""
    with suppress(OSError):
        for name in os.listdir(path.parent):  # noqa: PTH208 - names are all that is wanted
            found = name.endswith(_END) and name.startswith(_prefix(path))
            if found and not _alive(name.removeprefix(_prefix(path)).partition("-")[0]):
                _remove(path.with_name(name))


def _alive(process: str) -> bool:
    """Whether the process that made a temporary file still runs; elsewhere than on POSIX this cannot be asked."""
    if not process.isdigit() or os.name != "posix":
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _remove(part: Path) -> None:
    for end in _BESIDE:
        with suppress(OSError):
            part.with_name(part.name + end).unlink()
