"""What was put into customers and what came out: sales, profit and costs, added up set-based (domain.md R24, F110)."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import runs, sqlite
from custcli.db.figures import VALID
from custcli.db.hidden import hidden_as
from custcli.db.reach import Reach
from custcli.db.records import Where, customer_column, own
from custcli.db.verdicts import judged
from custcli.domain.forms import Form
from custcli.domain.period import Period

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_DAY = "0001-01-01"
GROUPS = {
    "class": "w.abc", "tier": "w.tier", "region": "t.region", "owner": "t.owner", "kind": "t.kind",
}  # fmt: skip

NEWNESS = (
    "CASE WHEN EXISTS (SELECT 1 FROM sales_order WHERE customer_id = t.id AND ordered_on < ? "
    f"AND type <> 'return' AND {VALID}) THEN 'old' ELSE 'new' END"
)
"""Old is who ordered before the period (F134)."""


class Sums(NamedTuple):
    """Of a group of customers: how many were sold to or had costs, and ten-thousandths of sales, profit, costs.

    `costed` are the sales of which the cost is known, `profit` is that of these; `buyers`: how many were sold to.
    """

    group: str | None
    customers: int
    sales: int
    profit: int
    costed: int
    costs: int
    buyers: int


class One(NamedTuple):
    """A customer with its sums and what it needs in a year in all (None: not stated)."""

    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None
    sales: int
    profit: int
    costed: int
    costs: int
    need: int | None


class Campaign(NamedTuple):
    """A campaign with the sums of the orders that name it."""

    name: str
    starts_on: str
    cost: int
    new_customers: int | None
    customers: int
    sales: int
    profit: int
    costed: int


SOLD = (
    "coalesce(sum(amount), 0) AS sales, coalesce(sum(amount - cost) FILTER (WHERE cost IS NOT NULL), 0) AS profit, "
    "coalesce(sum(amount) FILTER (WHERE cost IS NOT NULL), 0) AS costed"
)
EACH = "coalesce(s.sales, 0), coalesce(s.profit, 0), coalesce(s.costed, 0)"


def groups(
    connection: Connection, costs: Form, by: str, period: Period, customers: Where, currency: str
) -> Iterator[Sums]:
    """The sums by a key of GROUPS (class and tier of the latest run) or newness, of who has orders or costs."""
    source, values = _source(connection, costs, period, currency)
    word, before = (NEWNESS, [_ends(period)[0]]) if by == "newness" else (GROUPS[by], [])
    sql = (
        f"SELECT {word} AS word, count(*), sum(coalesce(s.sales, 0)), sum(coalesce(s.profit, 0)), "
        f"sum(coalesce(s.costed, 0)), sum(coalesce(c.costs, 0)), count(s.customer_id) {source} WHERE {customers[0]} "
        "AND (s.customer_id IS NOT NULL OR c.customer_id IS NOT NULL) GROUP BY word ORDER BY word IS NULL, word"
    )
    return (Sums(*row) for row in connection.exec_driver_sql(sql, (*before, *values, *customers[1])))


def ones(
    connection: Connection, costs: Form, needs: Form, period: Period, customers: Where, currency: str
) -> Iterator[One]:
    """The customers with costs or a stated need, by code; the need of the last year up to the period's end."""
    source, values = _source(connection, costs, period, currency)
    reach, (kept, bound) = Reach(needs), own(needs)
    year, amount = (reach.column(needs.fields[name]) for name in ("year", "amount"))
    need = (
        f'SELECT {amount} FROM "{needs.table}" t WHERE {kept} AND {customer_column(needs)} = o.id AND {year} <= ? '
        f"ORDER BY {year} DESC, t.id DESC LIMIT 1"
    )
    inner = (
        f"SELECT t.id, t.code, t.name, t.kind, t.region, t.owner, {hidden_as('t')} AS hidden, {EACH}, "
        f"coalesce(c.costs, 0) AS costs {source} WHERE {customers[0]}"
    )
    every = f"SELECT o.*, ({need}) AS need FROM ({inner}) o"
    sql = f"SELECT * FROM ({every}) WHERE costs <> 0 OR need IS NOT NULL ORDER BY code"
    found = connection.exec_driver_sql(sql, (*bound, period.until.year, *values, *customers[1]))
    return (One(*row[1:]) for row in found)


def need(connection: Connection, form: Form, customer: int, year: int) -> int | None:
    """What a customer needs in all in the last stated year up to this one."""
    reach, (kept, bound) = Reach(form), own(form)
    of, amount = reach.column(form.fields["year"]), reach.column(form.fields["amount"])
    sql = (
        f'SELECT {amount} FROM "{form.table}" t WHERE {kept} AND {customer_column(form)} = ? AND {of} <= ? '
        f"ORDER BY {of} DESC, t.id DESC LIMIT 1"
    )
    found: int | None = connection.exec_driver_sql(sql, (*bound, customer, year)).scalar()
    return found


def sales(connection: Connection, customer: int, period: tuple[date, date], currency: str) -> int:
    """The sales of one customer between two days."""
    sql = (
        "SELECT coalesce(sum(amount), 0) FROM sales_order "
        f"WHERE customer_id = ? AND ordered_on BETWEEN ? AND ? AND currency = ? AND {VALID}"
    )
    ends = [day.isoformat() for day in period]
    return int(connection.exec_driver_sql(sql, (customer, *ends, currency)).scalar_one())


def _source(connection: Connection, costs: Form, period: Period, currency: str) -> tuple[str, list[Any]]:
    """FROM: customers `t`, what they bought `s`, what was put into them `c`, their class `w`."""
    first, last = _ends(period)
    spending, bound = _spent(costs)
    source = (
        f"FROM customer t LEFT JOIN (SELECT customer_id, {SOLD} FROM sales_order WHERE ordered_on BETWEEN ? AND ? "
        f"AND currency = ? AND {VALID} GROUP BY customer_id) s ON s.customer_id = t.id "
        f"LEFT JOIN ({spending}) c ON c.customer_id = t.id "
        f"LEFT JOIN (SELECT id, {judged('abc', 'id')} AS abc, {judged('tier', 'id')} AS tier FROM customer) w "
        "ON w.id = t.id"
    )
    run = runs.dense(connection, runs.latest_run(connection, period.until))
    return source, [first, last, currency, *bound, first, last, run, run]


def _spent(costs: Form) -> Where:
    """What was put into each customer between two days, whose values follow: (customer_id, costs)."""
    reach, (kept, bound) = Reach(costs), own(costs)
    amount, day = (reach.column(costs.fields[name]) for name in ("amount", "spent_on"))
    sql = (
        f'SELECT {customer_column(costs)} AS customer_id, sum({amount}) AS costs FROM "{costs.table}" t WHERE {kept} '
        f"AND {day} BETWEEN ? AND ? GROUP BY 1"
    )
    return sql, bound


def spent(connection: Connection, costs: Form, period: Period) -> "dict[str, NDArray[Any]]":
    """`customer_id` and `costs` of those into whom something was put in a period, in the order of ids."""
    sql, bound = _spent(costs)
    return sqlite.numbers(connection, f"{sql} ORDER BY 1", (*bound, *_ends(period)), ["customer_id", "costs"])


def spendings(connection: Connection, costs: Form, day: date) -> "dict[str, NDArray[Any]]":
    """`customer_id`, `costs` and the day `spent_on` (ordinal) of all that was put in up to a day."""
    reach, (kept, bound) = Reach(costs), own(costs)
    amount, spent_on = (reach.column(costs.fields[name]) for name in ("amount", "spent_on"))
    sql = (
        f"SELECT {customer_column(costs)} AS customer_id, {amount} AS costs, {spent_on} AS spent_on "
        f'FROM "{costs.table}" t WHERE {kept} AND {spent_on} <= ?'
    )
    return sqlite.numbers(connection, sql, (*bound, day.isoformat()), ["customer_id", "costs"], "spent_on")


def kinds(connection: Connection, costs: Form, period: Period, customers: Where) -> dict[str | None, int]:
    """What was put in by kind of cost, the largest first."""
    reach, (kept, bound) = Reach(costs), own(costs)
    amount, day, kind = (reach.column(costs.fields[name]) for name in ("amount", "spent_on", "kind"))
    sql = (
        f'SELECT {kind}, sum({amount}) FROM "{costs.table}" t WHERE {kept} AND {day} BETWEEN ? AND ? '
        f"AND {customer_column(costs)} IN (SELECT t.id FROM customer t WHERE {customers[0]}) "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql, (*bound, *_ends(period), *customers[1]))}


def campaigns(connection: Connection, form: Form, period: Period, currency: str) -> Iterator[Campaign]:
    """The campaigns that began in the period, by their first day, and the orders up to its end that name them."""
    reach, (kept, bound) = Reach(form), own(form)
    name, begins, cost, new = (
        reach.column(form.fields[each]) for each in ("name", "starts_on", "cost", "new_customers")
    )
    sql = (
        f'SELECT {name}, {begins}, {cost}, {new}, coalesce(s.customers, 0), {EACH} FROM "{form.table}" t '
        f"LEFT JOIN (SELECT campaign, count(DISTINCT customer_id) AS customers, {SOLD} FROM sales_order "
        f"WHERE campaign IS NOT NULL AND ordered_on <= ? AND currency = ? AND {VALID} GROUP BY campaign) s "
        f"ON s.campaign = {name} WHERE {kept} AND {begins} BETWEEN ? AND ? ORDER BY 2, 1, t.id"
    )
    until = period.until.isoformat()
    found = connection.exec_driver_sql(sql, (until, currency, *bound, *_ends(period)))
    return (Campaign(*row) for row in found)


def campaign_costs(connection: Connection, form: Form, period: Period) -> int:
    """What the campaigns cost that began in a period."""
    reach, (kept, bound) = Reach(form), own(form)
    begins, cost = (reach.column(form.fields[each]) for each in ("starts_on", "cost"))
    sql = f'SELECT coalesce(sum({cost}), 0) FROM "{form.table}" t WHERE {kept} AND {begins} BETWEEN ? AND ?'
    return int(connection.exec_driver_sql(sql, (*bound, *_ends(period))).scalar_one())


def won(connection: Connection, form: Form, day: date) -> tuple[int, int]:
    """Cost and new customers of all campaigns that began up to a day and say how many they won."""
    reach, (kept, bound) = Reach(form), own(form)
    begins, cost, new = (reach.column(form.fields[each]) for each in ("starts_on", "cost", "new_customers"))
    sql = (
        f'SELECT coalesce(sum({cost}), 0), coalesce(sum({new}), 0) FROM "{form.table}" t '
        f"WHERE {kept} AND {begins} <= ? AND {new} IS NOT NULL"
    )
    row = connection.exec_driver_sql(sql, (*bound, day.isoformat())).one()
    return row[0], row[1]


def _ends(period: Period) -> tuple[str, str]:
    return period.since.isoformat() if period.since else FIRST_DAY, period.until.isoformat()
