"""Reading: a file of any kind known, opened and streamed sheet by sheet, row by row (cli.md 5, reliability.md B)."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from types import TracebackType
from typing import Self

from custcli.errors import RefusedError
from custcli.files.limits import Limits
from custcli.files.sheet import Sheet
from custcli.messages import Message

STDIN = "-"
_MIB = 1 << 20
_TEXT_FACTOR = 16  # text is streamed in constant memory: it may be so many times longer than a workbook


@dataclass
class Book:
    """An open file: `sheets()` is walked once, in order; `warnings` fill up as sheets are read.

    `format` is xlsx, ods, xls or csv; `encoding` and `delimiter` are "" for workbooks. `sha256` is hex, of the bytes.
    """

    name: str
    sha256: str
    format: str
    encoding: str
    delimiter: str
    warnings: list[Message]
    _sheets: Iterator[Sheet]
    _end: Callable[[], None]
    _stream: BufferedIOBase

    def sheets(self) -> Iterator[Sheet]:
        """The sheets in order; what is left of one is passed over when the next is asked for."""
        for sheet in self._sheets:
            yield sheet
            for _ in sheet.rows:
                pass

    def close(self) -> None:
        """End the reading, also in the middle."""
        self._end()
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_book(
    path: str | Path,
    *,
    limits: Limits,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Book:
    """Open a workbook or text file (`-`: standard input); what it is its first bytes decide, never its name.

    `sheet` reads that sheet alone, hidden or not. Raises RefusedError for a file that cannot be read, at once or
    while its sheets are walked.
    """
    name, stream = _opened(path, limits)
    try:
        return _book(name, stream, limits, encoding, delimiter, sheet)
    except BaseException:
        stream.close()
        raise


def _book(
    name: str, stream: BufferedIOBase, limits: Limits, encoding: str | None, delimiter: str | None, sheet: str | None
) -> Book:
    from custcli.files import sniff, text, workbook

    head = stream.read(sniff.HEAD)
    format_ = sniff.kind(name, head)
    size = os.fstat(stream.fileno()).st_size
    most = limits.file_mib * (_TEXT_FACTOR if format_ == "csv" else 1)
    if size > most * _MIB:
        raise RefusedError("{file}: it is larger than the {limit} MiB allowed", file=name, limit=most)
    stream.seek(0)
    if format_ == "csv":
        if sheet is not None:
            raise RefusedError("{file}: it is a text file without sheets", file=name)
        found = text.find(name, stream, encoding, delimiter)
        rows = text.rows(name, stream, found, columns=limits.columns)
        sheets = iter([Sheet(name, "", rows)])
        return Book(name, found.sha256, format_, found.encoding, found.delimiter, [], sheets, rows.close, stream)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    reading = workbook.Reading(name, stream, limits, sheet)
    return Book(name, sha256, reading.format, "", "", reading.warnings, reading.sheets(), reading.end, stream)


def _opened(path: str | Path, limits: Limits) -> tuple[str, BufferedIOBase]:
    if str(path) == STDIN:
        return STDIN, _standard_input(limits)
    name = Path(path).name
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise RefusedError("{file}: no such file", file=name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise RefusedError("{file}: it cannot be opened ({reason})", file=name, reason=reason) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise RefusedError("{file}: it is not a regular file", file=name)
    return name, os.fdopen(handle, "rb")


def _standard_input(limits: Limits) -> BufferedIOBase:
    """Standard input from its start, as often as it is asked for, each time as a file of its own."""
    if sys.stdin is None:
        raise RefusedError("{file}: no such file", file=STDIN)
    if sys.stdin not in _KEPT:
        _KEPT.clear()
        _KEPT[sys.stdin] = _kept_input(limits)
    kept = _KEPT[sys.stdin]
    kept.seek(0)
    again = tempfile.TemporaryFile()  # noqa: SIM115 - the Book closes it
    shutil.copyfileobj(kept, again)
    again.seek(0)
    return again


_KEPT: dict[object, BufferedIOBase] = {}
"""What came in by standard input, which can be read but once."""


def _kept_input(limits: Limits) -> BufferedIOBase:
    """All of standard input as a nameless temporary file, since a workbook is read from its end."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - kept for as long as the program runs
    left = limits.file_mib * _TEXT_FACTOR * _MIB
    while piece := sys.stdin.buffer.read(_MIB):
        left -= len(piece)
        if left < 0:
            kept.close()
            raise RefusedError(
                "{file}: it is larger than the {limit} MiB allowed", file=STDIN, limit=limits.file_mib * _TEXT_FACTOR
            )
        kept.write(piece)
    return kept
