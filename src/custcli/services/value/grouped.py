"""Customers grouped by lifetime value, with what each group is worth and what to do for it (R13.5, F113)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused, read_money
from custcli.domain.value import Amounts, groups
from custcli.domain.value.groups import NONE, UNKNOWN, Places
from custcli.errors import UsageError
from custcli.grid import Bars, Column, Grid, Kind, yuan
from custcli.messages import every, message, say
from custcli.services.classify import asked as classes
from custcli.services.names import TIERS
from custcli.services.value import told
from custcli.services.value.asked import Asked
from custcli.services.value.entered import half
from custcli.services.value.notes import notes
from custcli.services.value.told import Valued

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context

BY_NUMBER = ("tier", "quintile")
LABELS = {**TIERS, NONE: "Nothing to come", UNKNOWN: "Too little data"}
MEASURES = (
    "own contact person, served first, plans made together",
    "develop: visit regularly, sell more kinds of goods, better terms",
    "keep at usual upkeep: calls, offers, reminders",
    "lowest upkeep: self-service and standard offers; watch for growth",
)
"""What to do for the groups from the best to the last, unless the settings say otherwise."""
OF_REST = {
    NONE: "find out why; raise prices or lower upkeep, else let go",
    UNKNOWN: "find out need and potential first",
}
COLUMNS = (
    Column("group", "Group", Kind.TOKEN, labels=LABELS),
    Column("customers", "Customers", Kind.INTEGER),
    Column("customers_share", "Share of customers", Kind.SHARE),
    Column("lifetime", "Lifetime value", Kind.MONEY),
    Column("share", "Share", Kind.SHARE, bar=True),
    Column("mean", "Mean", Kind.MONEY),
    Column("lowest", "Lowest", Kind.MONEY),
    Column("highest", "Highest", Kind.MONEY),
    Column("historic", "Historic value", Kind.MONEY, wide=True),
    Column("current", "Current value", Kind.MONEY, wide=True),
    Column("potential", "Potential value", Kind.MONEY, wide=True),
    Column("measure", "What to do"),
)


def grid(ctx: "Context", asked: Asked, valued: Valued) -> Grid:
    """A row for each group, the best first. UsageError: limits that do not fall, or are no amounts."""
    found = _groups(ctx, asked.groups or "tier", valued.lifetime)
    rows = list(_rows(valued, found, ctx.settings.value.measures))
    title = message("Groups by lifetime value. {title}", title=told.title(valued, ctx.day))
    summary = told.summary(valued) | {"groups": asked.groups}
    chart = Bars(message("Lifetime value by group"), "group", "lifetime")
    said = notes(valued, single=False)
    if asked.groups not in BY_NUMBER:
        begin = ", ".join(map(yuan, limits(str(asked.groups))))
        said.append(message("The groups begin at {amounts}.", amounts=begin))
    if strange := _strange(ctx.settings.value.measures):
        said.append(message("[value.measures] names no group: {names}", names=", ".join(strange)))
    return Grid(
        "value", COLUMNS, rows, summary, ctx.day, title, said, sheet=message("Value groups"), count=len(rows),
        chart=chart,
    )  # fmt: skip


def _groups(ctx: "Context", word: str, lifetime: Amounts) -> Places:
    if word == "tier":
        return groups.tiers(lifetime, classes.rules(classes.Asked(), ctx.settings).tiers)
    if word == "quintile":
        return groups.by_number(lifetime, groups.FIFTHS)
    return groups.by_amount(lifetime, limits(word))


def checked(asked: Asked) -> None:
    """UsageError: groups of another answer, or limits that are none."""
    if asked.groups and (asked.check or asked.top):
        raise UsageError("--groups tells of groups: --top and --check do not go with it")
    if asked.groups not in {None, *BY_NUMBER}:
        limits(str(asked.groups))


def limits(text: str) -> list[int]:
    """Amounts that rise or fall, in ten-thousandths, the greatest first. UsageError: they are none."""
    try:
        found = [read_money(part) for part in text.split(",")]
    except Refused:
        found = [0]
    falling = sorted(set(found), reverse=True)
    if found not in (falling, falling[::-1]) or falling[-1] <= 0:
        raise UsageError("--groups: tier, quintile, or amounts such as {example} are expected", example="50000,10000")
    return falling


def _rows(valued: Valued, found: Places, own: Mapping[str, str]) -> Iterator[list[object]]:
    values = (valued.worths.historic, valued.current, valued.worths.potential)
    count, ranked = len(valued.lifetime.amounts), [name for name in found if name not in OF_REST]
    sums = {name: _sum(valued.lifetime, places) for name, places in found.items()}
    total = sum(sums[name] for name in ranked)
    for name, places in found.items():
        yield [
            name,
            len(places),
            len(places) / count if count else None,
            None if name == UNKNOWN else sums[name],
            sums[name] / total if total and name in ranked else None,
            *(_spread(valued.lifetime.amounts[places]) if name != UNKNOWN else (None, None, None)),
            *(_sum(each, places) for each in values),
            _measure(name, ranked, own),
        ]


def _sum(amounts: Amounts, places: "NDArray[Any]") -> int:
    return sum(amounts.amounts[places][amounts.known[places]].tolist())


def _spread(amounts: "NDArray[Any]") -> tuple[int | None, int | None, int | None]:
    """Mean, lowest and highest."""
    if not len(amounts):
        return None, None, None
    return half(Fraction(sum(amounts.tolist()), len(amounts))), int(amounts.min()), int(amounts.max())


def _measure(name: str, ranked: Sequence[str], own: Mapping[str, str]) -> str:
    """The settings' own words for a group, by its name or number; else the usual ones."""
    for word in (name, *sorted(every(LABELS.get(name, name)))):
        if word in own:
            return own[word]
    if name in OF_REST:
        return say(OF_REST[name])
    last = len(ranked) - 1
    return say(MEASURES[(ranked.index(name) * (len(MEASURES) - 1) + last // 2) // last])


def _strange(own: Mapping[str, str]) -> list[str]:
    """Names of groups in the settings that are none."""
    known = set(LABELS).union(*map(every, LABELS.values()))
    return [name for name in own if name not in known and not name.isdecimal()]
