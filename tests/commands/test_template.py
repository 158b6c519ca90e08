"""custcli template: what one fills in is imported without a rejected row (forms.md 3.0; case 50)."""

import json
from datetime import date

import openpyxl
import pytest

from custcli import messages
from custcli.context import Context
from custcli.domain.written import example
from custcli.files.sheet import LISTS
from custcli.services.template import columns, keys, unit
from custcli.services.records import places
from custcli.settings import load

DAY = "2026-06-30"
FORMS = ("wholesale", "retail", "pr", "end_user", "individual", "enterprise", "prospects", "orders", "payments")
NOT_TOGETHER = {"current_stage", "referred_by", "parent", "customer_name"}
"""What the samples of the other columns contradict, or what names other customers."""


@pytest.fixture(scope="module")
def forms():
    return Context(load(None, {}, {})).forms


def filled(form, path, tmp_path, values):
    """The template at `path` with rows of texts by the form's paths."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    every = [each for each in places(form, keys(form, date.fromisoformat(DAY)), [form.rows] if form.rows else [])]
    paths = [each.path for each in every if each.path not in form.set]
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
    every = places(form, keys(form, day), [form.rows] if form.rows else [])
    row = {each.path: example(form, each.field, day) for each in every if each.path not in NOT_TOGETHER}
    texts = {each.path for each in every if each.field.type == "text" and not each.field.check}
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
