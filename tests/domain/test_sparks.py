"""Figures as small bars."""

import pytest

from custcli.domain.sparks import sparkline


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([0, 0], "··"),
        ([5], "█"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([-3, 0, 1, 10**15], "··▁█"),  # more taken back than bought; little beside much is still something
        ([-3, -1], "··"),
    ],
    ids=str,
)
def test_sparkline(values, drawn):
    assert sparkline(values) == drawn
