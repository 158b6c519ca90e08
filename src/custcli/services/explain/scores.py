"""Why a customer has its score: criteria, points and weights of each scheme, threshold, next review (R10, R11)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from custcli.domain.forms import Form, Scheme
from custcli.domain.forms.scored import items
from custcli.domain.masking import mask
from custcli.domain.score import FULL
from custcli.grid import Money
from custcli.messages import Message, message
from custcli.services.explain.facts import Fact, Section, exact
from custcli.services.records import OPEN, masks
from custcli.services.score import CHANGES, Rating, Scored, of_customer, outcomes, whole

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

RULES = {"dealer_score": "R10"}
"""The rule of a scheme; R11 where it is another one."""


def scored(ctx: "Context", connection: "Connection", customer: int) -> Iterator[Section]:
    """A verdict for each scheme by which the customer was rated."""
    for form in ctx.forms.values():
        found = of_customer(ctx, connection, form, customer) if form.scheme else None
        if found and found.rating and form.scheme:
            rating = replace(found.rating, reason=_reason(ctx, found))
            yield _section(form, form.scheme, found, rating, outcomes(ctx.forms))


def _reason(ctx: "Context", found: Scored) -> str | None:
    """Why it is a key customer; of a person it is personal and hidden (domain.md 1.9)."""
    from custcli.db.records import core

    customer = core(ctx.forms)
    how = masks(ctx.forms, customer, customer.fields["key_reason"])
    chosen = how.get(found.row.hidden_as, how.get(None, OPEN))
    return found.reason if ctx.reveal or chosen == OPEN else mask(found.reason, chosen)


def _section(form: Form, scheme: Scheme, found: Scored, rating: Rating, outcomes: Mapping[str, str]) -> Section:
    total, rule = found.total, RULES.get(form.name, "R11")
    facts = [
        Fact("score", message("Score"), _points(total), None if total is None else _of(total, Fraction(FULL))),
        *_groups(form, scheme, rating),
        *_verdict(form, scheme, found, rating),
        *_reviewed(scheme, found, rating, outcomes),
    ]
    title = message("{form}: {total}", form=form.label, total="?" if total is None else exact(whole(total)))
    said = message(
        "{rule}: each group has its weight × the mean of its answers' share of the best answer; the weights make 100.",
        rule=rule,
    )
    missing = rating.score.asked - rating.score.answered
    lacking = [message("Too thin to tell: answers that are missing: {count}", count=missing)] if missing else []
    return Section(f"score.{form.name}", _points(total), rule, title, facts, [said], lacking)


def _groups(form: Form, scheme: Scheme, rating: Rating) -> Iterator[Fact]:
    """Each group with its points of its weight, what a step more brings, and the answers to its criteria."""
    sum_of_weights = sum(scheme.weights.values())
    for name, share in scheme.weights.items():
        criteria, weight = items(form, name), Fraction(FULL * share, sum_of_weights)
        label, points = form.groups[name].label, rating.score.points[name]
        said = None if points is None else _of(points, weight)
        yield Fact(f"points_{name}", message("{group}: points", group=label), _points(points), said)
        yield Fact(f"weight_{name}", message("{group}: weight", group=label), _points(weight), wide=True)
        for item in criteria:
            answer, most = rating.answers.get(item.name), int(item.max or 1)
            step = weight / (most * len(criteria))
            told = message("{answer} of {most} (a step is {step})", answer=answer, most=most, step=exact(whole(step)))
            blank = message("not answered")
            shown = blank if answer is None else told
            yield Fact(item.name, message(item.label), answer, shown, difference=_points(step), note=None)


def _verdict(form: Form, scheme: Scheme, found: Scored, rating: Rating) -> Iterator[Fact]:
    """Threshold, what lacks to it, vetoes and warnings, the reason, whether it is a key customer."""
    total, vetoes = found.total, rating.score.vetoes
    if scheme.threshold is not None:
        yield Fact("threshold", message("Key from"), scheme.threshold)
        if total is not None and total < scheme.threshold:
            yield Fact("lacking", message("Lacking to it"), _points(scheme.threshold - total))
        blank = message("none: without a reason nobody is a key customer")
        yield Fact("reason", message("Reason"), rating.reason, None if rating.reason else blank)
        yield Fact("key", message("Key customer"), found.key)
        yield Fact("noted_key", message("Key as noted"), bool(found.row.is_key))
    for name in vetoes:
        said = message("forbidden whatever the score: {field}", field=form.fields[name].label)
        yield Fact("veto", message("Veto"), name, said)
    for name in found.suspect:
        said = message("points rose while there is a warning: {field}", field=form.groups[name].label)
        yield Fact("check", message("To be checked"), name, said)
    if found.change:
        yield Fact("change", message("Change"), str(found.change), message(CHANGES[found.change]))


def _reviewed(scheme: Scheme, found: Scored, rating: Rating, outcomes: Mapping[str, str]) -> Iterator[Fact]:
    yield Fact("rated_on", message("Rated on"), rating.rated_on)
    if scheme.months:
        yield Fact("stale", message("To be rated again"), found.stale)
    if found.review:
        yield Fact("reviewed_on", message("Reviewed on"), found.review.day)
        label = found.review.outcome and outcomes.get(found.review.outcome)
        yield Fact("outcome", message("Review"), found.review.outcome, message(label) if label else None)
    if found.next_on or found.due:
        said: Message | None = message("due") if found.due and not found.next_on else None
        yield Fact("next_on", message("Next review"), found.next_on, said)
        yield Fact("overdue", message("Overdue"), found.overdue)


def _points(number: Fraction | None) -> Money | None:
    return None if number is None else Money(whole(number))


def _of(points: Fraction, most: Fraction) -> Message:
    return message("{points} of {most}", points=exact(whole(points)), most=exact(whole(most)))
