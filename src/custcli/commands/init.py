"""custcli init: create the database."""

import typer

from custcli.messages import message
from custcli.views import say_done


def init(ctx: typer.Context) -> None:
    """Create the database, or bring an older one to this version.

    Examples:
      custcli init
      custcli --db customers.db init
    """
    database = ctx.obj.writing()
    say_done(ctx.obj, message("the database is ready: {path}", path=str(database.path)))
