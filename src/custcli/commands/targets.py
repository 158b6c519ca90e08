"""custcli targets: whom a product may suit."""

from typing import Annotated

import typer

from custcli.commands._options import Currency, Limit, Months, Where
from custcli.views import show


def targets(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="The product as it stands on the orders", metavar="PRODUCT")],
    months: Months = None,
    where: Where = None,
    currency: Currency = None,
    limit: Limit = None,
) -> None:
    """Customers who do not buy a product yet, by how usual it is in their industry and region.

    Examples:
      custcli targets 花生油 --where region=华东 -o targets.xlsx
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.suited(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
