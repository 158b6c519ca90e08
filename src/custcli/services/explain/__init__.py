"""Why a customer has its class, tier, value and grade, and what would change them (cli.md 4, F205)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from custcli.domain.readers import fold
from custcli.errors import UnknownError, UsageError
from custcli.grid import Grid
from custcli.services.classify import Asked, no_options_of_rfm
from custcli.services.explain import bands, classes, man, matrix, rfm, scores, standing, values
from custcli.services.explain.facts import Section, document, tables
from custcli.services.matrix import no_options_of_ranks
from custcli.services.value.asked import Asked as Rates

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection

__all__ = ["Asked", "Rates", "explanation"]

WORDS = {
    "class": ("class", "abc", "classes", "ABC类", "ABC分类", "类别", "分类", "客户分类"),
    "tier": ("tier", "tiers", "pyramid", "层级", "客户层级", "金字塔", "客户金字塔"),
    "status": ("status", "stage", "lifecycle", "behaviour", "quality", "状态", "客户状态", "现状", "生命周期",
               "购买阶段", "行为类型", "利润质量"),
    "band": ("band", "bands", "triage", "三档", "三档分类"),
    "matrix": ("matrix", "priority", "优先级", "优先排序", "客户优先排序", "优先排序矩阵"),
    "rfm": ("rfm", "segment", "RFM分析", "RFM类型", "客户细分"),
    "value": ("value", "values", "lifetime", "价值", "客户价值", "终身价值", "终生价值"),
    "score": ("score", "scores", "评分", "打分", "重点客户评分", "经销商评价"),
    "man": ("man", "grade", "prospect", "MAN组合", "MAN等级", "MAN评定", "等级", "潜在客户", "潜在客户等级"),
}  # fmt: skip
"""What can be explained, and what people call it."""


def explanation(ctx: "Context", code: str, what: str | None, asked: Asked, rates: Rates) -> list[Grid]:
    """The verdicts on a customer with all that is behind them: one document for scripts, tables for people.

    `code`: the customer's code, else its name; `what`: one of WORDS, None for all that apply. UnknownError: no such
    customer, or no prospect or score where that is asked for; UsageError: another `what`, wrong thresholds.
    """
    from custcli.db import figures
    from custcli.services.keyed import found
    from custcli.services.names import namer

    chosen = _word(what) if what else None
    if chosen != "rfm":
        no_options_of_rfm(asked)
    with ctx.reading().reading() as connection:
        customer, known, _kind = found(connection, code)
        sections = list(_sections(ctx, connection, customer, known, chosen, asked, rates))
        who = figures.shown(connection, [customer])[customer]
    name = namer(ctx)(who.name, who.hidden_as)
    if ctx.format in {"json", "jsonl", "csv", "tsv"}:
        return [document(known, name, ctx.day, sections)]
    return tables(known, name, ctx.day, sections)


def _word(text: str) -> str:
    for word, names in WORDS.items():
        if fold(text) in map(fold, names):
            return word
    raise UsageError("One of these is expected: {words}", words=", ".join(WORDS))


def _sections(
    ctx: "Context",
    connection: "Connection",
    customer: int,
    code: str,
    chosen: str | None,
    asked: Asked,
    rates: Rates,
) -> Iterator[Section]:
    if chosen in {None, "class", "tier", "band", "matrix"}:
        yield from _ranked(ctx, connection, customer, chosen, asked)
    if chosen in {None, "status"}:
        yield standing.standing(ctx, connection, code)
    if chosen in {None, "rfm"}:
        yield from rfm.scored(ctx, customer, asked, alone=bool(chosen))
    if chosen in {None, "value"}:
        yield values.valued(ctx, customer, code, rates)
    if chosen in {None, "score"}:
        rated = list(scores.scored(ctx, connection, customer))
        yield from rated
        if chosen and not rated:
            raise UnknownError("{code} has not been rated by any scheme yet: custcli add key_score …", code=code)
    if chosen in {None, "man"}:
        grade = man.graded(ctx, connection, customer)
        if grade:
            yield grade
        elif chosen:
            raise UnknownError("{code} is no prospect: it has neither a card nor letters", code=code)


def _ranked(
    ctx: "Context", connection: "Connection", customer: int, chosen: str | None, asked: Asked
) -> Iterator[Section]:
    """Class and tier, with the band and the priority that they give."""
    from custcli.db import figures

    if chosen == "matrix":
        no_options_of_ranks(asked)
    stand = classes.stand(ctx, connection, customer, asked)
    yield classes.data(ctx, stand)
    if chosen in {None, "class"}:
        yield classes.classed(ctx, stand)
    if chosen in {None, "tier"}:
        yield classes.tiered(ctx, stand)
    who = figures.shown(connection, [customer])[customer]
    if chosen == "band" or (who.triage and chosen != "matrix"):
        yield bands.banded(stand, who)
    if chosen in {None, "matrix"}:
        yield from matrix.prioritised(ctx, connection, customer, stand, alone=bool(chosen))
