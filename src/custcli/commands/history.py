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
    recorded_on: Annotated[
        str | None, typer.Option("--recorded-on", metavar="DATE", help="As it was recorded at the end of this day")
    ] = None,
) -> None:
    """Show the former and present value of every field, with when, who, command, file, sheet and cell.

    Examples:
      custcli history C-000001
      custcli history C-000001 phone
      custcli history orders S-1
    """
    from custcli.services import history as service
    from custcli.services.recorded import reading

    run = ctx.obj
    show(run, service.history(reading(run, recorded_on), run.forms, words, run.format))
