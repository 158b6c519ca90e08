"""custcli targets: whom a product may suit."""

from typing import Annotated

import typer

from custcli.views import show


def targets(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="The product as it stands on the orders", metavar="PRODUCT")],
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
    """Customers who do not buy a product yet, by how usual it is in their industry and region.

    Examples:
      custcli targets 花生油 --where region=华东 -o targets.xlsx
    """
    from custcli.services import similar as likes

    show(ctx.obj, likes.suited(ctx.obj, likes.Asked(of, months, where or (), currency, limit)))
