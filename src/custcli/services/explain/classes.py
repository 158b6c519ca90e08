"""Why a customer has its class and its tier: amount, rank, shares, cuts, what would change them (R4, R5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import WHOLE, Boundary, Ranking
from custcli.domain.explain import Nearest, Standing
from custcli.errors import UnknownError
from custcli.grid import Kind, yuan
from custcli.messages import Message, message
from custcli.services.classify import Asked
from custcli.services.classify.amounts import KINDS, METRICS, UNKNOWN
from custcli.services.classify.asked import AHEAD
from custcli.services.classify.ranked import Ranked, ranked
from custcli.services.classify.told import BASES
from custcli.services.explain.facts import Fact, Section, money, shown
from custcli.services.names import TIERS

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.explain import Behind

KINDS_OF_GROUP = {"region": "Region", "owner": "Owner", "kind": "Dossier kind"}
BETTER = {"A": 0, "B": 1, "C": 2, "key": 0, "major": 1, "ordinary": 2, "small": 3, None: 4}


@dataclass(frozen=True)
class Stand:
    """Where a customer stands: the ranking that classes it (its group's, where groups were asked for), and what for.

    `index`: its place in that ranking, None without a rank. `amount`: None where the data does not carry one.
    """

    all: Ranked
    ranking: Ranking
    standing: Standing
    index: int | None
    amount: int | None
    stated: bool
    group: str | None
    behind: "Behind"
    before: tuple[str, ...] | None

    @property
    def asked(self) -> Asked:
        """What was asked of the classification."""
        return self.all.asked

    @property
    def counted(self) -> bool:
        """Whether the amounts are counts."""
        return KINDS.get(self.asked.by) is Kind.INTEGER


def stand(ctx: "Context", connection: "Connection", customer: int, asked: Asked) -> Stand:
    """Rank everybody and find the customer. UnknownError: it does not fit the conditions."""
    import numpy as np

    from custcli.db import runs

    every = ranked(ctx, connection, asked)
    found = every.found
    places = np.flatnonzero(found.customers.ids == customer)
    if not len(places):
        raise UnknownError("the customer does not fit the conditions of --where")
    place = int(places[0])
    group = found.customers.groups[place] if found.customers.groups else None
    peers = _peers(found.customers.groups, group, len(found.customers.ids))
    ranking = every.whole if group is None else every.groups[group]
    index = np.flatnonzero(ranking.order == place)
    number = every.previous[0] if every.previous else None
    before = runs.words(connection, number, np.array([customer]))[0][:2] if number else ()
    amount = int(found.amounts[place])
    return Stand(
        all=every,
        ranking=ranking,
        standing=Standing(peers, found.amounts[peers], int(np.searchsorted(peers, place)), every.rules),
        index=int(index[0]) if len(index) else None,
        amount=None if amount == UNKNOWN else amount,
        stated=bool(found.stated is not None and found.stated[place]),
        group=group,
        behind=_behind(connection, customer, every),
        before=before or None,
    )


def _peers(groups: list[str] | None, group: str | None, count: int) -> Any:
    import numpy as np

    if groups is None:
        return np.arange(count)
    return np.fromiter((place for place, each in enumerate(groups) if each == group), dtype=np.intp)


def _behind(connection: "Connection", customer: int, every: Ranked) -> "Behind":
    from custcli.db import explain

    count = explain.payments if every.asked.by == "payments" else explain.orders
    return count(connection, customer, every.period.since, every.period.until, every.found.currency)


# the data


def data(ctx: "Context", found: Stand) -> Section:
    """What the class and the tier are reckoned from: metric, period, orders, currency; whether it is too thin."""
    asked, behind, period = found.asked, found.behind, found.all.period
    source = _source(found)
    facts = [
        Fact("metric", message("Metric"), asked.by, message(METRICS[asked.by])),
        *([_value_basis(found)] if found.all.found.basis and asked.by == "value" else []),
        Fact("currency", message("Currency"), found.all.found.currency),
        Fact("since", message("Since"), period.since),
        Fact("until", message("Until"), period.until),
        Fact("amount", message("Amount"), _amount(found), source=source),
        Fact(*_counted(asked.by), behind.number, source=source),
        Fact("returns", message("Returns"), behind.returns),
        Fact("first", message("First in the period"), _day(behind.first)),
        Fact("last", message("Last in the period"), _day(behind.last)),
        Fact("passed", message("Orders that do not count"), behind.passed),
    ]
    kept = [each for each in facts if each.value is not None and (each.value != 0 or each.fact in {"amount", "orders"})]
    return Section("data", None, None, message("what it is reckoned from"), kept, thin=list(thin(ctx, found)))


def _counted(by: str) -> tuple[str, Message]:
    if by == "payments":
        return "payments", message("Payments received")
    return "orders", message("Orders")


def _value_basis(found: Stand) -> Fact:
    basis = str(found.all.found.basis)
    return Fact("value_basis", message("Value is"), basis, message(BASES[basis]))


def _source(found: Stand) -> str:
    if found.asked.by in AHEAD:
        return "orders"
    return "dossier" if found.stated else "payments" if found.asked.by == "payments" else "orders"


def _amount(found: Stand) -> Any:
    return None if found.amount is None else money(found.amount, counted=found.counted)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def thin(ctx: "Context", found: Stand) -> Iterator[Message]:
    """In words: what makes the verdict say little."""
    rules, behind = ctx.settings.value, found.behind
    if found.index is None:
        yield _unranked(found)
    if found.stated:
        yield message("No orders yet: ranked by the sales stated on the dossier.")
    if behind.number == 1 and found.asked.by not in AHEAD:
        yield message("Too thin to tell much: it rests on a single one, of {day}.", day=behind.first)
    ranked_ones = len(found.ranking)
    if 0 < ranked_ones < rules.min_class:
        yield message(
            "Too thin to tell much: only {count} customers are ranked, fewer than {least}.",
            count=ranked_ones,
            least=rules.min_class,
        )
    first, until = _day(behind.first), found.all.period.until
    if (
        first
        and found.all.period.since
        and until - first < timedelta(days=rules.min_history_days)
        and behind.number > 1
    ):
        days = (until - first).days
        yield message("Too thin to tell much: the first one in the period is {days} days old.", days=days)


def _unranked(found: Stand) -> Message:
    if found.amount is None:
        return message("Not ranked: too little data for this metric.")
    if found.amount < 0:
        return message("Not ranked: returns exceed sales.")
    return message("Not ranked: nothing above 0 in the period.")


# class


def classed(ctx: "Context", found: Stand) -> Section:
    """The ABC class: share up to the customer against the cuts (R4)."""
    verdict = str(found.ranking.abc[found.index]) if found.index is not None else None
    nearest = found.standing.abc()
    facts = [
        Fact("class", message("Class"), verdict, None if verdict else message("not ranked")),
        *ranks(found),
        *_shares(found),
        *_cuts(ctx, found),
        *_ties(found),
        *changes(found, nearest, {}),
        *_previous(found, 0),
    ]
    title = message("class {verdict} by rule R4", verdict=verdict or message("not ranked"))
    return Section("class", verdict, "R4", title, facts, [*_rule(found), *_surprises(nearest)])


def _rule(found: Stand) -> list[Message]:
    rules = found.all.rules
    how = (
        message("the share with the customer decides (boundary end)")
        if rules.boundary is Boundary.END
        else message("the share before the customer decides (boundary start)")
    )
    return [
        message(
            "R4: all are ranked by the amount and the amounts added up: "
            "A up to {a} % of the total, B up to {b} %; {how}; the first is always A.",
            a=f"{rules.cuts[0] / 100:g}",
            b=f"{rules.cuts[1] / 100:g}",
            how=how,
        )
    ]


def ranks(found: Stand) -> Iterator[Fact]:
    """The amount, its group, and the rank among how many."""
    amount = _amount(found)
    if amount is not None:
        yield Fact("amount", message("Amount"), amount, source=_source(found))
    if found.group is not None:
        label = message(KINDS_OF_GROUP[str(found.asked.within)])
        yield Fact("within", label, found.group, None if found.group else message("not stated"))
    if found.index is not None:
        yield Fact("rank", message("Rank"), found.index + 1)
    yield Fact("ranked", message("Ranked customers"), len(found.ranking))


def _shares(found: Stand) -> Iterator[Fact]:
    ranking, index = found.ranking, found.index
    total = money(ranking.total, counted=found.counted)
    yield Fact("total", message("Total of all"), total)
    if index is None:
        return
    with_it = int(ranking.cumulative[index])
    yield Fact("share", message("Share"), int(ranking.amounts[index]) / ranking.total)
    before = (with_it - int(ranking.amounts[index])) / ranking.total
    if found.all.rules.boundary is Boundary.START:
        yield Fact("share_before", message("Share before it"), before)
    yield Fact("cumulative_share", message("Cumulative share"), with_it / ranking.total)


def _cuts(ctx: "Context", found: Stand) -> Iterator[Fact]:
    source = "option" if found.asked.cut else ctx.settings.sources.get("classify.cut", "default")
    labels = (message("A up to"), message("B up to"))
    for name, label, cut, reach in zip(
        ("cut_a", "cut_b"), labels, found.all.rules.cuts, found.ranking.thresholds, strict=True
    ):
        amount = f"{reach:,}" if found.counted else yuan(reach)
        said = message("{percent} %: {amount}", percent=f"{cut / 100:g}", amount=amount)
        yield Fact(name, label, cut / WHOLE, said, source=source)
        yield Fact(f"{name}_amount", label, money(reach, counted=found.counted), wide=True)


def _ties(found: Stand) -> Iterator[Fact]:
    import numpy as np

    if found.index is None:
        return
    ties = int(np.count_nonzero(found.ranking.amounts == found.ranking.amounts[found.index])) - 1
    if ties:
        note = (
            message("Equal amounts are kept together.")
            if found.all.rules.keep_ties
            else message("Equal amounts are ordered by customer code.")
        )
        yield Fact("ties", message("Others with as much"), ties, note=note)


def _previous(found: Stand, place: int) -> Iterator[Fact]:
    if found.before and found.all.previous:
        number, day = found.all.previous
        word = found.before[place]
        said = message(
            "{verdict} (run {run} of {day})",
            verdict=message(TIERS[word]) if word in TIERS else word,
            run=number,
            day=day,
        )
        yield Fact("previous", message("In the last run"), word, said)


# changes


def changes(found: Stand, nearest: Nearest, labels: Mapping[str, str]) -> Iterator[Fact]:
    """The nearest amounts, everybody else unchanged, at which the verdict is another."""
    counted, own = found.counted, max(found.amount or 0, 0)

    def word(verdict: str | None) -> Message | str:
        return message("not ranked") if verdict is None else message(labels[verdict]) if verdict in labels else verdict

    def fact(name: str, label: Message, at: int, verdict: str | None, said: Message) -> Fact:
        difference = money(at - (found.amount or 0), counted=counted)
        return Fact(name, label, money(at, counted=counted), said, verdict, difference)

    upwards = [("change_up", message("Next change up"), nearest.up)]
    upwards += [("change_better", message("Further up"), each) for each in nearest.better]
    for name, label, change in upwards:
        if change:
            said = message(
                "{verdict} from {amount} on (+{difference})",
                verdict=word(change.verdict),
                amount=shown(change.amount, counted=counted),
                difference=shown(change.amount - (found.amount or 0), counted=counted),
            )
            yield fact(name, label, change.amount, change.verdict, said)
    if nearest.down:
        least = nearest.down.amount + 1
        nothing = message(
            "{verdict} with nothing (-{difference})",
            verdict=word(nearest.down.verdict),
            difference=shown(own, counted=counted),
        )
        said = (
            nothing
            if nearest.down.amount == 0
            else message(
                "{verdict} below {amount} (-{difference})",
                verdict=word(nearest.down.verdict),
                amount=shown(least, counted=counted),
                difference=shown(own - least, counted=counted),
            )
        )
        yield fact("change_down", message("Next change down"), nearest.down.amount, nearest.down.verdict, said)


def _surprises(nearest: Nearest) -> Iterator[Message]:
    """What may surprise: a greater amount that brings a lower class, a smaller one that brings a higher."""
    if nearest.verdict and nearest.up and BETTER[nearest.up.verdict] > BETTER[nearest.verdict]:
        yield message(
            "More may bring a lower class for a while: the share with the customer grows until it overtakes the next."
        )
    if nearest.verdict and nearest.down and BETTER[nearest.down.verdict] < BETTER[nearest.verdict]:
        yield message("A little less would bring a higher class: the share with the customer shrinks.")


# tier


def tiered(ctx: "Context", found: Stand) -> Section:
    """The tier of the pyramid: the rank against the number of customers (R5)."""
    verdict = str(found.ranking.tiers[found.index]) if found.index is not None else None
    said = message(TIERS[verdict]) if verdict else message("not ranked")
    facts = [
        Fact("tier", message("Tier"), verdict, said),
        *ranks(found),
        *_ends(ctx, found),
        *_ties(found),
        *changes(found, found.standing.tier(), TIERS),
        *_previous(found, 1),
    ]
    rule = message("R5: all are ranked by the amount; so many of them are in the tiers, rounded up.")
    title = message("tier {verdict} by rule R5", verdict=said)
    return Section("tier", verdict, "R5", title, facts, [rule])


def _ends(ctx: "Context", found: Stand) -> Iterator[Fact]:
    source = "option" if found.asked.tiers else ctx.settings.sources.get("classify.tiers", "default")
    ends = zip(("key", "major", "ordinary"), found.all.rules.tiers, found.ranking.tier_ends, strict=False)
    for word, points, end in ends:
        label = message("{tier} up to rank", tier=message(TIERS[word]))
        said = message("{rank} ({percent} %)", rank=end, percent=f"{points / 100:g}")
        yield Fact(f"up_to_{word}", label, end, said, source=source)
