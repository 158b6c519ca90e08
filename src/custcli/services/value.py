"""Customer value from orders to answer: historic, current, potential, lifetime by formula (cli.md 7, R12, R13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from custcli.domain.period import MONTHS, Period, months_before
from custcli.domain.readers import Refused
from custcli.domain.value import ClassLoss, CustomerValue, ValueInput, ValueRules, values
from custcli.errors import UnknownError, UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import Message, message

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from custcli.context import Context
    from custcli.db.figures import Card, Customers, History, Noted

MODELS = ("auto", "formula")


@dataclass(frozen=True)
class Asked:
    """What is asked of a valuation, as the options of `custcli value` say it; rates as typed, None: as in the settings.

    `codes` and `where` choose customers, `top` the best of them by lifetime value, `limit` cuts rows (0: all).
    """

    codes: Sequence[str] = ()
    top: int | None = None
    model: str = "auto"
    horizon_months: int | None = None
    discount: str | None = None
    retention: str | None = None
    margin: str | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class _Valued:
    """The values of customers, by id, with what they were reckoned from."""

    rules: ValueRules
    currency: str
    losses: Mapping[str, ClassLoss] | None
    inputs: Mapping[int, ValueInput]
    values: Mapping[int, CustomerValue]


def valuation(ctx: "Context", asked: Asked) -> Grid:
    """The values of the customers asked for. UsageError: a bad rate, several currencies; UnknownError: no such code."""
    from custcli.db import figures
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    if asked.model not in MODELS:
        raise UsageError("{word}: this comes with a later release", word=asked.model)
    rules = _rules(ctx, asked)
    with ctx.reading().reading() as connection:
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        chosen = _chosen(figures.customers(connection, only), asked.codes)
        valued = _valued(ctx, connection, rules, asked.currency, chosen, of_class=asked.retention is None)
        numbers = _ordered(valued.values, asked.top)
        shown = numbers[: asked.limit or None]
        who = {number: found for some in figures.chunks(shown) for number, found in figures.shown(connection, some).items()}
    rows = [_row(ctx, who[number], valued, number, asked) for number in shown]
    return Grid("value", COLUMNS, rows, _summary(valued, asked), ctx.day, _title(valued, ctx.day), _notes(valued, asked))


def worth(ctx: "Context", connection: "Connection", currency: str | None) -> tuple[str, Mapping[int, CustomerValue]]:
    """The currency, and the values of all customers by the settings: what `classify --by lifetime` ranks."""
    from custcli.db import figures

    everybody = figures.customers(connection)
    codes = dict(zip(everybody.ids.tolist(), everybody.codes, strict=True))
    valued = _valued(ctx, connection, _rules(ctx, Asked()), currency, codes, of_class=True)
    return valued.currency, valued.values
