"""What the customers of a segment have in common: values that occur in it oftener than among all (F130)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import Message, message, say
from custcli.services.composition import RECKONED, VERDICTS, Dimension, found_dimension, reckoned
from custcli.services.records import parsed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.records import Where
    from custcli.db.traits import Trait
    from custcli.domain.forms import Field

    Found = tuple[Dimension, Sequence[Trait]]

MOST_VALUES = 100
"""So many values of a field are told: those that most customers of the segment have."""
FEWEST = 2
"""So many customers of the segment make something common."""
GROUPING = {"choice", "choices", "list", "bool", "text", "ref"}
"""Types of fields whose values can be in common."""
ORDERED = {"choice", "bool", "text"}
"""The same of fields of orders."""
ALONE = {"code", "name", "parent", "note"}
"""Fields of which every customer has its own."""
BESIDE = {"order_no", "type", "status", "note", "lines.product_no"}
"""Fields of orders that say nothing of the customers, or what another field says."""


@dataclass(frozen=True)
class Asked:
    """The segment by its conditions; `fewest` customers of it must share a value."""

    where: Sequence[str]
    fewest: int = FEWEST
    limit: int | None = None


def common(ctx: "Context", asked: Asked) -> Grid:
    """Each value of each field with its share in the segment and among all, the largest difference first.

    Fields of orders are those of what the customers ordered up to the day. UsageError: no condition.
    """
    from custcli.db import traits
    from custcli.db.terms import of_customers

    if not asked.where:
        raise UsageError("say which customers: {example}", example="abc=A")
    with ctx.reading().reading() as connection:
        segment = of_customers(ctx.forms, parsed(asked.where), ctx.day)
        every, chosen = traits.how_many(connection, segment)
        found = [*_of_customers(ctx, connection, segment, asked.fewest)]
        found += _of_orders(ctx, connection, segment, asked.fewest)
    rows = [_row(dimension.column, trait, chosen, every) for dimension, told in found for trait in _most(told)]
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
        notes=_notes(found, chosen, left),
        sheet=message("In common"),
        count=len(shown),
    )


def _most(told: "Sequence[Trait]") -> "Sequence[Trait]":
    """Those that most customers of the segment have, of as many those that are rarer among all, then by value."""
    return sorted(told, key=lambda trait: (-trait.chosen, trait.customers, str(trait.value)))[:MOST_VALUES]


def _notes(found: "Sequence[Found]", chosen: int, left: int) -> list[Message]:
    more = message("… {count} more (--limit 0 shows all)", count=left)
    cut = [dimension for dimension, told in found if len(told) > MOST_VALUES]
    several = [dimension for dimension, told in found if sum(trait.chosen for trait in told) > chosen]
    fine = message(
        "Only the {count} values that most customers of the segment have: {fields}",
        count=MOST_VALUES,
        fields=_labels(cut),
    )
    again = message("A customer counts in each of its values of {field}.", field=_labels(several))
    nobody = message("No customer fits the conditions.")
    return [told for told, there in ((nobody, not chosen), (more, left), (fine, cut), (again, several)) if there]


def _labels(dimensions: Sequence[Dimension]) -> str:
    return say(", ").join(say(each.column.label) for each in dimensions)


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


def _row(column: Column, trait: "Trait", chosen: int, every: int) -> tuple[Fraction, list[object]]:
    own, whole = Fraction(trait.chosen, chosen), Fraction(trait.customers, every)
    label = column.labels.get(str(trait.value), str(trait.value))
    lift = int(own / whole * 100 + Fraction(1, 2)) * (SCALE // 100)
    told = [column.name, say(column.label), str(trait.value), say(label), trait.chosen]
    return own - whole, [*told, float(own), float(whole), float(own - whole), lift]


def _of_customers(ctx: "Context", connection: "Connection", segment: "Where", fewest: int) -> "Iterator[Found]":
    """Class, tier, age, what `status` reckons, and every field of a dossier that nobody's data is hidden in."""
    from custcli.db import composition as stored
    from custcli.db import traits

    for dimension in _dimensions(ctx, connection):
        if isinstance(dimension.axis, stored.CustomerAxis):
            yield dimension, traits.stated(connection, dimension.axis, segment, fewest)


def _dimensions(ctx: "Context", connection: "Connection") -> Iterator[Dimension]:
    yield from (found_dimension(ctx, connection, name) for name in (*VERDICTS, "age"))
    yield from reckoned(ctx, connection, [*RECKONED])
    seen: set[str] = set()
    for form in ctx.forms.values():
        for item in form.fields.values() if form.dossier else ():
            if _grouping(item) and "." not in item.name and item.name not in seen | ALONE:
                seen.add(item.name)
                try:
                    yield found_dimension(replace(ctx, reveal=False), connection, item.name)
                except UsageError:
                    continue


def _of_orders(ctx: "Context", connection: "Connection", segment: "Where", fewest: int) -> "Iterator[Found]":
    """What was bought, how, where, and by which campaign: the fields of orders and of their lines."""
    from custcli.db import traits
    from custcli.db.composition import OrderAxis
    from custcli.services.records import placed, shown_columns

    form = ctx.forms["orders"]
    names = [item.name for item in form.fields.values() if _grouping(item) and item.type in ORDERED]
    places = [placed(form, name) for name in names if name not in BESIDE]
    told = traits.ordered(connection, form, places, ctx.day, segment, fewest)
    columns = shown_columns(ctx.forms, form, places)
    for place, column, each in zip(places, columns, told, strict=True):
        yield Dimension(OrderAxis(place), column), each


def _grouping(item: "Field") -> bool:
    return item.type in GROUPING and not (item.derived or item.off or item.mask or item.check)
