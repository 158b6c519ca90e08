"""Value and lifetime value: published examples of domain.md 5.6, CLV-01 and CLV-02, and the edges of R12 and R13."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli import messages
from custcli.domain.readers import Refused
from custcli.domain.value import (
    ClassLoss,
    ValueInput,
    ValueRules,
    lifetime_certain,
    lifetime_finite,
    lifetime_infinite,
    lifetime_purchases,
    multiplier,
    textbook,
    values,
)

D = Decimal
DAY = date(2026, 6, 30)
OLD = date(2024, 1, 1)
YUAN = 10_000


@pytest.fixture(autouse=True, scope="module")
def _english():
    messages.use("en")
    yield
    messages.use("zh")


def value(day=DAY, rules=None, losses=None, **given_):
    return values([ValueInput(code="C1", **given_)], day, rules, losses)[0]


def note(customer):
    return str(customer.note)


@pytest.mark.parametrize(
    ("margin", "retention", "discount", "lifetime"),
    [
        ("18.95", ".788", ".01", "67.2640"),  # Net-4-You prints 67.2639
        ("17.95", ".995", ".01", "1190.68"),  # ISP, first margin not counted
        ("15.49", ".99", ".01", "766.755"),  # Unit
        ("15.49", ".95", ".01", "245.258"),
        ("15.49", ".90", ".01", "126.736"),
    ],
)
def test_published_lifetimes(margin, retention, discount, lifetime):
    exact = lifetime_infinite(D(margin), D(retention), D(discount))
    assert round(exact, len(lifetime.partition(".")[2])) == Fraction(lifetime)


def test_acquisition_is_taken_off():  # L.L. Bean
    assert lifetime_infinite(150, D(".55"), D(".10"), 100) == 50


@pytest.mark.parametrize(("retention", "multiplier"), [(".6", "1.20"), (".7", "1.75"), (".8", "2.67"), (".9", "4.50")])
def test_multipliers(retention, multiplier):
    assert round(lifetime_infinite(1, D(retention), D(".10")), 2) == Fraction(multiplier)


def test_first_margin_certain():  # CLV-01: M 18.45, R 0.50
    assert round(lifetime_certain(D("18.45") - D("0.50"), D(".995"), D(".01")), 2) == Fraction("1208.63")


def test_ends_of_retention():  # CLV-02
    assert lifetime_infinite(100, 0, D(".1")) == 0
    assert lifetime_infinite(100, 1, D(".1")) == 1_000


@pytest.mark.parametrize(("retention", "discount"), [(1, 0), (D("1.1"), D(".1")), (-1, D(".1")), (D(".5"), D("-.1"))])
def test_rates_that_cannot_be(retention, discount):
    with pytest.raises(Refused):
        lifetime_infinite(1, retention, discount)


def test_many_periods_come_near_to_endless_ones():  # R13.4 against R13.3
    finite = lifetime_finite([100] * 300, D(".8"), D(".1"), 20)
    assert float(finite) == pytest.approx(float(lifetime_infinite(100, D(".8"), D(".1"), 20)))
    assert lifetime_finite([100, 200], D(".5"), 0, 10) == 90
    assert lifetime_finite([100], 1, 0) == 100


def test_textbook():  # R13.1, worked
    four = textbook(promotion=60_000, new_customers=150, retention_cost=600, revenue=6_000, margin=D(".30"))
    assert (four.acquisition, four.benefit, four.net, four.ratio) == (400, 1_800, 800, D("1.8"))


def test_lifetime_purchases():  # R13.2, worked
    assert lifetime_purchases(6, 150_000, [90_000, 30_000]) == 1_020_000


def test_a_customer_of_years():
    customer = value(
        orders=9, first_order=OLD, revenue_total=900 * YUAN, profit_total=300 * YUAN, margin_12m=100 * YUAN
    )
    assert (customer.historic, customer.potential) == (300 * YUAN, 0)
    assert customer.current == customer.lifetime == 2_666_667  # 100 · .8/.3
    assert (customer.low, customer.high) == (1_750_000, 4_500_000)  # .7/.4 and .9/.2
    assert customer.note is None
    assert customer.model == "formula"


def test_cost_unknown_takes_the_margin():  # decisions.md 25
    customer = value(orders=2, first_order=OLD, revenue_total=500, profit_total=None, revenue_12m_without_cost=1_000)
    assert customer.historic == 500
    assert customer.figures.margin == 300
    assert "revenue" in note(customer)


@pytest.mark.parametrize(
    ("days", "margin"), [(89, None), (90, 365 * Fraction(1_000, 90)), (364, 365 * Fraction(1_000, 364)), (365, 1_000)]
)
def test_short_histories(days, margin):  # R12
    customer = value(orders=1, first_order=DAY - timedelta(days=days), margin_12m=1_000, profit_total=1_000)
    assert customer.figures.margin == margin
    assert customer.historic == 1_000
    if margin is None:
        assert (customer.current, customer.lifetime, customer.low, customer.high) == (None, None, None, None)
        assert "too little data" in note(customer)


def test_an_annualised_year_is_noted():
    customer = value(orders=1, first_order=DAY - timedelta(days=100), margin_12m=1, profit_total=None)
    assert "100" in note(customer)
    assert "revenue" in note(customer)


def test_no_orders():
    customer = value(opportunities=((1_000 * YUAN, "A"), (1_000 * YUAN, "B"), (5, "D")))
    assert (customer.historic, customer.current) == (0, 0)
    assert customer.potential == customer.lifetime == 270 * YUAN  # .3 · (.6 + .3) · 1,000
    assert (customer.low, customer.high) == (270 * YUAN, 270 * YUAN)
    assert note(customer) == "no orders"


def test_referrals_count_half():
    customer = value(orders=1, first_order=OLD, referral_margin=1_001)
    assert (customer.potential, customer.current, customer.lifetime) == (501, 0, 501)  # half up, once


def test_a_loss_is_not_hidden():
    customer = value(orders=1, first_order=OLD, profit_total=-50, margin_12m=-3_000)
    assert (customer.historic, customer.current) == (-50, -8_000)
    assert (customer.low, customer.high) == (-13_500, -5_250)


@pytest.mark.parametrize(
    ("losses", "retention", "of_class"),
    [
        ({}, D("0.8"), None),
        ({"A": ClassLoss(20, 1)}, D("0.95"), "A"),
        ({"A": ClassLoss(19, 1)}, D("0.8"), None),  # fewer than 20
        ({"B": ClassLoss(100, 1)}, D("0.8"), None),
        ({"A": ClassLoss(20, 20)}, D(0), "A"),
    ],
)
def test_retention_of_the_own_class(losses, retention, of_class):
    customer = value(orders=1, first_order=OLD, margin_12m=1_000, prior_class="A", losses=losses)
    assert (customer.figures.retention, customer.figures.retention_of_class) == (retention, of_class)


def test_bounds_stay_between_none_and_all():
    customer = value(orders=1, first_order=OLD, margin_12m=1_000, rules=ValueRules(retention=D("0.95")))
    assert customer.high == 10_000  # r = 1: m/d
    endless = ValueRules(retention=D("0.95"), discount=D(0))
    assert value(orders=1, first_order=OLD, margin_12m=1_000, rules=endless).high is None


def test_infinite_is_refused():
    with pytest.raises(Refused, match="infinite"):
        value(rules=ValueRules(retention=D(1), discount=D(0)))


@given(
    st.integers(-(10**15), 10**15),
    st.integers(0, 10**12),
    st.decimals(0, 1, places=3),
    st.decimals(D("0.01"), 1, places=3),
)
def test_lifetime_is_rounded_once_and_lies_between_its_bounds(margin, without_cost, retention, discount):
    rules = ValueRules(retention=retention, discount=discount)
    customer = value(orders=1, first_order=OLD, margin_12m=margin, revenue_12m_without_cost=without_cost, rules=rules)
    exact = lifetime_infinite(margin + without_cost * Fraction("0.3"), retention, discount)
    assert abs(customer.lifetime - exact) <= Fraction(1, 2)
    assert customer.low <= customer.lifetime <= customer.high


customers = st.lists(
    st.builds(
        ValueInput,
        code=st.just("C"),
        orders=st.integers(0, 3),
        first_order=st.dates(date(2020, 1, 1), DAY),
        margin_12m=st.integers(-(10**13), 10**13),
        revenue_12m_without_cost=st.integers(0, 10**13),
        opportunities=st.lists(st.tuples(st.integers(0, 10**11), st.sampled_from("ABCD")), max_size=2).map(tuple),
        referral_margin=st.integers(-(10**11), 10**11),
        prior_class=st.sampled_from(["A", "B", "C", None]),
    ),
    min_size=1,
    max_size=8,
)


@given(customers, st.sampled_from([None, 12, 30]), st.integers(0, 40))
def test_many_at_once_are_each_as_alone_and_exact(inputs, months, lost):
    rules, losses = ValueRules(horizon_months=months), {"A": ClassLoss(40, lost), "B": ClassLoss(10**9 + 7, 10**8 + 3)}
    together = values(inputs, DAY, rules, losses)
    for one, found in zip(inputs, together, strict=True):
        assert found == values([one], DAY, rules, losses)[0]
        figures = found.figures
        beyond = figures.from_opportunities + figures.from_referrals
        assert abs(found.potential - beyond) <= Fraction(1, 2)
        if figures.margin is not None:
            exact = figures.margin * multiplier(figures.retention, rules.discount, months) + beyond
            assert abs(found.lifetime - exact) <= Fraction(1, 2)
            assert found.low <= found.lifetime <= found.high


def test_months_beyond_whole_years_count_in_part():  # 100·(r/1.1) + 100·6/12·(r/1.1)²
    assert multiplier(D("0.55"), D("0.10"), 18) == Fraction(1, 2) + Fraction(1, 8)
    assert multiplier(1, 0, 6) == Fraction(1, 2)
