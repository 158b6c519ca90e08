"""custcli report: position and status of the customer base on one page."""

import typer

from custcli.commands._options import Currency
from custcli.views.report import show_report


def report(
    ctx: typer.Context,
    currency: Currency = None,
) -> None:
    """Write a report of the customer base as one HTML file: position, classes, composition, status, movement, values.

    The file needs no network, prints on A4 and has its charts inside.

    Examples:
      custcli report -o report.html
      custcli --as-of 2026-06-30 report -o q2.html
    """
    from custcli.services.report import chapters

    show_report(ctx.obj, chapters(ctx.obj, currency))
