"""The journal for people: log, undo, check, and the note of a reveal (architecture.md 3.2)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from custcli.errors import DatabaseError, PartialError, RefusedError, UnknownError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message, say
from custcli.services.delete import WHAT

if TYPE_CHECKING:
    from custcli.db import Author, Database
    from custcli.db.undo import Kept
    from custcli.domain.forms import Form

KINDS = {"data": "data", "undo": "undo", "run": "stored run", "reveal": "reveal", "export": "export"}

LOG = (
    Column("change", "Change", Kind.INTEGER),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("kind", "Kind", Kind.TOKEN, labels=KINDS),
    Column("command", "Command"),
    Column("files", "Files"),
    Column("file_count", "Number of files", Kind.INTEGER, wide=True),
    Column("new", "New", Kind.INTEGER),
    Column("changed", "Changed", Kind.INTEGER),
    Column("undoes", "Undoes", Kind.INTEGER),
    Column("undone", "Taken back", Kind.FLAG),
    Column("reason", "Reason", wide=True),
    Column("counts", "Counts", wide=True),
)


def log(database: "Database", limit: int | None = None) -> Grid:
    """The changes, latest first: who, when, with which command, what came of it."""
    from custcli.db import journal
    from custcli.db import log as kept

    with database.reading() as connection:
        gone = journal.undone(connection)
        changes = kept.changes(connection, limit=limit)
    rows = [_logged(row, gone) for row in changes]
    spare = ("undoes", "undone", "user", "files", "kind")
    return Grid("log", LOG, rows, {"changes": len(rows)}, spare=spare)


def _logged(row: Sequence[Any], gone: set[int]) -> list[object]:
    number, at, user, command, kind, counts, undoes, reason, first, files = row
    told = json.loads(counts)
    return [
        number,
        datetime.fromisoformat(at),
        user,
        kind,
        command,
        say("{file} and {count} more", file=first, count=files - 1) if files > 1 else first,
        files,
        told.get("new"),
        told.get("changed"),
        undoes,
        number in gone,
        reason,
        counts,
    ]


READ = (
    Column("change", "Change", Kind.INTEGER),
    Column("file", "File"),
    Column("sheet", "Sheet"),
    Column("form", "Form"),
    Column("layout", "Layout", Kind.TOKEN, labels={"table": "table", "card": "card"}),
    Column("sha256", "SHA-256", wide=True),
)


def sources(database: "Database", number: int) -> Grid:
    """The sheets that a change read. UnknownError: no such change."""
    from custcli.db import log as kept

    with database.reading() as connection:
        if kept.change(connection, number) is None:
            raise UnknownError("no change {number}: custcli log lists them", number=number)
        rows = [[number, *row] for row in kept.sources(connection, number)]
    return Grid("log", READ, rows, {"change": number, "sheets": len(rows)})


UNDONE = (
    Column("change", "Change", Kind.INTEGER),
    Column("undoes", "Undoes", Kind.INTEGER),
    Column("restored", "Fields restored in rows", Kind.INTEGER),
    Column("removed", "Rows removed", Kind.INTEGER),
    Column("returned", "Rows returned", Kind.INTEGER),
    Column("kept", "Kept", Kind.INTEGER),
)


def undo(
    database: "Database", author: "Author", number: int | None, *, dry_run: bool = False
) -> tuple[Grid, list[Message]]:
    """Take a change back: the answer, and what was kept (exit 3 where anything was; see `conclude_undo`)."""
    from custcli.db import journal
    from custcli.db import log as logged
    from custcli.db import undo as back

    with database.writing(keep=not dry_run) as connection:
        target = number if number is not None else logged.last_data_change(connection)
        if target is None:
            raise RefusedError("there is no change to take back")
        _undoable(logged.change(connection, target), target, journal.undone(connection))
        change = journal.open_change(connection, author.header("undo", undoes=target))
        counts, kept = back.take_back(connection, target, change)
        journal.close_change(connection, change, counts)
        told = [message("kept: {what}", what=text) for text in _kept(connection, kept)]
        if kept and not any(counts.values()):
            lines = "\n".join(map(str, told))
            said = "nothing was taken back: all of it was changed since, or is needed:\n{lines}"
            raise RefusedError(said, lines=lines)
    row = [None if dry_run else change, target, counts["restored"], counts["removed"], counts["returned"], len(kept)]
    summary = {"change": row[0], "undoes": target, **counts, "kept": len(kept)}
    return Grid("undo", UNDONE, [row], summary), told


def _undoable(found: tuple[str, int | None] | None, number: int, gone: set[int]) -> None:
    if found is None:
        raise UnknownError("no change {number}: custcli log lists them", number=number)
    if found[0] in {"reveal", "export"}:
        raise RefusedError(
            "change {number} only notes that data was shown: there is nothing to take back", number=number
        )
    if number in gone:
        raise RefusedError("change {number} is taken back already", number=number)


def _kept(connection: Any, kept: Sequence["Kept"]) -> list[str]:
    """What was kept, by table and field, with the codes of the customers it belongs to."""
    from custcli.db.log import codes

    rows: dict[tuple[str, str], list[int]] = {}
    for each in kept:
        rows.setdefault((each.table, each.field or ""), []).append(each.row)
    told = []
    for (table, name), numbers in rows.items():
        of = ", ".join(codes(connection, table, numbers[:20]))
        what = " ".join(filter(None, [say(WHAT.get(table, table)), name.removeprefix("extra.")]))
        told.append(f"{what} × {len(numbers)}{f' ({of})' if of else ''}")
    return told


def conclude_undo(kept: Sequence[Message]) -> None:
    """End with exit 3 where the undo left something as it was."""
    if kept:
        lines = "\n".join(map(str, kept))
        raise PartialError("what was changed since, or is needed by later rows, stays as it is:\n{lines}", lines=lines)


class Revealing(Protocol):
    """A run that shows personal data whole."""

    reason: str | None
    author: "Author"

    def writing(self, *, noting: bool) -> "Database":
        """The database to note it in."""
        ...


def note_reveal(run: Revealing, rows: int, code: object = None) -> None:
    """Journal that personal data was shown whole, by whom, when and why, before it is shown (reliability.md D 19).

    `rows`: how many; `code`: of whom, where the answer is about one customer.
    """
    from custcli.db import journal

    with run.writing(noting=True).writing() as connection:
        change = journal.open_change(connection, run.author.header("reveal", reason=run.reason))
        journal.close_change(connection, change, {"rows": rows} | ({"code": code} if code else {}))


CHECKED = (
    Column(
        "check",
        "Check",
        Kind.TOKEN,
        labels={
            "integrity": "integrity",
            "chain": "chain of changes",
            "customer": "customers",
            "sales_order": "orders",
            "payment": "payments",
            "change": "changes",
            "undeclared": "data that no form declares any more",
        },
    ),
    Column("result", "Result"),
    Column("count", "Count", Kind.INTEGER, wide=True),
)


def check(database: "Database", forms: "Mapping[str, Form]") -> Grid:
    """Integrity, foreign keys and the chain of changes (short form); DatabaseError where something does not hold."""
    from custcli.db import journal, lookup, runs, snapshot, sqlite
    from custcli.db.database import kept_head

    head = kept_head(database.path) if database.path else None  # first: others may write while the chain is walked
    with database.reading() as connection:
        damages = sqlite.damages(connection)
        broken = (
            []
            if damages
            else [*journal.broken(connection, head), *lookup.broken(connection), *runs.damages(connection)]
        )
        counts = journal.counts(connection)
        lost = [] if damages else snapshot.undeclared(connection, forms)
    if damages or broken:
        raise DatabaseError("the database does not hold: {findings}", findings="; ".join(map(str, [*damages, *broken])))
    rows: list[list[object]] = [["integrity", "ok", None], ["chain", "ok", None]]
    rows += [[name, f"{count:,}", count] for name, count in counts.items()]
    rows += [["undeclared", f"{each.form.name} {each.field.name} × {each.count:,}", each.count] for each in lost]
    return Grid("check", CHECKED, rows, {"ok": True, **counts, "undeclared": len(lost)})
