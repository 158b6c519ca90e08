"""The stored classifications, the latest first (R4.10)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from custcli.grid import SCALE, Column, Grid, Kind
from custcli.services.classify.amounts import KINDS, METRICS

if TYPE_CHECKING:
    from custcli.context import Context

GROUPS = {"region": "Region", "owner": "Owner", "kind": "Dossier kind"}
COLUMNS = (
    Column("run", "Run", Kind.INTEGER),
    Column("change", "Change", Kind.INTEGER),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("metric", "Metric", Kind.TOKEN, labels=METRICS),
    Column("method", "Method"),
    Column("as_of", "As of", Kind.DATE),
    Column("since", "Since", Kind.DATE),
    Column("until", "Until", Kind.DATE),
    Column("currency", "Currency"),
    Column("cuts", "Cuts in %", Kind.LIST),
    Column("tiers", "Tiers in %", Kind.LIST),
    Column("within", "Within", Kind.TOKEN, labels=GROUPS),
    Column("filtered", "Filtered", Kind.FLAG),
    Column("customers", "Customers", Kind.INTEGER),
    Column("ranked", "Ranked", Kind.INTEGER),
    Column("total", "Total", Kind.MONEY),
    Column("undone", "Taken back", Kind.FLAG),
)


def stored_runs(ctx: "Context", limit: int | None = None) -> Grid:
    """Every stored run with its metric, period and totals; what was taken back is marked. A `limit` of 0 is none."""
    from custcli.db.runs import list_runs

    with ctx.reading().reading() as connection:
        runs = list_runs(connection)
    rows = [_row(run) for run in (runs[:limit] if limit else runs)]
    return Grid("runs", COLUMNS, rows, {"runs": len(runs)}, ctx.day)


def _row(run: Sequence[Any]) -> list[object]:
    number, change, at, user, metric, method, as_of, since, until, parameters, summary, undone = run
    told, chosen = json.loads(summary), json.loads(parameters)
    counted = KINDS.get(metric) is Kind.INTEGER
    return [
        number,
        change,
        datetime.fromisoformat(at),
        user,
        metric,
        method,
        date.fromisoformat(as_of),
        date.fromisoformat(since) if since else None,
        date.fromisoformat(until),
        chosen["currency"],
        _percents(chosen.get("cut")),
        _percents(chosen.get("tiers")),
        chosen.get("within"),
        chosen.get("filtered"),
        told["customers"],
        told["ranked"],
        None if told.get("total") is None else told["total"] * (SCALE if counted else 1),
        undone,
    ]


def _percents(points: Sequence[int] | None) -> list[str]:
    """Basis points in percent; none of methods without cuts."""
    return [f"{each / 100:g}" for each in points or ()]
