"""Scores by criteria and weights: the worked examples of domain.md R10 and R11, missing answers, vetoes, reviews."""

from datetime import date
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain.forms import load, read
from custcli.domain.forms.scored import items
from custcli.domain.score import (
    Change,
    Outcome,
    Review,
    change,
    is_key,
    months_after,
    next_review,
    score,
    stale,
    suspect,
)


def _built_in():
    folder = resources.files("custcli").joinpath("forms")
    return sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml"))


TEXTS = _built_in()
FORMS = load(TEXTS)
KEY, DEALER, PARTNER = (FORMS[name] for name in ("key_score", "dealer_score", "partner_score"))
DAY = date(2026, 3, 1)


def names(form, group):
    return [item.name for item in items(form, group)]


def answers(form, **groups):
    """Each group's answers in the order of its criteria."""
    return {
        name: value for group, given in groups.items() for name, value in zip(names(form, group), given, strict=True)
    }


R10 = answers(DEALER, willingness=[4, 4], ability=[3, 4, 3, 2, 4], faith=[4, 4], society=[3, 3])
R11 = answers(KEY, attraction=[4, 4, 4, 4, 4], potential=[3, 4], relation=[3, 3])


@pytest.mark.parametrize(
    ("form", "given", "total", "points"),
    [
        (DEALER, R10, Fraction("72.4"), [24, Fraction("22.4"), 20, 6]),  # R10, worked
        (KEY, R11, 70, [24, 28, 18]),  # R11, worked
        (PARTNER, answers(PARTNER, delivery=[100, 80, 60, 40, 95]), 75, [75]),
        (KEY, dict.fromkeys(R11, 5), 100, [30, 40, 30]),
    ],
    ids=["R10", "R11", "partner", "best"],
)
def test_worked_examples(form, given, total, points):
    found = score(form, given)
    assert (found.total, list(found.points.values())) == (total, points)
    assert (found.answered, found.asked) == (len(given), len(given))


def test_the_shipped_schemes_have_the_criteria_of_the_rules():
    """R11: 5 + 2 + 2 of 1 to 5, second template 5 of 0 to 100; R10: 2 + 5 + 2 + 2."""
    counts = {form.name: [len(items(form, group)) for group in form.scheme.weights] for form in (KEY, PARTNER, DEALER)}
    assert counts == {"key_score": [5, 2, 2], "partner_score": [5], "dealer_score": [2, 5, 2, 2]}
    assert [list(form.scheme.weights.values()) for form in (KEY, DEALER)] == [[30, 40, 30], [30, 35, 25, 10]]


@given(st.sets(st.sampled_from(sorted(R11)), min_size=1))
def test_with_an_answer_missing_nothing_is_totalled(lacking):
    found = score(KEY, {name: value for name, value in R11.items() if name not in lacking})
    assert found.total is None
    assert found.answered == len(R11) - len(lacking)
    assert not is_key(KEY, found, "大客户", DAY, None)


@given(st.fixed_dictionaries({name: st.integers(1, 5) for name in R10}), st.sampled_from(sorted(R10)))
def test_a_better_answer_never_lowers_the_score(given, name):
    better = given | {name: min(given[name] + 1, 5)}
    assert score(DEALER, better).total >= score(DEALER, given).total


def test_no_faith_forbids_whatever_the_score():
    """R10: 信誉 = 1 → 不得合作."""
    best = dict.fromkeys(R10, 5)
    assert score(DEALER, best | {"good_faith": 1}).vetoes == ["good_faith"]
    assert score(DEALER, best | {"good_faith": 2}).vetoes == []


TOP = dict.fromkeys(R11, 5)
AT = answers(KEY, attraction=[5, 5, 5, 5, 5], potential=[3, 3], relation=[4, 3])  # 30 + 24 + 21 = 75
BELOW = answers(KEY, attraction=[5, 5, 5, 5, 4], potential=[3, 3], relation=[4, 3])


@pytest.mark.parametrize(
    ("given", "reason", "review", "key"),
    [
        (AT, "能带动本区", None, True),
        (BELOW, "能带动本区", None, False),
        (TOP, None, None, False),  # R11: size alone never suffices
        (TOP, "  ", None, False),
        (TOP, "能带动本区", Review(DAY, Outcome.DOWNGRADE, None), False),
        (TOP, "能带动本区", Review(DAY, Outcome.REMOVE, None), False),
        (TOP, "能带动本区", Review(DAY, Outcome.KEEP, None), True),
        (TOP, "能带动本区", Review(DAY, Outcome.OWN_CAUSE, None), True),
        (TOP, "能带动本区", Review(date(2026, 2, 28), Outcome.REMOVE, None), True),  # rated anew since
    ],
)
def test_who_is_a_key_customer(given, reason, review, key):
    assert is_key(KEY, score(KEY, given), reason, DAY, review) is key


def test_a_dealers_score_makes_nobody_a_key_customer():
    assert not is_key(DEALER, score(DEALER, dict.fromkeys(R10, 5)), "x", DAY, None)


@pytest.mark.parametrize(
    ("noted", "key", "outcome", "wanted"),
    [
        (False, True, None, Change.SET),
        (True, True, None, None),
        (True, False, None, None),  # 3.8: a low score alone takes nobody off
        (True, False, Outcome.OWN_CAUSE, None),
        (True, False, Outcome.REMOVE, Change.UNSET),
        (True, False, Outcome.DOWNGRADE, Change.UNSET),
        (False, False, Outcome.DOWNGRADE, None),
    ],
)
def test_what_the_dossier_should_say(noted, key, outcome, wanted):
    review = Review(DAY, outcome, None) if outcome else None
    assert change(noted=noted, key=key, review=review) is wanted


@pytest.mark.parametrize(
    ("rated_on", "review", "next_on"),
    [
        (None, None, None),
        (DAY, None, date(2026, 6, 1)),
        (DAY, Review(date(2026, 4, 30), Outcome.KEEP, None), date(2026, 7, 30)),
        (DAY, Review(date(2026, 4, 30), Outcome.KEEP, date(2026, 5, 15)), date(2026, 5, 15)),
        (date(2026, 5, 31), Review(DAY, Outcome.KEEP, None), date(2026, 8, 31)),
    ],
)
def test_the_next_review_is_a_quarter_on(rated_on, review, next_on):
    assert next_review(KEY, rated_on, review) == next_on


def test_months_end_where_the_calendar_does():
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_after(date(9999, 12, 1), 3) == date.max


@pytest.mark.parametrize(("day", "old"), [(date(2026, 9, 1), False), (date(2026, 9, 2), True)])
def test_faith_is_rated_anew_after_six_months(day, old):
    """R10: 不能单看一时."""
    assert stale(DEALER, DAY, day) is old
    assert not stale(KEY, DAY, day)


@pytest.mark.parametrize(
    ("before", "warning", "told"),
    [(3, True, ["willingness"]), (3, False, []), (3, None, []), (5, True, []), (None, True, [])],
)
def test_sudden_zeal_with_a_warning_is_to_be_checked(before, warning, told):
    """R10: 虚假的积极性."""
    now = score(DEALER, R10)
    old = None if before is None else score(DEALER, R10 | {"attitude": before})
    assert suspect(DEALER, now, old, {"avoids_prepayment": warning}) == told


# --- the section [score] in a user's files


def own(text):
    return read(TEXTS, [("own.toml", text)])


def test_weights_and_criteria_of_a_shipped_scheme_are_changed():
    """domain.md R11: 价值与因子要服从企业当前目标."""
    forms, mistakes = own(
        '[form]\nextends = "key_score"\n[score]\nthreshold = 60\nweights = { attraction = 0, x_future = 30 }\n'
        '[groups.x_future]\nzh = "前景"\n[groups.x_future.fields]\n'
        'x_growth = { zh = "成长", type = "int", min = 1, max = 10, pi = "B" }\n'
        "[groups.relation.fields]\nstanding = { off = true }\n"
    )
    assert mistakes == []
    form = forms["key_score"]
    assert (form.scheme.threshold, form.scheme.weights) == (60, {"potential": 40, "relation": 30, "x_future": 30})
    found = score(form, {"volume": 5, "margin": 5, "prospects": 5, "x_growth": 5})
    assert (found.total, found.asked) == (85, 4)


WHOLE = """[form]
name = "own"
zh = "自评"
match = [["customer", "day"]]
[score]
threshold = 50
weights = { a = 1, b = 3 }
[fields]
customer = { zh = "客户编号", type = "ref", to = "customer", required = true, pi = "N" }
day = { zh = "日期", type = "date", required = true, pi = "N" }
reason = { zh = "理由", type = "text", pi = "N" }
[groups.a]
zh = "甲"
[groups.a.fields]
a1 = { zh = "一", type = "int", min = 0, max = 10, pi = "N" }
[groups.b]
zh = "乙"
[groups.b.fields]
b1 = { zh = "二", type = "int", min = 0, max = 4, pi = "N" }
b2 = { zh = "三", type = "int", min = 0, max = 2, pi = "N" }
"""


def test_a_scheme_of_ones_own_has_weights_in_proportion():
    forms, mistakes = own(WHOLE)
    assert mistakes == []
    found = score(forms["own"], {"a1": 5, "b1": 4, "b2": 1})
    assert list(found.points.values()) == [Fraction(25, 2), Fraction(225, 4)]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("b = 3", "c = 3", "[score.weights] c"),
        ("b = 3", "b = -3", "[score.weights] b"),
        ("b = 3", 'b = "x"', "[score.weights] b"),
        ("threshold = 50", 'threshold = "50"', "[score] threshold"),
        ("threshold = 50", "treshold = 50", "[score] treshold"),
        ("threshold = 50", "vetoes = { z = 1 }", "[score.vetoes] z"),
        ("threshold = 50", 'suspect = { a = "z" }', "[score.suspect] z"),
        ("weights = { a = 1, b = 3 }", "", "[score]"),
        ("min = 0, max = 10", "min = 0", "[fields] a1"),
        ('type = "int", min = 0, max = 10', 'type = "text"', "[groups.a]"),
        ('reason = { zh = "理由", type = "text", pi = "N" }', "", "[score]"),
        ('zh = "甲"', 'zh = "甲"\nmany = true', "[groups.a]"),
    ],
)
def test_mistakes_of_a_scheme_are_told_with_their_place(old, new, place):
    assert old in WHOLE
    _, mistakes = own(WHOLE.replace(old, new, 1))
    assert place in [each.place for each in mistakes]
