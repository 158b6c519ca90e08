"""custcli status: where each customer stands."""

from typing import Annotated

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def status(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Customers by code or name", metavar="[CODE...]")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="Only customers whose status would change")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write the status of these customers, in one change")] = False,
    of: Annotated[
        str | None,
        typer.Option("--status", metavar="potential|target|current|lost|non", help="Only customers of this status"),
    ] = None,
    lifecycle: Annotated[
        str | None,
        typer.Option(
            "--lifecycle",
            metavar="initial|growth|mature|decline|ended",
            help="Only customers in this stage of the relation",
        ),
    ] = None,
    behaviour: Annotated[
        str | None,
        typer.Option("--behaviour", metavar="loyal|regular|old|new|potential", help="Only customers who buy so"),
    ] = None,
    band: Annotated[
        str | None, typer.Option("--band", metavar="important|special|general", help="Only customers of this band")
    ] = None,
    quality: Annotated[
        str | None, typer.Option("--quality", metavar="good|poor|bad", help="Only customers of this profit quality")
    ] = None,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """Where each customer stands: status and stage, lifecycle, behaviour, band and profit quality by its orders.

    What is noted and what the orders say stand side by side; --apply writes what the orders say.

    Examples:
      custcli status --changes
      custcli status --lifecycle decline --where region=华东
      custcli status HD-000001 --apply
    """
    from custcli.services.status import Asked, standings

    asked = Asked(codes or (), of, lifecycle, behaviour, band, quality, changes, where or (), apply, limit)
    show(ctx.obj, standings(ctx.obj, asked))
