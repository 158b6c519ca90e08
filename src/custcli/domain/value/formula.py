"""The formulas of lifetime value: textbook parameters, purchases, endless and finite horizon (domain.md R13).

All is reckoned in fractions; amounts keep the unit they come in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from custcli.domain.readers import Refused

Rate = int | Decimal | Fraction
MONTHS = 12


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
    step = _rate(retention, discount, endless=False) / (1 + Fraction(discount))
    return sum((Fraction(margin) * step**t for t, margin in enumerate(margins, 1)), -Fraction(acquisition))


def multiplier(retention: Rate, discount: Rate, months: int | None = None) -> Fraction:
    """What a year's margin is multiplied by: without end (R13.3), or for so many months (R13.4).

    The months beyond whole years count as that part of their year.
    """
    if months is None:
        return lifetime_infinite(1, retention, discount)
    years, rest = divmod(months, MONTHS)
    return lifetime_finite([1] * years + [Fraction(rest, MONTHS)], retention, discount)


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
    benefit = Fraction(revenue) * Fraction(margin) + Fraction(intangible)
    return Textbook(acquisition_cost(promotion, new_customers), Fraction(retention_cost), benefit, Fraction(revenue))


def acquisition_cost(promotion: Rate, new_customers: int) -> Fraction:
    """What it cost to win one customer: advertising, marketing, promotion ÷ new customers (R13.1, F110)."""
    if new_customers <= 0:
        raise Refused("no new customers to share the cost of promotion")
    return Fraction(promotion) / new_customers


def lifetime_purchases(purchases: Rate, price: Rate, additions: Iterable[Rate] = ()) -> Fraction:
    """R13.2: number of purchases × price + parts, service, interest."""
    return Fraction(purchases) * Fraction(price) + sum((Fraction(one) for one in additions), Fraction())


def _rate(retention: Rate, discount: Rate, *, endless: bool = True) -> Fraction:
    if not 0 <= retention <= 1 or discount < 0:
        raise Refused("the retention must lie between 0 and 1, the discount must not be negative")
    if endless and 1 + Fraction(discount) - Fraction(retention) <= 0:
        raise Refused("with a retention of 1 and a discount of 0 the lifetime value is infinite")
    return Fraction(retention)
