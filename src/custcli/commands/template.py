"""custcli template: the empty sheet of a form, as a table or as the paper form."""

from dataclasses import replace
from typing import Annotated

import typer

from custcli.messages import message
from custcli.views import say_done
from custcli.views.paper import save


def template(
    ctx: typer.Context,
    form: Annotated[str, typer.Argument(help="Form, by name or label", metavar="FORM")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The workbook to write: .xlsx")],
    card: Annotated[
        bool, typer.Option("--card", help="The paper form, one record a sheet, instead of a table")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file")] = False,
) -> None:
    """Write the empty sheet of a form: what is filled in there, import reads.

    Headings carry notes, allowed words are offered in lists, digits stay as typed. Amounts by year are asked for the
    last years before --as-of.

    Examples:
      custcli template wholesale -o wholesale.xlsx
      custcli template 表一 --card -o card.xlsx
    """
    from custcli.services import card as cards
    from custcli.services import template as service

    run = ctx.obj
    if card:
        save(replace(run, output=output, force=force), cards.empty(run.forms, form, output, run.day))
    else:
        service.save(run.forms, form, output, run.day, force=force)
        say_done(run, message("Written: {path}", path=output))
