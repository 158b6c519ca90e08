"""Which fields stand in which columns, what they are called, and from whom they are hidden."""

from importlib import resources

import pytest

from custcli import messages
from custcli.domain.forms import load
from custcli.domain.layout import place
from custcli.errors import UnknownError, UsageError
from custcli.grid import Kind
from custcli.services.records import asked, kind, label, masks, parsed, places, shown_columns, sorting

FORMS = load(
    (file.name, file.read_text(encoding="utf-8"))
    for file in resources.files("custcli").joinpath("forms").iterdir()
    if file.name.endswith(".toml")
)


@pytest.mark.parametrize(
    ("words", "form", "terms"),
    [
        ([], "customers", 0),
        (["region=华东"], "customers", 1),
        (["customers", "张"], "customers", 1),
        (["客户"], "customers", 0),
        (["wholesale"], "wholesale", 0),
        (["表一", "region=华东", "x"], "wholesale", 2),
        (["个人"], "individual", 0),
        (["Company"], "enterprise", 0),  # an alias of the kind (domain.md 1.3)
        (["订单"], "orders", 0),
        (["潜在客户"], "prospects", 0),
    ],
    ids=str,
)
def test_the_first_word_names_the_form(words, form, terms):
    found, said = asked(FORMS, words)
    assert (found.name, len(said)) == (form, terms)


def test_a_bare_word_in_front_must_be_a_form():
    with pytest.raises(UnknownError):
        asked(FORMS, ["张三"])


def test_what_is_no_term_is_wrong_usage():
    with pytest.raises(UsageError):
        parsed(["name~"])


@pytest.mark.parametrize(
    ("form", "field", "expected"),
    [
        ("wholesale", "name", {}),
        ("wholesale", "mobile", {None: "phone"}),
        ("wholesale", "referred_by", {}),  # shown as a code
        ("individual", "name", {None: "name"}),
        ("orders", "customer_name", {None: "none"}),  # masked before, see `answer`
        ("orders", "customer", {}),
    ],
)
def test_masks(form, field, expected):
    assert masks(FORMS, FORMS[form], FORMS[form].fields[field]) == expected


def test_prospects_are_masked_by_the_form_of_their_kind():
    """The class of a field belongs to the form (decisions.md 20): a firm's name N, a person's P."""
    found = masks(FORMS, FORMS["prospects"], FORMS["prospects"].fields["name"])
    assert (found[None], found["individual"], found["wholesale"], found["retail"]) == ("name", "name", "none", "none")


@pytest.mark.parametrize(
    ("form", "path", "zh", "en"),
    [
        ("wholesale", "region", "所属业务区", "Region"),
        ("wholesale", "legal_rep.name", "法人代表姓名", "Legal representative Name"),
        ("wholesale", "yearly_sales.2025.amount", "2025年金额", "2025 Amount"),
        ("prospects", "man.money.verdict", "购买能力", "Money"),
        ("prospects", "man.money.assessed_on", "购买能力评定日期", "Money Assessed on"),
        ("prospects", "card.stage", "跟进阶段", "Stage"),
        ("orders", "lines.product", "品名", "Product"),
    ],
)
def test_labels_in_both_languages(form, path, zh, en):
    where = place(FORMS[form], path)
    assert label(FORMS[form], where) == en
    messages.use("zh")
    assert label(FORMS[form], where) == zh


@pytest.mark.parametrize(
    ("form", "field", "expected"),
    [
        ("wholesale", "code", Kind.CODE),
        ("wholesale", "mobile", Kind.CODE),
        ("wholesale", "note", Kind.TEXT),
        ("wholesale", "product_since", Kind.CODE),
        ("wholesale", "filled_on", Kind.DATE),
        ("wholesale", "reputation", Kind.TOKEN),
        ("wholesale", "product_lines", Kind.LIST),
        ("enterprise", "tax_rate", Kind.SHARE),
        ("orders", "amount", Kind.MONEY),
        ("orders", "quantity", Kind.DECIMAL),
        ("orders", "customer", Kind.CODE),
        ("orders", "customer_name", Kind.TEXT),
    ],
)
def test_kinds(form, field, expected):
    assert kind(FORMS[form], FORMS[form].fields[field]) is expected


def test_what_is_kept_and_nothing_else():
    paths = [each.path for each in places(FORMS["individual"], {})]
    assert "age" not in paths  # derived
    assert "religion" not in paths  # off
    assert "children.name" not in paths  # several of them
    assert "spouse.name" in paths
    yearly = [each.path for each in places(FORMS["wholesale"], {"yearly_sales": ["2024", "2025"]})]
    assert [path for path in yearly if path.endswith("amount")] == [
        f"yearly_sales.{year}.{key}" for year in (2024, 2025) for key in ("amount", "dead_amount", "consigned_amount")
    ]


def test_the_screen_shows_what_matters():
    form = FORMS["wholesale"]
    columns = shown_columns(FORMS, form, places(form, {"yearly_sales": ["2025"]}), all_wide=True)
    shown = [column.name for column in columns if not column.wide]
    assert {"code", "name", "region", "mobile", "legal_rep.name", "yearly_sales.2025.amount"} <= set(shown)
    assert not {"photo_path", "note", "legal_rep.id_no"} & set(shown)


def test_sorting():
    found = sorting(FORMS["wholesale"], "所属业务区,-name")
    assert [(where.path, down) for where, down in found] == [("region", False), ("name", True)]
