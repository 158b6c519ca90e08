"""Tables of figures that custcli computed itself: import passes them over, since nobody stated them (cli.md 4)."""

from collections.abc import Iterable, Sequence

from custcli import messages
from custcli.domain.readers import fold

ANSWERS: tuple[dict[str, str], ...] = (
    {
        "cumulative_share": "Cumulative share", "abc": "Class", "tier": "Tier", "previous_abc": "Class before",
        "previous_tier": "Tier before",
    },
    {
        "historic": "Historic value", "current": "Current value", "potential": "Potential value",
        "lifetime": "Lifetime value", "probability_alive": "Probability alive",
    },
    {
        "man": "MAN", "grade": "Grade", "provisional": "Provisional", "action": "Next action",
        "stale": "To be checked again",
    },
)  # fmt: skip
"""Of classes, values and prospects the columns that no file of customers has: key → label."""
ENOUGH = 3
"""So many of them in one row are no chance."""


def computed(head: Iterable[Sequence[object]]) -> bool:
    """Whether any of a sheet's first rows is the header of an answer, in keys or in labels of any language.

    csv has no other mark: its keys are fixed (cli.md 3).
    """
    marks = [[_said(key, label) for key, label in answer.items()] for answer in ANSWERS]
    rows = [{fold(cell) for cell in row if isinstance(cell, str)} for row in head]
    return any(sum(not words.isdisjoint(row) for words in answer) >= ENOUGH for answer in marks for row in rows)


def _said(key: str, label: str) -> set[str]:
    return {fold(text) for text in (key, *messages.every(label))}
