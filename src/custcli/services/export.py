"""What goes out into files: a form as import knows it again, classes, values, prospects (cli.md 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from custcli import messages
from custcli.domain.forms import Form
from custcli.domain.layout import Placed, place
from custcli.domain.layout.table import WHOLE_ORDER
from custcli.domain.layout.units import default_unit
from custcli.domain.readers import fold
from custcli.domain.written import label
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import message
from custcli.services.forms import ever
from custcli.services.records import (
    answer,
    fitting,
    keys_present,
    more,
    ordinals,
    picked,
    places,
    shown_columns,
    sorting,
)
from custcli.services.records import asked as of_words
from custcli.services.shaped import shaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from custcli.context import Context
    from custcli.db.records import Where

TYPED = {"json", "jsonl", "parquet"}
"""Formats that keep a share as a number."""


@dataclass(frozen=True)
class Asked:
    """What is to go out, as the options of export say it.

    `what`: a form by name or label, `classes`, `values`, `prospects`, `all`, or the first of the `terms`. `terms` are
    conditions on the form's fields, else on those of the customers. `columns`, `sort`: fields as in list; `limit`: so
    many records, None or 0 is all. `all_fields`: those too that no form declares any more. `currency`: that of classes
    and values, where there are several.
    """

    what: str
    terms: Sequence[str] = ()
    columns: str | None = None
    sort: str | None = None
    limit: int | None = None
    all_fields: bool = False
    currency: str | None = None


def grids(ctx: "Context", asked: Asked) -> list[Grid]:
    """What is to be exported. UnknownError: no such form; UsageError: no such field, a condition that does not fit."""
    ctx = knowing(ctx, asked)
    if asked.what in ANSWERS:
        return [shaped(ANSWERS[asked.what](ctx, asked), asked)]
    form, terms = of_words(ctx.forms, [asked.what, *asked.terms])
    return [form_grid(ctx, form, fitting(ctx.forms, form, terms, ctx.day), asked)]


def knowing(ctx: "Context", asked: Asked) -> "Context":
    """The run; with `all_fields` it knows every field of which there is data, also one off or gone (forms.md 4)."""
    if not asked.all_fields:
        return ctx
    return ctx.knowing({name: _all_shown(form) for name, form in ever(ctx.reading(), ctx.forms).items()})


def _all_shown(form: Form) -> Form:
    return replace(form, fields={name: replace(item, off=False) for name, item in form.fields.items()})


def form_grid(ctx: "Context", form: Form, where: "Where", asked: Asked | None = None) -> Grid:
    """The records of a form, every kept field unless some are chosen, so that import takes the file again (case 50).

    One row a record; one row a line where any record has lines.
    """
    asked = asked or Asked(form.name)
    extent = _extent(ctx, form, where, asked)
    grid = _records(ctx, form, where, extent, asked)
    if ctx.format not in TYPED:
        columns, rows = _with_percent_signs(grid.columns, grid.rows)
        grid = replace(grid, columns=columns, rows=rows)
    left = max(extent.records - asked.limit, 0) if asked.limit else 0
    return replace(
        grid,
        command="export",
        as_of=ctx.day,
        count=None if extent.lined and left else extent.rows - left,
        summary={"form": form.name},
        title=message(form.label),
        notes=more(left),
        file=form.name,
    )


@dataclass(frozen=True)
class _Extent:
    """How far an export reaches: the fields chosen, whether each line is a row, how many records and rows."""

    chosen: Sequence[Placed]
    lined: bool
    records: int
    rows: int


def _extent(ctx: "Context", form: Form, where: "Where", asked: Asked) -> _Extent:
    from custcli.db.records import count, has_elements

    with ctx.reading().reading() as connection:
        keys = keys_present(connection, form, where) | ordinals(connection, form, where)
        lined = form.rows is not None and has_elements(connection, form, form.groups[form.rows])
        chosen = places(form, keys, [str(form.rows)] if lined else [])
        if asked.columns:
            chosen = picked(form, asked.columns)
            lined = lined and any(each.field.group == form.rows for each in chosen)
        records = count(connection, form, where)
        return _Extent(chosen, lined, records, count(connection, form, where, chosen))


def _records(ctx: "Context", form: Form, where: "Where", extent: _Extent, asked: Asked) -> Grid:
    """The chosen fields under labels that import knows; the lines of one record told as its own."""
    shown = zip(shown_columns(ctx.forms, form, extent.chosen), extent.chosen, strict=True)
    columns = [replace(column, label=heading(form, each, lined=extent.lined)) for column, each in shown]
    numbered = [_ordinal(form)] if extent.lined else []
    ordinal = [Column(each.path, each.heading, Kind.INTEGER) for each in numbered]
    grid = answer(
        ctx.reading(),
        ctx.forms,
        form,
        [*extent.chosen, *numbered],
        [*columns, *ordinal],
        where=where,
        sort=sorting(form, asked.sort),
        limit=None if extent.lined else asked.limit or None,
        day=ctx.day,
        reveal=ctx.reveal,
        fallbacks=False,
    )
    kept = [column for column in grid.columns if column not in ordinal]
    rows = _folded(grid.rows, form, extent.chosen, asked.limit) if extent.lined else grid.rows
    return replace(grid, columns=kept, rows=rows)


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
    """Beside lines an amount of the whole order is called so, since people take a bare one for the line's."""
    if f"{form.rows}.{where.path}" not in form.fields:
        return label(form, where)
    labels = (where.field.label, *where.field.also)
    whole = [text for text in labels if any(word in fold(text) for word in WHOLE_ORDER)]
    same_language = [text for text in whole if text.isascii() == (messages.language() == "en")]
    return next(iter([*same_language, *whole]), label(form, where))


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


def _folded(
    rows: Iterable[Sequence[object]], form: Form, chosen: Sequence[Placed], limit: int | None
) -> Iterator[list[object]]:
    """Lines of one record without a number: only the first one says what stands above, so that import folds them.

    The last cell of a row is the line's place in its record; it falls away. After `limit` records it ends.
    """
    number = next((i for i, each in enumerate(chosen) if each.field is form.number), None)
    above = [i for i, each in enumerate(chosen) if each.field.group != form.rows]
    before: tuple[list[object], object] = ([], None)
    records = 0
    for row in rows:
        cells, ordinal = list(row[:-1]), row[-1]
        said = [cells[i] for i in above]
        follows = isinstance(before[1], int) and isinstance(ordinal, int) and ordinal > before[1]
        same = follows and said == before[0]
        records += not same
        if limit and records > limit:
            return
        if same and (number is None or cells[number] is None):
            for i in above:
                cells[i] = None
        before = (said, ordinal)
        yield cells


# Answers of other commands


def _classes(ctx: "Context", asked: Asked) -> Grid:
    from custcli.services.classify import Asked as Wanted
    from custcli.services.classify import ranking

    return ranking(ctx, Wanted(where=asked.terms, currency=asked.currency, save=False))


def _values(ctx: "Context", asked: Asked) -> Grid:
    from custcli.services.value import Asked as Wanted
    from custcli.services.value import valuation

    return valuation(ctx, Wanted(where=asked.terms, currency=asked.currency))


def _prospects(ctx: "Context", asked: Asked) -> Grid:
    from custcli.services.prospects import Asked as Wanted
    from custcli.services.prospects import listing

    return listing(ctx, Wanted(where=asked.terms))


ANSWERS: "Mapping[str, Callable[[Context, Asked], Grid]]" = {
    "classes": _classes,
    "values": _values,
    "prospects": _prospects,
}
