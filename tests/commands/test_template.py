"""custcli template: what one fills in is imported without a rejected row (forms.md 3.0; case 50)."""

import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from custcli import messages
from custcli.context import Context
from custcli.domain.layout.units import default_unit
from custcli.domain.written import example, unit
from custcli.files.sheet import LISTS
from custcli.services.records import places
from custcli.services.template import columns, elements, keys
from custcli.settings import load

DAY = "2026-06-30"
FORMS = ("wholesale", "retail", "pr", "end_user", "individual", "enterprise", "prospects", "orders", "payments")
ALL = (*FORMS, "order_lines")
NOT_TOGETHER = {"current_stage", "referred_by", "parent", "customer_name"}
"""What the samples of the other columns contradict, or what names other customers."""


@pytest.fixture(scope="module")
def forms():
    return Context(load(None, {}, {})).forms


def every(form):
    """All columns of the form's template."""
    day = date.fromisoformat(DAY)
    return places(form, keys(form, day) | elements(form), [form.rows] if form.rows else [])


def filled(form, path, tmp_path, values):
    """The template at `path` with rows of texts by the form's paths."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    paths = [each.path for each in every(form) if each.path not in form.set]
    assert len(paths) == sheet.max_column
    for number, row in enumerate(values, 2):
        for column, name in enumerate(paths, 1):
            if row.get(name) not in (None, ""):
                sheet.cell(number, column).value = row[name]
    out = tmp_path / "filled.xlsx"
    book.save(out)
    return out


def samples(form):
    """The samples that the notes give."""
    day = date.fromisoformat(DAY)
    asked = every(form)
    row = {each.path: example(form, each.field, day) for each in asked if each.path not in NOT_TOGETHER}
    texts = {each.path for each in asked if each.field.type == "text" and not each.field.check}
    row |= {path: f"文字{number}" for number, path in enumerate(sorted(texts - NOT_TOGETHER))} | {"code": "C-000001"}
    people = [path for path in row if path.endswith(".id_no")]
    return row | dict(zip(people, ("11010519491231002X", "110101199003078670"), strict=False))  # two people


def summary(said):
    assert said.code == 0, said.err
    return json.loads(said.out)["summary"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FORMS)
def test_samples_are_imported_and_are_unchanged_the_second_time(run, forms, tmp_path, name, language):
    form = forms[name]
    messages.use(language)
    options = ["--db", tmp_path / "a.db", "--as-of", DAY, "--lang", language]
    assert run(*options, "template", name, "-o", tmp_path / "t.xlsx").code == 0
    messages.use(language)
    file = filled(form, tmp_path / "t.xlsx", tmp_path, [samples(form)])
    first = summary(run(*options, "import", file, "--strict", "--json", "--create-customers"))
    assert (first["read"], first["new"], first["rejected"], first["left_over"]) == (1, 1, 0, [])
    again = summary(run(*options, "import", file, "--strict", "--json"))
    assert (again["read"], again["unchanged"], again["change"]) == (1, 1, None)
    rows = json.loads(run(*options, "export", form.zh, "--reveal", "--json").out, parse_float=Decimal)["rows"]
    messages.use(language)
    exported = filled(form, tmp_path / "t.xlsx", tmp_path, [as_typed(form, row) for row in rows])
    back = summary(run(*options, "import", exported, "--strict", "--json"))
    assert (back["read"], back["unchanged"], back["change"]) == (1, 1, None)


def as_typed(form, row):
    """Exported values as people write them: amounts in the unit of the heading, shares with their sign."""
    return {path: typed(item_at(form, path), value) for path, value in row.items() if value is not None}


def item_at(form, path):
    group, _, key = path.rpartition(".")
    return form.fields[f"{group.partition('.')[0]}.{key}" if group else path]


def typed(item, value):
    if isinstance(value, bool | list):
        return messages.say("yes" if value else "no") if isinstance(value, bool) else "; ".join(value)
    if item.type == "percent":
        return f"{value * 100}%"
    return str(value / Decimal(default_unit(item))) if item.type == "money" else value


@pytest.mark.parametrize("name", ALL)
def test_headings_notes_lists_and_formats(run, forms, tmp_path, name):
    form = forms[name]
    run("--lang", "zh", "--as-of", DAY, "template", name, "-o", tmp_path / "t.xlsx")
    messages.use("zh")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book.worksheets[0]
    assert {one.name: one.value for one in book.custom_doc_props.props} == {"custcli-form": f"{name} {form.version}"}
    assert (sheet.title, sheet.freeze_panes) == (form.zh, "A2")
    spans = [(each.min, each.max, each.number_format) for each in sheet.column_dimensions.values()]
    looks = {column: look for first, last, look in spans for column in range(first, last + 1)}
    validated = {str(one.sqref).split(":")[0]: one for one in sheet.data_validations.dataValidation}
    for cell, column in zip(sheet[1], columns(form, date.fromisoformat(DAY)), strict=True):
        assert (cell.value, cell.comment.text) == (column.heading, column.note)
        assert looks[cell.column] == str(column.look)
        assert (f"{cell.column_letter}2" in validated) == bool(column.words)
    assert all(one.title == LISTS and one.sheet_state == "veryHidden" for one in book.worksheets[1:])


def test_what_headings_and_notes_say(forms):
    """domain.md 1.4: amounts in 万元, three years; libraries.md: digits stay text."""
    messages.use("zh")
    told = {column.heading: column for column in columns(forms["wholesale"], date.fromisoformat(DAY))}
    assert [f"{year}年金额(万元)" in told for year in (2022, 2023, 2024, 2025, 2026)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    for digits in ("手机", "电话", "统一社会信用代码", "法人代表身份证号码", "客户编号"):
        assert told[digits].look == "@"
    assert told["填表日期"].look == "yyyy-mm-dd"
    assert told["所属业务区*"].required
    assert told["法人代表性别"].words == ["男", "女", "未知"]
    assert "客户档案类别" not in told
    note = told["2025年金额(万元)"].note
    assert "单位：万元" in note
    assert "12.5" in note
    assert "电话 / 手机" in told["手机"].note


def test_units_in_english(forms):
    messages.use("en")
    assert unit(forms["wholesale"].fields["yearly_sales.amount"]) == " (10,000 yuan)"


def test_a_template_of_a_newer_version_is_refused(run, tmp_path):
    run("template", "payments", "-o", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    book.custom_doc_props.props[0].value = "payments 99"
    book.save(tmp_path / "t.xlsx")
    said = run("--db", tmp_path / "a.db", "import", tmp_path / "t.xlsx")
    assert (said.code, "99" in said.err) == (4, True)


def test_a_sheet_of_another_form_in_a_template_is_read_by_its_labels(run, tmp_path):
    run("--lang", "zh", "template", "wholesale", "-o", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book.create_sheet("回款")
    for row in (["回款单号", "客户编号", "回款日期", "回款金额"], ["P-1", "C-1", "2026-06-01", 5]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    said = run("--db", tmp_path / "a.db", "import", tmp_path / "t.xlsx", "--create-customers", "--json")
    assert [(row["form"], row["read"]) for row in json.loads(said.out)["rows"]] == [("wholesale", 0), ("payments", 1)]


def test_the_rejects_of_a_template_are_known_as_its_form(run, forms, tmp_path):
    run("--lang", "zh", "--as-of", DAY, "template", "retail", "-o", tmp_path / "t.xlsx")
    messages.use("zh")
    rows = [{**samples(forms["retail"]), "mobile": mobile} for mobile in ("13800138000", "138")]
    rows[1] |= {"code": "C-2", "uscc": None, "name": "另一家"}
    file = filled(forms["retail"], tmp_path / "t.xlsx", tmp_path, rows)
    rejects = tmp_path / "r.xlsx"
    said = run("--db", tmp_path / "a.db", "import", file, "--on-error", "skip", "--rejects", rejects)
    assert said.code == 3, said.err
    assert [one.value for one in openpyxl.load_workbook(rejects).custom_doc_props.props] == ["retail 1"]


def test_the_same_day_gives_the_same_bytes(run, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        run("--as-of", DAY, "template", "prospects", "-o", tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing", "-o", "t.xlsx"], 6),
        (["批发", "-o", "t.xlsx"], 0),
        (["wholesale", "-o", "t.csv"], 2),
        (["wholesale"], 2),
    ],
)
def test_exit_codes(run, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    assert run("template", *words).code == code


def test_an_existing_file_is_kept(run, tmp_path):
    file = tmp_path / "t.xlsx"
    file.write_text("mine", encoding="utf-8")
    assert run("template", "wholesale", "-o", file).code == 4
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("template", "wholesale", "-o", file, "--force").code == 0
