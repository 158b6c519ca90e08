"""Workbooks: values with their real addresses, what the value reader hides, and every kind of refusal."""

import importlib.util
import io
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.cells import Fault, Merge
from custcli.errors import RefusedError
from custcli.files import scan
from custcli.files.read import open_book

_spec = importlib.util.spec_from_file_location("books", Path(__file__).with_name("books.py"))
books = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(books)
text, number, row, sheet, book = books.text, books.number, books.row, books.sheet, books.book


def read(path, limits, **options):
    with open_book(path, limits=limits, **options) as found:
        rows = [list(one.rows) for one in found.sheets()]
        return rows, found


def only(path, limits):
    return read(path, limits)[0][0]


def shown(cells):
    return [cell.reason.text if isinstance(cell, Fault) else cell for cell in cells]


def test_addresses_are_those_of_the_sheet(tmp_path, limits):
    xml = sheet(row(3, text("C3", "x")) + row(5, number("B5", "7"), text("D5", "y")))
    assert only(book(tmp_path / "a.xlsx", xml), limits) == [[], [], [None, None, "x"], [], [None, 7, None, "y"]]


@pytest.mark.parametrize("dimension", ['<dimension ref="A1:A1"/>', '<dimension ref="A1:XFD1048576"/>', ""])
def test_dimension_may_lie(tmp_path, limits, dimension):  # reliability.md B, dimension too small and lie
    xml = sheet(row(1, text("A1", "姓名"), text("B1", "电话")) + row(2, text("A2", "张三")), before=dimension)
    assert only(book(tmp_path / "a.xlsx", xml), limits) == [["姓名", "电话"], ["张三"]]


def test_kinds_of_values(tmp_path, limits):
    cells = [
        number("A1", "5"), number("B1", "0.1"), number("C1", "45292", 1), number("D1", "45292.5", 2),
        '<c r="E1" t="b"><v>1</v></c>', number("F1", "12345678901234567890"), text("G1", "007"),
    ]  # fmt: skip
    day = date(2024, 1, 1)  # serial 45292, as in the hostile case dates_1900
    wanted = [5, 0.1, day, datetime(2024, 1, 1, 12), "TRUE", 1.2345678901234567e19, "007"]  # noqa: DTZ001 - a cell has no time zone
    got = only(book(tmp_path / "a.xlsx", sheet(row(1, *cells))), limits)[0]
    assert got == wanted
    assert [type(value) for value in got] == [type(value) for value in wanted]


def test_epoch_1904(tmp_path, limits):  # reliability.md B, dates 1900/1904: 45292 is 2028-01-02 there
    path = book(tmp_path / "a.xlsx", sheet(row(1, number("A1", "45292", 1))), properties='<workbookPr date1904="1"/>')
    assert only(path, limits) == [[date(2028, 1, 2)]]


DISTRUSTED = [  # reliability.md B: error cells, formula without cached value, serial 60, negative date, NaN
    ('<c r="A1" t="e"><v>#REF!</v></c>', "the cell shows the error {error}"),
    ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "the cell shows the error {error}"),
    (text("A1", "#N/A"), "the cell shows the error {error}"),
    ('<c r="A1"><f>B1</f></c>', "the formula was never calculated: open the file in Excel, save it, import it again"),
    (
        '<c r="A1"><f>B1</f><v></v></c>',
        "the formula was never calculated: open the file in Excel, save it, import it again",
    ),
    (number("A1", "60", 1), "spreadsheets miscount dates before 1 March 1900"),
    (number("A1", "-1", 1), "a date or time cell that holds 0 or a negative number"),
    (number("A1", "1e999"), "the number is not finite"),
    (number("A1", "NaN"), "the number is not finite"),
    (text("A1", "a_x0000_b"), "the text holds a NUL character"),
    (text("A1", "长" * 32_768), "the text is longer than the {limit} characters of a cell"),
]


@pytest.mark.parametrize("plain", [True, False], ids=["quick look", "careful look"])
@pytest.mark.parametrize(("cell", "reason"), DISTRUSTED)
def test_cells_that_cannot_be_trusted(tmp_path, limits, cell, reason, plain):
    comment = "" if plain else "<!-- not plain -->"
    xml = sheet(comment + row(1, cell, text("B1", "x")) + row(2, text("A2", "y")))
    got = only(book(tmp_path / "a.xlsx", xml), limits)
    assert shown(got[0]) == [reason, "x"]
    assert got[1] == ["y"]


@pytest.mark.parametrize("comment", ["", "<!-- not plain -->"], ids=["quick look", "careful look"])
def test_formulas_are_read_as_saved_and_counted(tmp_path, limits, comment):
    cells = ['<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="B1" t="str"><f>""</f><v></v></c>', text("C1", "x")]
    rows, found = read(book(tmp_path / "a.xlsx", sheet(comment + row(1, *cells))), limits)
    assert rows == [[[2, None, "x"]]]
    assert [(w.text, w.params["count"]) for w in found.warnings] == [
        ("{file}, sheet {sheet}: formulas read as last saved: {count}", 2)
    ]


def test_fault_beyond_the_last_value(tmp_path, limits):
    xml = sheet(row(1, text("A1", "x")) + row(3, '<c r="B3" t="e"><v>#N/A</v></c>'))
    got = only(book(tmp_path / "a.xlsx", xml), limits)
    assert got[:2] == [["x"], []]
    assert isinstance(got[2][1], Fault)


def test_merges_and_hidden_rows(tmp_path, limits):
    after = '<mergeCells count="1"><mergeCell ref="A2:B4"/></mergeCells>'
    xml = sheet(row(1, text("A1", "x")) + row(2, text("A2", "y"), extra=' hidden="1"') + '<row r="3"/>', after=after)
    with open_book(book(tmp_path / "a.xlsx", xml), limits=limits) as found:
        one = next(found.sheets())
        assert one.merges == (Merge(1, 0, 3, 1),)
        assert (one.name, one.visible, one.hidden_rows) == ("Sheet1", True, 1)


def test_what_lies_under_merged_cells_is_passed_over(tmp_path, limits):
    """reliability.md B, value hidden under a merge; what only repeats the value shown stays."""
    after = '<mergeCells count="2"><mergeCell ref="A2:A4"/><mergeCell ref="B1:C1"/></mergeCells>'
    cells = [text("A1", "部门"), text("B1", "甲"), text("C1", "旧"), text("D1", "x")]
    hidden = [row(2, text("A2", "一部")), row(3, text("A3", "一部"), text("D3", "y")), row(4, text("A4", "遮住"))]
    rows, found = read(book(tmp_path / "a.xlsx", sheet(row(1, *cells) + "".join(hidden), after=after)), limits)
    assert rows == [[["部门", "甲", None, "x"], ["一部"], ["一部", None, None, "y"], []]]
    assert [w.params["count"] for w in found.warnings] == [2]


def test_hidden_sheets_are_skipped_and_named(tmp_path, limits):  # decisions.md 13
    xml = [sheet(row(1, text("A1", name))) for name in "abc"]
    path = book(tmp_path / "a.xlsx", *xml, states={2: 'state="hidden"', 3: 'state="veryHidden"'})
    rows, found = read(path, limits)
    assert rows == [[["a"]]]
    assert [w.params["names"] for w in found.warnings] == ["Sheet2, Sheet3"]
    assert read(path, limits, sheet="Sheet3")[0] == [[["c"]]]
    with pytest.raises(RefusedError, match="no sheet"):
        read(path, limits, sheet="Sheet9")


def test_own_property_comes_along(tmp_path, limits):  # forms.md 3.0
    custom = (
        '<Properties xmlns:vt="v"><property name="custcli-form"><vt:lpwstr>orders 1</vt:lpwstr></property></Properties>'
    )
    path = book(tmp_path / "a.xlsx", sheet(row(1, text("A1", "x"))), extra=[("docProps/custom.xml", custom)])
    with open_book(path, limits=limits) as found:
        assert [one.custom for one in found.sheets()] == [{"custcli-form": "orders 1"}]


def test_text_loses_what_is_never_meant(tmp_path, limits):  # reliability.md D 16
    cells = [
        text("A1", "a_x001B_b"),
        text("B1", "李\u202e四"),
        text("C1", "\ufeff张"),
        text("D1", "👨\u200d👩"),
        text("E1", "a&#13;&#10;b"),
        text("F1", "张\u200d三\u200c"),
    ]
    got = only(book(tmp_path / "a.xlsx", sheet(row(1, *cells))), limits)
    assert got == [["ab", "李四", "张", "👨\u200d👩", "a\nb", "张三"]]


def test_pictures_in_cells_are_dropped_and_counted(tmp_path, limits):  # libraries.md 3.5
    path = book(tmp_path / "a.xlsx", sheet(row(1, text("A1", '=DISPIMG("ID_ABC",1)'), text("B1", "x"))))
    rows, found = read(path, limits)
    assert rows == [[[None, "x"]]]
    assert [w.params["count"] for w in found.warnings] == [1]


def test_unordered_rows_and_cells_are_read_right(tmp_path, limits):  # reliability.md B
    xml = sheet(row(2, text("B2", "d"), text("A2", "c")) + row(1, text("A1", "a")))
    assert only(book(tmp_path / "a.xlsx", xml), limits) == [["a"], ["c", "d"]]


def test_formatted_but_empty_cells_do_not_count_as_columns(tmp_path, limits):
    xml = sheet(row(1, text("A1", "a"), '<c r="XFD1" s="1"/>') + row(1_048_576, '<c r="A1048576" s="1"/>'))
    assert only(book(tmp_path / "a.xlsx", xml), limits) == [["a"]]


CELLS = st.sampled_from(["text", "number", "empty", "formula", "bare", "error", "none"])


def _cell(kind: str, ref: str) -> str:
    return {
        "text": text(ref, "x"), "number": number(ref, "5"), "empty": f'<c r="{ref}" s="1"/>', "none": "",
        "formula": f'<c r="{ref}"><f>A1</f><v>1</v></c>', "bare": f'<c r="{ref}"><f>A1</f></c>',
        "error": f'<c r="{ref}" t="e"><v>#N/A</v></c>',
    }[kind]  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5), st.booleans())
def test_both_looks_see_the_same(table, hidden):
    rows = [
        row(n, *(_cell(kind, f"{'ABCD'[c]}{n}") for c, kind in enumerate(kinds)), extra=' hidden="1"' * hidden)
        for n, kinds in enumerate(table, 1)
    ]
    xml = sheet("".join(rows)).encode()
    quick = scan._quick(io.BytesIO(xml), 256, 1000)
    careful = scan._Careful("a", 256).look(io.BytesIO(xml))
    assert (quick.faults, quick.formulas, quick.hidden_rows) == (careful.faults, careful.formulas, careful.hidden_rows)
    assert quick.last_row == careful.last_row
    assert quick.last_column >= careful.last_column  # formatted cells beside values count only for the quick look


LOL = '<!DOCTYPE x [<!ENTITY a "lol">]>'
SHARED = [("xl/sharedStrings.xml", f"<sst {books.NS}><si><t>first</t></si></sst>")]
"""The reader of values takes the first text for one of a number below 0."""
REFUSED = [  # name, sheet xml, further parts, what the sentence says
    ("double row", sheet(row(1, text("A1", "a")) + row(1, text("A1", "b"))), [], "row 1 occurs twice"),
    ("double cell", sheet(row(1, text("A1", "a"), text("A1", "b"))), [], "cell A1 occurs twice"),
    ("wrong row", sheet(row(1, text("A7", "a"))), [], "cell A7 stands in another row"),
    ("column off", sheet(row(1, text("ZZZZ1", "a"))), [], "outside of any sheet"),
    ("no text", sheet(row(1, '<c r="A1" t="s"><v>-1</v></c>')), SHARED, "damaged"),
    ("no text, other order", sheet(row(1, '<c r="A1" t="s" s="1"><v>-1</v></c>')), SHARED, "damaged"),
    ("row off", sheet(row(1, text("A99999999999", "a"))), [], "outside of any sheet"),
    ("row zero", sheet(row(0, text("A0", "x"))), [], "outside of any sheet"),
    ("far column", sheet(row(2, text("XFD2", "a"))), [], "XFD2 lies beyond the 256 columns"),
    ("new error", sheet(row(1, '<c r="C1" t="e"><v>#SPILL!</v></c>')), [], "cell C1: an error value of a newer Excel"),
    ("dtd", LOL + sheet(row(1, text("A1", "a"))), [], "document type"),
    ("dtd elsewhere", sheet(""), [("xl/sharedStrings.xml", LOL + "<sst/>")], "document type"),
    ("cut xml", "<worksheet><sheetData><row", [], "damaged"),
    ("double part", sheet(""), [("XL\\worksheets\\sheet1.xml", "")], "two parts of one name"),
]


@pytest.mark.parametrize(("xml", "extra", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_books(tmp_path, limits, xml, extra, said):
    path = book(tmp_path / "a.xlsx", xml, extra=extra)
    with pytest.raises(RefusedError) as refused:
        read(path, limits)
    assert said in refused.value.message.params["reason"].text.format(
        **{"sheet": "", "cell": "", "limit": "", "row": ""} | dict(refused.value.message.params["reason"].params)
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sheets": 1}, "it has {count} sheets, more than the {limit} allowed"),
        ({"entries": 3}, "it holds {count} parts, more than the {limit} allowed"),
        ({"cells": 3}, "sheet {sheet} has more than {limit} cells: split it or raise the limit"),
        ({"unpacked_mib": 0}, "it unpacks to more than {limit} MiB: raise the limit if you trust it"),
    ],
)
def test_limits(tmp_path, limits, changed, code):
    xml = sheet(row(1, text("A1", "a"), text("B1", "b")) + row(2, text("A2", "a")))
    with pytest.raises(RefusedError) as refused:
        read(book(tmp_path / "a.xlsx", xml, xml), replace(limits, **changed))
    assert refused.value.message.params["reason"].text == code


def test_memory_limit_ends_the_child_only(tmp_path, limits):
    path = book(tmp_path / "a.xlsx", sheet(row(1, text("A1", "x" * 20_000_000))))
    with pytest.raises(RefusedError, match="cannot be read"):
        read(path, replace(limits, memory_mib=60))


def test_a_lie_that_aborts_the_parser_ends_the_child_only(tmp_path, limits):  # calamine issue 684: SIGABRT
    sst = f'<sst {books.NS} count="1" uniqueCount="4294967295"><si><t>x</t></si></sst>'
    rel = (
        '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships'
        '/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    plain = book(
        tmp_path / "b.xlsx", sheet(row(1, '<c r="A1" t="s"><v>0</v></c>')), extra=[("xl/sharedStrings.xml", sst)]
    )
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, rel if name.endswith("workbook.xml.rels") else old.read(name))
    with pytest.raises(RefusedError, match="cannot be read"):
        read(tmp_path / "a.xlsx", limits)


@pytest.mark.parametrize(
    ("content", "said"),
    [  # reliability.md B: HTML, XML 2003 and others under a workbook's name
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML table of Excel 2003"),
        (b"%PDF-1.4", "no table"),
        (b"\x09\x08\x08\x00\x00\x05\x05\x00", "before 97"),
        (b"", "empty"),
        (b"PK\x03\x04 truncated", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 truncated", "cannot be read"),
    ],
)
def test_disguised_files(tmp_path, limits, content, said):
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=said):
        read(path, limits)


def test_missing_files_folders_and_devices(tmp_path, limits):
    for path in (tmp_path / "none.csv", tmp_path, Path("/dev/null")):
        with pytest.raises(RefusedError):
            open_book(path, limits=limits)


def test_half_read_book_leaves_no_child(tmp_path, limits):
    xml = sheet("".join(row(n, text(f"A{n}", "x" * 100)) for n in range(1, 5000)))
    path = book(tmp_path / "a.xlsx", xml)
    with open_book(path, limits=limits) as found:
        next(next(found.sheets()).rows)
        half = found._end.__self__._child.nursery.process
    with open_book(path, limits=limits) as found:
        unread = found._end.__self__._child.nursery.process
    assert None not in {half.returncode, unread.returncode}


def test_standard_input_may_be_a_book(tmp_path, limits, monkeypatch):
    path = book(tmp_path / "a.xlsx", sheet(row(1, text("A1", "x"))))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    rows, found = read("-", limits)
    assert (rows, found.name, found.format) == ([[["x"]]], "-", "xlsx")
    assert read("-", limits)[0] == rows  # it comes in once and is read as often as is needed


def test_durations(tmp_path, limits):
    styles = books.STYLES.replace('numFmtId="22"', 'numFmtId="46"')  # [h]:mm:ss
    plain = book(tmp_path / "b.xlsx", sheet(row(1, number("A1", "1.5", 2))))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, styles if name.endswith("styles.xml") else old.read(name))
    assert only(tmp_path / "a.xlsx", limits) == [[timedelta(hours=36)]]
