"""RFM: published scores of the R package (P42, RFM-02, RFM-03), the slide's scheme (P41), edges of R14."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.readers import Refused
from custcli.domain.rfm import FIGURES, SCORES, Kind, Rules, Variant, _points, score, turns

YUAN = 10_000


def figures(*rows):
    """(days, orders, yuan) of each customer."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return {
        "recency": np.array(columns[0], dtype=np.int64),
        "frequency": np.array(columns[1], dtype=np.int64),
        "monetary": np.array(columns[2], dtype=np.int64) * YUAN,
    }


PACKAGE = {
    "recency": (115, 181, 298, 482),
    "frequency": (4, 5, 6, 8),
    "monetary": tuple(each * YUAN // 10 for each in (2_558, 3_820, 5_064, 6_660)),
}
"""Cut points of 995 customers, quantile + 1 (domain.md 5.7 b; R's 297.4 is reached from 298 days on)."""


@pytest.mark.parametrize(
    ("row", "code"),
    [  # published rows
        ((205, 6, 472), 343),
        ((140, 3, 340), 412),
        ((194, 4, 405), 323),
        ((98, 7, 596), 544),
        ((132, 5, 448), 433),
        ((90, 9, 843), 555),
        ((281, 8, 699), 355),
    ],
)
def test_published_rows_with_the_published_cut_points(row, code):
    assert score(figures(row), Rules(cuts=PACKAGE)).codes.tolist() == [code]


def test_quantiles_of_type_7_are_exact():
    found = score(figures(*((days, days, days) for days in (1, 2, 4, 8, 16, 32))))
    assert [cut / SCORES for cut in found.cuts["recency"]] == [2, 4, 8, 16]
    assert found.scores["frequency"].tolist() == [1, 1, 2, 3, 4, 5]  # closed to the right: 2 is not beyond 2
    assert found.scores["recency"].tolist() == [5, 5, 4, 3, 2, 1]
    plus = score(figures(*((days, days, days) for days in (1, 2, 4, 8, 16, 32))), Rules(Variant.PLUS_ONE))
    assert [cut / SCORES for cut in plus.cuts["recency"]] == [3, 5, 9, 17]


@pytest.mark.parametrize(
    ("high", "kind"),
    [  # R↑F↑M↑ … R↓F↓M↓ (R14)
        ((1, 1, 1), Kind.VALUE),
        ((1, 0, 1), Kind.DEVELOP),
        ((0, 1, 1), Kind.KEEP),
        ((0, 0, 1), Kind.RETAIN),
        ((1, 1, 0), Kind.GENERAL_VALUE),
        ((1, 0, 0), Kind.GENERAL_DEVELOP),
        ((0, 1, 0), Kind.GENERAL_KEEP),
        ((0, 0, 0), Kind.GENERAL_RETAIN),
    ],
)
def test_the_eight_types(high, kind):
    cuts = {
        "recency": (10, 20, 30, 40),
        "frequency": (2, 3, 4, 5),
        "monetary": tuple(YUAN * n for n in (10, 20, 30, 40)),
    }
    rows = [(1 if r else 50, 9 if f else 1, 99 if m else 1) for r, f, m in [high, (1, 1, 1), (0, 0, 0)]]
    found = score(figures(*rows), Rules(cuts=cuts))
    assert tuple(Kind)[int(found.kinds[0])] is kind


def test_a_few_customers_have_no_quantiles():
    with pytest.raises(Refused):
        score(figures((1, 1, 1)))


@pytest.mark.parametrize("cuts", [(1, 2, 3), (4, 3, 2, 1), (1, 1, 2, 3)])
def test_cut_points_rise(cuts):
    with pytest.raises(Refused):
        Rules(cuts={"recency": cuts})


rows = st.lists(st.tuples(st.integers(0, 999), st.integers(1, 40), st.integers(-50, 10**6)), min_size=5, max_size=40)


@given(rows, st.sampled_from([Variant.CLOSED, Variant.PLUS_ONE]))
def test_scores_follow_the_figures(some, variant):
    given_, found = figures(*some), score(figures(*some), Rules(variant))
    for name in FIGURES:
        scores, values = found.scores[name], given_[name]
        assert set(scores.tolist()) <= {1, 2, 3, 4, 5}
        order = np.argsort(values, kind="stable")
        steps = np.diff(scores[order])
        assert ((steps <= 0) if name == "recency" else (steps >= 0)).all()
        for value in set(values.tolist()):
            assert len(set(scores[values == value].tolist())) == 1  # equal figures, equal scores
    assert (found.scores["monetary"][given_["monetary"] <= 0] == 1).all()


@given(rows, st.sampled_from([3, 4, SCORES, 9]))
def test_closed_bins_by_their_definition(some, best):  # quartiles, too, as most published tables have them
    some = some * 2  # at least as many customers as scores
    found = score(figures(*some), Rules(best=best))
    values = sorted(row[1] for row in some)
    cuts = [np.quantile(values, part / best) for part in range(1, best)]
    expected = [1 + sum(row[1] > cut + 1e-9 for cut in cuts) for row in some]
    assert found.scores["frequency"].tolist() == expected


def test_orders_by_rank_as_pandas_parts_them():
    """Codes by pandas 3.1: qcut of days and yuan, of rank(method="first") of orders: nine of 13 came once."""
    days = (3, 40, 1, 12, 200, 7, 7, 90, 33, 5, 61, 150, 2)
    orders = (1, 1, 1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 1)
    yuan = (20, 5, 9, 14, 3, 80, 11, 2, 33, 8, 6, 21, 4)
    found = score(figures(*zip(days, orders, yuan, strict=True)), Rules(Variant.RANKED))
    assert found.codes.tolist() == [514, 212, 513, 344, 121, 455, 423, 131, 355, 433, 232, 155, 541]
    assert found.cuts["frequency"] == []


@given(rows, st.sampled_from([3, 4, SCORES, 9]))
def test_orders_by_rank_make_parts_of_equal_size(some, best):  # and who comes later by code is never scored lower
    some = some * 2  # at least as many customers as scores
    found = score(figures(*some), Rules(Variant.RANKED, best=best)).scores["frequency"]
    sizes = np.bincount(found, minlength=best + 1)[1:]
    assert sizes.max() - sizes.min() <= 1
    order = sorted(range(len(some)), key=lambda place: (some[place][1], place))
    assert (np.diff(found[order]) >= 0).all()


@given(rows, st.sampled_from([Rules(), Rules(Variant.PLUS_ONE), Rules(Variant.RANKED, best=4), Rules(cuts=PACKAGE)]))
def test_the_next_score_is_at_the_nearest_value_that_has_another(some, rules):
    """Cut points may be alike (most come once): then a score or two are passed over."""
    found = score(figures(*some, *some), rules)
    for name in FIGURES:
        cuts = found.cuts[name]

        def points(value, name=name, cuts=cuts):
            return int(_points(name, np.array([value]), cuts, rules)[0])

        for value in {1, *(ceil(cut / found.best) + step for cut in cuts for step in (-1, 0, 1))} if cuts else ():
            own, told = points(value), turns(name, value, found, rules)
            assert told
            for at, point in told:
                inside = at + (1 if at < value else -1)
                assert own == points(inside) != points(at) == point
