"""What status, lifecycle and behaviour are read from: what is noted of each customer, and its orders (R2, R15, R16)."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from custcli.db import ledger, roi, runs
from custcli.db.figures import aligned, all_aligned
from custcli.db.records import Where
from custcli.db.verdicts import judged
from custcli.domain.forms import Form
from custcli.domain.ledger import Ledger
from custcli.domain.period import MONTHS, Period, first_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOTED = ("kind", "status", "stage", "band", "is_key", "competitor", "abc", "tier", "ordered")
"""The words and marks of `noted`, beside the `id`."""
FEW = 100
"""The orders of so many customers are looked up by themselves: those of all take longer to read."""


def noted(connection: Connection, day: date, customers: Where, competitor: str) -> "dict[str, NDArray[Any]]":
    """What is noted of the customers that fit, by code; `competitor` is the tag of those who buy from a rival too.

    `ordered`: of whom a status is noted that orders give, there is an order of whatever status up to the day. All that
    is noted of a customer comes as one text, since of many customers hardly any differ in it.
    """
    import numpy as np

    run = runs.dense(connection, runs.latest_run(connection, day))
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


def bought(connection: Connection, day: date, ids: "NDArray[Any]", costs: Form) -> "dict[str, NDArray[Any]]":
    """What these customers ordered up to a day: the figures of `_bought`, 0 for those who did not.

    Of both years `profit` is what is left after the `costs` put into them, `known` as soon as anything was sold or put
    in, but not where the cost of something sold is unknown (R23).
    """
    import numpy as np

    few = np.sort(ids).tolist() if len(ids) <= FEW else None
    found = [_bought(part, day) for part in ledger.parts(connection, day, ledger.KEPT, customers=few)]
    sums = {name: np.concatenate([each[name] for each in found]) for name in found[0]}
    places = aligned(ids, {"id": sums["id"], "place": np.arange(1, len(sums["id"]) + 1)}, "place")
    told = {name: np.append([0], values)[places] for name, values in sums.items()}
    for name, year in zip(("", "_before"), _years(day), strict=True):
        spent = roi.spent(connection, costs, year)
        put_in = aligned(ids, {"id": spent["customer_id"], "costs": spent["costs"]}, "costs")
        told[f"profit{name}"] -= put_in
        told[f"known{name}"] = (told[f"uncosted{name}"] == 0) & ((told[f"sold{name}"] > 0) | (put_in > 0))
    return told


def _years(day: date) -> tuple[Period, Period]:
    """The 12 months that end with the day, and the 12 before."""
    since = first_day(day, MONTHS)
    before = since - timedelta(days=1)
    return Period(since, day, ""), Period(first_day(before, MONTHS), before, "")


def _bought(orders: Ledger, day: date) -> "dict[str, NDArray[Any]]":
    """Figures of each customer (domain/status.py, Bought) and `id`; half-years and years end with the day.

    `first` and `last` are ordinals; `sold` counts the orders of a year, `uncosted` those whose profit is not known.
    """
    half = first_day(day, 6)
    half_before = first_day(half - timedelta(days=1), 6)
    half_year, last_half = _span(orders, half, day), _span(orders, half_before, half - timedelta(days=1))
    mine = orders.only(~orders.back)
    year, before = _years(day)
    found = {
        "orders": mine.count(mine.days > 0),
        "days": mine.count(mine.new_days),
        "first": mine.first,
        "last": mine.last,
        "orders_year": mine.count(_of(mine, year)),
    }
    profit, profit_before = _profit(orders, _of(orders, year)), _profit(orders, _of(orders, before))
    return {
        **all_aligned(orders.ids, {"id": mine.ids, **found}),
        "id": orders.ids,
        "sales": orders.total("amount", half_year),
        "sales_before": orders.total("amount", last_half),
        **profit,
        **{f"{name}_before": values for name, values in profit_before.items()},
    }


def _span(orders: Ledger, since: date, until: date) -> "NDArray[Any]":
    return orders.between(since.toordinal(), until.toordinal())


def _of(orders: Ledger, year: Period) -> "NDArray[Any]":
    return _span(orders, year.since or date.min, year.until)


def _profit(orders: Ledger, which: "NDArray[Any]") -> "dict[str, NDArray[Any]]":
    sold, known = orders.count(which), orders.count(which & orders.figure("profit")[1])
    return {"profit": orders.total("profit", which), "sold": sold, "uncosted": sold - known}
