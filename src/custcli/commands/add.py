"""custcli add: one record to a form."""

from functools import partial
from typing import Annotated

import typer

from custcli.views import show
from custcli.views.ask import ask


def add(
    ctx: typer.Context,
    form: Annotated[str, typer.Argument(help="Form, by name or label", metavar="FORM")],
    values: Annotated[
        list[str] | None, typer.Argument(help="Fields, by name or label", metavar="FIELD=VALUE...")
    ] = None,
) -> None:
    """Add one record to a form; on a terminal it asks for required fields that are missing.

    Examples:
      custcli add enterprise 客户名称=华东机械 所属区域=华东
      custcli add orders customer=C-000001 ordered_on=2026-03-05 amount=1200
    """
    from custcli.services import add as service
    from custcli.services.forms import forms_by_name

    run = ctx.obj
    wanted = forms_by_name(run.forms, form)
    given = values or []
    given = given + ask(run, wanted, service.questions(run, wanted, given), partial(service.doubt, run, wanted))
    show(run, service.add(run.writing(), wanted, given, run.settings, run.author, today=run.today, day=run.day))
