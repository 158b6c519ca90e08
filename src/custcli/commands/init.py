"""custcli init: create the database."""

from typing import Annotated

import typer

from custcli.messages import message
from custcli.views import say_done, show
from custcli.views.progress import progress


def init(
    ctx: typer.Context,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the sample company: invented customers, orders, payments, prospects")
    ] = False,
) -> None:
    """Create the database, or bring an older one to this version.

    Examples:
      custcli init
      custcli --db customers.db init
      custcli --db demo.db init --demo
    """
    run = ctx.obj
    database = run.writing(later=demo)
    if demo:
        from custcli.services import demo as service
        from custcli.services.imported import grid

        with progress(run, None, message("reading rows")) as steps:
            report = service.load(run, database, steps.advance)
        show(run, grid(report))
        say_done(run, message("the samples are as of {day}: use --as-of {day}", day=service.DAY))
    say_done(run, message("the database is ready: {path}", path=str(database.path)))
