"""custcli edit: fields of a customer, or of a record of a register."""

from typing import Annotated

import typer

from custcli.views import show


def edit(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="Code of the customer; or form and key: an order's or payment's number, #ROW, customer and day; "
            "contact CODE ROLE; line ORDER NUMBER; then FIELD=VALUE, blank empties the field",
            metavar="CODE | FORM KEY FIELD=VALUE...",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Walk the same path, write nothing")] = False,
) -> None:
    """Change fields of a customer or of another record; the answer shows what was changed, before and after.

    Examples:
      custcli edit C-000001 手机=13800138000 legal_rep.name=王五
      custcli edit C-000001 所属业务区=
      custcli edit orders S-1 amount=1200 status=done
      custcli edit contact C-000001 legal_rep phone=021-54321234
    """
    from custcli.services import edit as service

    show(ctx.obj, service.edit(ctx.obj, words, dry_run=dry_run))
