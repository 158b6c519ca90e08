"""The records of a form counted by its fields: acceptances by product, contributions by customer (F106, F114)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custcli.errors import UsageError
from custcli.grid import Bars, Column, Grid, Kind
from custcli.messages import message
from custcli.services.names import coded
from custcli.services.records import asked, fitting, groupable, grouping, more, picked

if TYPE_CHECKING:
    from custcli.context import Context


def counted(ctx: "Context", words: Sequence[str], by: str, limit: int | None = None) -> Grid:
    """How many records of the form named first (else of all customers) that fit the terms have each value of fields.

    `by`: fields separated by commas. The values of the first field with most records come first, then those of the
    next; what is not stated comes last. UnknownError: no such form; UsageError: no such field, one that is not grouped.
    """
    from custcli.db import counted as stored
    from custcli.db.records import customer_column

    form, terms = asked(ctx.forms, words)
    fields = picked(form, by)
    if not fields:
        raise UsageError("--count-by: no field is named")
    for each in fields:
        groupable(ctx.forms, form, each, reveal=ctx.reveal)
    with ctx.reading().reading() as connection:
        fit = fitting(ctx.forms, form, terms, ctx.day, ctx.as_of)
        total, found = stored.counted(connection, form, fields, fit, ctx.day)
        groups = stored.counted(connection, form, fields[:1], fit, ctx.day)[1] if len(fields) > 1 else found
        columns = [grouping(ctx.forms, form, each) for each in fields]
        for at, each in enumerate(fields):
            if each.field.refers:
                columns[at] = coded(ctx, connection, columns[at], (row[at] for row in found))
    counts = {row[0]: row[1] for row in groups}
    rows = _rows(found, total, counts, len(fields), owned=bool(customer_column(form)))
    shown, title = rows[: limit or None], message("{form}: {count}", form=form.label, count=total)
    return Grid(
        command="list",
        columns=[*columns, *_figures(len(fields), owned=bool(customer_column(form)))],
        rows=shown,
        summary={"form": form.name, "records": total, "groups": len(rows)},
        as_of=ctx.day,
        title=title,
        notes=more(len(rows) - len(shown)),
        count=len(shown),
        chart=Bars(title, columns[0].name, "records") if len(fields) == 1 else None,
    )


def _figures(fields: int, *, owned: bool) -> list[Column]:
    return [
        Column("records", "Records", Kind.INTEGER),
        *([Column("customers", "Customers", Kind.INTEGER)] if owned else []),
        Column("share", "Share", Kind.SHARE, bar=True),
        *([Column("share_of_group", "Share of the group", Kind.SHARE)] if fields > 1 else []),
    ]


def _rows(
    found: Sequence[Sequence[Any]], total: int, groups: Mapping[object, int], fields: int, *, owned: bool
) -> list[list[object]]:
    """Rows in their order; the share of the group is that among the `groups` records with the same first value."""

    def order(row: Sequence[Any]) -> tuple[object, ...]:
        return row[0] is None, -groups[row[0]], str(row[0]), -row[fields], [(v is None, str(v)) for v in row[:fields]]

    rows: list[list[object]] = []
    for *values, records, customers in sorted(found, key=order):
        told = [*values, records, *([customers] if owned else []), records / total]
        rows.append([*told, records / groups[values[0]]] if fields > 1 else told)
    return rows
