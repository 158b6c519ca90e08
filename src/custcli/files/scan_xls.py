"""What the reader of values hides in an old .xls: errors, passwords, hidden rows, that values come from formulas.

Runs in the child. An .xls is a small file system ([MS-CFB]) with one stream of records ([MS-XLS]).
"""

import struct
from collections.abc import Iterator

from custcli.files.package import Refusal
from custcli.files.scan import ERROR, NEVER_CALCULATED, Scan

_END_OF_CHAIN = 0xFFFFFFFA  # this and above: no further sector
_SMALL_STREAM = 4096
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULA, _BOOLERR, _ROW = 0x0006, 0x0205, 0x0208
_HIDDEN = 0x20
_NO_NUMBER, _IS_ERROR, _IS_BLANK, _CALCULATE_ON_LOAD = 0xFFFF, 2, 3, 2  # results of formulas


def scan_xls(data: bytes) -> list[Scan]:
    """Look through every sheet of the book, in the order of its list of sheets.

    Raises Refusal for a book with a password and struct.error, IndexError for a damaged one.
    """
    records = _stream(data)
    starts = []
    for kind, body in _records(records, 0):
        if kind == _FILEPASS:
            raise Refusal("password")
        if kind == _BOUNDSHEET and body[5:6] == b"\0":  # worksheets only: no charts, no macro sheets
            starts.append(int.from_bytes(body[:4], "little"))
    return [_sheet(records, start) for start in starts]


def _sheet(records: bytes, start: int) -> Scan:
    found = Scan()
    for kind, body in _records(records, start):
        if kind == _FORMULA:
            row, column, _, result, _, code, _, number, flags = struct.unpack_from("<HHHBBB3sHH", body)
            found.formulas += 1
            if number == _NO_NUMBER and result == _IS_ERROR:
                found.fault(row, column, ERROR, _ERRORS.get(code, ""))
            elif number == _NO_NUMBER and result == _IS_BLANK and flags & _CALCULATE_ON_LOAD:
                found.fault(row, column, NEVER_CALCULATED)
        elif kind == _BOOLERR:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", body)
            if is_error:
                found.fault(row, column, ERROR, _ERRORS.get(code, ""))
        elif kind == _ROW and len(body) > 12 and body[12] & _HIDDEN:  # noqa: PLR2004 - the flags of the row
            found.hidden_rows += 1
    return found


def _records(records: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream: kind and body; substreams within it (charts) are passed over."""
    depth = 0
    while at + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, records[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _stream(data: bytes) -> bytes:
    """The stream `Workbook` (or `Book`, before 97) of a compound file."""
    (shift,) = struct.unpack_from("<H", data, 30)
    size = 1 << shift
    fat = _fat(data, size)
    directory = _chain(data, fat, struct.unpack_from("<I", data, 48)[0], size, size)
    root = directory[:128]
    for at in range(0, len(directory), 128):
        entry = directory[at : at + 128]
        length = int.from_bytes(entry[64:66], "little")
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()
        if name in {"workbook", "book"} and entry[66] == 2:  # noqa: PLR2004 - a stream
            start, bytes_ = struct.unpack_from("<II", entry, 116)
            if bytes_ >= _SMALL_STREAM:
                return _chain(data, fat, start, size, size)[:bytes_]
            return _small(data, fat, root, start, size)[:bytes_]
    raise Refusal("no_sheets")


def _small(data: bytes, fat: tuple[int, ...], root: bytes, start: int, size: int) -> bytes:
    inner = _chain(data, fat, struct.unpack_from("<I", root, 116)[0], size, size)
    table = _chain(data, fat, struct.unpack_from("<I", data, 60)[0], size, size)
    return _chain(inner, struct.unpack(f"<{len(table) // 4}I", table), start, 64, 0)


def _fat(data: bytes, size: int) -> tuple[int, ...]:
    """The table that names for each sector the next one."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    further, left = struct.unpack_from("<II", data, 68)
    while further < _END_OF_CHAIN and left:
        more = struct.unpack_from(f"<{size // 4}I", data, (further + 1) * size)
        sectors += more[:-1]
        further, left = more[-1], left - 1
    table = b"".join(data[(n + 1) * size : (n + 2) * size] for n in sectors if n < _END_OF_CHAIN)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(data: bytes, table: tuple[int, ...], start: int, size: int, before: int) -> bytes:
    """The bytes of a chain of sectors; `before` is what stands before the first sector."""
    pieces: list[bytes] = []
    while start < _END_OF_CHAIN and len(pieces) <= len(table):
        pieces.append(data[before + start * size : before + (start + 1) * size])
        start = table[start]
    return b"".join(pieces)
