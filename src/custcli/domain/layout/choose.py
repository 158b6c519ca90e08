"""Which form a sheet is, and when that is refused (forms.md 3.4, 3.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from custcli.domain.cells import Merge, Value
from custcli.domain.forms import Form
from custcli.domain.layout import labels, table
from custcli.domain.layout.above import split_words, stated
from custcli.domain.layout.placed import (
    CARD_ROWS,
    FOUND_ALONE,
    FOUND_TITLED,
    HEADING_ROWS,
    HIDES_TABLE,
    KNOWN,
    MATCH_KEY,
    OWN,
    RIVAL,
    SHARED_LABELS,
    SHEET_NAME,
    TABLE_COVER,
    TITLE,
    Placed,
    Recognition,
    Score,
    Table,
)
from custcli.domain.layout.sheet import Sheet
from custcli.domain.readers import fold
from custcli.messages import Message, message

BY_TITLE, BY_NAME = 2, 1
_SHORTEST_TITLE = 2


@dataclass(frozen=True)
class _Candidate:
    form: Form
    table: Table
    score: Score


def recognise(
    head: Sequence[Sequence[Value]],
    merges: Sequence[Merge],
    sheet_name: str,
    forms: Mapping[str, Form],
    *,
    only: Form | None = None,
) -> Recognition:
    """The table on a sheet, or why there is none.

    `head`: the first rows of the sheet (400 are plenty); `only`: the form the user named. Nothing is read that
    the labels do not say; a sheet that fits two forms is refused.
    """
    if not any(True for row in head for _ in stated(row)):
        return Recognition(refused=message("the sheet is empty"), empty=True)
    sheet = Sheet(head, merges)
    forms = {only.name: only} if only else forms
    words = _words(head)
    near = {name: form for name, form in forms.items() if only or _shared(form, words) >= SHARED_LABELS}
    seen = {name: found for name, form in near.items() if (found := table.find(form, sheet))}
    titled = _titled(forms, sheet_name, _title_texts(sheet, seen.values()))
    candidates = sorted(
        (_candidate(found, seen.values(), titled.get(name, 0)) for name, found in seen.items()),
        key=lambda one: (-one.score.score, -_rank(one), one.form.name),
    )
    scores = tuple(one.score for one in candidates)
    refused = _refused(candidates, forms, sheet, words, given=only is not None)
    if refused:
        return Recognition(refused=refused, scores=scores)
    return Recognition(table=_with_family(candidates[0], forms, sheet), scores=scores)


def _words(head: Sequence[Sequence[Value]]) -> frozenset[str]:
    """The short texts among the first rows: what may be labels."""
    cells = (value for row in head[: HEADING_ROWS + 1] for _, value in stated(row))
    return frozenset(str(value) for value in cells if isinstance(value, str | int | float))


def _shared(form: Form, words: Iterable[str]) -> int:
    """How many texts of the sheet are labels of the form (or label：value)."""
    known = labels.of(form)
    return sum(known.knows(word) or any(known.knows(part) for part in split_words(word)) for word in words)


def _title_texts(sheet: Sheet, found: Iterable[Table]) -> list[str]:
    """Texts above the heading; on a sheet where no heading was found all of its first rows."""
    last = min((one.heading_row for one in found), default=HEADING_ROWS)
    return [fold(value) for _, row in sheet.rows(0, last) for _, value in stated(row) if isinstance(value, str)]


def _titled(forms: Mapping[str, Form], sheet_name: str, texts: Sequence[str]) -> dict[str, int]:
    """Form → 2 with a title on the sheet, 1 with the sheet's name; the longest title in a text counts alone."""
    found = dict.fromkeys(_named(forms, [fold(sheet_name)]), BY_NAME)
    return found | dict.fromkeys(_named(forms, texts), BY_TITLE)


def _named(forms: Mapping[str, Form], texts: Iterable[str]) -> set[str]:
    named: set[str] = set()
    for text in texts:
        hits = {(title, name) for name, form in forms.items() for title in labels.of(form).titles() if title in text}
        hits = {(title, name) for title, name in hits if len(title) >= _SHORTEST_TITLE and _is_word(title, text)}
        named |= {name for title, name in hits if not any(title != other and title in other for other, _ in hits)}
    return named


def _is_word(title: str, text: str) -> bool:
    """A Latin title is a word of its own: `pr` is not in `april`."""
    start = text.find(title)
    around = text[max(0, start - 1) : start] + text[start + len(title) : start + len(title) + 1]
    return not (title.isascii() and any(sign.isascii() and sign.isalpha() for sign in around))


def _candidate(found: Table, others: Iterable[Table], titled: int) -> _Candidate:
    """The form and its score: (Σ of found fields (0.4 + 0.6 / forms with that label) + title + match key) × cover."""
    rivals = [labels.of(other.form) for other in others]
    places = _distinct(found)
    weight = sum(KNOWN + OWN / max(1, sum(rival.knows(place.heading) for rival in rivals)) for place in places)
    weight += {BY_TITLE: TITLE, BY_NAME: SHEET_NAME}.get(titled, 0)
    weight += MATCH_KEY * any(found.found.issuperset(keys) for keys in found.form.match)
    unknown = sum(1 for left in found.left_over if left.text and found.heading_row <= left.row < found.first_row)
    cover = len(places) / (len(places) + unknown) if places else 0.0
    score = Score(found.form.name, "table", len(places), cover, weight * cover, titled)
    return _Candidate(found.form, replace(found, titled=titled), score)


def _distinct(found: Table) -> list[Placed]:
    """One place a field: the columns, those not taken, and the cells above that were on the sheet."""
    stated_above = [place for place, value, *_ in found.fixed if value is not None]
    places = {place.path: place for place in (*found.columns, *found.not_taken, *stated_above)}
    return list(places.values())


def _refused(
    candidates: Sequence[_Candidate], forms: Mapping[str, Form], sheet: Sheet, words: Iterable[str], *, given: bool,
) -> Message | None:  # fmt: skip
    if not candidates:
        return _unknown(forms, words)
    best = candidates[0]
    least = FOUND_TITLED if given or best.score.titled else FOUND_ALONE
    if best.score.found < least or best.score.cover < TABLE_COVER:
        return _unknown({best.form.name: best.form}, words)
    if _is_card(best.table, sheet):
        return message("{form}: this looks like a card, not like a table; cards are not read yet", form=best.form.label)
    equal = [best, *(one for one in candidates[1:] if _rivals(best, one))]
    if len(equal) == 1:
        return None
    return message(
        "fits several forms equally ({forms}): say {options}",
        forms=", ".join(sorted(one.form.label for one in equal)),
        options=" / ".join(sorted(f"--as {one.form.name}" for one in equal)),
    )


def _rivals(best: _Candidate, other: _Candidate) -> bool:
    """Whether the other form fits as well: 85 % of the score, and a title too or neither has one."""
    if _kind(best.table) and _family(best.form, other.form):
        return False
    return other.score.score >= RIVAL * best.score.score and _rank(other) >= _rank(best)


def _rank(one: _Candidate) -> int:
    """How plainly the sheet names the form; a column that names it row by row is as good as a title."""
    return BY_TITLE if one.form.set and _kind(one.table) else one.score.titled


def _unknown(forms: Mapping[str, Form], words: Iterable[str]) -> Message:
    """No form was recognised: the nearest one and what of it was found."""
    words = list(words)
    known = {name: sorted(word for word in words if labels.of(form).knows(word)) for name, form in forms.items()}
    name = max(sorted(known), key=lambda one: len(known[one]), default="")
    if not name or not known[name]:
        return message("no form is recognised: no known heading on the sheet")
    return message(
        "no form is recognised; nearest: {form} ({name}), by {found}",
        form=forms[name].label,
        name=name,
        found=", ".join(" ".join(word.split()) for word in known[name][:8]),
    )


def _is_card(found: Table, sheet: Sheet) -> bool:
    """Whether labels go on below a heading that is full of gaps and strange words, as on a paper form."""
    inside = [place.index for place in (*found.columns, *found.not_taken)]
    if max(inside) - min(inside) < len(inside):
        return False
    known = labels.of(found.form)
    rows = [next(stated(row), None) for _, row in sheet.rows(found.first_row, found.first_row + CARD_ROWS)]
    firsts = [str(cell[1]) for cell in rows if cell]
    labelled = [text for text in firsts if known.resolve((text,)).targets and (fold(text),) not in found.headings]
    return len(labelled) >= HIDES_TABLE * len(firsts) > 0


def _kind(found: Table) -> Placed | None:
    """The column that names the form of each row: the one field that tells the forms of a family apart."""
    return next((place for place in found.columns if place.path in found.form.set), None)


def _family(one: Form, other: Form) -> bool:
    return one.table == other.table and one.set.keys() == other.set.keys() and bool(one.set)


def _with_family(best: _Candidate, forms: Mapping[str, Form], sheet: Sheet) -> Table:
    """The table, read row by row where a column names the form (客户类别)."""
    place = _kind(best.table)
    if place is None:
        return best.table
    family = [form for form in forms.values() if _family(best.form, form)]
    seen = ((form.set[place.path], table.of_kind(best.table, form, sheet)) for form in family)
    kinds = {**dict(seen), best.form.set[place.path]: best.table}
    choices = best.form.choices(place.field).values()
    words = {fold(text): one.word for one in choices for text in (*one.also, one.en, one.zh, one.word) if text}
    return replace(best.table, kind=place.index, kinds=kinds, kind_words=words)
