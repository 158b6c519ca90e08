"""custcli common: what a segment of customers has in common."""

from typing import Annotated

import typer

from custcli.commands._options import Limit
from custcli.views import show


def common(
    ctx: typer.Context,
    where: Annotated[list[str], typer.Argument(help="The segment, as region=华东 status=current", metavar="TERM...")],
    fewest: Annotated[
        int, typer.Option("--at-least", metavar="N", min=1, help="So many customers of it share the value")
    ] = 2,
    limit: Limit = None,
) -> None:
    """What a segment of customers has in common: the share of each value in it against its share among all customers.

    Of their own fields, of where they stand (class, tier, status), and of all they ordered: products, channels, places.

    Examples:
      custcli common 所属业务区=华东 --limit 10
      custcli common is_key=yes
    """
    from custcli.services.common import Asked
    from custcli.services.common import common as shared

    show(ctx.obj, shared(ctx.obj, Asked(where, fewest, limit)))
