"""custcli inspect: what import would recognise; writes nothing."""

from typing import Annotated

import typer

from custcli.views import show


def inspect(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Files or folders; - reads standard input", metavar="FILE...")],
    form: Annotated[str | None, typer.Option("--as", metavar="FORM", help="Read every sheet as this form")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Headings and unit from the config file")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="E", help="Encoding of a csv file")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="D", help="Delimiter of a csv file")] = None,
) -> None:
    """Show what import would recognise: sheets, form and scores, heading row, every heading; writes nothing.

    Examples:
      custcli inspect dossiers.xlsx
      custcli inspect erp.xlsx --profile erp
    """
    from custcli.services import inspect as service
    from custcli.services import profiles
    from custcli.services.forms import form_or_none
    from custcli.services.imported import Wanted

    run = ctx.obj
    wanted = Wanted(files, form, encoding=encoding, delimiter=delimiter, profile=profile)
    wanted, forms = profiles.applied(wanted, run.forms, run.settings)
    only = form_or_none(forms, wanted.form)
    show(
        run,
        service.inspect(files, forms, run.settings, only=only, encoding=wanted.encoding, delimiter=wanted.delimiter),
    )
