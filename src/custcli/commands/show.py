"""custcli show: everything known of one customer, or of another record."""

from typing import Annotated

import typer

from custcli import views


def show(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="Code of the customer, or its name; or form and key: an order's or payment's number, #ROW, customer "
            "and day; contact CODE ROLE; line ORDER NUMBER",
            metavar="CODE | FORM KEY",
        ),
    ],
) -> None:
    """Show everything known of one customer: dossier, people, sales, letters, class, orders and payments.

    Examples:
      custcli show C-000001
      custcli show C-000001 --recorded-on 2026-03-31
      custcli show orders S-1
      custcli show C-000001 --reveal --json
    """
    from custcli.services import show as service

    views.show(ctx.obj, *service.show(ctx.obj, words))
