"""One record by hand, on the same way as an import: cleaned, matched, written, journaled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.clean import ERROR, WARNING, Cleaner
from custcli.domain.forms import Field, Form
from custcli.domain.layout import Placed, place
from custcli.errors import RefusedError, UnknownError, UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services import writing
from custcli.services.forms import versions
from custcli.services.intake import pairs
from custcli.services.keyed import found
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Author, Database

ADDED = (
    Column("form", "Form"),
    Column("key", "Record key", Kind.CODE),
    Column("change", "Change", Kind.INTEGER),
)


def placed(form: Form, given: Sequence[str]) -> list[tuple[Placed, str]]:
    """FIELD=VALUE texts with the places they mean; UsageError for a field that is unknown, in doubt or given twice."""
    found: dict[str, tuple[Placed, str]] = {}
    for name, value in pairs(given):
        where = place(form, name, 0)
        if isinstance(where, Message):
            raise UsageError("{reason}", reason=where)
        if where.path in found and found[where.path][1].strip():
            raise UsageError("{field} is given twice", field=name)
        found[where.path] = (where, value)
    return [(replace(where, index=index), value) for index, (where, value) in enumerate(found.values())]


def lacking(form: Form, given: Sequence[str]) -> list[tuple[Field, ...]]:
    """The required fields that are not given and have no default, each alone; and alternatives: one will do.

    In the order of the form.
    """
    stated = {where.path for where, value in placed(form, given) if value.strip()}
    required = [item for item in form.of_group(None) if item.required and not (item.default or item.default_rule)]
    named = {form.fields[path].kept for path in stated if path in form.fields and form.fields[path].type == "ref"}
    wanted = [item for item in required if item.name not in stated and not (item.type == "ref" and item.kept in named)]
    either = [tuple(form.fields[name] for name in names) for names in form.any_of if not stated & set(names)]
    order = list(form.fields)
    return sorted([(item,) for item in wanted] + either, key=lambda fields: order.index(fields[0].name))


def questions(ctx: "Context", form: Form, given: Sequence[str]) -> list[tuple[Field, ...]]:
    """What is lacking beside what is given. RefusedError: a value that is given is wrong, so nothing is asked."""
    _refuse(_cleaned(form, placed(form, given), today=ctx.today, day=ctx.day)[0])
    return lacking(form, given)


def doubt(ctx: "Context", form: Form, answer: str) -> Message | None:
    """Why a FIELD=VALUE cannot be taken, as far as it can be told by itself: how it is written, an unknown customer."""
    [(where, value)] = placed(form, [answer])
    cleaner, _ = _cleaned(form, [(where, value)], today=ctx.today, day=ctx.day)
    wrong = [trouble.message for trouble in cleaner.troubles if trouble.level == ERROR]
    if wrong or where.field.type != "ref":
        return next(iter(wrong), None)
    try:
        with ctx.trying().reading() as connection:
            found(connection, value.strip())
    except UnknownError as unknown:
        return unknown.message
    return None


def _cleaned(
    form: Form, places: Sequence[tuple[Placed, str]], *, today: date, day: date
) -> tuple[Cleaner, list[object]]:
    cleaner = Cleaner(form, [where for where, _ in places], today=today, day=day)
    return cleaner, cleaner.clean(0, [value for _, value in places])


def _refuse(cleaner: Cleaner) -> None:
    wrong = [trouble for trouble in cleaner.troubles if trouble.level == ERROR]
    if wrong:
        lines = "\n".join(f"{trouble.field.label}: {trouble.message}" for trouble in wrong)
        raise RefusedError("nothing was added:\n{lines}", lines=lines)


def add(
    database: "Database",
    form: Form,
    given: Sequence[str],
    settings: Settings,
    author: "Author",
    *,
    today: date,
    day: date,
) -> Grid:
    """Add one record: its key and the change.

    UsageError (2) where a required field is missing, RefusedError (4) where a value is wrong or the record exists.
    """
    missing = lacking(form, given)
    if missing:
        labels = ", ".join(" / ".join(item.label for item in either) for either in missing)
        raise UsageError("{form}: required and not given: {fields}", form=form.label, fields=labels)
    places = placed(form, given)
    cleaner, values = _cleaned(form, places, today=today, day=day)
    _refuse(cleaner)
    answer = _written(database, form, cleaner, places, values, settings, author, today=today, day=day)
    doubtful = [trouble for trouble in cleaner.troubles if trouble.level == WARNING]
    said = [message("taken with a warning: {reason}", reason=f"{t.field.label}: {t.message}") for t in doubtful]
    return replace(answer, notes=[*said, *answer.notes])


def _written(  # noqa: PLR0913
    database: "Database",
    form: Form,
    cleaner: Cleaner,
    places: Sequence[tuple[Placed, str]],
    values: list[object],
    settings: Settings,
    author: "Author",
    *,
    today: date,
    day: date,
) -> Grid:
    from custcli.db.staging import Filler, Stage
    from custcli.db.wishes import Wishes
    from custcli.domain.readers import fold
    from custcli.services.intake import whole

    base = Wishes(on_existing="fail", by_values=False, makes_customers=False, day=day.isoformat())
    wishes: Mapping[str, Wishes] = {
        form.name: writing.wishes(form, settings, user=author.user, today=today.isoformat(), base=base)
    }
    with database.staging() as connection:
        stage = Stage(connection, form, fold)
        filler = Filler(stage, 0, whole(form, [where for where, _ in places], cleaner.paths))
        filler.add(0, values)
        filler.flush()
        outcome = writing.write(
            database, connection, [stage], wishes, [], author, keep=lambda outcome: not outcome.rejects[form.name]
        )
        key = stage.key()
    for reject in outcome.rejects[form.name]:
        label = form.fields[reject.field].label if reject.field else form.label
        raise RefusedError("nothing was added: {field}: {reason}", field=label, reason=reject.reason)
    notes = outcome.notes + versions({form.name: form}, outcome.before)
    return Grid("add", ADDED, [[form.name, key, outcome.change]], {"change": outcome.change}, notes=notes)
