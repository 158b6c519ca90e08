"""custcli ratios: financial ratios of customers."""

from dataclasses import replace
from typing import Annotated

import typer

from custcli.commands._options import Where
from custcli.views import show


def ratios(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Customers by code or name", metavar="[CODE...]")] = None,
    where: Where = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=0, help="So many customers; 0 is all")
    ] = None,
) -> None:
    """Financial ratios of customers by their latest statements, with verdicts: liquidity, debts, turnover, profit.

    Statements are records of the form statements.

    Examples:
      custcli add statements customer=HB-000001 closed_on=2025-12-31 current_assets=300万 current_liabilities=150万
      custcli ratios HB-000001
    """
    from custcli.services.ratios import RATIOS, Asked, analysed

    rows = limit and limit * len(RATIOS)
    show(replace(ctx.obj, limit=rows), analysed(ctx.obj, Asked(codes or (), where or (), limit)))
