"""Customer value from orders to answer: historic, current, potential, lifetime; by formula or model (cli.md 7, R12)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused
from custcli.domain.value import ClassLoss, CustomerValue, ValueInput, ValueRules, one, worths
from custcli.domain.value.likelihood import NotCarried
from custcli.domain.value.model import Model
from custcli.errors import UsageError
from custcli.grid import Grid
from custcli.messages import Message
from custcli.services import keyed
from custcli.services.value import entered, fitting, grouped, told
from custcli.services.value.asked import Asked, Entered, rules
from custcli.services.value.checked import checked
from custcli.services.value.known import Book, book, buying, chosen
from custcli.services.value.modelled import histories
from custcli.services.value.told import Valued

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection
    from custcli.services.value.modelled import Modelled

__all__ = ["Asked", "Entered", "OneValue", "of_one", "valuation", "worth"]

TEXTBOOK = {"textbook", "purchases"}
BY_MODEL = {"auto", "bgnbd"}


def valuation(ctx: "Context", asked: Asked) -> Grid:
    """The values of the customers asked for. UsageError: a bad rate, several currencies; UnknownError: no such code."""
    found = rules(asked, ctx.settings)
    entered.checked(asked)
    grouped.checked(asked)
    if asked.model in {"formula", *TEXTBOOK} and entered.alone(asked):
        return entered.reckoned(ctx, asked, found)
    database = ctx.reading()
    with database.reading() as connection:
        asked = replace(asked, codes=[keyed.found(connection, code)[1] for code in asked.codes])
        if asked.check:
            return checked(ctx, connection, asked, found)
        valued = _valued(ctx, connection, asked, found)
    if asked.groups:
        return grouped.grid(ctx, asked, valued)
    return told.grid(ctx, database, asked, valued)


def worth(
    ctx: "Context", connection: "Connection", currency: str | None, *, unknown: int
) -> "tuple[str, dict[str, NDArray[Any]]]":
    """The currency, and `id`, `potential`, `lifetime` of all customers by the settings, in the order of ids.

    It is what `classify` ranks by; `unknown` stands where there is no lifetime value.
    """
    import numpy as np

    asked = Asked(currency=currency)
    valued = _valued(ctx, connection, asked, rules(asked, ctx.settings))
    order, lifetime = np.argsort(valued.book.ids), valued.lifetime
    columns = {
        "id": valued.book.ids,
        "potential": valued.worths.potential.amounts,
        "lifetime": np.where(lifetime.known, lifetime.amounts, unknown),
    }
    return valued.book.currency, {name: each[order].astype(np.int64) for name, each in columns.items()}


@dataclass(frozen=True)
class OneValue:
    """The value of one customer with all that it was reckoned from: what `explain` tells."""

    rules: ValueRules
    currency: str
    losses: Mapping[str, ClassLoss]
    known: ValueInput
    value: CustomerValue


def of_one(ctx: "Context", connection: "Connection", number: int, code: str, asked: Asked) -> OneValue:
    """The value of the customer of this id by the formula."""
    valued = _valued(ctx, connection, replace(asked, model="formula", codes=[code]), rules(asked, ctx.settings))
    return OneValue(
        rules=valued.worths.rules,
        currency=valued.book.currency,
        losses=valued.book.losses,
        known=_input(valued.book, number, code),
        value=one(valued.worths, 0, code),
    )


def _input(found: Book, number: int, code: str) -> ValueInput:
    """What is known of the only customer of the book."""
    known = found.known
    prior = int(known.prior[0])
    return ValueInput(
        code=code,
        orders=int(known.orders[0]),
        first_order=_day(int(known.first[0])),
        last_order=_day(int(known.last[0])),
        revenue_total=int(known.sales[0]),
        profit_total=int(known.profit[0]) if known.costed[0] else None,
        margin_12m=int(known.margin[0]),
        revenue_12m_without_cost=int(known.costless[0]),
        opportunities=tuple(found.deals.get(number, ())),
        referral_margin=int(known.referred[0]),
        prior_class=None if prior < 0 else str(known.classes[prior]),
    )


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def _valued(ctx: "Context", connection: "Connection", asked: Asked, found: ValueRules) -> Valued:
    """The values of the customers asked for: by the formula, and by the model where it is wanted and carried.

    Of customers that are named the orders of all are read only where the model has to be fitted.
    """
    from custcli.db import ledger

    by_model = asked.model in BY_MODEL
    fit = fitting.recalled(ctx, connection, asked, found) if by_model else None
    codes = asked.codes if fit or not by_model else ()
    if by_model and not codes and not ledger.kept(connection, ledger.KEPT):
        ledger.keep(connection)
    of_class = asked.retention is None and not isinstance(fit, Model)
    whole = book(ctx, connection, found, asked.currency, of_class=of_class, codes=codes)
    some = chosen(ctx, connection, whole, asked.codes, asked.where)
    modelled, reason = _modelled(ctx, connection, asked, found, whole, some, fit) if by_model else (None, None)
    try:
        by_formula = worths(some.known, ctx.day, found, None if modelled else some.losses)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused
    usual = ctx.settings.value.horizon_months
    figures = entered.won(ctx, connection, asked)
    kept = entered.kept(ctx, connection, asked, some)
    by_hand = entered.valued(figures, found, some, by_formula, usual, kept) if asked.model in TEXTBOOK else None
    days = modelled.buying if modelled else buying(connection, some, found, ctx.day) if by_model else None
    return Valued(some, by_formula, modelled, reason, by_hand, histories(days, ctx.day) if days else ())


def _modelled(
    ctx: "Context",
    connection: "Connection",
    asked: Asked,
    rules: ValueRules,
    whole: Book,
    some: Book,
    fit: Model | NotCarried | None,
) -> "tuple[Modelled | None, Message | None]":
    """What the model says, fitted now unless it is given; else why it says nothing."""
    from custcli.services.value.modelled import modelled

    if isinstance(fit, NotCarried):
        return None, fit.message
    days = buying(connection, whole, rules, ctx.day)
    found = fit or fitting.fitted(ctx, connection, asked, rules, days)
    if isinstance(found, NotCarried):
        return None, found.message
    return modelled(ctx, found, days, asked, rules, whole, some), None
