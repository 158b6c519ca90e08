"""The paper form: every place of the sheet is covered once, whatever is written on it (domain.md F018)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custcli import messages
from custcli.context import Context
from custcli.domain.paper import PAGE_WIDTH, Content, Role, lay_out, written
from custcli.services.template import keys
from custcli.settings import load

DAY = date(2026, 6, 30)
FORMS = Context(load(None, {}, {})).forms
LAID_OUT = sorted(name for name, form in FORMS.items() if form.card)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=60)


def paper_of(form_name, /, **values):
    form = FORMS[form_name]
    numbers = (path.split("__")[1] for path in values if path.count("__") > 1)
    elements = {str(form.rows): max(map(int, numbers), default=0)}
    told = {path.replace("__", "."): value for path, value in values.items()}
    return lay_out(form, Content(told, keys(form, DAY), elements))


def said(paper, role=None):
    return [cell.text for cell in paper.cells if cell.text and role in {None, cell.role}]


def beside(paper, label):
    """What stands right of a label."""
    found = next(cell for cell in paper.cells if cell.text == label and cell.role is Role.LABEL)
    return next(one for one in paper.cells if one.top == found.top and one.left == found.right + 1)


def covered_once(paper):
    places = [
        (row, column)
        for cell in paper.cells
        for row in range(cell.top, cell.bottom + 1)
        for column in range(cell.left, cell.right + 1)
    ]
    every = {(row, column) for row in range(len(paper.heights)) for column in range(len(paper.widths))}
    return len(places) == len(set(places)) and set(places) == every


@pytest.fixture(autouse=True, params=["zh", "en"])
def language(request):
    messages.use(request.param)
    yield request.param
    messages.use("en")


def test_the_three_papers_and_others_are_laid_out():
    assert {"wholesale", "retail", "pr"} <= set(LAID_OUT)


@pytest.mark.parametrize("name", LAID_OUT)
def test_every_place_is_covered_once(name):
    paper = paper_of(name)
    assert covered_once(paper)
    assert PAGE_WIDTH <= sum(paper.widths) <= PAGE_WIDTH * 1.5
    assert min(paper.widths) > 0


@pytest.mark.parametrize("name", ["wholesale", "retail", "pr"])
def test_an_empty_one_fits_a_page(language, name):
    """English labels break: that paper is shrunk a little."""
    assert paper_of(name).pages <= (1.002 if language == "zh" else 1.1)


@pytest.mark.parametrize("name", LAID_OUT)
def test_every_field_that_the_card_names_has_its_label(name):
    form = FORMS[name]
    named = {each for row in form.card for each in row}
    items = [item for item in form.fields.values() if {item.name, item.group} & named]
    labels = "|".join(said(paper_of(name), Role.LABEL))
    assert [item.name for item in items if item.label not in labels and not (item.derived or item.off)] == []


def test_boxes_for_few_words(language):
    """forms.md 2: □ empty, ☑ ticked."""
    if language == "zh":
        male = paper_of("wholesale", legal_rep__gender="male")
        assert "☑男 □女" in said(male, Role.VALUE)
        assert said(paper_of("wholesale"), Role.VALUE) == ["□男 □女", "□男 □女"]
        assert "☑批发 ☑零售" in said(paper_of("retail", trade_mode=["wholesale", "retail"]))


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("legal_rep.gender", "unknown", "□男 □女 ☑未知"),
        ("legal_rep.gender", "***", "***"),  # masked
        ("manager.marital", "married", "☑已婚 □未婚 □离异 □丧偶"),
        ("source_channel", "phone", "电话"),  # too many words for boxes
        ("source_channel", "路过", "路过"),  # an open list keeps other words
        ("product_lines", ["啤酒", "白酒"], "啤酒、白酒"),
        ("business_address", None, ""),
    ],
)
def test_words(language, path, value, text):
    if language == "zh":
        assert written(FORMS["wholesale"], FORMS["wholesale"].fields[path], value) == text


def test_years_across_and_units_in_the_labels(language):
    if language == "zh":
        paper = paper_of("wholesale", yearly_sales__2024__amount="125")
        assert [text for text in said(paper) if text.endswith("年")] == ["2023年", "2024年", "2025年"]
        assert "金额(万元)" in said(paper, Role.LABEL)
        row = next(cell.top for cell in paper.cells if cell.text == "金额(万元)")
        assert [cell.text for cell in paper.cells if cell.top == row] == ["金额(万元)", "", "125", ""]


def test_a_composite_is_joined_again(language):
    if language == "zh":
        paper = paper_of("wholesale", downstream_count="120", downstream_note="多为夫妻店")
        assert beside(paper, "拥有客户数量及情况").text == "120，多为夫妻店"


def test_the_photo_goes_down_over_its_rows():
    paper = paper_of("wholesale")
    label = FORMS["wholesale"].fields["photo_path"].label
    photo = beside(paper, label)
    assert photo.bottom - photo.top == 3


def test_a_unit_of_table_three_stands_in_its_printed_row(language):
    """domain.md 1.6: 职能部门 over its offices; two people of one office."""
    if language == "zh":
        paper = paper_of(
            "pr", name="昆山税务局", org_kind="tax", org_group="office", people__1__name="王五", people__2__name="李四"
        )
        assert covered_once(paper)
        tax = next(cell for cell in paper.cells if cell.text == "税务局")
        unit = next(cell for cell in paper.cells if cell.text == "昆山税务局")
        assert (tax.top, tax.bottom) == (unit.top, unit.bottom)
        people = {cell.text: cell.top for cell in paper.cells if cell.text in {"王五", "李四"}}
        assert people == {"王五": unit.top, "李四": unit.bottom}
        office = next(cell for cell in paper.cells if cell.text == "职能部门")
        assert office.top < tax.top < office.bottom
        assert sum(cell.text == "职能部门" for cell in paper.cells) == 1


@pytest.mark.parametrize("kind", [None, "街道办"])
def test_a_unit_of_a_kind_that_is_not_printed_has_a_row_of_its_own(kind):
    stated = {"name": "城关街道", "people__1__name": "王五"} | ({"org_kind": kind} if kind else {})
    paper = paper_of("pr", **stated)
    assert covered_once(paper)
    assert {"城关街道", "王五", *([kind] if kind else [])} <= set(said(paper))


@pytest.mark.parametrize("name", ["wholesale", "pr", "prospects"])
@settings(max_examples=25)
@given(st.data())
def test_whatever_is_written_stands_there_once(name, data):
    form = FORMS[name]
    named = {each for row in form.card for each in row}
    own = [item for item in form.fields.values() if item.name in named and item.group != form.rows]
    free = [item.name for item in own if item.type == "text" and not item.off]
    values = {path: data.draw(texts) for path in free}
    paper = lay_out(form, Content(values, keys(form, DAY)))
    assert covered_once(paper)
    shown = said(paper, Role.VALUE)
    assert all(shown.count(text) >= 1 for text in values.values() if text)
