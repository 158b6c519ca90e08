"""What is asked of a valuation, as the options of `custcli value` say it, and the rules that it means (cli.md 7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from custcli.domain.readers import Refused, read_decimal, read_money
from custcli.domain.value import ValueRules
from custcli.domain.value.model import WEEKS_A_MONTH
from custcli.errors import UsageError

if TYPE_CHECKING:
    from custcli.settings import Settings


@dataclass(frozen=True)
class Entered:
    """Figures entered by hand for the textbook's formulas, as typed; None: as the orders have it (R13.1, R13.2).

    Textbook: `promotion` ÷ `new_customers` is the cost of winning a customer, else `acquisition_cost`; `benefit` stands
    in place of revenue × margin, `intangible` is added to it. Purchases: their number, the price of one, additions.
    Formula: `profit` of a period, as long as that of the rates; `certain`: the first comes at once (R13.3).
    """

    promotion: str | None = None
    new_customers: int | None = None
    acquisition_cost: str | None = None
    retention_cost: str | None = None
    revenue: str | None = None
    benefit: str | None = None
    intangible: str | None = None
    purchases: str | None = None
    price: str | None = None
    additions: Sequence[str] = ()
    profit: str | None = None
    certain: bool | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked of a valuation, as the options of `custcli value` say it; rates as typed, None: as in the settings.

    `codes` and `where` choose customers, `top` the best of them by lifetime value, `limit` cuts rows (0: all).
    `check`: not the values, but what the model says of a time that is over already, from `since` on. `groups`: not the
    customers, but their groups by lifetime value: `tier`, `quintile`, or the amounts at which they begin.
    """

    codes: Sequence[str] = ()
    top: int | None = None
    model: str = "auto"
    horizon_months: int | None = None
    horizon_weeks: int | None = None
    discount: str | None = None
    retention: str | None = None
    margin: str | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    limit: int | None = None
    check: bool = False
    since: date | None = None
    groups: str | None = None
    entered: Entered = Entered()


def rules(asked: Asked, settings: "Settings") -> ValueRules:
    """The rules that the options mean. UsageError: a bad rate, options that do not go together."""
    if asked.horizon_weeks and (asked.horizon_months or asked.model != "bgnbd"):
        raise UsageError("--horizon-weeks is for --model bgnbd, without --horizon-months")
    if asked.since and not asked.check:
        raise UsageError("--since is for --check")
    unused = asked.top, asked.horizon_months, asked.horizon_weeks, asked.discount, asked.retention, asked.margin
    if asked.check and (any(unused) or asked.model not in {"auto", "bgnbd"}):
        raise UsageError(
            "--check is of the model bgnbd and the time held back: "
            "--top, --horizon-…, --discount, --retention, --margin do not go with it"
        )
    usual = settings.value
    return ValueRules(
        discount=_rate(asked.discount, "--discount", usual.discount, most=None),
        retention=_rate(asked.retention, "--retention", usual.retention),
        margin=_rate(asked.margin, "--margin", usual.margin),
        min_history_days=usual.min_history_days,
        min_class=usual.min_class,
        referral_share=usual.referral_share,
        retention_spread=usual.retention_spread,
        probability=usual.probability,
        horizon_months=asked.horizon_months or _months(asked.horizon_weeks),
    )


def _months(weeks: int | None) -> int | None:
    """Whole months for the formula, which knows no weeks."""
    return None if weeks is None else max(1, round(weeks / WEEKS_A_MONTH))


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
        raise UsageError("{option}: a rate such as {example} is expected", option=option, example=usual)
    return rate


def money(text: str | None, option: str, *, negative: bool = False) -> int | None:
    """An amount typed as an option, in ten-thousandths, as people write money; below zero only where that may be."""
    found = None if text is None else _read(read_money, text, option)
    return found if negative else _not_negative(found, option)


def number(text: str | None, option: str) -> int | None:
    """A number of things typed as an option, in ten-thousandths, not negative."""
    return _not_negative(None if text is None else _read(read_decimal, text, option), option)


def _not_negative(found: int | None, option: str) -> int | None:
    if found is not None and found < 0:
        raise UsageError("{name}: {reason}", name=option, reason=Refused("it should not be negative").message)
    return found


def _read(reader: Callable[[object], int], text: str, option: str) -> int:
    try:
        return int(reader(text))
    except Refused as refused:
        raise UsageError("{name}: {reason}", name=option, reason=refused.message) from refused
