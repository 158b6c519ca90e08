"""Writing a file so that there is the old one or the whole new one, never half of it (reliability.md D 18)."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from custcli.errors import RefusedError
from custcli.parts import left_over, part_of

_PART = ".part"


@contextmanager
def replacing(path: str | Path, *, force: bool) -> Iterator[Path]:
    """Give a new empty file (0600) beside `path` to write; put it in the place of `path` when the block ends well.

    A link is replaced, not followed. Raises RefusedError where `path` exists and not `force`, where it is no regular
    file, and where the disk does not take it; then nothing is left behind. Leftovers of killed runs are swept first.
    """
    target = Path(path)
    _check(target, force=force)
    part = part_of(target, _PART)
    try:
        _sweep(target)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield part
            _sync(part)
            _check(target, force=force)
            part.replace(target)
            _sync(target.parent)
        finally:
            _remove(part)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedError("{file} cannot be written: {reason}", file=target.name, reason=reason) from None


@contextmanager
def replacing_folder(path: str | Path, *, force: bool) -> Iterator[Path]:
    """Give a new empty folder (0700) beside `path` to fill; put it, or its files, into place when the block ends well.

    Into a folder that is there the files go one by one, each of them whole. Raises RefusedError where a file of the
    same name exists and not `force`, where `path` is no folder, and where the disk does not take it.
    """
    target = Path(path)
    part = part_of(target, _PART)
    try:
        _sweep(target)
        part.mkdir(mode=0o700)
        try:
            yield part
            files = sorted(file for file in part.rglob("*") if file.is_file())
            for file in files:
                file.chmod(0o600)
                _sync(file)
            _move(part, target, files, force=force)
        finally:
            _remove(part)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedError("{file} cannot be written: {reason}", file=target.name, reason=reason) from None


def _move(part: Path, target: Path, files: Sequence[Path], *, force: bool) -> None:
    if not target.is_dir():
        part.rename(target)
    else:
        wanted = {file: target / file.relative_to(part) for file in files}
        for place in wanted.values():
            _check(place, force=force)
        for file, place in wanted.items():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            file.replace(place)
        _sync(target)
    _sync(target.parent)


def scratch(part: Path) -> Path:
    """A new folder (0700) beside a file that is being written, swept together with it."""
    folder = part.with_name(f"{part.name}.d")
    folder.mkdir(mode=0o700)
    return folder


def _check(target: Path, *, force: bool) -> None:
    if not target.name or target.name in {".", ".."}:
        raise RefusedError("{file} is a folder, not a file to write", file=str(target))
    try:
        mode = target.lstat().st_mode
    except OSError:
        return  # not there; or not to be reached, which opening will say
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise RefusedError("{file} is no regular file", file=target.name)
    if not force:
        raise RefusedError("{file} exists: --force overwrites it", file=target.name)


def _sweep(target: Path) -> None:
    for path in left_over(target, _PART):
        _remove(path)


def _remove(path: Path) -> None:
    shutil.rmtree(f"{path}.d", ignore_errors=True)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _sync(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
