"""The report of position and status of the customer base (F139, F140), from the same services as the answers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from custcli.domain.period import months_before
from custcli.errors import UsageError
from custcli.grid import Chapter, Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services import composition as parts
from custcli.services import movements, prospects, retention, status, watch
from custcli.services.classify import Asked as Classified
from custcli.services.classify import ranking

if TYPE_CHECKING:
    from custcli.context import Context

ROWS = 20
"""So many rows of each list."""
MONTHS = 24
"""So many months of sales."""
QUARTERS = 9
"""So many cohorts, and so many quarters of each, stand on a page."""
DIMENSIONS = ("kind", "market_role", "region", "owner", "source_channel")
ACTIONS = {
    "potential": "Assess money, authority and need; complete the dossier",
    "target": "Visit and sell",
    "current": "Care; raise the share of wallet",
    "lost": "Find the reason; win back or close",
    "non": "No effort",
}
"""What to do by status (S4-M1K1, F140)."""
UNKNOWN = "?"
"""The letters of prospects of whom one is unknown."""
COMPOSED = ("customers", "buyers", "orders", "amount", "share", "average")
RANKED = ("rank", "code", "name", "region", "owner", "amount", "share", "cumulative_share", "abc", "tier")
MOVED = (
    *("code", "name", "owner", "movement", "previous_abc", "abc", "previous_tier", "tier"),
    *("amount", "change"),
)
VALUED = (
    *("code", "name", "historic", "current", "potential", "lifetime"),
    *("probability_alive", "low", "high"),
)
PURSUED = ("code", "name", "man", "action", "stage", "expected_amount", "next_follow_up", "owner", "region")
KEPT = ("since", "until", "start", "new", "regained", "lost", "end", "retention_rate", "churn_rate", "growth_rate")
"""The columns of the tables that have more than a page has room for."""


def chapters(ctx: "Context", currency: str | None = None) -> list[Chapter]:
    """The chapters that there is data for, in the order in which a manager asks. Stores nothing.

    UsageError: several currencies and none chosen.
    """
    with ctx.moment() as now:
        return _chapters(now, currency)


def _chapters(ctx: "Context", currency: str | None) -> list[Chapter]:
    ranked = ranking(ctx, Classified(save=False, limit=ROWS, currency=currency))
    months = _composed(ctx, parts.Asked(["month"], months=MONTHS, currency=currency))
    composed = [_composed(ctx, parts.Asked([each], limit=ROWS, currency=currency)) for each in DIMENSIONS]
    found = [
        Chapter(message("Sales by month"), [months]),
        Chapter(message("Classes and tiers"), _classes(ranked)),
        Chapter(message("RFM"), _types(ctx, currency)),
        Chapter(message("Composition"), composed),
        Chapter(message("Status"), list(_standing(ctx))),
        Chapter(message("Movement"), _moved(ctx)),
        Chapter(message("Watch list"), [watch.watching(ctx, watch.Asked(limit=ROWS))]),
        Chapter(message("Customer value"), [_values(ctx, currency)]),
        Chapter(message("Prospects"), _pursuit(ctx)),
        Chapter(message("Retention"), _retention(ctx, currency)),
    ]
    told = [replace(chapter, grids=[_plain(grid) for grid in chapter.grids if _telling(grid)]) for chapter in found]
    return [_position(ctx, ranked, composed[0].summary), *(chapter for chapter in told if chapter.grids)]


def _telling(grid: Grid) -> bool:
    """Whether there is anything to see: rows, which are read for it, or a line."""
    grid.rows = list(grid.rows)
    return bool(grid.rows) or grid.curve is not None


def _plain(grid: Grid) -> Grid:
    """Without what only somebody at a keyboard can use: options and commands in notes."""
    return replace(grid, notes=[told for note in grid.notes if (told := _for_readers(note))])


def _for_readers(note: Message) -> Message | None:
    if "--limit" in note.text:
        return message("… {count} more", **note.params)
    return None if "custcli" in note.text or "--" in note.text else note


def _only(grid: Grid, names: Sequence[str]) -> Grid:
    """The grid of which a page shows these columns alone."""
    return replace(grid, columns=[replace(each, wide=each.wide or each.name not in names) for each in grid.columns])


def _position(ctx: "Context", ranked: Grid, told: Mapping[str, Any]) -> Chapter:
    """The key figures: customers, buyers, orders, sales, how much the best bring, how uneven it is."""
    classes: Any = ranked.summary
    columns = [
        Column("customers", "Customers", Kind.INTEGER),
        Column("buyers", "Buyers", Kind.INTEGER),
        Column("orders", "Orders", Kind.INTEGER),
        Column("total", "Net sales", Kind.MONEY),
        Column("average", "Average per buyer", Kind.MONEY, blank="–"),
        Column("share_a", "Share of class A", Kind.SHARE, blank="–"),
        Column("top20_share", "Share of the first 20 %", Kind.SHARE, blank="–"),
        Column("gini", "Gini", blank="–"),
    ]
    buyers, gini = told["buyers"], classes["gini"]
    row = [
        *(told[name] for name in ("customers", "buyers", "orders", "total")),
        Money((2 * told["total"] + buyers) // (2 * buyers)) if buyers else None,
        classes["abc"]["A"]["share"],
        classes["pareto"]["top20_share"],
        None if gini is None else f"{gini:.3f}",
    ]
    span = message("{since} to {until}", since=told["since"], until=told["until"]) if told["since"] else None
    return Chapter(message("Position"), figures=Grid("report", columns, [row], told, ctx.day, span))


def _composed(ctx: "Context", asked: parts.Asked) -> Grid:
    """Customers and sales by a dimension as bars; nothing where nobody states it."""
    grid = parts.composition(ctx, asked)
    if all(row[0] is None for row in grid.rows):
        return replace(grid, rows=[])
    return _only(grid, (grid.columns[0].name, *COMPOSED))


def _classes(ranked: Grid) -> list[Grid]:
    """The first of the ranking, classes and tiers in short, and how uneven it is."""
    titles = [message("Classes"), message("Tiers")]
    short = [
        replace(grid, title=title, columns=[replace(each, bar=each.name == "share") for each in grid.columns])
        for grid, title in zip(ranked.beside, titles, strict=True)
        if ranked.curve
    ]
    uneven = Grid("report", [], [], title=ranked.curve.title, curve=ranked.curve) if ranked.curve else None
    return [_only(replace(ranked, curve=None), RANKED), *short, *([uneven] if uneven else [])]


def _types(ctx: "Context", currency: str | None) -> list[Grid]:
    """The eight types of RFM with what to do (R14); nothing where there are too few customers for quantiles."""
    with suppress(UsageError):
        found = ranking(ctx, Classified(save=False, method="rfm", limit=1, currency=currency))
        return [replace(each, title=each.title or found.title) for each in found.beside]
    return []


def _standing(ctx: "Context") -> Iterator[Grid]:
    """Customers by status and stage with what to do, and by lifecycle (F140)."""
    found = status.standings(ctx, status.Asked(limit=1))
    told: Any = found.summary
    for name, label, labels in (
        ("status", "Status", status.STATUSES),
        ("stage", "Buying stage", status.STAGES),
        ("lifecycle", "Lifecycle", status.LIFECYCLES),
        ("behaviour", "Behaviour", status.BEHAVIOURS),
    ):
        counts = told[name]
        rows = [[word, counts[word], counts[word] / told["customers"]] for word in labels if counts.get(word)]
        columns = [Column(name, label, Kind.TOKEN, labels=labels), *_counted()]
        if name == "status":
            columns.append(Column("action", "What to do", Kind.TOKEN, labels={text: text for text in ACTIONS.values()}))
            rows = [[*row, ACTIONS[row[0]]] for row in rows]
        notes = status.doubts(told) if name == "status" else []
        title = message("Customers by {dimension}", dimension=message(label))
        yield Grid("report", columns, rows, title=title, notes=notes)


def _counted() -> list[Column]:
    return [Column("customers", "Customers", Kind.INTEGER), Column("share", "Share", Kind.SHARE, bar=True)]


def _moved(ctx: "Context") -> list[Grid]:
    """How many customers moved how, and those that fell first; nothing where nobody moved."""
    found = movements.movements(ctx, movements.Asked(limit=ROWS))
    counted = [grid for grid in found.beside[:1] if any(_some(row) for row in grid.rows)]
    return [*counted, _only(found, MOVED)]


def _values(ctx: "Context", currency: str | None) -> Grid:
    """The customers of the highest lifetime value."""
    from custcli.services.value import Asked, valuation

    return _only(valuation(ctx, Asked(top=ROWS, currency=currency)), VALUED)


def _pursuit(ctx: "Context") -> list[Grid]:
    """Prospects by grade and letters with what to do, and those of grade A (R3)."""
    every = prospects.listing(ctx, prospects.Asked())
    at = {column.name: place for place, column in enumerate(every.columns)}
    places = [at[name] for name in ("grade", "provisional", "man", "action")]
    told = [[row[place] for place in places] for row in every.rows]
    counts = Counter((grade, doubted, UNKNOWN if doubted else man, action) for grade, doubted, man, action in told)
    columns = [Column("grade", "Grade"), every.columns[at["man"]], every.columns[at["action"]], *_counted()]
    rows = [[grade, *rest, count, count / counts.total()] for (grade, _, *rest), count in sorted(counts.items())]
    best = [row for row in every.rows if row[at["grade"]] == "A" and not row[at["provisional"]]]
    left = len(best) - ROWS
    notes = [message("… {count} more", count=left)] if left > 0 else []
    first = replace(every, rows=best[:ROWS], notes=notes, title=message("Prospects of grade A, assessed in full"))
    return [Grid("report", columns, rows, title=message("Prospects by grade")), _only(first, PURSUED)]


def _retention(ctx: "Context", currency: str | None) -> list[Grid]:
    """Who stays by month, and how cohorts of first orders come again by quarter."""
    since = months_before(ctx.day, (QUARTERS - 1) * 3)
    cohorts = retention.cohorts(ctx, retention.Cohorts(by="quarter", since=since, currency=currency))
    rates = _only(retention.rates(ctx, retention.Asked()), KEPT)
    return [grid for grid in (rates, cohorts) if any(_some(row) for row in grid.rows)]


def _some(row: Sequence[object]) -> bool:
    return any(isinstance(value, int) and value for value in row)
