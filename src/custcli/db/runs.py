"""Stored classifications: a narrow table of verdicts, kept and compared with the next one (R4.10, decisions.md 24)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from custcli.db import journal, sqlite
from custcli.db.journal import ChangeHeader

CHUNK = 50_000

Verdict = tuple[int, int, int, str, str, str]
"""Of one ranked customer: id, rank, amount (ten-thousandths, or a count), class, tier, basis."""


@dataclass(frozen=True)
class Run:
    """A classification as it is stored. `fingerprint` is equal where two runs can be compared.

    `parameters` and `summary` are JSON texts with amounts in ten-thousandths; they hold no personal values.
    """

    metric: str
    method: str
    as_of: date
    since: date | None
    until: date
    fingerprint: str
    parameters: str
    summary: str


def save_run(connection: Connection, header: ChangeHeader, run: Run, verdicts: Iterable[Verdict]) -> int:
    """Store a run as one change of kind `run`; its number. `verdicts` best in the order of customers' ids."""
    change = journal.open_change(connection, header)
    number = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM run").scalar_one())
    connection.exec_driver_sql(
        "INSERT INTO run (id, change_id, metric, method, as_of, since, until, fingerprint, parameters, summary) "
        "VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            number,
            change,
            run.metric,
            run.method,
            run.as_of.isoformat(),
            run.since.isoformat() if run.since else None,
            run.until.isoformat(),
            run.fingerprint,
            run.parameters,
            run.summary,
        ),
    )
    ranked = sum(_insert(connection, number, rows) for rows in _chunks(verdicts))
    journal.close_change(connection, change, {"ranked": ranked, "run": number})
    return number


def _insert(connection: Connection, number: int, rows: Sequence[Verdict]) -> int:
    sql = f"INSERT INTO run_row (run_id, customer_id, rank, amount, abc, tier, basis) VALUES ({number},?,?,?,?,?,?)"
    sqlite.many(connection, sql, rows)
    return len(rows)


def _chunks(verdicts: Iterable[Verdict]) -> Iterator[list[Verdict]]:
    rest = iter(verdicts)
    while rows := list(islice(rest, CHUNK)):
        yield rows


def previous(connection: Connection, fingerprint: str, day: date) -> tuple[int, date] | None:
    """Number and day of the latest run like this one up to the day, unless it was taken back."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        "SELECT id, as_of, change_id FROM run WHERE fingerprint = ? AND as_of <= ? ORDER BY as_of DESC, id DESC",
        (fingerprint, day.isoformat()),
    )
    return next(((row[0], date.fromisoformat(row[1])) for row in rows if row[2] not in gone), None)


def list_runs(connection: Connection) -> list[tuple[Any, ...]]:
    """Every stored run, the latest first.

    Run, change, at, user, metric, method, as_of, since, until, parameters, summary, whether it was taken back.
    """
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        'SELECT r.id, r.change_id, c.at, c."user", r.metric, r.method, r.as_of, r.since, r.until, r.parameters, '
        "r.summary FROM run r JOIN change c ON c.id = r.change_id ORDER BY r.id DESC"
    )
    return [(*row, row[1] in gone) for row in rows]
