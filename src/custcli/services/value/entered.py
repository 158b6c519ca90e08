"""Lifetime value by formulas with figures entered: the textbook's four (R13.1), purchases (R13.2), a profit (R13.3).

What is not entered by hand comes from the customer's orders. With all figures entered and no customer named, the
formula is simply worked out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused
from custcli.domain.value import (
    Amounts,
    Textbook,
    ValueRules,
    Worths,
    acquisition_cost,
    joined,
    lifetime_purchases,
    note,
)
from custcli.domain.value.exact import added, half_up, product
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.value import endless
from custcli.services.value.asked import Asked, money, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection
    from custcli.services.value.known import Book

OF_TEXTBOOK = (
    Column("acquisition_cost", "Cost of winning", Kind.MONEY),
    Column("retention_cost", "Cost of keeping", Kind.MONEY),
    Column("benefit", "Benefit", Kind.MONEY),
    Column("revenue", "Revenue", Kind.MONEY),
    Column("ratio", "Benefit / cost", Kind.DECIMAL),
)
OF_PURCHASES = (
    Column("purchases", "Purchases", Kind.DECIMAL),
    Column("price", "Price", Kind.MONEY),
    Column("additions", "Additions", Kind.MONEY),
)
YEAR, MONTHS = 365, 12
FIGURES = {
    "formula": ("profit", "certain", "acquisition_cost"),
    "textbook": (
        *("promotion", "new_customers", "acquisition_cost", "retention_cost", "revenue", "benefit", "intangible"),
    ),
    "purchases": ("purchases", "price", "additions"),
}
"""Which figures each formula takes by hand."""
OPTIONS = {"additions": "addition", "certain": "first-certain"}
"""The options that are not called like their figures."""


@dataclass(frozen=True)
class ByHand:
    """Lifetime values by a formula of the textbook; `figures`: what stands in its own columns, by place."""

    model: str
    rule: Message
    lifetime: Amounts
    columns: Sequence[Column]
    figures: "Sequence[Amounts]"
    parameters: dict[str, object]
    notes: list[Message]
    worths: Worths

    def cells(self, place: int) -> list[object]:
        """The cells of the formula's own columns."""
        return [each.at(place) for each in self.figures]

    def note(self, place: int) -> Message | None:
        """What is to be said of one customer."""
        return note(self.worths, place) if self.worths.known.orders[place] else joined([message("no orders")])


@dataclass(frozen=True)
class _Costs:
    """The figures of R13.1 as entered, in ten-thousandths; None: from the orders."""

    acquisition: Fraction
    keeping: int
    revenue: int | None
    benefit: int | None
    intangible: int


def alone(asked: Asked) -> bool:
    """Whether all figures are entered and no customer is named: then no database is needed."""
    own = asked.entered
    if asked.codes or asked.where or asked.check or asked.groups:
        return False
    if asked.model == "textbook":
        return own.revenue is not None or own.benefit is not None
    if asked.model == "formula":
        return own.profit is not None
    return own.purchases is not None and own.price is not None


def won(ctx: "Context", connection: "Connection", asked: Asked) -> Asked:
    """With the cost of winning a customer by the campaigns, where the formula wants it and none is entered (F110)."""
    own = asked.entered
    if asked.model != "textbook" or own.acquisition_cost is not None or own.promotion is not None:
        return asked
    from custcli.services.roi import winning

    found = winning(ctx, connection)
    if found is None:
        return asked
    promotion = f"{Decimal(found[0]) / SCALE:f}"
    return replace(asked, entered=replace(own, promotion=promotion, new_customers=found[1]))


def kept(ctx: "Context", connection: "Connection", asked: Asked, found: "Book") -> "NDArray[Any] | None":
    """What was put into each customer since its first order, where the formula wants it and none is entered (R13.1)."""
    if asked.model != "textbook" or asked.entered.retention_cost is not None:
        return None
    import numpy as np

    from custcli.db import roi

    spent = roi.spendings(connection, ctx.forms["costs"], ctx.day)
    mine = np.isin(spent["customer_id"], found.ids)
    who, costs, days = (spent[name][mine] for name in ("customer_id", "costs", "spent_on"))
    order = np.argsort(found.ids)
    places = order[np.searchsorted(found.ids, who, sorter=order)]
    later = (found.known.orders[places] > 0) & (days >= found.known.first[places])
    keeping = np.zeros(len(found.ids), dtype=np.int64)
    np.add.at(keeping, places[later], costs[later])
    return keeping


def checked(asked: Asked) -> None:
    """UsageError: a figure for another formula, half of a pair, or two words for the same."""
    own = asked.entered
    for name in [name for names in FIGURES.values() for name in names if getattr(own, name) not in (None, ())]:
        models = [model for model, names in FIGURES.items() if name in names]
        if asked.model not in models:
            option = "--" + OPTIONS.get(name, name.replace("_", "-"))
            raise UsageError("{option} is for --model {model}", option=option, model=" / ".join(models))
    _of_itself(asked)
    if (own.promotion is None) != (own.new_customers is None):
        raise UsageError("--promotion and --new-customers belong together")
    if own.promotion is not None and own.acquisition_cost is not None:
        raise UsageError("give either --acquisition-cost, or --promotion and --new-customers")


def _of_itself(asked: Asked) -> None:
    """UsageError: the formula's figures without the profit they belong to, or beside customers, who have their own."""
    own = asked.entered
    if asked.model != "formula" or (own.profit is None and own.certain is None and own.acquisition_cost is None):
        return
    if own.profit is None:
        raise UsageError("--model formula takes this figure only beside --profit")
    if not alone(asked) or asked.top or asked.margin or asked.currency:
        options = "--where, --check, --groups, --top, --margin, --currency"
        raise UsageError("--profit is reckoned by itself: without CODE, {options}", options=options)
    if own.certain and asked.horizon_months:
        raise UsageError("--first-certain is for a lifetime without end: leave --horizon-months out")


def _costs(asked: Asked) -> _Costs:
    own = asked.entered
    winning = Fraction(money(own.acquisition_cost, "--acquisition-cost") or 0)
    if own.promotion is not None and own.new_customers is not None:
        try:
            winning = acquisition_cost(money(own.promotion, "--promotion") or 0, own.new_customers)
        except Refused as refused:
            raise UsageError(refused.message.text, **refused.message.params) from refused
    return _Costs(
        acquisition=winning,
        keeping=money(own.retention_cost, "--retention-cost") or 0,
        revenue=money(own.revenue, "--revenue"),
        benefit=money(own.benefit, "--benefit", negative=True),
        intangible=money(own.intangible, "--intangible", negative=True) or 0,
    )


# --- without customers -----------------------------------------------------------------------------


def reckoned(ctx: "Context", asked: Asked, rules: ValueRules) -> Grid:
    """The formula worked out with the figures entered."""
    from custcli.services.value.told import COLUMNS

    lifetime, own, columns, parameters = _worked(asked, rules)
    told: dict[str, object] = {"lifetime": half(lifetime), "model": asked.model}
    row = [told.get(each.name) for each in COLUMNS]
    usual = [each if each.name == "lifetime" else replace(each, wide=True) for each in COLUMNS]
    summary: dict[str, object] = {
        "model": asked.model,
        "parameters": parameters,
        "log_likelihood": None,
        "customers": 0,
        "repeat_customers": 0,
        "note": None,
        "total": {"lifetime": Money(half(lifetime))},
    }
    title = message("Lifetime value with the figures entered: {rule}", rule=_rule(asked))
    notes = [*_notes(asked.model), *([_free()] if own[:2] == [0, 0] and asked.model == "textbook" else [])]
    return Grid("value", (*usual, *columns), [[*row, *own]], summary, ctx.day, title, notes, count=1)


def _worked(asked: Asked, rules: ValueRules) -> tuple[Fraction, list[object], Sequence[Column], dict[str, object]]:
    if asked.model == "formula":
        return endless.worked(asked, rules)
    if asked.model == "purchases":
        count, price, additions = _bought(asked)
        whole = lifetime_purchases(Fraction(count or 0, SCALE), price or 0, additions)
        return whole, [count, price, sum(additions)], OF_PURCHASES, _of_purchases(asked, None)
    costs = _costs(asked)
    revenue = Fraction(costs.revenue or 0)
    benefit = revenue * Fraction(rules.margin) if costs.benefit is None else Fraction(costs.benefit)
    four = Textbook(costs.acquisition, Fraction(costs.keeping), benefit + costs.intangible, revenue)
    ratio = None if four.ratio is None else half(four.ratio * SCALE)
    own = [half(each) for each in (four.acquisition, four.retention_cost, four.benefit)]
    return four.net, [*own, costs.revenue, ratio], OF_TEXTBOOK, _of_textbook(costs, rules)


def half(fraction: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    whole = (2 * abs(fraction.numerator) + fraction.denominator) // (2 * fraction.denominator)
    return -whole if fraction < 0 else whole


def _bought(asked: Asked) -> tuple[int | None, int | None, list[int]]:
    own = asked.entered
    additions = [money(text, "--addition") or 0 for text in own.additions]
    return number(own.purchases, "--purchases"), money(own.price, "--price"), additions


def _rule(asked: Asked) -> Message:
    if asked.model == "formula":
        return endless.rule(asked)
    if asked.model == "textbook":
        return message("benefit − cost of winning − cost of keeping")
    return message("number of purchases × price + additions")


def _notes(model: str) -> list[Message]:
    if model == "textbook":
        return [message("The printed formula has lost its operator; the difference is one reading of it (R13.1).")]
    if model == "formula":
        return [endless.NOTE]
    return [message("Revenue, not profit, without discount (R13.2).")]


def _free() -> Message:
    return message("No cost of winning or keeping is entered: 0 is taken.")


def _of_textbook(costs: _Costs, rules: ValueRules) -> dict[str, object]:
    def shown(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount)

    return {
        "acquisition_cost": Money(half(costs.acquisition)),
        "retention_cost": Money(costs.keeping),
        "revenue": shown(costs.revenue),
        "benefit": shown(costs.benefit),
        "intangible": Money(costs.intangible),
        "margin": rules.margin,
    }


def _of_purchases(asked: Asked, months: int | None) -> dict[str, object]:
    count, price, additions = _bought(asked)
    return {
        "purchases": None if count is None else Money(count),
        "price": None if price is None else Money(price),
        "additions": Money(sum(additions)),
        "horizon_months": months,
    }


# --- of customers ----------------------------------------------------------------------------------


def valued(
    asked: Asked,
    rules: ValueRules,
    found: "Book",
    worths: Worths,
    usual_months: int,
    keeping: "NDArray[Any] | None" = None,
) -> ByHand:
    """The lifetime values of customers by R13.1 or R13.2; `keeping`: what was put into each, where none is entered."""
    if asked.model == "purchases":
        return _by_purchases(asked, found, worths, asked.horizon_months or usual_months)
    return _by_textbook(asked, rules, found, worths, keeping)


def _by_textbook(
    asked: Asked, rules: ValueRules, found: "Book", worths: Worths, spent: "NDArray[Any] | None"
) -> ByHand:
    """Benefit (own profit, `margin` where cost is unknown, or as entered) less both costs; 0 without orders (R13)."""
    import numpy as np

    costs, known, rate = _costs(asked), found.known, Fraction(rules.margin)
    entered = costs.revenue is not None or costs.benefit is not None
    won = ((known.orders > 0) | entered).astype(np.int64)
    revenue = known.sales if costs.revenue is None else known.sales * 0 + costs.revenue
    if costs.benefit is not None:
        benefit = product(known.sales * 0 + costs.benefit, rate.denominator)
    elif costs.revenue is not None:
        benefit = product(revenue, rate.numerator)
    else:
        benefit = added(product(known.profit, rate.denominator), product(known.uncosted, rate.numerator))
    benefit = added(benefit, product(won, costs.intangible, rate.denominator))
    keeping = product(won, costs.keeping) if spent is None else spent
    winning, of = costs.acquisition.as_integer_ratio()
    cost = added(product(keeping, of), product(won, winning))
    net = added(product(benefit, of), product(cost, -rate.denominator))
    figures = [
        product(won, half(costs.acquisition)),
        keeping,
        half_up(benefit, rate.denominator),
        revenue,
    ]
    ratio = half_up(product(benefit, of * SCALE), np.maximum(product(cost, rate.denominator), 1))
    whole, parameters = half_up(net, rate.denominator * of), _of_textbook(costs, rules)
    notes = _notes("textbook")
    if spent is not None:
        parameters["retention_cost"] = None
        notes.append(message("The cost of keeping is what was put into a customer since its first order."))
    if not cost.any():
        notes.append(_free())
    every = [*map(_known, figures), Amounts(ratio, worths.historic.known & (cost > 0))]
    return ByHand("textbook", _rule(asked), _known(whole), OF_TEXTBOOK, every, parameters, notes, worths)


def _known(amounts: "NDArray[Any]") -> Amounts:
    import numpy as np

    return Amounts(amounts, np.ones(len(amounts), dtype=bool))


def _by_purchases(asked: Asked, found: "Book", worths: Worths, months: int) -> ByHand:
    """Purchases of the last year, stretched to the horizon, × their average; what is entered stands in their place."""
    import numpy as np

    count, price, additions = _bought(asked)
    orders = found.figures["orders_year"]
    often = product(orders, YEAR * months), product(np.where(worths.days > 0, worths.days, YEAR), MONTHS)
    each = found.figures["sales_year"], np.maximum(orders, 1)
    if count is not None:
        often = orders * 0 + count, orders * 0 + SCALE
    if price is not None:
        each = orders * 0 + price, orders * 0 + 1
    whole = product(often[1], each[1])
    total = added(product(often[0], each[0]), product(whole, sum(additions)))
    bought = (found.known.orders > 0) | (count is not None and price is not None)
    known = worths.current.known | (count is not None)
    lifetime = Amounts(np.where(bought, half_up(total, whole), 0), known)
    figures = (
        Amounts(half_up(product(often[0], SCALE), often[1]), known),
        Amounts(half_up(*each), bought & ((orders > 0) | (price is not None))),
        _known(orders * 0 + sum(additions)),
    )
    notes = [*_notes("purchases")]
    if count is None:
        notes.append(message("Purchases: those of the last 12 months, for {months} months.", months=months))
    own = _of_purchases(asked, months)
    return ByHand("purchases", _rule(asked), lifetime, OF_PURCHASES, figures, own, notes, worths)
