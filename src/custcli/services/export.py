"""What goes out into files: forms as import knows them again, classes, values, prospects, all of it (cli.md 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli import messages
from custcli.domain.forms import Form
from custcli.domain.layout import Placed, place
from custcli.domain.layout.table import WHOLE_ORDER
from custcli.domain.layout.units import default_unit
from custcli.domain.masking import mask
from custcli.domain.readers import fold
from custcli.domain.terms import Term
from custcli.domain.written import label
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind, Money
from custcli.messages import message
from custcli.services.forms import forms_by_name
from custcli.services.records import OPEN, answer, keys_present, of_kind, parsed, places, shown_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from custcli.context import Context
    from custcli.db.records import Where

ALL = "all"
ONE_TABLE = {"csv", "tsv"}
ONE_DOCUMENT = {"json", "jsonl"}


def grids(ctx: "Context", what: str, where: Sequence[str] = (), currency: str | None = None) -> list[Grid]:
    """What is to be exported: a form by name or label, `classes`, `values`, `prospects`, or `all`.

    `where`: terms on the form's fields; for `all` on those of the customers. `currency`: that of classes and values,
    where there are several. UnknownError: no such form.
    """
    if what == ALL:
        return _all(ctx, where, currency)
    if what in ANSWERS:
        return [ANSWERS[what](ctx, where, currency)]
    form = of_kind(ctx.forms, fold(what)) or forms_by_name(ctx.forms, what)
    return [form_grid(ctx, form, _fitting(ctx, form, parsed(where)))]


def _fitting(ctx: "Context", form: Form, terms: Sequence[Term]) -> "Where":
    from custcli.db.terms import condition

    return condition(form, terms, ctx.day)


def form_grid(ctx: "Context", form: Form, where: "Where") -> Grid:
    """Every kept field of a form's records, headed so that import takes the file again (forms.md 5, case 50).

    One row a record; one row a line where any record has lines.
    """
    from custcli.db.records import count, has_elements

    database = ctx.reading()
    with database.reading() as connection:
        keys = keys_present(connection, form, where)
        lined = form.rows is not None and has_elements(connection, form, form.groups[form.rows])
        chosen = places(form, keys, [str(form.rows)] if lined else [])
        shown = count(connection, form, where, chosen) if ctx.reveal else None
    columns = [
        replace(column, label=heading(form, each, lined=lined))
        for column, each in zip(shown_columns(ctx.forms, form, chosen), chosen, strict=True)
    ]
    numbered = [_ordinal(form)] if lined else []
    more = [Column(each.path, each.heading, Kind.INTEGER) for each in numbered]
    if lined and ctx.format in ONE_TABLE:  # import takes a bare `amount` beside lines for the line's
        columns = [replace(each, name=each.label) if _clashes(form, each.name) else each for each in columns]
    grid = answer(
        database,
        ctx.forms,
        form,
        [*chosen, *numbered],
        [*columns, *more],
        where=where,
        day=ctx.day,
        reveal=ctx.reveal,
        fallbacks=False,
    )
    rows = _folded(grid.rows, form, chosen) if lined else grid.rows
    kept = [column for column in grid.columns if column not in more]
    if ctx.format not in ONE_DOCUMENT:
        kept, rows = _with_percent_signs(kept, rows)
    grid = replace(grid, command="export", columns=kept, rows=rows, as_of=ctx.day, count=shown)
    return replace(grid, summary={"form": form.name}, title=message(form.label))


def heading(form: Form, where: Placed, *, lined: bool = False) -> str:
    """The label with which import finds a field again; amounts that people write in 万元 say that these are 元."""
    text = named(form, where, lined=lined)
    if where.field.type == "money" and default_unit(where.field) != 1:
        text += "(元)" if messages.language() == "zh" else " (yuan)"
    return text


def named(form: Form, where: Placed, *, lined: bool = False) -> str:
    """The label with which import finds a field again, without a unit; its path where every label is in doubt."""
    text = _own_label(form, where) if lined else label(form, where)
    found = place(form, text)
    return text if isinstance(found, Placed) and found.path == where.path else where.path


def _own_label(form: Form, where: Placed) -> str:
    """Beside lines an amount of the whole order is called so, else it would be taken for the line's."""
    if not _clashes(form, where.path):
        return label(form, where)
    labels = (where.field.label, *where.field.also)
    whole = [text for text in labels if any(word in fold(text) for word in WHOLE_ORDER)]
    same_language = [text for text in whole if text.isascii() == (messages.language() == "en")]
    return next(iter([*same_language, *whole]), label(form, where))


def _clashes(form: Form, path: str) -> bool:
    """Whether the lines of a record have a field of the same name."""
    return f"{form.rows}.{path}" in form.fields


def _with_percent_signs(
    columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> tuple[list[Column], Iterator[list[object]]]:
    """Shares with their sign: a bare 0.13 is 13 % to one reader and 0.13 % to another."""
    shares = [i for i, column in enumerate(columns) if column.kind is Kind.SHARE]
    plain = [replace(column, kind=Kind.TEXT) if i in shares else column for i, column in enumerate(columns)]
    return plain, (_signed(list(row), shares) for row in rows)


def _signed(row: list[object], shares: Sequence[int]) -> list[object]:
    for i in shares:
        share = row[i]
        if isinstance(share, float):
            row[i] = f"{round(share * SCALE) / 100:.2f}".rstrip("0").rstrip(".") + "%"
    return row


def _ordinal(form: Form) -> Placed:
    """The order of the lines of a record, by which the first one is known."""
    group = form.groups[str(form.rows)]
    order = group.order or "id"
    first = form.of_group(group.name)[0]
    item = replace(first, name=f"{group.name}.{order}", type="int", column=order, store="column")
    return Placed(-1, order, item, item.name)


def _folded(rows: Iterable[Sequence[object]], form: Form, chosen: Sequence[Placed]) -> Iterator[list[object]]:
    """Lines of one record without a number: only the first one says what stands above, so that import folds them.

    The last cell of a row is the line's place in its record; it falls away.
    """
    from custcli.db.records import number_field

    number = next((i for i, each in enumerate(chosen) if each.field is number_field(form)), None)
    above = [i for i, each in enumerate(chosen) if each.field.group != form.rows]
    before: tuple[list[object], object] = ([], None)
    for row in rows:
        cells, ordinal = list(row[:-1]), row[-1]
        said = [cells[i] for i in above]
        follows = isinstance(before[1], int) and isinstance(ordinal, int) and ordinal > before[1]
        if follows and said == before[0] and (number is None or cells[number] is None):
            for i in above:
                cells[i] = None
        before = (said, ordinal)
        yield cells


# Answers of other commands, and all of it


def _classes(ctx: "Context", where: Sequence[str], currency: str | None) -> Grid:
    from custcli.services.classify import Asked, ranking

    return ranking(ctx, Asked(where=where, currency=currency, save=False))


def _values(ctx: "Context", where: Sequence[str], currency: str | None) -> Grid:
    from custcli.services.value import Asked, valuation

    return valuation(ctx, Asked(where=where, currency=currency))


def _prospects(ctx: "Context", where: Sequence[str], _currency: str | None) -> Grid:
    from custcli.services.prospects import Asked, listing

    return listing(ctx, Asked(where=where))


ANSWERS: "Mapping[str, Callable[[Context, Sequence[str], str | None], Grid]]" = {
    "classes": _classes,
    "values": _values,
    "prospects": _prospects,
}


def _all(ctx: "Context", where: Sequence[str], currency: str | None) -> list[Grid]:
    """A sheet for each form that has records, then classes, values and prospects; one document for json."""
    if ctx.format in ONE_TABLE:
        raise UsageError("export all: several tables need a workbook: -o FILE.xlsx")
    found = {form.name: grid for form, grid in _forms(ctx, where)}
    for name, answered in ANSWERS.items():
        found[f"{name}_by_grade" if name in found else name] = answered(ctx, where, currency)
    return [_document(ctx, found)] if ctx.format in ONE_DOCUMENT else list(found.values())


def _forms(ctx: "Context", where: Sequence[str]) -> Iterator[tuple[Form, Grid]]:
    from custcli.db.records import EVERY, count, through_customers
    from custcli.db.terms import of_customers

    terms = parsed(where)
    customers = of_customers(ctx.forms, terms, ctx.day) if terms else EVERY
    for form in ctx.forms.values():
        fitting = through_customers(form, customers)
        with ctx.reading().reading() as connection:
            some = count(connection, form, fitting)
        if some:
            yield form, form_grid(ctx, form, fitting)


def _document(ctx: "Context", found: Mapping[str, Grid]) -> Grid:
    """All tables as rows of one: which table, and the record with its keys; masked here, value by value."""
    columns = [Column("form", "Form"), Column("record", "Record", masks={None: OPEN})]
    rows = ([name, record] for name, grid in found.items() for record in _records(grid, reveal=ctx.reveal))
    shown = sum(grid.count or 0 for grid in found.values()) if ctx.reveal else None
    return Grid("export", columns, rows, as_of=ctx.day, count=shown)


def _records(grid: Grid, *, reveal: bool) -> Iterator[dict[str, object]]:
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
