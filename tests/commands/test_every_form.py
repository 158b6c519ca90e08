"""Each form's table and card, filled with its own export and imported: nothing changes (forms.md 5, case 50)."""

import json
import sqlite3

import openpyxl
import pytest
from tests.commands.test_template import ALL, DAY, FORMS, filled, forms, samples, summary  # noqa: F401 - a fixture

from custcli import messages
from custcli.domain.written import unit

DOSSIERS = tuple(name for name in FORMS if name not in {"orders", "payments"})


@pytest.fixture
def kept(run, forms, tmp_path):  # noqa: F811
    """A database with one full record of the form, and how to ask it; returns the code of its customer, too."""

    def make(name, language, **more):
        options = ["--db", tmp_path / "a.db", "--as-of", DAY, "--lang", language]
        assert run(*options, "template", name, "-o", tmp_path / "t.xlsx").code == 0
        messages.use(language)
        file = filled(forms[name], tmp_path / "t.xlsx", tmp_path, [samples(forms[name]) | more])
        assert summary(run(*options, "import", file, "--json", "--create-customers"))["new"] == 1
        return lambda *words: run(*options, *words)

    return make


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", DOSSIERS)
def test_the_card_of_a_full_dossier_is_read_back_equal(kept, tmp_path, name, language):
    ask = kept(name, language, **{"kind": None} if name == "prospects" else {})  # of a kind it has that kind's card
    file = tmp_path / "card.xlsx"
    said = ask("export", "card", "C-000001", "--reveal", "-o", file)
    assert said.code == 0, said.err
    found = summary(ask("import", file, "--strict", "--json"))
    assert (found["read"], found["unchanged"], found["change"], found["left_over"]) == (1, 1, None, [])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", DOSSIERS)
def test_an_empty_card_holds_no_record(kept, tmp_path, name, language):
    ask = kept(name, language)
    file = tmp_path / "card.xlsx"
    assert ask("template", name, "--card", "-o", file).code == 0
    said = json.loads(ask("import", file, "--strict", "--json").out)
    assert [(row["form"], row["read"]) for row in said["rows"]] == [(name, 0)]


def test_children_each_have_columns_and_lines(run, kept, tmp_path):
    """domain.md 1.8: 子女 姓名 年龄 生日, several of them."""
    born = {"children.1.name": "小明", "children.1.birth_date": "2015-03-05", "children.2.name": "小红"}
    ask = kept("individual", "zh", **born, **{"children.2.birth_date": "2018-11-20"})
    table, card = tmp_path / "out.xlsx", tmp_path / "card.xlsx"
    assert ask("export", "individual", "--reveal", "-o", table).code == 0
    sheet = openpyxl.load_workbook(table).active
    told = dict(zip(*([cell.value for cell in row] for row in sheet.iter_rows(max_row=2)), strict=True))
    assert [str(told[f"子女{number}{label}"])[:10] for number in (1, 2) for label in ("姓名", "出生日期")] == [
        "小明", "2015-03-05", "小红", "2018-11-20",
    ]  # fmt: skip
    assert ask("export", "card", "C-000001", "--reveal", "-o", card).code == 0
    texts = [cell.value for row in openpyxl.load_workbook(card).active for cell in row]
    assert {"子女1", "子女2", "小明", "小红"} <= set(texts)
    for file in (table, card):
        found = summary(ask("import", file, "--strict", "--json"))
        assert (found["unchanged"], found["change"]) == (1, None), file
    other = ["--db", tmp_path / "b.db", "--as-of", DAY]
    assert run(*other, "import", table, "--create-customers").code == 0
    shown = json.loads(run(*other, "show", "C-000001", "--reveal", "--json").out)
    assert {"小明", "小红"} <= {str(row.get("value")) for row in shown["rows"]}


def test_several_on_a_strangers_sheet(run, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(
        "客户编号,姓名,手机,子女1姓名,子女1出生日期,子女2,其他联系人1姓名\nC-1,甲,19900000001,乙,2015-01-02,丙,丁\n",
        encoding="utf-8",
    )
    found = summary(run("--db", tmp_path / "a.db", "import", file, "--as", "individual", "--json"))
    assert (found["new"], [each["text"] for each in found["left_over"]]) == (1, ["其他联系人1姓名"])
    shown = json.loads(run("--db", tmp_path / "a.db", "show", "C-1", "--reveal", "--json").out)
    assert {"乙", "丙"} <= {str(row.get("value")) for row in shown["rows"]}


def written_on(path, form, record, lines):
    """The empty paper at `path` filled: values beside their labels, lines below theirs."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    ends = {(one.min_row, one.min_col): one.max_col for one in sheet.merged_cells.ranges}
    labels = {f"{item.label}{unit(item)}": item for item in form.fields.values()}
    for cell in [cell for row in sheet.iter_rows() for cell in row if cell.value in labels]:
        item = labels[cell.value]
        if item.group == form.rows and form.rows:
            for number, line in enumerate(lines, 1):
                sheet.cell(cell.row + number, cell.column).value = line.get(item.name)
        else:
            sheet.cell(cell.row, ends.get((cell.row, cell.column), cell.column) + 1).value = record.get(item.name)
    book.save(path)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["orders", "payments"])
def test_the_paper_of_a_register_filled_by_hand(run, forms, tmp_path, name, language):  # noqa: F811
    options = ["--db", tmp_path / "a.db", "--as-of", DAY, "--lang", language]
    assert run(*options, "template", name, "--card", "-o", tmp_path / "card.xlsx").code == 0
    messages.use(language)
    form = forms[name]
    record = samples(form)
    line = {path: value for path, value in record.items() if path.startswith("lines.")}
    written_on(tmp_path / "card.xlsx", form, record, [line, line | {"lines.product": "米"}])
    for state, more in (("new", ["--create-customers"]), ("unchanged", [])):
        found = summary(run(*options, "import", tmp_path / "card.xlsx", "--strict", "--json", *more))
        assert (found["read"], found[state], found["left_over"]) == (1, 1, [])
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT count(*) FROM order_line").fetchone() == (2 * (name == "orders"),)


def test_every_form_is_here(forms):  # noqa: F811
    assert {name for name, form in forms.items() if form.table != "entry"} >= set(ALL)
