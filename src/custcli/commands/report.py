"""custcli report: position and status of the customer base on one page."""

from typing import Annotated

import typer

from custcli.views.report import show_report


def report(
    ctx: typer.Context,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
    ] = None,
) -> None:
    """Write a report of the customer base as one HTML file: position, classes, composition, status, movement, values.

    The file needs no network, prints on A4 and has its charts inside.

    Examples:
      custcli report -o report.html
      custcli --as-of 2026-06-30 report -o q2.html
    """
    from custcli.services.report import chapters

    show_report(ctx.obj, chapters(ctx.obj, currency))
