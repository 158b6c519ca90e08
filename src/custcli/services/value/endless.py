"""Lifetime value by the formula of R13.3 and R13.4 with the figures entered: a profit, retention, discount, a cost."""

from collections.abc import Sequence
from fractions import Fraction

from custcli.domain.readers import Refused
from custcli.domain.value import ValueRules, lifetime_certain, multiplier
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Kind, Money
from custcli.messages import Message, message
from custcli.services.value.asked import Asked, money

OF_FORMULA = (
    Column("profit", "Profit of a period", Kind.MONEY),
    Column("retention", "Retention rate", Kind.DECIMAL),
    Column("discount", "Discount", Kind.DECIMAL),
    Column("acquisition_cost", "Cost of winning", Kind.MONEY),
)
NOTE = message("Profit, retention and discount are of periods of the same length (R13.3).")


def worked(asked: Asked, rules: ValueRules) -> tuple[Fraction, list[object], Sequence[Column], dict[str, object]]:
    """The profit's multiple less the cost of winning, in ten-thousandths; the cells, their columns, the parameters."""
    own, r, d = asked.entered, rules.retention, rules.discount
    profit = money(own.profit, "--profit", negative=True) or 0
    cost = money(own.acquisition_cost, "--acquisition-cost") or 0
    try:
        times = lifetime_certain(1, r, d) if own.certain else multiplier(r, d, asked.horizon_months)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused
    parameters: dict[str, object] = {
        "profit": Money(profit),
        "retention": r,
        "discount": d,
        "acquisition_cost": Money(cost),
        "first_certain": bool(own.certain),
        "horizon_months": asked.horizon_months,
    }
    return profit * times - cost, [profit, round(r * SCALE), round(d * SCALE), cost], OF_FORMULA, parameters


def rule(asked: Asked) -> Message:
    """The formula: m is the profit, r retention, d discount, AC the cost of winning."""
    if asked.entered.certain:
        return message("m·(1+d)/(1+d−r) − AC, the first profit certain and at once")
    return message("Σ m·rᵗ/(1+d)ᵗ − AC") if asked.horizon_months else message("m·r/(1+d−r) − AC")
