"""Financial ratios of a customer with their verdicts (R19), and what is earned for what is put in (R24)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from custcli.messages import Message, message


class Verdict(StrEnum):
    """What a ratio says (R19): as it should be, to be watched, below or above what can be borne."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True)
class Statement:
    """Figures of a customer's statements, in ten-thousandths of a yuan; None: not stated. `before`: a year earlier."""

    current_assets: int | None = None
    inventory: int | None = None
    prepaid: int | None = None
    current_liabilities: int | None = None
    assets: int | None = None
    liabilities: int | None = None
    credit_sales: int | None = None
    receivables: int | None = None
    receivables_before: int | None = None
    cost_of_sales: int | None = None
    inventory_before: int | None = None
    revenue: int | None = None
    net_profit: int | None = None


@dataclass(frozen=True)
class Ratio:
    """A ratio, with `days` where a turnover has them; `value` is None where `reason` says why there is none."""

    name: str
    value: Fraction | None
    days: Fraction | None = None
    verdict: Verdict | None = None
    reason: Message | None = None


YEAR = 365
"""Days of a year (R19)."""
LACKING = message("a figure is not stated")
NOTHING = message("the denominator is 0")


def ratios(found: Statement) -> list[Ratio]:
    """The ratios of R19: liquidity, debt, turnover, profit. What cannot be had says why, it is never infinite."""
    quick = _less(found.current_assets, found.inventory, found.prepaid or 0)
    return [
        _ratio("current_ratio", found.current_assets, found.current_liabilities, _at_least(2, 1)),
        _ratio("quick_ratio", quick, found.current_liabilities, _at_least(1, 1)),
        _ratio("debt_ratio", found.liabilities, found.assets, _at_most(Fraction(1, 2), Fraction(7, 10))),
        _turnover("receivables_turnover", found.credit_sales, found.receivables_before, found.receivables),
        _turnover("inventory_turnover", found.cost_of_sales, found.inventory_before, found.inventory),
        _ratio("net_margin", found.net_profit, found.revenue),
    ]


def insolvent(found: Statement) -> bool:
    """Whether the debts are more than all there is (R19, a veto for credit)."""
    return found.assets is not None and found.liabilities is not None and found.liabilities > found.assets


def _less(whole: int | None, *parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return None if whole is None or len(known) < len(parts) else whole - sum(known)


def _ratio(name: str, up: int | None, down: int | None, judge: Callable[[Fraction], Verdict] | None = None) -> Ratio:
    if up is None or down is None:
        return Ratio(name, None, reason=LACKING)
    if down == 0:
        return Ratio(name, None, reason=NOTHING)
    value = Fraction(up, down)
    return Ratio(name, value, verdict=judge(value) if judge else None)


def _turnover(name: str, flow: int | None, before: int | None, after: int | None) -> Ratio:
    """Flow ÷ the mean of both stocks, and the days that it takes; with one stock known that one."""
    stocks = [stock for stock in (before, after) if stock is not None]
    if flow is None or not stocks:
        return Ratio(name, None, reason=LACKING)
    if sum(stocks) == 0:
        return Ratio(name, None, reason=NOTHING)
    value = Fraction(flow * len(stocks), sum(stocks))
    return Ratio(name, value, days=YEAR / value if value else None)


def _at_least(good: int | Fraction, fair: int | Fraction) -> Callable[[Fraction], Verdict]:
    return lambda value: Verdict.GOOD if value >= good else Verdict.FAIR if value >= fair else Verdict.POOR


def _at_most(good: Fraction, fair: Fraction) -> Callable[[Fraction], Verdict]:
    return lambda value: Verdict.GOOD if value <= good else Verdict.FAIR if value <= fair else Verdict.POOR


def break_even(upkeep: int, margin: Fraction) -> Fraction | None:
    """Sales at which a class earns its fixed upkeep: upkeep ÷ margin; None without a margin above 0 (R24)."""
    return upkeep / margin if margin > 0 else None


def return_on_input(output: int, inputs: Mapping[str, int]) -> Fraction | None:
    """Output ÷ input; None where nothing was put in (R24)."""
    total = sum(inputs.values())
    return Fraction(output, total) if total > 0 else None


@dataclass(frozen=True)
class Yield:
    """Sales, gross profit and what was put in for them, in ten-thousandths (R24)."""

    sales: int
    profit: Fraction
    costs: int

    @property
    def margin(self) -> Fraction | None:
        """Gross profit of the sales; None without sales."""
        return self.profit / self.sales if self.sales > 0 else None

    @property
    def roi(self) -> Fraction | None:
        """Profit for one of what was put in; None where nothing was."""
        return self.profit / self.costs if self.costs > 0 else None

    @property
    def cost_share(self) -> Fraction | None:
        """What was put in, of the sales (W14); None without sales."""
        return Fraction(self.costs, self.sales) if self.sales > 0 else None

    @property
    def break_even(self) -> Fraction | None:
        """The sales that earn what was put in; None without a margin above 0, or where nothing was put in."""
        return break_even(self.costs, self.margin) if self.costs and self.margin is not None else None

    @property
    def covered(self) -> bool | None:
        """Whether the profit earns what was put in; None where nothing was."""
        return self.profit >= self.costs if self.costs else None
