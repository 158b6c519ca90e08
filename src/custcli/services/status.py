"""Where each customer stands: status and stage, lifecycle, behaviour, band, profit quality, and what changes (R2)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain import status as rules_of
from custcli.domain.readers import fold
from custcli.domain.status import Bought, Noted, Rules, Words
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, every, message, say
from custcli.services import bands
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column, namer
from custcli.services.prospects import assessed
from custcli.services.records import parsed
from custcli.services.roi import COSTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.figures import Shown

STATUSES = {"potential": "Potential", "target": "Target", "current": "Current", "lost": "Lost", "non": "Not a customer"}
STAGES = {"first": "First purchase", "repeat": "Repeat purchase", "loyal": "Loyal"}
LIFECYCLES = {"initial": "Beginning", "growth": "Growing", "mature": "Mature", "decline": "Declining", "ended": "Ended"}
BEHAVIOURS = {"loyal": "Loyal", "regular": "Regular customer", "old": "Old customer", "new": "New customer",
              "potential": "Potential"}  # fmt: skip
QUALITIES = {"good": "Good", "poor": "Not good", "bad": "Bad"}
WORDS = {"status": STATUSES, "lifecycle": LIFECYCLES, "behaviour": BEHAVIOURS, "band": bands.BANDS,
         "quality": QUALITIES}  # fmt: skip
"""What `custcli status` can be asked for: the option, its words and how they are shown."""
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
class Standings:
    """What was found of customers beside what is noted: arrays of a value for each.

    `classified`: a classification is stored, by whose classes band and quality are told.
    """

    told: "Mapping[str, NDArray[Any]]"
    bought: Bought
    lost_after: "NDArray[Any]"
    status: Words
    stage: Words
    move: Words
    lifecycle: Words
    behaviour: Words
    band: Words
    quality: Words
    classified: bool

    def at(self, places: "NDArray[Any] | slice") -> "Standings":
        """Those at these places, or of a mask."""
        own = {name: getattr(self, name)[places] for name in ("lost_after", *FOUND)}
        bought = Bought(**{name: values[places] for name, values in vars(self.bought).items()})
        told = {name: values[places] for name, values in self.told.items()}
        return Standings(told, bought, **own, classified=self.classified)

    def __len__(self) -> int:
        """How many customers."""
        return len(self.status)


def standings(ctx: "Context", asked: Asked) -> Grid:
    """The customers by code with where they stand; `apply` writes the changes of status in one change (3.3).

    UnknownError: no such customer; UsageError: a condition that is none.
    """
    database = ctx.writing() if asked.apply else ctx.reading()
    with database.reading() as connection:
        every = _found(ctx, connection, asked)
        found = every.at(_wanted(every, asked))
        shown = found.at(slice(asked.limit)) if asked.limit else found
        who = _who(connection, shown.told["id"].tolist())
    change = _apply(ctx, found.at(_moving(found))) if asked.apply else None
    left = len(found) - len(shown)
    return Grid(
        command="status",
        columns=_columns(ctx),
        rows=_rows(shown, who, ctx.day, namer(ctx)),
        summary=_summary(found, change),
        spare=("kind", "owner", "noted_stage", "days_since", "orders", "quality", "noted_band", "last_order"),
        as_of=ctx.day,
        title=message("Where {count} customers stand on {day}", count=len(found), day=ctx.day),
        notes=[*([message("… {count} more (--limit 0 shows all)", count=left)] if left else []),
               *_told(found, asked, change)],
        sheet=message("Status"),
        count=len(shown),
    )  # fmt: skip


def _word(name: str, text: str | None) -> str | None:
    """The word that people mean, who may also say it as it is shown in any language."""
    if text is None:
        return None
    labels = WORDS[name]
    for word, label in labels.items():
        if fold(text) in map(fold, (word, *every(label))):
            return word
    known = ", ".join(f"{word} {say(label)}" for word, label in labels.items())
    raise UsageError("{option}: {word} is none of these: {words}", option=f"--{name}", word=text, words=known)


def words(ctx: "Context", connection: "Connection", names: Sequence[str]) -> list[list[tuple[int, str]]]:
    """By each name (status, lifecycle, behaviour, quality) the word of each customer that has one."""
    every = _found(ctx, connection, Asked())
    ids, found = every.told["id"].tolist(), [getattr(every, name).tolist() for name in names]
    return [[(one, str(word)) for one, word in zip(ids, each, strict=True) if word] for each in found]


def standing(ctx: "Context", connection: "Connection", code: str) -> Standings:
    """Where one customer stands. UnknownError: there is none."""
    return _found(ctx, connection, Asked([code]))


def _found(ctx: "Context", connection: "Connection", asked: Asked) -> Standings:
    from custcli.db import status as stored
    from custcli.db.runs import latest_run
    from custcli.db.terms import of_customers
    from custcli.services.keyed import found

    where, values = of_customers(ctx.forms, parsed(asked.where), ctx.day)
    if asked.codes:
        ids = [found(connection, code)[0] for code in asked.codes]
        where, values = f"{where} AND t.id IN ({', '.join('?' * len(ids))})", [*values, *ids]
    told = stored.noted(connection, ctx.day, (where, values), ctx.settings.status.competitor_tag)
    sums = stored.bought(connection, ctx.day, told["id"].astype("int64"), ctx.forms[COSTS])
    bought = _bought(told, sums, ctx.day)
    classified = latest_run(connection, ctx.day) is not None
    only = told["id"][0] if len(told["id"]) == 1 else None
    return _standings(told, _noted(told, _grades(ctx, connection, only)), bought, rules(ctx), classified=classified)


def _who(connection: "Connection", ids: Sequence[int]) -> "list[Shown]":
    """The customers of these ids, in this order."""
    from custcli.db import figures

    found = {one: of for some in figures.chunks(ids) for one, of in figures.shown(connection, some).items()}
    return [found[each] for each in ids]


def _grades(ctx: "Context", connection: "Connection", only: int | None) -> dict[int, str]:
    """The MAN grade of each customer (of one alone) of whom no letter is unknown."""
    from custcli.db import prospects

    letters = prospects.letters(connection, ctx.day, only)
    found = {number: assessed(ctx, noted) for number, noted in letters.items()}
    return {number: str(each.grade) for number, each in found.items() if not each.provisional}


def _bought(told: "Mapping[str, NDArray[Any]]", sums: "Mapping[str, NDArray[Any]]", day: date) -> Bought:
    import numpy as np

    ago = {f"{name}_ago": np.where(sums[name] > 0, day.toordinal() - sums[name], 0) for name in ("first", "last")}
    plain = {each.name: sums[each.name] for each in fields(Bought) if each.name in sums}
    return Bought(**plain, **ago, cancelled=told["ordered"].astype(bool))


def _noted(told: "Mapping[str, NDArray[Any]]", grades: Mapping[int, str]) -> Noted:
    import numpy as np

    words = {name: told[name] for name in ("kind", "status", "stage", "band", "abc", "tier")}
    marks = {name: told[name].astype(bool) for name in ("is_key", "competitor")}
    return Noted(**words, **marks, grade=np.array([grades.get(each) for each in told["id"].tolist()], dtype=object))


def rules(ctx: "Context") -> Rules:
    """R2 as the settings have it."""
    own = ctx.settings.status
    kinds = {kind: int(days) for kind, days in own.lost_days_by_kind.items()}
    return Rules(own.lost_days, Fraction(own.lost_gaps), own.loyal_orders, own.loyal_days, kinds)


def _standings(
    told: "Mapping[str, NDArray[Any]]", noted: Noted, bought: Bought, by: rules_of.Rules, *, classified: bool
) -> Standings:
    found = rules_of.status(bought, noted, by)
    return Standings(
        told,
        bought,
        rules_of.lost_after(bought, noted.kind, by),
        *found,
        move=rules_of.move(noted, found),
        lifecycle=rules_of.lifecycle(bought, rules_of.is_lost(bought, noted.kind, by)),
        behaviour=rules_of.behaviour(bought, found[1], noted.competitor),
        band=rules_of.band(noted),
        quality=rules_of.quality(bought, noted.abc, classified=classified),
        classified=classified,
    )


def _wanted(found: Standings, asked: Asked) -> "NDArray[Any]":
    """Who is one of those asked for."""
    import numpy as np

    fits = np.ones(len(found), dtype=bool)
    for name in WORDS:
        wish = _word(name, getattr(asked, name))
        fits &= wish is None or getattr(found, name) == wish
    return fits & _moving(found) if asked.changes else fits


def _moving(found: Standings) -> "NDArray[Any]":
    """Whose status would change."""
    moving: NDArray[Any] = found.move != None  # noqa: E711 - of each one
    return moving


def _apply(ctx: "Context", moving: Standings) -> int | None:
    """Write the status and stage found, in one change; None where there is nothing to write."""
    from custcli.db import journal, rows

    if not len(moving):
        return None
    told = moving.told
    with ctx.writing().writing() as connection:
        change = journal.open_change(connection, ctx.author.header())
        for who, status, stage, to, step in zip(
            told["id"], told["status"], told["stage"], moving.status, moving.stage, strict=True
        ):
            now, new = {"status": status, "current_stage": stage}, {"status": to, "current_stage": step}
            differing = {name: value for name, value in new.items() if now[name] != value}
            rows.rewrite(connection, change, "customer", who, differing, now)
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
        bands.NOTED,
        bands.BAND,
        Column("quality", "Profit quality", Kind.TOKEN, labels=QUALITIES, usual=(None,)),
        Column("orders", "Orders", Kind.INTEGER),
        Column("first_order", "First order", Kind.DATE, wide=True),
        Column("last_order", "Last order", Kind.DATE),
        Column("days_since", "Days since", Kind.INTEGER),
        Column("lost_after", "Lost after days", Kind.INTEGER, wide=True),
        Column("sales_6_months", "Sales of 6 months", Kind.MONEY, wide=True),
        Column("sales_before", "Of the 6 before", Kind.MONEY, wide=True),
        Column("differs", "Differs", Kind.FLAG, usual=(False,)),
    ]


def _rows(
    found: Standings, who: "Sequence[Shown]", day: date, name_of: Callable[[str, str | None], str]
) -> Iterator[list[object]]:
    bought = found.bought
    told = zip(*(found.told[name].tolist() for name in TOLD), strict=True)
    own = zip(*(getattr(found, name).tolist() for name in FOUND), strict=True)
    sums = zip(*(values.tolist() for values in (
        bought.orders, bought.first_ago, bought.last_ago, found.lost_after, bought.sales, bought.sales_before,
        _differing(found),
    )), strict=True)  # fmt: skip
    for of, noted, words, figures in zip(who, told, own, sums, strict=True):
        status, stage, abc, tier, band = noted
        orders, first, last, lost_after, sales, before, differs = figures
        times = [day - timedelta(first), day - timedelta(last), last, lost_after] if orders else [None] * 4
        yield [
            of.code, name_of(of.name, of.hidden_as), of.kind, of.region, of.owner, status, stage, *words[:5], abc, tier,
            band, *words[5:], orders, *times, sales, before, differs,
        ]  # fmt: skip


TOLD = ("status", "stage", "abc", "tier", "band")
FOUND = ("status", "stage", "move", "lifecycle", "behaviour", "band", "quality")


def _differing(found: Standings) -> "NDArray[Any]":
    """Of whom status or band are noted otherwise than reckoned."""
    pairs = ((found.told["status"], found.status), (found.told["band"], found.band))
    noted, band = ((told != None) & (told != reckoned) for told, reckoned in pairs)  # noqa: E711 - of each one
    differing: NDArray[Any] = noted | band
    return differing


def _summary(found: Standings, change: int | None) -> dict[str, object]:
    """How many of each word; the change that was written."""
    counts = {name: Counter(getattr(found, name).tolist()) for name in FOUND}
    order = ("status", "stage", "lifecycle", "behaviour", "band", "quality", "move")
    told = {name: {word: counts[name][word] for word in sorted(filter(None, counts[name]))} for name in order}
    return {"customers": len(found), **told, "differing": int(_differing(found).sum()), "change": change}


def doubts(summary: Mapping[str, Any]) -> list[Message]:
    """What is said of those of whom something else is noted than reckoned."""
    count = summary["differing"]
    return [message("Status or band noted otherwise than reckoned: {count}", count=count)] if count else []


def _told(found: Standings, asked: Asked, change: int | None) -> list[Message]:
    moving = int(_moving(found).sum())
    if change:
        return [message("Change {change}: the status of {count} customers.", change=change, count=moving)]
    told = doubts({"differing": int(_differing(found).sum())})
    if not found.classified:
        told.append(message("No classification is stored up to this day, band and quality need one: custcli classify"))
    if moving and not asked.apply:
        told.append(message("Status that would change: {count} (--apply writes it)", count=moving))
    return told
