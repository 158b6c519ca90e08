"""One customer's values with all that is behind them: what is shown of the arrays, and what `explain` tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.value.customers import ClassLoss, Known, ValueRules, Worths, worths
from custcli.messages import Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ValueInput:
    """What is known of one customer up to the day. Amounts in ten-thousandths.

    `profit_total`: None as soon as one order's cost is unknown. `margin_12m`: profit of the last year's orders with
    known cost, `revenue_12m_without_cost`: sales of the others. `opportunities`: expected amount and MAN grade.
    `referral_margin`: margin of the last 12 months of the customers that this one has brought.
    `prior_class`: its ABC class a year ago.
    """

    code: str
    orders: int = 0
    first_order: date | None = None
    last_order: date | None = None
    revenue_total: int = 0
    profit_total: int | None = 0
    margin_12m: int = 0
    revenue_12m_without_cost: int = 0
    opportunities: tuple[tuple[int, str], ...] = ()
    referral_margin: int = 0
    prior_class: str | None = None


@dataclass(frozen=True)
class Figures:
    """What is behind a value: margin of a year, rates used, where the retention comes from, the parts of potential."""

    margin: Fraction | None
    annualised_days: int | None
    retention: Fraction
    retention_of_class: str | None
    discount: Decimal
    from_opportunities: Fraction
    from_referrals: Fraction


@dataclass(frozen=True)
class CustomerValue:
    """The values of one customer in ten-thousandths; None where the data does not carry one, `note` says why.

    `lifetime` = current + potential; history is shown beside it. `low`, `high`: lifetime at a lower and a higher
    retention; `high` is None where that has no bound.
    """

    code: str
    historic: int
    current: int | None
    potential: int
    lifetime: int | None
    low: int | None
    high: int | None
    note: Message | None
    figures: Figures
    model: str = "formula"


def values(
    inputs: Iterable[ValueInput],
    day: date,
    rules: ValueRules | None = None,
    losses: Mapping[str, ClassLoss] | None = None,
) -> list[CustomerValue]:
    """The values of single customers at `day`, in the order given: `worths` of a few."""
    customers = list(inputs)
    found = worths(gathered(customers), day, rules, losses)
    return [one(found, place, customer.code) for place, customer in enumerate(customers)]


def gathered(customers: Sequence[ValueInput]) -> Known:
    """Single customers as arrays."""
    import numpy as np

    def array(figures: Iterable[int]) -> "NDArray[Any]":
        return np.array(list(figures), dtype=np.int64)

    classes = sorted({each.prior_class for each in customers if each.prior_class})
    places = {None: -1, "": -1} | {name: place for place, name in enumerate(classes)}
    grades = sorted({grade for each in customers for _, grade in each.opportunities})
    return Known(
        orders=array(each.orders if each.first_order else 0 for each in customers),
        first=array(each.first_order.toordinal() if each.first_order else 0 for each in customers),
        last=array(each.last_order.toordinal() if each.last_order else 0 for each in customers),
        sales=array(each.revenue_total for each in customers),
        profit=array(each.profit_total or 0 for each in customers),
        uncosted=array(each.revenue_total if each.profit_total is None else 0 for each in customers),
        costed=array(each.profit_total is not None for each in customers).astype(bool),
        margin=array(each.margin_12m for each in customers),
        costless=array(each.revenue_12m_without_cost for each in customers),
        referred=array(each.referral_margin for each in customers),
        prior=array(places[each.prior_class] for each in customers),
        deals={
            grade: array(sum(amount for amount, own in each.opportunities if own == grade) for each in customers)
            for grade in grades
        },
        classes=classes,
    )


def one(found: Worths, place: int, code: str) -> CustomerValue:
    """The values of the customer at a place, with the figures behind them."""
    current = found.current.at(place)
    return CustomerValue(
        code=code,
        historic=int(found.historic.amounts[place]),
        current=current,
        potential=int(found.potential.amounts[place]),
        lifetime=found.lifetime.at(place),
        low=found.low.at(place),
        high=found.high.at(place),
        note=note(found, place),
        figures=_figures(found, place, known=current is not None),
    )


def _figures(found: Worths, place: int, *, known: bool) -> Figures:
    rules, factors = found.rules, found.factors[int(found.of_factor[place])]
    numerators, denominators = found.margins
    deals = ((int(amounts[place]), rules.probability.get(name, 0)) for name, amounts in found.known.deals.items())
    return Figures(
        margin=Fraction(int(numerators[place]), int(denominators[place])) if known else None,
        annualised_days=int(found.days[place]) or None,
        retention=factors.retention,
        retention_of_class=factors.of_class,
        discount=rules.discount,
        from_opportunities=Fraction(rules.margin) * _sum(Fraction(rate) * amount for amount, rate in deals),
        from_referrals=Fraction(rules.referral_share) * int(found.known.referred[place]),
    )


def _sum(fractions: Iterable[Fraction]) -> Fraction:
    return sum(fractions, Fraction())


def note(found: Worths, place: int) -> Message | None:
    """What is to be said of one customer's values by formula."""
    days = int(found.days[place])
    notes = [
        message("no orders") if found.known.orders[place] < 1 else None,
        None if found.current.known[place] else message("too little data for the present buying pattern"),
        message("a year reckoned from {days} days", days=days) if days else None,
        None if found.known.costed[place] else message("historic value is revenue: cost unknown"),
    ]
    return joined(notes)


def joined(notes: Iterable[Message | None]) -> Message | None:
    """Several notes as one; None without any."""
    said: Message | None = None
    for each in notes:
        if each is not None:
            said = each if said is None else message("{first}; {second}", first=said, second=each)
    return said
