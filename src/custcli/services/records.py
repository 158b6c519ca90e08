"""The records of a form as an answer: which fields, in which columns, hidden from whom (cli.md 4, forms.md 1.2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain import terms as language
from custcli.domain.forms import Field, Form, Group
from custcli.domain.layout import Placed, place
from custcli.domain.layout.labels import several
from custcli.domain.masking import mask
from custcli.domain.readers import Refused, fold
from custcli.domain.written import label
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services import bands, names

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection, Database
    from custcli.db.records import Sort, Where

KINDS: Mapping[str, Kind] = {
    "int": Kind.INTEGER, "decimal": Kind.DECIMAL, "money": Kind.MONEY, "percent": Kind.SHARE, "date": Kind.DATE,
    "bool": Kind.FLAG, "choice": Kind.TOKEN, "choices": Kind.LIST, "list": Kind.LIST, "ref": Kind.CODE,
}  # fmt: skip
CUSTOMERS = ("customers", "customer", "客户", "全部客户")
"""What names the records of all kinds together."""
NOT_STATED = "(not stated)"
OPEN = "none"
"""The mask of what everybody may see."""


def listing(
    ctx: "Context",
    words: Sequence[str],
    *,
    sort: str | None = None,
    columns: str | None = None,
    limit: int | None = None,
) -> Grid:
    """The records of the form named first (else of all customers) that fit the terms behind it.

    `sort`, `columns`: fields separated by commas, a field with - before it downwards; `limit` 0 or None: all. Letters
    assessed after the day are not seen; where a day is asked for, records of a register dated later neither.
    UnknownError: no such form; UsageError: no such field, a value that does not fit.
    """
    from custcli.db import records

    forms, database = ctx.forms, ctx.reading()
    form, terms = asked(forms, words)
    where = fitting(forms, form, terms, ctx.day, ctx.as_of)
    order = sorting(form, sort)
    with database.reading() as connection:
        lines = [form.rows] if form.of and form.rows else []
        every = places(form, keys_present(connection, form, where), lines)
        total = records.count(connection, form, where, every if lines else ())
    chosen = picked(form, columns) if columns else bands.judged(form, every)
    shown = shown_columns(forms, form, chosen, all_wide=not columns)
    cut = limit or None
    grid = answer(
        database, forms, form, chosen, shown, where=where, sort=order, limit=cut, day=ctx.day, reveal=ctx.reveal
    )
    grid = grid if columns else bands.beside(grid)
    left = max(total - limit, 0) if limit else 0
    return replace(
        grid,
        count=total - left,
        summary={"form": form.name, "records": total},
        as_of=ctx.day,
        title=message("{form}: {count}", form=form.label, count=total),
        notes=more(left),
    )


def asked(forms: Mapping[str, Form], words: Sequence[str]) -> tuple[Form, list[language.Term]]:
    """The form that the first word names and the terms behind it; all customers where it is a term itself."""
    from custcli.db.records import core
    from custcli.services.forms import forms_by_name

    terms = parsed(words)
    if not terms or terms[0].op is not language.Op.BARE:
        return core(forms), terms
    name = fold(words[0])
    if name in CUSTOMERS:
        return core(forms), terms[1:]
    return forms_by_name(forms, words[0]), terms[1:]


def parsed(texts: Sequence[str]) -> list[language.Term]:
    """The terms of a command line. UsageError: one that is none."""
    try:
        return language.parse(texts)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused


def fitting(
    forms: Mapping[str, Form], form: Form, terms: Sequence[language.Term], day: date | None, as_of: date | None = None
) -> "Where":
    """What the terms mean for the records of a form; a field of any kind where it is all customers.

    `as_of`: records of a register that are dated later do not fit.
    """
    from custcli.db.records import until
    from custcli.db.terms import condition, of_customers

    found = condition(form, terms, day) if form.name in forms else of_customers(forms, terms, day)
    if as_of is None:
        return found
    by_then, last = until(form, as_of)
    return f"{found[0]} AND {by_then}", [*found[1], *last]


def sorting(form: Form, sort: str | None) -> "Sort":
    """Fields to sort by, each with whether it goes downwards."""
    named = [(text.removeprefix("-"), text.startswith("-")) for text in named_fields(sort)]
    found = [(placed(form, name), downwards) for name, downwards in named]
    for where, _ in found:
        group = form.groups.get(where.field.group or "")
        if group and group.table and group.many:
            raise UsageError("{field}: a record has several of them, it cannot be sorted by", field=where.field.label)
    return found


def placed(form: Form, text: str, index: int = 0) -> Placed:
    """The field that a text names. UsageError with the nearest one."""
    found = place(form, text, index)
    if isinstance(found, Message):
        raise UsageError(found.text, **found.params)
    return found


def more(left: int) -> list[Message]:
    """What is said of records that a limit leaves out, if there are any."""
    return [message("… {count} more (--limit 0 shows all)", count=left)] if left else []


def named_fields(text: str | None) -> list[str]:
    """The names in a list separated by commas, also Chinese ones."""
    return [part.strip() for part in (text or "").replace("，", ",").replace("、", ",").split(",") if part.strip()]


def picked(form: Form, columns: str) -> list[Placed]:
    """The fields that a list of names chooses, each once."""
    found = (bands.verdict(form, text) or placed(form, text) for text in named_fields(columns))
    return list({each.path: each for each in found}.values())


def keys_present(connection: "Connection", form: Form, where: "Where") -> dict[str, list[str]]:
    """Of each keyed group its keys: those of its list, or the years that any record states."""
    from custcli.db.records import years

    keyed = [group for group in form.groups.values() if group.table and group.key]
    return {
        group.name: years(connection, form, group, where) if group.keys == "year" else list(_words(form, group))
        for group in keyed
    }


def ordinals(connection: "Connection", form: Form, where: "Where") -> dict[str, list[str]]:
    """Of each group of which a record has several elements their ordinals, as many as any record has."""
    from custcli.db.records import most_elements

    groups = [group for group in several(form) if group.table in {"contact", "entry"}]
    return {group.name: numbers(most_elements(connection, form, group, where)) for group in groups}


def numbers(count: int) -> list[str]:
    """The ordinals of so many elements, as keys: 1, 2 and so on."""
    return [str(number) for number in range(1, count + 1)]


def _words(form: Form, group: Group) -> Mapping[str, object]:
    return form.values[group.keys] if group.keys else {}


def places(form: Form, keys: Mapping[str, Sequence[str]], many: Sequence[str] = ()) -> list[Placed]:
    """The fields that are kept, in the order of the form; those of a keyed group once for each key.

    Groups of which a record has several stay out, but those named in `many`.
    """
    found: list[Placed] = []
    for item in form.fields.values():
        group = form.groups.get(item.group or "")
        several = group and group.table and group.many and group.name not in keys
        if item.derived or item.off or (group and several and group.name not in many):
            continue
        if group is None or group.name not in keys:
            found.append(Placed(len(found), item.label, item, item.name))
        elif item.name == form.of_group(group.name)[0].name:
            found += _keyed(form, group, keys[group.name], len(found))
    return found


def _keyed(form: Form, group: Group, keys: Sequence[str], start: int) -> Iterator[Placed]:
    members = [(key, item) for key in keys for item in form.of_group(group.name) if not (item.derived or item.off)]
    for index, (key, item) in enumerate(members, start):
        yield Placed(index, item.label, item, f"{group.name}.{key}.{item.key}", key=key)


def shown_columns(
    forms: Mapping[str, Form], form: Form, chosen: Sequence[Placed], *, all_wide: bool = False
) -> list[Column]:
    """Columns for the fields: kind and mask as declared. `all_wide`: a screen shows only those that matter most.

    Of a register it shows type, status, currency, quantity and further amounts where any record says something unusual.
    """
    return [
        Column(
            where.path,
            label(form, where),
            kind(form, where.field),
            masks(forms, form, where.field),
            {choice.word: choice.label for choice in form.choices(where.field).values()},
            wide=all_wide and not _matters(form, where.field),
            usual=_usual(form, where.field) if all_wide else (),
        )
        for where in chosen
    ]


def kind(form: Form, item: Field) -> Kind:
    """The kind of a field's column; digits with a check, and numbers that identify, stay text in a workbook."""
    if item.type == "ref" and item.name.endswith("_name"):
        return Kind.TEXT
    if item.read == "since" or item.type in {"text", "path"}:
        return Kind.CODE if item.check or (item.name,) in form.match else Kind.TEXT
    if item.type == "int" and any(item.name in key for key in form.match):
        return Kind.CODE  # a year
    return KINDS.get(item.type, Kind.TEXT)


def masks(forms: Mapping[str, Form], form: Form, item: Field) -> dict[str | None, str]:
    """How a field is hidden, by kind of customer where records of several kinds stand together (forms.md 1.2).

    A register's names of customers are hidden before they come here (see `answer`); that there are masks at all
    makes a reveal be noted.
    """
    if item.type == "ref":
        return {None: OPEN} if item.name.endswith("_name") else {}
    by_kind: dict[str | None, str] = {None: item.mask or OPEN}
    if form.dossier and not form.set and "." not in item.name:
        others = [other for other in forms.values() if "kind" in other.set and item.name in other.fields]
        by_kind |= names.masks(forms) | by_kind if item.name == "name" else {}
        by_kind |= {other.set["kind"]: other.fields[item.name].mask or OPEN for other in others}
    return by_kind if set(by_kind.values()) != {OPEN} else {}


def groupable(forms: Mapping[str, Form], form: Form, at: Placed, *, reveal: bool) -> None:
    """UsageError: a field with too many values to group by, or a personal one without `reveal`."""
    if at.field.type in {"money", "decimal", "date", "path"}:
        raise UsageError("{field} has too many values to group by", field=at.field.label)
    if not reveal and any(how != OPEN for how in masks(forms, form, at.field).values()):
        raise UsageError("{field} is personal data: give --reveal to group by it", field=at.field.label)


def grouping(forms: Mapping[str, Form], form: Form, at: Placed) -> Column:
    """The column of the values of a field that groups, one in a row."""
    column = shown_columns(forms, form, [at])[0]
    kind_of_each = Kind.TOKEN if at.field.type in {"list", "choices"} else column.kind
    return replace(column, kind=kind_of_each, blank=NOT_STATED)


def _matters(form: Form, item: Field) -> bool:
    """What a screen shows: what a record needs, what identifies it, and what a register's record may tell beside.

    Of a users' form that recommends nothing everything but its groups.
    """
    plain = form.table == "entry" and not item.group and not any(each.recommended for each in form.fields.values())
    return plain or _needed(form, item) or bool(_usual(form, item))


def _needed(form: Form, item: Field) -> bool:
    named = {name for names in (form.match[:1] + form.any_of) for name in names} | {"name"}
    return item.required or item.recommended or item.name in named


def _usual(form: Form, item: Field) -> tuple[object, ...]:
    """Of a register's amounts, quantities and fields with a default (type, status, currency): what needs no column."""
    told = item.type in {"money", "decimal"} or item.default is not None
    return (None, item.default) if told and not (form.dossier or item.group or _needed(form, item)) else ()


def answer(  # noqa: PLR0913 - what a grid of records is made of
    database: "Database",
    forms: Mapping[str, Form],
    form: Form,
    chosen: Sequence[Placed],
    shown: Sequence[Column],
    *,
    where: "Where",
    sort: "Sort" = (),
    limit: int | None = None,
    day: date | None = None,
    reveal: bool = False,
    fallbacks: bool = True,
) -> Grid:
    """The grid of the fields chosen, its rows read while they are walked.

    Where fields are hidden by the kind of the customer a column of kinds is added, unless there is one. The names of
    customers in a register are masked here, each by its own kind, unless `reveal`.
    """
    every, columns = list(chosen), list(shown)
    at = next((i for i, each in enumerate(every) if each.path == "kind"), None)
    if at is None and any(len(column.masks) > 1 for column in shown):
        at = len(every)
        every.append(Placed(at, "", form.fields["kind"], "kind"))
        columns += [replace(column, wide=True) for column in shown_columns(forms, form, every[at:])]
    mixed = form.dossier and not form.set
    named = [i for i, each in enumerate(every) if _names_customer(each.field) or (mixed and each.path == "name")]
    kinds = [_kind_of(every[i]) for i in named[:1]]
    rows = _rows(database, form, [*every, *kinds], where, sort, limit, day, fallbacks=fallbacks)
    if named:
        rows = _hidden(rows, named, {} if reveal else names.masks(forms))
    return Grid("list", columns, rows, mask_by=at, records=True)


def _names_customer(item: Field) -> bool:
    return item.refers and item.name.endswith("_name")


def _kind_of(where: Placed) -> Placed:
    """The kind of the customer that a field refers to, by which its name is hidden."""
    return replace(where, field=replace(where.field, name="customer_kind"), path="customer_kind")


def _hidden(
    rows: Iterator[list[object]], named: Sequence[int], how: Mapping[str | None, str]
) -> Iterator[list[object]]:
    """Rows with the names masked as `how` says of the kind that stands last, which falls away."""
    for row in rows:
        kind = row.pop()
        chosen = how.get(kind if isinstance(kind, str) else None, how.get(None, OPEN))
        if chosen != OPEN:
            for i in named:
                row[i] = mask(row[i], chosen)
        yield row


def _rows(
    database: "Database",
    form: Form,
    chosen: Sequence[Placed],
    where: "Where",
    sort: "Sort",
    limit: int | None,
    day: date | None,
    *,
    fallbacks: bool,
) -> Iterator[list[object]]:
    from custcli.db.records import select

    with database.reading() as connection:
        yield from select(connection, form, chosen, where, sort=sort, limit=limit, day=day, fallbacks=fallbacks)
