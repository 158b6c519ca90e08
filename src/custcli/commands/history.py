"""custcli history: how a customer's record changed."""

from typing import Annotated

import typer

from custcli.views import show


def history(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the customer", metavar="CODE")],
    fields: Annotated[list[str] | None, typer.Argument(help="Only these fields", metavar="FIELD...")] = None,
) -> None:
    """Show the former and present value of every field, with when, who, command, file, sheet and cell.

    Examples:
      custcli history C-000001
      custcli history C-000001 phone
    """
    from custcli.services import history as service

    run = ctx.obj
    show(run, service.history(run.reading(), run.forms, code, fields or (), run.format))
