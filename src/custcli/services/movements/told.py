"""The answer about movements: columns, counts, notes and what stands beside the rows (cli.md 6)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import AbcClass
from custcli.domain.matrix import Priority
from custcli.domain.movements import Movement, Verdict
from custcli.grid import Bars, Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.classify.amounts import KINDS, METRICS
from custcli.services.classify.told import BASES
from custcli.services.movements.pair import RANKED
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column
from custcli.services.rfm import KINDS as TYPES

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db.runs import Stored

METHODS = {"rfm": "RFM", "matrix": "priority matrix"}
LABELS = {
    "fell": "↓ fell",
    "left": "← left",
    "mixed": "↕ mixed",
    "rose": "↑ rose",
    "entered": "→ entered",
    "same": "= same",
}


@dataclass(frozen=True)
class _Shown:
    """How the two words of a method's verdict are shown: keys and labels before and after; `words`: all first ones."""

    names: Sequence[str]
    before: str
    after: str
    labels: Mapping[str, str]
    words: Sequence[str]
    plural: str
    detail: tuple[str, str] = ("", "")
    details: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.TOKEN


_CLASSES = _Shown(
    ("abc", "tier"), "Class before", "Class", {}, list(map(str, AbcClass)), "classes", ("Tier before", "Tier"), TIERS
)
SHOWN = {
    "abc": _CLASSES,
    "pyramid": _CLASSES,
    "rfm": _Shown(("type", "rfm"), "Type before", "Type", TYPES, list(TYPES), "types", ("RFM before", "RFM")),
    "matrix": _Shown(
        ("priority", "potential"),
        "Priority before",
        "Priority",
        {},
        [str(each) for each in Priority if each is not Priority.UNKNOWN],
        "priorities",
        ("Potential before", "Potential of 7"),
        kind=Kind.INTEGER,
    ),
}
NONE = "none"


def detail(method: str, verdict: Verdict | None) -> str | int | None:
    """The second word of a verdict; a potential is a number."""
    if verdict is None:
        return None
    return int(verdict.detail) if SHOWN[method].kind is Kind.INTEGER else verdict.detail


def columns(ctx: "Context", run: "Stored | None") -> list[Column]:
    """The columns of the rows, by the later run's method and metric (None: a ranking by value)."""
    kind = KINDS.get(run.metric if run else "value", Kind.MONEY)
    shown = SHOWN[run.method if run else "abc"]
    word, detail = shown.names
    first = Column(word, shown.after, Kind.TOKEN, labels=shown.labels)
    second = Column(detail, shown.detail[1], shown.kind, labels=shown.details)
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region", wide=True),
        Column("owner", "Owner"),
        Column(
            "movement",
            "Movement",
            Kind.TOKEN,
            labels=LABELS,
        ),
        replace(first, name=f"previous_{word}", label=shown.before),
        first,
        replace(second, name=f"previous_{detail}", label=shown.detail[0]),
        second,
        Column("previous_rank", "Rank before", Kind.INTEGER, wide=True),
        Column("rank", "Rank", Kind.INTEGER, wide=True),
        Column("previous_amount", "Amount before", kind, wide=True),
        Column("amount", "Amount", kind),
        Column("change", "Difference", kind),
        Column("change_share", "Change in %", Kind.SHARE, wide=True),
    ]


def title(first: "Stored", second: "Stored") -> Message:
    """Which runs of which days."""
    metric = message(METHODS.get(second.method) or METRICS[second.metric])
    if not first.number:
        return message("Movements by {metric} from {then} to {now}", metric=metric, then=first.as_of, now=second.as_of)
    return message(
        "Movements by {metric} from run {first} of {then} to run {second} of {now}",
        metric=metric,
        first=first.number,
        then=first.as_of,
        second=second.number,
        now=second.as_of,
    )


def notes(told: Mapping[str, object], first: "Stored", second: "Stored", left: int) -> list[Message]:
    """How many moved how; `left`: rows that the limit took away; and what is to be known of the two runs."""
    more = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    counts = message(
        "Fell {fell}, left {left}, mixed {mixed}, rose {rose}, entered {entered}, stayed {same}.",
        **{str(each): told[each] for each in Movement},
    )
    same = [message("Both runs are of the same day.")] if first.as_of == second.as_of else []
    return [*more, counts, *same, *_anew(first), *_bases(first, second)]


def _anew(first: "Stored") -> list[Message]:
    """Where no run is stored there is none of the other day either."""
    if first.number:
        return []
    return [message("No two such runs are stored of these days: both were ranked anew, by the usual rules.")]


def _bases(first: "Stored", second: "Stored") -> list[Message]:
    """Where value was profit in one run and sales in the other, amounts say nothing (decisions.md 23)."""
    one, other = (json.loads(run.summary).get("value_basis") for run in (first, second))
    if one == other or not one or not other:
        return []
    return [
        message(
            "Value was {one} then and {other} now: the amounts cannot be compared.",
            one=message(BASES[one]),
            other=message(BASES[other]),
        )
    ]


def nothing(ctx: "Context") -> Grid:
    """The answer where there are no two runs that can be compared."""
    nothing = message("There are no two runs to compare yet: custcli classify stores one each time.")
    summary: dict[str, object] = {"from": None, "to": None, **{str(each): 0 for each in Movement}}
    return Grid("movements", columns(ctx, None), [], summary, ctx.day, None, [nothing])


def counted(told: Mapping[str, object]) -> Grid:
    """How many customers moved how, with its bars, as a workbook shows it beside the rows."""
    moved = [each for each in Movement if each is not Movement.SAME]
    columns = [
        Column("movement", "Movement", Kind.TOKEN, labels=LABELS),
        Column("customers", "Customers", Kind.INTEGER),
    ]
    chart = Bars(message("Customers by {dimension}", dimension=message("Movement")), "movement", "customers")
    return Grid("movements", columns, [[str(each), told[str(each)]] for each in moved], chart=chart)


def passed(method: str, told: Mapping[str, Any]) -> list[Grid]:
    """From which type or priority to which: a row for each that customers left, a column for each that they came to."""
    if method in RANKED:
        return []
    shown = SHOWN[method]
    words = [*shown.words, NONE]
    columns = [
        Column("before", shown.before, Kind.TOKEN, labels={**shown.labels, NONE: "not placed"}),
        *(Column(word, shown.labels.get(word, word), Kind.INTEGER) for word in shown.words),
        Column(NONE, "not placed", Kind.INTEGER),
    ]
    rows = [[word, *(told[shown.plural][word][other] for other in words)] for word in words]
    return [Grid("movements", columns, [row for row in rows if any(row[1:])])]
