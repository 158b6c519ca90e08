"""Why a customer stands where it does: status and stage, lifecycle, behaviour, profit quality (R2, R15, R16, R23)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from custcli.domain.status import FALL, FEW, NEW_DAYS, OFTEN, RISE, Rules
from custcli.grid import Money
from custcli.messages import Message, message
from custcli.services import status
from custcli.services.explain.facts import Fact, Section
from custcli.services.status import Standings, rules

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

RULES = (
    message("R2: lost after more days without an order than both limits; loyal by orders and days, else repeat."),
    message("R15: beginning up to so many days or orders, then the sales of 6 months against the 6 before."),
    message("R23: good earns something after the service in class A or B; bad earned nothing in both years."),
)
UNKNOWN = message("unknown: nothing sold, or the cost of some of it is not stated")


def standing(ctx: "Context", connection: "Connection", code: str) -> Section:
    """The status reckoned and noted, the figures and limits of each rule, and the day from which it would be lost."""
    found, by = status.standing(ctx, connection, code), rules(ctx)
    word, orders = str(found.status[0]), int(found.bought.orders[0])
    told = message(status.STATUSES[word])
    facts = [
        Fact("status", message("Status"), word, told),
        Fact("noted_status", message("Status noted"), *_word(found.told["status"][0], status.STATUSES)),
        Fact("stage", message("Buying stage"), *_word(found.stage[0], status.STAGES)),
        Fact("change", message("Change"), *_word(found.move[0], status.MOVES)),
        Fact("orders", message("Orders"), orders, source="orders"),
        *(_times(ctx.day, found, by) if orders else ()),
        *_kinds(found),
    ]
    thin = [message("Too thin to tell much: orders up to this day: {count}.", count=orders)] if orders <= 1 else []
    return Section("status", word, "R2", message("status {verdict} by rule R2", verdict=told), facts, RULES, thin)


def _word(word: str | None, labels: dict[str, str]) -> tuple[str | None, Message | None]:
    return word, None if word is None else message(labels[word])


def _times(day: date, found: Standings, by: Rules) -> Iterator[Fact]:
    """When it ordered, and what R2 makes of it."""
    ago, first, limit = (int(each[0]) for each in (found.bought.last_ago, found.bought.first_ago, found.lost_after))
    last = day - timedelta(ago)
    yield Fact("last_order", message("Last order"), last, message("{day} ({days} days ago)", day=last, days=ago))
    if gaps := int(found.bought.days[0]) - 1:
        yield Fact("mean_gap", message("Mean gap in days"), round(Decimal(first - ago) / gaps, 1))
    many = f"{float(by.lost_gaps):g}"
    limits = message("{limit} (at least {least}, and {gaps} mean gaps)", limit=limit, least=by.lost_days, gaps=many)
    yield Fact("lost_after", message("Lost after days"), limit, limits)
    if ago <= limit:
        yield Fact("lost_on", message("Lost without an order by"), last + timedelta(limit + 1), to="lost")
    lately = int(found.bought.orders_year[0])
    orders = message("{count} (loyal from {least} on)", count=lately, least=by.loyal_orders)
    yield Fact("orders_year", message("Orders of 12 months"), lately, orders)
    days = message("{count} (loyal from {least} on)", count=first, least=by.loyal_days)
    yield Fact("first_ago", message("Days since the first order"), first, days)


def _kinds(found: Standings) -> Iterator[Fact]:
    """Lifecycle, behaviour and quality, each with its figures."""
    bought = found.bought
    now, before = int(bought.sales[0]), int(bought.sales_before[0])
    yield Fact("lifecycle", message("Lifecycle"), *_word(found.lifecycle[0], status.LIFECYCLES))
    yield Fact("sales_6_months", message("Sales of 6 months"), Money(now))
    yield Fact("sales_before", message("Of the 6 before"), Money(before))
    if before > 0:
        rise, fall = -(-before * RISE[0] // RISE[1]), before * FALL[0] // FALL[1]
        yield Fact("growth_from", message("Growing from"), Money(rise))
        yield Fact("decline_to", message("Declining up to"), Money(fall))
    begins = message("under {days} days or up to {orders} orders", days=NEW_DAYS, orders=FEW)
    yield Fact("initial_until", message("Beginning"), NEW_DAYS, begins)
    often = message("from {orders} orders in 12 months, with a rival noted", orders=OFTEN)
    yield Fact("behaviour", message("Behaviour"), *_word(found.behaviour[0], status.BEHAVIOURS))
    yield Fact("regular_from", message("Regular customer"), OFTEN, often)
    yield Fact("quality", message("Profit quality"), *_word(found.quality[0], status.QUALITIES))
    for name, label, profit, known in (
        ("profit", message("Profit of 12 months less what was put in"), bought.profit, bought.known),
        ("profit_before", message("Of the 12 before"), bought.profit_before, bought.known_before),
    ):
        yield Fact(name, label, Money(int(profit[0])) if known[0] else None, None if known[0] else UNKNOWN)
