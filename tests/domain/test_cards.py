"""Cards: the cases of forms.md 5 by number with the built-in forms, and that no value ever moves into another field."""

from importlib import resources

import pytest

from custcli.domain import forms, layout
from custcli.domain.cells import Merge
from tests.domain.cards import LABELS, ONE, TWO, YEARS, beside, merges, person, sales, wholesale


def loaded():
    folder = resources.files("custcli").joinpath("forms")
    texts = [(item.name, item.read_text(encoding="utf-8")) for item in folder.iterdir() if item.name.endswith(".toml")]
    return forms.load(sorted(texts))


FORMS = loaded()


def seen(head, merged=(), name="", only=None):
    return layout.recognise(head, merged, name, FORMS, only=FORMS[only] if only else None)


def cards(head, merged=(), name="", only=None):
    found = seen(head, merged, name, only)
    assert found.cards, (str(found.refused), found.scores)
    return found.cards


def stated(card):
    return {path: value for path, (_, value, *_) in card.values.items() if value is not None}


def records(head, merged=(), **how):
    return [stated(card) for card in cards(head, merged, **how).records]


def left(found):
    return [one.text for card in found.cards for one in card.left_over]


def problems(found):
    return [str(reason) for card in found.cards for *_, reason in card.problems]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "plain"])
def test_two_cards_below_each_other(merged):  # case 15
    one, two = wholesale(ONE), wholesale(TWO)
    head = [*one, [], *two]
    found = cards(head, (*merges(one), *merges(two, len(one) + 1)) if merged else ())
    assert found.form.name == "wholesale"
    assert [stated(card) for card in found.cards] == [ONE, TWO]
    assert (left(found), problems(found)) == ([], [])
    assert found.cards[1].values["name"][2:] == (len(one) + 3, 1)
