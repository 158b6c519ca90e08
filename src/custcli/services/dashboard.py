"""The main figures of the customer base on one screen, beside those of a year before (F139)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from custcli.domain.period import MONTHS, Period, earlier, first_day
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import message
from custcli.services import composition as parts
from custcli.services import movements, prospects, retention, status, watch
from custcli.services.classify import Asked as Classified
from custcli.services.classify import ranking
from custcli.services.explain.facts import Value, plain, told

if TYPE_CHECKING:
    from custcli.context import Context

LABELS = {
    "customers": "Customers",
    "sales": "Net sales",
    "profit": "Gross profit",
    "orders": "Orders",
    "buyers": "Buyers",
    "average": "Average per buyer",
    "share_a": "Share of class A",
    "top20_share": "Share of the first 20 %",
    "new": "New customers",
    "lost": "Customers lost",
    "regained": "Customers won back",
    "retention_rate": "Retention rate of the last month",
    "potential": "Potential customers",
    "target": "Target customers",
    "current": "Current customers",
    "loyal": "Loyal customers",
    "decline": "Customers in decline",
    "rose": "Rose since the last classification",
    "fell": "Fell since the last classification",
    "watched": "To be watched",
    "prospects_a": "Prospects of grade A",
    "expected": "Expected of prospects",
}
"""The figures in the order in which they are told."""


@dataclass(frozen=True)
class Asked:
    """What is asked, as the options of `custcli dashboard` say it."""

    currency: str | None = None


def dashboard(ctx: "Context", asked: Asked) -> Grid:
    """A row for each figure of the last 12 months, with that of the 12 before where the orders tell it. Stores nothing.

    UsageError: several currencies and none chosen.
    """
    with ctx.moment() as now:
        span = Period(first_day(now.day, MONTHS), now.day, "12m")
        sold = _sold(now, asked, span)
        figures = sold | _uneven(now, asked) | _turnover(now, span) | _standing(now) | _work(now)
        then = earlier(span, year=True)
        former = _sold(now, Asked(sold["currency"]), then) | _turnover(now, then) if then else {}
        former |= {"customers": None}
        if not figures["costed"]:
            figures, former = figures | {"profit": None}, former | {"profit": None}
    scripts = ctx.format in {"json", "jsonl", "csv", "tsv"}
    kind = Kind.TEXT if scripts else Kind.DECIMAL
    return Grid(
        command="dashboard",
        columns=[
            Column("figure", "Main figures", Kind.TOKEN, labels=LABELS),
            Column("value", "Figure", kind),
            Column("previous", "The 12 months before", kind),
            Column("change", "Change in %", Kind.SHARE),
        ],
        rows=list(_rows(figures, former, scripts=scripts)),
        summary={name: figures[name] for name in LABELS} | {"currency": sold["currency"]},
        as_of=ctx.day,
        title=message("Main figures in {currency}, 12 months up to {day}", currency=sold["currency"], day=ctx.day),
        sheet=message("Main figures"),
    )


def _rows(figures: dict[str, Any], former: dict[str, Any], *, scripts: bool) -> Iterator[list[object]]:
    def said(value: Value) -> Value:
        return plain(value) if scripts else told(value)

    for name in LABELS:
        now, before = figures[name], former.get(name)
        yield [name, said(now), said(before), _grown(now, before)]


def _grown(now: Value, before: Value) -> float | None:
    """By which share a count or an amount changed; None where there was nothing above 0, and for shares."""
    return (now - before) / before if isinstance(now, int) and isinstance(before, int) and before > 0 else None


def _sold(ctx: "Context", asked: Asked, span: Period) -> dict[str, Any]:
    """What was sold in a period."""
    of = parts.Asked(["kind"], since=span.since, until=span.until, currency=asked.currency)
    sums: Any = {by: parts.composition(ctx, replace(of, by=by)).summary for by in ("sales", "profit")}
    found, buyers = sums["sales"], sums["sales"]["buyers"]
    return {
        "customers": found["customers"],
        "sales": found["total"],
        "profit": sums["profit"]["total"],
        "orders": found["orders"],
        "buyers": buyers,
        "average": Money((2 * found["total"] + buyers) // (2 * buyers)) if buyers else None,
        "currency": found["currency"],
    }


def _uneven(ctx: "Context", asked: Asked) -> dict[str, Any]:
    """How much the best bring; whether the costs are known well enough to speak of profit."""
    summary: Any = ranking(ctx, Classified(save=False, limit=1, currency=asked.currency)).summary
    return {
        "share_a": summary["abc"]["A"]["share"],
        "top20_share": summary["pareto"]["top20_share"],
        "costed": summary["value_basis"] == "profit",
    }


def _turnover(ctx: "Context", span: Period) -> dict[str, Any]:
    """Who came, went and came back in 12 months (R22), and the rate of the last of them."""
    grid = retention.rates(ctx, retention.Asked(until=span.until))
    names = [column.name for column in grid.columns]
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in grid.rows]
    sums = {name: sum(row[name] for row in rows) for name in ("new", "lost", "regained")}
    return {**sums, "retention_rate": rows[-1]["retention_rate"] if rows else None}


def _standing(ctx: "Context") -> dict[str, Any]:
    counts: Any = status.standings(ctx, status.Asked(limit=1)).summary
    places = {"potential": "status", "target": "status", "current": "status", "loyal": "stage", "decline": "lifecycle"}
    return {word: counts[of].get(word, 0) for word, of in places.items()}


def _work(ctx: "Context") -> dict[str, Any]:
    """What waits for somebody: who moved, who is watched, whom to win."""
    moved: Any = movements.movements(ctx, movements.Asked(limit=1)).summary
    watched: Any = watch.watching(ctx, watch.Asked(limit=1)).summary
    cards: Any = prospects.listing(ctx, prospects.Asked(limit=1)).summary
    known = moved["from"] is not None
    return {
        **{name: moved[name] if known else None for name in ("rose", "fell")},
        "watched": watched["watched"],
        "prospects_a": cards["grades"]["A"]["confirmed"],
        "expected": cards["expected_amount"],
    }
