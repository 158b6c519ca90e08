"""custcli export: a form, classes, values, prospects or all to a file."""

from typing import Annotated

import typer

from custcli.views import show
from custcli.views.paper import save


def export(
    ctx: typer.Context,
    form: Annotated[
        str, typer.Argument(help="A form by name or label, or: classes, values, prospects, all, card", metavar="WHAT")
    ],
    code: Annotated[
        str | None, typer.Argument(help="Of a card: code of the customer, or its name", metavar="[CODE]")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only what fits, as in list; may be given again")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
    copies: Annotated[
        bool, typer.Option("--copies", help="Of a card: three copies, marked with who keeps them")
    ] = False,
) -> None:
    """Export to a file that import reads again; personal data is masked unless --reveal is given.

    Examples:
      custcli export wholesale -o wholesale.xlsx
      custcli export orders --where ordered_on:2026-01..2026-03 -o orders.csv
      custcli export card C-000001 --copies -o card.xlsx
      custcli export all --reveal --reason "move to another machine" -o all.xlsx
    """
    from custcli.services import card, export

    run = ctx.obj
    if form == card.CARD:
        save(run, card.filled(run, code, copies=copies))
    else:
        show(run, *export.grids(run, form, where or (), currency))
