"""BG/NBD and Gamma-Gamma: published figures of CDNOW, independent ways to the same numbers, and data without sense."""

import csv
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from custcli.domain.value import bgnbd, spending
from custcli.domain.value.bgnbd import BgNbd, Histories
from custcli.domain.value.likelihood import NotCarried
from custcli.domain.value.model import Buying, calibrated, predicted, value_range, yields
from custcli.domain.value.spending import GammaGamma
from custcli.grid import SCALE

DAY = date(2026, 6, 30)
PUBLISHED = BgNbd(0.2426, 4.4136, 0.7929, 2.4259)
"""Fader, Hardie, Lee 2005, table 2: CDNOW."""


def array(*numbers):
    return np.array(numbers, dtype=float)


# ---- published ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdnow():
    """x, t, T, average of CDNOW's 2,357 customers, as the package lifetimes brings them."""
    spec = find_spec("lifetimes")
    if spec is None or spec.origin is None:
        pytest.skip("lifetimes brings the data")
    path = Path(spec.origin).parent / "datasets" / "cdnow_customers_summary_with_transactions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: array(*(float(row[name]) for row in rows)) for name in ("x", "t_x", "T", "zbar")}


def test_cdnow_purchases(cdnow):  # Fader, Hardie, Lee 2005: .243 4.414 .793 2.426, LL −9,582.4
    model = bgnbd.fit(Histories(cdnow["x"], cdnow["t_x"], cdnow["T"], np.ones(2_357)))
    found = (model.r, model.alpha, model.a, model.b)
    assert found == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), abs=2e-4)
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert all(0 < error < 1 for error in model.errors.values())


def test_cdnow_spending(cdnow):  # Fader, Hardie 2013: 6.25 3.74 15.45; the first ten customers
    again = cdnow["x"] > 0
    model = spending.fit(cdnow["x"][again], cdnow["zbar"][again])
    assert (model.p, model.q, model.gamma) == pytest.approx((6.25, 3.74, 15.45), abs=0.01)
    found = spending.expected_average(model, cdnow["x"][:10], cdnow["zbar"][:10])
    expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert found == pytest.approx(expected, abs=0.01)


def test_cdnow_is_the_same_counted_together(cdnow):
    columns = np.stack([cdnow["x"], cdnow["t_x"], cdnow["T"]])
    groups, counts = np.unique(columns, axis=1, return_counts=True)
    one, other = bgnbd.fit(Histories(*columns, np.ones(2_357))), bgnbd.fit(Histories(*groups, counts))
    assert (one.r, one.alpha, one.a, one.b) == pytest.approx((other.r, other.alpha, other.a, other.b), rel=1e-6)


def test_a_published_customer():  # the authors' worksheet: x 2, t 30.43, T 38.86 → 1.226 purchases in 39 weeks
    history = array(2), array(30.43), array(38.86)
    expected = bgnbd.expected(PUBLISHED, history[0], history[2], 39)[0] * bgnbd.alive(PUBLISHED, *history)
    assert expected == pytest.approx(1.226, abs=5e-4)


def test_published_customers_of_the_r_package():  # BTYD's walkthrough: customer 1516, and one who buys no more
    model = BgNbd(0.2425950, 4.4135931, 0.7929199, 2.4259025)

    def expected(x, last, length):
        history = array(x), array(last), array(length)
        found = bgnbd.expected(model, history[0], history[2], 52)[0] * bgnbd.alive(model, *history)
        return float(found[0])

    assert expected(26, 216 / 7, 31) == pytest.approx(25.757, abs=0.001)
    assert float(bgnbd.alive(model, array(26), array(216 / 7), array(31))[0]) == pytest.approx(0.9689, abs=5e-5)
    assert expected(0, 0, 0) == pytest.approx(1.444, abs=5e-4)
    assert [expected(x, 20, 39) for x in (10, 15, 20, 25)] == pytest.approx(
        [0.3475, 0.04284, 0.004159, 0.0003584], rel=2e-4
    )


def test_published_chances_of_cdnow(cdnow):  # BTYDplus's comparison: quartiles and mean of P(alive)
    chances = bgnbd.alive(PUBLISHED, cdnow["x"], cdnow["t_x"], cdnow["T"])
    found = [*np.quantile(chances, (0, 0.25, 0.5, 0.75)), chances.mean()]
    assert found == pytest.approx([0, 0.6604, 1, 1, 0.8134], abs=1e-4)


# ---- another way to the same number ------------------------------------------------------------------------------

logs = st.floats(-2.5, 2.5).map(np.exp)
models = st.builds(BgNbd, logs, logs.map(lambda one: 5 * one), logs, logs)
repeats = st.integers(0, 40)
weeks = st.floats(0.1, 150)


@pytest.mark.parametrize(("x", "last", "length"), [(0, 0.0, 20.0), (1, 3.0, 20.0), (3, 19.0, 20.0)])
def test_likelihood_is_the_integral_of_the_story(x, last, length):
    r, alpha, a, b = 0.7, 3.0, 1.2, 2.5

    points = (np.arange(1_000) + 0.5) / 1_000
    rate, p = np.meshgrid(gamma.ppf(points, r, scale=1 / alpha), beta.ppf(points, a, b))
    stays = (1 - p) ** x * rate**x * np.exp(-rate * length)
    leaves = p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * last) if x else 0.0
    whole = (stays + leaves).mean()
    own = bgnbd._Likelihood(Histories(array(x), array(last), array(length), array(1)), 1.0)
    assert own(np.log([r, alpha, a, b]))[0] == pytest.approx(np.log(whole), abs=2e-3)


@given(models, repeats, weeks, weeks)
def test_expected_purchases_are_the_sum_of_their_chances(model, x, length, horizon):
    expected = bgnbd.expected(model, array(x), array(length), horizon)[0][0]
    numbers = np.arange(1, 3_001, dtype=float)
    chances = bgnbd.at_least(model, numbers, array(x), array(length), horizon)
    assume(chances[-1] < 1e-9)
    assert expected == pytest.approx(chances.sum(), rel=1e-5)
    assert 0 <= expected < np.inf


@given(models.filter(lambda model: abs(model.a - 1) > 0.05), st.integers(1, 20), st.floats(1, 100), st.floats(1, 50))
def test_expected_purchases_are_those_of_the_published_formula(model, x, length, horizon):
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    whole = alpha + length + horizon
    function = hyp2f1(r + x, b + x, a + b + x - 1, horizon / whole)
    published = (a + b + x - 1) / (a - 1) * (1 - ((alpha + length) / whole) ** (r + x) * function)
    assert bgnbd.expected(model, array(x), array(length), horizon)[0][0] == pytest.approx(published, rel=1e-4)


def test_there_is_no_pole_where_a_is_1():
    near = [BgNbd(0.5, 4.0, a, 2.0) for a in (1 - 1e-9, 1.0, 1 + 1e-9)]
    found = [bgnbd.expected(model, array(3), array(30), 50)[0][0] for model in near]
    assert found == pytest.approx([found[1]] * 3, rel=1e-8)


@given(models, repeats, weeks, st.floats(0, 1), st.floats(0, 1))
def test_alive_lies_between_none_and_all_and_grows_with_recency(model, x, length, one, other):
    early, late = sorted((one * length, other * length))
    chances = bgnbd.alive(model, array(x, x), array(early, late), array(length, length))
    assert ((chances >= 0) & (chances <= 1)).all()
    assert chances[0] <= chances[1]
    assert x > 0 or chances.tolist() == [1, 1]


@given(models, repeats, weeks, weeks, st.floats(0, 1), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_is_the_least_number_that_is_seldom_exceeded(model, x, length, horizon, recency, share):
    history = array(x), array(recency * length), array(length)
    (number,) = bgnbd.quantile(model, share, *history, horizon)

    def exceeded(count):
        return bgnbd.alive(model, *history) * bgnbd.at_least(model, array(count + 1), array(x), array(length), horizon)

    assert exceeded(number) <= 1 - share
    assert number == 0 or exceeded(number - 1) > 1 - share


@given(models, repeats, weeks, weeks)
def test_what_comes_later_counts_less(model, x, length, horizon):
    plain, discounted = bgnbd.expected(model, array(x), array(length), horizon, (0.0, 0.002))
    assert plain * np.exp(-0.002 * horizon) <= discounted * (1 + 1e-9)
    assert discounted <= plain


@pytest.mark.parametrize("at", [(0.0, 0.0, 0.0, 0.0), (-1.0, 1.5, 0.5, -0.5)])
def test_gradients_are_those_of_the_likelihoods(at):
    histories = Histories(array(0, 1, 5), array(0, 4, 20), array(9, 30, 22), array(40, 20, 10))
    for own, logs_ in (
        (bgnbd._Likelihood(histories, 30.0), at),
        (spending._Likelihood(array(1, 2, 7), array(0.4, 1.5, 1.0)), at[:3]),
    ):
        _, gradient = own(np.array(logs_))
        steps = np.eye(len(logs_)) * 1e-6
        differences = [(own(logs_ + step)[0] - own(logs_ - step)[0]) / 2e-6 for step in steps]
        assert gradient == pytest.approx(differences, rel=1e-5, abs=1e-5)


# ---- invented customers ------------------------------------------------------------------------------------------


def invented(customers, seed=1, *, r=0.6, alpha=6.0, a=0.8, b=2.4, dropping=True):
    """Customers as the story of the model has them, over two years; what they spend by Gamma-Gamma 6.25 3.74 154."""
    dice = np.random.default_rng(seed)
    rows = []
    for _ in range(customers):
        first = DAY - timedelta(int(dice.integers(1, 730)))
        rate, leaving = dice.gamma(r, 1 / alpha) / 7, dice.beta(a, b) if dropping else 0.0
        own, days, time = dice.gamma(3.74, 1 / 154.4), {0}, 0.0
        while True:
            time += dice.exponential(1 / max(rate, 1e-9))
            if time > (DAY - first).days:
                break
            days.add(int(time))
            if dice.random() < leaving:
                break
        later = round(sum(dice.gamma(6.25, 1 / own) for _ in days - {0}) * SCALE)
        rows.append((len(days), first.toordinal(), first.toordinal() + max(days), later))
    return bought(*zip(*rows, strict=True))


def bought(days, first, last, later):
    whole = [np.array(each, dtype=np.int64) for each in (days, first, last, later)]
    return Buying(*whole, np.full(len(days), 0.3))


@pytest.fixture(scope="module")
def shop():
    return invented(3_000)


def test_the_parameters_of_the_story_are_found_again(shop):
    model = calibrated(shop, DAY, 90)
    for name, true in {"a": 0.8, "b": 2.4, "alpha": 6.0, "r": 0.6}.items():
        # purchases of one day are counted together: the model is not quite the story
        assert abs(getattr(model.buying, name) - true) < 4 * model.buying.errors[name] + 0.1 * true
    for name, true in {"p": 6.25, "q": 3.74, "gamma": 154.4}.items():
        assert abs(getattr(model.spending, name) - true) < 4 * model.spending.errors[name]
    assert (model.customers, model.until) == (3_000, DAY)


def test_values_lie_within_their_ranges(shop):
    model = calibrated(shop, DAY, 90)
    found = predicted(model, shop, 156.0, 0.1)
    low, high = value_range(model, shop, found, np.arange(3_000), 156.0)
    assert ((low <= found.values) & (found.values <= high)).all()
    assert (low >= 0).all()
    assert ((found.alive >= 0) & (found.alive <= 1)).all()
    assert (found.discounted <= found.purchases).all()
    assert found.values == pytest.approx(found.discounted * found.average * 0.3 * SCALE, abs=0.5)


@pytest.mark.parametrize("factor", [100, 7])
def test_more_money_is_more_value_in_proportion(shop, factor):
    model = calibrated(shop, DAY, 90)
    richer = Buying(shop.days, shop.first, shop.last, shop.later * factor, shop.kept)
    other = calibrated(richer, DAY, 90)
    assert (other.spending.p, other.spending.q) == pytest.approx((model.spending.p, model.spending.q), rel=1e-5)
    assert other.spending.gamma == pytest.approx(model.spending.gamma * factor, rel=1e-5)
    one, more = predicted(model, shop, 52.0, 0.1), predicted(other, richer, 52.0, 0.1)
    assert more.discounted * more.average == pytest.approx(one.discounted * one.average * factor, rel=1e-5)


def test_who_never_bought_is_worth_nothing(shop):
    more = bought([*shop.days, 0], [*shop.first, 0], [*shop.last, 0], [*shop.later, 0])
    model = calibrated(more, DAY, 90)
    assert model == calibrated(shop, DAY, 90)
    found = predicted(model, more, 52.0, 0.1)
    assert (found.values[-1], found.purchases[-1], found.alive[-1]) == (0, 0, 0)


# ---- data that do not carry it -----------------------------------------------------------------------------------

FIRST = DAY.toordinal() - 400


def same(customers, days, last=390, later=50):
    """Customers all alike but for the day of the first purchase."""
    first = [FIRST + each % 100 for each in range(customers)]
    spent = [later * SCALE * (days - 1)] * customers
    return bought([days] * customers, first, [min(one + last, DAY.toordinal()) for one in first], spent)


def daily(customers):
    """Every customer buys every day up to the last."""
    first = [FIRST + each % 100 for each in range(customers)]
    days = [DAY.toordinal() - one + 1 for one in first]
    spent = [(50 + each % 9) * SCALE * (one - 1) for each, one in enumerate(days)]
    return bought(days, first, [DAY.toordinal()] * customers, spent)


def without_money(found):
    return Buying(found.days, found.first, found.last, found.later * 0, found.kept)


@pytest.mark.parametrize(
    ("buying", "reason"),
    [
        (bought([], [], [], []), "there are 0"),
        (bought([0, 0], [0, 0], [0, 0], [0, 0]), "there are 0"),
        (same(500, 1, last=0), "bought again, 0 have"),
        (invented(10), "bought again"),
        (bought([3] * 99, [FIRST + 330] * 99, [FIRST + 340] * 99, [9] * 99), "90 days are needed, there are 70"),
        (same(500, 5), "."),
        (daily(200), "."),
        (without_money(invented(300)), "spent money again, 0 have"),
        (invented(600, 3, dropping=False), "customers hardly ever drop out"),
    ],
    ids=["none", "never", "once", "ten", "short", "alike", "daily", "no money", "nobody leaves"],
)
def test_data_without_sense_are_told_so(buying, reason):
    with pytest.raises(NotCarried, match=reason):
        calibrated(buying, DAY, 90)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "story",
    [{"dropping": False}, {"r": 50.0, "alpha": 500.0}, {"a": 50.0, "b": 1.0}, {"a": 0.01, "b": 5.0}, {"r": 0.05}],
    ids=["nobody leaves", "all alike", "all leave", "few leave", "few come back"],
)
def test_the_answer_is_a_reason_or_makes_sense(story, seed):
    buying = invented(300, seed, **story)
    try:
        model = calibrated(buying, DAY, 90)
    except NotCarried:
        return
    found = predicted(model, buying, 156.0, 0.1)
    assert np.isfinite(found.purchases).all()
    assert (found.purchases >= 0).all()
    assert (found.purchases <= 10 * 156 * 7).all()
    assert (found.values >= 0).all()


def test_spending_all_the_same_is_what_is_expected_of_all():
    model = spending.fit(array(*[3] * 50), array(*[20] * 50))
    assert spending.expected_average(model, array(0, 3, 9), array(0, 20, 20)).tolist() == [20, 20, 20]


def test_spending_that_hardly_varies_is_that_of_each():  # a log without amounts: 1 each, some days two
    averages = np.array([1.0] * 950 + [1.5] * 30 + [2.0] * 20)
    model = spending.fit(np.array([2] * 1_000), averages)
    assert spending.expected_average(model, array(0, 2, 2), array(0, 1.5, 2)).tolist() == [averages.mean(), 1.5, 2]


@pytest.mark.parametrize("q", [0.5, 1.02])
def test_spending_without_a_mean_is_told(q):  # q ≤ 1, or as good as that
    dice = np.random.default_rng(3)
    often = dice.integers(1, 40, 4_000)
    averages = dice.gamma(6 * often) / (often * dice.gamma(q, 1 / 15, 4_000))
    with pytest.raises(NotCarried, match="no mean"):
        spending.fit(often, averages)


@pytest.mark.parametrize(
    ("profit", "uncosted", "spent", "kept"),
    [(30, 0, 100, 0.3), (0, 100, 100, 0.25), (30, 100, 200, 0.275), (-900, 0, 100, -1), (5, 0, 0, 0.25), (5, 0, -9, 0)],
)
def test_what_is_kept_of_a_yuan(profit, uncosted, spent, kept):
    assert yields(*(np.array([each]) for each in (profit, uncosted)), 0.25, np.array([spent])) == pytest.approx(kept)


def test_own_average_counts_the_more_the_more_is_known():
    model = GammaGamma(6.25, 3.74, 15.44)
    found = spending.expected_average(model, array(0, 1, 10, 1_000), array(0, 100, 100, 100))
    assert found[0] == pytest.approx(6.25 * 15.44 / 2.74)
    assert (np.diff(found) > 0).all()
    assert found[-1] == pytest.approx(100, rel=0.01)
