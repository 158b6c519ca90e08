"""custcli show: everything known of one customer."""

from typing import Annotated

import typer

from custcli import views


def show(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the customer, or its name", metavar="CODE")],
) -> None:
    """Show everything known of one customer: dossier, people, sales, letters, class, orders and payments.

    Examples:
      custcli show C-000001
      custcli show C-000001 --reveal --json
    """
    from custcli.services import dossier

    run = ctx.obj
    known = dossier.whole(run.reading(), run.forms, code, run.day, threshold=run.settings.prospects.threshold)
    views.show(run, *dossier.grids(known, run.format))
