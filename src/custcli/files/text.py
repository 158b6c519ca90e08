"""Text files: which encoding, which delimiter, then rows as they stream by (cli.md 5, reliability.md B, csv)."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase
from typing import Any, BinaryIO, cast

from custcli.domain.cells import Value, unguard
from custcli.errors import RefusedError, UsageError
from custcli.files.clean import ERROR_TEXTS, LONGEST_TEXT, without_controls
from custcli.files.reasons import fault

DELIMITERS = (",", "\t", ";", "|")
BLANKS = "blanks"
"""Columns stand apart by runs of blanks, as in tables of fixed width."""
_FEWEST_BY_BLANKS = 3
_BOMS = {  # the longer first: UTF-32's mark begins with UTF-16's
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CHUNK = 1 << 20
_SAMPLE_BYTES, _SAMPLE_ROWS = 1 << 16, 60


@dataclass(frozen=True)
class Found:
    """What was found out about a text file; `skip` is 1 where a first line `sep=;` only names the delimiter."""

    sha256: str
    encoding: str
    delimiter: str
    skip: int = 0


def find(file: str, stream: BufferedIOBase, encoding: str | None = None, delimiter: str | None = None) -> Found:
    """Encoding and delimiter, as given or found; raises RefusedError where no encoding fits the whole file."""
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    encoding = _encoding(file, stream, encoding)
    stream.seek(0)
    text = _reader(stream, encoding)
    sample = text.read(_SAMPLE_BYTES)
    text.detach()
    named = _named_delimiter(sample)
    chosen = _given_delimiter(delimiter) or named or _delimiter(sample)
    return Found(sha256, encoding, chosen, skip=1 if named else 0)


def rows(file: str, stream: BufferedIOBase, found: Found, *, columns: int) -> Generator[list[Value], None, None]:
    """One list for every record, blank lines too; fields beyond the header are kept. Memory does not grow with rows.

    Raises RefusedError with the line for a quote never closed, a text or a row too long.
    """
    csv.field_size_limit(LONGEST_TEXT)
    stream.seek(0)
    text = _reader(stream, found.encoding)
    longest_line = (columns + 1) * (LONGEST_TEXT + 1)  # a longer one breaks one of the two limits, wherever it is cut
    reader = csv.reader(iter(partial(text.readline, longest_line), ""), **_cutting(found.delimiter), strict=True)
    line = 0
    try:
        for _ in range(found.skip):
            next(reader, None)
        for row in reader:
            line = reader.line_num
            cells = _cells(row)
            if len(cells) > columns:
                raise RefusedError(
                    "{file}, line {line}: more than the {limit} columns allowed", file=file, line=line, limit=columns
                )
            yield cells
    except csv.Error as error:
        raise _unreadable(file, line + 1, str(error)) from None
    except UnicodeError:
        raise RefusedError("{file}: it changed while it was read", file=file) from None
    finally:
        text.detach()


def _cells(row: list[str]) -> list[Value]:
    joined = "".join(row)  # one look at the whole row: most rows hold nothing that needs a closer one
    if joined.isprintable() and "'" not in joined and "=" not in joined and "#" not in joined:
        if "" not in row:
            return [*row]
        cells: list[Value] = [value or None for value in row]
    else:
        cells = [_value(value) for value in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _value(text: str) -> Value:
    if "\0" in text:
        return fault("nul")
    if text in ERROR_TEXTS:
        return fault("error", text)
    return without_controls(unguard(text)) or None


def _unreadable(file: str, line: int, error: str) -> RefusedError:
    if "field limit" in error or "end of data" in error:
        return RefusedError(
            "{file}, line {line}: a quote is never closed, or a text is longer than {limit} characters",
            file=file, line=line, limit=LONGEST_TEXT,
        )  # fmt: skip
    return RefusedError("{file}, line {line}: a quote stands where none may stand", file=file, line=line)


def _reader(stream: BufferedIOBase, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(cast("BinaryIO", stream), encoding, errors="strict", newline="")


def _encoding(file: str, stream: BufferedIOBase, given: str | None) -> str:
    stream.seek(0)
    candidates = [given] if given else _candidates(stream.read(_SAMPLE_BYTES))
    for encoding in candidates:
        if _decodes(file, stream, encoding):
            return encoding
    if given:
        raise RefusedError("{file}: it is not written in {encoding}", file=file, encoding=given)
    if candidates[0].startswith("utf-16-"):
        raise RefusedError("{file}: it holds binary data, not a table", file=file)
    raise RefusedError("{file}: it is neither UTF-8 nor GB18030: name its encoding, as --encoding cp1252", file=file)


def _candidates(head: bytes) -> list[str]:
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return [encoding]
    zeros = head.count(0)
    # Every blank, digit and comma has a zero byte in UTF-16: half of a file in Latin letters, which alone looks like
    # UTF-8 too. A few zeros in UTF-8 are faults of single cells.
    if zeros * 4 > len(head) or (zeros and not _starts_as_utf8(head)):
        return ["utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"]
    return ["utf-8", "gb18030"]


def _starts_as_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(file: str, stream: BufferedIOBase, encoding: str) -> bool:
    stream.seek(0)
    try:
        text = _reader(stream, encoding)
    except LookupError:
        raise RefusedError("{file}: no such encoding: {encoding}", file=file, encoding=encoding) from None
    try:
        zeros = sum(piece.count("\0") for piece in iter(partial(text.read, _CHUNK), ""))
    except UnicodeError:
        return False
    finally:
        text.detach()
    return zeros == 0 or not encoding.startswith("utf-16-")


def _given_delimiter(given: str | None) -> str | None:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(given, given) if given else None
    if delimiter == BLANKS:
        return BLANKS
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise UsageError("a delimiter is a single character, or one of the words tab and blanks")
    return delimiter


def _named_delimiter(sample: str) -> str | None:
    named = re.match(r"\ufeff?sep=(.)\r?\n", sample, re.IGNORECASE)
    return named[1] if named else None


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the most rows into the same number of fields; the comma where none cuts any.

    Runs of blanks where nothing else cuts, and they cut all rows alike.
    """
    best = max(DELIMITERS, key=lambda delimiter: _cut_alike(sample, delimiter))
    if _cut_alike(sample, best):
        return best
    widths = {len(line.split()) for line in sample.splitlines()[:_SAMPLE_ROWS] if line.strip()}
    return BLANKS if len(widths) == 1 and max(widths) >= _FEWEST_BY_BLANKS else best


def _cutting(delimiter: str) -> dict[str, Any]:
    return {"delimiter": " ", "skipinitialspace": True} if delimiter == BLANKS else {"delimiter": delimiter}


def _cut_alike(sample: str, delimiter: str) -> int:
    counts: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            # Half a quoted text in a field: the row was cut at the wrong signs.
            counts.append(0 if any(field.count('"') % 2 for field in row) else len(row))
            if len(counts) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    usual = max(set(counts) - {0, 1}, key=lambda count: (counts.count(count) * (count - 1), count), default=1)
    return counts.count(usual) * (usual - 1)
