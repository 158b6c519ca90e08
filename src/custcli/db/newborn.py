"""A database that is not there yet: made under a name of its own, put in its place whole, with what is first written.

So a refused first import leaves nothing behind, a killed one no empty database, and nobody sees half of one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from custcli.errors import MadeMeanwhileError
from custcli.parts import left_over, part_of

_END = ".new"
_BESIDE = ("", "-journal", "-wal", "-shm")


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name beside `path` for the new database; what is left of it at the end, and of killed runs, is swept."""
    sweep(path)
    part = part_of(path, _END)
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


def sweep(path: Path) -> None:
    """Take away what killed runs left beside the database."""
    with suppress(OSError):
        for part in left_over(path, _END):
            _remove(part)


def _remove(part: Path) -> None:
    for end in _BESIDE:
        with suppress(OSError):
            part.with_name(part.name + end).unlink()
