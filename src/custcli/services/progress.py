"""Yearly sales targets and how far sales have come: of customers, of owners, of regions (F136, W05)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.period import Period
from custcli.domain.progress import (
    FIRST,
    LAST,
    WHOLE,
    Elapsed,
    Level,
    Progress,
    Reason,
    Rules,
    elapsed,
    together,
)
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind, Money, percent, yuan
from custcli.messages import Message, message, say
from custcli.services.currency import currency_code
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.records import more, parsed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.records import Where

FORM = "sales_targets"
SUBJECTS = {"owner": "Owner", "region": "Region"}
LEVELS = {"red": "red", "yellow": "yellow", "green": "green"}
MOST_NAMED = 10
"""So many owners or regions a sentence names."""


@dataclass(frozen=True)
class Asked:
    """What is asked, as the options of `custcli progress` say it.

    `by`: customer, owner or region, None: the first of them that has targets in the year; `limit` cuts rows (0: all).
    """

    year: int | None = None
    by: str | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Row:
    """One whose sales are held against a target: the first cells of its row, and the progress.

    `of_customers`: what the targets of a group's customers come to.
    """

    key: str
    cells: Sequence[object]
    progress: Progress
    of_customers: int | None = None


@dataclass(frozen=True)
class _Year:
    """The year asked for: its days up to the business day, how much of it has passed, when it is behind."""

    number: int
    span: Period
    time: Elapsed
    rules: Rules

    def progress(self, target: int, sales: int) -> Progress:
        """The progress of a target of this year."""
        return Progress(target, sales, self.time, self.rules)


@dataclass(frozen=True)
class _Found:
    """What the database says. `without`: how many customers have orders and no target, and the sales of these.

    `counts`: the targets of the year by whose they are; `others`: further currencies that orders of the year are in;
    `absent`: there are orders, but none in the currency.
    `unknown`: owners or regions with a target that no customer has; `partly`: those of whose customers only some fit,
    so that their own targets do not count.
    """

    by: str
    counts: Mapping[str, int]
    currency: str
    others: Sequence[str]
    absent: bool = False
    rows: Sequence[Row] = ()
    without: tuple[int, int] = (0, 0)
    unknown: Sequence[str] = ()
    partly: Sequence[str] = ()

    @property
    def whole(self) -> Progress | None:
        """All rows as one; None where there is none."""
        return together([each.progress for each in self.rows])


def progress(ctx: "Context", asked: Asked) -> Grid:
    """Each target of the year with the sales so far, red ones first, in a level those furthest behind first.

    UsageError: no such year, a condition that is none.
    """
    year = _year(ctx, asked.year)
    found = _found(ctx, asked, year)
    rows = sorted(found.rows, key=_urgency)
    shown = rows[: asked.limit or None]
    title = message(
        "Sales against the targets of {year} in {currency}, up to {day}",
        year=str(year.number), currency=found.currency, day=year.span.until,
    )  # fmt: skip
    return Grid(
        command="progress",
        columns=[*_who(ctx, found.by), *_figures(found.by, year.rules)],
        rows=[_cells(each, found.by) for each in shown],
        summary=_summary(found, year),
        as_of=ctx.day,
        title=title,
        notes=[*more(len(rows) - len(shown)), *_notes(found, year)],
        sheet=message("Sales targets"),
        count=len(shown),
    )


def _year(ctx: "Context", asked: int | None) -> _Year:
    number, usual = ctx.day.year if asked is None else asked, ctx.settings.progress
    if not FIRST <= number <= LAST:
        raise UsageError("a year from {first} to {last} is meant", first=str(FIRST), last=str(LAST))
    time = elapsed(number, ctx.day)
    span = Period(date(number, 1, 1), min(ctx.day, date(number, 12, 31)), f"{time.passed}d")
    red, yellow = (int(limit * WHOLE / 100) for limit in usual.levels)
    return _Year(number, span, time, Rules(red, yellow, usual.min_days))


def _urgency(row: Row) -> tuple[int, int, str]:
    level = row.progress.level
    return list(Level).index(level) if level else len(Level), row.progress.gap, row.key


# what the database says


def _found(ctx: "Context", asked: Asked, year: _Year) -> _Found:
    from custcli.db import figures
    from custcli.db import progress as stored
    from custcli.db.terms import of_customers

    with ctx.reading().reading() as connection:
        fitting = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        known = figures.currencies(connection, "sales_order", year.span.since, year.span.until)
        currency = currency_code(asked.currency) or (known[0] if len(known) == 1 else ctx.settings.currency)
        counts = stored.counts(connection, ctx.forms[FORM], year.number)
        by = asked.by or next((subject for subject, count in counts.items() if count), "customer")
        others = [word for word in known if word != currency]
        found = _Found(by, counts, currency, others, absent=bool(others) and currency not in known)
        of = _of_customers if by == "customer" else _of_groups
        return of(ctx, connection, year, fitting, found)


def _of_customers(ctx: "Context", connection: "Connection", year: _Year, fitting: "Where", found: _Found) -> _Found:
    from custcli.db import progress as stored

    name_of = namer(ctx)
    every = list(stored.ones(connection, ctx.forms[FORM], year.number, year.span, fitting, found.currency))
    rows = [
        Row(
            each.code,
            [each.code, name_of(each.name, each.hidden_as), each.kind, each.region, each.owner],
            year.progress(each.target, each.sales),
        )
        for each in every
    ]
    buyers, sales = stored.sold(connection, year.span, fitting, found.currency)
    without = buyers - sum(each.buyer for each in every), sales - sum(each.sales for each in every)
    return replace(found, rows=rows, without=without)


def _of_groups(ctx: "Context", connection: "Connection", year: _Year, fitting: "Where", found: _Found) -> _Found:
    """A group's own target, which holds for all its customers alone, else those of its customers and their sales."""
    from custcli.db import progress as stored

    form, by = ctx.forms[FORM], found.by
    own, members = stored.of_groups(connection, form, by, year.number), stored.members(connection, by, fitting)
    cut = {word for word, (customers, fits) in members.items() if fits < customers}
    rows, buyers, sales, told = [], 0, 0, set()
    for each in stored.groups(connection, form, by, year.number, year.span, fitting, found.currency):
        if each.word in own and each.word not in cut:
            told.add(each.word)
            rows.append(Row(each.word, [each.word, "own"], year.progress(own[each.word], each.sales), each.target))
            continue
        if each.target:
            summed = year.progress(each.target, each.aimed_sales)
            rows.append(Row(each.word or "", [each.word, "customers"], summed, each.target))
        buyers, sales = buyers + each.buyers - each.aimed_buyers, sales + each.sales - each.aimed_sales
    silent = [word for word in own if word not in told and word not in cut and (word in members or not cut)]
    rows += [Row(word, [word, "own"], year.progress(own[word], 0)) for word in silent]
    unknown = sorted(word for word in silent if word not in members)
    partly = sorted(word for word in own if word in cut and members[word][1])
    return replace(found, rows=rows, without=(buyers, sales), unknown=unknown, partly=partly)


# the answer


def _who(ctx: "Context", by: str) -> list[Column]:
    if by != "customer":
        basis = {"own": "its own", "customers": "of its customers"}
        return [
            Column("group", SUBJECTS[by], blank="(none)"),
            Column("basis", "Whose target", Kind.TOKEN, labels=basis, usual=("own",)),
        ]
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region", wide=True),
        Column("owner", "Owner", wide=True),
    ]


def _figures(by: str, rules: Rules) -> list[Column]:
    below = {"below_yellow": rules.yellow, "below_red": rules.red}
    said = {word: say("below {percent} % of what was due", percent=_percent(limit)) for word, limit in below.items()}
    own = [Column("customers_target", "Targets of its customers", Kind.MONEY, wide=True)]
    return [
        Column("target", "Target", Kind.MONEY),
        Column("sales", "Sales to date", Kind.MONEY),
        Column("share", "Reached", Kind.SHARE, bar=True),
        Column("expected", "Due by now", Kind.MONEY, wide=True),
        Column("pace", "Of what was due", Kind.SHARE, wide=True),
        Column("gap", "Ahead or behind", Kind.MONEY),
        Column("projection", "Projection of the year", Kind.MONEY, wide=True),
        Column("level", "Level", Kind.TOKEN, labels=LEVELS, blank="—"),
        Column("reason", "Why", Kind.TOKEN, labels=REASONS | said, wide=True),
        *(own if by != "customer" else ()),
    ]


REASONS = {
    Reason.REACHED.value: "the target is reached",
    Reason.ON_COURSE.value: "no less than what was due",
    Reason.BEHIND.value: "behind, within the limit",
    Reason.NOT_BEGUN.value: "the year has not begun",
}


def _cells(row: Row, by: str) -> list[object]:
    of = row.progress
    told = [of.target, of.sales, of.share, of.expected, of.pace, of.gap, of.projection, of.level, of.reason]
    return [*row.cells, *told, *(() if by == "customer" else (row.of_customers,))]


def _summary(found: _Found, year: _Year) -> dict[str, object]:
    whole, levels = found.whole or year.progress(0, 0), Counter(each.progress.level for each in found.rows)
    projection = whole.projection if found.rows else None
    return {
        "year": year.number,
        "by": found.by,
        "currency": found.currency,
        "days": year.time.days,
        "days_passed": year.time.passed,
        "targets": len(found.rows),
        "target": Money(whole.target),
        "sales": Money(whole.sales),
        "share": whole.share if found.rows else None,
        "expected": Money(whole.expected),
        "gap": Money(whole.gap),
        "projection": None if projection is None else Money(projection),
        "levels": {level.value: levels[level] for level in Level},
        "without_target": found.without[0],
        "sales_without_target": Money(found.without[1]),
    }


def _notes(found: _Found, year: _Year) -> list[Message]:
    told = _whole(found, year) if found.rows else [_nothing(found.by, year)]
    return [*told, *_without(found), *_elsewhere(found)]


def _nothing(by: str, year: _Year) -> Message:
    word = {"customer": "C-000001", "owner": "周明远", "region": "华东"}[by]
    example = f"custcli add {FORM} {by}={word} year={year.number} target=50万"
    return message("No target of {year} that is asked for: {example}, or import them.", year=str(year.number),
                   example=example)  # fmt: skip


def _whole(found: _Found, year: _Year) -> list[Message]:
    """The sums of all rows, how much of the year has passed, and what the levels mean."""
    whole = found.whole
    if whole is None:
        return []
    told = message(
        "Together: target {target}, sales {sales} ({share} %), due by now {expected}.",
        target=yuan(whole.target), sales=yuan(whole.sales), share=percent(whole.share), expected=yuan(whole.expected),
    )  # fmt: skip
    if not year.time.passed:
        return [told, message("The year has not begun: nothing is due yet.")]
    passed = message(
        "Days passed: {passed} of {days}. Yellow is below {yellow} % of what was due by now, red below {red} %.",
        passed=year.time.passed, days=year.time.days, yellow=_percent(year.rules.yellow), red=_percent(year.rules.red),
    )  # fmt: skip
    return [told, *_ahead(whole), passed]


def _ahead(whole: Progress) -> list[Message]:
    """What the year will come to; nothing of one that is over."""
    if whole.time.passed == whole.time.days:
        return []
    if whole.projection is None:
        return [message("Too early for a projection, which takes {count} days.", count=whole.rules.fewest)]
    return [message("At this pace the year comes to {projection}.", projection=yuan(whole.projection))]


def _percent(limit: int) -> str:
    """Basis points in percent, with no more decimals than they have."""
    return f"{limit / 100:g}"


def _without(found: _Found) -> list[Message]:
    """What is sold without a target: nothing of the year is lost."""
    count, sales = found.without
    if not count:
        return []
    text = "Customers with orders and without a target: {count}, sales {sales}."
    return [message(text, count=count, sales=yuan(sales))]


def _elsewhere(found: _Found) -> list[Message]:
    """What these targets leave out, and where else there are some."""
    told = []
    if found.unknown:
        text = "No customer has this owner or region, whose sales are none: {words}"
        told.append(message(text, words=_named(found.unknown)))
    if found.partly:
        text = "Only some of their customers are asked for, so that their own targets do not count: {words}"
        told.append(message(text, words=_named(found.partly)))
    if found.absent:
        told.append(message("There are no amounts in {currency} in the period.", currency=found.currency))
    if found.others:
        told.append(message("Orders in other currencies do not count: {words}", words=_named(found.others)))
    others = [f"--by {subject}" for subject, count in found.counts.items() if count and subject != found.by]
    return [*told, *([message("There are further targets: {words}", words=_named(others))] if others else [])]


def _named(words: Sequence[str]) -> str:
    left = " …" if len(words) > MOST_NAMED else ""
    return say(", ").join(words[:MOST_NAMED]) + left
