"""The filter language of cli.md 4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.readers import Refused
from custcli.domain.terms import Op, Term, parse, parse_term


@pytest.mark.parametrize(
    ("text", "field", "op", "values"),
    [
        ("region=华东", "region", Op.EQ, ("华东",)),
        ("region!=华东", "region", Op.NE, ("华东",)),
        ("amount>=100", "amount", Op.GE, ("100",)),
        ("amount<=100", "amount", Op.LE, ("100",)),
        ("amount>100", "amount", Op.GT, ("100",)),
        ("amount<100", "amount", Op.LT, ("100",)),
        ("name~恒通", "name", Op.CONTAINS, ("恒通",)),
        ("ordered_on:2024-01..2024-06", "ordered_on", Op.BETWEEN, ("2024-01", "2024-06")),
        ("ordered_on:2024-01..", "ordered_on", Op.BETWEEN, ("2024-01", "")),
        ("ordered_on:..2024-06", "ordered_on", Op.BETWEEN, ("", "2024-06")),
        ("ordered_on:2024-01", "ordered_on", Op.BETWEEN, ("2024-01", "2024-01")),
        ("amount:-5..5.5", "amount", Op.BETWEEN, ("-5", "5.5")),
        ("yearly_sales.2025.amount>=12.5万", "yearly_sales.2025.amount", Op.GE, ("12.5万",)),
        ("金额>=100", "金额", Op.GE, ("100",)),
        (" region = 华东 ", "region", Op.EQ, ("华东",)),
        ("region=", "region", Op.EQ, ("",)),
        ("region!=", "region", Op.NE, ("",)),
        ("note=a=b", "note", Op.EQ, ("a=b",)),
        ('name="a = b"', "name", Op.EQ, ("a = b",)),
        (r"note=say \"yes\"", "note", Op.EQ, ('say "yes"',)),
        (r"path=C:\data", "path", Op.EQ, (r"C:\data",)),
        ("恒通", None, Op.BARE, ("恒通",)),
        ("O'Brien & Co", None, Op.BARE, ("O'Brien & Co",)),
        ('"a=b"', None, Op.BARE, ("a=b",)),
        (r"a\=b", None, Op.BARE, ("a=b",)),
    ],
)
def test_terms(text, field, op, values):
    assert parse_term(text) == Term(field, op, values)


@pytest.mark.parametrize("text", ["", "  ", "=x", ">=5", "amount>=", "name~", "day:", "day:.."])
def test_terms_without_meaning_are_refused(text):
    with pytest.raises(Refused):
        parse_term(text)


def test_all_terms_in_order():
    assert [term.value for term in parse(["a=1", "x", "b<2"])] == ["1", "x", "2"]


words = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1)


@given(words, st.sampled_from([op for op in Op if op not in (Op.BARE, Op.BETWEEN)]), words)
def test_every_comparison_comes_back(field, op, value):
    assert parse_term(f"{field}{op}{value}") == Term(field, op, (value,))


@given(st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), min_size=1))
def test_quotes_keep_any_text(value):
    assert parse_term(f'name="{value}"').value == value
