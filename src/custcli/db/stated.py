"""Classes and tiers that sheets state, held against those of the latest stored run (forms.md 1.2, derived)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from custcli.db.match import Match
from custcli.db.reach import VERDICTS
from custcli.domain.forms import Field


class Stated(NamedTuple):
    """What a sheet (by the number of its source) states in a cell for a staged record; `word` is the stored word."""

    record: int
    source: int
    row: int
    column: int
    field: Field
    word: str


class Differing(NamedTuple):
    """A cell that says something else than a run, by its number."""

    stated: Stated
    run: int


def differing(match: Match, stated: Sequence[Stated]) -> list[Differing]:
    """The cells whose class or tier is not the run's; of customers that are new or not ranked there is none."""
    import numpy as np

    from custcli.db.runs import latest_run, words

    run = latest_run(match.connection, date.fromisoformat(match.wishes.day)) if stated else None
    if run is None:
        return []
    kept = match.connection.exec_driver_sql(f"SELECT n, id FROM {match.main.name} WHERE id IS NOT NULL").all()
    ids = {row[0]: row[1] for row in kept}
    known = [each for each in stated if each.record in ids]
    told = words(match.connection, run, np.array([ids[each.record] for each in known], dtype=np.int64))
    pairs = [(each, said[_place(each.field)]) for each, said in zip(known, told, strict=True) if said]
    return [Differing(each, run) for each, word in pairs if each.word != word]


def _place(item: Field) -> int:
    return list(VERDICTS).index(item.derived or "")
