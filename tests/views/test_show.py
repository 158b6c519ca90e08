"""Answers: every format from the same grid, masked in one place, never cut."""

import csv
import io
import json
import stat
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custcli.domain.cells import unguard
from custcli.errors import RefusedError, UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import message
from custcli.views import say_done, show
from custcli.views.machine import csv_text

COLUMNS = [
    Column("code", "Code", Kind.CODE),
    Column("name", "Name", masks={"individual": "name"}),
    Column("kind", "Kind", Kind.TOKEN, labels={"individual": "yes"}),
    Column("amount", "Amount", Kind.MONEY),
    Column("share", "Share", Kind.SHARE),
    Column("on", "Date", Kind.DATE),
    Column("phones", "Phones", Kind.LIST, masks={None: "phone"}, wide=True),
]
ROWS = [
    ["C000001", "深圳市腾讯计算机系统有限公司", "enterprise", 12345678900, 0.5, date(2026, 3, 5), ["13800138000"]],
    ["C000002", "=1+1[/b]坏[VIP]\x1b]0;x\x07客户", "enterprise", -1, 1 / 3, None, None],
    ["C000003", "张三丰", "individual", None, 0.0, None, []],
]


@dataclass
class Screen:
    format: str | None = None
    output: str | None = None
    header: bool = True
    labels: bool = False
    force: bool = False
    limit: int | None = None
    quiet: bool = False
    reveal: bool = False
    color: str = "auto"
    day: date = date(2026, 6, 30)
    into_folder: bool = False


def grid(times=1, **more):
    return Grid("list", COLUMNS, (row for _ in range(times) for row in ROWS), mask_by=2, **more)


@pytest.fixture
def shown(capsys):
    def call(format_=None, answer=None, **how):
        show(Screen(format_, **how), answer or grid())
        return capsys.readouterr().out

    return call


def test_json_is_one_document_with_exact_numbers(shown):
    summary = {"customers": 3, "total": Money(12345678901), "abc": {"A": {"share": 1 / 3}}, "ratio": Decimal("0.10")}
    out = shown(
        "json", grid(summary=summary, as_of=date(2026, 6, 30), extra={"rejects": [{"cell": "A3", "value": None}]})
    )
    document = json.loads(out, parse_float=Decimal)
    assert list(document) == ["command", "as_of", "rows", "summary", "rejects"]
    assert (document["command"], document["as_of"]) == ("list", "2026-06-30")
    assert document["summary"] == {
        "customers": 3,
        "total": Decimal("1234567.8901"),
        "abc": {"A": {"share": Decimal("0.3333333333")}},
        "ratio": Decimal("0.10"),
    }
    assert document["rejects"] == [{"cell": "A3", "value": None}]
    first, second, third = document["rows"]
    assert list(first) == [column.name for column in COLUMNS]
    assert (first["amount"], second["amount"], third["amount"]) == (Decimal("1234567.89"), Decimal("-0.0001"), None)
    assert (first["on"], second["on"], first["phones"]) == ("2026-03-05", None, ["138****8000"])
    assert second["name"] == ROWS[1][1]
    assert "腾讯" in out


def test_json_without_rows(shown):
    answer = Grid("runs", COLUMNS, [])
    assert json.loads(shown("json", answer)) == {"command": "runs", "as_of": "2026-06-30", "rows": [], "summary": {}}


def test_jsonl_has_an_object_a_line(shown):
    rows = [json.loads(line) for line in shown("jsonl").splitlines()]
    assert [row["code"] for row in rows] == ["C000001", "C000002", "C000003"]


def test_data_has_the_same_bytes_under_any_terminal(shown, monkeypatch):  # R12
    plain = {name: shown(name) for name in ("json", "jsonl", "csv", "tsv")}
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "20", "GITHUB_ACTIONS": "true", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert {name: shown(name) for name in plain} == plain


@pytest.mark.parametrize(("format_", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv(shown, format_, delimiter):
    out = shown(format_)
    header, first, second, third = csv.reader(io.StringIO(out), delimiter=delimiter)
    assert header == [column.name for column in COLUMNS]
    assert first == ["C000001", ROWS[0][1], "enterprise", "1234567.89", "0.5", "2026-03-05", "138****8000"]
    assert second[1] == "'=1+1[/b]坏[VIP]\\x1b]0;x\\x07客户"
    assert second[3] == "-0.0001"  # a number is no formula
    assert third[3] == ""
    assert "\x1b" not in out


@given(st.text("=+-@\t＝＋－＠'0a甲,\"\n"))
def test_text_like_a_formula_is_made_safe_and_import_takes_it_back(text):  # cli.md 3
    assume(not text.startswith('="'))
    page = "".join(csv_text(Grid("x", [Column("a", "A"), Column("b", "B")], [[text, "b"]]), header=False))
    ((cell, _),) = csv.reader(io.StringIO(page, newline=""))
    assert not cell.startswith(tuple("=+-@\t＝＋－＠"))
    assert unguard(cell) == text


def test_header_options(shown):
    assert shown("csv", header=False).count("\n") == 3
    assert shown("csv", labels=True).splitlines()[0] == "Code,Name,Kind,Amount,Share,Date,Phones"


def test_a_piped_table_is_never_cut(shown, monkeypatch):  # R16, R17, R19, R21, R22
    monkeypatch.setenv("COLUMNS", "40")
    out = shown(answer=grid(title=message("Customers"), notes=[message("A note")]))
    lines = out.splitlines()
    assert lines[0] == "Customers"
    assert lines[2].split() == ["Code", "Name", "Kind", "Amount", "Share", "Date"]  # wide columns are left out
    assert ROWS[0][1] in lines[4]
    assert "1,234,567.89" in lines[4]
    assert "50.0 %" in lines[4]
    assert "=1+1[/b]坏[VIP]\\x1b]0;x\\x07客户" in lines[5]
    assert lines[-1] == "A note"
    assert "\x1b" not in out


def test_a_table_in_a_pipe_has_all_rows(shown):
    assert shown(answer=grid(100)).count("C000001") == 100


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "tsv", "table"])
def test_personal_data_is_masked_everywhere(shown, format_):
    out = shown(format_)
    assert "张三丰" not in out
    assert "13800138000" not in out
    assert "张*" in out


def test_a_reveal_is_noted(shown, monkeypatch):
    import sys
    from types import ModuleType

    noted = []
    journal = ModuleType("custcli.services.journal")
    journal.note_reveal = lambda _run, *what: noted.append(what)
    monkeypatch.setitem(sys.modules, "custcli.services.journal", journal)
    assert "张三丰" in shown("csv", reveal=True)
    assert noted == [(3, None)]
    assert "张三丰" in shown("csv", grid(count=7, summary={"code": "C1"}), reveal=True)
    assert noted[1:] == [(7, "C1")]
    shown("csv", Grid("x", [Column("a", "A")], [["b"]]), reveal=True)
    assert len(noted) == 2  # nothing personal, nothing to note


def test_quiet_says_no_table_but_gives_the_data_that_was_asked_for(shown, capsys):
    assert shown(quiet=True) == ""
    assert shown("csv", quiet=True) != ""
    say_done(Screen(quiet=True), message("Done"))
    assert capsys.readouterr().err == ""
    say_done(Screen(), message("Done"))
    assert capsys.readouterr().err == "Done\n"


def test_several_tables_are_no_data(capsys):
    show(Screen(), grid(), grid())
    assert capsys.readouterr().out.count("C000001") == 2
    with pytest.raises(UsageError):
        show(Screen("csv"), grid(), grid())


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "tsv", "html", "xlsx"])
def test_files_are_private_and_refuse_to_overwrite(tmp_path, format_, capsys):  # R38
    path = tmp_path / f"o.{format_}"
    path.write_text("keep")
    with pytest.raises(RefusedError):
        show(Screen(format_, str(path)), grid())
    assert path.read_text() == "keep"
    show(Screen(format_, str(path), force=True), grid())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "张三丰".encode() not in path.read_bytes()
    assert capsys.readouterr() == ("", f"Written: {path}\n")


def test_a_failed_export_leaves_no_file(tmp_path):  # R39
    def broken():
        yield ROWS[0]
        raise RefusedError("bad")

    with pytest.raises(RefusedError):
        show(Screen("csv", str(tmp_path / "o.csv")), Grid("x", COLUMNS, broken(), mask_by=2))
    assert list(tmp_path.iterdir()) == []


def test_csv_in_a_file_has_the_mark_for_excel(tmp_path):
    path = tmp_path / "o.csv"
    show(Screen("csv", str(path)), grid())
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcode,")


def test_a_workbook_has_typed_cells_and_no_formulas(tmp_path):
    path = tmp_path / "o.xlsx"
    show(Screen("xlsx", str(path)), grid(title=message("Customers")))
    sheet = openpyxl.load_workbook(path).active
    head, first, second, third = sheet.iter_rows()
    assert [cell.value for cell in head] == ["Code", "Name", "Kind", "Amount", "Share", "Date", "Phones"]
    assert (first[3].value, first[3].data_type) == (1234567.89, "n")
    assert first[5].value.date() == date(2026, 3, 5)
    assert second[1].data_type == "s"
    assert third[1].value == "张*"
    assert third[2].value == "yes"


def test_a_page_is_escaped_and_loads_nothing(tmp_path):
    path = tmp_path / "o.html"
    answer = Grid("x", [Column("a", "A")], [["<script>alert(1)</script>&"]], title=message("<b>"))
    show(Screen("html", str(path)), answer)
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text
    assert "default-src 'none'" in text
    assert [tag for tag in tags(text) if tag in {"script", "b", "link", "img"}] == []


def tags(text):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: found.append(tag)
    parser.feed(text)
    return found


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "jsonl"])
def test_notes_of_data_are_said_on_stderr(shown, capsys, format_):
    answer = grid(notes=[message("this run was not stored")])
    assert "not stored" not in shown(format_, answer)
    show(Screen(format_), grid(notes=[message("this run was not stored")]))
    assert capsys.readouterr().err == "this run was not stored\n"
    show(Screen(format_, quiet=True), grid(notes=[message("this run was not stored")]))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "html"])
def test_notes_of_a_file_are_said_on_stderr(tmp_path, capsys, ending):
    show(Screen(ending, str(tmp_path / f"a.{ending}")), grid(notes=[message("this run was not stored")]))
    assert "this run was not stored" in capsys.readouterr().err.splitlines()


def test_notes_of_a_table_stand_beneath_it_alone(capsys):
    show(Screen(), grid(notes=[message("this run was not stored")]))
    said = capsys.readouterr()
    assert (said.out.count("not stored"), said.err) == (1, "")


def test_a_column_of_usual_values_takes_no_room(shown):
    columns = [Column("a", "A"), Column("b", "B", usual=(None, "sale"))]
    assert "B" not in shown("table", Grid("x", columns, [["1", "sale"], ["2", None]]))
    assert "B" in shown("table", Grid("x", columns, [["1", "sale"], ["2", "return"]]))
    assert '"b": "sale"' in shown("json", Grid("x", columns, [["1", "sale"]]))


def test_a_sheet_has_its_short_name(tmp_path):
    path = tmp_path / "a.xlsx"
    long = message("Customers by value in CNY, 2025-04-01 to 2026-03-31: A up to 80 %, B up to 95 %")
    show(Screen("xlsx", str(path)), grid(title=long, sheet=message("Classes")))
    assert openpyxl.load_workbook(path).sheetnames == ["Classes"]
