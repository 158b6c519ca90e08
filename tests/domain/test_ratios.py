"""Financial ratios and break-even: the worked examples of domain.md R19, R24 and data case CR-01."""

from fractions import Fraction

import pytest

from custcli.domain.ratios import Statement, break_even, insolvent, ratios, return_on_input


def ratio(name, **figures):
    return next(each for each in ratios(Statement(**figures)) if each.name == name)


@pytest.mark.parametrize(
    ("name", "figures", "value", "days"),
    [
        ("current_ratio", {"current_assets": 300, "current_liabilities": 150}, 2, None),
        ("quick_ratio", {"current_assets": 300, "inventory": 100, "current_liabilities": 150}, Fraction(4, 3), None),
        ("receivables_turnover", {"credit_sales": 1200, "receivables_before": 100, "receivables": 140}, 10, 36.5),
        ("inventory_turnover", {"cost_of_sales": 900, "inventory_before": 80, "inventory": 120}, 9, 40.6),
        (
            "current_ratio",
            {"current_assets": 1_044_200, "current_liabilities": 454_000},
            Fraction(23, 10),
            None,
        ),  # CR-01
        ("receivables_turnover", {"credit_sales": 1_931_580, "receivables": 71_540}, 27, 13.5),  # CR-01
        ("net_margin", {"net_profit": -5, "revenue": 100}, Fraction(-1, 20), None),
    ],
)
def test_worked_examples(name, figures, value, days):
    found = ratio(name, **figures)
    assert float(found.value) == pytest.approx(float(value), abs=0.01)
    assert found.days is None if days is None else float(found.days) == pytest.approx(days, abs=0.05)


@pytest.mark.parametrize(
    ("name", "figures", "verdict"),
    [
        ("current_ratio", {"current_assets": 200, "current_liabilities": 100}, "good"),
        ("current_ratio", {"current_assets": 199, "current_liabilities": 100}, "fair"),
        ("current_ratio", {"current_assets": 99, "current_liabilities": 100}, "poor"),
        ("debt_ratio", {"liabilities": 50, "assets": 100}, "good"),
        ("debt_ratio", {"liabilities": 70, "assets": 100}, "fair"),
        ("debt_ratio", {"liabilities": 71, "assets": 100}, "poor"),
    ],
)
def test_verdicts(name, figures, verdict):
    assert ratio(name, **figures).verdict == verdict


@pytest.mark.parametrize("figures", [{}, {"current_assets": 5}, {"current_assets": 5, "current_liabilities": 0}])
def test_what_cannot_be_had_says_why(figures):
    found = ratio("current_ratio", **figures)
    assert found.value is None
    assert found.reason


def test_no_turnover_takes_no_number_of_days():
    found = ratio("inventory_turnover", cost_of_sales=0, inventory=10)
    assert (found.value, found.days) == (0, None)


def test_negative_equity():
    assert insolvent(Statement(assets=100, liabilities=101))
    assert not insolvent(Statement(assets=100, liabilities=100))
    assert not insolvent(Statement(liabilities=100))


def test_break_even():
    """Upkeep 12 000, margin 30 % → 40 000; no margin, no break-even."""
    assert break_even(12_000, Fraction(30, 100)) == 40_000
    assert break_even(12_000, Fraction(0)) is None


def test_return_on_input():
    assert return_on_input(300, {"visits": 100, "gifts": 50}) == 2
    assert return_on_input(300, {}) is None
