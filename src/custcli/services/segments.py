"""Segments of RFM: which rules are meant, what is wrong with the config file's, and how much each segment has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import exact_sum
from custcli.domain.readers import fold
from custcli.domain.segments import BOUNDS, OTHERS, PRESETS, Segment, Segments, read
from custcli.errors import Mistake, UsageError
from custcli.grid import Bars, Column, Grid, Kind, Money
from custcli.messages import message
from custcli.settings import Settings, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray


def of(name: str, settings: Settings) -> Segments:
    """The segments of this name: those of the config file go before the built-in ones.

    UsageError: there are none, with the nearest, or they have mistakes.
    """
    if name not in (known := names(settings)):
        raise UsageError(
            "no segments {name}: there are {words}, and {file} has no [[segments.{name}]].{hint}",
            name=name,
            words=", ".join(known),
            file=settings.config_file,
            hint=did_you_mean(name, known),
        )
    if name not in settings.segments:
        return Segments(name, PRESETS[name])
    found = read(settings.segments[name])
    if isinstance(found, tuple):
        return Segments(name, found)
    lines = "\n".join(str(message("[segments.{name}] {reason}", name=name, reason=reason)) for reason in found)
    raise UsageError("{file} has mistakes:\n{lines}", file=settings.config_file, lines=lines)


def names(settings: Settings) -> list[str]:
    """What segments there are: the built-in ones and those of the config file."""
    return list(dict.fromkeys([*PRESETS, *settings.segments]))


def mistakes(settings: Settings) -> list[Mistake]:
    """Everything that is wrong with the segments of the config file."""
    return [
        Mistake(str(settings.config_file), None, f"[segments.{name}]", reason)
        for name, given in settings.segments.items()
        if isinstance(found := read(given), list)
        for reason in found
    ]


def kept(parameters: Mapping[str, Any]) -> Segments | None:
    """The segments of a stored run; None: it was asked without."""
    told = parameters.get("segments")
    rules = read(told["rules"]) if told else None
    return Segments(told["name"], rules) if told and isinstance(rules, tuple) else None


def parts(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What the summary of a stored run says of its segments, with amounts as such."""
    told = summary["segments"].items()
    return {"segments": {name: {**part, "amount": Money(part["amount"])} for name, part in told}}


def place_of(text: str, segments: Segments) -> int:
    """The place of the segment that people call so, in either language. UsageError: there is none."""
    for place, each in enumerate(segments.every):
        if fold(text) in each.words:
            return place
    words = ", ".join(f"{each.name} {each.label}" for each in segments.every)
    raise UsageError("{option}: {word} is none of these: {words}", option="--segment", word=text, words=words)


def column(segments: Segments) -> Column:
    """The column of a customer's segment."""
    return Column("segment", "Segment", Kind.TOKEN, labels={each.name: each.label for each in segments.every})


def summary(
    segments: Segments, places: "NDArray[Any]", orders: "NDArray[Any]", amounts: "NDArray[Any]"
) -> dict[str, dict[str, object]]:
    """Each segment's bounds, customers, orders and amount with their shares; arrays by customer."""
    totals = len(places), int(orders.sum()), exact_sum(amounts)
    found = {}
    for place, each in enumerate(segments.every):
        own = places == place
        sums = int(own.sum()), int(orders[own].sum()), exact_sum(amounts[own])
        shares = [one / total if total > 0 else None for one, total in zip(sums, totals, strict=True)]
        found[each.name] = {
            **_bounds(each),
            "customers": sums[0],
            "customers_share": shares[0],
            "orders": sums[1],
            "orders_share": shares[1],
            "amount": Money(sums[2]),
            "share": shares[2],
        }
    return found


def _bounds(segment: Segment) -> dict[str, object]:
    """The scores that a segment takes; the others are what is left."""
    return {name: None if segment is OTHERS else list(getattr(segment, name)) for name in BOUNDS}


def table(segments: Segments, parts: Mapping[str, Mapping[str, Any]]) -> Grid:
    """The segments in the order of their rules, each with its bounds and what it has, and bars of the amounts."""
    columns = [
        column(segments),
        *(Column(name, name.upper()) for name in BOUNDS),
        Column("customers", "Customers", Kind.INTEGER),
        Column("customers_share", "Share of customers", Kind.SHARE, bar=True),
        Column("orders", "Orders", Kind.INTEGER),
        Column("orders_share", "Share of orders", Kind.SHARE, wide=True),
        Column("amount", "Amount", Kind.MONEY),
        Column("share", "Share", Kind.SHARE, bar=True),
    ]
    shown = [each.name for each in segments.every if each is not OTHERS or parts[each.name]["customers"]]
    rows = [[name, *(_cell(parts[name][each.name]) for each in columns[1:])] for name in shown]
    drawn = message("{amount} by {parts}", amount=message("Amount"), parts=message("Segment"))
    title = message("Customers by segment, rules: {name}", name=segments.name)
    return Grid("classify", columns, rows, title=title, chart=Bars(drawn, "segment", "amount"), below=True)


def _cell(value: object) -> object:
    """Bounds as people write them: 3–5."""
    return "–".join(map(str, sorted(set(value)))) if isinstance(value, list) else value
