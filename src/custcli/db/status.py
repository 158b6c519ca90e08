"""What status, lifecycle and behaviour are read from: what is noted of each customer, and its orders (R2, R15, R16)."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import ledger, runs
from custcli.db.figures import aligned
from custcli.db.records import Where, latest_run
from custcli.db.verdicts import judged
from custcli.domain.ledger import Ledger
from custcli.domain.period import first_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOTED = ("kind", "status", "stage", "band", "is_key", "competitor", "abc", "tier", "ordered")
"""The words and marks of `noted`, beside the `id`."""


def noted(connection: Connection, day: date, customers: Where, competitor: str) -> "dict[str, NDArray[Any]]":
    """What is noted of the customers that fit, by code; `competitor` is the tag of those who buy from a rival too.

    `ordered`: of whom a status is noted that orders give, there is an order of whatever status up to the day. All that
    is noted of a customer comes as one text, since of many customers hardly any differ in it.
    """
    import numpy as np

    run = runs.dense(connection, latest_run(connection, day))
    sql = (
        "SELECT t.id, json_array(t.kind, t.status, t.current_stage, t.triage, coalesce(t.is_key, 0), "
        f"coalesce(instr(t.tags, ?), 0) > 0, {judged('abc', 't.id')}, {judged('tier', 't.id')}, "
        "CASE WHEN t.status IN ('current', 'lost') THEN EXISTS "
        "(SELECT 1 FROM sales_order o WHERE o.customer_id = t.id AND o.ordered_on <= ?) ELSE 0 END) "
        f"FROM customer t WHERE {customers[0]} ORDER BY t.code"
    )
    tag = json.dumps(competitor, ensure_ascii=False)
    found: Any = connection.exec_driver_sql(sql, (tag, run, run, day.isoformat(), *customers[1])).cursor
    ids: list[int] = []
    places: list[int] = []
    texts: dict[str, int] = {}
    for number, text in found:
        ids.append(number)
        places.append(texts.setdefault(text, len(texts)))
    told = np.array([json.loads(text) for text in texts], dtype=object).reshape(-1, len(NOTED))
    at = np.array(places, dtype=np.int64)
    return {"id": np.array(ids, dtype=object), **{name: told[at, i] for i, name in enumerate(NOTED)}}


def bought(connection: Connection, day: date, ids: "NDArray[Any]") -> "dict[str, NDArray[Any]]":
    """What these customers ordered up to a day: the figures of `_bought`, 0 for those who did not."""
    import numpy as np

    found = [_bought(part, day) for part in ledger.parts(connection, day, ledger.KEPT)]
    sums = {name: np.concatenate([each[name] for each in found]) for name in found[0]}
    places = aligned(ids, {"id": sums["id"], "place": np.arange(1, len(sums["id"]) + 1)}, "place")
    return {name: np.append([0], values)[places] for name, values in sums.items()}


def _bought(orders: Ledger, day: date) -> "dict[str, NDArray[Any]]":
    """Figures of each customer (domain/status.py, Bought) and `id`; half-years and years end with the day.

    `first` and `last` are ordinals. A profit is not known as soon as one cost is not, or where nothing was sold.
    """
    half, year = first_day(day, 6), first_day(day, 12)
    half_before, year_before = first_day(half - timedelta(days=1), 6), first_day(year - timedelta(days=1), 12)
    half_year, last_half = _span(orders, half, day), _span(orders, half_before, half - timedelta(days=1))
    this_year, last_year = _span(orders, year, day), _span(orders, year_before, year - timedelta(days=1))
    mine = orders.only(~orders.back)
    every = mine.days > 0
    found = {
        "orders": mine.count(every),
        "days": mine.count(mine.new_days),
        "first": mine.first,
        "last": mine.last,
        "orders_year": mine.count(_span(mine, year, day)),
    }
    profit, profit_before = _profit(orders, this_year), _profit(orders, last_year)
    return {
        "id": orders.ids,
        **{name: aligned(orders.ids, {"id": mine.ids, name: values}, name) for name, values in found.items()},
        "sales": orders.total("amount", half_year),
        "sales_before": orders.total("amount", last_half),
        "profit": profit[0],
        "known": profit[1],
        "profit_before": profit_before[0],
        "known_before": profit_before[1],
    }


def _span(orders: Ledger, since: date, until: date) -> "NDArray[Any]":
    return orders.between(since.toordinal(), until.toordinal())


def _profit(orders: Ledger, which: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    many, known = orders.count(which), orders.count(which & orders.figure("profit")[1])
    return orders.total("profit", which), (many > 0) & (many == known)
