"""custcli history: how a customer's record changed."""

from typing import Annotated

import typer

from custcli.views import show


def history(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="Code of the customer, or form and key of another record; then the fields, if not all",
            metavar="CODE [FIELD...]",
        ),
    ],
) -> None:
    """Show the former and present value of every field, with when, who, command, file, sheet and cell.

    Examples:
      custcli history C-000001
      custcli history C-000001 phone
      custcli history orders S-1
    """
    from custcli.services import history as service

    run = ctx.obj
    show(run, service.history(run.reading(), run.forms, words, run.format))
