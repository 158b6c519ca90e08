"""custcli inspect: what import would recognise; writes nothing."""

from typing import Annotated

import typer

from custcli.views import show


def inspect(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Files or folders; - reads standard input", metavar="FILE...")],
    form: Annotated[str | None, typer.Option("--as", metavar="FORM", help="Read every sheet as this form")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help="Encoding of a csv file")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="D", help="Delimiter of a csv file")] = None,
) -> None:
    """Show what import would recognise: sheets, form and scores, heading row, every heading; writes nothing.

    Examples:
      custcli inspect dossiers.xlsx
    """
    from custcli.services import inspect as service
    from custcli.services.forms import form_or_none

    run = ctx.obj
    only = form_or_none(run.forms, form)
    show(run, service.inspect(files, run.forms, run.settings, only=only, encoding=encoding, delimiter=delimiter))
