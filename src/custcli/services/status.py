"""Where each customer stands: status and stage, lifecycle, behaviour, band, profit quality, and what changes (R2)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain import status as rules_of
from custcli.domain.prospects import Assessment
from custcli.domain.status import Band, Behaviour, Bought, Lifecycle, Move, Noted, Quality, Stage, Status
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.classify.told import TIERS
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.prospects import assessed
from custcli.services.records import parsed
from custcli.services.retention import rules

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.status import Row

STATUSES = {"potential": "Potential", "target": "Target", "current": "Current", "lost": "Lost", "non": "Not a customer"}
STAGES = {"first": "First purchase", "repeat": "Repeat purchase", "loyal": "Loyal"}
LIFECYCLES = {"initial": "Beginning", "growth": "Growing", "mature": "Mature", "decline": "Declining", "ended": "Ended"}
BEHAVIOURS = {"loyal": "Loyal", "regular": "Regular customer", "old": "Old customer", "new": "New customer",
              "potential": "Potential"}  # fmt: skip
BANDS = {"important": "Important", "special": "Special", "general": "General"}
QUALITIES = {"good": "Good", "poor": "Not good", "bad": "Bad"}
MOVES = {"auto": "by rule", "proposal": "proposed"}


@dataclass(frozen=True)
class Asked:
    """Which customers, as the options of `custcli status` say it; `changes`: only those whose status would change."""

    codes: Sequence[str] = ()
    status: str | None = None
    lifecycle: str | None = None
    behaviour: str | None = None
    band: str | None = None
    quality: str | None = None
    changes: bool = False
    where: Sequence[str] = ()
    apply: bool = False
    limit: int | None = None


@dataclass(frozen=True)
class Standing:
    """What was found of a customer beside what is noted."""

    row: "Row"
    noted: Noted
    bought: Bought
    lost_after: int | None
    status: Status
    stage: Stage | None
    move: Move | None
    lifecycle: Lifecycle | None
    behaviour: Behaviour
    band: Band
    quality: Quality | None


def standings(ctx: "Context", asked: Asked) -> Grid:
    """The customers by code with where they stand; `apply` writes the changes of status in one change (3.3).

    UnknownError: no such customer; UsageError: a condition that is none.
    """
    database = ctx.writing() if asked.apply else ctx.reading()
    with database.reading() as connection:
        found = [each for each in _found(ctx, connection, asked) if _wanted(each, asked)]
    change = _apply(ctx, [each for each in found if each.move]) if asked.apply else None
    shown = found[: asked.limit] if asked.limit else found
    left = len(found) - len(shown)
    return Grid(
        command="status",
        columns=_columns(ctx),
        rows=_rows(shown, namer(ctx)),
        summary=_summary(found, change),
        as_of=ctx.day,
        title=message("Where {count} customers stand on {day}", count=len(found), day=ctx.day),
        notes=[*([message("… {count} more (--limit 0 shows all)", count=left)] if left else []),
               *_told(found, asked, change)],
        sheet=message("Status"),
        count=len(shown),
    )  # fmt: skip


def _found(ctx: "Context", connection: "Connection", asked: Asked) -> Iterator[Standing]:
    from custcli.db import prospects
    from custcli.db import status as stored
    from custcli.db.terms import of_customers
    from custcli.services.keyed import found

    where, values = of_customers(ctx.forms, parsed(asked.where), ctx.day)
    if asked.codes:
        ids = [found(connection, code)[0] for code in asked.codes]
        where, values = f"{where} AND t.id IN ({', '.join('?' * len(ids))})", [*values, *ids]
    letters, by = prospects.letters(connection, ctx.day), rules(ctx)
    graded = {number: assessed(ctx, noted) for number, noted in letters.items()}
    for row in stored.rows(connection, ctx.day, (where, values), ctx.settings.status.competitor_tag):
        yield _standing(row, _grade(graded.get(row.id)), ctx.day, by)


def _grade(found: Assessment | None) -> str | None:
    """The MAN grade, where no letter is unknown."""
    return None if found is None or found.provisional else str(found.grade)


def _standing(row: "Row", grade: str | None, day: date, by: rules_of.Rules) -> Standing:
    bought = Bought(
        orders=row.orders,
        days=row.days,
        first_ago=(day - date.fromisoformat(row.first)).days if row.first else 0,
        last_ago=(day - date.fromisoformat(row.last)).days if row.last else 0,
        orders_year=row.orders_year,
        sales=row.sales,
        sales_before=row.sales_before,
        profit=row.profit,
        profit_before=row.profit_before,
        cancelled=row.every > row.orders,
    )
    noted = Noted(
        kind=row.kind,
        status=row.status,
        stage=row.stage,
        band=row.band,
        is_key=bool(row.is_key),
        abc=row.abc,
        tier=row.tier,
        grade=grade,
        competitor=bool(row.competitor),
    )
    found = rules_of.status(bought, noted, by)
    return Standing(
        row,
        noted,
        bought,
        rules_of.lost_after(bought, row.kind, by) if bought.orders else None,
        *found,
        move=rules_of.move(noted, found),
        lifecycle=rules_of.lifecycle(bought, lost=rules_of.is_lost(bought, row.kind, by)),
        behaviour=rules_of.behaviour(bought, found[1], competitor=noted.competitor),
        band=rules_of.band(noted),
        quality=rules_of.quality(bought, row.abc),
    )


def _wanted(found: Standing, asked: Asked) -> bool:
    """Whether a customer is one of those asked for."""
    wishes: Mapping[str, str | None] = {
        "status": asked.status,
        "lifecycle": asked.lifecycle,
        "behaviour": asked.behaviour,
        "band": asked.band,
        "quality": asked.quality,
    }
    fits = all(wish is None or getattr(found, name) == wish for name, wish in wishes.items())
    return fits and (found.move is not None or not asked.changes)


def _apply(ctx: "Context", moving: Sequence[Standing]) -> int | None:
    """Write the status and stage found, in one change; None where there is nothing to write."""
    from custcli.db import journal, rows

    if not moving:
        return None
    with ctx.writing().writing() as connection:
        change = journal.open_change(connection, ctx.author.header())
        for each in moving:
            now = {"status": each.noted.status, "current_stage": each.noted.stage}
            new = {"status": str(each.status), "current_stage": str(each.stage) if each.stage else None}
            differing = {name: value for name, value in new.items() if now[name] != value}
            rows.rewrite(connection, change, "customer", each.row.id, differing, now)
        journal.close_change(connection, change, {"changed": len(moving)})
    return change


def _columns(ctx: "Context") -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        kind_column(ctx.forms),
        Column("region", "Region", wide=True),
        Column("owner", "Owner"),
        Column("noted_status", "Status noted", Kind.TOKEN, labels=STATUSES),
        Column("noted_stage", "Stage noted", Kind.TOKEN, labels=STAGES, usual=(None,)),
        Column("status", "Status", Kind.TOKEN, labels=STATUSES),
        Column("stage", "Buying stage", Kind.TOKEN, labels=STAGES),
        Column("change", "Change", Kind.TOKEN, labels=MOVES, usual=(None,)),
        Column("lifecycle", "Lifecycle", Kind.TOKEN, labels=LIFECYCLES),
        Column("behaviour", "Behaviour", Kind.TOKEN, labels=BEHAVIOURS),
        Column("abc", "Class"),
        Column("tier", "Tier", Kind.TOKEN, labels=TIERS, wide=True),
        Column("noted_band", "Band noted", Kind.TOKEN, labels=BANDS, usual=(None,)),
        Column("band", "Band", Kind.TOKEN, labels=BANDS),
        Column("quality", "Profit quality", Kind.TOKEN, labels=QUALITIES, usual=(None,)),
        Column("orders", "Orders", Kind.INTEGER),
        Column("first_order", "First order", Kind.DATE, wide=True),
        Column("last_order", "Last order", Kind.DATE),
        Column("days_since", "Days since", Kind.INTEGER),
        Column("lost_after", "Lost after days", Kind.INTEGER, wide=True),
        Column("sales_6_months", "Sales of 6 months", Kind.MONEY, wide=True),
        Column("sales_before", "Of the 6 before", Kind.MONEY, wide=True),
        Column("differs", "Differs", Kind.FLAG, wide=True),
    ]


def _rows(found: Iterable[Standing], name_of: Callable[[str, str | None], str]) -> Iterator[list[object]]:
    for each in found:
        row, bought = each.row, each.bought
        yield [
            row.code, name_of(row.name, row.hidden_as), row.kind, row.region, row.owner,
            row.status, row.stage, each.status, each.stage, each.move, each.lifecycle, each.behaviour,
            row.abc, row.tier, row.band, each.band, each.quality, bought.orders,
            _day(row.first), _day(row.last), bought.last_ago if bought.orders else None,
            each.lost_after, bought.sales, bought.sales_before,
            bool(row.status and row.status != each.status) or bool(row.band and row.band != each.band),
        ]  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _summary(found: Sequence[Standing], change: int | None) -> dict[str, object]:
    """How many of each word; the change that was written."""
    names = ("status", "stage", "lifecycle", "behaviour", "band", "quality", "move")
    counts = {name: Counter(getattr(each, name) for each in found) for name in names}
    told = {
        name: {str(word): many for word, many in sorted(of.items(), key=str) if word} for name, of in counts.items()
    }
    return {"customers": len(found), **told, "change": change}


def _told(found: Sequence[Standing], asked: Asked, change: int | None) -> list[Message]:
    moving = sum(each.move is not None for each in found)
    if change:
        return [message("Change {change}: the status of {count} customers.", change=change, count=moving)]
    if moving and not asked.apply:
        return [message("Status that would change: {count} (--apply writes it)", count=moving)]
    return []
