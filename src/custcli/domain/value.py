"""What a customer is worth: historic, current, potential and lifetime value by formula (domain.md R12, R13).

Amounts are ten-thousandths of a yuan; rates are exact decimals for a year. All is reckoned in fractions and rounded
half up once, at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from custcli.domain.readers import Refused
from custcli.messages import Message, message

Rate = int | Decimal | Fraction
YEAR = 365


# --- formulas ------------------------------------------------------------------------------------


def lifetime_infinite(margin: Rate, retention: Rate, discount: Rate, acquisition: Rate = 0) -> Fraction:
    """m·r/(1+d−r) − AC: all future margins of a customer who stays with chance r each period (R13.3)."""
    retained = _rate(retention, discount)
    return Fraction(margin) * retained / (1 + Fraction(discount) - retained) - Fraction(acquisition)


def lifetime_certain(margin: Rate, retention: Rate, discount: Rate) -> Fraction:
    """m·(1+d)/(1+d−r): the same with the first margin certain and at once (R13.3)."""
    retained = _rate(retention, discount)
    grown = 1 + Fraction(discount)
    return Fraction(margin) * grown / (grown - retained)


def lifetime_finite(margins: Sequence[Rate], retention: Rate, discount: Rate, acquisition: Rate = 0) -> Fraction:
    """−AC + Σ mₜ·rᵗ/(1+d)ᵗ for the periods t = 1, 2 … of the margins given (R13.4)."""
    retained = _rate(retention, discount, endless=False)
    step = retained / (1 + Fraction(discount))
    return sum((Fraction(margin) * step**t for t, margin in enumerate(margins, 1)), -Fraction(acquisition))


@dataclass(frozen=True)
class Textbook:
    """The textbook's four parameters and the net value (R13.1); the printed formula has lost its operator."""

    acquisition: Fraction
    retention_cost: Fraction
    benefit: Fraction
    revenue: Fraction

    @property
    def net(self) -> Fraction:
        """Benefit less both costs."""
        return self.benefit - self.acquisition - self.retention_cost

    @property
    def ratio(self) -> Fraction | None:
        """Benefit for each yuan of cost; None without cost."""
        cost = self.acquisition + self.retention_cost
        return self.benefit / cost if cost else None


def textbook(
    *, promotion: Rate, new_customers: int, retention_cost: Rate, revenue: Rate, margin: Rate, intangible: Rate = 0
) -> Textbook:
    """R13.1: cost of winning = promotion ÷ new customers; benefit = revenue × margin + what money does not show."""
    if new_customers <= 0:
        raise Refused("no new customers to share the cost of promotion")
    benefit = Fraction(revenue) * Fraction(margin) + Fraction(intangible)
    return Textbook(Fraction(promotion) / new_customers, Fraction(retention_cost), benefit, Fraction(revenue))


def lifetime_purchases(purchases: Rate, price: Rate, additions: Iterable[Rate] = ()) -> Fraction:
    """R13.2: number of purchases × price + parts, service, interest."""
    return Fraction(purchases) * Fraction(price) + sum((Fraction(one) for one in additions), Fraction())


def _rate(retention: Rate, discount: Rate, *, endless: bool = True) -> Fraction:
    if not 0 <= retention <= 1 or discount < 0:
        raise Refused("the retention must lie between 0 and 1, the discount must not be negative")
    if endless and 1 + Fraction(discount) - Fraction(retention) <= 0:
        raise Refused("with a retention of 1 and a discount of 0 the lifetime value is infinite")
    return Fraction(retention)


# --- customers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ValueRules:
    """The settings of R12 and R13; rates for a year. `probability`: chance that a deal of a MAN grade closes."""

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


@dataclass(frozen=True)
class ClassLoss:
    """How many customers a class had a year ago, and how many of them are lost since (R22)."""

    customers: int
    lost: int


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
    """The values of all customers at `day`, in the order given (R12, R13.3).

    `losses`: by ABC class a year ago; a class of at least `min_class` customers gives its own retention, else
    `rules.retention` holds. Without `losses` it holds for all.
    """
    rules = rules or ValueRules()
    usual = _factors(Fraction(rules.retention), None, rules)
    of_class = {
        name: _factors(1 - Fraction(loss.lost, loss.customers), name, rules)
        for name, loss in (losses or {}).items()
        if loss.customers >= max(rules.min_class, 1)
    }
    return [_value(customer, day, rules, of_class.get(customer.prior_class or "", usual)) for customer in inputs]


@dataclass(frozen=True)
class _Factors:
    """What a year's margin is multiplied by, at a retention and at a lower and a higher one."""

    retention: Fraction
    of_class: str | None
    usual: Fraction
    low: Fraction
    high: Fraction | None


def _factors(retention: Fraction, of_class: str | None, rules: ValueRules) -> _Factors:
    spread = Fraction(rules.retention_spread)
    highest = min(retention + spread, Fraction(1))
    return _Factors(
        retention=retention,
        of_class=of_class,
        usual=lifetime_infinite(1, retention, rules.discount),
        low=lifetime_infinite(1, max(retention - spread, Fraction()), rules.discount),
        high=lifetime_infinite(1, highest, rules.discount) if highest < 1 + Fraction(rules.discount) else None,
    )


def _value(customer: ValueInput, day: date, rules: ValueRules, factors: _Factors) -> CustomerValue:
    margin, days = _yearly_margin(customer, day, rules)
    opportunities = _opportunities(customer, rules)
    referrals = Fraction(rules.referral_share) * customer.referral_margin if customer.referral_margin else _NOTHING
    potential = opportunities + referrals if referrals else opportunities
    bounds = factors.low, factors.high
    if margin is not None and margin < 0 and factors.high is not None:
        bounds = factors.high, factors.low
    return CustomerValue(
        code=customer.code,
        historic=customer.revenue_total if customer.profit_total is None else customer.profit_total,
        current=_worth(margin, factors.usual, _NOTHING),
        potential=_half_up(potential.numerator, potential.denominator),
        lifetime=_worth(margin, factors.usual, potential),
        low=_worth(margin, bounds[0], potential),
        high=_worth(margin, bounds[1], potential),
        note=_note(customer, margin, days),
        figures=Figures(
            margin=margin,
            annualised_days=days,
            retention=factors.retention,
            retention_of_class=factors.of_class,
            discount=rules.discount,
            from_opportunities=opportunities,
            from_referrals=referrals,
        ),
    )


_NOTHING = Fraction()


def _yearly_margin(customer: ValueInput, day: date, rules: ValueRules) -> tuple[Fraction | None, int | None]:
    """The margin of a year; a shorter history is stretched (and its days told), a too short one gives None."""
    if customer.orders < 1 or customer.first_order is None:
        return _NOTHING, None
    margin = Fraction(customer.margin_12m)
    if customer.revenue_12m_without_cost:
        margin += customer.revenue_12m_without_cost * Fraction(rules.margin)
    days = (day - customer.first_order).days
    if days >= YEAR:
        return margin, None
    if days < max(rules.min_history_days, 1):
        return None, None
    return margin * YEAR / days, days


def _opportunities(customer: ValueInput, rules: ValueRules) -> Fraction:
    if not customer.opportunities:
        return _NOTHING
    chances = (Fraction(rules.probability.get(grade, 0)) * amount for amount, grade in customer.opportunities)
    return Fraction(rules.margin) * sum(chances, _NOTHING)


def _worth(margin: Fraction | None, factor: Fraction | None, potential: Fraction) -> int | None:
    """Margin × factor + potential, rounded; in bare numerators, since reducing fractions is what takes the time."""
    if margin is None or factor is None:
        return None
    numerator = margin.numerator * factor.numerator * potential.denominator
    denominator = margin.denominator * factor.denominator * potential.denominator
    return _half_up(numerator + potential.numerator * margin.denominator * factor.denominator, denominator)


def _note(customer: ValueInput, margin: Fraction | None, days: int | None) -> Message | None:
    notes = []
    if customer.orders < 1:
        notes.append(message("no orders"))
    if margin is None:
        notes.append(message("too little data for the present buying pattern"))
    if days is not None:
        notes.append(message("a year reckoned from {days} days", days=days))
    if customer.profit_total is None:
        notes.append(message("historic value is revenue: cost unknown"))
    said: Message | None = None
    for note in notes:
        said = note if said is None else message("{first}; {second}", first=said, second=note)
    return said


def _half_up(numerator: int, denominator: int) -> int:
    """To the nearest whole, halves away from zero as in bookkeeping."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded
