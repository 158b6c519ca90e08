"""custcli export: a form, classes, values, prospects or all to a file."""

from typing import Annotated

import typer

from custcli.commands._options import Currency
from custcli.views import show
from custcli.views.paper import save


def export(
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(help="A form by name or label, or: classes, values, prospects, all, card", metavar="WHAT"),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Conditions, as in list; of a card the customer's code or name", metavar="[TERM...]"),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="TERM", help="Only what fits, as in list; may be given again")
    ] = None,
    columns: Annotated[str | None, typer.Option("--columns", metavar="FIELD,...", help="Only these fields")] = None,
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="FIELD,...", help="Sort by these fields; -FIELD downwards")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many records; 0 is all")] = None,
    all_fields: Annotated[
        bool,
        typer.Option(
            "--all-fields", help="Also fields that are off, fields and forms that no form file declares any more"
        ),
    ] = False,
    currency: Currency = None,
    copies: Annotated[
        bool, typer.Option("--copies", help="Of a card: three copies, marked with who keeps them")
    ] = False,
) -> None:
    """Export to a file that import reads again; personal data is masked unless --reveal is given.

    Examples:
      custcli export wholesale 所属业务区=华东 -o wholesale.xlsx
      custcli export orders ordered_on:2026-01..2026-03 --sort -amount -o orders.csv
      custcli export classes --columns rank,code,name,abc --limit 20 -o classes.xlsx
      custcli export card C-000001 --copies -o card.xlsx
      custcli export all --reveal --reason "move to another machine" -o all.xlsx
    """
    from custcli.services import card, export, whole

    run = ctx.obj
    terms = [*(words or ()), *(where or ())]
    asked = export.Asked(what, terms, columns, sort, limit, all_fields, currency)
    if what == card.CARD:
        save(run, card.filled(run, card.named(words), copies=copies))
    elif what == whole.ALL:
        show(run, *whole.whole(run, asked))
    else:
        show(run, *export.grids(run, asked))
