"""custcli why: where a value comes from."""

from typing import Annotated

import typer

from custcli.views import show


def why(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="Code of the customer, or form and key of another record; then the field", metavar="CODE FIELD"
        ),
    ],
) -> None:
    """Show which change gave a field its value: when, who, command, file, sheet and cell; and the values before it.

    Examples:
      custcli why C-000001 phone
      custcli why C-000001 2025年金额
      custcli why orders S-1 amount
    """
    from custcli.services import history as service

    run = ctx.obj
    show(run, service.why(run.reading(), run.forms, words, run.format))
