"""Groups by lifetime value: complete, exclusive, best first; worked sizes of the pyramid (domain.md R5, R13.5)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.value import Amounts
from custcli.domain.value.groups import FIFTHS, NONE, UNKNOWN, by_amount, by_number, tiers

CURRY = (100, 500, 2_000)


def amounts(numbers):
    """Lifetime values; None: not known."""
    whole = np.array([0 if each is None else each for each in numbers], dtype=np.int64)
    return Amounts(whole, np.array([each is not None for each in numbers], dtype=bool))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1_000, (10, 40, 150, 800)), (250, (3, 10, 37, 200)), (43, (1, 2, 6, 34)), (5, (1, 0, 0, 4)), (0, (0, 0, 0, 0))],
)
def test_sizes_of_the_tiers(count, sizes):  # R5, worked
    found = tiers(amounts(range(1, count + 1)), CURRY)
    assert list(found) == ["key", "major", "ordinary", "small"]
    assert tuple(map(len, found.values())) == sizes


def test_amounts_begin_at_their_limit():
    found = by_amount(amounts([100, 99, 10, 9, 0, -5, None]), [100, 10])
    assert {name: places.tolist() for name, places in found.items()} == {
        "1": [0], "2": [1, 2], "3": [3], NONE: [4, 5], UNKNOWN: [6],
    }  # fmt: skip


@given(
    st.lists(st.one_of(st.none(), st.integers(-5, 50)), max_size=60),
    st.sampled_from(
        [lambda each: tiers(each, CURRY), lambda each: by_number(each, FIFTHS), lambda each: by_amount(each, [30, 9])]
    ),
)
def test_every_customer_is_in_one_group_and_none_above_a_better(numbers, grouping):
    found = grouping(amounts(numbers))
    assert sorted(place for places in found.values() for place in places.tolist()) == list(range(len(numbers)))
    ranked = [(-numbers[place], place) for name in found if name not in {NONE, UNKNOWN} for place in found[name]]
    assert ranked == sorted(ranked)
