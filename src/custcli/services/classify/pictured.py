"""What is shown beside the rows of a classification: classes and tiers in short, Pareto chart and Lorenz curve."""

from collections.abc import Mapping
from typing import Any, cast

from custcli.domain.classify import AbcClass
from custcli.grid import MOST_BARS, Column, Curve, Grid, Kind, Pareto
from custcli.messages import message
from custcli.services.classify.amounts import KINDS
from custcli.services.classify.ranked import Ranked
from custcli.services.names import TIERS

POINTS = 200
"""So many points draw a curve."""


def beside(ranked: Ranked, summary: Mapping[str, object]) -> list[Grid]:
    """Two small tables of the summary: each class and each tier with its customers, amount and shares (R4, R5)."""
    kind = KINDS.get(ranked.asked.by, Kind.MONEY)
    classes = {str(word): str(word) for word in AbcClass}
    return [_parts(summary, "abc", "Class", classes, kind), _parts(summary, "tiers", "Tier", TIERS, kind)]


def _parts(summary: Mapping[str, object], key: str, label: str, words: Mapping[str, str], kind: Kind) -> Grid:
    parts = cast("Mapping[str, Mapping[str, Any]]", summary[key])
    total = sum(part["customers"] for part in parts.values())
    columns = [
        Column("name", label, Kind.TOKEN, labels=words),
        Column("customers", "Customers", Kind.INTEGER),
        Column("customers_share", "Share of customers", Kind.SHARE),
        Column("amount", "Amount", kind),
        Column("share", "Share", Kind.SHARE),
    ]
    rows = [
        [word, part["customers"], part["customers"] / total if total else None, part["amount"], part["share"]]
        for word, part in parts.items()
    ]
    return Grid("classify", columns, rows)


def chart(ranked: Ranked) -> Pareto | None:
    """The first customers with their running share; of groups, each ranked by itself, there is no such line."""
    count = len(ranked.whole)
    if not count or ranked.asked.within or ranked.asked.abc or ranked.asked.tier:
        return None
    shown = min(count, MOST_BARS, ranked.asked.limit or MOST_BARS)
    title = message("The first {shown} of {count} customers, and their running share", shown=shown, count=count)
    return Pareto(title, "name", "amount", "cumulative_share", shown, short="code")


def curve(ranked: Ranked) -> Curve | None:
    """How the amount spreads over the customers who have one, the smallest first (Lorenz curve, R6)."""
    count = len(ranked.whole)
    if not count or ranked.asked.within or ranked.asked.abc or ranked.asked.tier:
        return None
    shares = ranked.whole.cumulative_shares
    places = sorted({round(count * step / POINTS) for step in range(POINTS + 1)})
    points = [(place / count, 1 - float(shares[count - place - 1]) if place < count else 1.0) for place in places]
    title = message("Lorenz curve, the smallest customer first")
    return Curve(title, message("share of the customers"), message("share of the amount"), points)
