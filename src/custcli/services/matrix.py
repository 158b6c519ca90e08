"""The priority matrix from orders and worksheets to answer (R8, R9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import AbcClass
from custcli.domain.matrix import CRITERIA, HIGH, Potential, Priority, priority, worksheet
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.classify.amounts import KINDS, LABELS, METRICS, UNKNOWN
from custcli.services.names import HIDDEN_NAME, kind_column, namer

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.domain.forms import Field
    from custcli.services.classify.asked import Asked
    from custcli.services.classify.ranked import Ranked

FIELDS = [f"potential_{number}" for number in range(1, CRITERIA + 1)]
MET = "1"
CARD = "prospects"
"""The form that has the worksheet."""


@dataclass(frozen=True)
class _Placed:
    """A customer in the matrix; `place`: among all customers, in the order of codes."""

    place: int
    customer: int
    amount: int | None
    abc: str | None
    potential: Potential | None
    priority: Priority


def placing(ctx: "Context", asked: "Asked") -> Grid:
    """The customers by priority, those to be completed first, then by amount, then code.

    The run is stored where that is wished and possible: of those whose worksheet is whole.
    """
    from custcli.db import matrix
    from custcli.services.classify.ranked import ranked

    no_options_of_ranks(asked)
    with ctx.reading().reading() as connection:
        every = ranked(ctx, connection, asked)
        sheets = matrix.worksheets(connection, FIELDS)
    found = sorted(_placed(every, sheets), key=_key)
    shown = found[: asked.limit or None]
    left = len(found) - len(shown)
    notes = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    lacking = sum(each.priority is Priority.UNKNOWN for each in found)
    if lacking:
        notes += _incomplete(ctx, lacking, nobody=asked.save and lacking == len(found))
    summary = _summary(every, found)
    notes += _keep(ctx, every, found, summary) if lacking < len(found) else []
    title = message(
        "Priority matrix: {metric} against potential (seven criteria, high from {least})",
        metric=message(METRICS[asked.by]),
        least=HIGH,
    )
    return Grid(
        "classify", _columns(ctx, asked), _rows(ctx, shown), summary, ctx.day, title, notes,
        sheet=message("Priority matrix"), count=len(shown),
    )  # fmt: skip


def no_options_of_ranks(asked: "Asked") -> None:
    """UsageError: options of tiers, groups and rows, which say nothing of priorities."""
    if asked.tiers or asked.within or asked.abc or asked.tier:
        raise UsageError("--tiers, --within, --class and --tier are for the methods abc and pyramid")


def potential(words: "list[str | None] | None") -> Potential | None:
    """What a worksheet comes to, by the words of its answers; None: there is no worksheet."""
    return worksheet([None if word is None else word == MET for word in words]) if words else None


def questions(ctx: "Context") -> "dict[str, Field]":
    """The criteria of the worksheet as fields of the card, by their names in FIELDS."""
    return {item.key: item for item in ctx.forms[CARD].fields.values() if item.key in FIELDS}


def _incomplete(ctx: "Context", lacking: int, *, nobody: bool) -> "Iterator[Message]":
    """How many lack a whole worksheet, that nothing was stored where `nobody` has one, and how it is filled in."""
    yield message("Without a whole worksheet of seven criteria: {count}", count=lacking)
    if nobody:
        yield message("This run was not stored: nobody has a whole worksheet yet.")
    yield to_fill_in(ctx, FIELDS)


def to_fill_in(ctx: "Context", criteria: "Sequence[str]") -> "Message":
    """How criteria of the worksheet, fields of the card, are answered."""
    known = questions(ctx)
    offered = [f"{known[name].label}={ctx.forms[CARD].offered(known[name])}" for name in criteria if name in known]
    said = "Fill it in: custcli edit CODE FIELD=VALUE …, or import a table of: {criteria}"
    return message(said, criteria=", ".join(offered))


def _keep(ctx: "Context", every: "Ranked", found: list[_Placed], summary: dict[str, object]) -> "list[Message]":
    """Store the run, if wished: priorities and potentials in the order of the answer, amounts that are unknown as 0."""
    import numpy as np

    from custcli.db.verdicts import Verdicts
    from custcli.services.classify import stored

    placed = [each for each in found if each.priority is not Priority.UNKNOWN]
    words = list(Priority)
    columns = np.array(
        [
            [each.customer, each.amount or 0, words.index(each.priority), each.potential.met if each.potential else 0]
            for each in placed
        ],
        dtype=np.int64,
    ).T
    verdicts = Verdicts(columns[0], np.arange(1, len(placed) + 1), columns[1], [columns[2], columns[3]])
    return stored.keep(ctx, stored.run(ctx.day, every, summary), verdicts, summary, save=every.asked.save)


def _placed(every: "Ranked", sheets: dict[int, list[str | None]]) -> Iterator[_Placed]:
    ranking, found = every.whole, every.found
    classes: dict[int, AbcClass] = dict(zip(ranking.order.tolist(), ranking.abc, strict=True))
    amounts = found.amounts.tolist()
    for place, customer in enumerate(found.customers.ids.tolist()):
        sheet = potential(sheets.get(customer))
        abc = classes.get(place)
        amount = None if amounts[place] == UNKNOWN else amounts[place]
        where = priority(revenue_high=abc is AbcClass.A, potential=sheet)
        yield _Placed(place, customer, amount, str(abc) if abc else None, sheet, where)


def _key(each: _Placed) -> tuple[int, int, int]:
    return list(Priority).index(each.priority), -(each.amount or 0), each.place


def _columns(ctx: "Context", asked: "Asked") -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region"),
        Column("owner", "Owner"),
        Column("priority", "Priority"),
        Column("amount", LABELS.get(asked.by, "Amount"), KINDS.get(asked.by, Kind.MONEY)),
        Column("abc", "Class"),
        Column("potential", "Potential of 7", Kind.INTEGER),
        Column("band", "Potential band", Kind.TOKEN, labels={"high": "high", "middle": "middle", "low": "low"}),
        Column("answered", "Answered", Kind.INTEGER),
    ]


def _rows(ctx: "Context", shown: list[_Placed]) -> Iterator[list[object]]:
    from custcli.db import figures

    name_of, place = namer(ctx), 0
    with ctx.reading().reading() as connection:
        for some in figures.chunks([each.customer for each in shown]):
            known, part = figures.shown(connection, some), shown[place : place + len(some)]
            place += len(some)
            yield from (_row(each, known[each.customer], name_of) for each in part if each.customer in known)


def _row(each: _Placed, who: Any, name_of: Any) -> list[object]:
    sheet = each.potential or Potential(0, 0)
    name = name_of(who.name, who.hidden_as)
    head = [who.code, name, who.kind, who.region, who.owner, str(each.priority)]
    return [*head, each.amount, each.abc, sheet.total, sheet.band, sheet.answered]


def _summary(every: "Ranked", found: list[_Placed]) -> dict[str, object]:
    def part(word: Priority) -> dict[str, object]:
        own = [each for each in found if each.priority is word]
        amount = sum(max(each.amount or 0, 0) for each in own)
        counted = KINDS.get(every.asked.by) is Kind.INTEGER
        return {"customers": len(own), "amount": amount if counted else Money(amount)}

    return {
        "metric": every.asked.by,
        "method": "matrix",
        "value_basis": every.found.basis,
        "currency": every.found.currency,
        "since": every.period.since,
        "until": every.period.until,
        "customers": len(found),
        "ranked": sum(each.priority is not Priority.UNKNOWN for each in found),
        "priorities": {str(word): part(word) for word in Priority},
        "run": None,
    }
