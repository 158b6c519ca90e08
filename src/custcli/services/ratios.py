"""The financial ratios of customers by their statements, with verdicts (domain.md R19, F131)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from custcli.domain.period import months_before
from custcli.domain.ratios import NOTHING, Ratio, Statement, insolvent, ratios
from custcli.grid import SCALE, Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services.names import HIDDEN_NAME, namer
from custcli.services.records import more

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.score import Who

STATEMENTS = "statements"
CLOSED = "closed_on"
FIGURES = [each.name for each in fields(Statement)]
APART = (11, 13)
"""A statement of a year before is so many months older at least and at most."""
RATIOS = {
    "current_ratio": "Current ratio",
    "quick_ratio": "Quick ratio",
    "debt_ratio": "Debts / assets",
    "receivables_turnover": "Turnover of receivables",
    "inventory_turnover": "Turnover of inventory",
    "net_margin": "Net margin",
}
NORMS = {"current_ratio": "2 (≥ 1)", "quick_ratio": "1", "debt_ratio": "≤ 0.5 (≤ 0.7)"}
"""What R19 calls ideal, and what can be borne; the others are compared with the year before."""
REASONS = {"not_stated": "a figure is not stated", "zero": "the denominator is 0"}
VERDICTS = {"good": "good", "fair": "watch", "poor": "warning"}


@dataclass(frozen=True)
class Asked:
    """Which customers, as the options of `custcli ratios` say it."""

    codes: Sequence[str] = ()
    where: Sequence[str] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Analysed:
    """A customer's latest statement with its ratios, and those of the statement a year before."""

    who: "Who"
    closed_on: date
    statement: Statement
    ratios: Sequence[Ratio]
    before: Mapping[str, Fraction | None]


def analysed(ctx: "Context", asked: Asked) -> Grid:
    """The ratios of the latest statements up to the day, by customer code.

    UnknownError: no such customer; UsageError: a condition that is none.
    """
    with ctx.reading().reading() as connection:
        found = list(_found(ctx, connection, asked))
    shown = found[: asked.limit or None]
    return Grid(
        command="ratios",
        columns=COLUMNS,
        rows=_rows(shown, namer(ctx)),
        summary={"customers": len(found), "insolvent": [each.who.code for each in found if insolvent(each.statement)]},
        as_of=ctx.day,
        title=message("Financial ratios by the latest statements: {count}", count=len(found)),
        notes=[*more(len(found) - len(shown)), *_told(found)],
        sheet=message("Ratios"),
        count=len(shown) * len(RATIOS),
    )


def _found(ctx: "Context", connection: "Connection", asked: Asked) -> Iterator[Analysed]:
    from custcli.db import score as stored
    from custcli.services.score import chosen

    who = stored.who(connection, chosen(ctx, connection, asked.codes, asked.where))
    form, every = ctx.forms[STATEMENTS], defaultdict[str, dict[date, Statement]](dict)
    for code, (closed, *figures) in stored.answers(connection, form, [CLOSED, *FIGURES], ctx.day):
        every[code][closed] = Statement(*figures)
    for each in who:
        if statements := every.get(each.code):
            yield _analysed(each, statements)


def _analysed(who: "Who", statements: Mapping[date, Statement]) -> Analysed:
    """The ratios of the last statement; what it does not say of a year before the one then says."""
    closed = max(statements)
    former = _before(closed, statements)
    last = _with_stocks(statements[closed], former)
    before = {each.name: each.value for each in ratios(former)} if former else {}
    return Analysed(who, closed, last, ratios(last), before)


def _before(closed: date, statements: Mapping[date, Statement]) -> Statement | None:
    least, most = (months_before(closed, months) for months in APART)
    days = [day for day in statements if most <= day <= least]
    return statements[max(days)] if days else None


def _with_stocks(last: Statement, former: Statement | None) -> Statement:
    if former is None:
        return last
    stocks: dict[str, Any] = {
        "receivables_before": former.receivables if last.receivables_before is None else last.receivables_before,
        "inventory_before": former.inventory if last.inventory_before is None else last.inventory_before,
    }
    return replace(last, **stocks)


# the answer


COLUMNS = (
    Column("code", "Customer code", Kind.CODE),
    HIDDEN_NAME,
    Column("closed_on", "Closed on", Kind.DATE),
    Column("ratio", "Ratio", Kind.TOKEN, labels=RATIOS),
    Column("value", "Figure", Kind.DECIMAL, blank="—"),
    Column("days", "Days", Kind.DECIMAL),
    Column("before", "A year before", Kind.DECIMAL, usual=(None,)),
    Column("verdict", "Verdict", Kind.TOKEN, labels=VERDICTS),
    Column("norm", "Ideal"),
    Column("reason", "Why none", Kind.TOKEN, labels=REASONS, usual=(None,)),
)


def _rows(found: Sequence[Analysed], name_of: Callable[[str, str | None], str]) -> Iterator[list[object]]:
    for each in found:
        for ratio in each.ratios:
            yield [
                each.who.code, name_of(each.who.name, each.who.hidden_as), each.closed_on, ratio.name,
                _shown(ratio.value), _shown(ratio.days), _shown(each.before.get(ratio.name)), ratio.verdict,
                NORMS.get(ratio.name), _reason(ratio),
            ]  # fmt: skip


def _reason(ratio: Ratio) -> str | None:
    if ratio.reason is None:
        return None
    return "zero" if ratio.reason == NOTHING else "not_stated"


def _shown(number: Fraction | None) -> int | None:
    """Ten-thousandths, rounded half away from 0."""
    if number is None:
        return None
    whole = (2 * abs(number.numerator) * SCALE + number.denominator) // (2 * number.denominator)
    return -whole if number < 0 else whole


def _told(found: Sequence[Analysed]) -> list[Message]:
    codes = [each.who.code for each in found if insolvent(each.statement)]
    told = [message("More debts than assets, a veto for credit: {codes}", codes=", ".join(codes))] if codes else []
    if not found:
        told.append(message("No statement up to this day: custcli add statements, or import them."))
    return told
