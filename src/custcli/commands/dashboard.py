"""custcli dashboard: the main figures on one screen."""

import typer

from custcli.commands._options import Currency
from custcli.views import show


def dashboard(
    ctx: typer.Context,
    currency: Currency = None,
) -> None:
    """The main figures of the customer base on one screen, beside those of the 12 months before.

    Examples:
      custcli dashboard
      custcli --as-of 2026-03-31 dashboard --json
    """
    from custcli.services.dashboard import Asked
    from custcli.services.dashboard import dashboard as figures

    show(ctx.obj, figures(ctx.obj, Asked(currency)))
