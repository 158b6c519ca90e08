"""Which values how many customers have, of all and of a segment: of their own fields and of their orders (F130)."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import ledger, sqlite
from custcli.db.composition import TOGETHER, CustomerAxis, Facts, Words
from custcli.db.reach import Reach, table_group
from custcli.db.records import Where
from custcli.domain.forms import Form
from custcli.domain.layout import Placed

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Trait(NamedTuple):
    """A value, how many customers have it, and how many of them are of the segment."""

    value: Any
    customers: int
    chosen: int


def how_many(connection: Connection, segment: Where) -> tuple[int, int]:
    """How many customers there are, and how many of them fit."""
    every = connection.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
    fit = connection.exec_driver_sql(f"SELECT count(*) FROM customer t WHERE {segment[0]}", tuple(segment[1]))
    return int(every), int(fit.scalar_one())


def stated(connection: Connection, axis: CustomerAxis, segment: Where, fewest: int) -> list[Trait]:
    """The values of a dimension of customers that so many of the segment have, in no order."""
    sql = (
        f"SELECT d.v, count(DISTINCT d.customer), count(DISTINCT s.id) AS chosen FROM ({axis.question}) d LEFT JOIN "
        f"(SELECT t.id FROM customer t WHERE {segment[0]}) s ON s.id = d.customer WHERE d.v IS NOT NULL "
        "GROUP BY d.v HAVING chosen >= ?"
    )
    rows = connection.exec_driver_sql(sql, (*axis.values, *segment[1], fewest))
    return [Trait._make(row) for row in rows]


def ordered(
    connection: Connection, form: Form, places: Sequence[Placed], day: date, segment: Where, fewest: int
) -> list[list[Trait]]:
    """Of each field of orders or of their lines the values that so many of the segment ordered, in no order.

    Orders that count up to the day do, goods sent back do not; a customer counts once in a value (domain.md 1.13).
    """
    import numpy as np

    where, values = Facts("sales", None, day).where
    sql = f"SELECT t.id, t.customer_id AS who FROM sales_order t WHERE {where} AND t.type <> 'return' ORDER BY t.id"
    orders = sqlite.numbers(connection, sql, values, ["id", "who"])
    chosen = ledger.fitting(connection, segment)
    ids = ledger.fitting(connection, ("1 = 1", ()))
    whose, mine = np.searchsorted(ids, orders["who"]), np.isin(ids, chosen, assume_unique=True)
    told: dict[int, list[Trait]] = {}
    for of_lines in (False, True):
        some = [i for i, place in enumerate(places) if (table_group(form, place.field) is not None) == of_lines]
        words = [Words(count(1).__next__, {None: 0, "": 0}) for _ in some]
        owners, *numbers = _numbered(connection, form, [places[i] for i in some], words)
        at = np.searchsorted(orders["id"], owners)
        there = np.append(orders["id"], -1)[at] == owners
        who = whose[at[there]]
        for i, each, known in zip(some, numbers, words, strict=True):
            told[i] = _counted(who, each[there], known, mine, fewest)
    return [told[i] for i in range(len(places))]


def _numbered(
    connection: Connection, form: Form, places: Sequence[Placed], words: Sequence[Words]
) -> "list[NDArray[Any]]":
    """Of each order, or of each line where the fields are of lines: the order's id, and its values as numbers."""
    import numpy as np

    if not places:
        return [np.zeros(0, dtype=np.int64)]
    reach = Reach(form)
    columns = [reach.value(place) for place in places]
    alias = reach.alias(places[0])
    table, owner = ("sales_order", "id") if alias == "t" else ("order_line", "order_id")
    sql = f"SELECT {alias}.{owner}, {', '.join(columns)} FROM {table} {alias} WHERE {alias}.id BETWEEN ? AND ?"
    last = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").scalar_one()
    starts = range(0, last + 1, TOGETHER)
    parts = [sqlite.told(connection, sql, (at, at + TOGETHER - 1), 1, words) for at in starts]
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def _counted(
    who: "NDArray[Any]", numbers: "NDArray[Any]", words: Words, mine: "NDArray[Any]", fewest: int
) -> list[Trait]:
    """`mine`: of each customer, whether it is of the segment; number 0 is no value."""
    import numpy as np

    size = max(words.values(), default=0) + 1
    if not (numbers > 0).any():
        return []
    pairs = np.sort(who * size + numbers)
    have, value = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], size)
    customers, chosen = (np.bincount(each, minlength=size).tolist() for each in (value, value[mine[have]]))
    return [Trait(word, customers[at], chosen[at]) for word, at in words.items() if at and chosen[at] >= fewest]
