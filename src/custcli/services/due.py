"""Whose next purchase is due, by their own rhythm (R27, F081)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from custcli.domain.due import LAST, Forecast, Purchase, forecast
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import message
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.records import parsed

if TYPE_CHECKING:
    from custcli.context import Context


@dataclass(frozen=True)
class Asked:
    """What is asked: by product or all together, how far ahead (days; None: all), how the gap is taken."""

    by: str = "customer"
    days: int | None = None
    overdue: bool = False
    median: bool = False
    last: int = LAST
    where: Sequence[str] = ()
    limit: int | None = None


def due(ctx: "Context", asked: Asked) -> Grid:
    """The purchases expected, the earliest first; `overdue` only those that should have come."""
    from custcli.db import due as stored
    from custcli.db.terms import of_customers

    found: list[tuple[Forecast, tuple[object, ...]]] = []
    thin = 0
    with ctx.reading().reading() as connection:
        fitting = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        for key, days in stored.purchases(connection, ctx.day, fitting, by_product=asked.by == "product"):
            bought = [Purchase(date.fromisoformat(day), quantity) for day, quantity in days]
            expected = forecast(bought, count=asked.last, middle=asked.median)
            if expected is None:
                thin += 1
            elif _fits(expected, ctx.day, asked):
                found.append((expected, key))
    found.sort(key=lambda each: (each[0].due, str(each[1][0]), str(each[1][6])))
    shown = found[: asked.limit] if asked.limit else found
    left = len(found) - len(shown)
    more = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    few = [message("Too few purchases for a forecast: {count}", count=thin)] if thin else []
    few += [] if left or shown or thin else [message("No purchases to forecast from.")]
    return Grid(
        command="due",
        columns=_columns(ctx, asked),
        rows=[_row(ctx, *each) for each in shown],
        summary={"by": asked.by, "expected": len(found), "too_few": thin},
        as_of=ctx.day,
        title=message("Purchases expected, as of {day}", day=ctx.day),
        notes=[*more, *few],
        sheet=message("Next purchases"),
        count=len(shown),
    )


def _fits(expected: Forecast, day: date, asked: Asked) -> bool:
    left = expected.days_left(day)
    return (asked.days is None or left <= asked.days) and (not asked.overdue or left < 0)


def _columns(ctx: "Context", asked: Asked) -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        kind_column(ctx.forms),
        Column("region", "Region"),
        Column("owner", "Owner"),
        Column("product", "Product", wide=asked.by != "product"),
        Column("due_on", "Expected on", Kind.DATE),
        Column("days_left", "Days left", Kind.INTEGER),
        Column("last_order", "Last order", Kind.DATE),
        Column("cycle_days", "Usual gap in days", Kind.DECIMAL),
        Column("quantity_factor", "Quantity against usual", Kind.DECIMAL, usual=(SCALE,)),
        Column("purchases", "Purchases looked at", Kind.INTEGER, wide=True),
    ]


def _row(ctx: "Context", found: Forecast, key: tuple[object, ...]) -> list[object]:
    code, name, kind, region, owner, hidden, product = key
    shown = namer(ctx)(str(name), str(hidden) if hidden else None)
    figures = [found.due, found.days_left(ctx.day), found.last, _hundredths(found.cycle), _hundredths(found.factor)]
    return [code, shown, kind, region, owner, product, *figures, found.purchases]


def _hundredths(number: Fraction) -> int:
    """A number from 0 on, rounded half up to two decimals, in ten-thousandths."""
    return int(number * 100 + Fraction(1, 2)) * (SCALE // 100)
