"""Workbooks written: nothing live in them, every digit, the same bytes; rejects that can be imported again."""

import os
import re
import zipfile
from datetime import UTC, date, datetime

import pytest

from custcli.domain.cells import Fault, Merge
from custcli.errors import RefusedError
from custcli.files.atomic import replacing
from custcli.files.read import open_book
from custcli.files.write_book import SheetOut, sheet_title, write_sheets
from custcli.files.write_rejects import RejectedRow, RejectSheet, reject_path, write_rejects
from custcli.grid import Column, Kind
from custcli.messages import message

HOSTILE = [  # reliability.md C, formula injection; strings.xlsx of the hostile cases
    "=cmd|' /C calc'!A0", "{=1+1}", "@SUM(1)", "-1+1", "+86 138", "http://example.com", "<r><t>x</t></r>", "_x0041_",
    "'x", "[bold]", "1/2", "007", "TRUE", "#hash", "a\nb", " ends ", "𠮷野家", "<r>&</r>", "=", "&lt;",
]  # fmt: skip


def write(path, *sheets):
    with replacing(path, force=False) as part:
        write_sheets(part, sheets)
    return path


def read(path, limits):
    with open_book(path, limits=limits) as book:
        return [(sheet.name, list(sheet.rows)) for sheet in book.sheets()]


def out(rows, *kinds, title="客户"):
    columns = [Column(f"c{n}", f"c{n}", kind) for n, kind in enumerate(kinds)]
    return SheetOut(title, columns, [column.label for column in columns], rows)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE, Kind.MONEY])
def test_hostile_text_comes_back_as_text(tmp_path, limits, kind):
    path = write(tmp_path / "a.xlsx", out([[text] for text in HOSTILE], kind))
    assert [row[0] for row in read(path, limits)[0][1][1:]] == HOSTILE
    with zipfile.ZipFile(path) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist())
    assert not re.search(rb"<f[ >/]|hyperlink", xml)


def test_values_by_kind(tmp_path, limits):
    row = [
        12_345_678_900, 12_345, 7, 0.125, date(2026, 6, 30), datetime(2026, 6, 30, 8, 5, tzinfo=UTC), "010", None,
        ["a", "b"], date(1890, 1, 1), 99_999_999_999_999_9999, "138****8000",
    ]  # fmt: skip
    kinds = [
        Kind.MONEY, Kind.DECIMAL, Kind.INTEGER, Kind.SHARE, Kind.DATE, Kind.TIME, Kind.CODE, Kind.TEXT, Kind.LIST,
        Kind.DATE, Kind.MONEY, Kind.INTEGER,
    ]  # fmt: skip
    got = read(write(tmp_path / "a.xlsx", out([row], *kinds)), limits)[0][1][1]
    assert got == [
        1_234_567.89, 1.2345, 7, 0.125, date(2026, 6, 30), datetime(2026, 6, 30, 8, 5), "010", None,  # noqa: DTZ001 - a cell has no time zone
        "a; b", "1890-01-01", "99999999999999.9999", "138****8000",
    ]  # fmt: skip


def test_same_data_same_bytes(tmp_path, monkeypatch):
    rows = [["张三", 12_345], ["李四", None]]
    first = write(tmp_path / "a.xlsx", out(rows, Kind.TEXT, Kind.MONEY)).read_bytes()
    monkeypatch.setenv("TZ", "America/New_York")
    assert write(tmp_path / "b.xlsx", out(rows, Kind.TEXT, Kind.MONEY)).read_bytes() == first
    assert sorted(os.listdir(tmp_path)) == ["a.xlsx", "b.xlsx"]  # noqa: PTH208


def test_sheets_of_one_name(tmp_path, limits):
    path = write(tmp_path / "a.xlsx", out([], Kind.TEXT), out([["x"]], Kind.TEXT), out([], Kind.TEXT, title="a/b:c"))
    assert [name for name, _ in read(path, limits)] == ["客户", "客户 (2)", "a-b-c"]


@pytest.mark.parametrize("title", ["", "'", "History", "x" * 40, "[a]*?", "\x00"])
def test_titles_are_what_spreadsheets_accept(tmp_path, limits, title):
    chosen = sheet_title(title, set())
    assert 0 < len(chosen) <= 31
    assert read(write(tmp_path / "a.xlsx", out([["x"]], Kind.TEXT, title=title)), limits)[0][0] == chosen


def test_too_long_text_is_refused_not_cut(tmp_path):
    with pytest.raises(RefusedError):
        write(tmp_path / "a.xlsx", out([["x" * 32_768]], Kind.TEXT))
    assert not os.listdir(tmp_path)  # noqa: PTH208


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("custcli.files.write_book.LAST_ROW", 3)
    with pytest.raises(RefusedError):
        write(tmp_path / "a.xlsx", out([["x"]] * 3, Kind.TEXT))


def test_rejects_can_be_corrected_and_read_again(tmp_path, limits):
    values = ["张三", 1.1010119900307851e17, date(2026, 3, 5), "=1+1", None, Fault(message("x {error}", error="#REF!"))]
    sheet = RejectSheet(
        "客户",
        [["客户表"], ["姓名", "身份证号", "日期", "备注", "金额", "单价"]],
        [RejectedRow(values, "第 3 行：身份证号", {1, 4})],
        [Merge(0, 0, 0, 5)],
    )
    path = tmp_path / "r.xlsx"
    write_rejects(path, [sheet], reason="原因", custom={"custcli-form": "orders 1"})
    with open_book(path, limits=limits) as book:
        one = next(book.sheets())
        rows = list(one.rows)
    assert one.custom == {"custcli-form": "orders 1"}
    assert one.merges == (Merge(0, 0, 0, 5),)
    assert rows[1] == ["姓名", "身份证号", "日期", "备注", "金额", "单价", "原因"]
    assert rows[2][:5] == ["张三", 1.1010119900307850e17, "2026-03-05", "=1+1", None]
    assert isinstance(rows[2][5], Fault)
    assert rows[2][6] == "第 3 行：身份证号"
    assert path.stat().st_mode & 0o777 == 0o600


def test_reject_files_are_numbered(tmp_path):  # decisions.md 16
    assert reject_path("orders.csv", tmp_path).name == "orders-rejects.xlsx"
    (tmp_path / "orders-rejects.xlsx").write_bytes(b"")
    assert reject_path("orders.csv", tmp_path).name == "orders-rejects-2.xlsx"
    assert reject_path("-", tmp_path).name == "stdin-rejects.xlsx"
