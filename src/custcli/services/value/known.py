"""What the database knows of customers that their value is reckoned from: arrays for all, single figures for a few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from custcli.domain.period import MONTHS, Period, first_day
from custcli.domain.value import ClassLoss, Known, ValueRules
from custcli.domain.value.exact import half_up, product
from custcli.domain.value.model import Buying, yields
from custcli.errors import UnknownError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection

    Figures = Mapping[str, "NDArray[Any]"]


@dataclass(frozen=True)
class Book:
    """All customers in the order of their codes, with what is known of each at its place.

    `only`: the currency to filter by; `absent`: no order is in the currency asked for. `figures`: those of
    `db.purchases.histories`. `losses`: of the classes a year ago. `deals`: expected amount and MAN grade of open cards.
    `few`: not all customers are in it.
    """

    ids: "NDArray[Any]"
    currency: str
    only: str | None
    absent: bool
    known: Known
    figures: "Figures"
    losses: Mapping[str, ClassLoss]
    deals: "Mapping[int, Sequence[tuple[int, str]]]"
    few: bool = False


def book(
    ctx: "Context",
    connection: "Connection",
    rules: ValueRules,
    currency: str | None,
    *,
    of_class: bool,
    codes: Sequence[str] = (),
) -> Book:
    """What is known of all customers; `of_class`: retention is that of each one's own class a year ago (R22).

    `codes`: only of these customers, and those that they brought.
    """
    from custcli.db import figures, purchases
    from custcli.services.currency import absent, chosen_currency, currency_code

    day, asked, all_time = ctx.day, currency_code(currency), Period(None, ctx.day, "all")
    word, only = chosen_currency(ctx, connection, "sales_order", all_time, asked)
    some = _with_brought(connection, codes) if codes else None
    ids = figures.customers(connection, some).ids
    one_year, two_years = first_day(day, MONTHS), first_day(day, 2 * MONTHS)
    found = purchases.histories(connection, day, one_year, two_years, only, sorted(some) if some else None)
    own = figures.all_aligned(ids, found)
    past = _past(ctx, connection, ids, own, only, few=bool(codes)) if of_class else Past(own["orders"] * 0 - 1, (), {})
    deals = _deals(ctx, connection)
    known = Known(
        orders=own["orders"],
        first=own["first"],
        last=own["last"],
        sales=own["sales"],
        profit=own["profit"],
        uncosted=own["uncosted"],
        costed=(own["costed"] == 1) | (own["id"] == 0),
        margin=own["margin"],
        costless=own["costless"],
        referred=_referred(connection, ids, own, rules),
        prior=past.prior,
        deals=_by_grade(deals, ids, rules),
        classes=past.classes,
    )
    nothing = absent(connection, "sales_order", all_time, asked)
    return Book(ids, word, only, nothing, known, own, past.losses, deals, few=bool(codes))


def _with_brought(connection: "Connection", codes: Sequence[str]) -> set[int]:
    """The customers with these codes, and those that they brought."""
    from custcli.db import figures, purchases

    own = {*purchases.ids_of(connection, codes).values()}
    return own | {to for to, by in figures.referrals(connection) if by in own}


def chosen(ctx: "Context", connection: "Connection", found: Book, codes: Sequence[str], where: Sequence[str]) -> Book:
    """The customers that have these codes (none: all) and fit the terms. UnknownError: no such code."""
    import numpy as np

    from custcli.db import purchases
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    only = customer_filter(connection, ctx.forms, parsed(where), ctx.day)
    named = purchases.ids_of(connection, codes)
    if set(codes) <= set(named) and only is not None and not {*named.values()} <= {*only}:
        raise UnknownError("the customer does not fit the conditions of --where")
    fitting = {number for number in named.values() if only is None or number in only} if codes else only
    missing = {code for code in codes if code not in named or named[code] not in (fitting or ())}
    for code in sorted(missing):
        raise UnknownError("no customer with the code {code}", code=code)
    if fitting is None:
        return found
    places = np.flatnonzero(np.isin(found.ids, np.fromiter(fitting, dtype=np.int64)))
    own = {name: each[places] for name, each in found.figures.items()}
    return replace(found, ids=found.ids[places], known=_at(found.known, places), figures=own)


def _at(known: Known, places: "NDArray[Any]") -> Known:
    whole = {"deals", "classes"}
    own = {name: each[places] for name, each in vars(known).items() if name not in whole}
    return Known(**own, deals={name: each[places] for name, each in known.deals.items()}, classes=known.classes)


def buying(connection: "Connection", found: Book, rules: ValueRules, day: date) -> Buying:
    """The days of purchase of the customers of the book up to a day."""
    from custcli.db import figures, purchases

    days = purchases.buying(connection, day, found.only, customers=sorted(found.ids.tolist()) if found.few else None)
    own = figures.all_aligned(found.ids, days)
    kept = yields(found.known.profit, found.known.uncosted, float(rules.margin), own["spent"])
    return Buying(own["days"], own["first"], own["last"], own["later"], kept)


class Past(NamedTuple):
    """The place of each customer's class a year ago in `classes`, −1 without one, and what became of the classes."""

    prior: "NDArray[Any]"
    classes: tuple[str, ...]
    losses: Mapping[str, ClassLoss]


def _past(
    ctx: "Context", connection: "Connection", ids: "NDArray[Any]", own: "Figures", only: str | None, *, few: bool
) -> Past:
    """The customers' ABC classes a year ago, by the sales of the year before (R22); of a `few`, too, among all."""
    import numpy as np

    from custcli.db import figures

    if not few:
        return _classed(ctx, own["sales_before"], own["active"])
    one_year, two_years = (first_day(ctx.day, years * MONTHS) for years in (1, 2))
    every = figures.customers(connection).ids
    before = figures.order_sums(connection, two_years, one_year - timedelta(1), ["sales"], only)
    since = figures.order_sums(connection, one_year, ctx.day, ["orders"], only)
    past = _classed(ctx, figures.aligned(every, before, "sales"), figures.aligned(every, since, "orders"))
    return past._replace(prior=past.prior[np.isin(every, ids)])


def _classed(ctx: "Context", before: "NDArray[Any]", active: "NDArray[Any]") -> Past:
    import numpy as np

    from custcli.domain.classify import AbcClass, rank
    from custcli.services.classify.asked import Asked, rules

    places: Any = range(len(before))
    amounts: Any = before
    ranking = rank(places, amounts, rules(Asked(), ctx.settings))
    prior = np.full(len(before), -1, dtype=np.int64)
    for place, (start, end) in enumerate(zip((0, *ranking.abc_ends), ranking.abc_ends, strict=False)):
        prior[ranking.order[start:end]] = place
    return Past(prior, tuple(AbcClass), _losses(prior, active))


def _losses(prior: "NDArray[Any]", active: "NDArray[Any]") -> dict[str, ClassLoss]:
    """How many customers of each class have not ordered since; of the classes that have any."""
    import numpy as np

    from custcli.domain.classify import AbcClass

    classes = tuple(AbcClass)
    counts = np.bincount(prior + 1, minlength=len(classes) + 1)[1:]
    lost = np.bincount(prior + 1, active == 0, minlength=len(classes) + 1)[1:]
    both = zip(classes, counts.tolist(), lost.tolist(), strict=True)
    return {str(name): ClassLoss(customers, int(gone)) for name, customers, gone in both if customers}


def _deals(ctx: "Context", connection: "Connection") -> dict[int, list[tuple[int, str]]]:
    """Expected amount and MAN grade of the open prospect cards; a card without any letter known has no grade yet."""
    from custcli.db import prospects
    from custcli.domain.prospects import Letter
    from custcli.services.prospects import assessed

    noted = prospects.letters(connection, ctx.day)
    found: dict[int, list[tuple[int, str]]] = {}
    for card in prospects.cards(connection, ctx.day):
        assessment = assessed(ctx, noted.get(card.id, {}))
        if card.expected_amount and card.stage != "lost" and set(assessment.letters) != {Letter.UNKNOWN}:
            found[card.id] = [(card.expected_amount, str(assessment.grade))]
    return found


def _by_grade(
    deals: "Mapping[int, Sequence[tuple[int, str]]]", ids: "NDArray[Any]", rules: ValueRules
) -> "dict[str, NDArray[Any]]":
    """The expected amounts by grade, each customer's at its place."""
    import numpy as np

    from custcli.db import figures

    found = {}
    for name in sorted({grade for own in deals.values() for _, grade in own} & set(rules.probability)):
        sums = {number: sum(amount for amount, grade in own if grade == name) for number, own in deals.items()}
        numbers = np.array(sorted(sums), dtype=np.int64)
        amounts = np.array([sums[number] for number in numbers.tolist()], dtype=np.int64)
        found[name] = figures.aligned(ids, {"id": numbers, "amount": amounts}, "amount")
    return found


def _referred(connection: "Connection", ids: "NDArray[Any]", own: "Figures", rules: ValueRules) -> "NDArray[Any]":
    """The last year's margin of the customers that each one has brought, first level only (R12)."""
    import numpy as np

    from custcli.db import figures

    brought = np.zeros(len(ids), dtype=np.int64)
    pairs = np.array(figures.referrals(connection), dtype=np.int64).reshape(-1, 2)
    pairs = pairs[np.isin(pairs, ids).all(axis=1)]
    order = np.argsort(ids)
    to, by = (order[np.searchsorted(ids, pairs[:, side], sorter=order)] for side in (0, 1))
    rate = Fraction(rules.margin)
    supposed = half_up(product(own["costless"][to], rate.numerator), rate.denominator)
    np.add.at(brought, by, own["margin"][to] + supposed.astype(np.int64))
    return brought
