"""Why a customer is worth so much: the formula with each of its inputs and where they come from (R12, R13)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused
from custcli.domain.value import ClassLoss, CustomerValue, Figures, ValueRules, one, worths
from custcli.grid import SCALE, Money, yuan
from custcli.messages import message
from custcli.services.explain.facts import Fact, Section, exact
from custcli.services.value.asked import Asked
from custcli.services.value.asked import rules as rules_of

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.services.value.known import Book


@dataclass(frozen=True)
class One:
    """The value of one customer as `custcli value` tells it, and what the formula reckons it from.

    `row`: the keys of cli.md 7; `parameters`: those of the model, of the whole answer.
    """

    row: Mapping[str, Any]
    parameters: Mapping[str, Any]
    currency: str
    rules: ValueRules
    figures: Figures
    losses: Mapping[str, ClassLoss]
    deals: tuple[tuple[int, str], ...]
    margin: int
    costless: int
    by_formula: int | None


def valued(ctx: "Context", customer: int, code: str, asked: Asked) -> Section:
    """Historic, current, potential and lifetime value of a customer with what they are reckoned from."""
    one = _one(ctx, customer, code, asked)
    by_formula = one.row["model"] == "formula"
    facts = [
        *_values(one),
        *([*_margin(ctx, one, asked), *_retention(ctx, one, asked)] if by_formula else _model(one)),
        *_discount(ctx, one, asked),
        *_future(one),
        Fact("orders", message("Orders"), one.row["orders"], source="orders"),
        Fact("first_order", message("First order"), one.row["first_order"]),
        Fact("last_order", message("Last order"), one.row["last_order"]),
        Fact("currency", message("Currency"), one.currency),
        *_wallet(ctx, customer),
    ]
    lifetime = _money(one.row["lifetime"])
    title = message(
        "lifetime value {verdict} by rules R12, R13",
        verdict=message("unknown") if lifetime is None else yuan(lifetime),
    )
    notes = [
        message("R12: lifetime value = current + potential; what it has brought so far is shown beside it."),
        message("R13: current value = yearly margin × retention / (1 + discount − retention).")
        if by_formula
        else message("Current value by the model: expected purchases × what one is expected to bring, discounted."),
    ]
    thin = [message("{note}", note=one.row["remark"])] if one.row["remark"] else []
    kept = [each for each in facts if each.value is not None or each.fact in {"lifetime", "current"}]
    return Section("value", lifetime, "R12, R13", title, kept, notes, thin)


def _one(ctx: "Context", customer: int, code: str, asked: Asked) -> One:
    from custcli.services.value import valuation
    from custcli.services.value.known import book, chosen

    grid = valuation(ctx, replace(asked, codes=[code]))
    [cells] = grid.rows
    row = dict(zip((column.name for column in grid.columns), cells, strict=True))
    rules = rules_of(asked, ctx.settings)
    with ctx.reading().reading() as connection:
        every = book(ctx, connection, rules, asked.currency, of_class=asked.retention is None, codes=[code])
        own = chosen(ctx, connection, every, [code], ())
    formula, by_formula = _by_formula(own, ctx.day, rules, code)
    parameters: Any = grid.summary.get("parameters") or {}
    return One(
        row=row,
        parameters=parameters,
        currency=every.currency,
        rules=rules,
        figures=formula.figures,
        losses=every.losses,
        deals=tuple(every.deals.get(customer, ())),
        margin=int(own.known.margin[0]),
        costless=int(own.known.costless[0]),
        by_formula=by_formula,
    )


def _by_formula(own: "Book", day: date, rules: ValueRules, code: str) -> tuple[CustomerValue, int | None]:
    """The only customer's values by the formula, and the lifetime value: none where it would be infinite."""
    try:
        found = one(worths(own.known, day, rules, own.losses), 0, code)
    except Refused:  # a class that nobody left, without discount
        return one(worths(own.known, day, rules), 0, code), None
    return found, found.lifetime


def _values(one: One) -> Iterator[Fact]:
    row = one.row
    yield Fact("lifetime", message("Lifetime value"), _money(row["lifetime"]))
    yield Fact("low", message("At least"), _money(row["low"]))
    yield Fact("high", message("At most"), _money(row["high"]))
    yield Fact("current", message("Current value"), _money(row["current"]))
    yield Fact("potential", message("Potential value"), _money(row["potential"]))
    yield Fact("historic", message("Historic value"), _money(row["historic"]), source="orders")
    yield Fact("model", message("Model"), row["model"])


def _margin(ctx: "Context", one: One, asked: Asked) -> Iterator[Fact]:
    found = one.figures
    if found.margin is not None:
        yearly, days = _rounded(found.margin), found.annualised_days
        said = message("{amount} (from {days} days)", amount=exact(yearly), days=days) if days else None
        yield Fact("margin_year", message("Yearly margin"), Money(yearly), said)
    yield Fact("margin_12m", message("Profit of 12 months"), Money(one.margin), source="orders")
    if one.costless:
        label = message("Sales, cost unknown")
        yield Fact("sales_without_cost", label, Money(one.costless), source="orders")
        source = _source(ctx, "margin", given=asked.margin is not None)
        yield Fact("margin_rate", message("Margin supposed"), one.rules.margin, source=source)


def _retention(ctx: "Context", one: One, asked: Asked) -> Iterator[Fact]:
    found, rules = one.figures, one.rules
    loss = one.losses.get(found.retention_of_class or "")
    rate, label = float(found.retention), message("Retention a year")
    if loss:
        said = message(
            "{rate} (class {letter}: {customers}, lost {lost})",
            rate=f"{rate:.4g}",
            letter=found.retention_of_class,
            customers=loss.customers,
            lost=loss.lost,
        )
        yield Fact("retention", label, rate, said, source="class")
    else:
        source = _source(ctx, "retention", given=asked.retention is not None)
        yield Fact("retention", label, rate, f"{rate:.4g}", source=source)
    spread = float(rules.retention_spread)
    lowest, highest = max(rate - spread, 0.0), min(rate + spread, 1.0)
    between = message("{low} to {high}", low=f"{lowest:.4g}", high=f"{highest:.4g}")
    label = message("Retention, low and high")
    yield Fact("retention_spread", label, rules.retention_spread, between, source=_source(ctx, "retention_spread"))
    factor = _factor(found.retention, rules)
    if factor is not None:
        said = message("{factor} for each yuan of yearly margin", factor=f"{factor:.4f}")
        yield Fact("factor", message("Factor"), factor, said)


def _discount(ctx: "Context", one: One, asked: Asked) -> Iterator[Fact]:
    source = _source(ctx, "discount", given=asked.discount is not None)
    yield Fact("discount", message("Discount a year"), one.rules.discount, source=source)


def _factor(retention: Fraction, rules: ValueRules) -> float | None:
    """r/(1+d−r); None where it has no bound."""
    free = 1 + Fraction(rules.discount) - retention
    return float(retention / free) if free > 0 else None


def _model(one: One) -> Iterator[Fact]:
    """What a probabilistic model says of the customer, its parameters, and what the formula would say."""
    row = one.row
    yield Fact("probability_alive", message("Probability alive"), row.get("probability_alive"))
    purchases = row.get("expected_purchases")
    yield Fact("expected_purchases", message("Expected purchases"), _money(purchases), _decimal(purchases))
    label = message("Expected purchase value")
    yield Fact("expected_average_value", label, _money(row.get("expected_average_value")))
    repeats, recency, age = (row.get(name) for name in ("frequency", "recency", "age"))
    yield Fact("frequency", message("Repeat purchases"), repeats, source="orders")
    yield Fact("recency", message("Weeks from first to last purchase"), _money(recency), _decimal(recency))
    yield Fact("age", message("Weeks since first purchase"), _money(age), _decimal(age))
    yield Fact("formula_lifetime", message("Lifetime value by formula"), _money(one.by_formula))
    for name, value in one.parameters.items():
        if isinstance(value, float):
            yield Fact(f"parameter_{name}", message("Parameter {name}", name=name), value, wide=True)


def _decimal(figure: int | None) -> str | None:
    return None if figure is None else f"{figure / SCALE:,.2f}"


def _future(one: One) -> Iterator[Fact]:
    for number, (amount, grade) in enumerate(one.deals, 1):
        chance = one.rules.probability.get(grade, 0)
        said = message("{amount} × {chance} (grade {grade})", amount=exact(amount), grade=grade, chance=chance)
        yield Fact(f"opportunity_{number}", message("Expected amount"), Money(amount), said, source="card")
    label = message("From opportunities")
    yield Fact("from_opportunities", label, Money(_rounded(one.figures.from_opportunities)))
    referred = one.figures.from_referrals
    said = message(
        "{amount} ({share} of the margin of those it brought)",
        amount=exact(_rounded(referred)),
        share=one.rules.referral_share,
    )
    yield Fact("from_referrals", message("From referrals"), Money(_rounded(referred)), said if referred else None)


def _wallet(ctx: "Context", customer: int) -> Iterator[Fact]:
    """What the customer needs in a year in all, where it is stated, and our share of it (F117)."""
    from custcli.services.roi import share_of_wallet

    found = share_of_wallet(ctx, customer)
    if found:
        yield Fact("need", message("Total need of a year"), Money(found[0]), source="needs")
        yield Fact("share_of_wallet", message("Our share of it"), float(found[1]), source="orders")


def _source(ctx: "Context", name: str, *, given: bool = False) -> str:
    return "option" if given else ctx.settings.sources.get(f"value.{name}", "default")


def _money(value: int | None) -> Money | None:
    return None if value is None else Money(value)


def _rounded(value: Fraction) -> int:
    """Half up, away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole
