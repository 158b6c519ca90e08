"""Workbooks written: nothing live in them, every digit, the same bytes; rejects that can be imported again."""

import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from custcli.domain.cells import Fault, Merge
from custcli.errors import RefusedError
from custcli.files.atomic import replacing
from custcli.files.read import open_book
from custcli.files.write_bars import BarsOut
from custcli.files.write_beside import ChartOut
from custcli.files.write_book import SheetOut, sheet_title, write_sheets
from custcli.files.write_rejects import RejectedRow, RejectSheet, reject_path, write_rejects
from custcli.grid import Bars, Column, Kind, Pareto, Stack
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


def test_rows_that_are_known_to_be_too_many_are_refused_before_one_is_written(tmp_path):
    def never():
        raise AssertionError
        yield

    sheet = SheetOut("客户", [Column("c", "c")], ["c"], never(), count=1_048_576)
    with pytest.raises(RefusedError, match="parquet"):
        write(tmp_path / "a.xlsx", sheet)


def test_how_cells_are_shown_and_printed(tmp_path):
    from openpyxl import load_workbook

    columns = [Column("n", "数量", Kind.DECIMAL), Column("m", "金额", Kind.MONEY), Column("t", "客户名称"),
               Column("d", "日期", Kind.DATE), Column("c", "电话", Kind.CODE)]  # fmt: skip
    rows = [
        [20_000, 12_345_678, "上海浦东张江高科技有限公司", date(2026, 3, 5), "013800138000"],
        [15_000, 1, "甲", None, None],
    ]
    sheet = SheetOut("客户", columns, [column.label for column in columns], rows, heading="5 & 6")
    page = load_workbook(write(tmp_path / "a.xlsx", sheet)).active
    formats = [page.cell(2, column).number_format for column in range(1, 6)]
    assert formats == ["#,##0", "#,##0.00", "General", "yyyy-mm-dd", "@"]  # 2, not "2."
    assert page["A3"].number_format == "#,##0.####"
    assert page["B2"].value == 1234.5678  # the whole value under two decimals
    assert (page["D2"].is_date, page["E2"].data_type) == (True, "s")
    assert page.column_dimensions["C"].width > 27  # 13 full-width characters count two
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A2", "A1:E3", "$1:$1")
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert page.oddHeader.left.text == " 5 && 6"


def ranked(count):
    columns = [Column("name", "客户名称"), Column("amount", "金额", Kind.MONEY), Column("share", "占比", Kind.SHARE)]
    rows = [[f"客{n}", 10_000 * (count - n), (n + 1) / count] for n in range(count)]
    parts = SheetOut("", columns, ["ABC类", "金额", "占比"], [["A", 5, 0.5], ["B", 3, 0.3], ["C", 2, 0.2]])
    drawn = Pareto(message("t"), "name", "amount", "share", min(count, 50))
    chart = ChartOut(drawn, "前几名", "80% 线")
    labels, beside = ["客户名称", "金额", "占比"], [parts, replace(parts)]
    return SheetOut("分级", columns, labels, rows, answer=True, beside=beside, chart=chart)


@pytest.mark.parametrize(("count", "drawn"), [(2, 2), (60, 50)])
def test_the_chart_draws_the_first_rows_with_their_running_share_and_a_level(tmp_path, count, drawn):
    path = write(tmp_path / "a.xlsx", ranked(count))
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    pareto = next(xml for xml in charts if "barChart" in xml)
    assert re.findall(r"<c:f>(.*?)</c:f>", pareto)[:2] == [f"分级!$A$2:$A${drawn + 1}", f"分级!$B$2:$B${drawn + 1}"]
    assert f"分级!$C$2:$C${drawn + 1}" in pareto
    assert f"分级!$H$2:$H${drawn + 1}" in pareto  # the level of 80 %, in a hidden column behind the small table
    assert len(re.findall(r'<c r="H\d+"[^>]*><v>0.8</v>', sheet)) == drawn
    assert '<c:plotVisOnly val="1"/>' not in pareto
    pies = [re.findall(r"<c:f>(.*?)</c:f>", xml)[0] for xml in charts if "pieChart" in xml]
    assert pies == ["分级!$E$2:$E$4", "分级!$E$7:$E$9"]  # classes and tiers


def test_bars_of_long_names_are_named_by_code(tmp_path):
    columns = [Column("code", "编号", Kind.CODE), Column("name", "名称"), Column("amount", "金额", Kind.MONEY)]
    drawn = ChartOut(Pareto(message("t"), "name", "amount", "amount", 2, short="code"), "前几名", "80% 线")
    for name, column in (("北京望江", "B"), ("北京望江国际贸易发展（集团）股份有限公司", "A")):
        sheet = SheetOut("分级", columns, ["编号", "名称", "金额"], [["C1", name, 2], ["C2", "乙", 1]], chart=drawn)
        with zipfile.ZipFile(write(tmp_path / f"{column}.xlsx", sheet)) as archive:
            chart = archive.read("xl/charts/chart1.xml").decode()
        assert re.findall(r"<c:f>(.*?)</c:f>", chart)[0] == f"分级!${column}$2:${column}$3"


def test_tables_with_charts_stand_apart_and_a_grid_is_tinted(tmp_path):
    """Of two tables with charts beside the rows, each chart stands to the right, the second one below the first."""
    columns = [Column("r", "R"), Column("f1", "F1", Kind.INTEGER), Column("f2", "F2", Kind.INTEGER)]
    squares = SheetOut("", columns, ["R", "F1", "F2"], [["R2", 1, 2], ["R1", 0, 4]],
                       bars=BarsOut(Stack(message("t")), "客户数"))  # fmt: skip
    types = replace(squares, bars=BarsOut(Bars(message("b"), "r", "f1"), "类型"))
    path = write(
        tmp_path / "a.xlsx", SheetOut("RFM", columns, ["R", "F1", "F2"], [["a", 1, 1]], beside=[types, squares])
    )
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
        sheet, drawing = (archive.read(f"xl/{name}1.xml").decode() for name in ("worksheets/sheet", "drawings/drawing"))
    stacked = next(xml for xml in charts if 'grouping val="stacked"' in xml)
    assert re.findall(r"<c:f>(.*?)</c:f>", stacked)[1] == "RFM!$F$6:$F$7"
    assert 'conditionalFormatting sqref="F6:G7"' in sheet
    tops = [int(row) for row in re.findall(r"<xdr:from><xdr:col>\d+</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", drawing)]
    assert tops[0] == 0
    assert tops[1] > 8


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("custcli.files.write_book.LAST_ROW", 3)
    with pytest.raises(RefusedError):
        write(tmp_path / "a.xlsx", out([["x"]] * 3, Kind.TEXT))


def test_rejects_can_be_corrected_and_read_again(tmp_path, limits):
    values = ["张三", 1.1010119900307851e17, date(2026, 3, 5), "=1+1", None, Fault(message("x {error}", error="#REF!"))]
    sheet = RejectSheet(
        "客户",
        [["客户表"], ["姓名", "身份证号", "日期", "备注", "金额", "单价"]],
        iter([RejectedRow(values, "第 3 行：身份证号", {1, 4})]),
        len(values),
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
