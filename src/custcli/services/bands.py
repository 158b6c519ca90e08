"""The band that people noted beside the one that class and tier give (R7), flagged where the two differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from custcli.domain.forms import Form
from custcli.domain.layout import Placed
from custcli.domain.status import IMPORTANT_TIERS, band_of
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.db import Connection
    from custcli.domain.classify import Ranking

BANDS = {"important": "Important", "special": "Special", "general": "General"}
NOTED = Column("noted_band", "Band noted", Kind.TOKEN, labels=BANDS, usual=(None,))
BAND = Column("band", "Band", Kind.TOKEN, labels=BANDS)
DIFFERS = Column("differs", "Differs", Kind.FLAG, usual=(False, None))
DIFFERED = replace(DIFFERS, name="band_differs", label="Differs from the band noted")
VERDICTS = ("abc_class", "tier")
"""The computed fields of a customer that a stored run tells."""


def columns(*, plain: bool) -> list[Column]:
    """The band noted, the one reckoned, whether they differ; where all is `plain` a table needs no band reckoned."""
    return [NOTED, replace(BAND, wide=plain), DIFFERS]


def reckoned(noted: str | None, abc: str | None, tier: str | None, *, key: bool) -> tuple[str, bool]:
    """The band of one customer, and whether people noted another one."""
    found = str(band_of(noted, abc, tier, key=key))
    return found, noted is not None and noted != found


def differing(connection: "Connection", ids: "NDArray[Any]", rankings: "Sequence[Ranking]") -> int:
    """Of how many of these customers another band is noted than their rank gives; rankings hold places in `ids`."""
    import numpy as np

    from custcli.db import figures

    noted = figures.noted_bands(connection)
    if not len(noted["id"]):
        return 0
    matters = np.concatenate([ids[each.order[: _important(each)]] for each in rankings])
    important = np.isin(noted["id"], matters) | (noted["key"] > 0)
    differs = np.isin(noted["id"], ids) & (important != (noted["important"] > 0))
    return int(differs.sum())


def _important(ranking: "Ranking") -> int:
    """How many of the first are important by their rank: class A, and the tiers that R7 names."""
    return max(ranking.abc_ends[0], ranking.tier_ends[len(IMPORTANT_TIERS) - 1])


def told(count: int) -> list[Message]:
    """What is said of bands that differ, if any do."""
    return [message("Band noted otherwise than reckoned: {count}", count=count)] if count else []


# in lists of dossiers: by the latest stored run


def verdict(form: Form, text: str) -> Placed | None:
    """The computed class or tier that a text names among the fields of a dossier."""
    from custcli.db.terms import verdict_field

    name = verdict_field(form, text)
    return next((place for place in _verdicts(form) if place.path == name), None)


def _verdicts(form: Form) -> list[Placed]:
    known = [form.fields[name] for name in VERDICTS if form.table == "customer" and name in form.fields]
    return [Placed(0, item.label, item, item.name) for item in known]


def judged(form: Form, chosen: Sequence[Placed]) -> list[Placed]:
    """The fields chosen with the computed class and tier behind the band that people note."""
    at = next((i for i, place in enumerate(chosen, 1) if place.path == "triage"), len(chosen))
    return [*chosen[:at], *_verdicts(form), *chosen[at:]]


def beside(grid: Grid) -> Grid:
    """A list of dossiers with the band reckoned beside the one noted, and whether they differ; unknown without a class.

    A screen shows class and band noted where any is known.
    """
    at = {column.name: i for i, column in enumerate(grid.columns)}
    if not {"triage", "is_key", *VERDICTS} <= at.keys():
        return grid
    end = at["tier"] + 1
    shown = {at[name]: replace(grid.columns[at[name]], wide=False, usual=(None,)) for name in ("triage", "abc_class")}
    columns = [shown.get(i, column) for i, column in enumerate(grid.columns)]
    reckoning = [replace(BAND, name="band_reckoned", label="Band reckoned", wide=True), DIFFERED]
    mask_by = grid.mask_by if grid.mask_by is None or grid.mask_by < end else grid.mask_by + len(reckoning)
    columns[end:end] = reckoning
    return replace(grid, columns=columns, rows=_with_bands(grid.rows, at, end), mask_by=mask_by)


def _with_bands(rows: Iterable[Sequence[object]], at: Mapping[str, int], end: int) -> Iterator[list[object]]:
    for row in rows:
        noted, abc, tier = (str(word) if (word := row[at[name]]) else None for name in ("triage", *VERDICTS))
        band: Sequence[object] = reckoned(noted, abc, tier, key=bool(row[at["is_key"]])) if abc else (None, None)
        yield [*row[:end], *band, *row[end:]]
