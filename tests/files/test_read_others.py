"""Old .xls and OpenDocument: what their value reader hides; the child dies with its parent."""

import os
import select
import signal
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from custcli.domain.cells import Fault, Merge
from custcli.errors import RefusedError
from custcli.files.package import Refusal
from custcli.files.read import open_book
from custcli.files.scan_xls import scan_xls

ODS = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:calcext="c"><office:body>'
    "<office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def ods(path: Path, tables: str, *extra: tuple[str, str]) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<m:manifest xmlns:m="m"><m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", ODS.format(tables))
        for name, content in extra:
            archive.writestr(name, content)
    return path


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def rows_of(path, limits):
    with open_book(path, limits=limits) as book:
        sheet = next(book.sheets())
        return sheet, list(sheet.rows), book


def test_ods_values_errors_merges_hidden_rows(tmp_path, limits):
    first = cell("姓名") + cell("12", 'office:value-type="float" office:value="12"')
    error = cell("#DIV/0!", 'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"')
    bare = '<table:table-cell table:formula="of:=1"/>'
    merged = cell("x", 'office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="3"')
    table = (
        f'<table:table table:name="客户"><table:table-row>{first}</table:table-row>'
        f'<table:table-row table:visibility="collapse">{error}{bare}</table:table-row>'
        f"<table:table-row>{merged}</table:table-row></table:table>"
    )
    sheet, rows, book = rows_of(ods(tmp_path / "a.ods", table), limits)
    assert (sheet.name, sheet.hidden_rows, sheet.merges) == ("客户", 1, (Merge(2, 0, 4, 1),))
    assert rows[0] == ["姓名", 12]
    assert [cell.reason.text[:15] for cell in rows[1] if isinstance(cell, Fault)] == [
        "the cell shows ",
        "the formula was",
    ]
    assert rows[2] == ["x"]
    assert (book.format, len(book.warnings)) == ("ods", 2)


def test_ods_with_a_cell_far_out_is_refused(tmp_path, limits):
    blank = '<table:table-cell table:number-columns-repeated="9999"/>'
    table = f'<table:table table:name="a"><table:table-row>{blank}{cell("x")}</table:table-row></table:table>'
    with pytest.raises(RefusedError) as refused:
        rows_of(ods(tmp_path / "a.ods", table), limits)
    assert refused.value.message.params["reason"].params["cell"] == "NTP1"


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def compound(stream: bytes) -> bytes:
    """The smallest compound file ([MS-CFB]) of one stream: header, its table of sectors, the directory, the stream."""
    stream = stream.ljust(4096, b"\0")
    count = len(stream) // 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0) + b"\xff" * 108 * 4
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text), kind, 1)
            + b"\xff" * 12
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = (entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry("Workbook", 2, 2, len(stream))).ljust(512, b"\0")
    return header + fat + directory + stream


def biff(*sheet_records: bytes, before: bytes = b"") -> bytes:
    bof = record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    end = record(0x000A, b"")
    start = len(bof) + len(before) + 4 + 9 + len(end)
    bound = record(0x0085, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"a")
    return compound(bof + before + bound + end + bof + b"".join(sheet_records) + end)


def formula(result: bytes, flags: int = 0) -> bytes:
    return record(0x0006, struct.pack("<HHH", 1, 2, 0) + result + struct.pack("<HIH", flags, 0, 0))


@pytest.mark.parametrize(
    ("one", "faults", "formulas", "hidden"),
    [  # [MS-XLS] 2.4.24 BoolErr, 2.4.127 Formula, 2.5.133 FormulaValue, 2.4.221 Row
        (record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 0x2A, 1)), {1: {2: ("error", "#N/A")}}, 0, 0),
        (record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 1, 0)), {}, 0, 0),
        (formula(b"\x02\0\x07\0\0\0\xff\xff"), {1: {2: ("error", "#DIV/0!")}}, 1, 0),
        (formula(b"\x03\0\0\0\0\0\xff\xff", 2), {1: {2: ("never_calculated", "")}}, 1, 0),
        (formula(b"\x03\0\0\0\0\0\xff\xff"), {}, 1, 0),
        (formula(struct.pack("<d", 1.5)), {}, 1, 0),
        (record(0x0208, struct.pack("<HHHHHHI", 1, 0, 1, 255, 0, 0, 0x20)), {}, 0, 1),
    ],
)
def test_xls_records(one, faults, formulas, hidden):
    (found,) = scan_xls(biff(one))
    assert (found.faults, found.formulas, found.hidden_rows) == (faults, formulas, hidden)


def test_xls_with_a_password():
    with pytest.raises(Refusal, match="password"):
        scan_xls(biff(before=record(0x002F, bytes(6))))


@pytest.mark.skipif(sys.platform != "linux", reason="the signal of a dying parent is Linux's")
def test_child_dies_with_its_parent(tmp_path, limits):
    rows = "".join(f"<table:table-row>{cell('x' * 200)}</table:table-row>" for _ in range(20_000))
    path = ods(tmp_path / "a.ods", f'<table:table table:name="a">{rows}</table:table>')
    program = (
        "import sys; from types import SimpleNamespace; from custcli.files.read import open_book\n"
        f"limits = SimpleNamespace(**{limits.__dict__})\n"
        f"book = open_book({str(path)!r}, limits=limits)\n"
        "print(book._end.__self__._child.nursery.process.pid, flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(open_book.__code__.co_filename).parents[2])}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, **pipes) as parent:
        nursery = int(parent.stdout.readline())
        forked = int(Path(f"/proc/{nursery}/task/{nursery}/children").read_text(encoding="ascii"))
        handles = [os.pidfd_open(nursery), os.pidfd_open(forked)]
        parent.send_signal(signal.SIGKILL)
    ended = [bool(select.select([handle], [], [], 10)[0]) for handle in handles]
    for handle in handles:
        os.close(handle)
    assert ended == [True, True]
