"""Customers scored by a scheme's criteria and weights, who is a key customer, whose review is due (R10, R11, 3.8)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain import score as rules
from custcli.domain.forms import Form
from custcli.domain.forms.scored import REASON, items
from custcli.domain.period import MONTHS, first_day
from custcli.domain.score import Change, Outcome, Review, Score
from custcli.errors import UsageError
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.forms import forms_by_name, weights
from custcli.services.names import HIDDEN_NAME, kind_column, namer
from custcli.services.records import masks, more, parsed

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.records import Where
    from custcli.db.score import Row

USUAL = "key_score"
"""The scheme that is taken where none is named."""
REVIEWS = "reviews"
CHANGES = {"set": "becomes key", "unset": "no longer key"}


@dataclass(frozen=True)
class Asked:
    """Which customers and scheme, as the options of `custcli score` say it.

    `key`: only key customers; `due`: only those whose review is due; `apply` writes what the dossiers should say.
    """

    codes: Sequence[str] = ()
    scheme: str = USUAL
    where: Sequence[str] = ()
    key: bool = False
    due: bool = False
    apply: bool = False
    limit: int | None = None


@dataclass(frozen=True)
class Rating:
    """One rating of a customer: its answers, score, day and reason, the warnings answered with yes or no."""

    answers: Mapping[str, Any]
    score: Score
    rated_on: date | None
    reason: str | None
    warnings: Mapping[str, bool | None]


@dataclass(frozen=True)
class Scored:
    """A customer with its latest rating and review, and what follows from them."""

    row: "Row"
    rating: Rating | None
    review: Review | None
    key: bool
    change: Change | None
    suspect: Sequence[str]
    stale: bool
    next_on: date | None
    due: bool
    overdue: bool

    @property
    def total(self) -> Fraction | None:
        """The score, where it can be totalled."""
        return self.rating.score.total if self.rating else None

    @property
    def reason(self) -> str | None:
        """Why it is a key customer, by its rating or else by its dossier."""
        return reason(self.row, self.rating)


def reason(row: "Row", rating: Rating | None) -> str | None:
    """Why a customer is a key one: what its rating says, else its dossier."""
    return rating.reason if rating and rating.reason else row.key_reason


def scored(ctx: "Context", asked: Asked) -> Grid:
    """The customers by score, the highest first; of equal ones that with the higher margin, then by code (R11).

    `apply` writes is_key and its reason in one change. UnknownError: no such customer or form; UsageError: a form
    without a scheme.
    """
    form = scheme(ctx.forms, asked.scheme)
    database = ctx.writing() if asked.apply else ctx.reading()
    with database.reading() as connection:
        every = _found(ctx, connection, form, asked)
    found = [each for each in every if (each.key or not asked.key) and (each.due or not asked.due)]
    nobody = all(each.rating is None for each in every)
    moving = [each for each in found if each.change]
    change = _apply(ctx, moving) if asked.apply and moving else None
    shown = found[: asked.limit or None]
    return Grid(
        command="score",
        columns=_columns(ctx, form),
        rows=_rows(shown, form, namer(ctx)),
        summary=_summary(form, found, change),
        as_of=ctx.day,
        title=_title(form, len(found)),
        notes=[*more(len(found) - len(shown)), *_told(form, found, change, nobody=nobody)],
        mask_by=2,
        sheet=message("Scores"),
        count=len(shown),
    )


def scheme(forms: Mapping[str, Form], name: str) -> Form:
    """The form that a name means. UnknownError: none; UsageError: it has no criteria and weights."""
    form = forms_by_name(forms, name)
    if form.scheme is None:
        known = ", ".join(each.name for each in forms.values() if each.scheme)
        raise UsageError("{form} has no criteria and weights; these have: {words}", form=form.label, words=known)
    return form


def latest(ctx: "Context", connection: "Connection") -> dict[int, int]:
    """Customer id → the latest score by the usual scheme, in ten-thousandths; those that can be totalled."""
    from custcli.db import score as stored

    form = scheme(ctx.forms, USUAL)
    ids = stored.ids(connection)
    totals = {code: every[-1].score.total for code, every in _ratings(ctx, connection, form).items()}
    return {ids[code]: whole(total) for code, total in totals.items() if total is not None}


def _found(ctx: "Context", connection: "Connection", form: Form, asked: Asked) -> list[Scored]:
    where = chosen(ctx, connection, asked.codes, asked.where)
    return sorted(_every(ctx, connection, form, where, named=bool(asked.codes)), key=_order)


def of_customer(ctx: "Context", connection: "Connection", form: Form, customer: int) -> Scored | None:
    """One customer by a scheme; None where it was never rated by it."""
    found = _every(ctx, connection, form, ("t.id = ?", [customer]), named=True, customer=customer)
    return found[0] if found and found[0].rating else None


def _every(
    ctx: "Context", connection: "Connection", form: Form, where: "Where", *, named: bool, customer: int | None = None
) -> list[Scored]:
    from custcli.db import score as stored

    year = (first_day(ctx.day, MONTHS), ctx.day)
    rows = stored.customers(connection, form, where, year, ctx.settings.currency, named=named)
    ratings, reviews = _ratings(ctx, connection, form, customer), _reviews(ctx, connection, customer)
    return [_of(form, row, ratings.get(row.code, []), reviews.get(row.code), ctx.day) for row in rows]


def chosen(ctx: "Context", connection: "Connection", codes: Sequence[str], terms: Sequence[str]) -> "Where":
    """SQL of the customers named that fit the terms; none named: all that fit. UnknownError: no such customer."""
    from custcli.db.terms import of_customers
    from custcli.services.keyed import found

    where, values = of_customers(ctx.forms, parsed(terms), ctx.day)
    if not codes:
        return where, values
    ids = [found(connection, code)[0] for code in codes]
    return f"{where} AND t.id IN ({', '.join('?' * len(ids))})", [*values, *ids]


def _order(each: Scored) -> tuple[object, ...]:
    total, margin = each.total, each.row.margin
    return (total is None, -(total or 0), margin is None, -(margin or 0), each.row.code)


def _ratings(
    ctx: "Context", connection: "Connection", form: Form, customer: int | None = None
) -> dict[str, list[Rating]]:
    """Customer code → its ratings by a form up to the day, the latest last; of all, or of one `customer`."""
    from custcli.db import records
    from custcli.db import score as stored

    assert form.scheme is not None  # noqa: S101 - tells the type checker what `scheme` looked for
    criteria = [item.name for group in form.scheme.weights for item in items(form, group)]
    dated = records.day_field(form)
    reason = [REASON] if REASON in form.fields else []
    beside = [*form.scheme.vetoes, *form.scheme.suspect.values(), *reason, *([dated.name] if dated else [])]
    told = [*dict.fromkeys([*criteria, *beside])]
    found: dict[str, list[Rating]] = defaultdict(list)
    counted = rules.counter(form)
    for code, values in stored.answers(connection, form, told, ctx.day, customer):
        given = dict(zip(told, values, strict=True))
        found[code].append(
            Rating(
                given,
                counted(given),
                given[dated.name] if dated else None,
                given.get(REASON),
                {name: given[name] for name in form.scheme.suspect.values()},
            )
        )
    return found


def _reviews(ctx: "Context", connection: "Connection", customer: int | None = None) -> dict[str, Review]:
    """Customer code → its latest review up to the day; of all, or of one `customer`."""
    from custcli.db import score as stored

    found = stored.answers(connection, ctx.forms[REVIEWS], ["reviewed_on", "outcome", "next_on"], ctx.day, customer)
    return {code: Review(day, _outcome(word), next_on) for code, (day, word, next_on) in found}


def _outcome(word: str | None) -> Outcome | None:
    return Outcome(word) if word in set(Outcome) else None


def _of(form: Form, row: "Row", ratings: Sequence[Rating], review: Review | None, day: date) -> Scored:
    rating, before = (ratings[-1] if ratings else None), (ratings[-2] if len(ratings) > 1 else None)
    found, rated_on = (rating.score, rating.rated_on) if rating else (None, None)
    key = rules.is_key(form, found, reason(row, rating), rated_on, review)
    judged = _threshold(form) is not None
    counts = judged and (key or bool(row.is_key))
    next_on = rules.next_review(form, rated_on, review) if counts else None
    return Scored(
        row,
        rating,
        review,
        key,
        rules.change(noted=bool(row.is_key), key=key, review=review) if judged else None,
        rules.suspect(form, found, before.score if before else None, rating.warnings if rating else {}),
        rules.stale(form, rated_on, day),
        next_on,
        due=counts and (next_on is None or next_on <= day),
        overdue=counts and (next_on is None or next_on < day),
    )


def _apply(ctx: "Context", moving: Sequence[Scored]) -> int:
    """Write what the dossiers say of key customers, in one change (undo takes it back)."""
    from custcli.db import journal, rows

    with ctx.writing().writing() as connection:
        change = journal.open_change(connection, ctx.author.header())
        for each in moving:
            now = {"is_key": each.row.is_key, "key_reason": each.row.key_reason}
            rows.rewrite(connection, change, "customer", each.row.id, _new(each), now)
        journal.close_change(connection, change, {"changed": len(moving)})
    return change


def _new(each: Scored) -> dict[str, object]:
    if each.change is Change.UNSET:
        return {"is_key": 0}
    return {"is_key": 1, "key_reason": each.reason}


# the answer


def _columns(ctx: "Context", form: Form) -> list[Column]:
    from custcli.db.records import core

    assert form.scheme is not None  # noqa: S101 - as above
    customer, nobody = core(ctx.forms), form.scheme.threshold is None
    named = {name: item.label for name, item in form.fields.items()}
    groups = {name: form.groups[name].label for name in form.scheme.weights}
    return [
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region", wide=True),
        Column("owner", "Owner"),
        Column("score", "Score", Kind.DECIMAL),
        Column("key", "Key customer", Kind.FLAG, wide=nobody),
        Column("noted_key", "Key as noted", Kind.FLAG, wide=nobody),
        Column("change", "Change", Kind.TOKEN, labels=CHANGES, usual=(None,)),
        *(Column(f"points_{name}", label, Kind.DECIMAL) for name, label in groups.items()),
        Column("answered", "Answered", Kind.INTEGER, wide=True),
        Column("asked", "Asked", Kind.INTEGER, wide=True),
        Column("missing", "Missing answers", Kind.INTEGER, usual=(None, 0)),
        Column("veto", "Veto", Kind.LIST, labels=named, usual=([],)),
        Column("check", "To be checked", Kind.LIST, labels=groups, usual=([],)),
        Column("rated_on", "Rated on", Kind.DATE),
        Column("stale", "To be rated again", Kind.FLAG, usual=(False,)),
        Column("margin", "Gross profit of the year", Kind.MONEY, wide=True),
        Column("reason", "Reason", masks=masks(ctx.forms, customer, customer.fields["key_reason"]), wide=nobody),
        Column("reviewed_on", "Reviewed on", Kind.DATE, wide=True),
        Column("outcome", "Review", Kind.TOKEN, labels=outcomes(ctx.forms), usual=(None,), wide=nobody),
        Column("next_on", "Next review", Kind.DATE, usual=(None,)),
        Column("overdue", "Overdue", Kind.FLAG, usual=(False,)),
    ]


def outcomes(forms: Mapping[str, Form]) -> dict[str, str]:
    """What reviews decide, by the word that is kept, as people read it."""
    return {word: choice.label for word, choice in forms[REVIEWS].values["review_outcomes"].items()}


def _rows(found: Iterable[Scored], form: Form, name_of: Callable[[str, str | None], str]) -> Iterator[list[object]]:
    for each in found:
        row, rating, review = each.row, each.rating, each.review
        score = rating.score if rating else None
        yield [
            row.code, name_of(row.name, row.hidden_as), row.kind, row.region, row.owner,
            _shown(each.total), each.key, bool(row.is_key), each.change, *_points(form, score),
            score.answered if score else None, score.asked if score else None,
            score.asked - score.answered if score else None,
            list(score.vetoes) if score else [], list(each.suspect),
            rating.rated_on if rating else None, each.stale, row.margin,
            each.reason,
            review.day if review else None, review.outcome if review else None, each.next_on, each.overdue,
        ]  # fmt: skip


def _title(form: Form, count: int) -> Message:
    least = _threshold(form)
    if least is None:
        return message("{form}: {count}; weights {weights}", form=form.label, count=count, weights=weights(form))
    return message(
        "{form}: {count}, key from {threshold}; weights {weights}",
        form=form.label,
        count=count,
        threshold=least,
        weights=weights(form),
    )


def _points(form: Form, score: Score | None) -> Iterator[object]:
    for group in form.scheme.weights if form.scheme else ():
        yield _shown(score.points[group]) if score else None


def _shown(number: Fraction | None) -> int | None:
    return None if number is None else whole(number)


def whole(number: Fraction) -> int:
    """Ten-thousandths, rounded half up; no score is below 0."""
    return (2 * number.numerator * SCALE + number.denominator) // (2 * number.denominator)


def _threshold(form: Form) -> int | None:
    return form.scheme.threshold if form.scheme else None


def _summary(form: Form, found: Sequence[Scored], change: int | None) -> dict[str, Any]:
    return {
        "scheme": form.name,
        "threshold": _threshold(form),
        "weights": dict(form.scheme.weights) if form.scheme else {},
        "customers": len(found),
        "rated": sum(each.rating is not None for each in found),
        "totalled": sum(each.total is not None for each in found),
        "key": sum(each.key for each in found),
        "due": sum(each.due for each in found),
        "proposed": sum(each.change is not None for each in found),
        "change": change,
    }


def _told(form: Form, found: Sequence[Scored], change: int | None, *, nobody: bool) -> list[Message]:
    """Who is not totalled and why, who lacks a reason or is forbidden, what is due, what would change."""
    incomplete = sum(each.rating is not None and each.total is None for each in found)
    unrated = sum(each.rating is None for each in found)
    rated = [(each, each.rating.score) for each in found if each.rating]
    unreasoned = sum(rules.reaches(form, score) and not each.reason for each, score in rated)
    due, moving = sum(each.due for each in found), sum(each.change is not None for each in found)
    counts = {
        "Not totalled, since an answer is missing: {count}": incomplete,
        "Without a rating: {count}": unrated,
        "The score suffices, but no key customer without a reason: {count}": unreasoned,
        "Forbidden by a veto, whatever the score: {count}": sum(
            bool(each.rating and each.rating.score.vetoes) for each in found
        ),
        "Points rose while there is a warning, to be checked: {count}": sum(bool(each.suspect) for each in found),
        "Review due: why is this a key customer? {count}": due,
    }
    told = [message(text, count=count) for text, count in counts.items() if count]
    told += _to_do(form, nobody=nobody, due=due > 0)
    if change:
        return [*told, message("Change {change}: the key customers of {count} dossiers.", change=change, count=moving)]
    said = message("Dossiers that would change: {count} (--apply writes it)", count=moving)
    return [*told, said] if moving else told


def _to_do(form: Form, *, nobody: bool, due: bool) -> Iterator[Message]:
    """How customers are rated, where nobody is, and how they are reviewed."""
    if nobody:
        yield message(
            "To rate: custcli template {form} -o FILE.xlsx, fill it in, custcli import FILE.xlsx; "
            "or custcli add {form} customer=CODE …; custcli forms show {form} tells the criteria",
            form=form.name,
        )
    if due:
        words = "|".join(Outcome)
        yield message("To review: custcli add reviews customer=CODE answer=… outcome={words}", words=words)
