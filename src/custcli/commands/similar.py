"""custcli similar: look-alikes of a customer."""

from typing import Annotated

import typer

from custcli.commands._options import Currency, Limit, Months, Where
from custcli.views import show


def similar(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="Customer by code or name", metavar="CODE")],
    months: Months = None,
    where: Where = None,
    currency: Currency = None,
    limit: Limit = None,
) -> None:
    """Customers like this one: of the same industry or region, or linked by group or referral.

    Examples:
      custcli similar HB-000001 --limit 20
      custcli similar 永兴批发部 --where status=potential
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.similar(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
