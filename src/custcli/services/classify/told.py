"""What is told of a classification: its heading, the summary of cli.md 6, and the notes beneath the table."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from custcli.domain import classify as rules_of
from custcli.domain.classify import AbcClass, Part, Ranking, Tier
from custcli.domain.period import period_text
from custcli.grid import Money, percent, yuan
from custcli.messages import Message, message
from custcli.services.classify.amounts import METRICS
from custcli.services.classify.asked import AHEAD
from custcli.services.classify.ranked import Ranked
from custcli.services.names import TIERS

BASES = {"profit": "gross profit", "sales": "net sales"}


def summary(ranked: Ranked) -> dict[str, object]:
    """The summary of cli.md 6; with groups, the classes are those inside the groups and the 80/20 line is of all."""
    found, asked = ranked.found, ranked.asked
    line, pieces = rules_of.pareto(ranked.whole), _pieces(ranked, ranked.rankings)
    told: dict[str, object] = {
        "metric": asked.by,
        "value_basis": found.basis,
        "currency": found.currency,
        "since": ranked.period.since,
        "until": ranked.period.until,
        **pieces,
        "pareto": {
            "top20_customers": line.top20_customers,
            "top20_share": line.top20_share,
            "customers_for_80": line.customers_for_80,
            "customers_for_80_share": line.customers_for_80_share,
        },
        "gini": rules_of.gini(ranked.whole),
        "herfindahl": rules_of.herfindahl(ranked.whole),
        "method": asked.method,
        "previous_run": ranked.previous[0] if ranked.previous else None,
        "run": None,
    }
    if found.costless:
        told["cost_unknown"] = Money(found.costless)
    if asked.within:
        told["groups"] = {name: _pieces(ranked, [each]) for name, each in ranked.groups.items()}
    return told


def _pieces(ranked: Ranked, rankings: Sequence[Ranking]) -> dict[str, object]:
    """Customers, total, and the classes and tiers of one or several rankings together."""
    count, total = sum(map(len, rankings)), sum(each.total for each in rankings)
    unranked = sum(each.unranked for each in rankings)

    def together(words: Iterable[str], parts: Sequence[Mapping[Any, Part]]) -> dict[str, object]:
        sums = {word: [sum(of[word].customers for of in parts), sum(of[word].amount for of in parts)] for word in words}
        return {
            str(word): {"customers": some, "amount": ranked.amount(much), "share": much / total if total else None}
            for word, (some, much) in sums.items()
        }

    return {
        "customers": count + unranked,
        "ranked": count,
        "unranked": unranked,
        "total": ranked.amount(total),
        "abc": together(AbcClass, [rules_of.abc_parts(each) for each in rankings]),
        "tiers": together(Tier, [rules_of.tier_parts(each) for each in rankings]),
    }


def title(ranked: Ranked) -> Message:
    """The heading: metric and its basis, currency, period (a value looks ahead and has only a day), thresholds."""
    rules, until = ranked.rules, ranked.period.until
    return message(
        "Customers by {metric}, {period}: A up to {a} %, B up to {b} %; tiers up to {tiers} % of the customers",
        metric=_metric(ranked),
        period=message("at {day}", day=until) if ranked.asked.by in AHEAD else period_text(ranked.period),
        a=_percent(rules.cuts[0]),
        b=_percent(rules.cuts[1]),
        tiers=" / ".join(map(_percent, rules.tiers)),
    )


def _metric(ranked: Ranked) -> Message:
    by, basis, currency = message(METRICS[ranked.asked.by]), ranked.found.basis, ranked.found.currency
    if ranked.asked.by == "value" and basis:
        by = message("{metric} ({basis})", metric=by, basis=message(BASES[basis]))
    return message("{metric} in {currency}", metric=by, currency=currency) if currency else by


def _percent(points: int) -> str:
    """Basis points in percent."""
    return f"{points / 100:g}"


def notes(ranked: Ranked) -> list[Message]:
    """The 80/20 line, classes and tiers, who is not ranked and why, what is lacking, what they are compared with."""
    if not len(ranked.whole):
        return [*_absent(ranked), _nothing(ranked), *_left_out(ranked)]
    return [*_absent(ranked), _line(ranked), *_classes(ranked), *_left_out(ranked), *_compared(ranked)]


def _nothing(ranked: Ranked) -> Message:
    """Why nobody is ranked."""
    if not len(ranked.found.customers.ids):
        where = ranked.asked.where
        return message("No customer fits the conditions.") if where else message("There are no customers yet.")
    if ranked.asked.by == "score":
        return message("Nobody is rated: custcli score says how.")
    if ranked.asked.by in AHEAD:
        return message("There is nothing to rank: no amount above 0.")
    return message("There is nothing to rank: no amount above 0 in the period.")


def _absent(ranked: Ranked) -> list[Message]:
    said = message("There are no amounts in {currency} in the period.", currency=ranked.found.currency)
    return [said] if ranked.found.absent else []


def _line(ranked: Ranked) -> Message:
    line = rules_of.pareto(ranked.whole)
    return message(
        "The first 20 % of the customers ({best}) bring {share} %; "
        "80 % come from {needed} customers ({needed_share} %). Gini {gini}.",
        best=line.top20_customers,
        share=_share(line.top20_share),
        needed=line.customers_for_80,
        needed_share=_share(line.customers_for_80_share),
        gini=f"{rules_of.gini(ranked.whole) or 0:.3f}",
    )


def _share(share: float | None) -> str:
    return percent(share or 0)


def _classes(ranked: Ranked) -> list[Message]:
    told = _pieces(ranked, ranked.rankings)
    return [_parts(told["abc"], {}), _parts(told["tiers"], TIERS)]


def _parts(parts: Any, labels: Mapping[str, str]) -> Message:
    """`A 12 (54.1 %), B 15 (30.4 %), C 16 (15.5 %)`."""
    said = (
        message(
            "{name} {count} ({share} %)",
            name=message(labels[word]) if word in labels else word,
            count=part["customers"],
            share=_share(part["share"]),
        )
        for word, part in parts.items()
    )
    return reduce(lambda first, second: message("{first}, {second}", first=first, second=second), said)


def _left_out(ranked: Ranked) -> list[Message]:
    found, unranked = ranked.found, ranked.whole.unranked
    told = []
    if unranked:
        told.append(message("Not ranked, since there is nothing above 0: {count}", count=unranked))
    if found.stated is not None:
        count = int(found.stated.sum())
        told.append(message("No orders yet, ranked by the yearly sales on the dossiers: {count}", count=count))
    if found.costless:
        told.append(message("Sales left out, since their cost is unknown: {amount}", amount=yuan(found.costless)))
    return told


def _compared(ranked: Ranked) -> list[Message]:
    if not ranked.previous:
        return []
    number, day = ranked.previous
    return [message("Compared with run {run} of {day}.", run=number, day=day)]
