"""Look-alikes of a customer, what they buy and it does not, and whom a product may suit (R31, F033, F082)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from custcli.errors import UnknownError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.classify.asked import Asked as Classified
from custcli.services.classify.asked import days
from custcli.services.currency import chosen_currency, currency_code
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.records import parsed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.composition import Facts
    from custcli.db.records import Where

NO_PRODUCTS = "No order has lines that name a product: import a list of orders with a column of products"
NOTHING_STATED = (
    "{code} states no industry, region, group or referrer, by which customers are alike: custcli edit {code} adds them"
)
NO_OTHERS = (
    "No other customer that fits is of the industry or region of {code}, or linked to it by group or referral: "
    "fill these in where others lack them, or ask with fewer conditions"
)
TIES = {"industry": "Same industry", "region": "Same region", "group": "Same group", "referral": "Linked by referral"}


@dataclass(frozen=True)
class Asked:
    """What is asked: `of` a customer (its look-alikes, or what they buy) or a product; the period in months."""

    of: str
    months: int | None = None
    where: Sequence[str] = ()
    currency: str | None = None
    limit: int | None = None


def similar(ctx: "Context", asked: Asked) -> Grid:
    """Customers of the same industry or region, or linked; most in common first. UnknownError: no such customer."""
    from custcli.db import similar as stored
    from custcli.services.keyed import found

    with ctx.reading().reading() as connection:
        model = found(connection, asked.of)
        facts, fitting = _facts(ctx, connection, asked)
        every = stored.similar(connection, model[0], facts, fitting)
        alone = [] if every else [_alone(connection, model)]
    names, name_of = list(stored.TIES), namer(ctx)
    shown = every[: asked.limit] if asked.limit else every
    rows = [
        [
            each.code, name_of(each.name, each.hidden_as), each.kind, each.region, each.owner, each.industry,
            [name for name, tied in zip(names, each.ties, strict=True) if tied], each.amount,
        ]
        for each in shown
    ]  # fmt: skip
    columns = [*_who(ctx), Column("ties", "In common", Kind.LIST, labels=TIES), Column("amount", "Amount", Kind.MONEY)]
    summary = {"code": model[1], "similar": len(every)}
    title = message("Customers like {code}", code=model[1])
    notes = [*_more(len(every) - len(shown)), *alone]
    return Grid("similar", columns, rows, summary, ctx.day, title, notes, count=len(rows))


def recommended(ctx: "Context", asked: Asked) -> Grid:
    """Products that customers like this one bought in the period and it never did, those of most customers first."""
    from custcli.db import similar as stored
    from custcli.services.keyed import found

    with ctx.reading().reading() as connection:
        model = found(connection, asked.of)
        facts, fitting = _facts(ctx, connection, asked)
        count = len(stored.similar(connection, model[0], facts, fitting))
        every = stored.unbought(connection, model[0], facts, fitting)
        none = [] if every or stored.products(connection) else [message(NO_PRODUCTS)]
        none += [] if count else [_alone(connection, model)]
    shown = every[: asked.limit] if asked.limit else every
    columns = [
        Column("product", "Product"),
        Column("customers", "Bought by", Kind.INTEGER),
        Column("share", "Share of those like it", Kind.SHARE, bar=True),
        Column("amount", "Amount", Kind.MONEY),
    ]
    rows = [[product, customers, customers / count, amount] for product, customers, amount in shown]
    title = message("What customers like {code} buy and it does not", code=model[1])
    summary = {"code": model[1], "similar": count, "products": len(every)}
    notes = [*_more(len(every) - len(shown)), *none]
    return Grid("recommend", columns, rows, summary, ctx.day, title, notes, count=len(rows))


def suited(ctx: "Context", asked: Asked) -> Grid:
    """Customers who do not buy a product, by how usual it is in their industry or region; then sales and code.

    UnknownError: a product that was never sold, with the nearest one.
    """
    from custcli.db import similar as stored

    with ctx.reading().reading() as connection:
        _known(asked.of, stored.products(connection))
        facts, fitting = _facts(ctx, connection, asked)
        found = stored.suited(connection, asked.of, facts, fitting)
    name_of = namer(ctx)
    every: list[tuple[float, list[object]]] = []
    for code, name, kind, region, owner, industry, hidden, in_industry, some, in_region, few, amount in found:
        by_industry = some / in_industry if in_industry else None
        by_region = few / in_region if in_region else None
        told = [code, name_of(name, hidden), kind, region, owner, industry, by_industry, by_region, amount]
        every.append((max(by_industry or 0, by_region or 0), told))
    every.sort(key=lambda each: (-each[0], -int(str(each[1][-1])), str(each[1][0])))
    shown = [row for _, row in (every[: asked.limit] if asked.limit else every)]
    columns = [
        *_who(ctx),
        Column("industry_share", "Buyers in the industry", Kind.SHARE, bar=True),
        Column("region_share", "Buyers in the region", Kind.SHARE),
        Column("amount", "Amount", Kind.MONEY),
    ]
    title = message("Customers who do not buy {product}, by how usual it is among their like", product=asked.of)
    summary = {"product": asked.of, "customers": len(every)}
    return Grid("targets", columns, shown, summary, ctx.day, title, _more(len(every) - len(shown)), count=len(shown))


def _alone(connection: "Connection", model: tuple[int, str, str | None]) -> Message:
    """Why no customer is like this one, and what to do."""
    from custcli.db import similar as stored

    return message(NO_OTHERS if stored.stated(connection, model[0]) else NOTHING_STATED, code=model[1])


def _known(product: str, products: Sequence[str]) -> None:
    from difflib import get_close_matches

    if product in products:
        return
    if not products:
        raise UnknownError(NO_PRODUCTS)
    near = get_close_matches(product, products, n=1, cutoff=0.4)
    if near:
        raise UnknownError("no product {name}; did you mean {near}?", name=product, near=near[0])
    raise UnknownError("no product {name}", name=product)


def _facts(ctx: "Context", connection: "Connection", asked: Asked) -> "tuple[Facts, Where]":
    from custcli.db.composition import Facts
    from custcli.db.terms import of_customers

    span = days(Classified("sales", months=asked.months), ctx.settings, ctx.day)
    _, only = chosen_currency(ctx, connection, "sales_order", span, currency_code(asked.currency))
    return Facts("sales", span.since, span.until, only), of_customers(ctx.forms, parsed(asked.where), ctx.day)


def _who(ctx: "Context") -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        kind_column(ctx.forms),
        Column("region", "Region"),
        Column("owner", "Owner"),
        Column("industry", "Industry", usual=(None,)),
    ]


def _more(left: int) -> list[Message]:
    return [message("… {count} more (--limit 0 shows all)", count=left)] if left > 0 else []
