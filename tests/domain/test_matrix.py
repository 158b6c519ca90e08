"""The priority matrix and the worksheet of seven criteria (domain.md R8, R9)."""

import pytest

from custcli.domain.matrix import Potential, priority, worksheet


@pytest.mark.parametrize(
    ("answers", "total", "band", "answered"),
    [
        ((1, 1, 1, 0, 1, 0, 1), 5, "high", 7),  # R9's worked example
        ((1, 1, 1, 0, 1, 0, 0), 4, "middle", 7),
        ((1, 1, 1, 0, 0, 0, 0), 3, "middle", 7),
        ((1, 1, 0, 0, 0, 0, 0), 2, "low", 7),
        ((0, 0, 0, 0, 0, 0, 0), 0, "low", 7),
        ((1, 1, 1, 1, 1, 1, None), None, None, 6),  # a missing answer: not totalled
        ((None,) * 7, None, None, 0),
    ],
)
def test_worksheet(answers, total, band, answered):
    sheet = worksheet([None if each is None else bool(each) for each in answers])
    assert (sheet.total, sheet.band, sheet.answered) == (total, band, answered)


@pytest.mark.parametrize(
    ("high", "met", "place"), [(True, 4, "A+"), (False, 4, "A"), (True, 3, "B"), (False, 3, "C"), (False, 7, "A")]
)
def test_priority(high, met, place):  # R8: potential is high from 4 on
    assert priority(revenue_high=high, potential=Potential(7, met)) == place


@pytest.mark.parametrize("potential", [None, Potential(6, 6)])
def test_unknown_potential_is_asked_for(potential):
    assert priority(revenue_high=True, potential=potential) == "?"
