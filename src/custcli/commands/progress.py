"""custcli progress: sales against the targets of a year."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Currency, Limit, Where
from custcli.views import show


def progress(
    ctx: typer.Context,
    year: Annotated[int | None, typer.Option("--year", metavar="N", help="Which year, instead of the day's")] = None,
    by: Annotated[
        Literal["customer", "owner", "region"] | None,
        typer.Option("--by", help="Whose targets; usually those there are"),
    ] = None,
    where: Where = None,
    currency: Currency = None,
    limit: Limit = None,
) -> None:
    """Sales against the targets of a year: how much was due by now, who is behind, where the year will end.

    Targets are records of the form sales_targets: of a customer, an owner or a region.

    Examples:
      custcli add sales_targets customer=HB-000001 year=2026 target=50万
      custcli progress
      custcli progress --by owner --year 2025
    """
    from custcli.services.progress import Asked
    from custcli.services.progress import progress as held

    show(ctx.obj, held(ctx.obj, Asked(year, by, where or (), currency, limit)))
