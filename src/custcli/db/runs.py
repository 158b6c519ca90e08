"""Stored classifications: their verdicts are kept and compared with the next ones (R4.10, decisions.md 24)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from custcli.db import journal
from custcli.db import verdicts as packed
from custcli.db.figures import HOME
from custcli.db.journal import ChangeHeader
from custcli.db.verdicts import Packing, Verdicts, pack, said, unpack
from custcli.errors import DatabaseError
from custcli.messages import Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray


DAMAGED = "run {number} is damaged: put a backup back"


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
        "INSERT INTO run (id, change_id, metric, method, as_of, since, until, fingerprint, parameters, summary, "
        "verdicts) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
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
            pack(verdicts),
        ),
    )
    journal.close_change(connection, change, {"ranked": len(verdicts.ids), "run": number})
    return number


def judged(connection: Connection, number: int) -> tuple[str, Verdicts]:
    """The method of a run and what it said. DatabaseError: it is damaged."""
    method, blob = connection.exec_driver_sql("SELECT method, verdicts FROM run WHERE id = ?", (number,)).one()
    try:
        return method, unpack(blob or Packing().finalize())
    except ValueError as error:
        raise DatabaseError(DAMAGED, number=number) from error


def damages(connection: Connection) -> list[Message]:
    """The runs whose verdicts have lost a bit: their checksum says so, which no check of the database looks at."""
    rows = connection.exec_driver_sql("SELECT id, verdicts FROM run WHERE verdicts IS NOT NULL ORDER BY id")
    return [message(DAMAGED, number=number) for number, blob in rows if not packed.holds(blob)]


def dense(connection: Connection, number: int | None) -> bytes:
    """Class and tier of all customers by a ranking, for `verdicts.judged`; None: no run, no classes."""
    return packed.dense(judged(connection, number)[1] if number else None)


def words(connection: Connection, number: int, ids: "NDArray[Any]") -> list[tuple[Any, ...]]:
    """What a run said of these customers: the words of its method (verdicts.COLUMNS); nothing of those it has not."""
    method, found = judged(connection, number)
    told = {each[0]: each[3:] for each in said(method, _only(found, ids))}
    return [told.get(customer, ()) for customer in ids.tolist()]


def _only(found: Verdicts, ids: "NDArray[Any]") -> Verdicts:
    """Those of these customers."""
    import numpy as np

    return _at(found, np.flatnonzero(np.isin(found.ids, ids)))


def _at(found: Verdicts, places: "NDArray[Any]") -> Verdicts:
    return Verdicts(
        found.ids[places], found.ranks[places], found.amounts[places], [marks[places] for marks in found.marks]
    )


def previous(
    connection: Connection, fingerprint: str, day: date, verdicts: Callable[[], Verdicts]
) -> tuple[int, date] | None:
    """Number and day of the latest earlier run like the one with these verdicts, unless it was taken back.

    One of the same day that said the same is that very run, told before: a day asked again has the same rows
    (cli.md 1.4), and only what came before the first of them is earlier.
    """
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        "SELECT id, as_of, change_id FROM run WHERE fingerprint = ? AND as_of <= ? ORDER BY as_of, id",
        (fingerprint, day.isoformat()),
    )
    alike = [(row[0], date.fromisoformat(row[1])) for row in rows if row[2] not in gone]
    first = _same(connection, [number for number, on in alike if on == day], verdicts)
    earlier = [(number, on) for number, on in alike if on < day or first is None or number < first]
    return earlier[-1] if earlier else None


def _same(connection: Connection, numbers: Sequence[int], verdicts: Callable[[], Verdicts]) -> int | None:
    """The first of these runs that says the same."""
    if not numbers:
        return None
    marks = ", ".join("?" * len(numbers))
    sql = f"SELECT min(id) FROM run WHERE verdicts = ? AND id IN ({marks})"
    found: int | None = connection.exec_driver_sql(sql, (pack(verdicts()), *numbers)).scalar()
    return found


class Repeated(NamedTuple):
    """A stored run of the same day, its change, and of how many customers it said something else."""

    number: int
    change: int
    customers: int


def repeated(connection: Connection, run: Run, verdicts: Verdicts) -> Repeated | None:
    """The latest stored run of the same kind and days that was not taken back; None: there is none, or it is equal."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        "SELECT id, change_id FROM run WHERE fingerprint = ? AND as_of = ? AND since IS ? AND until = ? "
        "ORDER BY id DESC",
        (run.fingerprint, run.as_of.isoformat(), run.since and run.since.isoformat(), run.until.isoformat()),
    )
    for number, change in rows:
        if change not in gone:
            count = packed.differing(judged(connection, number)[1], verdicts)
            return Repeated(number, change, count) if count else None
    return None


def list_runs(connection: Connection) -> list[tuple[Any, ...]]:
    """Every stored run, the latest first.

    Run, change, at, user, metric, method, as_of, since, until, parameters, summary, command, whether it was taken back.
    """
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        'SELECT r.id, r.change_id, c.at, c."user", r.metric, r.method, r.as_of, r.since, r.until, r.parameters, '
        "r.summary, c.command FROM run r JOIN change c ON c.id = r.change_id ORDER BY r.id DESC"
    )
    return [(*row, row[1] in gone) for row in rows]


def gone(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The codes of those of these customers that were deleted or taken back, by the journal; erased ones have none."""
    marks = ", ".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        "SELECT row_id, json_extract(before, '$.code') FROM journal WHERE table_name = 'customer' "
        f"AND action = 'delete' AND before IS NOT NULL AND row_id IN ({marks})",
        tuple(ids),
    )
    return {row[0]: row[1] for row in rows}


# comparing


class Stored(NamedTuple):
    """A stored run that was not taken back; days as ISO text, `parameters` and `summary` JSON.

    `change`: the one that stored it.
    """

    number: int
    metric: str
    method: str
    as_of: str
    since: str | None
    until: str
    fingerprint: str
    parameters: str
    summary: str
    change: int = 0


def stored(connection: Connection, day: date) -> list[Stored]:
    """The runs up to the day that were not taken back, the oldest business day first."""
    gone = journal.undone(connection)
    rows = connection.exec_driver_sql(
        "SELECT id, metric, method, as_of, since, until, fingerprint, parameters, summary, change_id FROM run "
        "WHERE as_of <= ? ORDER BY as_of, id",
        (day.isoformat(),),
    )
    return [found for row in rows if (found := Stored(*row)).change not in gone]


Compared = tuple[int, tuple[int, int, str, str] | None, tuple[int, int, str, str] | None]
"""Customer id; rank, amount and two words (of `abc`: class and tier) in the one run and in the other, None: no rank."""
TOLD = {"abc": 2, "pyramid": 2, "rfm": 1, "matrix": 1}
"""So many of a method's words make a movement where they differ; two of them are shown."""


def counted(method: str, first: Verdicts, second: Verdicts) -> dict[Any, int]:
    """How many customers have which (first word before, after, second word before, after)."""
    counts: dict[Any, int] = {}
    for _, before, after in compared(method, first, second, every=True):
        then, now = before or (None,) * 4, after or (None,) * 4
        key = (then[2], now[2], then[3], now[3])
        counts[key] = counts.get(key, 0) + 1
    return counts


def compared(method: str, before: Verdicts, after: Verdicts, *, every: bool = False) -> Iterator[Compared]:
    """The customers whose words differ in two runs of one method, or all, by id within each kind of movement."""
    import numpy as np

    _, places, others = np.intersect1d(before.ids, after.ids, assume_unique=True, return_indices=True)
    if not every:
        pairs = [(a[places], b[others]) for a, b in zip(before.marks, after.marks, strict=True)][: TOLD[method]]
        differ = np.any([a != b for a, b in pairs], axis=0)
        places, others = places[differ], others[differ]
    for old, new in zip(said(method, _at(before, places)), said(method, _at(after, others)), strict=True):
        yield old[0], _told(old), _told(new)
    for each in said(method, _without(before, after.ids)):
        yield each[0], _told(each), None
    for each in said(method, _without(after, before.ids)):
        yield each[0], None, _told(each)


def _told(each: tuple[Any, ...]) -> tuple[int, int, str, str]:
    return each[1], each[2], str(each[3]), str(each[4])


def _without(found: Verdicts, ids: "NDArray[Any]") -> Verdicts:
    """Those that are none of these customers, by id."""
    import numpy as np

    places = np.flatnonzero(~np.isin(found.ids, ids))
    return _at(found, places[np.argsort(found.ids[places])])


def latest_class(connection: Connection, customer: int, day: date) -> tuple[str, str, str, str] | None:
    """(class, tier, metric, as-of day) by the latest stored run not taken back; None where that does not rank it."""
    import numpy as np

    run = latest_run(connection, day)
    judged = words(connection, run, np.array([customer]))[0] if run else ()
    if not judged:
        return None
    metric, as_of = connection.exec_driver_sql("SELECT metric, as_of FROM run WHERE id = ?", (run,)).one()
    return judged[0], judged[1], metric, as_of


def latest_run(connection: Connection, day: date) -> int | None:
    """The latest run up to a day that was not taken back, of those over all customers.

    The usual ones by value are taken before those inside groups, in a foreign currency or of another metric, which are
    looked up where there are no others.
    """
    found: int | None = connection.exec_driver_sql(LATEST_RUN, (day.isoformat(),)).scalar()
    return found


def _parameter(name: str) -> str:
    """SQL of a parameter of a run."""
    return f"json_extract(parameters, '$.{name}')"


LATEST_RUN = (
    "SELECT id FROM run WHERE as_of <= ? AND method IN ('abc', 'pyramid') "
    f"AND NOT coalesce({_parameter('filtered')}, 0) AND change_id NOT IN ({journal.UNDONE}) "
    f"ORDER BY metric <> 'value', {_parameter('within')} IS NOT NULL, "
    f"coalesce({_parameter('currency')}, '{HOME}') <> '{HOME}', as_of DESC, id DESC LIMIT 1"
)
"""SQL of latest_run, up to a bound day."""
