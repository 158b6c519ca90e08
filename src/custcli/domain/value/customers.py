"""What customers are worth by formula: historic, current, potential and lifetime value (domain.md R12, R13.3, R13.4).

Made for millions of customers: arrays of whole ten-thousandths in, the same out, reckoned exactly and rounded half up
once, at the end. What is said of one customer is made only for those who are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from custcli.domain.value.exact import added, half_up, parts, product
from custcli.domain.value.formula import multiplier

if TYPE_CHECKING:
    from numpy.typing import NDArray

YEAR = 365


@dataclass(frozen=True)
class ValueRules:
    """The settings of R12 and R13; rates for a year. `probability`: chance that a deal of a MAN grade closes.

    `horizon_months`: how far the formula looks; None: without end.
    """

    discount: Decimal = Decimal("0.10")
    retention: Decimal = Decimal("0.8")
    margin: Decimal = Decimal("0.30")
    min_history_days: int = 90
    min_class: int = 20
    referral_share: Decimal = Decimal("0.5")
    retention_spread: Decimal = Decimal("0.1")
    probability: Mapping[str, Decimal] = field(
        default_factory=lambda: {"A": Decimal("0.6"), "B": Decimal("0.3"), "C": Decimal("0.1"), "D": Decimal(0)}
    )
    horizon_months: int | None = None


@dataclass(frozen=True)
class ClassLoss:
    """How many customers a class had a year ago, and how many of them are lost since (R22)."""

    customers: int
    lost: int


@dataclass(frozen=True)
class Known:
    """What is known of customers up to a day, arrays by place; amounts in ten-thousandths, days as ordinals.

    `orders`, `first`, `last`: of orders that are no returns; 0 without any. `sales`: of all time; `profit`: of the
    orders with known cost, `uncosted`: sales of the others; `costed`: there are no others. `margin`, `costless`: the
    same two of the last year. `referred`: margin of the last year of the customers that this one has brought.
    `deals`: expected amounts of open prospect cards by MAN grade. `prior`: place of the ABC class a year ago in
    `classes`, −1 without one.
    """

    orders: "NDArray[Any]"
    first: "NDArray[Any]"
    last: "NDArray[Any]"
    sales: "NDArray[Any]"
    profit: "NDArray[Any]"
    uncosted: "NDArray[Any]"
    costed: "NDArray[Any]"
    margin: "NDArray[Any]"
    costless: "NDArray[Any]"
    referred: "NDArray[Any]"
    prior: "NDArray[Any]"
    deals: "Mapping[str, NDArray[Any]]" = field(default_factory=dict)
    classes: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.orders)


@dataclass(frozen=True)
class Amounts:
    """Amounts in ten-thousandths by place, and whether each is known."""

    amounts: "NDArray[Any]"
    known: "NDArray[Any]"

    def at(self, place: int) -> int | None:
        """The amount at a place; None where it is not known."""
        return int(self.amounts[place]) if self.known[place] else None

    @property
    def total(self) -> int:
        """The sum of those that are known."""
        return sum(self.amounts[self.known].tolist())


@dataclass(frozen=True)
class Worths:
    """The values of customers by place. `lifetime` = current + potential; history is shown beside it.

    `low`, `high`: lifetime at a lower and a higher retention; `high` is not known where that has no bound.
    `margins`: numerators and denominators of a year's margin; `days`: what it is reckoned from, 0 for a whole year.
    """

    known: Known
    rules: ValueRules
    factors: "Sequence[Factors]"
    of_factor: "NDArray[Any]"
    historic: Amounts
    current: Amounts
    potential: Amounts
    lifetime: Amounts
    low: Amounts
    high: Amounts
    margins: "tuple[NDArray[Any], NDArray[Any]]"
    days: "NDArray[Any]"


@dataclass(frozen=True)
class Factors:
    """What a year's margin is multiplied by, at a retention and at a lower and a higher one (None: without bound)."""

    retention: Fraction
    of_class: str | None
    usual: Fraction
    low: Fraction
    high: Fraction | None


def worths(
    known: Known, day: date, rules: ValueRules | None = None, losses: Mapping[str, ClassLoss] | None = None
) -> Worths:
    """The values of all customers at `day` (R12, R13.3; R13.4 with a horizon).

    `losses`: by ABC class a year ago; a class of at least `min_class` customers gives its own retention, else
    `rules.retention` holds. Without `losses` it holds for all. Refused: rates that make a value infinite.
    """
    rules = rules or ValueRules()
    factors, of_factor = _all_factors(known, rules, losses or {})
    margins, carried, days = _yearly_margins(known, day, rules)
    potential = _potentials(known, rules)
    ends = _bounds(factors, of_factor, margins[0] < 0)
    usual = parts([one.usual for one in factors], of_factor)
    nothing = (product(0, margins[0]), product(1, margins[1]))
    return Worths(
        known=known,
        rules=rules,
        factors=factors,
        of_factor=of_factor,
        historic=Amounts(_chosen(known.costed, known.profit, known.sales), _all(known)),
        current=Amounts(_worth(margins, usual, nothing), carried),
        potential=Amounts(half_up(*potential), _all(known)),
        lifetime=Amounts(_worth(margins, usual, potential), carried),
        low=Amounts(_worth(margins, ends[0], potential), carried & ends[2]),
        high=Amounts(_worth(margins, ends[1], potential), carried & ends[3]),
        margins=margins,
        days=days,
    )


def _all(known: Known) -> "NDArray[Any]":
    import numpy as np

    return np.ones(len(known), dtype=bool)


def _chosen(which: "NDArray[Any]", one: "NDArray[Any]", other: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    return np.asarray(np.where(which, one, other))


def _all_factors(
    known: Known, rules: ValueRules, losses: Mapping[str, ClassLoss]
) -> "tuple[list[Factors], NDArray[Any]]":
    """The factors that occur, and which of them is each customer's: its own class's, else the last one."""
    import numpy as np

    factors: list[Factors] = []
    place_of = np.full(len(known.classes) + 1, len(known.classes), dtype=np.int64)
    for place, name in enumerate(known.classes):
        loss = losses.get(name)
        if loss and loss.customers >= max(rules.min_class, 1):
            place_of[place] = len(factors)
            factors.append(_factors(1 - Fraction(loss.lost, loss.customers), name, rules))
    place_of[place_of == len(known.classes)] = len(factors)
    factors.append(_factors(Fraction(rules.retention), None, rules))
    return factors, place_of[known.prior]


def _factors(retention: Fraction, of_class: str | None, rules: ValueRules) -> Factors:
    spread = Fraction(rules.retention_spread)
    highest = min(retention + spread, Fraction(1))
    months = rules.horizon_months
    bounded = months is not None or highest < 1 + Fraction(rules.discount)
    return Factors(
        retention=retention,
        of_class=of_class,
        usual=multiplier(retention, rules.discount, months),
        low=multiplier(max(retention - spread, Fraction()), rules.discount, months),
        high=multiplier(highest, rules.discount, months) if bounded else None,
    )


Ratio = tuple["NDArray[Any]", "NDArray[Any]"]
"""Numerators and denominators by place."""


def _bounds(
    factors: Sequence[Factors], of_factor: "NDArray[Any]", loss: "NDArray[Any]"
) -> "tuple[Ratio, Ratio, NDArray[Any], NDArray[Any]]":
    """The factors of low and high, and whether there is one: a loss is the lower, the longer a customer stays."""
    import numpy as np

    highs = [one.usual if one.high is None else one.high for one in factors]
    bounded = np.array([one.high is not None for one in factors])[of_factor]
    every = [*(one.low for one in factors), *highs]
    turned = loss & bounded
    low, high = of_factor + turned * len(factors), of_factor + ~turned * len(factors)
    return parts(every, low), parts(every, high), bounded | ~turned, bounded


def _yearly_margins(known: Known, day: date, rules: ValueRules) -> "tuple[Ratio, NDArray[Any], NDArray[Any]]":
    """The margin of a year, whether there is one, and the days that it was stretched from (0: none).

    A shorter history is stretched to a year, a too short one gives none; without orders it is 0 (R12).
    """
    import numpy as np

    rate = Fraction(rules.margin)
    margin = added(product(known.margin, rate.denominator), product(known.costless, rate.numerator))
    ordered = known.orders > 0
    days = np.where(ordered, day.toordinal() - known.first, YEAR)
    short = days < YEAR
    carried = days >= max(rules.min_history_days, 1)
    stretched = np.where(short & carried, days, YEAR)
    numerators = product(np.where(ordered & carried, margin, 0 * margin), YEAR)
    return (numerators, product(rate.denominator, stretched)), carried, np.where(short & carried, days, 0)


def _potentials(known: Known, rules: ValueRules) -> Ratio:
    """Chances of open deals × margin, and the share in the margin of those brought (R12)."""
    rates = {name: Fraction(rules.margin) * Fraction(rules.probability.get(name, 0)) for name in known.deals}
    share = Fraction(rules.referral_share)
    denominator = lcm(share.denominator, *(rate.denominator for rate in rates.values()))
    sums = [product(known.referred, int(share * denominator))]
    sums += [product(known.deals[name], int(rate * denominator)) for name, rate in rates.items()]
    return added(*sums), product(0 * known.orders + 1, denominator)


def _worth(margins: Ratio, factors: Ratio, potential: Ratio) -> "NDArray[Any]":
    """Margin × factor + potential, rounded half up once."""
    numerator, denominator = product(margins[0], factors[0]), product(margins[1], factors[1])
    if not potential[0].any():
        return half_up(numerator, denominator)
    whole = added(product(numerator, potential[1]), product(potential[0], denominator))
    return half_up(whole, product(denominator, potential[1]))
