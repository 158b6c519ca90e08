"""What status, lifecycle and behaviour are read from: each customer's orders and notes, set-based (R2, R15, R16)."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import runs
from custcli.db.figures import VALID
from custcli.db.hidden import hidden_as
from custcli.db.records import Where, latest_run
from custcli.db.retention import BOUGHT
from custcli.db.verdicts import judged
from custcli.domain.period import first_day


class Row(NamedTuple):
    """A customer with what is noted of it and its orders up to a day; days as ISO text, amounts in ten-thousandths.

    `profit` and `profit_before`: None as soon as one cost is unknown, or where nothing was sold. `every` counts orders
    of whatever status.
    """

    id: int
    code: str
    name: str
    kind: str | None
    region: str | None
    owner: str | None
    hidden_as: str | None
    status: str | None
    stage: str | None
    band: str | None
    is_key: int | None
    competitor: int
    abc: str | None
    tier: str | None
    every: int
    orders: int
    days: int
    first: str | None
    last: str | None
    orders_year: int
    sales: int
    sales_before: int
    profit: int | None
    profit_before: int | None


def rows(connection: Connection, day: date, customers: Where, competitor: str) -> Iterator[Row]:
    """The customers that fit, by code; `competitor` is the tag of those who buy from a rival too."""
    sold, run = _sold(day), runs.dense(connection, latest_run(connection, day))
    own = ", ".join(f"coalesce(s.{name}, 0)" if zero else f"s.{name}" for name, (_, zero) in sold.items())
    sums = ", ".join(f"{sql} AS {name}" for name, (sql, _) in sold.items())
    sql = (
        f"SELECT t.id, t.code, t.name, t.kind, t.region, t.owner, {hidden_as('t')}, t.status, t.current_stage, "
        f"t.triage, t.is_key, coalesce(instr(t.tags, ?), 0) > 0, {judged('abc', 't.id')}, "
        f"{judged('tier', 't.id')}, {own} FROM customer t "
        f"LEFT JOIN (SELECT customer_id, {sums} FROM sales_order WHERE ordered_on <= ? GROUP BY customer_id) s "
        f"ON s.customer_id = t.id WHERE {customers[0]} ORDER BY t.code"
    )
    tag = json.dumps(competitor, ensure_ascii=False)
    bound = (tag, run, run, day.isoformat(), *customers[1])
    found: Any = connection.exec_driver_sql(sql, bound).cursor
    return map(Row._make, found)


def _sold(day: date) -> dict[str, tuple[str, bool]]:
    """Columns of a customer's orders, and whether they are 0 without any: half-years and years end with the day."""
    half, year = first_day(day, 6), first_day(day, 12)
    half_before, year_before = first_day(half - timedelta(days=1), 6), first_day(year - timedelta(days=1), 12)
    bought = f"CASE WHEN {BOUGHT} THEN ordered_on END"
    this_half = f"{VALID} AND ordered_on >= '{half}'"
    last_half = f"{VALID} AND ordered_on >= '{half_before}' AND ordered_on < '{half}'"
    return {
        "every": ("count(*)", True),
        "orders": (f"count({bought})", True),
        "days": (f"count(DISTINCT {bought})", True),
        "first": (f"min({bought})", False),
        "last": (f"max({bought})", False),
        "orders_year": (f"count(CASE WHEN {BOUGHT} AND ordered_on >= '{year}' THEN 1 END)", True),
        "sales": (f"coalesce(sum(CASE WHEN {this_half} THEN amount END), 0)", True),
        "sales_before": (f"coalesce(sum(CASE WHEN {last_half} THEN amount END), 0)", True),
        "profit": (_profit(f"{VALID} AND ordered_on >= '{year}'"), False),
        "profit_before": (_profit(f"{VALID} AND ordered_on >= '{year_before}' AND ordered_on < '{year}'"), False),
    }


def _profit(where: str) -> str:
    """SQL of the gross profit of some orders; unknown as soon as one cost is."""
    profit = f"CASE WHEN {where} THEN amount - cost END"
    return f"CASE WHEN count(CASE WHEN {where} THEN 1 END) = count({profit}) THEN sum({profit}) END"
