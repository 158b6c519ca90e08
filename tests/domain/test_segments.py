"""Segments by scores of RFM: the published table of the R package (P42, RFM-03), users' own rules, their mistakes."""

from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.segments import BOUNDS, GRID, OTHERS, TEN, Segment, Segments, read

CODES = np.array([100 * r + 10 * f + m for r, f, m in product(range(1, 6), repeat=3)])
PUBLISHED = {  # every code that the 995 published customers have
    "Champions": "555",
    "Potential Loyalist": "332 333 334 335 342 343 344 345 353 354 355 432 433 434 435 442 443 444 445 454 455 "
    "532 533 534 535 542 543 544 545 553 554",
    "Loyal Customers": "222 223 224 232 233 234 242 243 244 322 323 324 422 423 424",
    "Promising": "313 314 413 425",
    "New Customers": "411 412 421 431 511 512 513 521 522 523 524",
    "Can't Lose Them": "134 135 144 145 235 245",
    "At Risk": "124 154 155 255",
    "Need Attention": "133 143",
    "About To Sleep": "211 212 213 214 221 311 312 321 331",
    "Lost": "111 112 113 114 121 122 123 132 142",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_codes_have_their_published_segment(name):
    ten = Segments("ten", TEN)
    codes = np.array([int(code) for code in PUBLISHED[name].split()])
    assert {ten.every[place].en for place in ten.placed(codes).tolist()} == {name}


def test_the_grid_has_each_pair_of_scores_once():
    """As the tutorials' patterns of R and F say it (`[1-2]5` and so on), r5 at the top, f1 at the left."""
    grid = Segments("grid", GRID)
    drawn = [
        "new pot pot cha cha",
        "pro pot pot loy loy",
        "abo abo nee loy loy",
        "hib hib at_ at_ can",
        "hib hib at_ at_ can",
    ]
    for (r, f), word in zip(product(range(5, 0, -1), range(1, 6)), " ".join(drawn).split(), strict=True):
        taking = [each.name for each in grid.every[:-1] if each.takes((r, f, 1)) and each.takes((r, f, 5))]
        assert [name[:3] for name in taking] == [word]


def bounds():
    return st.tuples(st.integers(1, 5), st.integers(1, 5)).map(sorted)


@given(st.lists(st.tuples(bounds(), bounds(), bounds()), min_size=1, max_size=4))
def test_every_code_has_the_first_segment_that_takes_it(every):
    """They part the customers: each code is in one segment, in no earlier one, and in the others where none fits."""
    rules = read([{"name": f"s{number}", **dict(zip(BOUNDS, each, strict=True))} for number, each in enumerate(every)])
    found = Segments("own", rules)
    for code, place in zip(CODES.tolist(), found.placed(CODES).tolist(), strict=True):
        scores = tuple(map(int, str(code)))
        fits = [all(low <= one <= high for one, (low, high) in zip(scores, each, strict=True)) for each in every]
        assert place == (fits.index(True) if any(fits) else len(every))
        assert (found.every[place] is OTHERS) == (not any(fits))


def test_a_stored_run_reads_its_rules_again():
    kept = Segments("ten", TEN).written()
    assert [asdict(each) for each in read(kept["rules"])] == [asdict(each) for each in TEN]


def test_what_is_left_out_is_any_and_the_name():
    assert read([{"name": " gone ", "r": [1, 2]}]) == (Segment("gone", "gone", "gone", [1, 2]),)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"name": "a"}, ["a list of segments is expected, each with name, r, f, m"]),
        ([], ["a list of segments is expected, each with name, r, f, m"]),
        ([3], ["segment 1: a table is expected"]),
        ([{"r": [1, 2]}], ["segment 1: name: is needed"]),
        ([{"name": " ", "en": 3}], ["segment 1: name: a text is expected", "segment 1: en: a text is expected"]),
        ([{"name": "a"}, {"name": "b", "rr": [1, 2]}], ["segment 2: rr: unknown word; did you mean r?"]),
        ([{"name": "a", "zh": "甲"}, {"name": "b", "en": "A"}], ["segment 2: b is a name that another segment has"]),
        ([{"name": "其他"}], ["segment 1: 其他 is a name that another segment has"]),
        *(
            (
                [{"name": "a", "f": value}],
                ["segment 1: f: two scores from 1 to 5 are expected, the lower one first: [2, 4]"],
            )
            for value in ([0, 5], [1, 6], [4, 2], [3], 3, "35", [True, 5], [1.5, 2])
        ),
    ],
    ids=str,
)
def test_mistakes_say_where_and_what(given_, said):
    assert list(map(str, read(given_))) == said
