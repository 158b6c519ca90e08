"""RFM from orders to answer: recency, frequency, amount, scores, the eight types, segments and what to do (R14)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.period import Period, period
from custcli.domain.readers import Refused, read_decimal
from custcli.domain.rfm import FIGURES, SCORES, Action, Kind, Rules, Scored, Variant, score, turns
from custcli.errors import UsageError
from custcli.grid import SCALE, Bars, Column, Grid, Money, Stack
from custcli.grid import Kind as Of
from custcli.messages import Message, message
from custcli.services import segments
from custcli.services.names import HIDDEN_NAME, kind_column, namer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.domain.segments import Segments
    from custcli.services.classify.asked import Asked

MONTHS = 24
"""The usual period (decisions.md 26)."""
SCORED = {"value", "sales"}
"""What may be said behind --by: nothing else, which is value, or what is scored."""
OF_CLASSES = ("cut", "tiers", "boundary", "keep_ties", "within", "abc", "tier")
REFUSED = ("--by", "--cut", "--tiers", "--boundary", "--keep-ties", "--within", "--class", "--tier")
KINDS = {
    "important_value": "important, of value",
    "important_develop": "important, to develop",
    "important_keep": "important, to call back",
    "important_retain": "important, to win back",
    "general_value": "general, of value",
    "general_develop": "general, new",
    "general_keep": "general, to call back",
    "general_retain": "general, lost",
}
ACTIONS = {
    "serve_first": "serve first, keep close",
    "raise_frequency": "bring to buy more often",
    "call_back": "call back, ask why it stays away",
    "win_back": "win back, find the cause",
    "raise_amount": "offer more, raise the amount",
    "welcome": "welcome, show the range",
    "remind": "remind with an offer",
    "least_upkeep": "least upkeep",
}
WORDS = list(zip(map(str, Kind), map(str, Action), strict=True))
"""Type and action of each place in Kind."""


@dataclass(frozen=True)
class _Found:
    """The customers who ordered in the period, in the order of the answer: places of arrays."""

    figures: "Mapping[str, NDArray[Any]]"
    scored: Scored
    order: "NDArray[Any]"
    period: Period
    currency: str
    customers: int
    segmented: "_Segmented | None" = None

    def words(self, place: int) -> list[str]:
        """Segment, where these are asked for, type and action of a customer."""
        own = self.segmented
        segment = [own.by.every[int(own.places[place])].name] if own else []
        return [*segment, *WORDS[int(self.scored.kinds[place])]]


@dataclass(frozen=True)
class Standing:
    """One customer among those scored: by figure its value (days, orders, ten-thousandths) and score.

    `means`: the mean score of each figure, above which one is high; `turns`: the nearest values with another score,
    and that score; `rank` among `customers`; scores up to `best`.
    """

    values: Mapping[str, int]
    points: Mapping[str, int]
    means: Mapping[str, Fraction]
    turns: Mapping[str, Sequence[tuple[int, int]]]
    kind: str
    action: str
    rank: int
    customers: int
    best: int
    period: Period
    currency: str


@dataclass(frozen=True)
class _Segmented:
    """The segments asked for, and the place of each customer's in `by.every`."""

    by: "Segments"
    places: "NDArray[Any]"


def scoring(ctx: "Context", asked: "Asked") -> Grid:
    """The customers by RFM code downwards, then amount, then code; the run is stored where that is wished and possible.

    UsageError: too few customers for quantiles, cut points that do not rise, no such segments, options that are for
    classes.
    """
    if asked.segment and not asked.segments:
        raise UsageError("--segment needs --segments")
    if asked.segments and asked.rfm_scores not in {None, SCORES}:
        raise UsageError("--segments: the rules are for scores from 1 to {most}", most=SCORES)
    found = _scored(ctx, asked)
    ranks = _ranks(asked, found)
    shown = ranks[: asked.limit or None]
    left = len(ranks) - len(shown)
    notes = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    if found.customers > len(found.order):
        gone = found.customers - len(found.order)
        notes.append(message("Not scored, since there is no order in the period: {count}", count=gone))
    summary = _summary(asked, found)
    notes += _keep(ctx, asked, found, summary) if len(found.order) else []
    return Grid(
        "classify", _columns(ctx, found), _rows(ctx, found, shown), summary, ctx.day, _title(found), notes,
        sheet=message("RFM"), count=len(shown), beside=_beside(found, summary),
        spare=("action", "owner", "region", "recency", "frequency"),
    )  # fmt: skip


def _ranks(asked: "Asked", found: _Found) -> "NDArray[Any]":
    """The ranks, from 1 on, of the rows asked for: all, or those of a segment."""
    import numpy as np

    if found.segmented is None or not asked.segment:
        return np.arange(1, len(found.order) + 1)
    own = found.segmented
    return np.flatnonzero(own.places[found.order] == segments.place_of(asked.segment, own.by)) + 1


def _beside(found: _Found, summary: Mapping[str, Any]) -> list[Grid]:
    """What sums the rows up; people read the segments, where they are asked for, else the types below the rows."""
    types, squares = _types(summary), _squares(found)
    if found.segmented is None:
        return [replace(types, below=True), squares]
    return [segments.table(found.segmented.by, summary["segments"]), types, squares]


def _types(summary: Mapping[str, Any]) -> Grid:
    """Each of the types that there are with its customers, amount and what to do, and bars of the amounts."""
    columns = [
        Column("type", "Type", Of.TOKEN, labels=KINDS),
        Column("customers", "Customers", Of.INTEGER),
        Column("customers_share", "Share of customers", Of.SHARE, bar=True),
        Column("amount", "Amount", Of.MONEY),
        Column("share", "Share", Of.SHARE, bar=True),
        Column("action", "Next action", Of.TOKEN, labels=ACTIONS),
    ]
    rows = []
    for kind, action in zip(Kind, Action, strict=True):
        own = summary["types"][str(kind)]
        told = [own["customers"] / (summary["ranked"] or 1), own["amount"], own["share"], str(action)]
        rows += [[str(kind), own["customers"], *told]] if own["customers"] else []
    chart = Bars(message("{amount} by {parts}", amount=message("Amount"), parts=message("Type")), "type", "amount")
    return Grid("classify", columns, rows, chart=chart)


def _squares(found: _Found) -> Grid:
    """How many customers have which score of R (a row each) and F (a column each)."""
    scores, best = found.scored.scores, found.scored.best
    points = range(1, best + 1)
    columns = [Column("r", "R × F"), *(Column(f"f{f}", f"F{f}", Of.INTEGER) for f in points)]
    rows = [
        [f"R{r}", *(int(((scores["recency"] == r) & (scores["frequency"] == f)).sum()) for f in points)]
        for r in reversed(points)
    ]
    said = message("Customers by R ({best}: lately) and F ({best}: often)", best=best)
    return Grid("classify", columns, rows, title=said, chart=Stack(said))


def standing(ctx: "Context", customer: int, asked: "Asked") -> Standing | None:
    """Where one customer stands among all that are scored; None: it did not order in the period.

    UsageError: as scoring().
    """
    import numpy as np

    found = _scored(ctx, asked)
    places = np.flatnonzero(found.figures["id"] == customer)
    if not len(places):
        return None
    place, scored = int(places[0]), found.scored
    values = {name: int(found.figures[name][place]) for name in FIGURES}
    kind, action = WORDS[int(scored.kinds[place])]
    return Standing(
        values=values,
        points={name: int(scored.scores[name][place]) for name in FIGURES},
        means={name: Fraction(int(each.sum()), len(each)) for name, each in scored.scores.items()},
        turns={name: turns(name, values[name], scored, _rules(asked)) for name in FIGURES},
        kind=kind,
        action=action,
        rank=int(np.flatnonzero(found.order == place)[0]) + 1,
        customers=len(found.order),
        best=scored.best,
        period=found.period,
        currency=found.currency,
    )


def _scored(ctx: "Context", asked: "Asked") -> _Found:
    """All that are scored. UsageError: options of the other methods, too few customers, wrong cut points."""
    if asked.by not in SCORED or any(getattr(asked, name) for name in OF_CLASSES):
        raise UsageError("rfm scores net sales: {options} are for the other methods", options=", ".join(REFUSED))
    try:
        return _found(ctx, asked)
    except Refused as refused:
        raise UsageError(refused.message.text, **refused.message.params) from refused


def _rules(asked: "Asked") -> Rules:
    return Rules(Variant(asked.rfm_variant or Variant.CLOSED), _cuts(asked), asked.rfm_scores or SCORES)


def _found(ctx: "Context", asked: "Asked") -> _Found:
    import numpy as np

    from custcli.db import figures, rfm
    from custcli.db.terms import customer_filter
    from custcli.services.currency import chosen_currency, currency_code
    from custcli.services.records import parsed

    days = period(
        ctx.day, months=asked.months, since=asked.since, until=asked.until, all_time=asked.all_time, usual=MONTHS
    )
    rules = _rules(asked)
    by = segments.of(asked.segments, ctx.settings) if asked.segments else None
    with ctx.reading().reading() as connection:
        only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
        ids = figures.customers(connection, only).ids
        word, kept = chosen_currency(ctx, connection, "sales_order", days, currency_code(asked.currency))
        bought = rfm.buying(connection, days.since, days.until, kept)
    own = figures.all_aligned(ids[np.isin(ids, bought["id"])], bought)
    own["recency"] = days.until.toordinal() - own["last"]
    scored = score(own, rules)
    order = np.lexsort((-own["monetary"], -scored.codes))
    segmented = _Segmented(by, by.placed(scored.codes)) if by else None
    return _Found(own, scored, order, days, word, len(ids), segmented)


def _cuts(asked: "Asked") -> dict[str, list[int]]:
    """The cut points given: days, orders, yuan."""
    texts = zip(FIGURES, (asked.r_cuts, asked.f_cuts, asked.m_cuts), strict=True)
    scales = {"monetary": 1, "recency": SCALE, "frequency": SCALE}
    return {name: [_point(part, scales[name]) for part in text.split(",")] for name, text in texts if text}


def _point(text: str, scale: int) -> int:
    """A cut point in ten-thousandths ÷ scale: a figure reaches 297.4 days from 298 on."""
    return -(-read_decimal(text.strip()) // scale)


def _keep(ctx: "Context", asked: "Asked", found: _Found, summary: dict[str, object]) -> list[Message]:
    """Store the run, if wished: types and codes in the order of the answer."""
    import numpy as np

    from custcli.db.verdicts import Verdicts
    from custcli.services.classify import asked as asking
    from custcli.services.classify import stored

    chosen: dict[str, object] = {"variant": summary["variant"], **_cuts(asked)}
    chosen |= {"period": found.period.length, "currency": found.currency}
    chosen |= {"scores": found.scored.best} if found.scored.best != SCORES else {}
    mark = asking.fingerprint(replace(asked, by="sales"), chosen)
    chosen["filtered"] = bool(asked.where)
    chosen |= {"segments": found.segmented.by.written()} if found.segmented else {}
    order = found.order
    verdicts = Verdicts(
        found.figures["id"][order],
        np.arange(1, len(order) + 1),
        found.figures["monetary"][order],
        [found.scored.kinds[order], found.scored.codes[order]],
    )
    run = stored.of(ctx.day, "sales", "rfm", found.period, mark, chosen, summary)
    return stored.keep(ctx, run, verdicts, summary, save=asked.save)


# the answer


def _columns(ctx: "Context", found: _Found) -> list[Column]:
    return [
        Column("rank", "Rank", Of.INTEGER),
        Column("code", "Customer code", Of.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region"),
        Column("owner", "Owner"),
        Column("recency", "Days since", Of.INTEGER),
        Column("frequency", "Orders", Of.INTEGER),
        Column("amount", "Amount", Of.MONEY),
        Column("r", "R", Of.INTEGER, wide=True),
        Column("f", "F", Of.INTEGER, wide=True),
        Column("m", "M", Of.INTEGER, wide=True),
        Column("rfm", "RFM", Of.CODE),
        *([segments.column(found.segmented.by)] if found.segmented else []),
        Column("type", "Type", Of.TOKEN, labels=KINDS),
        Column("action", "Next action", Of.TOKEN, labels=ACTIONS),
        Column("last_order", "Last order", Of.DATE, wide=True),
    ]


def _rows(ctx: "Context", found: _Found, shown: "NDArray[Any]") -> Iterator[list[object]]:
    """The rows of these ranks."""
    from custcli.db import figures

    name_of, own, scores = namer(ctx), found.figures, found.scored.scores
    with ctx.reading().reading() as connection:
        for ranks in figures.chunks(shown.tolist()):
            places = [int(found.order[rank - 1]) for rank in ranks]
            known = figures.shown(connection, own["id"][places].tolist())
            for rank, place in zip(ranks, places, strict=True):
                who = known.get(int(own["id"][place]))
                if who is None:  # taken back in the meantime
                    continue
                points = [int(scores[name][place]) for name in FIGURES]
                yield [
                    *(rank, who.code, name_of(who.name, who.hidden_as), who.kind, who.region, who.owner),
                    *(int(own[name][place]) for name in FIGURES),
                    *points,
                    "".join(map(str, points)),
                    *found.words(place),
                    date.fromordinal(int(own["last"][place])),
                ]


def _summary(asked: "Asked", found: _Found) -> dict[str, object]:
    import numpy as np

    scored, amounts = found.scored, found.figures["monetary"]
    total = sum(amounts.tolist())
    types = {}
    for place, kind in enumerate(Kind):
        own = amounts[scored.kinds == place]
        amount = sum(own.tolist())
        share = amount / total if total > 0 else None
        types[str(kind)] = {"customers": len(own), "amount": Money(amount), "share": share}
    by = found.segmented
    parts = segments.summary(by.by, by.places, found.figures["frequency"], amounts) if by else None
    means = {name: float(np.mean(each)) if len(each) else None for name, each in scored.scores.items()}
    return {
        "metric": "sales",
        "method": "rfm",
        "variant": asked.rfm_variant or str(Variant.CLOSED),
        "currency": found.currency,
        "since": found.period.since,
        "until": found.period.until,
        "customers": found.customers,
        "ranked": len(found.order),
        "unranked": found.customers - len(found.order),
        "total": Money(total),
        "scores": scored.best,
        "cuts": {name: _told(name, cuts, scored.best) for name, cuts in scored.cuts.items()},
        "mean_scores": means,
        "types": types,
        **({"segmentation": by.by.name, "segments": parts} if by else {}),
        "run": None,
    }


def _told(name: str, cuts: Sequence[int], parts: int) -> list[Decimal]:
    """Cut points in days, orders, yuan, to ten decimals; those of five scores are exact."""
    unit = parts * (SCALE if name == "monetary" else 1)
    return [Decimal(f"{round(Decimal(cut) / unit, 10).normalize():f}") for cut in cuts]


def _title(found: _Found) -> Message:
    since, until = found.period.since, found.period.until
    return message(
        "Customers by RFM in {currency}, {period}",
        currency=found.currency,
        period=message("{since} to {until}", since=since, until=until)
        if since
        else message("up to {until}", until=until),
    )
