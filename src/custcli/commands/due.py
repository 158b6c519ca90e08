"""custcli due: whose next purchase is due."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def due(
    ctx: typer.Context,
    by: Annotated[
        Literal["customer", "product"], typer.Option("--by", help="All orders together, or each product apart")
    ] = "customer",
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=0, help="Due within so many days, or overdue")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have come by now")] = False,
    median: Annotated[bool, typer.Option("--median", help="The median gap in place of the mean")] = False,
    last: Annotated[int, typer.Option("--last", metavar="N", min=3, help="So many purchases are looked at")] = 5,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """When customers will buy again, by the gaps between their last purchases; who has too few has no forecast.

    Examples:
      custcli due --days 2
      custcli due --by product --overdue --where owner=周明远
    """
    from custcli.services.due import Asked
    from custcli.services.due import due as expected

    show(ctx.obj, expected(ctx.obj, Asked(by, days, overdue, median, last, where or (), limit)))
