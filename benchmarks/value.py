"""The value of customers, by the formula and by BG/NBD with Gamma-Gamma."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from benchmarks.clock import Result, custcli, script

DAY, DAYS = date(2026, 6, 30), 730
READ = """
import sqlite3, sys
import numpy as np
connection = sqlite3.connect(sys.argv[1])
cursor = connection.execute(
    "SELECT customer_id, CAST(replace(ordered_on, '-', '') AS INTEGER), amount FROM sales_order "
    "WHERE status IN ('confirmed', 'shipped', 'done') AND type <> 'sample' ORDER BY customer_id, ordered_on"
)
rows = np.fromiter(cursor, dtype=[("id", np.int64), ("day", np.int64), ("amount", np.int64)])
starts = np.flatnonzero(np.diff(rows["id"], prepend=-1))
print(np.add.reduceat(rows["amount"], starts).sum(), rows["day"][starts].min())
"""


IMPORTS = "import numpy, scipy.optimize, scipy.special"
SECONDS = {100_000: 2.5, 1_000_000: 12}
"""What BG/NBD with Gamma-Gamma may cost, orders read and all, beyond the start-up and scipy's own import."""


def valuation(folder: Path, scale: float) -> list[Result]:
    """Ratios to reading each customer's orders into arrays and adding them up, and the seconds of the model."""
    found: list[Result] = []
    for full, most in SECONDS.items():
        customers, database = int(full * scale), folder / f"{full}.db"
        custcli(database, "init")
        with closing(sqlite3.connect(database)) as connection:
            buyers(connection, customers)
        asked = ["value", "--as-of", DAY, "--limit", "50", "--model"]
        cost = {model: custcli(database, *asked, model) for model in ("formula", "bgnbd")}
        seconds = cost["bgnbd"].seconds - script(IMPORTS).seconds
        found.append(Result(f"BG/NBD, Gamma-Gamma: {customers:,} customers", "CPU seconds", seconds, most))
    reference, goals = script(READ, database), {"formula": 4, "bgnbd": 6}
    return found + [
        Result(
            f"value of {customers:,} customers, {model}", "orders into arrays + sums",
            each.seconds / reference.seconds, goals[model], each.memory, 1_000,
        )
        for model, each in cost.items()
    ]  # fmt: skip


def buyers(connection: sqlite3.Connection, customers: int) -> None:
    """Customers who buy as the model tells it: at an own rate, until they drop out."""
    import numpy as np

    dice, end = np.random.default_rng(7), DAY.toordinal()
    first = end - dice.integers(1, DAYS, customers)
    rates, leaving = dice.gamma(0.6, 1 / 8.0, customers) / 7, dice.beta(0.8, 2.5, customers)
    spending = dice.gamma(3.7, 1 / 150.0, customers)
    who, time = np.arange(customers), first.astype(float)
    bought = [(who, time)]
    while len(who):
        time = time + dice.exponential(1 / np.maximum(rates[who], 1e-12))
        who, time = who[time <= end], time[time <= end]
        bought.append((who, time))
        stays = dice.random(len(who)) > leaving[who]
        who, time = who[stays], time[stays]
    numbers, days = (np.concatenate(each) for each in zip(*bought, strict=True))
    amounts = np.rint(dice.gamma(6.25, 1 / spending[numbers]) * 100).astype(np.int64) * 100 + 100
    names = {day: date.fromordinal(day).isoformat() for day in range(end - DAYS, end + 1)}
    connection.execute(
        "INSERT INTO change VALUES (1, '2026-01-01T00:00:00+00:00', 'b', 'b', 'data', '{}', NULL, NULL, 'x')"
    )
    connection.executemany(
        "INSERT INTO customer (id, made_by, extra, code, name, name_key, state) VALUES (?, 1, '{}', ?, ?, ?, 'active')",
        ((one + 1, f"K{one:07d}", f"n{one}", f"n{one}") for one in range(customers)),
    )
    rows = zip(numbers.tolist(), days.astype(int).tolist(), amounts.tolist(), strict=True)
    connection.executemany(
        "INSERT INTO sales_order (made_by, extra, customer_id, ordered_on, amount, type, status, currency) "
        "VALUES (1, '{}', ?, ?, ?, 'sale', 'done', 'CNY')",
        ((one + 1, names[day], amount) for one, day, amount in rows),
    )
    connection.commit()
