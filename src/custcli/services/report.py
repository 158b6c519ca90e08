"""The report of position and status of the customer base (F139, F140), from the same services as the answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from custcli.grid import Bars, Chapter, Column, Curve, Grid, Kind
from custcli.messages import message
from custcli.services import composition as parts
from custcli.services import movements, prospects, retention, status, watch
from custcli.services.classify import Asked as Classified
from custcli.services.classify import ranking

if TYPE_CHECKING:
    from custcli.context import Context

ROWS = 20
"""So many rows of each list."""
DIMENSIONS = ("kind", "region", "owner", "source_channel")
POINTS = 200
"""So many points draw a curve."""
ACTIONS = {
    "potential": "Assess money, authority and need; complete the dossier",
    "target": "Visit and sell",
    "current": "Care; raise the share of wallet",
    "lost": "Find the reason; win back or close",
    "non": "No effort",
}
"""What to do by status (S4-M1K1, F140)."""


def chapters(ctx: "Context") -> list[Chapter]:
    """The chapters that there is data for, in the order in which a manager asks. Stores nothing."""
    ranked = ranking(ctx, Classified(save=False, limit=ROWS))
    months = parts.composition(ctx, parts.Asked(["month"], months=24))
    found = [
        _position(ctx, ranked),
        Chapter(message("Sales by month"), [_charted(months, "month", "amount")]),
        Chapter(message("Classes and tiers"), [ranked, *ranked.beside, _lorenz(ctx)]),
        Chapter(message("Composition"), list(_composition(ctx))),
        _standing(ctx),
        Chapter(message("Movement"), [movements.movements(ctx, movements.Asked(limit=ROWS))]),
        Chapter(message("Watch list"), [watch.watching(ctx, watch.Asked(limit=ROWS))]),
        Chapter(message("Value"), [_values(ctx)]),
        _pursuit(ctx),
        Chapter(message("Retention"), [retention.rates(ctx, retention.Asked())]),
    ]
    return [chapter for chapter in found if chapter.grids or chapter.figures]


def _position(ctx: "Context", ranked: Grid) -> Chapter:
    """The key figures: customers, buyers, orders, sales, how much the best bring, how uneven it is."""
    told = parts.composition(ctx, parts.Asked(["kind"])).summary
    classes: Any = ranked.summary
    columns = [
        Column("customers", "Customers", Kind.INTEGER),
        Column("buyers", "Buyers", Kind.INTEGER),
        Column("orders", "Orders", Kind.INTEGER),
        Column("total", "Net sales", Kind.MONEY),
        Column("share_a", "Share of class A", Kind.SHARE),
        Column("top20_share", "Share of the first 20 %", Kind.SHARE),
        Column("gini", "Gini"),
    ]
    gini = classes["gini"]
    row = [
        *(told[name] for name in ("customers", "buyers", "orders", "total")),
        classes["abc"]["A"]["share"],
        classes["pareto"]["top20_share"],
        None if gini is None else f"{gini:.3f}",
    ]
    return Chapter(message("Position"), figures=Grid("report", columns, [row], told, ctx.day))


def _charted(grid: Grid, names: str, bars: str) -> Grid:
    return replace(grid, chart=Bars(grid.title or message("Amount"), names, bars))


def _lorenz(ctx: "Context") -> Grid:
    """How sales spread over the customers who buy, the smallest first (Lorenz curve)."""
    from custcli.services.classify.ranked import ranked

    with ctx.reading().reading() as connection:
        shares = ranked(ctx, connection, Classified(save=False)).whole.cumulative_shares
    count = len(shares)
    places = sorted({round(count * step / POINTS) for step in range(POINTS + 1)}) if count else []
    points = [(place / count, 1 - float(shares[count - place - 1]) if place < count else 1.0) for place in places]
    chart = Curve(message("Lorenz curve"), message("share of the customers"), message("share of the amount"), points)
    return Grid("report", [], [], title=message("Lorenz curve"), chart=chart if points else None)


def _composition(ctx: "Context") -> Iterator[Grid]:
    for dimension in DIMENSIONS:
        grid = parts.composition(ctx, parts.Asked([dimension], limit=ROWS))
        if any(row[0] is not None for row in grid.rows):
            yield _charted(grid, grid.columns[0].name, "amount")


def _standing(ctx: "Context") -> Chapter:
    """Customers by status and stage with what to do, and by lifecycle (F140)."""
    found = status.standings(ctx, status.Asked(limit=1))
    told: Any = found.summary
    total = told["customers"]
    rows = [
        [word, count, count / total, ACTIONS[word]] for word in status.STATUSES if (count := told["status"].get(word))
    ]
    columns = [
        Column("status", "Status", Kind.TOKEN, labels=status.STATUSES),
        *_counted(),
        Column("action", "What to do", Kind.TOKEN, labels={text: text for text in ACTIONS.values()}),
    ]
    grids = [Grid("report", columns, rows, title=message("Customers by status"))] if rows else []
    for name, label, labels in (
        ("stage", "Stage", status.STAGES),
        ("lifecycle", "Lifecycle", status.LIFECYCLES),
        ("behaviour", "Behaviour", status.BEHAVIOURS),
    ):
        counts = told[name]
        part = [[word, counts[word], counts[word] / total] for word in labels if counts.get(word)]
        title = message("Customers by {dimension}", dimension=message(label))
        own = [Column(name, label, Kind.TOKEN, labels=labels), *_counted()]
        grids += [Grid("report", own, part, title=title)] if part else []
    return Chapter(message("Status"), grids)


def _counted() -> list[Column]:
    return [Column("customers", "Customers", Kind.INTEGER), Column("share", "Share", Kind.SHARE, bar=True)]


def _values(ctx: "Context") -> Grid:
    from custcli.services.value import Asked, valuation

    return valuation(ctx, Asked(top=ROWS))


def _pursuit(ctx: "Context") -> Chapter:
    """Prospects by grade with what to do, and those of grade A (R3)."""
    every = prospects.listing(ctx, prospects.Asked())
    at = {column.name: place for place, column in enumerate(every.columns)}
    rows = list(every.rows)
    if not rows:
        return Chapter(message("Prospects"))
    counts = Counter((str(row[at["grade"]]), str(row[at["man"]]), str(row[at["action"]])) for row in rows)
    columns = [
        Column("grade", "Grade"),
        Column("man", "MAN"),
        Column("customers", "Customers", Kind.INTEGER),
        Column("share", "Share", Kind.SHARE, bar=True),
        every.columns[at["action"]],
    ]
    told = [[grade, man, count, count / len(rows), action] for (grade, man, action), count in sorted(counts.items())]
    grades = Grid("report", columns, told, title=message("Prospects by money, authority and need"))
    best = prospects.listing(ctx, prospects.Asked(grade="A", limit=ROWS))
    return Chapter(message("Prospects"), [grades, best])
