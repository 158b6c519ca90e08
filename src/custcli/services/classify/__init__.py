"""Classification from orders to answer: amounts, ranks, comparison with the last run, the run stored (cli.md 6)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.errors import UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import message
from custcli.services import bands
from custcli.services.classify import asked as asking
from custcli.services.classify import pictured, rows, stored, told
from custcli.services.classify.amounts import KINDS, LABELS
from custcli.services.classify.asked import Asked
from custcli.services.classify.ranked import ranked
from custcli.services.names import HIDDEN_NAME, TIERS, kind_column, namer

if TYPE_CHECKING:
    from custcli.context import Context

__all__ = ["Asked", "answers", "no_options_of_rfm", "ranking"]

METHODS = ("abc", "pyramid")
ROW_BASES = {"orders": "orders", "dossier": "dossier"}
FOR_PEOPLE = {None, "table", "html"}
OF_RFM = ("rfm_variant", "rfm_scores", "r_cuts", "f_cuts", "m_cuts", "segments", "segment")


def answers(ctx: "Context", asked: Asked) -> list[Grid]:
    """The ranking; people read the small tables below it that sum it up, which a workbook has beside the rows."""
    whole = ranking(ctx, asked)
    return [whole, *(each for each in whole.beside if each.below and ctx.format in FOR_PEOPLE)]


def no_options_of_rfm(asked: Asked) -> None:
    """UsageError: there is an option that only rfm takes."""
    if any(getattr(asked, name) for name in OF_RFM):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in OF_RFM)
        raise UsageError("{options}: these are for the method rfm", options=options)


def ranking(ctx: "Context", asked: Asked) -> Grid:
    """Rank the customers, store the run where that is wished and possible, and answer (R4, R5, R6).

    UsageError: thresholds out of order, a bad period, several currencies. An empty ranking is an answer too.
    """
    asked = asking.in_words(asked, ctx.forms)
    if asked.method != "rfm":
        no_options_of_rfm(asked)
    else:
        from custcli.services.rfm import scoring

        return scoring(ctx, asked)
    if asked.method == "matrix":
        from custcli.services.matrix import placing

        return placing(ctx, asked)
    if asked.method not in METHODS:
        raise UsageError("{word}: this comes with a later release", word=asked.method)
    database = ctx.reading()
    with database.reading() as connection:
        found = ranked(ctx, connection, asked)
        differing = bands.differing(connection, found.found.customers.ids, found.rankings)
    summary = told.summary(found) | {"differing": differing}
    kept = stored.keep_ranking(ctx, found, summary) if len(found.whole) else []
    shown, left = rows.cut(rows.stretches(found), asked.limit)
    more = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    return Grid(
        command="classify",
        columns=[*_columns(ctx, asked, first=found.previous is None), *bands.columns(plain=not differing)],
        rows=rows.rows(database, found, shown, namer(ctx)),
        summary=summary,
        as_of=ctx.day,
        title=told.title(found),
        notes=[*more, *told.notes(found), *bands.told(differing), *kept],
        sheet=message("Classes"),
        count=sum(len(each.places) for each in shown),
        chart=pictured.chart(found),
        curve=pictured.curve(found),
        beside=pictured.beside(found, summary),
        spare=("previous_tier", "owner", "region", "previous_abc", "tier"),
    )


def _columns(ctx: "Context", asked: Asked, *, first: bool) -> list[Column]:
    """The columns of cli.md 6; a table leaves out the kind, and what an earlier run said where there is none."""
    return [
        Column("rank", "Rank", Kind.INTEGER),
        Column("code", "Customer code", Kind.CODE),
        HIDDEN_NAME,
        replace(kind_column(ctx.forms), wide=True),
        Column("region", "Region", usual=(None,)),
        Column("owner", "Owner", usual=(None,)),
        Column("amount", LABELS.get(asked.by, "Amount"), KINDS.get(asked.by, Kind.MONEY)),
        Column("share", "Share", Kind.SHARE, bar=True),
        Column("cumulative_share", "Cumulative share", Kind.SHARE),
        Column("abc", "Class"),
        Column("tier", "Tier", Kind.TOKEN, labels=TIERS),
        Column("basis", "Basis", Kind.TOKEN, labels=ROW_BASES, usual=("orders",)),
        Column("previous_abc", "Class before", wide=first),
        Column("previous_tier", "Tier before", Kind.TOKEN, labels=TIERS, wide=first),
    ]
