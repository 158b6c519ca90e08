"""What show answers: a customer whole, or one record of a register, a person, a line (cli.md 4)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.domain.forms import Form, Group
from custcli.domain.layout import Placed
from custcli.domain.period import MONTHS, months_before
from custcli.domain.sparks import sparkline
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import say
from custcli.services.dossier import Dossier, Fact, Register, whole
from custcli.services.keyed import Record, record
from custcli.services.laid_out import grids
from custcli.services.records import answer, keys_present, places, shown_columns

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Database

WORTH = ("historic", "current", "potential", "lifetime")
"""What the dossier tells of a customer's value."""
FOR_SCRIPTS = {"json", "jsonl", "csv", "tsv"}


def show(ctx: "Context", words: Sequence[str]) -> list[Grid]:
    """What is known of the record that CODE, or FORM and KEY name: tables for people, one document for scripts.

    UnknownError: no such record.
    """
    database = ctx.reading()
    with database.reading() as connection:
        found = record(connection, ctx.forms, words)
    if found.table != "customer":
        return grids(_single(ctx, database, found), ctx.format)
    known = whole(database, ctx.forms, found.key, ctx.day, threshold=ctx.settings.prospects.threshold)
    known = _valued(ctx, known if ctx.format in FOR_SCRIPTS else _recent(ctx, known, found.row))
    known = _habitual(ctx, _giving(ctx, _shared(ctx, known, found.row), found.row), found.row)
    return grids(known, ctx.format)


def _shared(ctx: "Context", known: Dossier, customer: int) -> Dossier:
    """With what the customer needs in a year in all, where it is stated, and our share of it (F117)."""
    from custcli.services.roi import share_of_wallet

    told = share_of_wallet(ctx, customer)
    if told is None:
        return known
    facts = [
        Fact("trade", "needs.amount", say("Total need of a year"), told[0], Kind.MONEY),
        Fact("trade", "needs.share_of_wallet", say("Our share of it"), float(told[1]), Kind.SHARE),
    ]
    titles = known.titles if "trade" in known.titles else {**known.titles, "trade": "Orders and payments"}
    return replace(known, facts=[*known.facts, *facts], titles=titles)


def _giving(ctx: "Context", known: Dossier, customer: int) -> Dossier:
    """With what the customer gives beside money (F114)."""
    from custcli.services.non_money import SECTION, given

    facts = list(given(ctx, customer))
    titles = {**known.titles, SECTION: "Value beside money"} if facts else known.titles
    return replace(known, facts=[*known.facts, *facts], titles=titles)


def _habitual(ctx: "Context", known: Dossier, customer: int) -> Dossier:
    """With what the customer usually buys, how and when (F079, F080)."""
    from custcli.services.habits import habits

    facts = habits(ctx, customer, plain=ctx.format in FOR_SCRIPTS)
    titles = {**known.titles, "habits": "Habits of 24 months"} if facts else known.titles
    return replace(known, facts=[*known.facts, *facts], titles=titles)


def _recent(ctx: "Context", known: Dossier, customer: int) -> Dossier:
    """With the sales of the last twelve months as small bars, each currency by itself."""
    from custcli.db import months

    first = months_before(ctx.day.replace(day=1), MONTHS - 1)
    names = [f"{months_before(first, -later):%Y-%m}" for later in range(MONTHS)]
    sums: dict[str, dict[str, int]] = {}
    with ctx.reading().reading() as connection:
        for currency, month, amount in months.sales(connection, customer, first, ctx.day):
            sums.setdefault(currency, {})[month] = amount
    facts = [
        Fact(
            "trade",
            f"orders.{currency}.months",
            say("Sales by month, {currency}", currency=currency),
            f"{names[0]} {sparkline([own.get(name, 0) for name in names])} {names[-1]}",
        )
        for currency, own in sums.items()
    ]
    return replace(known, facts=[*known.facts, *facts])


def _valued(ctx: "Context", known: Dossier) -> Dossier:
    """With the customer's value in short; nothing of it where orders in several currencies forbid a sum."""
    from custcli.services.value import Asked, valuation

    with suppress(UsageError):
        grid = valuation(ctx, Asked(codes=(known.code,)))
        facts = [fact for row in grid.rows for fact in _worth(grid.columns, row)]
        titles = {**known.titles, "value": "Customer value"} if facts else known.titles
        return replace(known, facts=[*known.facts, *facts], titles=_value_behind(titles, "trade"))
    return known


def _value_behind(titles: Mapping[str, str], section: str) -> dict[str, str]:
    """The sections with that of the value behind another one, where there is one."""
    names = [name for name in titles if name != "value"]
    at = names.index(section) + 1 if section in names else min(1, len(names))
    names[at:at] = ["value"] if "value" in titles else []
    return {name: titles[name] for name in names}


def _worth(columns: Sequence[Column], row: Sequence[object]) -> Iterator[Fact]:
    for column, value in zip(columns, row, strict=True):
        if column.name in WORTH and value is not None:
            yield Fact("value", f"value.{column.name}", say(column.label), value, column.kind)


# one record of a register, a person, a line


def _single(ctx: "Context", database: "Database", found: Record) -> Dossier:
    """One record, as a dossier of one section and the lines that it has."""
    facts = list(_element(ctx, database, found) if found.group else _register(ctx, database, found))
    title = found.group.label if found.group else found.form.label
    lines = () if found.group else list(_lines(ctx, database, found))
    return Dossier(found.key, ctx.day, {found.form.name: str(title)}, facts, lines)


def _register(ctx: "Context", database: "Database", found: Record) -> Iterator[Fact]:
    form = found.form
    where = ("t.id = ?", [found.row])
    with database.reading() as connection:
        chosen = places(form, keys_present(connection, form, where))
    columns = shown_columns(ctx.forms, form, chosen)
    grid = answer(database, ctx.forms, form, chosen, columns, where=where, reveal=ctx.reveal)
    yield from (fact for row in grid.rows for fact in _facts(form, columns, row))


def _facts(form: Form, columns: Sequence[Column], row: Sequence[object]) -> Iterator[Fact]:
    for column, value in zip(columns, row, strict=False):
        if value is not None:
            how = column.masks.get(None)
            masked = None if how in {None, "none"} else how
            yield Fact(form.name, column.name, column.label, value, column.kind, masked, column.labels)


def _lines(ctx: "Context", database: "Database", found: Record) -> Iterator[Register]:
    """The elements of the groups of which a record has several, in a table of their own."""
    for group in found.form.groups.values():
        if group.table and group.many:
            columns, rows = _of_group(ctx, database, found.form, group, found.row)
            kept = [row for row in rows if any(value is not None for value in row)]
            if kept:
                yield Register(replace(found.form, name=group.name, zh=group.zh, en=group.en), columns, kept)


def _of_group(
    ctx: "Context", database: "Database", form: Form, group: Group, row: int
) -> tuple[Sequence[Column], list[list[object]]]:
    """Columns and rows of the elements of a group."""
    from custcli.db.records import select

    members = [item for item in form.of_group(group.name) if not (item.derived or item.off)]
    chosen = [Placed(number, item.label, item, item.name) for number, item in enumerate(members)]
    columns = shown_columns(ctx.forms, form, chosen)
    with database.reading() as connection:
        rows = list(select(connection, form, chosen, ("t.id = ?", [row])))
    return [replace(column, label=item.label) for column, item in zip(columns, members, strict=True)], rows


def _element(ctx: "Context", database: "Database", found: Record) -> Iterator[Fact]:
    """The fields of one person or line."""
    from custcli.db import keys

    assert found.group is not None  # noqa: S101 - asked of elements only
    with database.reading() as connection:
        owner = found.customer or keys.order_of(connection, found.row)
        at = found.element - 1 if found.customer else list(keys.lines(connection, owner)).index(found.element)
    columns, rows = _of_group(ctx, database, found.form, found.group, owner)
    yield Fact(found.form.name, "key", say("Record key"), found.key, Kind.CODE)
    yield from _facts(found.form, columns, rows[at])
