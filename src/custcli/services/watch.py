"""The watch list: who falls in class, tier or credit grade from run to run, or in sales (domain.md R20, W11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from custcli.domain.movements import (
    RUNS_WATCHED,
    CreditFall,
    Fall,
    Movement,
    Reason,
    Verdict,
    credit_falls,
    movement,
    reasons,
    urgent,
)
from custcli.domain.period import MONTHS, first_day, months_before
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column, namer

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.figures import Shown
    from custcli.db.runs import Stored
    from custcli.db.watch import Sales


UNRATED = "unrated"
"""The credit grade that is none."""
FALLING = {Movement.FELL, Movement.MIXED, Movement.LEFT}
"""Movements in which class or tier is lower than before."""


@dataclass(frozen=True)
class Asked:
    """Which rows: `urgent` only the red ones; `limit` cuts rows (0: all)."""

    urgent: bool = False
    where: Sequence[str] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Watched:
    """A customer on the list; `fall` is its latest one of class or tier, `credit` of its credit grade, if any."""

    customer: int
    red: bool
    why: Sequence[Reason]
    fall: Fall | None
    credit: CreditFall | None
    sales: tuple[int, int]

    @property
    def change(self) -> int:
        """By how much sales changed against the year before."""
        return self.sales[0] - self.sales[1]


def watching(ctx: "Context", asked: Asked) -> Grid:
    """The customers to be watched, the red ones first, then by the fall of sales, then code."""
    from custcli.db import figures, runs
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    with ctx.reading().reading() as connection:
        chain = _chain(runs.stored(connection, ctx.day))
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        every = _watched(ctx, connection, chain)
        found = [each for each in every if (only is None or each.customer in only) and (each.red or not asked.urgent)]
        ids = [each.customer for each in found]
        who = {one: of for some in figures.chunks(ids) for one, of in figures.shown(connection, some).items()}
        there = [each for each in found if each.customer in who]
        there.sort(key=lambda each: (not each.red, each.change, who[each.customer].code))
        shown = _rows(ctx, connection, there[: asked.limit or None], who)
    return Grid(
        "watch", _columns(ctx), shown, _summary(chain, found), ctx.day, message("Customers to be watched"),
        _notes(chain, found, len(there) - len(shown)), sheet=message("Watch list"),
        spare=("credit_grade", "last_visit", "owner", "previous_abc"),
    )  # fmt: skip


def _chain(every: "Sequence[Stored]") -> "list[Stored]":
    """The last runs of the kind run last, the oldest first; of several for one business day the last one."""
    ranked = [run for run in every if run.method in {"abc", "pyramid"}]
    alike = {run.as_of: run for run in ranked if run.fingerprint == ranked[-1].fingerprint}
    return list(alike.values())[-RUNS_WATCHED - 1 :]


def _watched(ctx: "Context", connection: "Connection", chain: "Sequence[Stored]") -> list[Watched]:
    from custcli.db import watch
    from custcli.db.watch import Sales

    falls, lowered = _falls(connection, chain), _lowered(ctx, connection, chain)
    sums, keys = _sales(ctx, connection, {*falls, *lowered}), watch.key_customers(connection)
    nothing, found = Sales(0, 0, (0, 0, 0, 0)), []
    for customer in sorted({*falls, *lowered, *sums}):
        own, credit = falls.get(customer, []), lowered.get(customer, [])
        sold = sums.get(customer, nothing)
        why = reasons(own, credit, (sold.now, sold.before), sold.months)
        if why:
            red = urgent(own, credit, key=customer in keys)
            last, lower = next(iter(own), None), next(iter(credit), None)
            found.append(Watched(customer, red, why, last, lower, (sold.now, sold.before)))
    return found


def _falls(connection: "Connection", chain: "Sequence[Stored]") -> dict[int, list[Fall]]:
    """The falls of each customer between neighbouring runs, the latest first."""
    from custcli.db import runs

    falls: dict[int, list[Fall]] = {}
    pairs = list(pairwise(chain))
    for ago, (first, second) in enumerate(reversed(pairs)):
        both = [runs.judged(connection, each.number)[1] for each in (first, second)]
        for customer, before, after in runs.compared(second.method, *both):
            then, now = Verdict(*before) if before else None, Verdict(*after) if after else None
            if then and movement(then, now) in FALLING:
                falls.setdefault(customer, []).append(Fall(ago, then, now))
    return falls


def _lowered(ctx: "Context", connection: "Connection", chain: "Sequence[Stored]") -> dict[int, list[CreditFall]]:
    """The falls of the credit grade of each customer from run to run and since the last one, the latest first."""
    from custcli.db import watch

    changes = sorted(run.change for run in chain)
    changed = watch.credit_changes(connection, changes[0]) if changes else {}
    now, order = watch.credit_grades(connection), [word for word in _grades(ctx) if word != UNRATED]
    found = {}
    for customer, each in changed.items():
        then = [next((before for change, before in each if change > run), now.get(customer)) for run in changes]
        found[customer] = credit_falls([*then, now.get(customer)], order)
    return {customer: falls for customer, falls in found.items() if falls}


def _sales(ctx: "Context", connection: "Connection", fell: Iterable[int]) -> "Mapping[int, Sales]":
    from custcli.db import watch

    day, length = ctx.day, ctx.settings.classify.months
    since = first_day(day, length)
    before = (months_before(since, MONTHS), months_before(day + timedelta(days=1), MONTHS) - timedelta(days=1))
    return watch.sales(connection, (since, day), before, _whole_months(day), fell, ctx.settings.currency)


def _whole_months(day: date) -> list[tuple[date, date]]:
    """First and last day of the last four whole months, oldest first; the month of a day that ends it is whole."""
    end = (day + timedelta(days=1)).replace(day=1)
    starts = [months_before(end, back) for back in range(RUNS_WATCHED + 1, -1, -1)]
    return [(start, after - timedelta(days=1)) for start, after in pairwise(starts)]


# the answer


def _columns(ctx: "Context") -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region", wide=True),
        Column("owner", "Owner"),
        Column("level", "Level", Kind.TOKEN, labels={"red": "red", "yellow": "yellow"}),
        Column("reasons", "Why", Kind.LIST, labels=REASONS),
        Column("previous_abc", "Class before"),
        Column("abc", "Class"),
        Column("previous_tier", "Tier before", Kind.TOKEN, labels=TIERS, wide=True),
        Column("tier", "Tier", Kind.TOKEN, labels=TIERS, wide=True),
        Column("previous_sales", "Year before", Kind.MONEY, wide=True),
        Column("sales", "Sales", Kind.MONEY),
        Column("change_share", "Change in %", Kind.SHARE),
        Column("last_order", "Last order", Kind.DATE, wide=True),
        Column("last_visit", "Last visit", Kind.DATE, usual=(None,)),
        Column("open_complaints", "Open complaints", Kind.INTEGER, usual=(0,)),
        Column("previous_credit_grade", "Credit before", Kind.TOKEN, labels=_grades(ctx), usual=(None,), wide=True),
        Column("credit_grade", "Credit grade", Kind.TOKEN, labels=_grades(ctx), usual=(None,)),
        Column(
            "action",
            "Next action",
            Kind.TOKEN,
            labels={"visit": "visit, find the cause", "call": "call, ask"},
            wide=True,
        ),
    ]


def _grades(ctx: "Context") -> dict[str, str]:
    every = (form.values.get("credit_grades", {}) for form in ctx.forms.values() if form.dossier)
    return {word: choice.label for grades in every for word, choice in grades.items()}


REASONS = {
    "fell": "fell",
    "left": "left",
    "fell_twice": "fell twice",
    "sales_fell": "sales -20 %",
    "three_months": "3 months falling",
    "credit_fell": "credit fell",
}


def _rows(
    ctx: "Context", connection: "Connection", found: Sequence[Watched], who: "Mapping[int, Shown]"
) -> list[list[object]]:
    from custcli.db import figures, watch

    ids = [each.customer for each in found]
    last = {one: of for some in figures.chunks(ids) for one, of in watch.last_orders(connection, some, ctx.day).items()}
    visits = watch.last_visits(connection, ctx.forms["visits"], ctx.day)
    complaints = watch.open_complaints(connection, ctx.forms["complaints"], ctx.day)
    credit, name_of = watch.credit_grades(connection), namer(ctx)
    return [
        [
            (of := who[each.customer]).code,
            name_of(of.name, of.hidden_as),
            of.kind,
            of.region,
            of.owner,
            "red" if each.red else "yellow",
            [str(why) for why in each.why],
            each.fall.before.word if each.fall else None,
            each.fall.after.word if each.fall and each.fall.after else None,
            each.fall.before.detail if each.fall else None,
            each.fall.after.detail if each.fall and each.fall.after else None,
            each.sales[1],
            each.sales[0],
            each.change / each.sales[1] if each.sales[1] > 0 else None,
            last.get(each.customer),
            visits.get(each.customer),
            complaints.get(each.customer, 0),
            each.credit.before if each.credit else None,
            credit.get(each.customer),
            "visit" if each.red else "call",
        ]
        for each in found
    ]


def _summary(chain: "Sequence[Stored]", found: Sequence[Watched]) -> dict[str, object]:
    return {
        "runs": [run.number for run in chain],
        "watched": len(found),
        "red": sum(each.red for each in found),
        "yellow": sum(not each.red for each in found),
        "reasons": {str(why): sum(why in each.why for each in found) for why in Reason},
    }


def _notes(chain: "Sequence[Stored]", found: Sequence[Watched], left: int) -> list[Message]:
    told = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    red = sum(each.red for each in found)
    told.append(
        message("Red (visit, find the cause) {red}, yellow (call, ask) {yellow}.", red=red, yellow=len(found) - red)
    )
    if len(chain) < 2:  # noqa: PLR2004 - what falls needs two
        told.append(message("There are no two runs to compare yet: custcli classify stores one each time."))
    return told
