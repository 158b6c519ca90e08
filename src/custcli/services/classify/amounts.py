"""What customers are ranked by: the amounts of a metric in a period, each customer's at its place (cli.md 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import exact_sum
from custcli.domain.period import Period
from custcli.errors import UsageError
from custcli.grid import Kind
from custcli.services.classify.asked import AHEAD
from custcli.services.currency import absent, chosen_currency, currency_code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.figures import Customers

METRICS = {
    "value": "value",
    "sales": "net sales",
    "profit": "gross profit",
    "quantity": "quantity",
    "orders": "number of orders",
    "payments": "payments",
    "potential": "potential value",
    "lifetime": "lifetime value",
    "score": "score",
}
"""The metrics and how people call them."""
KINDS = {"quantity": Kind.DECIMAL, "orders": Kind.INTEGER, "score": Kind.DECIMAL}
LABELS = {"quantity": "Quantity", "orders": "Orders", "score": "Score"}
"""What is no money is labelled as what it is."""
UNKNOWN = -(2**63)
"""In place of an amount that the data does not carry."""
COSTED = 95
"""In percent: where the cost of so much of the sales is known, value is profit (decisions.md 23)."""


@dataclass(frozen=True)
class Amounts:
    """The customers and their amounts (ten-thousandths; a count for orders; UNKNOWN), together by place.

    `stated`: whether the amount comes from the dossier, None where none does;
    `basis`: profit or sales, None for other metrics; `costless`: the sales left out of a profit, their cost unknown.
    `absent`: the currency asked for does not occur in the period.
    """

    customers: "Customers"
    amounts: "NDArray[Any]"
    stated: "NDArray[Any] | None"
    basis: str | None
    currency: str | None
    costless: int = 0
    absent: bool = False


def amounts(
    ctx: "Context", connection: "Connection", customers: "Customers", by: str, period: Period, currency: str | None
) -> Amounts:
    """The amounts of a metric. UsageError: several currencies and none chosen, a metric that there is not yet."""
    if by not in METRICS:
        raise UsageError("{word}: this comes with a later release", word=by)
    asked = currency_code(currency)
    found = _of_metric(ctx, connection, customers, by, period, asked)
    return replace(found, absent=absent(connection, "payment" if by == "payments" else "sales_order", period, asked))


def _of_metric(
    ctx: "Context", connection: "Connection", customers: "Customers", by: str, period: Period, asked: str | None
) -> Amounts:
    if by == "score":
        return _of_scores(ctx, connection, customers)
    if by in AHEAD:
        return _of_values(ctx, connection, customers, by, asked)
    if by == "payments":
        return _of_payments(ctx, connection, customers, period, asked)
    if by in KINDS:
        return _of_counts(ctx, connection, customers, by, period, asked)
    return _of_sales(ctx, connection, customers, by, period, asked)


def _of_sales(
    ctx: "Context", connection: "Connection", customers: "Customers", by: str, period: Period, asked: str | None
) -> Amounts:
    from custcli.db import figures, ledger

    currency, only = chosen_currency(ctx, connection, "sales_order", period, asked)
    names = ["sales"] if by == "sales" else ["sales", "profit", "costed"]
    sums = ledger.order_sums(connection, period.since, period.until, names, only)
    own = figures.all_aligned(customers.ids, sums)
    basis, costless = _basis(by, {name: exact_sum(own[name]) for name in names})
    found = Amounts(customers, own[basis], None, basis, currency, costless)
    return _with_stated(ctx, connection, found, "amount") if basis == "sales" else found


def _basis(by: str, totals: Mapping[str, int]) -> tuple[str, int]:
    """The basis, profit or sales, and the sales that a profit leaves out because their cost is unknown."""
    sales = totals["sales"]
    costless = sales - totals.get("costed", sales)
    if by == "sales" or (by == "value" and (sales <= 0 or abs(costless) * 100 > sales * (100 - COSTED))):
        return "sales", 0
    return "profit", costless


def _of_counts(
    ctx: "Context", connection: "Connection", customers: "Customers", by: str, period: Period, asked: str | None
) -> Amounts:
    from custcli.db import figures

    sums = figures.order_sums(connection, period.since, period.until, [by], asked)
    found = Amounts(customers, figures.aligned(customers.ids, sums, by), None, None, asked)
    return _with_stated(ctx, connection, found, "quantity") if by == "quantity" else found


def _of_payments(
    ctx: "Context", connection: "Connection", customers: "Customers", period: Period, asked: str | None
) -> Amounts:
    from custcli.db import figures

    currency, only = chosen_currency(ctx, connection, "payment", period, asked)
    sums = figures.payment_sums(connection, period.since, period.until, only)
    return Amounts(customers, figures.aligned(customers.ids, sums, "payments"), None, None, currency)


def _of_values(ctx: "Context", connection: "Connection", customers: "Customers", by: str, asked: str | None) -> Amounts:
    from custcli.db import figures
    from custcli.services.value import worth

    currency, worths = worth(ctx, connection, asked, unknown=UNKNOWN)
    return Amounts(customers, figures.aligned(customers.ids, worths, by), None, None, currency)


def _of_scores(ctx: "Context", connection: "Connection", customers: "Customers") -> Amounts:
    """The latest scores by the usual scheme of key customers (R11); who has none is not ranked."""
    import numpy as np

    from custcli.services.score import latest

    found = latest(ctx, connection)
    own = np.array([found.get(int(one), UNKNOWN) for one in customers.ids], dtype=np.int64)
    return Amounts(customers, own, None, None, None)


def _with_stated(ctx: "Context", connection: "Connection", found: Amounts, column: str) -> Amounts:
    """With the sales stated on the dossiers of customers who never ordered; they are in the usual currency."""
    import numpy as np

    from custcli.db import figures

    if found.currency not in {None, ctx.settings.currency}:
        return found
    told = figures.stated_sales(connection, column, ctx.day)
    stated = np.isin(found.customers.ids, told["id"])
    own = np.where(stated, figures.aligned(found.customers.ids, told, "stated"), found.amounts)
    return replace(found, amounts=own, stated=stated if stated.any() else None)
