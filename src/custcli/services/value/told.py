"""How a valuation is answered: the best or all in the order of codes, columns, rows, and summary (cli.md 7)."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.value import Amounts, ValueRules, Worths, joined, note
from custcli.grid import SCALE, Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, namer
from custcli.services.value.asked import Asked
from custcli.services.value.modelled import parameters
from custcli.services.value.notes import notes, retention

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Database
    from custcli.db.figures import Shown
    from custcli.services.value.entered import ByHand
    from custcli.services.value.known import Book
    from custcli.services.value.modelled import Modelled


@dataclass(frozen=True)
class Valued:
    """The values of the customers of a book: by formula, and by the model or the textbook's formulas where asked.

    `reason`: why the model was not taken; `seen`: `modelled.histories`, where it was wanted.
    """

    book: "Book"
    worths: Worths
    modelled: "Modelled | None"
    reason: Message | None
    by_hand: "ByHand | None"
    seen: "tuple[NDArray[Any], ...]"

    @property
    def model(self) -> str:
        """The word for how lifetime values were reckoned."""
        return self.by_hand.model if self.by_hand else "bgnbd" if self.modelled else "formula"

    @property
    def current(self) -> Amounts:
        """Values of the present buying pattern."""
        return self.modelled.current(self.worths.current) if self.modelled else self.worths.current

    @property
    def lifetime(self) -> Amounts:
        """Lifetime values."""
        if self.by_hand:
            return self.by_hand.lifetime
        if self.modelled:
            return self.modelled.lifetime(self.worths.potential, self.worths.lifetime)
        return self.worths.lifetime

    @property
    def why(self) -> Message | None:
        """Why the formula was taken and not the model (cli.md 7): once for all rows."""
        if self.reason is None:
            return None
        return message(
            "By formula, since these data do not carry the probabilistic model: {reason}.", reason=self.reason
        )


SPARE = (
    *("remark", "expected_average_value", "expected_purchases", "last_order", "orders"),
    *("potential", "current", "historic"),
)
COLUMNS = (
    Column("code", "Customer code", Kind.CODE),
    HIDDEN_NAME,
    Column("historic", "Historic value", Kind.MONEY),
    Column("current", "Current value", Kind.MONEY),
    Column("potential", "Potential value", Kind.MONEY),
    Column("lifetime", "Lifetime value", Kind.MONEY),
    Column("model", "Model", wide=True),
    Column("orders", "Orders", Kind.INTEGER),
    Column("first_order", "First order", Kind.DATE, wide=True),
    Column("last_order", "Last order", Kind.DATE),
    Column("probability_alive", "Probability alive", Kind.SHARE, usual=(None,)),
    Column("low", "At least", Kind.MONEY),
    Column("high", "At most", Kind.MONEY),
    Column("note", "Value note", wide=True),
    Column("remark", "Value note", usual=(None,)),
)
"""`note` says all of a row, also why it is by formula (cli.md 7); `remark`, for people, what holds of it alone."""
OF_MODEL = (
    Column("expected_purchases", "Expected purchases", Kind.DECIMAL),
    Column("expected_average_value", "Expected purchase value", Kind.MONEY),
)
OF_DAYS = (
    Column("frequency", "Repeat purchases", Kind.INTEGER, wide=True),
    Column("recency", "Weeks from first to last purchase", Kind.DECIMAL, wide=True),
    Column("age", "Weeks since first purchase", Kind.DECIMAL, wide=True),
    Column("monetary_value", "Average repeat purchase", Kind.MONEY, wide=True),
)
"""What a model foretells, and what it knows of the customer: purchases of one day are one, the first not counted."""


def grid(ctx: "Context", database: "Database", asked: Asked, valued: Valued) -> Grid:
    """The answer; dossiers are read while its rows are walked."""
    order = ordered(valued.lifetime, asked.top)
    shown = order[: asked.limit or None]
    further = valued.by_hand.columns if valued.by_hand else OF_MODEL if valued.modelled else ()
    columns = (*COLUMNS, *further, *(OF_DAYS if valued.seen else ()))
    return Grid(
        "value", columns, _rows(ctx, database, valued, shown), summary(valued), ctx.day, title(valued, ctx.day),
        notes(valued, len(order) - len(shown)), sheet=message("Values"), count=len(shown), spare=SPARE,
    )  # fmt: skip


def ordered(lifetime: Amounts, top: int | None) -> "NDArray[Any]":
    """The places of the customers by code, or of the best by lifetime value, then code; unknown ones last."""
    import numpy as np

    if top is None:
        return np.arange(len(lifetime.amounts))
    known, unknown = np.flatnonzero(lifetime.known), np.flatnonzero(~lifetime.known)
    best = known[np.argsort(-lifetime.amounts[known], kind="stable")]
    return np.concatenate([best, unknown])[:top]


Teller = Callable[["NDArray[Any]"], Iterator[list[object]]]


def _rows(ctx: "Context", database: "Database", valued: Valued, shown: "NDArray[Any]") -> Iterator[list[object]]:
    from custcli.db import figures

    name_of, tell = namer(ctx), _teller(valued)
    with database.reading() as connection:
        for start in range(0, len(shown), figures.CHUNK):
            places = shown[start : start + figures.CHUNK]
            ids = valued.book.ids[places].tolist()
            who = figures.shown(connection, ids)
            for number, row in zip(ids, tell(places), strict=True):
                if number in who:  # else it was taken back in the meantime
                    yield _row(who[number], name_of, row)


def _row(who: "Shown", name_of: Callable[[str, str | None], str], row: list[object]) -> list[object]:
    return [who.code, name_of(who.name, who.hidden_as), *row]


def _teller(valued: Valued) -> Teller:
    """What gives the rows of some customers, from `historic` on."""
    import numpy as np

    worths, known, modelled = valued.worths, valued.book.known, valued.modelled
    current, lifetime = valued.current, valued.lifetime
    bought = modelled.bought if modelled else np.zeros(len(known), dtype=bool)
    why = valued.why

    def tell(places: "NDArray[Any]") -> Iterator[list[object]]:
        ends = _ends(valued, places[bought[places]])
        own = worths.historic.amounts, worths.potential.amounts, known.orders, known.first, known.last
        figures = (each[places].tolist() for each in own)
        for place, historic, potential, orders, first, last in zip(places.tolist(), *figures, strict=True):
            by_model = bool(bought[place])
            low, high = ends[place] if by_model else _range(valued, place)
            remark = _note(valued, place, by_model=by_model)
            yield [
                historic,
                current.at(place),
                potential,
                lifetime.at(place),
                "bgnbd" if by_model else valued.by_hand.model if valued.by_hand else "formula",
                orders,
                date.fromordinal(first) if first else None,
                date.fromordinal(last) if last else None,
                float(modelled.expected.alive[place]) if modelled and by_model else None,
                low,
                high,
                _said(_both(remark, why)),
                _said(remark),
                *_further(valued, place, by_model=by_model),
                *_seen(valued, place),
            ]

    return tell


def _ends(valued: Valued, places: "NDArray[Any]") -> dict[int, tuple[int, int]]:
    """The ranges of the values by the model, what is possible beyond included."""
    if valued.modelled is None or not len(places):
        return {}
    potential = valued.worths.potential.amounts[places].tolist()
    lows, highs = (end.tolist() for end in valued.modelled.ends(places))
    each = zip(places.tolist(), lows, highs, potential, strict=True)
    return {place: (low + beyond, high + beyond) for place, low, high, beyond in each}


def _range(valued: Valued, place: int) -> tuple[int | None, int | None]:
    return (None, None) if valued.by_hand else (valued.worths.low.at(place), valued.worths.high.at(place))


def _further(valued: Valued, place: int, *, by_model: bool) -> list[object]:
    """The cells of the columns that a model or a formula of the textbook adds."""
    if valued.by_hand:
        return valued.by_hand.cells(place)
    if valued.modelled is None:
        return []
    if not by_model:
        return [None] * len(OF_MODEL)
    expected = valued.modelled.expected
    return [round(float(figures[place]) * SCALE) for figures in (expected.purchases, expected.average)]


def _seen(valued: Valued, place: int) -> list[object]:
    """The cells of the columns of what a model knows."""
    bought = bool(valued.seen) and valued.seen[0][place] >= 0
    return [int(figures[place]) if bought else None for figures in valued.seen]


def _note(valued: Valued, place: int, *, by_model: bool) -> Message | None:
    if not by_model:
        return valued.by_hand.note(place) if valued.by_hand else note(valued.worths, place)
    lost = valued.modelled is not None and valued.modelled.buying.kept[place] < 0
    return joined(
        [
            message("a loss so far is taken to go on") if lost else None,
            None if valued.book.known.costed[place] else message("historic value is revenue: cost unknown"),
        ]
    )


def _both(remark: Message | None, why: Message | None) -> Message | None:
    return message("{first}; {second}", first=remark, second=why) if remark and why else remark or why


def _said(told: Message | None) -> str | None:
    return None if told is None else str(told)


def title(valued: Valued, day: date) -> Message:
    """Currency, day, and how lifetime values were reckoned."""
    rules, currency = valued.worths.rules, valued.book.currency
    if valued.by_hand:
        rule = valued.by_hand.rule
        return message("Customer value in {currency} at {day}: {rule}", currency=currency, day=day, rule=rule)
    if valued.modelled:
        return message(
            "Customer value in {currency} at {day} by BG/NBD, Gamma-Gamma: months {months}, discount {discount} a year"
            if valued.modelled.months
            else "Customer value in {currency} at {day} by BG/NBD, Gamma-Gamma: weeks {weeks}, "
            "discount {discount} a year",
            currency=currency,
            day=day,
            months=valued.modelled.months,
            weeks=f"{valued.modelled.weeks:g}",
            discount=f"{rules.discount:f}",
        )
    return message(
        "Customer value in {currency} at {day} by formula: retention {retention}, discount {discount} a year",
        currency=currency,
        day=day,
        retention=f"{rules.retention:f}",
        discount=f"{rules.discount:f}",
    )


def summary(valued: Valued) -> dict[str, object]:
    """The model, its parameters and likelihood, how many customers, and the sums of the values."""
    book = valued.book
    columns = {
        "historic": valued.worths.historic,
        "current": valued.current,
        "potential": valued.worths.potential,
        "lifetime": valued.lifetime,
    }
    return {
        "model": valued.model,
        **(_of_model(valued.modelled, valued.worths.rules) if valued.modelled else _of_formula(valued)),
        "currency": book.currency,
        "valued": len(book.ids),
        "without_orders": int((book.known.orders < 1).sum()),
        "too_little_data": int((~columns["lifetime"].known).sum()),
        "total": {name: Money(amounts.total) for name, amounts in columns.items()},
    }


def _of_formula(valued: Valued) -> dict[str, object]:
    rules, orders = valued.worths.rules, valued.book.known.orders
    usual = {
        "retention": rules.retention,
        "retention_by_class": {letter: retention(loss, rules) for letter, loss in valued.book.losses.items()},
        "discount": rules.discount,
        "margin": rules.margin,
        "retention_spread": rules.retention_spread,
        "referral_share": rules.referral_share,
        "horizon_months": rules.horizon_months,
    }
    return {
        "parameters": valued.by_hand.parameters if valued.by_hand else usual,
        "log_likelihood": None,
        "customers": len(orders),
        "repeat_customers": int((orders > 1).sum()),
        "note": _said(valued.why),
    }


def _of_model(found: "Modelled", rules: ValueRules) -> dict[str, object]:
    """Those counted are the customers that the model was calibrated on; time is in weeks, money in yuan.

    A purchase is a day with orders.
    """
    often, much = found.model.buying, found.model.spending
    return {
        "parameters": parameters(found.model),
        "standard_errors": {**(often.errors or {}), **(much.errors or {})},
        "log_likelihood": often.log_likelihood,
        "log_likelihood_spending": much.log_likelihood,
        "customers": found.model.customers,
        "repeat_customers": found.model.repeating,
        "purchases": found.model.days,
        "repeat_purchases": found.model.days - found.model.customers,
        "average_repeat_purchase": asdict(found.model.averages),
        "time_unit": "week",
        "until": found.model.until,
        "horizon_months": found.months,
        "horizon_weeks": found.weeks,
        "new_customer": found.new_customer,
        "discount": rules.discount,
        "margin": rules.margin,
        "note": None,
    }
