"""Headings of exported files: each one is recognised again as the field it stands above, in both languages."""

from importlib import resources

import pytest

from custcli import messages
from custcli.domain.forms import load
from custcli.domain.layout import place, recognise
from custcli.services.export import heading
from custcli.services.records import places

FORMS = load(
    (file.name, file.read_text(encoding="utf-8"))
    for file in resources.files("custcli").joinpath("forms").iterdir()
    if file.name.endswith(".toml")
)
KEYS = {"yearly_sales": ["2023", "2024", "2025"], "man": ["money", "authority", "need"]}
WAYS = [
    (form.name, lined)
    for form in FORMS.values()
    for lined in (False, True)
    if (lined and form.rows) or not (lined or form.of)
]


def kept(form, *, lined):
    keys = {name: keys for name, keys in KEYS.items() if name in form.groups}
    return places(form, keys, [form.rows] if lined else [])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("name", "lined"), WAYS)
def test_a_sheet_with_these_headings_is_the_form_with_these_fields(name, lined, language):
    messages.use(language)
    form = FORMS[name]
    wanted = kept(form, lined=lined)
    texts = [heading(form, each, lined=lined) for each in wanted]
    found = recognise([texts, ["x"] * len(texts)], (), form.label, FORMS, only=None)
    assert found.table is not None, str(found.refused)
    assert found.table.form.name == name
    assert [place.path for place in found.table.columns] == [each.path for each in wanted]
    assert found.table.left_over == ()
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("form", "path", "zh", "en"),
    [
        ("wholesale", "yearly_sales.2025.amount", "2025年金额(元)", "2025 Amount (yuan)"),
        ("wholesale", "yearly_sales.2025.quantity", "2025年数量", "2025 Quantity"),
        ("enterprise", "registered_capital", "注册资本(元)", "Registered capital (yuan)"),
        ("orders", "amount", "金额", "Amount"),
        ("payments", "amount", "回款金额", "Amount"),
    ],
)
def test_amounts_that_people_write_in_wan_say_that_these_are_yuan(form, path, zh, en):
    where = place(FORMS[form], path)
    assert heading(FORMS[form], where) == en
    messages.use("zh")
    assert heading(FORMS[form], where) == zh


def test_beside_lines_the_amount_of_the_order_is_called_so():
    messages.use("zh")
    assert heading(FORMS["orders"], place(FORMS["orders"], "amount"), lined=True) == "金额合计"
