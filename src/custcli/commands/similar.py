"""custcli similar: look-alikes of a customer."""

from typing import Annotated

import typer

from custcli.views import show


def similar(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="Customer by code or name", metavar="CODE")],
    months: Annotated[
        int | None, typer.Option("--months", metavar="N", help="The period: so many months up to the day")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")] = None,
) -> None:
    """Customers like this one: of the same industry or region, or linked by group or referral.

    Examples:
      custcli similar HB-000001 --limit 20
      custcli similar 永兴批发部 --where status=potential
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.similar(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
