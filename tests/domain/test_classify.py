"""ABC, pyramid, 80/20, Gini: published examples of domain.md 5.1–5.4 and cases ABC-01, GIN-01, GIN-04, PYR-01."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.classify import (
    AbcClass,
    Boundary,
    Rules,
    Tier,
    abc_parts,
    exact_sum,
    gini,
    herfindahl,
    pareto,
    rank,
    rank_within,
    tier_parts,
)
from custcli.domain.readers import Refused

P9 = [  # 43 customers of a published ABC table, thousands of yuan; total 1,040
    *(131, 66, 54, 48, 44, 39, 37, 34, 28, 28, 27, 27, 26, 26, 25, 25, 24, 22, 21, 21, 21, 21, 18, 17, 17, 16, 16, 16),
    *(15, 15, 13, 11, 11, 10, 10, 10, 10, 9, 8, 6, 6, 6, 5),
]


def codes(count):
    return [f"C{place:07}" for place in range(count)]


def ranked(amounts, **rules):
    return rank(codes(len(amounts)), amounts, Rules(**rules))


def counts(parts):
    return [part.customers for part in parts.values()]


def sums(parts):
    return [part.amount for part in parts.values()]


@pytest.mark.parametrize(
    ("rules", "customers", "amounts"),
    [
        ({"cuts": (5_500, 8_500)}, [12, 15, 16], [563, 316, 161]),  # ABC-01, 5.1
        ({}, [24, 11, 8], [830, 150, 60]),
        ({"boundary": Boundary.START}, [25, 11, 7], [847, 143, 50]),
        ({"cuts": (5_500, 8_500), "keep_ties": True}, [12, 16, 15], [563, 332, 145]),
    ],
)
def test_published_table_of_43_customers(rules, customers, amounts):
    parts = abc_parts(ranked(P9, **rules))
    assert (counts(parts), sums(parts)) == (customers, amounts)


def test_the_third_of_three_equal_customers_is_split_off():  # 5.1: 895 of 1,040 is 86.06 %
    ranking = ranked(P9, cuts=(5_500, 8_500))
    assert ranking.abc[25:28] == [AbcClass.B, AbcClass.B, AbcClass.C]
    assert ranking.cumulative[27] == 895
    assert ranking.order[25:28].tolist() == [25, 26, 27]


@pytest.mark.parametrize(
    ("amounts", "cuts", "classes"),
    [
        ([500, 200, 150, 100, 50], (8_000, 9_500), "AABBC"),  # R4
        ([9_600, 6_000, 1_400, 1_200, 300, 290, 280, 270, 250, 240], (8_000, 9_200), "AABBCCCCCC"),  # 5.2
        ([9_600, 6_000, 1_400, 1_200, 300, 290, 280, 270, 250, 240], (8_000, 9_500), "AABBBBCCCC"),
        ([27_000, 24_000, 18_000, 16_000, 6_000, 5_000, 4_000], (7_000, 9_000), "AAABCCC"),  # 5.3
        ([81, 19], (8_000, 9_500), "AC"),  # R4.1: the best one is A
        ([100], (8_000, 9_500), "A"),
    ],
)
def test_further_tables(amounts, cuts, classes):
    assert "".join(ranked(amounts, cuts=cuts).abc) == classes


@pytest.mark.parametrize(
    ("customers", "sizes"),
    [
        (1_000, [10, 40, 150, 800]),  # PYR-01
        (250, [3, 10, 37, 200]),  # 5.4
        (1_234, [13, 49, 185, 987]),
        (100, [1, 4, 15, 80]),
        (43, [1, 2, 6, 34]),
        (20, [1, 0, 3, 16]),
        (10, [1, 0, 1, 8]),
        (5, [1, 0, 0, 4]),
        (2, [1, 0, 0, 1]),
        (1, [1, 0, 0, 0]),
        (0, [0, 0, 0, 0]),
    ],
)
def test_pyramid(customers, sizes):
    ranking = ranked(list(range(1, customers + 1)))
    assert counts(tier_parts(ranking)) == sizes
    assert [ranking.tiers.count(tier) for tier in Tier] == sizes


def test_pyramid_keeps_ties():
    assert counts(tier_parts(ranked([5, 5, 5, 1] + [1] * 96, keep_ties=True))) == [3, 97, 0, 0]


def test_80_20():  # R6: 481 of 1,040; 25 customers
    line = pareto(ranked(P9))
    assert (line.top20_customers, line.top20_share) == (9, 481 / 1_040)
    assert (line.customers_for_80, line.customers_for_80_share) == (25, 25 / 43)


def test_80_percent_reached_exactly_is_reached():
    assert pareto(ranked([50, 30, 20])).customers_for_80 == 2


def test_gini_of_the_r_package():  # GIN-01
    sample = [541, 1_463, 2_445, 3_438, 4_437, 5_401, 6_392, 8_304, 11_904, 22_261]
    assert gini(ranked(sample)) == pytest.approx(0.4620911, abs=1e-7)
    assert herfindahl(ranked(sample)) == pytest.approx(0.1840812, abs=1e-7)


@pytest.mark.parametrize("customers", [1, 2, 5, 10, 1_000])
def test_gini_of_equal_customers(customers):  # GIN-04
    ranking = ranked([7] * customers)
    assert gini(ranking) == 0
    assert pareto(ranking).top20_share == pytest.approx(0.2 if customers % 5 == 0 else -(-customers // 5) / customers)


def test_gini_of_one_customer_with_nearly_all():  # GIN-04: towards 1 − 1/n; nothing above 0 is ranked at exactly all
    assert gini(ranked([10**15] + [1] * 9)) == pytest.approx(1 - 1 / 10, abs=1e-12)


@pytest.mark.parametrize("amounts", [[], [0, 0], [-5, 0]])
def test_nothing_sold(amounts):  # R4.5
    ranking = ranked(amounts)
    assert (len(ranking), ranking.total, ranking.unranked) == (0, 0, len(amounts))
    assert (ranking.abc, ranking.tiers, gini(ranking)) == ([], [], None)
    assert pareto(ranking).top20_share is None
    assert abc_parts(ranking)[AbcClass.A].share is None


def test_what_is_not_above_nothing_is_not_ranked():  # R4.4, decisions.md 22
    ranking = ranked([5, 0, 10, -3])
    assert ranking.order.tolist() == [2, 0]
    assert (ranking.total, ranking.unranked) == (15, 2)


def test_equal_amounts_are_ordered_by_code():  # R4.2
    ranking = rank(["b", "c", "a", "d"], [5, 9, 5, 5])
    assert ranking.order.tolist() == [1, 2, 0, 3]


def test_boundaries_that_are_met_exactly():
    amounts = [8_000, 1_500, 500]
    assert "".join(ranked(amounts).abc) == "ABC"
    assert (
        "".join(ranked(amounts, boundary=Boundary.START).abc) == "AAB"
    )  # 80 % before the second, 95 % before the third


@pytest.mark.parametrize("amount", [10**15, 2**63 - 1])
def test_sums_beyond_64_bits_stay_exact(amount):
    ranking = ranked([amount] * 20_000)
    assert ranking.total == amount * 20_000
    assert counts(abc_parts(ranking)) == [16_000, 3_000, 1_000]
    assert gini(ranking) == 0
    assert pareto(ranking).customers_for_80 == 16_000


@pytest.mark.parametrize("cuts", [(0, 9_500), (9_500, 8_000), (8_000, 8_000), (8_000, 10_001)])
def test_cuts_out_of_order_are_refused(cuts):  # R4.7
    with pytest.raises(Refused):
        Rules(cuts=cuts)


@pytest.mark.parametrize("tiers", [(0, 500, 2_000), (500, 500, 2_000), (100, 2_000, 500), (100, 500, 10_001)])
def test_tiers_out_of_order_are_refused(tiers):
    with pytest.raises(Refused):
        Rules(tiers=tiers)


def test_groups_are_ranked_apart():  # R4.8
    rankings = rank_within(["south", "north", "south"], ["a", "b", "c"], [1, 5, 2])
    assert {group: ranking.order.tolist() for group, ranking in rankings.items()} == {"north": [1], "south": [2, 0]}


cuts = st.tuples(st.integers(1, 9_998), st.integers(1, 9_999)).filter(lambda two: two[0] < two[1])
rules = st.builds(Rules, cuts=cuts, boundary=st.sampled_from(Boundary), keep_ties=st.booleans())
amounts = st.lists(st.one_of(st.integers(-50, 50), st.integers(-(10**18), 10**18)), max_size=60)


def naive(ranking, place):
    """The class by the words of R4, one customer at a time."""
    values = ranking.amounts.tolist()
    if ranking.rules.keep_ties:
        place = values.index(values[place])
    if place == 0:
        return AbcClass.A
    share = sum(values[: place + (ranking.rules.boundary is Boundary.END)]) * 10_000
    return next(
        (word for word, cut in zip(AbcClass, ranking.rules.cuts, strict=False) if share <= ranking.total * cut),
        AbcClass.C,
    )


@given(amounts, rules)
def test_classes_follow_the_words_of_the_rule(values, chosen):
    ranking = rank(codes(len(values)), values, chosen)
    assert ranking.abc == [naive(ranking, place) for place in range(len(ranking))]


@given(amounts, rules)
def test_classes_part_the_whole(values, chosen):
    ranking = rank(codes(len(values)), values, chosen)
    for words, parts in ((ranking.abc, abc_parts(ranking)), (ranking.tiers, tier_parts(ranking))):
        assert len(words) == len(ranking) == sum(counts(parts))
        assert sum(sums(parts)) == ranking.total == sum(value for value in values if value > 0)
    assert ranking.abc == sorted(ranking.abc)
    assert sorted(ranking.amounts.tolist(), reverse=True) == ranking.amounts.tolist()


@given(amounts, rules, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(values, chosen, shuffler: random.Random):
    pairs = list(zip(codes(len(values)), values, strict=True))
    mixed = shuffler.sample(pairs, len(pairs))
    first = rank([code for code, _ in pairs], values, chosen)
    second = rank([code for code, _ in mixed], [value for _, value in mixed], chosen)
    assert [pairs[place] for place in first.order] == [mixed[place] for place in second.order]
    assert (first.abc, first.tiers, gini(first)) == (second.abc, second.tiers, gini(second))


@given(st.lists(st.integers(-100, 10**6), max_size=40), rules, st.integers(2, 10**6))
def test_another_unit_of_money_changes_no_class(values, chosen, times):
    plain, scaled = (
        rank(codes(len(values)), values, chosen),
        rank(codes(len(values)), [v * times for v in values], chosen),
    )
    assert (plain.abc, plain.tiers) == (scaled.abc, scaled.tiers)
    assert gini(plain) == gini(scaled)


@given(amounts)
def test_kept_ties_have_one_class(values):
    ranking = rank(codes(len(values)), values, Rules(keep_ties=True))
    for words in (ranking.abc, ranking.tiers):
        assert len(set(zip(ranking.amounts.tolist(), words, strict=True))) == len(set(ranking.amounts.tolist()))


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=30))
def test_gini_by_its_definition(values):
    count, total = len(values), sum(values)
    differences = sum(abs(one - other) for one in values for other in values)
    assert gini(ranked(values)) == pytest.approx(differences / (2 * count * total), abs=1e-12)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_sums_are_exact_beyond_64_bits(values):
    assert exact_sum(np.array(values, dtype=np.int64)) == sum(values)
    assert exact_sum(np.array(values, dtype=object)) == sum(values)


@given(st.lists(st.tuples(st.integers(-5, 5), st.sampled_from("NS"))))
def test_a_range_stands_for_codes_in_order(rows):
    amounts, groups = [row[0] for row in rows], [row[1] for row in rows]
    places, words = range(len(rows)), codes(len(rows))
    pairs = [(rank(places, amounts), rank(words, amounts))]
    inside, apart = rank_within(groups, places, amounts), rank_within(groups, words, amounts)
    assert list(inside) == list(apart)
    for one, other in [*pairs, *zip(inside.values(), apart.values(), strict=True)]:
        assert (one.order.tolist(), one.abc_ends, one.tier_ends) == (
            other.order.tolist(),
            other.abc_ends,
            other.tier_ends,
        )
