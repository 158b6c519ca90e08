"""custcli classify: ABC classes and pyramid tiers."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import (
    AllTime,
    Boundary,
    By,
    Currency,
    Cut,
    FCuts,
    KeepTies,
    Limit,
    MCuts,
    Months,
    RCuts,
    RfmScores,
    RfmVariant,
    Since,
    Tiers,
    Until,
    Where,
    Within,
)
from custcli.context import day_of
from custcli.messages import message
from custcli.views import show
from custcli.views.progress import progress


def classify(
    ctx: typer.Context,
    by: By = "value",
    method: Annotated[
        Literal["abc", "pyramid", "rfm", "matrix"], typer.Option("--method", help="How they are classified")
    ] = "abc",
    cut: Cut = None,
    tiers: Tiers = None,
    boundary: Boundary = None,
    keep_ties: KeepTies = False,
    months: Months = None,
    since: Since = None,
    until: Until = None,
    all_time: AllTime = False,
    within: Within = None,
    where: Where = None,
    currency: Currency = None,
    abc: Annotated[str | None, typer.Option("--class", metavar="A|B|C", help="Only rows of this class")] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="key|major|ordinary|small", help="Only rows of this tier")
    ] = None,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Store the run, to compare later ones with it")] = True,
    rfm_variant: RfmVariant = None,
    rfm_scores: RfmScores = None,
    r_cuts: RCuts = None,
    f_cuts: FCuts = None,
    m_cuts: MCuts = None,
    segments: Annotated[
        str | None,
        typer.Option(
            "--segments", metavar="SEGMENTS", help="rfm: segments too: ten (R package), grid (R × F), or your own"
        ),
    ] = None,
    segment: Annotated[str | None, typer.Option("--segment", metavar="NAME", help="Only rows of this segment")] = None,
    limit: Limit = None,
) -> None:
    """Rank customers into ABC classes and pyramid tiers by the figures of a period, with the 80/20 line beneath.

    Examples:
      custcli classify
      custcli classify --by sales --months 24 --cut 70,90 --within region
      custcli classify --class A --json
      custcli classify --method rfm --months 24
      custcli classify --method rfm --segments ten --segment champions
      custcli classify --method rfm --rfm-variant ranked --segments grid --all-time
    """
    from custcli.services.classify import Asked, answers

    asked = Asked(
        by=by,
        method=method,
        cut=cut,
        tiers=tiers,
        boundary=boundary,
        keep_ties=keep_ties,
        months=months,
        since=day_of(since, "--since"),
        until=day_of(until, "--until"),
        all_time=all_time,
        within=within,
        where=where or (),
        currency=currency,
        abc=abc,
        tier=tier,
        save=save,
        limit=limit,
        rfm_variant=rfm_variant,
        rfm_scores=rfm_scores,
        r_cuts=r_cuts,
        f_cuts=f_cuts,
        m_cuts=m_cuts,
        segments=segments,
        segment=segment,
    )
    run = ctx.obj
    with progress(run, None, message("ranking customers")):
        told = answers(run, asked)
    show(run, *told)
