"""Customer value from orders to answer: historic, current, potential, lifetime by formula (cli.md 7, R12, R13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from custcli.domain.period import MONTHS, Period, first_day
from custcli.domain.readers import Refused
from custcli.domain.value import ClassLoss, CustomerValue, ValueInput, ValueRules, values
from custcli.errors import UnknownError, UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, namer

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.figures import History, Shown

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
    absent: bool
    losses: Mapping[str, ClassLoss]
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
        chosen = _chosen(figures.codes(connection, only), asked.codes)
        valued = _valued(ctx, connection, rules, asked.currency, chosen, of_class=asked.retention is None)
        numbers = _ordered(valued.values, asked.top)
        shown = numbers[: asked.limit or None]
        who = {
            number: each for some in figures.chunks(shown) for number, each in figures.shown(connection, some).items()
        }
    name_of = namer(ctx)
    rows = (
        _row(one, name_of(one.name, one.hidden_as), valued.inputs[each], valued.values[each], asked.model)
        for each, one in ((each, who[each]) for each in shown)
    )
    notes = _notes(valued, asked, len(numbers) - len(shown))
    return Grid(
        "value", COLUMNS, rows, _summary(valued), ctx.day, _title(valued, ctx.day), notes,
        sheet=message("Values"), count=len(shown),
    )  # fmt: skip


def worth(ctx: "Context", connection: "Connection", currency: str | None) -> tuple[str, Mapping[int, CustomerValue]]:
    """The currency, and the values of all customers by the settings: what `classify --by lifetime` ranks."""
    from custcli.db import figures

    valued = _valued(ctx, connection, _rules(ctx, Asked()), currency, figures.codes(connection), of_class=True)
    return valued.currency, valued.values


# what is asked


def _rules(ctx: "Context", asked: Asked) -> ValueRules:
    usual = ctx.settings.value
    return ValueRules(
        discount=_rate(asked.discount, "--discount", usual.discount, most=None),
        retention=_rate(asked.retention, "--retention", usual.retention),
        margin=_rate(asked.margin, "--margin", usual.margin),
        min_history_days=usual.min_history_days,
        min_class=usual.min_class,
        referral_share=usual.referral_share,
        retention_spread=usual.retention_spread,
        probability=usual.probability,
    )


def _rate(text: str | None, option: str, usual: Decimal, *, most: int | None = 1) -> Decimal:
    """A fraction of 1, typed as 0.8 or 80%."""
    if text is None:
        return usual
    plain = text.strip()
    try:
        rate = Decimal(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
        fits = rate.is_finite() and rate >= 0 and (most is None or rate <= most)
    except InvalidOperation:
        fits = False
    if not fits:
        raise UsageError("{option}: a rate such as {example} is expected", option=option, example="0.8")
    return rate


def _chosen(every: Mapping[int, str], codes: Sequence[str]) -> Mapping[int, str]:
    """All customers, or those with these codes, by id."""
    wanted = set(codes)
    found = {number: code for number, code in every.items() if code in wanted}
    for code in sorted(wanted.difference(found.values())):
        raise UnknownError("no customer with the code {code}", code=code)
    return found if wanted else every


def _ordered(found: Mapping[int, CustomerValue], top: int | None) -> list[int]:
    """The customers by code, or the best by lifetime value, then code."""
    if top is None:
        return list(found)
    return sorted(found, key=lambda number: (-(_known(found[number].lifetime)), found[number].code))[:top]


def _known(lifetime: int | None) -> float | int:
    """A lifetime value that is not known stands behind all others."""
    return float("-inf") if lifetime is None else lifetime


# what is known of the customers


def _valued(
    ctx: "Context",
    connection: "Connection",
    rules: ValueRules,
    currency: str | None,
    chosen: Mapping[int, str],
    *,
    of_class: bool,
) -> _Valued:
    """Values of the chosen customers; retention is that of each one's own class among all, unless it was given."""
    from custcli.db import figures
    from custcli.services.classify.amounts import absent, chosen_currency, currency_code

    day, asked, all_time = ctx.day, currency_code(currency), Period(None, ctx.day, "all")
    year, year_before = first_day(day, MONTHS), first_day(day, 2 * MONTHS)
    word, only = chosen_currency(ctx, connection, "sales_order", all_time, asked)
    known = figures.histories(connection, day, year, year_before, only)
    classes = _classes(ctx, connection, known) if of_class else {}
    losses = _losses(classes, known)
    deals = _opportunities(ctx, connection)
    brought = _brought(figures.referrals(connection), known, rules)
    inputs = {
        number: _input(code, known.get(number), deals.get(number, ()), brought.get(number, 0), classes.get(number))
        for number, code in chosen.items()
    }
    try:
        worths = values(inputs.values(), day, rules, losses)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused
    nothing = absent(connection, "sales_order", all_time, asked)
    return _Valued(rules, word, nothing, losses, inputs, dict(zip(inputs, worths, strict=True)))


def _input(
    code: str, known: "History | None", deals: Sequence[tuple[int, str]], brought: int, prior: str | None
) -> ValueInput:
    given = ValueInput(code, opportunities=tuple(deals), referral_margin=brought, prior_class=prior)
    if known is None:
        return given
    return replace(
        given,
        orders=known.orders,
        first_order=_day(known.first_order),
        last_order=_day(known.last_order),
        revenue_total=known.sales,
        profit_total=known.profit,
        margin_12m=known.margin,
        revenue_12m_without_cost=known.costless,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _classes(ctx: "Context", connection: "Connection", known: "Mapping[int, History]") -> dict[int, str]:
    """The ABC class of each customer a year ago, by the sales of the year before (R22)."""
    from custcli.db import figures
    from custcli.domain.classify import rank
    from custcli.services.classify.asked import Asked as Classification
    from custcli.services.classify.asked import rules

    everybody = figures.customers(connection)
    ids = everybody.ids.tolist()
    places: Any = everybody.places
    amounts = [known[number].sales_before if number in known else 0 for number in ids]
    ranking = rank(places, amounts, rules(Classification(), ctx.settings))
    return {ids[place]: str(letter) for place, letter in zip(ranking.order.tolist(), ranking.abc, strict=True)}


def _losses(classes: Mapping[int, str], known: "Mapping[int, History]") -> dict[str, ClassLoss]:
    """How many customers of each class have not ordered since."""
    counts = {letter: [0, 0] for letter in sorted(set(classes.values()))}
    for number, letter in classes.items():
        counts[letter][0] += 1
        counts[letter][1] += not known[number].active
    return {letter: ClassLoss(*both) for letter, both in counts.items()}


def _opportunities(ctx: "Context", connection: "Connection") -> dict[int, list[tuple[int, str]]]:
    """Expected amount and MAN grade of the open prospect cards; a card without any letter known has no grade yet."""
    from custcli.db import prospects
    from custcli.domain.prospects import Letter
    from custcli.services.prospects import assessed

    noted = prospects.letters(connection, ctx.day)
    found: dict[int, list[tuple[int, str]]] = {}
    for card in prospects.cards(connection):
        assessment = assessed(ctx, noted.get(card.id, {}))
        if card.expected_amount and card.stage != "lost" and set(assessment.letters) != {Letter.UNKNOWN}:
            found[card.id] = [(card.expected_amount, str(assessment.grade))]
    return found


def _brought(referrals: Iterable[tuple[int, int]], known: "Mapping[int, History]", rules: ValueRules) -> dict[int, int]:
    """The last year's margin of the customers that each one has brought, first level only (R12)."""
    found: dict[int, int] = {}
    for number, by in referrals:
        if number in known:
            supposed = (known[number].costless * rules.margin).to_integral_value(ROUND_HALF_UP)
            found[by] = found.get(by, 0) + known[number].margin + int(supposed)
    return found


# the answer

COLUMNS = (
    Column("code", "Customer code", Kind.CODE),
    HIDDEN_NAME,
    Column("historic", "Historic value", Kind.MONEY),
    Column("current", "Current value", Kind.MONEY),
    Column("potential", "Potential value", Kind.MONEY),
    Column("lifetime", "Lifetime value", Kind.MONEY),
    Column("model", "Model", wide=True),
    Column("orders", "Orders", Kind.INTEGER),
    Column("first_order", "First order", Kind.DATE),
    Column("last_order", "Last order", Kind.DATE),
    Column("probability_alive", "Probability alive", Kind.SHARE, wide=True),
    Column("low", "At least", Kind.MONEY),
    Column("high", "At most", Kind.MONEY),
    Column("note", "Value note"),
)


def _row(who: "Shown", name: str, known: ValueInput, value: CustomerValue, model: str) -> list[object]:
    return [
        who.code,
        name,
        value.historic,
        value.current,
        value.potential,
        value.lifetime,
        value.model,
        known.orders,
        known.first_order,
        known.last_order,
        None,
        value.low,
        value.high,
        _said(value.note, model),
    ]


def _said(note: Message | None, model: str) -> str | None:
    """The note of a row; with `auto` it tells why the formula was taken (cli.md 7)."""
    if model != "auto":
        return str(note) if note else None
    why = message("by formula: the probabilistic model comes with a later release")
    return str(message("{first}; {second}", first=note, second=why) if note else why)


def _title(valued: _Valued, day: date) -> Message:
    return message(
        "Customer value in {currency} at {day} by formula: retention {retention}, discount {discount} a year",
        currency=valued.currency,
        day=day,
        retention=f"{valued.rules.retention:f}",
        discount=f"{valued.rules.discount:f}",
    )


def _summary(valued: _Valued) -> dict[str, object]:
    rules, worths = valued.rules, valued.values.values()
    names = ("historic", "current", "potential", "lifetime")
    return {
        "model": "formula",
        "parameters": {
            "retention": rules.retention,
            "retention_by_class": {letter: _retention(loss, rules) for letter, loss in valued.losses.items()},
            "discount": rules.discount,
            "margin": rules.margin,
            "retention_spread": rules.retention_spread,
            "referral_share": rules.referral_share,
        },
        "log_likelihood": None,
        "currency": valued.currency,
        "customers": len(worths),
        "repeat_customers": sum(known.orders > 1 for known in valued.inputs.values()),
        "without_orders": sum(known.orders < 1 for known in valued.inputs.values()),
        "too_little_data": sum(value.lifetime is None for value in worths),
        "total": {name: Money(sum(getattr(value, name) or 0 for value in worths)) for name in names},
    }


def _retention(loss: ClassLoss, rules: ValueRules) -> float | None:
    """The share of a class that stayed; None where too few customers tell."""
    return 1 - loss.lost / loss.customers if loss.customers >= rules.min_class else None


def _notes(valued: _Valued, asked: Asked, left: int) -> list[Message]:
    few = sum(value.lifetime is None for value in valued.values.values())
    told = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    if valued.absent:
        told.append(message("There are no orders in {currency}.", currency=valued.currency))
    if few:
        told.append(message("Too little data for a lifetime value: {count}", count=few))
    if asked.horizon_months is not None:
        told.append(message("--horizon-months is for the probabilistic model: the formula has no end."))
    return told
