"""custcli undo: take a change back."""

from typing import Annotated

import typer

from custcli.messages import message
from custcli.views import show
from custcli.views.progress import progress


def undo(
    ctx: typer.Context,
    change: Annotated[
        int | None, typer.Argument(help="Number of the change; the latest one of data", metavar="CHANGE")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Walk the same path, write nothing")] = False,
) -> None:
    """Take a change back whole; an undo is itself a change and can be taken back.

    Examples:
      custcli undo
      custcli undo 12
    """
    from custcli.services import journal

    run = ctx.obj
    with progress(run, None, message("taking the change back")):
        answer, kept = journal.undo(run.reading(trial=dry_run), run.author, change, dry_run=dry_run)
    show(run, answer)
    journal.conclude_undo(kept)
