"""A customer's habits: usual products, channels and payment, best and weakest months and weekdays (F079, F080)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from custcli.domain.period import first_day
from custcli.grid import percent
from custcli.messages import say
from custcli.services.composition import WEEKDAYS
from custcli.services.dossier import Fact
from custcli.services.records import placed, shown_columns

if TYPE_CHECKING:
    from custcli.context import Context

MONTHS = 24
"""Each month of the year counts twice."""
FEWEST = 6
"""With fewer purchases there is no habit."""
SHOWN = 3
WAYS = {"channel": "Usual channels", "pay_method": "Usual payment"}
TIMES = {
    "month_of_year": ("Best months", "Weakest months"),
    "weekday": ("Best weekdays", "Weakest weekdays"),
}

Shares = Sequence[tuple[str, float]]
"""Words with their shares, those to be told first in front."""


def habits(ctx: "Context", customer: int, *, plain: bool) -> list[Fact]:
    """The habits of 24 months, most frequent first: as words with their shares, `plain`: as lists of words.

    Products, channels and payment by their share of the orders, times by their share of the sales in the usual
    currency. Nothing with fewer than six purchases.
    """
    from custcli.db import habits as stored
    from custcli.db.composition import Facts

    facts = Facts("sales", first_day(ctx.day, MONTHS), ctx.day)
    usual = Facts("sales", facts.since, ctx.day, ctx.settings.currency)
    found: list[tuple[str, str, Shares, Mapping[str, str]]] = []
    with ctx.reading().reading() as connection:
        every = stored.purchases(connection, customer, facts)
        if every < FEWEST:
            return []
        bought = stored.products(connection, customer, facts)
        found.append(("products", "Usual products", _of(bought, every), {}))
        for column, label in WAYS.items():
            way = stored.ways(connection, customer, facts, column)
            found.append((f"{column}s", label, _of(way, every), _labels(ctx, column)))
        for part, (best, weakest) in TIMES.items():
            words = _parts(part)
            sales = stored.times(connection, customer, usual, part)
            high, low = _ends({word: sales.get(word, 0) for word in words})
            found += [(f"best_{part}", best, high, words), (f"weakest_{part}", weakest, low, words)]
    return list(_facts(found, plain=plain))


def _of(counts: Sequence[tuple[str, int]], every: int) -> Shares:
    return [(word, count / every) for word, count in counts[:SHOWN]]


def _ends(sales: Mapping[str, int]) -> tuple[Shares, Shares]:
    """The parts with most sales, and all that have the least; none where nothing was earned in all."""
    total = sum(sales.values())
    if total <= 0:
        return [], []
    least = min(sales.values())
    high = sorted(sales, key=lambda word: (-sales[word], word))[:SHOWN]
    low = [word for word, amount in sales.items() if amount == least]
    return [(word, sales[word] / total) for word in high if sales[word] > 0], [(word, least / total) for word in low]


def _labels(ctx: "Context", column: str) -> Mapping[str, str]:
    form = ctx.forms["orders"]
    labels = shown_columns(ctx.forms, form, [placed(form, column)])[0].labels
    return {word: say(label) for word, label in labels.items()}


def _parts(part: str) -> Mapping[str, str]:
    if part == "weekday":
        return {word: say(label) for word, label in WEEKDAYS.items()}
    return {f"{number:02d}": say("month {number}", number=number) for number in range(1, 13)}


def _facts(found: Sequence[tuple[str, str, Shares, Mapping[str, str]]], *, plain: bool) -> Iterator[Fact]:
    for name, label, shares, words in found:
        told = [f"{words.get(word, word)} {percent(share)} %" for word, share in shares]
        if shares:
            value: object = [word for word, _ in shares] if plain else say(", ").join(told)
            yield Fact("habits", f"habits.{name}", say(label), value)
