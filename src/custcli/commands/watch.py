"""custcli watch: the customers whose class, tier or sales fall."""

from typing import Annotated

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def watch(
    ctx: typer.Context,
    red: Annotated[bool, typer.Option("--red", help="Only the red ones: two steps at once, or a key customer")] = False,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """List the customers to be watched: class or tier fell in the last runs, sales fell by a fifth or for three months.

    Examples:
      custcli watch
      custcli watch --red --where owner=吴晓燕
    """
    from custcli.services.watch import Asked, watching

    show(ctx.obj, watching(ctx.obj, Asked(red, where or (), limit)))
