"""Who rose, fell, entered and left between two stored classifications (cli.md 6, R4.10, decisions.md 24)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import AbcClass
from custcli.domain.matrix import Priority
from custcli.domain.movements import Movement, Verdict, movement, tally
from custcli.domain.readers import Refused, read_date
from custcli.domain.rfm import FIGURES
from custcli.errors import UnknownError, UsageError
from custcli.grid import Bars, Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.classify.amounts import KINDS, METRICS
from custcli.services.classify.told import BASES, TIERS
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.rfm import KINDS as TYPES

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.runs import Stored

ORDER = {each: place for place, each in enumerate(Movement)}
DIFFERENCES = {
    "metric": "metric",
    "method": "method",
    "cut": "cuts",
    "tiers": "tiers",
    "boundary": "boundary",
    "keep_ties": "ties",
    "within": "groups",
    "period": "length of the period",
    "currency": "currency",
    "variant": "variant",
    **dict.fromkeys(FIGURES, "cut points"),
}


@dataclass(frozen=True)
class Asked:
    """Which two runs (a number, or a day: the latest run up to it; None: the latest that can be compared), which rows.

    `movement`: only those that moved so; `every`: also those that stayed; `limit` cuts rows (0: all). `method`: only
    runs of it; None: rankings, and others only where there are none of these.
    """

    first: str | None = None
    second: str | None = None
    movement: str | None = None
    every: bool = False
    where: Sequence[str] = ()
    limit: int | None = None
    method: str | None = None


@dataclass(frozen=True)
class Moved:
    """A customer that moved, or stayed."""

    customer: int
    movement: Movement
    before: Verdict | None
    after: Verdict | None

    @property
    def change(self) -> int:
        """By how much its amount changed; what is not ranked counts nothing."""
        return (self.after.amount if self.after else 0) - (self.before.amount if self.before else 0)


RANKED = {"abc", "pyramid"}
METHODS = {"rfm": "RFM", "matrix": "priority matrix"}
LABELS = {
    "fell": "↓ fell",
    "left": "← left",
    "mixed": "↕ mixed",
    "rose": "↑ rose",
    "entered": "→ entered",
    "same": "= same",
}


def movements(ctx: "Context", asked: Asked) -> Grid:
    """The customers whose class or tier changed, those that fell first, then by the change of their amount, then code.

    UnknownError: no such run; UsageError: two runs that cannot be compared. No two runs yet is an answer too.
    """
    from custcli.db import runs
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    with ctx.reading().reading() as connection:
        pair = _pair(_meant(runs.stored(connection, ctx.day), asked.method), asked)
        if pair is None:
            return _nothing(ctx)
        first, second = pair
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        found = list(_moved(connection, first, second, asked, only))
        told = _summary(connection, first, second, found if only is not None or asked.movement else None)
        rows = _rows(ctx, connection, found)
    shown = rows[: asked.limit or None]
    notes = _notes(told, first, second, len(rows) - len(shown))
    return Grid(
        "movements", _columns(ctx, second), shown, told, ctx.day, _title(first, second), notes,
        sheet=message("Movements"), beside=[_counted(told), *_passed(second.method, told)],
    )  # fmt: skip


def _counted(told: Mapping[str, object]) -> Grid:
    """How many customers moved how, with its bars, as a workbook shows it beside the rows."""
    moved = [each for each in Movement if each is not Movement.SAME]
    columns = [
        Column("movement", "Movement", Kind.TOKEN, labels=LABELS),
        Column("customers", "Customers", Kind.INTEGER),
    ]
    chart = Bars(message("Customers by {dimension}", dimension=message("Movement")), "movement", "customers")
    return Grid("movements", columns, [[str(each), told[str(each)]] for each in moved], chart=chart)


def _passed(method: str, told: Mapping[str, Any]) -> list[Grid]:
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


# which runs


def _meant(every: "Sequence[Stored]", method: str | None) -> "Sequence[Stored]":
    if method:
        return [run for run in every if run.method == method]
    return [run for run in every if run.method in RANKED] or every


def _pair(every: "Sequence[Stored]", asked: Asked) -> "tuple[Stored, Stored] | None":
    """The two runs, the earlier one first where nobody said otherwise. None: there are not two to compare."""
    if asked.first and asked.second:
        first, second = _named(every, asked.first), _named(every, asked.second)
        return _comparable(first, second)
    if asked.second:
        second = _named(every, asked.second)
        before = _before(every, second)
        return (before, second) if before else None
    if asked.first:
        first = _named(every, asked.first)
        alike = [run for run in every if run.fingerprint == first.fingerprint and run != first]
        return (first, alike[-1]) if alike else None
    pairs = ((_before(every, second), second) for second in reversed(every))
    return next(((first, second) for first, second in pairs if first), None)


def _before(every: "Sequence[Stored]", run: "Stored") -> "Stored | None":
    """The latest earlier run like this one."""
    earlier = every[: every.index(run)]
    return next((each for each in reversed(earlier) if each.fingerprint == run.fingerprint), None)


def _named(every: "Sequence[Stored]", text: str) -> "Stored":
    """The run of this number, or the latest one up to this day."""
    plain = text.strip().lstrip("#")
    if plain.isdecimal() and len(plain) < len("20260101"):
        found = next((run for run in every if run.number == int(plain)), None)
    else:
        day = _day(plain)
        found = next((run for run in reversed(every) if run.as_of <= day.isoformat()), None)
    if found is None:
        raise UnknownError("there is no run {run}: custcli runs lists them", run=text)
    return found


def _day(text: str) -> date:
    try:
        return read_date(text)
    except Refused as refused:
        raise UsageError("A run is named by its number or a day: {text}", text=text) from refused


def _comparable(first: "Stored", second: "Stored") -> "tuple[Stored, Stored]":
    if first.fingerprint == second.fingerprint:
        return first, second
    one, other = _parameters(first), _parameters(second)
    differing = [message(label) for name, label in DIFFERENCES.items() if one.get(name) != other.get(name)]
    said: Message | str = message("conditions") if not differing else differing[0]
    for each in differing[1:]:
        said = message("{first}, {second}", first=said, second=each)
    raise UsageError(
        "Runs {first} and {second} cannot be compared; they differ in: {differences}",
        first=first.number,
        second=second.number,
        differences=said,
    )


def _parameters(run: "Stored") -> dict[str, Any]:
    return {"metric": run.metric, "method": run.method, **json.loads(run.parameters)}


# who moved


def _moved(
    connection: "Connection", first: "Stored", second: "Stored", asked: Asked, only: set[int] | None
) -> "list[Moved]":
    from custcli.db import runs

    every = asked.every or asked.movement == Movement.SAME
    found = []
    for customer, before, after in runs.compared(connection, first.number, second.number, every=every):
        then, now = Verdict(*before) if before else None, Verdict(*after) if after else None
        how = movement(then, now, second.method)
        if (only is None or customer in only) and asked.movement in {None, how}:
            found.append(Moved(customer, how, then, now))
    return found


def _rows(ctx: "Context", connection: "Connection", found: "Sequence[Moved]") -> list[list[object]]:
    """The rows in their order; customers that are no longer recorded have none."""
    from custcli.db import figures

    known = {
        number: each
        for some in figures.chunks([each.customer for each in found])
        for number, each in figures.shown(connection, some).items()
    }
    there = [each for each in found if each.customer in known]
    there.sort(key=lambda each: (ORDER[each.movement], -abs(each.change), known[each.customer].code))
    name_of = namer(ctx)
    return [_row(each, known[each.customer], name_of) for each in there]


def _row(each: Moved, who: Any, name_of: Any) -> list[object]:
    before, after = each.before, each.after
    share = each.change / before.amount if before and after and before.amount else None
    return [
        who.code,
        name_of(who.name, who.hidden_as),
        who.kind,
        who.region,
        who.owner,
        str(each.movement),
        before.word if before else None,
        after.word if after else None,
        before.detail if before else None,
        after.detail if after else None,
        before.rank if before else None,
        after.rank if after else None,
        before.amount if before else None,
        after.amount if after else None,
        each.change,
        share,
    ]


# the answer


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
    ),
}
NONE = "none"


def _columns(ctx: "Context", run: "Stored | None") -> list[Column]:
    kind = KINDS.get(run.metric if run else "value", Kind.MONEY)
    shown = SHOWN[run.method if run else "abc"]
    word, detail = shown.names
    first = Column(word, shown.after, Kind.TOKEN, labels=shown.labels)
    second = Column(detail, shown.detail[1], Kind.TOKEN, labels=shown.details)
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
        Column("previous_amount", "Amount before", kind),
        Column("amount", "Amount", kind),
        Column("change", "Difference", kind),
        Column("change_share", "Change in %", Kind.SHARE, wide=True),
    ]


def _summary(
    connection: "Connection", first: "Stored", second: "Stored", found: "Sequence[Moved] | None"
) -> dict[str, object]:
    """How many moved how, from which class to which; of all, or of the rows `found` where these are chosen."""
    from custcli.db import runs

    counts = runs.counted(connection, first.number, second.number) if found is None else _counts(found)
    moved, shown = tally(counts, second.method), SHOWN[second.method]
    words: list[str | None] = [*shown.words, None]
    return {
        "from": {"run": first.number, "as_of": first.as_of, "since": first.since, "until": first.until},
        "to": {"run": second.number, "as_of": second.as_of, "since": second.since, "until": second.until},
        "metric": second.metric,
        "method": second.method,
        "currency": json.loads(second.parameters)["currency"],
        **{str(each): count for each, count in moved.movements.items()},
        shown.plural: {
            before or NONE: {after or NONE: moved.classes.get((before, after), 0) for after in words}
            for before in words
        },
    }


def _counts(found: "Sequence[Moved]") -> Mapping[Any, int]:
    counts: dict[Any, int] = {}
    for each in found:
        then, now = each.before, each.after
        key = (then and then.word, now and now.word, then and then.detail, now and now.detail)
        counts[key] = counts.get(key, 0) + 1
    return counts


def _title(first: "Stored", second: "Stored") -> Message:
    return message(
        "Movements by {metric} from run {first} of {then} to run {second} of {now}",
        metric=message(METHODS.get(second.method) or METRICS[second.metric]),
        first=first.number,
        then=first.as_of,
        second=second.number,
        now=second.as_of,
    )


def _notes(told: Mapping[str, object], first: "Stored", second: "Stored", left: int) -> list[Message]:
    more = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    counts = message(
        "Fell {fell}, left {left}, mixed {mixed}, rose {rose}, entered {entered}, stayed {same}.",
        **{str(each): told[each] for each in Movement},
    )
    same = [message("Both runs are of the same day.")] if first.as_of == second.as_of else []
    return [*more, counts, *same, *_bases(first, second)]


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


def _nothing(ctx: "Context") -> Grid:
    nothing = message("There are no two runs to compare yet: custcli classify stores one each time.")
    summary: dict[str, object] = {"from": None, "to": None, **{str(each): 0 for each in Movement}}
    return Grid("movements", _columns(ctx, None), [], summary, ctx.day, None, [nothing])
