"""The paper form of a dossier: empty, or filled with what is known of one customer (domain.md F017, F018)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.forms import MASKS, Field, Form, Group
from custcli.domain.layout import Placed
from custcli.domain.paper import Card
from custcli.domain.written import amount
from custcli.errors import UsageError
from custcli.grid import Column, Grid
from custcli.messages import message, say
from custcli.services.forms import forms_by_name
from custcli.services.records import OPEN, keys_present, masks, places
from custcli.services.template import check_ending
from custcli.services.template import keys as keys_to_state

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

CARD = "card"
"""What `export` calls the paper of one customer."""
MOST_YEARS = 5
"""So many years have a place on the paper, the latest ones."""
COPIES = (message("salesperson"), message("branch office"), message("marketing department"))
"""Who keeps a copy (domain.md F017)."""
ANY_MASK: Mapping[str | None, str] = {word: word for word in MASKS}
_COLUMNS = (Column("field", "Path"), Column("value", "Value", masks=ANY_MASK), Column("masked", "Masked as"))


def empty(forms: Mapping[str, Form], name: str, path: str, day: date) -> Card:
    """The empty paper of the form that is named, for the file `path`; years are the last ones before `day`.

    UnknownError: no such form; UsageError: the form is laid out as no paper, another ending than .xlsx.
    """
    check_ending(path)
    form = _laid_out(forms_by_name(forms, name))
    return Card(form, form.label, keys_to_state(form, day), Grid("template", _COLUMNS, []))


def named(words: Sequence[str] | None) -> str | None:
    """The code or name that stands behind `card`. UsageError: several."""
    if words and len(words) > 1:
        raise UsageError("a card is of one customer and goes to a workbook: custcli export card CODE -o FILE.xlsx")
    return words[0] if words else None


def filled(ctx: "Context", code: str | None, *, copies: bool = False) -> Card:
    """The paper of the customer of this code (or of the one that bears this name), with all that it has a place for.

    `copies`: three, each marked with who keeps it. UnknownError: no such customer; UsageError: none is named, or
    no workbook to write to.
    """
    if not code or not ctx.output:
        raise UsageError("a card is of one customer and goes to a workbook: custcli export card CODE -o FILE.xlsx")
    check_ending(ctx.output)
    from custcli.db.records import select
    from custcli.services import dossier, keyed

    with ctx.reading().reading() as connection:
        customer, found, kind = keyed.found(connection, code)
        where = ("t.id = ?", [customer])
        form = _laid_out(dossier.forms_of(connection, ctx.forms, customer, kind)[0])
        keys = _keys(form, ctx.day, keys_present(connection, form, where))
        every = places(form, keys)
        row = next(select(connection, form, every, where, day=ctx.day), [None] * len(every))
        stated = list(zip(every, row, strict=True))
        elements: dict[str, int] = {}
        for group in form.groups.values():
            if group.table and group.many:
                of_group = list(_elements(connection, form, group, customer))
                elements[group.name] = len(of_group)
                stated += [each for element in of_group for each in element]
    rows = [
        [where.path, _text(where.field, value), _hidden(ctx.forms, form, where.field, kind)]
        for where, value in stated
        if value is not None
    ]
    grid = Grid("export", _COLUMNS, rows, {"code": found}, ctx.day, mask_by=2)
    return Card(form, found, keys, grid, elements, COPIES if copies else ())


def _laid_out(form: Form) -> Form:
    if not form.card:
        raise UsageError("{form} has no paper form: its file says no [card] rows", form=form.label)
    return form


def _keys(form: Form, day: date, present: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The keys that have a place: those of lists; the years stated, filled up with the last ones before `day`."""
    wanted = keys_to_state(form, day)
    for name, stated in present.items():
        if form.groups[name].keys == "year":
            fill = [year for year in reversed(wanted[name]) if year not in stated]
            missing = max(len(wanted[name]) - len(stated), 0)
            wanted[name] = sorted([*stated, *fill[:missing]])[-MOST_YEARS:]
    return wanted


def _elements(
    connection: "Connection", form: Form, group: Group, customer: int
) -> Iterator[list[tuple[Placed, object]]]:
    """The elements of a group of which a record has several, each with its ordinal in the paths: people.1.name."""
    from custcli.db.records import select

    members = [item for item in form.of_group(group.name) if not (item.derived or item.off)]
    asked = [Placed(index, item.label, item, item.name) for index, item in enumerate(members)]
    rows = (row for row in select(connection, form, asked, ("t.id = ?", [customer])) if any(v is not None for v in row))
    for number, row in enumerate(rows, 1):
        paths = (f"{group.name}.{number}.{item.key}" for item in members)
        yield [(Placed(0, "", item, path), value) for item, path, value in zip(members, paths, row, strict=True)]


def _hidden(forms: Mapping[str, Form], form: Form, item: Field, kind: str | None) -> str | None:
    by_kind = masks(forms, form, item)
    how = by_kind.get(kind, by_kind.get(None))
    return None if how == OPEN else how


def _text(item: Field, value: object) -> str | list[str]:
    """A value as people write it on paper; words stay words, of which the paper makes boxes or labels."""
    if isinstance(value, list):
        return list(map(str, value))
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, float):
        return f"{round(value * 1_000_000) / 10_000:f}".rstrip("0").rstrip(".") + "%"
    if isinstance(value, int) and item.type in {"money", "decimal"}:
        return amount(item, value)
    return value.isoformat() if isinstance(value, date) else str(value)
