"""The stored classifications: all of them, and one as it was stored (R4.10)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

from custcli.domain.rfm import FIGURES
from custcli.errors import UnknownError
from custcli.grid import SCALE, Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services import segments
from custcli.services.classify import ROW_BASES
from custcli.services.classify.amounts import KINDS, METRICS
from custcli.services.classify.told import BASES
from custcli.services.movements.pair import RANKED
from custcli.services.movements.told import METHODS
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column, namer
from custcli.services.rfm import KINDS as TYPES

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.verdicts import Verdicts
    from custcli.domain.segments import Segments

FOR_SCRIPTS = {"json", "jsonl", "csv", "tsv"}
PARAMETERS, SUMMARY = 9, 10
"""Where these stand in a row of `db.runs.list_runs`."""
GROUPS = {"region": "Region", "owner": "Owner", "kind": "Dossier kind"}
BOUNDARIES = {"end": "share with the customer", "start": "share before the customer"}
COLUMNS = (
    Column("run", "Run", Kind.INTEGER),
    Column("change", "Change", Kind.INTEGER),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("command", "Command", wide=True),
    Column("metric", "Metric", Kind.TOKEN, labels=METRICS),
    Column("method", "Method"),
    Column("as_of", "As of", Kind.DATE),
    Column("since", "Since", Kind.DATE),
    Column("until", "Until", Kind.DATE),
    Column("value_basis", "Value is", Kind.TOKEN, labels=BASES, wide=True),
    Column("currency", "Currency"),
    Column("cuts", "Cuts in %", Kind.LIST),
    Column("tiers", "Tiers in %", Kind.LIST),
    Column("boundary", "Boundary", Kind.TOKEN, labels=BOUNDARIES, wide=True),
    Column("keep_ties", "Ties kept together", Kind.FLAG, wide=True),
    Column("variant", "Variant", wide=True),
    Column("recency_cuts", "Cut points of R", Kind.LIST, wide=True),
    Column("frequency_cuts", "Cut points of F", Kind.LIST, wide=True),
    Column("monetary_cuts", "Cut points of M", Kind.LIST, wide=True),
    Column("segmentation", "Segments", wide=True),
    Column("settings", "Settings", Kind.LIST, wide=True),
    Column("within", "Within", Kind.TOKEN, labels=GROUPS),
    Column("filtered", "Filtered", Kind.FLAG),
    Column("customers", "Customers", Kind.INTEGER),
    Column("ranked", "Ranked", Kind.INTEGER),
    Column("total", "Total", Kind.MONEY),
    Column("undone", "Taken back", Kind.FLAG),
)
SPARE = (
    *("user", "tiers", "filtered", "currency", "cuts", "at", "within", "since", "until", "change"),
    *("method", "undone", "ranked"),
)


def stored_runs(ctx: "Context", limit: int | None = None) -> Grid:
    """Every stored run with its parameters and totals; what was taken back is marked. A `limit` of 0 is none."""
    from custcli.db.runs import list_runs

    with ctx.reading().reading() as connection:
        runs = list_runs(connection)
    rows = [_row(run) for run in (runs[:limit] if limit else runs)]
    none = [] if runs else [message("No run is stored yet: custcli classify stores one each time.")]
    return Grid("runs", COLUMNS, rows, {"runs": len(runs)}, ctx.day, notes=none, spare=SPARE)


def _row(run: Sequence[Any]) -> list[object]:
    number, change, at, user, metric, method, as_of, since, until, parameters, summary, command, undone = run
    told, chosen = json.loads(summary), json.loads(parameters)
    counted = KINDS.get(metric) is Kind.INTEGER
    return [
        number,
        change,
        datetime.fromisoformat(at),
        user,
        command,
        metric,
        method,
        date.fromisoformat(as_of),
        date.fromisoformat(since) if since else None,
        date.fromisoformat(until),
        told.get("value_basis"),
        chosen["currency"],
        _percents(chosen.get("cut")),
        _percents(chosen.get("tiers")),
        chosen.get("boundary"),
        chosen.get("keep_ties"),
        chosen.get("variant"),
        *(_points(told, name) for name in FIGURES),
        told.get("segmentation"),
        chosen.get("settings", []),
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


def _points(summary: Mapping[str, Any], name: str) -> list[str]:
    """The cut points of RFM that were given or came out, in days, orders, yuan."""
    return [str(each) for each in summary.get("cuts", {}).get(name, ())]


# one of them


def stored_run(ctx: "Context", number: int, limit: int | None = None) -> list[Grid]:
    """A run as it was stored: its parameters, its rows in their order; for scripts one document with both.

    Names, regions and owners are those recorded now. UnknownError: no such run; DatabaseError: it is damaged.
    """
    from custcli.db import runs

    with ctx.reading().reading() as connection:
        run = next((each for each in runs.list_runs(connection) if each[0] == number), None)
        if run is None:
            raise UnknownError("there is no run {run}: custcli runs lists them", run=number)
        method, found = runs.judged(connection, number)
        by = segments.kept(json.loads(run[PARAMETERS]))
        rows = list(_verdicts(ctx, connection, method, found, by, limit or len(found.ids)))
    row = _row(run)
    told: dict[str, Any] = dict(zip((column.name for column in COLUMNS), row, strict=True))
    parts = segments.parts(json.loads(run[SUMMARY])) if by else {}
    left = len(found.ids) - len(rows)
    whole = Grid(
        "runs",
        [*_who(ctx), *_said(method, KINDS.get(str(told["metric"]), Kind.MONEY), by)],
        rows,
        {**told, "total": None if told["total"] is None else Money(told["total"]), **parts},
        ctx.day,
        _title(told),
        [message("… {count} more (--limit 0 shows all)", count=left)] if left else [],
        sheet=message("Run {run}", run=number),
        count=len(rows),
    )
    below = [segments.table(by, parts["segments"])] if by else []
    return [whole] if ctx.format in FOR_SCRIPTS else [_parameters(told), whole, *below]


def _parameters(told: Mapping[str, object]) -> Grid:
    """What a run was asked with, as far as it has it."""
    columns = [replace(column, wide=False) for column in COLUMNS if told[column.name] not in (None, [])]
    again = message(
        "--as-of {day} --recorded-on {change} asks the data of that time.", day=told["as_of"], change=told["change"]
    )
    return Grid(
        "runs", columns, [[told[column.name] for column in columns]], notes=[again], sheet=message("Parameters")
    )


def _who(ctx: "Context") -> list[Column]:
    return [
        Column("rank", "Rank", Kind.INTEGER),
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        kind_column(ctx.forms),
        Column("region", "Region"),
        Column("owner", "Owner"),
    ]


def _said(method: str, amount: Kind, by: "Segments | None") -> list[Column]:
    """The columns of what a method says of a customer."""
    if method == "rfm":
        words = [Column("type", "Type", Kind.TOKEN, labels=TYPES), Column("rfm", "RFM", Kind.CODE)]
        words += [segments.column(by)] if by else []
    elif method == "matrix":
        words = [Column("priority", "Priority"), Column("potential", "Potential of 7", Kind.INTEGER)]
    else:
        tier, basis = (
            Column("tier", "Tier", Kind.TOKEN, labels=TIERS),
            Column("basis", "Basis", Kind.TOKEN, labels=ROW_BASES),
        )
        shares = (("share", "Share"), ("cumulative_share", "Cumulative share"))
        words = [*(Column(name, label, Kind.SHARE) for name, label in shares), Column("abc", "Class"), tier, basis]
    return [Column("amount", "Amount", amount), *words]


def _verdicts(
    ctx: "Context", connection: "Connection", method: str, found: "Verdicts", by: "Segments | None", most: int
) -> Iterator[list[object]]:
    from custcli.db import figures, runs
    from custcli.db.verdicts import said

    name_of, told = namer(ctx), said(method, found)
    shares: Iterator[Sequence[object]] = _shares(found) if method in RANKED else repeat(())
    for some in figures.chunks(found.ids[:most].tolist()):
        known, gone = figures.shown(connection, some), runs.gone(connection, some)
        for customer, share, (_, rank, amount, word, *more) in zip(some, shares, told, strict=False):
            who, code = known.get(customer), gone.get(customer)
            head = [who.code, name_of(who.name, who.hidden_as), who.kind, who.region, who.owner] if who else None
            said_of = [word, *(map(str, more) if method == "rfm" else more)]
            said_of += [by.every[by.places[more[0]]].name] if by else []
            yield [rank, *(head or [code, None, None, None, None]), amount, *share, *said_of]


def _shares(found: "Verdicts") -> Iterator[tuple[float, float]]:
    """Share and cumulative share of each customer in its ranking, which begins at rank 1."""
    import numpy as np

    from custcli.domain.classify import rank

    starts = [*np.flatnonzero(found.ranks == 1).tolist(), len(found.ids)]
    for start, end in pairwise(starts):
        own = rank(range(end - start), found.amounts[start:end])
        yield from zip(own.shares.tolist(), own.cumulative_shares.tolist(), strict=True)


def _title(told: Mapping[str, Any]) -> Message:
    return message(
        "Run {run} of {day}: {metric}, {period}",
        run=told["run"],
        day=told["as_of"],
        metric=message(METHODS.get(told["method"]) or METRICS[told["metric"]]),
        period=message("{since} to {until}", since=told["since"], until=told["until"])
        if told["since"]
        else message("up to {until}", until=told["until"]),
    )
