"""All of it for a file: every form with records, what no form covers, and the answers (cli.md 4, export all)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.domain.forms import HELD_UNTIL, Form, Group
from custcli.domain.layout import Placed
from custcli.domain.masking import mask
from custcli.domain.records import UNCOVERED
from custcli.domain.written import label
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind, Money
from custcli.messages import Message, message
from custcli.services.export import ANSWERS, Asked, form_grid, heading, knowing
from custcli.services.records import OPEN, keys_present, parsed, places, shown_columns
from custcli.services.shaped import shaped

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db.records import Where

ALL = "all"
_ONE_TABLE = {"csv", "tsv", "parquet"}
_ONE_DOCUMENT = {"json", "jsonl"}


def whole(ctx: "Context", asked: Asked) -> list[Grid]:
    """A grid for each form that has records, then classes, values and prospects; one document for json.

    `asked.terms` are conditions on the customers. Imported into an empty database it gives the same records again.
    """
    if asked.columns or asked.sort:
        raise UsageError("export all: --columns and --sort are of one table; name a form")
    if ctx.format in _ONE_TABLE and not ctx.into_folder:
        raise UsageError("export all: several tables need a workbook or a folder: -o FILE.xlsx, -o NAME/")
    ctx = knowing(ctx, asked)
    found = {grid.file: grid for grid in _records(ctx, asked)}
    found |= {grid.file: grid for grid in _answers(ctx, asked)}
    one = ctx.format in _ONE_DOCUMENT and not ctx.into_folder
    return [_document(ctx, found)] if one else list(found.values())


def _records(ctx: "Context", asked: Asked) -> Iterator[Grid]:
    from custcli.db.records import EVERY, through_customers
    from custcli.db.terms import of_customers

    terms = parsed(asked.terms)
    customers = of_customers(ctx.forms, terms, ctx.day) if terms else EVERY
    for form in (form for form in ctx.forms.values() if not form.of):
        theirs = through_customers(form, customers)
        if _some(ctx, form, theirs):
            yield form_grid(ctx, form, theirs, asked)
        if form.dossier and ctx.reveal and (roles := _roles(form)):
            grid = _ended(ctx, form, roles, theirs)
            yield from [grid] if grid.count else []
        if form.dossier and not form.set:
            yield from _beside(ctx, form, theirs, asked)


def _answers(ctx: "Context", asked: Asked) -> Iterator[Grid]:
    """Classes and values, of several currencies each by itself (decisions.md 3), and the prospects by grade."""
    from custcli.db import figures

    with ctx.reading().reading() as connection:
        occurring = figures.currencies(connection, "sales_order", None, ctx.day)
    several = occurring if len(occurring) > 1 and not asked.currency else []
    for name, answered in ANSWERS.items():
        if name == "prospects":
            yield replace(shaped(answered(ctx, asked), asked), file="prospects_by_grade")
        elif not several:
            yield replace(shaped(answered(ctx, asked), asked), file=name)
        for currency in several if name != "prospects" else ():
            grid = shaped(answered(ctx, replace(asked, currency=currency)), asked)
            sheet = message("{sheet} {currency}", sheet=grid.sheet, currency=currency)
            yield replace(grid, file=f"{name}_{currency}", sheet=sheet)


def _some(ctx: "Context", form: Form, where: "Where") -> bool:
    from custcli.db.records import count

    with ctx.reading().reading() as connection:
        return count(connection, form, where) > 0


def _beside(ctx: "Context", form: Form, where: "Where", asked: Asked) -> Iterator[Grid]:
    """Customers that no form covers, since they have neither a kind with one nor a card; and former assessments."""
    from custcli.db.records import own

    (carded, values), (sql, more) = own(form), where
    cards = {group.name for group in form.groups.values() if group.table and not (group.key or group.many)}
    fields = {name: item for name, item in form.fields.items() if item.group not in cards}
    fields[UNCOVERED] = replace(fields[UNCOVERED], derived=None)
    groups = {name: group for name, group in form.groups.items() if name not in cards}
    bare = replace(form, fields=fields, groups=groups)
    kinds = [other.set["kind"] for other in ctx.forms.values() if other.dossier and "kind" in other.set]
    others = f"(t.kind IS NULL OR t.kind NOT IN ({', '.join('?' * len(kinds))}))"
    uncovered = (f"{others} AND NOT ({carded}) AND {sql}", [*kinds, *values, *more])
    if _some(ctx, bare, uncovered):
        grid = form_grid(ctx, bare, uncovered, asked)
        yield _named(grid, message("Customers without a dossier"), f"{form.name}_uncovered")
    for group in form.groups.values():
        if group.history and group.key:
            grid = _former(ctx, form, group, where)
            yield from [grid] if grid.count else []


def _named(grid: Grid, title: Message, file: str) -> Grid:
    return replace(grid, title=title, file=file)


def _former(ctx: "Context", form: Form, group: Group, where: "Where") -> Grid:
    """The rows of a group that are not in force any more: a row for each customer and day, as import takes them."""
    from custcli.db.former import former

    with ctx.reading().reading() as connection:
        keys = keys_present(connection, form, where)
        every = places(form, {group.name: keys[group.name]})
        chosen = [each for each in every if each.field.name == "code" or each.field.group == group.name]
        rows = list(former(connection, form, group, chosen, where, ctx.day))
    columns = [replace(column, label=heading(form, each)) for column, each in _columns(ctx, form, chosen)]
    title = message("{form}: former assessments", form=message(form.label))
    grid = Grid("export", columns, rows, {"form": form.name}, ctx.day, title, records=True, count=len(rows))
    return replace(grid, file=f"{form.name}_former", sheet=message("Former assessments"))


def _roles(form: Form) -> list[str]:
    """The groups of persons of whom one alone holds the role, and another may follow: told apart by ID number."""
    return [str(item.group) for item in form.fields.values() if item.derived == HELD_UNTIL and item.group]


def _ended(ctx: "Context", form: Form, roles: Sequence[str], where: "Where") -> Grid:
    """Who held a role of a dossier before: a row for each, known again by ID number, so only where these are shown."""
    from custcli.db.former import ended
    from custcli.db.records import own

    known = {"code", *form.set}
    items = [item for item in form.fields.values() if item.name in known or (item.group in roles and item.taken)]
    chosen = [Placed(i, item.label, item, item.name) for i, item in enumerate(items)]
    (kept, values), (sql, more) = own(form), where
    with ctx.reading().reading() as connection:
        rows = list(ended(connection, form, chosen, (f"{kept} AND {sql}", [*values, *more])))
    said = [i for i in range(len(chosen)) if any(row[i] is not None for row in rows)]
    chosen, rows = [chosen[i] for i in said], [[row[i] for i in said] for row in rows]
    columns = [replace(column, label=label(form, each)) for column, each in _columns(ctx, form, chosen)]
    title = message("{form}: former holders of roles", form=message(form.label))
    grid = Grid("export", columns, rows, {"form": form.name}, ctx.day, title, records=True, count=len(rows))
    return replace(grid, file=f"{form.name}_roles", sheet=message("{form}, formerly", form=message(form.label)))


def _columns(ctx: "Context", form: Form, chosen: list[Placed]) -> Iterator[tuple[Column, Placed]]:
    return zip(shown_columns(ctx.forms, form, chosen), chosen, strict=True)


def _document(ctx: "Context", found: Mapping[str, Grid]) -> Grid:
    """All tables as rows of one: which table, and the record with its keys; masked here, value by value."""
    columns = [Column("form", "Form"), Column("record", "Record", masks={None: OPEN})]
    rows = ([name, record] for name, grid in found.items() for record in _as_objects(grid, reveal=ctx.reveal))
    shown = sum(grid.count or 0 for grid in found.values()) if ctx.reveal else None
    return Grid("export", columns, rows, as_of=ctx.day, count=shown)


def _as_objects(grid: Grid, *, reveal: bool) -> Iterator[dict[str, object]]:
    for row in grid.rows:
        kind = None if grid.mask_by is None else row[grid.mask_by]
        yield {
            column.name: _shown(column, value, None if reveal else kind, masked=not reveal)
            for column, value in zip(grid.columns, row, strict=True)
        }


def _shown(column: Column, value: object, kind: object, *, masked: bool) -> object:
    how = column.masks.get(kind if isinstance(kind, str) else None, column.masks.get(None, OPEN))
    if masked and value is not None and how not in {OPEN, ""}:
        return [mask(each, how) for each in value] if isinstance(value, list) else mask(value, how)
    return Money(value) if column.kind in {Kind.MONEY, Kind.DECIMAL} and isinstance(value, int) else value
