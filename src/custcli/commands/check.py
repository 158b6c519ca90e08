"""custcli check: does the database hold."""

import typer

from custcli.views import show


def check(ctx: typer.Context) -> None:
    """Check the database: integrity, foreign keys, the chain of changes, counts, data without a form.

    Examples:
      custcli check
    """
    from custcli.services import journal

    show(ctx.obj, journal.check(ctx.obj.reading(), ctx.obj.read_forms()[0]))
