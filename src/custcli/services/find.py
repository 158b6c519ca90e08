"""Customers found by any part of name, code, phone, contact, or by the sound of a name (F019)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from custcli.domain.forms import MASKS, Form
from custcli.domain.layout import Placed
from custcli.domain.readers import clean_text, fold
from custcli.domain.sounds import asks_for_sound, sounding
from custcli.domain.written import label
from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import message
from custcli.services.keyed import of_kind, person_groups
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.records import OPEN

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db.find import Hit, Shown

WAYS = {"exact": "exact", "beginning": "beginning", "part": "part", "pinyin": "pinyin"}
"""How a text was found, the surest first."""
_RANKS = {way: rank for rank, way in enumerate(WAYS)}
_FIELDS = {"code": 0, "name": 1, "mobile": 2, "phone": 3}
LONGEST = 200
"""The longest text that is looked for."""
MASK_AT = 8
"""The column that says how the value found is masked."""


def find(ctx: "Context", words: Sequence[str], limit: int | None = None) -> Grid:
    """The customers in which the words occur, each once, by the field that fits best: exact, beginning, part, pinyin.

    Ties are broken by field (code, name, mobile, phone, others), the length of the value, the customer's code.
    """
    text = clean_text(" ".join(words))
    if not text or len(text) > LONGEST:
        raise UsageError("a text looked for has 1 to {limit} characters", limit=LONGEST)
    best, shown = _found(ctx, text)
    ranked = sorted(best, key=lambda each: (_rank(*best[each]), shown[each].code))
    chosen = ranked[:limit] if limit else ranked
    rows = [_row(ctx, shown[each], *best[each]) for each in chosen]
    summary = {"text": text, "customers": len(ranked)}
    left = len(ranked) - len(chosen)
    notes = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    return Grid("find", _columns(ctx.forms), rows, summary, notes=notes, mask_by=MASK_AT)


def _found(ctx: "Context", text: str) -> "tuple[dict[int, tuple[str, Hit]], Mapping[int, Shown]]":
    """Of each customer the way and place in which the text fits best."""
    from custcli.db import find as kept

    with ctx.reading().reading() as connection:
        hits = [(_way(text, hit), hit) for hit in kept.containing(connection, text)]
        if asks_for_sound(text):
            named = kept.names(connection)
            heard = (named[number] for number in sounding([each[2] for each in named], text))
            hits += [("pinyin", kept.Hit(customer, role, "name", name)) for customer, role, name in heard]
        best: dict[int, tuple[str, Hit]] = {}
        for way, hit in hits:
            if hit.customer not in best or _rank(way, hit) < _rank(*best[hit.customer]):
                best[hit.customer] = (way, hit)
        return best, kept.shown(connection, list(best))


def _way(text: str, hit: "Hit") -> str:
    value, wanted = fold(hit.value), fold(text)
    if value == wanted:
        return "exact"
    return "beginning" if value.startswith(wanted) else "part"


def _rank(way: str, hit: "Hit") -> tuple[int, bool, int, int, str, str]:
    return _RANKS[way], hit.role is not None, _FIELDS.get(hit.field, 9), len(hit.value), hit.field, hit.value


def _columns(forms: Mapping[str, Form]) -> list[Column]:
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        kind_column(forms),
        Column("region", "Region"),
        Column("owner", "Owner"),
        Column("field", "Path", wide=True),
        Column("label", "Found in"),
        Column("value", "Value", masks={word: word for word in MASKS}),
        Column("masked", "Masked as", wide=True),
        Column("match", "Match", Kind.TOKEN, labels=WAYS),
    ]


def _row(ctx: "Context", shown: "Shown", way: str, hit: "Hit") -> list[object]:
    path, name, how = _place(ctx.forms, shown.hidden_as, hit)
    customer = [shown.code, namer(ctx)(shown.name, shown.hidden_as), shown.kind, shown.region, shown.owner]
    return [*customer, path, name, hit.value, how, way]


def _place(forms: Mapping[str, Form], hidden_as: str | None, hit: "Hit") -> tuple[str, str, str | None]:
    """Path, label and mask of the field in which a text was found."""
    form = forms.get(hidden_as or "") or of_kind(forms, hidden_as)
    if hit.role is None:
        having = [form, *(each for each in forms.values() if each.dossier and hit.field in each.fields)]
        item = next(each.fields[hit.field] for each in having if hit.field in each.fields)
        return item.name, str(item.label), _mask(item.mask)
    groups = person_groups(forms, form.set.get("kind"))
    if hit.role not in groups:
        return f"{hit.role}.{hit.field}", hit.role, "hide"
    form, group = groups[hit.role]
    path = f"{group.name}.{hit.field}"
    known = form.fields.get(path)
    return (path, label(form, Placed(0, "", known, path)), _mask(known.mask)) if known else (path, group.label, "hide")


def _mask(how: str | None) -> str | None:
    return None if how == OPEN else how
