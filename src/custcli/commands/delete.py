"""custcli delete: a customer, or a record of a register."""

from typing import Annotated

import typer

from custcli.views import show


def delete(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="Code of the customer; or form and key: an order's or payment's number, #ROW, customer and day; "
            "contact CODE ROLE; line ORDER NUMBER",
            metavar="CODE | FORM KEY",
        ),
    ],
    with_records: Annotated[
        bool, typer.Option("--with-records", help="Of a customer also orders, payments and what else depends on it")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Walk the same path, write nothing")] = False,
) -> None:
    """Delete a customer with its persons, figures and letters, or another record; undo brings all of it back.

    Examples:
      custcli delete C-000001
      custcli delete orders S-1
      custcli delete contact C-000001 legal_rep
    """
    from custcli.services import delete as service

    run = ctx.obj
    answer = service.delete(run.reading(), run.forms, words, run.author, with_records=with_records, dry_run=dry_run)
    show(run, answer)
