"""Status, stage, lifecycle, behaviour, band and profit quality by the rules of domain.md R2, R7, R15, R16, R23, 3.3."""

from dataclasses import fields

import numpy as np
import pytest

from custcli.domain import status as rules
from custcli.domain.status import Rules
from custcli.domain.status import stage as stage_of
from custcli.domain.status import status as status_of

FLAGS = {"known", "known_before", "cancelled"}


def words(*told):
    return np.array(told, dtype=object)


def Bought(**figures):  # noqa: N802 - one customer as the rules take many
    for name, known in (("profit", "known"), ("profit_before", "known_before")):
        figures[known] = figures.get(name) is not None
        figures[name] = figures.get(name) or 0
    return rules.Bought(
        **{
            each.name: np.array([figures.get(each.name, 0)], dtype=bool if each.name in FLAGS else np.int64)
            for each in fields(rules.Bought)
        }
    )


def Noted(**told):  # noqa: N802
    flags = {name: np.array([told.pop(name, False)]) for name in ("is_key", "competitor")}
    named = {each.name: words(told.get(each.name)) for each in fields(rules.Noted) if each.name not in flags}
    return rules.Noted(**named, **flags)


RULES = Rules(kinds={"wholesale": 365})
LOYAL = Bought(orders=9, days=9, first_ago=400, last_ago=10, orders_year=4)


@pytest.mark.parametrize(
    ("bought", "kind", "days"),
    [
        (Bought(orders=1, days=1, first_ago=10, last_ago=10), None, 180),
        (Bought(orders=1, days=1, first_ago=10, last_ago=10), "wholesale", 365),
        (Bought(orders=3, days=3, first_ago=210, last_ago=10), None, 300),  # mean gap 100
        (Bought(orders=9, days=3, first_ago=210, last_ago=10), None, 300),  # several orders of a day are one day
        (Bought(orders=4, days=4, first_ago=210, last_ago=10), None, 200),
    ],
)
def test_time_after_which_one_is_lost(bought, kind, days):
    assert rules.lost_after(bought, words(kind), RULES).tolist() == [days]


@pytest.mark.parametrize(("last_ago", "lost"), [(180, False), (181, True)])
def test_lost_begins_the_day_after(last_ago, lost):
    bought = Bought(orders=1, days=1, first_ago=last_ago, last_ago=last_ago)
    assert rules.is_lost(bought, words(None), RULES).tolist() == [lost]


@pytest.mark.parametrize(
    ("bought", "expected"),
    [
        (Bought(), None),
        (Bought(orders=1, days=1), "first"),
        (Bought(orders=2, days=2, first_ago=500, orders_year=2), "repeat"),
        (LOYAL, "loyal"),
        (Bought(orders=9, days=9, first_ago=364, orders_year=9), "repeat"),
        (Bought(orders=9, days=9, first_ago=365, orders_year=3), "repeat"),
    ],
)
def test_stage(bought, expected):
    assert stage_of(bought, RULES).tolist() == [expected]


GONE = Bought(orders=2, days=2, first_ago=500, last_ago=400)
ONE = Bought(orders=1, days=1, first_ago=5, last_ago=5)
TWO = Bought(orders=2, days=2, first_ago=50, last_ago=5)
CANCELLED = Bought(cancelled=True)


@pytest.mark.parametrize(  # the rows of 3.3
    ("noted", "bought", "status", "stage", "how"),
    [
        (Noted(), Bought(), "potential", None, "auto"),
        (Noted(status="potential"), Bought(), "potential", None, None),
        (Noted(status="target"), Bought(), "target", None, None),
        (Noted(status="potential", grade="A"), Bought(), "target", None, "proposal"),
        (Noted(status="potential", grade="D"), Bought(), "non", None, "proposal"),
        (Noted(status="target", grade="B"), Bought(), "target", None, None),
        (Noted(status="non", grade="A"), Bought(), "non", None, None),
        (Noted(status="target"), ONE, "current", "first", "auto"),
        (Noted(status="current", stage="first"), TWO, "current", "repeat", "auto"),
        (Noted(status="current", stage="repeat"), LOYAL, "current", "loyal", "proposal"),
        (Noted(status="current", stage="loyal"), TWO, "current", "repeat", "proposal"),
        (Noted(status="current", stage="repeat"), GONE, "lost", None, "proposal"),
        (Noted(status="lost"), GONE, "lost", None, None),
        (Noted(status="lost"), TWO, "current", "repeat", "auto"),
        (Noted(status="non"), ONE, "current", "first", "auto"),
        (Noted(status="current", stage="first"), CANCELLED, "potential", None, "auto"),
        (Noted(status="current", stage="repeat"), Bought(), "current", "repeat", None),
        (Noted(status="lost"), Bought(), "lost", None, None),
    ],
)
def test_status_and_how_it_changes(noted, bought, status, stage, how):
    found = status_of(bought, noted, RULES)
    assert [each.tolist() for each in found] == [[status], [stage]]
    assert rules.move(noted, found).tolist() == [how]


def half_years(now, before, **more):
    return Bought(**({"orders": 9, "first_ago": 500} | more), sales=now, sales_before=before)


@pytest.mark.parametrize(
    ("bought", "expected"),
    [
        (Bought(), None),
        (half_years(5, 100, first_ago=89), "initial"),
        (half_years(5, 100, orders=2), "initial"),
        (half_years(5, 0), "growth"),
        (half_years(110, 100), "growth"),
        (half_years(109, 100), "mature"),
        (half_years(91, 100), "mature"),
        (half_years(90, 100), "decline"),
        (half_years(-5, 100), "decline"),
    ],
)
def test_lifecycle(bought, expected):
    assert rules.lifecycle(bought, np.array([False])).tolist() == [expected]


def test_a_lost_customer_has_ended():
    assert rules.lifecycle(GONE, np.array([True])).tolist() == ["ended"]


@pytest.mark.parametrize(
    ("bought", "step", "competitor", "expected"),
    [
        (Bought(), None, True, "potential"),
        (LOYAL, "loyal", True, "loyal"),
        (Bought(orders=6, orders_year=6), "repeat", True, "regular"),
        (Bought(orders=6, orders_year=6), "repeat", False, "old"),
        (Bought(orders=6, orders_year=5), "repeat", True, "old"),
        (ONE, "first", True, "new"),
    ],
)
def test_behaviour(bought, step, competitor, expected):
    assert rules.behaviour(bought, words(step), np.array([competitor])).tolist() == [expected]


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        (Noted(), "general"),
        (Noted(abc="A"), "important"),
        (Noted(abc="B", tier="major"), "important"),
        (Noted(abc="C", tier="small", is_key=True), "important"),
        (Noted(abc="A", band="special"), "special"),
        (Noted(abc="A", band="general"), "important"),
    ],
)
def test_band(noted, expected):
    assert rules.band(noted).tolist() == [expected]


@pytest.mark.parametrize(
    ("profit", "before", "abc", "classified", "expected"),
    [
        (None, 5, "A", True, None),
        (1, None, "B", True, "good"),
        (1, None, "C", True, "poor"),
        (1, -5, None, True, "poor"),
        (1, -5, None, False, None),  # good in class A: there are no classes yet
        (0, 1, "A", True, "poor"),
        (0, None, None, False, "poor"),
        (-1, 0, "A", True, "bad"),
    ],
)
def test_quality(profit, before, abc, classified, expected):
    bought = Bought(orders=1, profit=profit, profit_before=before)
    assert rules.quality(bought, words(abc), classified=classified).tolist() == [expected]
