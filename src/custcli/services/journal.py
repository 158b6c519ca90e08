"""The journal for people: log, history, undo, check, and the note of a reveal (architecture.md 3.2)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from custcli.domain.forms import Field, Form
from custcli.errors import DatabaseError, PartialError, RefusedError, UnknownError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.db import Author, Database
    from custcli.db.log import Touch
    from custcli.db.undo import Kept

KINDS = {"data": "data", "undo": "undo", "run": "stored run", "reveal": "reveal", "export": "export"}

LOG = (
    Column("change", "Change", Kind.INTEGER),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("kind", "Kind", Kind.TOKEN, labels=KINDS),
    Column("command", "Command"),
    Column("files", "Files"),
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
    return Grid("log", LOG, rows, {"changes": len(rows)})


def _logged(row: Sequence[Any], gone: set[int]) -> list[object]:
    number, at, user, command, kind, counts, undoes, reason, files = row
    told = json.loads(counts)
    return [
        number,
        datetime.fromisoformat(at),
        user,
        kind,
        command,
        files,
        told.get("new"),
        told.get("changed"),
        undoes,
        number in gone,
        reason,
        counts,
    ]


HISTORY = (
    Column("field", "Field", Kind.CODE),
    Column("label", "Label"),
    Column("before", "Before"),
    Column("after", "After"),
    Column("present", "Present", Kind.FLAG),
    Column("at", "When", Kind.TIME),
    Column("user", "Who"),
    Column("change", "Change", Kind.INTEGER),
    Column("command", "Command"),
    Column("file", "File"),
    Column("sheet", "Sheet"),
    Column("cell", "Cell"),
    Column("mask", "Masked as", wide=True),
)


def history(database: "Database", forms: Mapping[str, Form], code: str, names: Sequence[str] = ()) -> Grid:
    """The former and present value of every field of a customer, with when, who, command, file, sheet and cell."""
    from custcli.db import log as kept

    with database.reading() as connection:
        customer = kept.customer_id(connection, code)
        if customer is None:
            raise UnknownError("no customer with the code {code}", code=code)
        touches = list(kept.touches(connection, customer))
        kind = kept.kind(connection, customer)
    fields = _fields(forms, kind)
    last = {(touch.table, touch.row, touch.field): touch for touch in touches}
    present = {id(touch) for touch in last.values()}
    rows = [_told(touch, fields, id(touch) in present) for touch in touches]
    wanted = [row for row in rows if not names or {row[0], row[1]} & set(names)]
    masks: dict[str | None, str] = {
        word: word for word in ("name", "phone", "id", "address", "date", "email", "account", "hide")
    }
    columns = [
        Column(c.name, c.label, c.kind, masks=masks, wide=c.wide) if c.name in {"before", "after"} else c
        for c in HISTORY
    ]
    return Grid("history", columns, wanted, {"code": code, "fields": len(last)}, mask_by=len(HISTORY) - 1)


def _fields(forms: Mapping[str, Form], kind: str | None) -> dict[tuple[str, str], Field]:
    """(table, stored name) → field; the form of the customer's kind decides where several declare one."""
    own = sorted(forms.values(), key=lambda form: form.set.get("kind") == kind)
    return {
        (_table(form, item), item.stored or f"extra.{item.key}"): item for form in own for item in form.fields.values()
    }


def _table(form: Form, item: Field) -> str:
    group = form.groups.get(item.group or "")
    return group.table if group and group.table else form.table


def _told(touch: "Touch", fields: Mapping[tuple[str, str], Field], present: bool) -> list[object]:  # noqa: FBT001
    item = fields.get((touch.table, touch.field))
    name = touch.field.removeprefix("extra.")
    path = name if touch.table in {"customer", "prospect"} else ".".join(filter(None, [touch.table, touch.key, name]))
    label = item.label if item else name
    mask = item.mask if item and item.mask not in {None, "none"} else ""
    values = [_shown(value, item) for value in (touch.before, touch.after)]
    return [
        path,
        label,
        *values,
        present,
        datetime.fromisoformat(touch.at),
        touch.user,
        touch.change,
        touch.command,
        touch.file,
        touch.sheet,
        touch.cell,
        mask,
    ]


def _shown(value: object, item: Field | None) -> str | None:
    """A stored value as text: amounts in yuan with all their decimals."""
    if value is None:
        return None
    if item and item.type in {"money", "decimal", "percent"} and isinstance(value, int):
        sign, whole, part = "-" if value < 0 else "", abs(value) // 10_000, abs(value) % 10_000
        return f"{sign}{whole}.{part:04d}".rstrip("0").rstrip(".")
    return str(value)


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
        what = ".".join(filter(None, [table, name.removeprefix("extra.")]))
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

    def writing(self) -> "Database":
        """The database to note it in."""
        ...


def note_reveal(run: Revealing) -> None:
    """Journal that personal data was shown whole, by whom, when and why, before it is shown (reliability.md D 19)."""
    from custcli.db import journal

    with run.writing().writing() as connection:
        change = journal.open_change(connection, run.author.header("reveal", reason=run.reason))
        journal.close_change(connection, change, {})


CHECKED = (
    Column(
        "check", "Check", Kind.TOKEN, labels={"integrity": "integrity", "chain": "chain of changes", "counts": "counts"}
    ),
    Column("result", "Result"),
)


def check(database: "Database") -> Grid:
    """Integrity, foreign keys and the chain of changes (short form); DatabaseError where something does not hold."""
    from custcli.db import journal, sqlite
    from custcli.db.database import kept_head

    head = kept_head(database.path) if database.path else None  # first: others may write while the chain is walked
    with database.reading() as connection:
        damages = sqlite.damages(connection)
        broken = [] if damages else journal.broken(connection, head)
        counts = journal.counts(connection)
    if damages or broken:
        raise DatabaseError("the database does not hold: {findings}", findings="; ".join(map(str, [*damages, *broken])))
    rows = [["integrity", "ok"], ["chain", "ok"], *([name, str(count)] for name, count in counts.items())]
    return Grid("check", CHECKED, rows, {"ok": True, **counts})
