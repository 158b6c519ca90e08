"""custcli forms: the forms, built-in ones and those of the user."""

from typing import Annotated, Literal

import typer

from custcli.views import show


def forms(
    ctx: typer.Context,
    action: Annotated[Literal["list", "show", "check"], typer.Argument(help="What to do", metavar="list|show|check")],
    form: Annotated[str | None, typer.Argument(help="Of show: form, by name or label", metavar="[FORM]")] = None,
) -> None:
    """List the forms, show the fields of one, or check the files of your own (forms/ beside the settings file).

    Examples:
      custcli forms list
      custcli forms show wholesale
      custcli forms check
    """
    from custcli.services import forms as service

    run = ctx.obj
    if action == "list":
        show(run, service.listing(run))
    elif action == "show":
        show(run, service.shown(run, service.wanted(form)))
    else:
        answer, mistakes = service.checked(run)
        show(run, answer)
        service.conclude(mistakes)
