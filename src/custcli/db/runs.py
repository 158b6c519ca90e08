"""Stored classifications: a narrow table of verdicts, kept and compared with the next one (R4.10, decisions.md 24)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import journal, sqlite
from custcli.db.journal import ChangeHeader
from custcli.domain.classify import AbcClass, Tier

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 1 << 17
RANKS = 1 << 27
"""Ranks below it, and ids below 2**31, go into one number together with the three words."""
BASES = ("orders", "dossier")


@dataclass(frozen=True)
class Verdicts:
    """Arrays of the ranked customers, in the order of their ids.

    Amounts are ten-thousandths, or counts; `abc`, `tiers`, `bases` are places among AbcClass, Tier and BASES.
    """

    ids: "NDArray[Any]"
    ranks: "NDArray[Any]"
    amounts: "NDArray[Any]"
    abc: "NDArray[Any]"
    tiers: "NDArray[Any]"
    bases: "NDArray[Any]"


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


def save_run(connection: Connection, header: ChangeHeader, run: Run, verdicts: Verdicts) -> int:
    """Store a run as one change of kind `run`; its number."""
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
    _insert(connection, number, verdicts)
    journal.close_change(connection, change, {"ranked": len(verdicts.ids), "run": number})
    return number


def _insert(connection: Connection, number: int, verdicts: Verdicts) -> None:
    """Rows that the database makes from two lists of numbers cost half of rows handed to it (performance.md 3)."""
    if len(verdicts.ids) and (int(verdicts.ids[-1]) >= 2**31 or len(verdicts.ids) >= RANKS):
        raise OverflowError(len(verdicts.ids))
    words = (verdicts.bases << 4) | (verdicts.tiers << 2) | verdicts.abc
    packed = (verdicts.ids << 32) | (verdicts.ranks << 5) | words
    sql = (
        "INSERT INTO run_row (run_id, customer_id, rank, amount, abc, tier, basis) "
        f"SELECT {number}, first >> 32, first >> 5 & {RANKS - 1}, second, {_word('first & 3', AbcClass)}, "
        f"{_word('first >> 2 & 3', Tier)}, {_word('first >> 4 & 1', BASES)} FROM {sqlite.PAIRS}"
    )
    for start in range(0, len(packed), CHUNK):
        part = slice(start, start + CHUNK)
        sqlite.paired(connection, sql, packed[part].tolist(), verdicts.amounts[part].tolist())


def _word(place: str, words: Iterable[str]) -> str:
    """SQL of the word at a place."""
    return f"CASE {place} {' '.join(f'WHEN {n} THEN {sqlite.quoted(str(word))}' for n, word in enumerate(words))} END"


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


# comparing


class Stored(NamedTuple):
    """A stored run that was not taken back; days as ISO text, `parameters` and `summary` JSON."""

    number: int
    metric: str
    method: str
    as_of: str
    since: str | None
    until: str
    fingerprint: str
    parameters: str
    summary: str


def stored(connection: Connection, day: date) -> list[Stored]:
    """The runs up to the day that were not taken back, the oldest business day first."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        "SELECT change_id, id, metric, method, as_of, since, until, fingerprint, parameters, summary FROM run "
        "WHERE as_of <= ? ORDER BY as_of, id",
        (day.isoformat(),),
    )
    return [Stored(*row[1:]) for row in rows if row[0] not in gone]


_BOTH = "FROM run_row a JOIN run_row b ON b.run_id = :second AND b.customer_id = a.customer_id WHERE a.run_id = :first"
_ONE = (
    "FROM run_row {have} WHERE {have}.run_id = :{which} AND NOT EXISTS "
    "(SELECT 1 FROM run_row o WHERE o.run_id = :{other} AND o.customer_id = {have}.customer_id)"
)
_LEFT = _ONE.format(have="a", which="first", other="second")
_ENTERED = _ONE.format(have="b", which="second", other="first")

Compared = tuple[int, tuple[int, int, str, str] | None, tuple[int, int, str, str] | None]
"""Customer id; rank, amount, class, tier in the one run and in the other, None where it is not ranked."""


def counted(connection: Connection, first: int, second: int) -> dict[Any, int]:
    """How many customers have which (class before, class after, tier before, tier after)."""
    pairs = "a.abc, b.abc, a.tier, b.tier"
    rows = connection.exec_driver_sql(
        f"SELECT {pairs}, count(*) {_BOTH} GROUP BY {pairs} UNION ALL "
        f"SELECT a.abc, NULL, a.tier, NULL, count(*) {_LEFT} GROUP BY a.abc, a.tier UNION ALL "
        f"SELECT NULL, b.abc, NULL, b.tier, count(*) {_ENTERED} GROUP BY b.abc, b.tier",
        {"first": first, "second": second},
    )
    return {tuple(row[:4]): row[4] for row in rows}


def compared(connection: Connection, first: int, second: int, *, every: bool = False) -> Iterator[Compared]:
    """The customers whose class or tier differs in two runs, or all of them, by id within each kind of movement."""
    before, after = (f"{run}.rank, {run}.amount, {run}.abc, {run}.tier" for run in "ab")
    none = "NULL, NULL, NULL, NULL"
    differ = "" if every else " AND (a.abc <> b.abc OR a.tier <> b.tier)"
    rows = connection.exec_driver_sql(
        f"SELECT a.customer_id, {before}, {after} {_BOTH}{differ} UNION ALL "
        f"SELECT a.customer_id, {before}, {none} {_LEFT} UNION ALL SELECT b.customer_id, {none}, {after} {_ENTERED}",
        {"first": first, "second": second},
    )
    for row in rows:
        ranked = [None if part[0] is None else part for part in (tuple(row[1:5]), tuple(row[5:9]))]
        yield row[0], ranked[0], ranked[1]
