"""custcli explain: why this class, tier, value, grade."""

from typing import Annotated

import typer

from custcli.commands._options import (
    AllTime,
    Boundary,
    By,
    Currency,
    Cut,
    Discount,
    FCuts,
    KeepTies,
    Margin,
    MCuts,
    Months,
    RCuts,
    Retention,
    RfmScores,
    RfmVariant,
    Since,
    Tiers,
    Until,
    Where,
    Within,
)
from custcli.context import day_of
from custcli.views import show


def explain(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the customer, or its name", metavar="CODE")],
    what: Annotated[
        str | None,
        typer.Argument(
            help="class, tier, band, matrix, status, rfm, value, score, man; none: all that apply", metavar="WHAT"
        ),
    ] = None,
    by: By = "value",
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
    rfm_variant: RfmVariant = None,
    rfm_scores: RfmScores = None,
    r_cuts: RCuts = None,
    f_cuts: FCuts = None,
    m_cuts: MCuts = None,
    discount: Discount = None,
    retention: Retention = None,
    margin: Margin = None,
) -> None:
    """Explain why a customer has its class, tier, status, RFM, value, score, MAN grade: figures, rule, what changes it.

    Examples:
      custcli explain C-000001
      custcli explain C-000001 class --by sales --months 24 --json
      custcli explain C-000001 rfm --rfm-variant plus-one
      custcli explain C-000001 matrix
    """
    from custcli.services.explain import Asked, Rates, explanation

    asked = Asked(
        by=by,
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
        save=False,
        rfm_variant=rfm_variant,
        rfm_scores=rfm_scores,
        r_cuts=r_cuts,
        f_cuts=f_cuts,
        m_cuts=m_cuts,
    )
    rates = Rates(discount=discount, retention=retention, margin=margin, currency=currency)
    show(ctx.obj, *explanation(ctx.obj, code, what, asked, rates))
