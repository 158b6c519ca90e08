"""What the customers of a segment have in common: values that occur in it oftener than among all (F130)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import Message, message, say
from custcli.services.composition import VERDICTS, Dimension, found_dimension
from custcli.services.records import parsed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

MOST_VALUES = 100
"""A field with more values divides customers too finely to say what they have in common."""
FEWEST = 2
"""So many customers of the segment make something common."""
GROUPING = {"choice", "choices", "list", "bool", "text", "ref"}
"""Types of fields whose values can be in common."""
ALONE = {"code", "name", "parent", "note"}
"""Fields of which every customer has its own."""


@dataclass(frozen=True)
class Asked:
    """The segment by its conditions; `fewest` customers of it must share a value."""

    where: Sequence[str]
    fewest: int = FEWEST
    limit: int | None = None


def common(ctx: "Context", asked: Asked) -> Grid:
    """Each value of each field with its share in the segment and among all, the largest difference first.

    UsageError: no condition.
    """
    from custcli.db import composition as stored
    from custcli.db.terms import of_customers

    if not asked.where:
        raise UsageError("say which customers: {example}", example="abc=A")
    rows: list[tuple[Fraction, list[object]]] = []
    fine: list[str] = []
    with ctx.reading().reading() as connection:
        segment = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        every, chosen = stored.how_many(connection, segment)
        for dimension in _dimensions(ctx, connection):
            if isinstance(dimension.axis, stored.CustomerAxis):
                counts = stored.spread(connection, dimension.axis, segment, MOST_VALUES)
                fine += [dimension.column.label] if counts is None else []
                rows += [
                    _row(dimension.column, value, (some, chosen), (many, every))
                    for value, many, some in counts or ()
                    if some >= asked.fewest
                ]
    rows.sort(key=lambda row: (-row[0], str(row[1][0]), str(row[1][2])))
    shown = [row for _, row in (rows[: asked.limit] if asked.limit else rows)]
    left = len(rows) - len(shown)
    return Grid(
        command="common",
        columns=COLUMNS,
        rows=shown,
        summary={"customers": every, "segment": chosen, "values": len(rows)},
        as_of=ctx.day,
        title=message("What {count} of {every} customers have in common", count=chosen, every=every),
        notes=[*([message("… {count} more (--limit 0 shows all)", count=left)] if left else []), *_left_out(fine)],
        sheet=message("In common"),
        count=len(shown),
    )


def _left_out(labels: Sequence[str]) -> list[Message]:
    if not labels:
        return []
    names = say(", ").join(say(label) for label in labels)
    return [message("Left out, with more than {count} values: {fields}", count=MOST_VALUES, fields=names)]


COLUMNS = (
    Column("field", "Field", Kind.CODE, wide=True),
    Column("label", "Field"),
    Column("value", "Value", Kind.CODE, wide=True),
    Column("word", "Value"),
    Column("customers", "Customers", Kind.INTEGER),
    Column("share", "Share in the segment", Kind.SHARE, bar=True),
    Column("share_of_all", "Share of all", Kind.SHARE),
    Column("difference", "Difference of shares", Kind.SHARE),
    Column("lift", "Times as often", Kind.DECIMAL),
)


def _row(column: Column, value: object, some: tuple[int, int], many: tuple[int, int]) -> tuple[Fraction, list[object]]:
    own, whole = Fraction(*some), Fraction(*many)
    label = column.labels.get(str(value), str(value))
    lift = int(own / whole * 100 + Fraction(1, 2)) * (SCALE // 100)
    told = [column.name, say(column.label), str(value), say(label), some[0]]
    return own - whole, [*told, float(own), float(whole), float(own - whole), lift]


def _dimensions(ctx: "Context", connection: "Connection") -> Iterator[Dimension]:
    """Class, tier, age, and every field of a dossier that nobody's data is hidden in."""
    seen: set[str] = set()
    for name in (*VERDICTS, "age"):
        yield found_dimension(ctx, connection, name)
    hiding = replace(ctx, reveal=False)
    for form in ctx.forms.values():
        for item in form.fields.values() if form.dossier else ():
            plain = item.type in GROUPING and not (item.derived or item.off or item.mask or item.check)
            if plain and "." not in item.name and item.name not in seen | ALONE:
                seen.add(item.name)
                try:
                    yield found_dimension(hiding, connection, item.name)
                except UsageError:
                    continue
