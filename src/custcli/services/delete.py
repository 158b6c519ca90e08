"""Deleting a record: a change like any other, which undo brings back whole (cli.md 4)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.errors import RefusedError
from custcli.grid import Column, Grid, Kind
from custcli.messages import message, say
from custcli.services.keyed import Record, record

if TYPE_CHECKING:
    from custcli.db import Author, Connection, Database

WHAT = {
    "customer": "customers",
    "contact": "persons",
    "contact_role": "roles of persons",
    "yearly_sales": "yearly figures",
    "prospect": "prospect cards",
    "man_letter": "MAN letters",
    "sales_order": "orders",
    "order_line": "order lines",
    "payment": "payments",
    "entry": "records of own forms",
    "reference": "references of other customers",
}
DELETED = (
    Column("form", "Form"),
    Column("key", "Record key", Kind.CODE),
    Column("what", "Deleted", Kind.TOKEN, labels=WHAT),
    Column("count", "Count", Kind.INTEGER),
    Column("change", "Change", Kind.INTEGER),
)


def delete(
    database: "Database",
    forms: Mapping[str, Form],
    words: Sequence[str],
    author: "Author",
    *,
    with_records: bool = False,
    dry_run: bool = False,
) -> Grid:
    """Delete the record that CODE, or FORM and KEY name, with its parts: how many rows of what went.

    Of a customer parts are persons, yearly figures, card and letters. `with_records`: also what depends on it.
    RefusedError: something does, and this was not asked for, or records of own forms name it by its number;
    UnknownError: no such record.
    """
    from custcli.db import journal, keys
    from custcli.db.rows import Removal

    with database.writing(keep=not dry_run) as connection:
        found = record(connection, forms, words)
        table, row = ("contact_role", found.role_row) if found.role_row else (found.table, found.row)
        if not found.group:
            refuse_named(connection, forms, found.form, found.key)
        removal = Removal(connection, table, row, keys.referring(forms))
        dependents = removal.dependents()
        if dependents and not with_records:
            raise _depended(found, dependents)
        change = journal.open_change(connection, author.header())
        counts = removal.remove(change, everything=with_records)
        journal.close_change(connection, change, {"deleted": sum(counts.values())})
    return _answer(found, counts, None if dry_run else change)


def refuse_named(connection: "Connection", forms: Mapping[str, Form], form: Form, number: str) -> None:
    """RefusedError where records of other forms name the record of this number: they would name nothing."""
    from custcli.db import keys

    named = keys.naming(connection, forms, form, number)
    if named:
        told = say(", ").join(f"{forms[name].label}: {count:,}" for name, count in named.items())
        raise RefusedError("nothing was changed: {key} is named by records of {forms}", key=number, forms=told)


def _depended(found: Record, dependents: Mapping[str, int]) -> RefusedError:
    told = say(", ").join(f"{say(WHAT.get(table, table))}: {count:,}" for table, count in dependents.items())
    said = "nothing was deleted: {key} is needed by {dependents}; --with-records deletes these too"
    return RefusedError(said, key=found.key, dependents=told)


def _answer(found: Record, counts: Mapping[str, int], change: int | None) -> Grid:
    rows = [
        [found.form.name, found.key, table, counts[table], change] for table in {**WHAT, **counts} if table in counts
    ]
    summary = {"change": change, "form": found.form.name, "key": found.key, "deleted": dict(counts)}
    undo = [message("change {change}: custcli undo {change} takes it back", change=change)] if change else []
    return Grid("delete", DELETED, rows, summary, notes=undo)
