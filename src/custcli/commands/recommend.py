"""custcli recommend: what similar customers buy and this one does not."""

from typing import Annotated

import typer

from custcli.commands._options import Currency, Limit, Months, Where
from custcli.views import show


def recommend(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="Customer by code or name", metavar="CODE")],
    months: Months = None,
    where: Where = None,
    currency: Currency = None,
    limit: Limit = None,
) -> None:
    """Products that customers like this one buy and it never did.

    Examples:
      custcli recommend HB-000001
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.recommended(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
