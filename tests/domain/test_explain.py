"""The nearest change of a class or tier, proved by ranking everybody again with the changed amount; turns of MAN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.classify import Boundary, Rules, rank
from custcli.domain.explain import Change, Nearest, Standing, turns
from custcli.domain.prospects import Letter

P9 = [  # 43 customers of a published ABC table; total 1,040 (domain.md 5.1)
    *(131, 66, 54, 48, 44, 39, 37, 34, 28, 28, 27, 27, 26, 26, 25, 25, 24, 22, 21, 21, 21, 21, 18, 17, 17, 16, 16, 16),
    *(15, 15, 13, 11, 11, 10, 10, 10, 10, 9, 8, 6, 6, 6, 5),
]


def again(amounts, place, amount, rules, words):
    """The verdict on one customer after everybody is ranked anew with its changed amount; None without a rank."""
    changed = [*amounts]
    changed[place] = amount
    ranking = rank(range(len(changed)), changed, rules)
    ranks = ranking.order.tolist()
    return str(getattr(ranking, words)[ranks.index(place)]) if place in ranks else None


def standing(amounts, place, **rules):
    return Standing(range(len(amounts)), amounts, place, Rules(**rules))


@pytest.mark.parametrize(
    ("amounts", "place", "rules", "found"),
    [
        # second with 20: 50 of 70; third with 19: 69 of 69
        ([50, 30, 20], 0, {}, Nearest("A", None, Change(19, "C"))),
        # 80 of 100 is A, 81 of 101 beyond 80 %; second with 20 (the smaller code leads): 70 of 90; third with 19: all
        ([50, 30, 20], 1, {}, Nearest("A", Change(31, "B"), Change(19, "C"))),
        # B with 31, though A again as the first from 50 on: its code is greater
        ([31, 50, 20], 0, {}, Nearest("B", Change(50, "A"), Change(30, "A"))),
        # before it, as the third, lie 70 of 70 + x: beyond 80 % from 17 downwards
        ([50, 30, 20], 1, {"boundary": Boundary.START}, Nearest("A", None, Change(17, "B"))),
        ([81, 19], 1, {}, Nearest("C", Change(82, "A"), Change(0, None))),
        ([5], 0, {}, Nearest("A", None, Change(0, None))),
        ([5, 0], 1, {}, Nearest(None, Change(1, "C"), None, (Change(6, "A"),))),
    ],
)
def test_classes_by_hand(amounts, place, rules, found):
    assert standing(amounts, place, **rules).abc() == found


def test_the_published_table():  # domain.md 5.1: cuts 55, 85: 28th of 43, 16, is C; ties are split
    nearest = standing(P9, 27, cuts=(5_500, 8_500)).abc()
    assert nearest == Nearest("C", Change(17, "B"), Change(0, None), (Change(28, "A"),))  # 590 of 1,051; 537 of 1,052


def test_tiers_by_rank():  # R5: 43 customers: 1, 2, 6, 34
    assert standing(P9, 0).tier() == Nearest("key", None, Change(65, "major"))
    assert standing(P9, 1).tier() == Nearest("major", Change(132, "key"), Change(47, "ordinary"))
    assert standing(P9, 42).tier() == Nearest(
        "small", Change(29, "ordinary"), Change(0, None), (Change(55, "major"), Change(132, "key"))
    )


ORDER = {name: place for place, name in enumerate(("A", "B", "C", None))} | {
    name: place for place, name in enumerate(("key", "major", "ordinary", "small"))
}

values = st.lists(
    st.one_of(st.integers(-3, 12), st.integers(1, 10**6), st.integers(1, 10**17)), min_size=1, max_size=14
)
cuts = st.tuples(st.integers(1, 9_998), st.integers(2, 10_000)).filter(lambda two: two[0] < two[1])
tiers = st.lists(st.integers(1, 10_000), min_size=3, max_size=3, unique=True).map(lambda some: tuple(sorted(some)))
rules = st.builds(Rules, cuts=cuts, tiers=tiers, boundary=st.sampled_from(Boundary), keep_ties=st.booleans())


@given(values, st.data(), rules, st.sampled_from(["abc", "tiers"]))
def test_at_the_amount_told_the_verdict_changes_and_one_less_keeps_it(amounts, data, chosen, words):
    place = data.draw(st.integers(0, len(amounts) - 1))
    stands = Standing(range(len(amounts)), amounts, place, chosen)
    nearest = stands.abc() if words == "abc" else stands.tier()
    own = again(amounts, place, amounts[place], chosen, words)
    assert nearest.verdict == own
    for change, towards in ((nearest.up, -1), (nearest.down, 1)):
        if change:
            assert again(amounts, place, change.amount, chosen, words) == change.verdict != own
            assert again(amounts, place, change.amount + towards, chosen, words) == own
    for better in nearest.better:
        assert again(amounts, place, better.amount, chosen, words) == better.verdict
        assert ORDER[better.verdict] < ORDER[own]


small = st.lists(st.integers(0, 9), min_size=1, max_size=6)


@given(small, st.data(), rules, st.sampled_from(["abc", "tiers"]))
def test_no_nearer_amount_changes_it(amounts, data, chosen, words):
    """Every amount there is, one by one."""
    place = data.draw(st.integers(0, len(amounts) - 1))
    stands = Standing(range(len(amounts)), amounts, place, chosen)
    nearest = stands.abc() if words == "abc" else stands.tier()
    own, amount = nearest.verdict, amounts[place]
    every = {each: again(amounts, place, each, chosen, words) for each in range(2 * sum(amounts) + 20)}
    above = [each for each in every if each > amount and every[each] != own]
    below = [each for each in every if each < amount and every[each] != own]
    assert (nearest.up.amount if nearest.up else None) == min(above, default=None)
    assert (nearest.down.amount if nearest.down else None) == max(below, default=None)
    ranks = sorted({ORDER[verdict] for verdict in every.values() if ORDER[verdict] < ORDER[own]})
    least = {min(each for each in every if each > amount and ORDER[every[each]] <= goal) for goal in ranks if above}
    told = {each.amount for each in (nearest.up, *nearest.better) if each and ORDER[each.verdict] < ORDER[own]}
    assert told == least


def test_what_other_letters_would_make():  # R3: M+a+N is B, find who decides; with A it is sold to
    told = {(turn.place, str(turn.letter)): (turn.man, turn.grade, turn.action) for turn in turns(LETTERS)}
    assert told == {
        (0, "no"): ("m+a+N", "C", "cultivate"),
        (1, "yes"): ("M+A+N", "A", "sell"),
        (2, "no"): ("M+a+n", "C", "cultivate"),
    }
    unknown = turns((Letter.YES, Letter.UNKNOWN, Letter.YES))
    assert [(each.man, each.provisional) for each in unknown if each.place == 1] == [("M+A+N", False), ("M+a+N", False)]


LETTERS = (Letter.YES, Letter.NO, Letter.YES)
