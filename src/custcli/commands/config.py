"""custcli config: the settings, where they come from, whether they and the forms are right."""

from typing import Annotated, Literal

import typer

from custcli.messages import message
from custcli.views import say_done, show


def config(
    ctx: typer.Context,
    action: Annotated[
        Literal["show", "path", "check", "set"], typer.Argument(help="What to do", metavar="show|path|check|set")
    ],
    key: Annotated[str | None, typer.Argument(help="Of show and set: the setting", metavar="[KEY]")] = None,
    value: Annotated[str | None, typer.Argument(help="Of set: its value", metavar="[VALUE]")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Of check: move the data of renamed fields and replaced words")
    ] = False,
) -> None:
    """Show the settings and where each comes from; say where the files lie; check settings and forms; set one.

    Lists are given with commas (80,95), tables as name=value pairs with commas.

    Examples:
      custcli config show
      custcli config check
      custcli config set classify.cut 70,90
    """
    from custcli.services import config as service

    run = ctx.obj
    if action == "show":
        show(run, service.listing(run.settings, key))
    elif action == "path":
        show(run, service.paths(run))
    elif action == "check":
        answer, mistakes = service.check(run, apply=apply)
        show(run, answer)
        service.conclude(mistakes)
    else:
        path = service.write(run.settings, key, value)
        say_done(run, message("Written: {path}", path=path))
