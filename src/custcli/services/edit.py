"""Changing fields of a record by hand, on the same way as an import: cleaned, checked, written, journaled (F012)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from custcli.domain.clean import ERROR, MASKED, WARNING, Cleaner
from custcli.domain.forms import MASKS, Field, Form
from custcli.domain.layout import Placed
from custcli.errors import RefusedError, UsageError
from custcli.grid import Column, Grid, Kind, yuan
from custcli.messages import Message, message
from custcli.services import writing
from custcli.services.delete import refuse_named
from custcli.services.history import FOR_SCRIPTS, Fields, changed, may_refer, ordered
from custcli.services.intake import pairs, whole
from custcli.services.keyed import Record, record, split
from custcli.services.meant import Spoken, spoken

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection, Database
    from custcli.db.log import Touch
    from custcli.db.staging import Stage
    from custcli.db.wishes import Wishes

EDITED = (
    Column("field", "Field", Kind.CODE),
    Column("label", "Label"),
    Column("before", "Before", masks={word: word for word in MASKS}),
    Column("after", "After", masks={word: word for word in MASKS}),
    Column("mask", "Masked as", wide=True),
)
EMPTY = b""
"""A staged value that empties its field (db/staging.py, CLEAR)."""


@dataclass(frozen=True)
class _Given:
    """Fields of one form with their cleaned values; `values` are in the order of the cleaner's paths."""

    form: Form
    cleaner: Cleaner
    values: list[object]


@dataclass
class _Done:
    """What an edit came to: the change, the fields it touched, the codes of customers that these refer to."""

    change: int | None = None
    touches: "Sequence[Touch]" = ()
    codes: Mapping[int, str] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)


def edit(ctx: "Context", words: Sequence[str], *, dry_run: bool = False) -> Grid:
    """Change fields of the record that CODE, or FORM and KEY name: what was changed, before and after.

    `words`: the record, then FIELD=VALUE; a blank value empties its field. UsageError (2): a field that is unknown, in
    doubt or named twice; RefusedError (4): a wrong value, or one that another record has; UnknownError (6): no record.
    """
    names, given = split(words)
    if not given:
        raise UsageError("say what is to be changed: {key} FIELD=VALUE", key=" ".join(names) or "CODE")
    database = ctx.reading()
    with database.reading() as connection:
        found = record(connection, ctx.forms, names)
        meant = spoken(connection, ctx.forms, found, pairs(given))
        number = found.form.number
        texts = [text for _, places in meant for where, text in places if number and where.field.name == number.name]
        if texts and not found.group and texts != [found.key]:
            refuse_named(connection, ctx.forms, found.form, found.key)
    edits = [_cleaned(ctx, form, places) for form, places in meant]
    write = _element if found.group else _record
    done = write(ctx, database, found, edits, dry_run=dry_run)
    return _answer(ctx, found, done)


# what is written


def _cleaned(ctx: "Context", form: Form, meant: Spoken) -> _Given:
    """The values as they are stored; EMPTY where a field is to be emptied. RefusedError: every value that is wrong."""
    cleaner = Cleaner(form, [where for where, _ in meant], today=ctx.today, day=ctx.day)
    values = cleaner.clean(0, [value for _, value in meant])
    wrong = [trouble for trouble in cleaner.troubles if trouble.level in {ERROR, MASKED}]
    if wrong:
        lines = "\n".join(f"{trouble.field.label}: {trouble.message}" for trouble in wrong)
        raise RefusedError("nothing was changed:\n{lines}", lines=lines)
    for i, (where, _) in enumerate(meant):
        if values[i] is None:
            _may_be_emptied(form, where.field)
            values[i] = EMPTY
            precision = f"{where.path}_precision"
            if precision in cleaner.paths:
                values[cleaner.paths.index(precision)] = EMPTY
    return _Given(form, cleaner, values)


def _may_be_emptied(form: Form, item: Field) -> None:
    """A record keeps what it needs and what it is told by; an assessment is followed by another, never emptied."""
    group = form.groups.get(item.group or "")
    needed = item.required or item.name == "code" or (item.default is not None and not form.dossier)
    needed = needed or (not form.dossier and any(item.name in names for names in form.any_of))
    if needed or (group and (group.history or (group.many and item.key in group.match))):
        raise RefusedError("nothing was changed: {field} cannot be blank", field=item.label)


def _record(ctx: "Context", database: "Database", found: Record, edits: Sequence[_Given], *, dry_run: bool) -> _Done:
    """Write by the way of an import, with the record already found."""
    from custcli.db.staging import Stage
    from custcli.domain.readers import fold

    done = _Done(notes=[note for each in edits for note in _warnings(each)])
    with database.staging() as connection:
        stages = []
        for each in edits:
            stage = Stage(connection, replace(each.form, set={}), fold)
            _fill(stage, each, found.row)
            stages.append(stage)

        def keep(outcome: writing.Outcome) -> bool:
            _refuse(outcome, edits)
            _collect(connection, found, done)
            return not dry_run

        wishes = {each.form.name: _wishes(ctx, each.form) for each in edits}
        outcome = writing.write(database, connection, stages, wishes, [], ctx.author, keep=keep)
    _refuse(outcome, edits)
    done.change = outcome.change
    return done


def _fill(stage: "Stage", given: _Given, row: int) -> None:
    """Stage the values as the record of this row; a reference that is emptied is not looked up."""
    from custcli.db import rows
    from custcli.db.staging import Filler, stage_column

    places = whole(given.form, given.cleaner.places, given.cleaner.paths)
    emptied = [i for i, where in enumerate(places) if where.field.type == "ref" and given.values[i] == EMPTY]
    filler = Filler(stage, 0, places)
    filler.add(0, [None if i in emptied else value for i, value in enumerate(given.values)])
    filler.flush()
    rows.adopt(stage, row, [stage_column(places[i].field) for i in emptied])


def _wishes(ctx: "Context", form: Form) -> "Wishes":
    from custcli.db.wishes import Wishes

    base = Wishes(
        clear=True, by_values=False, cards=False, makes_customers=False, day=ctx.day.isoformat(), match=form.match
    )
    return writing.wishes(form, ctx.settings, user=ctx.user, today=ctx.today.isoformat(), base=base)


def _refuse(outcome: writing.Outcome, edits: Sequence[_Given]) -> None:
    for each in edits:
        for reject in outcome.rejects.get(each.form.name, ()):
            label = each.form.fields[reject.field].label if reject.field else each.form.label
            raise RefusedError("nothing was changed: {field}: {reason}", field=label, reason=reject.reason)


def _collect(connection: "Connection", found: Record, done: _Done) -> None:
    """What the change just written touched; RefusedError where the customer now has another one's number."""
    from custcli.db import journal, keys, log

    change = journal.last(connection)
    if found.table == "customer":
        keys.put_in_force(connection, change, found.row)
    done.touches = [each for each in log.touches(connection, found.table, found.row) if each.change == change]
    done.codes = keys.codes(connection) if any(map(may_refer, done.touches)) else {}
    if found.table == "customer":
        _as_one(connection, found, done)
    if found.table in {"order_line", "sales_order"}:
        done.notes += _sums(connection, found)


def _as_one(connection: "Connection", found: Record, done: _Done) -> None:
    """Numbers that no two customers share; a name that another one bears is only told (decisions.md 5)."""
    from custcli.db import keys

    touched = {each.field for each in done.touches if each.table == "customer"}
    for name, codes in keys.same(connection, found.row, touched).items():
        label = found.form.fields[name].label
        if name != "name":
            said = "nothing was changed: {field}: customer {codes} has this number"
            raise RefusedError(said, field=label, codes=", ".join(codes))
        done.notes.append(message("another customer has this name: {codes}", codes=", ".join(codes)))
    if keys.refers_to_itself(connection, found.row):
        raise RefusedError("nothing was changed: a customer cannot refer to itself")


def _sums(connection: "Connection", found: Record) -> list[Message]:
    """That the amount of an order is not the sum of its lines."""
    from custcli.db import keys

    order = found.row if found.table == "sales_order" else keys.order_of(connection, found.row)
    amount, lines = keys.line_sums(connection, order)
    if amount is None or lines is None or amount == lines:
        return []
    return [
        message("the order's amount is {amount}, its lines come to {lines}", amount=yuan(amount), lines=yuan(lines))
    ]


def _element(ctx: "Context", database: "Database", found: Record, edits: Sequence[_Given], *, dry_run: bool) -> _Done:
    """Write the fields of one person or line."""
    from custcli.db import journal, rows

    done = _Done(notes=[note for each in edits for note in _warnings(each)])
    (given,) = edits
    with database.writing(keep=not dry_run) as connection:
        values = {_stored(each.field): None if value == EMPTY else value for each, value in _valued(given)}
        now = rows.present(connection, found.table, found.row, list(values)) or {}
        differing = {name: value for name, value in values.items() if value != now[name]}
        if differing:
            change = journal.open_change(connection, ctx.author.header())
            rows.rewrite(connection, change, found.table, found.row, differing, now)
            journal.close_change(connection, change, {"new": 0, "changed": 1, "unchanged": 0})
            _collect(connection, found, done)
            done.change = None if dry_run else change
    return done


def _valued(given: _Given) -> list[tuple[Placed, object]]:
    return list(zip(whole(given.form, given.cleaner.places, given.cleaner.paths), given.values, strict=True))


def _stored(item: Field) -> str:
    return item.stored or f"extra.{item.key}"


def _warnings(given: _Given) -> list[Message]:
    doubtful = [trouble for trouble in given.cleaner.troubles if trouble.level == WARNING]
    return [message("taken with a warning: {reason}", reason=f"{t.field.label}: {t.message}") for t in doubtful]


def _answer(ctx: "Context", found: Record, done: _Done) -> Grid:
    forms = ordered(ctx.forms, found)
    fields = Fields(forms, done.codes, people=ctx.format not in FOR_SCRIPTS)
    rows = changed(fields, [touch for touch in done.touches if touch.table != "contact_role"])
    if not rows:
        done.notes.insert(0, message("nothing differs: no change was made"))
    elif done.change:
        done.notes.append(message("change {change}: custcli undo {change} takes it back", change=done.change))
    summary = {"form": found.form.name, "key": found.key, "change": done.change, "fields": len(rows)}
    return Grid("edit", EDITED, rows, summary, notes=done.notes, mask_by=len(EDITED) - 1)
