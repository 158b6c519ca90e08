"""The model against what happened: calibrated on the first part of the time, it foretells the part held back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from custcli.domain.value import ValueRules
from custcli.domain.value.likelihood import NotCarried
from custcli.domain.value.model import WEEK, Model, bought_again, calibrated, predicted
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.value.asked import Asked
from custcli.services.value.known import Book, book, buying, chosen
from custcli.services.value.modelled import parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection

MOST_DAYS = 365
"""The time held back is half of it, at most a year."""
TOGETHER = 7
"""From so many repeat purchases on customers are counted together, as in the published comparison."""
COLUMNS = (
    Column("repeat_purchases", "Repeat purchases before"),
    Column("customers", "Customers", Kind.INTEGER),
    Column("expected_customers", "Customers by the model", Kind.DECIMAL),
    Column("expected_purchases", "Expected purchases", Kind.DECIMAL),
    Column("actual_purchases", "Actual purchases", Kind.DECIMAL),
    Column("expected_each", "Expected each", Kind.DECIMAL),
    Column("actual_each", "Actual each", Kind.DECIMAL),
    Column("expected_sales", "Expected sales", Kind.MONEY),
    Column("actual_sales", "Actual sales", Kind.MONEY),
)


@dataclass(frozen=True)
class Compared:
    """Customers known before the time held back: what was expected of each and what each did, by place.

    `again`: how many the model lets have bought again 0, 1 … times before.
    """

    model: Model
    again: "NDArray[Any]"
    repeats: "NDArray[Any]"
    expected: "NDArray[Any]"
    sales: "NDArray[Any]"
    actual: "NDArray[Any]"
    spent: "NDArray[Any]"


def checked(ctx: "Context", connection: "Connection", asked: Asked, rules: ValueRules) -> Grid:
    """Purchases and sales expected in the time held back beside those that happened, by purchases before.

    Of all customers or those asked for, by a model of all.
    """
    found = book(ctx, connection, rules, asked.currency, of_class=False)
    some = chosen(ctx, connection, found, asked.codes, asked.where).ids
    split = _split(found, ctx.day, asked.since)
    notes = [_held_back(split, ctx.day)] if split < ctx.day else []
    try:
        compared = _compared(connection, found, some, rules, split, ctx.day)
    except NotCarried as reason:
        notes.append(message("These data do not carry the probabilistic model: {reason}.", reason=reason.message))
        summary: dict[str, object] = {"model": None, "log_likelihood": None, "note": str(notes[-1])}
        rows: list[list[object]] = []
    else:
        summary, rows = _summary(compared), list(_rows(compared))
    summary |= {"calibrated_until": split, "held_back_until": ctx.day, "currency": found.currency}
    title = message("BG/NBD and Gamma-Gamma in {currency} against what happened", currency=found.currency)
    sheet = message("Model check")
    spare = ("expected_customers",)
    return Grid("value", COLUMNS, rows, summary, ctx.day, title, notes, sheet=sheet, count=len(rows), spare=spare)


def _split(found: Book, day: date, since: date | None) -> date:
    """The last day that the model may see: the one before `since`, if it is given. UsageError: `since` to come."""
    if since and since > day:
        raise UsageError("the period ends before it begins")
    if since:
        return since - timedelta(1)
    first = found.known.first[found.known.first > 0]
    span = day.toordinal() - int(first.min()) if len(first) else 0
    return day - timedelta(min((span + 1) // 2, MOST_DAYS))


def _held_back(split: date, day: date) -> Message:
    return message(
        "Calibrated on orders up to {split}; held back: the {days} days up to {day}.",
        split=split,
        days=(day - split).days,
        day=day,
    )


def _compared(
    connection: "Connection", found: Book, some: "NDArray[Any]", rules: ValueRules, split: date, day: date
) -> Compared:
    import numpy as np

    from custcli.db import figures, purchases

    before = buying(connection, found, rules, split)
    model = calibrated(before, split, rules.min_history_days)
    after = purchases.buying(connection, day, found.only, since=split + timedelta(1))
    places = np.flatnonzero((before.days > 0) & np.isin(found.ids, some))
    expected = predicted(model, before, (day - split).days / WEEK, 0.0)
    ids = found.ids[places]
    return Compared(
        model=model,
        again=bought_again(model, before.at(places), TOGETHER),
        repeats=before.days[places] - 1,
        expected=expected.purchases[places],
        sales=(expected.purchases * expected.average)[places],
        actual=figures.aligned(ids, after, "days"),
        spent=figures.aligned(ids, after, "spent"),
    )


def _rows(compared: Compared) -> Iterator[list[object]]:
    """A row for those who had bought again 0, 1, 2 … times, the last one for all beyond."""
    for repeats in range(TOGETHER + 1):
        last = repeats == TOGETHER
        own = compared.repeats >= repeats if last else compared.repeats == repeats
        customers = int(own.sum())
        if customers:
            expected, actual = float(compared.expected[own].sum()), int(compared.actual[own].sum())
            yield [
                f"{repeats}+" if last else str(repeats),
                customers,
                round(float(compared.again[repeats]) * SCALE),
                round(expected * SCALE),
                actual * SCALE,
                round(expected / customers * SCALE),
                round(actual / customers * SCALE),
                round(float(compared.sales[own].sum()) * SCALE),
                sum(compared.spent[own].tolist()),
            ]


def _summary(compared: Compared) -> dict[str, object]:
    from numpy import corrcoef

    actual, expected = compared.actual, compared.expected
    varied = len(set(actual.tolist())) > 1 and float(expected.std()) > 0
    return {
        "model": "bgnbd",
        "parameters": parameters(compared.model),
        "log_likelihood": compared.model.buying.log_likelihood,
        "customers": compared.model.customers,
        "repeat_customers": compared.model.repeating,
        "compared": len(actual),
        "time_unit": "week",
        "expected_purchases": float(expected.sum()),
        "actual_purchases": int(actual.sum()),
        "mean_absolute_error": float(abs(expected - actual).mean()) if len(actual) else None,
        "correlation": float(corrcoef(expected, actual)[0, 1]) if varied else None,
        "expected_sales": Money(round(float(compared.sales.sum()) * SCALE)),
        "actual_sales": Money(sum(compared.spent.tolist())),
        "note": None,
    }
