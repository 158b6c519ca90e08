"""Which form a sheet is, and when that is refused (forms.md 3.4, 3.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from custcli.domain.cells import Merge, Value, address
from custcli.domain.forms import Form
from custcli.domain.layout import card, labels, table
from custcli.domain.layout.above import split_words, stated
from custcli.domain.layout.paper import Paper
from custcli.domain.layout.placed import (
    CARD_COVER,
    CARD_ROWS,
    CARD_SHEET,
    FOUND_ALONE,
    FOUND_TITLED,
    HEADING_ROWS,
    HIDES_CARD,
    HIDES_TABLE,
    KNOWN,
    MATCH_KEY,
    OWN,
    RIVAL,
    SHARED_LABELS,
    SHARED_PART,
    SHEET_NAME,
    TABLE_COVER,
    TITLE,
    Cards,
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
TOLD_CELLS = 8
"""So many cells are told that the nearest form does not know."""
HALF = 0.5
"""More than this part of a row known as headings, with this part of a card's fields, is a table's heading."""


@dataclass(frozen=True)
class _Candidate:
    form: Form
    found: Table | Cards
    score: Score


def recognise(
    head: Sequence[Sequence[Value]],
    merges: Sequence[Merge],
    sheet_name: str,
    forms: Mapping[str, Form],
    *,
    only: Form | None = None,
) -> Recognition:
    """The table or the cards on a sheet, or why there is none.

    `head`: the first rows of the sheet; cards are looked for where these are at most 500. `only`: the form the user
    named. Nothing is read that the labels do not say; a sheet that fits two forms is refused.
    """
    if not any(True for row in head for _ in stated(row)):
        return Recognition(refused=message("the sheet is empty"), empty=True)
    sheet = Sheet(head, merges)
    paper = Paper(head, merges) if len(head) <= CARD_SHEET else None
    forms = {only.name: only} if only else forms
    words = _words(head)
    near = forms if only else _near(forms, words)
    seen = {name: table.find(form, sheet, given=only is not None) for name, form in near.items()}
    tables = _whole_or_lines({name: found for name, found in seen.items() if found})
    plain = {name: found for name, found in tables.items() if not _is_card(found, sheet)}
    cards = _cards(near, plain, paper) if paper else {}
    titled = _titled(forms, sheet_name, _title_texts(sheet, tables.values()))
    lone = _titled(forms, sheet_name, paper.titles()) if paper else {}
    candidates = [_candidate(found, tables.values(), titled.get(name, 0)) for name, found in plain.items()]
    candidates += [_card_candidate(found, cards.values(), lone.get(name, 0)) for name, found in cards.items()]
    candidates.sort(key=lambda one: (-one.score.score, -_rank(one), one.score.layout == "card", one.form.name))
    scores = tuple(one.score for one in candidates)
    refused = _refused(candidates, forms, words, given=only is not None)
    if refused:
        return Recognition(refused=refused, scores=scores)
    best = candidates[0]
    if isinstance(best.found, Cards):
        return Recognition(cards=best.found, scores=scores)
    return Recognition(table=_with_family(best.form, best.found, forms, sheet), scores=scores)


def _whole_or_lines(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Of a form and the one that is its lines alone (`of`) one: the lines, where nothing else of a record is stated."""
    dropped: set[str] = set()
    for name, found in tables.items():
        other = tables.get(found.form.of or "")
        if other:
            dropped.add(name if other.found & _needed(other.form, found.form) else other.form.name)
    return {name: found for name, found in tables.items() if name not in dropped}


def _needed(form: Form, lines: Form) -> set[str]:
    """What a new record of a form states, and its lines alone do not."""
    named = {name for names in form.any_of for name in names}
    required = {name for name, item in form.fields.items() if item.required}
    return {name for name in named | required if name not in lines.fields}


def _cards(forms: Mapping[str, Form], tables: Mapping[str, Table], paper: Paper) -> dict[str, Cards]:
    """Cards as each form sees them: not where its records are made of rows, nor where its table has the labels."""
    found = {name: cards for name, form in forms.items() if not form.rows and (cards := card.find(form, paper))}
    return {
        name: cards
        for name, cards in found.items()
        if not _other_kind(cards, forms) and not (name in tables and _hides(tables[name], cards))
    }


def _hides(found: Table, cards: Cards) -> bool:
    """Whether the table has most of the card's fields in its heading; or a heading of labels only, and half of them.

    A card in several bands of labels above their values is no such table.
    """
    heading = {place.path for place in (*found.columns, *found.not_taken)}
    if len(heading & cards.found) >= HIDES_CARD * len(cards.found):
        return True
    seen = {place.path for place in _distinct(found)}
    unknown = _unknown_headings(found)
    dense = len(heading) > HALF * (len(heading) + unknown)
    return dense and len(seen & cards.found) >= HALF * len(cards.found) and not _bands(found, cards, seen)


def _bands(found: Table, cards: Cards, seen: set[str]) -> bool:
    """Whether one card is understood whole, with further fields below the row that would be the table's only one."""
    if len(cards.cards) != 1 or cards.cover < 1 or cards.cards[0].problems:
        return False
    below = {path for path, (_, _, row, _) in cards.cards[0].values.items() if row > found.heading_row + 1}
    return len(below - seen) >= SHARED_LABELS


def _other_kind(cards: Cards, forms: Mapping[str, Form]) -> bool:
    """Whether the card says itself that it is another form of the family (客户类别: 零售)."""
    own = cards.form
    for path, word in own.set.items():
        said = {fold(str(each.values[path][1])) for each in cards.cards if path in each.values and each.values[path][1]}
        for choice in own.choices(own.fields[path]).values() if said and path in own.fields else ():
            named = said & {fold(text) for text in (choice.word, choice.zh, choice.en, *choice.also) if text}
            family = any(_family(own, other) and other.set[path] == choice.word for other in forms.values())
            if named and choice.word != word and family:
                return True
    return False


def _words(head: Sequence[Sequence[Value]]) -> frozenset[str]:
    """The short texts among the first rows: what may be labels."""
    cells = (value for row in head[: HEADING_ROWS + 1] for _, value in stated(row))
    return frozenset(str(value) for value in cells if isinstance(value, str | int | float))


def _near(forms: Mapping[str, Form], words: Iterable[str]) -> dict[str, Form]:
    """The forms worth reading the sheet with: no other one can reach the score of the best."""
    shared = {name: _shared(form, words) for name, form in forms.items()}
    least = max(SHARED_LABELS, SHARED_PART * max(shared.values(), default=0))
    return {name: form for name, form in forms.items() if shared[name] >= least}


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
        hits = {(title, name) for name, form in forms.items() for title in labels.of(form).titles if title in text}
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
    weight = _weight(places, rivals, titled)
    weight += MATCH_KEY * any(found.found.issuperset(keys) for keys in found.form.match)
    cover = _cover(found)
    score = Score(found.form.name, "table", len(places), cover, weight * cover, titled)
    return _Candidate(found.form, replace(found, titled=titled), score)


def _cover(found: Table) -> float:
    """The part of the headings that is known."""
    known = len(_distinct(found))
    return known / (known + _unknown_headings(found)) if known else 0.0


def _unknown_headings(found: Table) -> int:
    left_over = sum(1 for left in found.left_over if left.text and found.heading_row <= left.row < found.first_row)
    return left_over + sum(place.field.aside for place in found.columns)


def _card_candidate(found: Cards, others: Iterable[Cards], titled: int) -> _Candidate:
    rivals = [labels.of(other.form) for other in others]
    places = {path: place for each in found.cards for path, (place, *_) in each.values.items()}
    places |= {place.path: place for each in found.cards for place in each.not_taken}
    weight = _weight(places.values(), rivals, titled)
    weight += MATCH_KEY * any(found.found.issuperset(keys) for keys in found.form.match)
    score = Score(found.form.name, "card", len(places), found.cover, weight * found.cover, titled)
    return _Candidate(found.form, replace(found, titled=titled), score)


def _weight(places: Iterable[Placed], rivals: Sequence[labels.Labels], titled: int) -> float:
    """Each found field, the more the fewer forms have such a label; and what a title is worth."""
    weight = sum(KNOWN + OWN / max(1, sum(rival.tells(place.heading) for rival in rivals)) for place in places)
    return weight + {BY_TITLE: TITLE, BY_NAME: SHEET_NAME}.get(titled, 0)


def _distinct(found: Table) -> list[Placed]:
    """One place a field: the columns, those not taken, and the cells above that were on the sheet.

    Not those that stand aside: they are read once the form is known, and tell nothing of it (Field.aside).
    """
    stated_above = [place for place, value, *_ in found.fixed if value is not None]
    places = {place.path: place for place in (*found.columns, *found.not_taken, *stated_above)}
    return [place for place in places.values() if not place.field.aside]


def _refused(
    candidates: Sequence[_Candidate], forms: Mapping[str, Form], words: Iterable[str], *, given: bool,
) -> Message | None:  # fmt: skip
    if not candidates:
        return _unknown(forms, words)
    best = candidates[0]
    return _misfit(best, forms, words, given=given) or _mixed(best, candidates) or _ambiguous(best, candidates, forms)


def _misfit(best: _Candidate, forms: Mapping[str, Form], words: Iterable[str], *, given: bool) -> Message | None:
    """Why even the best form does not fit the sheet."""
    least = FOUND_TITLED if given or best.score.titled else FOUND_ALONE
    enough = best.score.found >= least
    cards = best.found if isinstance(best.found, Cards) else None
    if cards and enough and any(each.table_below for each in cards.cards):
        return message("{form}: a table stands under the card: put it on its own sheet", form=best.form.label)
    if cards and enough and best.score.cover < CARD_COVER:
        return _little_understood(best.form, cards)
    if not enough or (best.score.cover < TABLE_COVER and not given):
        return _unknown(forms, words)
    return None


def _mixed(best: _Candidate, candidates: Sequence[_Candidate]) -> Message | None:
    """Whether among several cards some have the title of another form: all would be read as the best one."""
    if not isinstance(best.found, Cards) or len(best.found.cards) == 1:
        return None
    others = [one for one in candidates if isinstance(one.found, Cards) and one.form.name != best.form.name]
    titled = [one.form for one in others if one.score.titled == BY_TITLE]
    return (
        message(
            "cards of several forms on one sheet ({forms}): put each form on a sheet of its own",
            forms=", ".join(form.label for form in (best.form, *titled)),
        )
        if titled
        else None
    )


def _ambiguous(best: _Candidate, candidates: Sequence[_Candidate], forms: Mapping[str, Form]) -> Message | None:
    equal = {best.form.name, *(one.form.name for one in candidates[1:] if _rivals(best, one))}
    if len(equal) == 1:
        return None
    return message(
        "fits several forms equally ({forms}): say {options}",
        forms=", ".join(sorted(forms[name].label for name in equal)),
        options=" / ".join(sorted(f"--as {name}" for name in equal)),
    )


def _little_understood(form: Form, found: Cards) -> Message:
    """The nearest form sees its labels, and more that it cannot place: values of two customers, another form."""
    cells = [cell for each in found.cards for cell in each.left_over]
    return message(
        "no form is recognised; nearest: {form} ({name}), which leaves {count} cells over: {cells}",
        form=form.label,
        name=form.name,
        count=len(cells),
        cells=", ".join(f"{address(cell.row, cell.column)} {cell.text}".strip() for cell in cells[:TOLD_CELLS]),
    )


def _rivals(best: _Candidate, other: _Candidate) -> bool:
    """Whether another form fits as well: 85 % of the score, and a title too or neither has one."""
    if best.form.name == other.form.name or (_kind(best.found) and _family(best.form, other.form)):
        return False
    return other.score.score >= RIVAL * best.score.score and _rank(other) >= _rank(best)


def _rank(one: _Candidate) -> int:
    """How plainly the sheet names the form; a column that names it row by row is as good as a title."""
    return BY_TITLE if one.form.set and _kind(one.found) else one.score.titled


def _unknown(forms: Mapping[str, Form], words: Iterable[str]) -> Message:
    """No form was recognised: the nearest one, what of it was found, and that `--as` takes it where that is enough."""
    words = list(words)
    known = {name: sorted(word for word in words if labels.of(form).knows(word)) for name, form in forms.items()}
    name = max(sorted(known), key=lambda one: len(known[one]), default="")
    if not name or not known[name]:
        return message(
            "no form is recognised: no known heading on the sheet; if it has no heading row, say "
            "--as FORM --columns FIELD,FIELD,... (--as orders --columns customer,ordered_on,amount)"
        )
    nearest = "no form is recognised; nearest: {form} ({name}), by {found}; --map HEADING=FIELD says what others are"
    by_name = (
        "no form is recognised; nearest: {form} (--as {name}), by {found}; the other columns would be left over, "
        "or --map HEADING=FIELD says what they are"
    )
    return message(
        nearest if len(forms) == 1 or len(known[name]) < FOUND_ALONE else by_name,
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


def _kind(found: Table | Cards) -> Placed | None:
    """The column that names the form of each row: the one field that tells the forms of a family apart."""
    columns = found.columns if isinstance(found, Table) else ()
    return next((place for place in columns if place.path in found.form.set), None)


def _family(one: Form, other: Form) -> bool:
    return one.table == other.table and one.set.keys() == other.set.keys() and bool(one.set)


def _with_family(form: Form, found: Table, forms: Mapping[str, Form], sheet: Sheet) -> Table:
    """The table, read row by row where a column names the form (客户类别)."""
    place = _kind(found)
    if place is None:
        return found
    family = [other for other in forms.values() if _family(form, other)]
    seen = ((other.set[place.path], table.of_kind(found, other, sheet)) for other in family)
    kinds = {**dict(seen), form.set[place.path]: found}
    choices = form.choices(place.field).values()
    words = {fold(text): one.word for one in choices for text in (*one.also, one.en, one.zh, one.word) if text}
    return replace(found, kind=place.index, kinds=kinds, kind_words=words)
