"""custcli inspect: what import would recognise; writes nothing."""

from typing import Annotated

import typer

from custcli.commands._options import As, Columns, Delimiter, Encoding, Files, Map
from custcli.views import show


def inspect(
    ctx: typer.Context,
    files: Files,
    form: As = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Headings and unit from the config file")
    ] = None,
    headings: Map = None,
    columns: Columns = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
) -> None:
    """Show what import would recognise: sheets, form and scores, heading row, every heading; writes nothing.

    Examples:
      custcli inspect dossiers.xlsx
      custcli inspect erp.xlsx --profile erp
    """
    from custcli.domain import profiles as domain
    from custcli.services import inspect as service
    from custcli.services import profiles
    from custcli.services.forms import form_or_none
    from custcli.services.imported import Wanted

    run = ctx.obj
    wanted = Wanted(
        files, form, encoding=encoding, delimiter=delimiter, profile=profile,
        headings=tuple(headings or ()), columns=columns,
    )  # fmt: skip
    wanted, forms = profiles.applied(wanted, run.forms, run.settings)
    only = form_or_none(forms, wanted.form)
    grid = service.inspect(
        files, forms, run.settings, only=only, columns=domain.columns(wanted.columns),
        encoding=wanted.encoding, delimiter=wanted.delimiter,
    )  # fmt: skip
    show(run, grid)
