"""custcli list: the records of a form."""

from typing import Annotated

import typer

from custcli.errors import UsageError
from custcli.views import show


def list_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Form, by name or label, then conditions: field=value field>=v field~text", metavar="[FORM] [TERM...]"
        ),
    ] = None,
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="FIELD,...", help="Sort by these fields; -FIELD downwards")
    ] = None,
    columns: Annotated[str | None, typer.Option("--columns", metavar="FIELD,...", help="Show these fields")] = None,
    count_by: Annotated[
        str | None, typer.Option("--count-by", metavar="FIELD,...", help="Count the records by these fields instead")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many records; 0 is all")] = None,
) -> None:
    """List the records of a form, or all customers; conditions are joined by and.

    Examples:
      custcli list wholesale 所属业务区=华东
      custcli list orders ordered_on:2026-01..2026-03 --sort -amount --limit 20
      custcli list kind=individual name~王 --columns code,name,mobile
      custcli list acceptances --count-by product,acceptance
    """
    from custcli.services import counted, records

    run = ctx.obj
    if count_by is None:
        show(run, records.listing(run, words or (), sort=sort, columns=columns, limit=limit))
    elif sort or columns:
        raise UsageError("--count-by goes with neither --columns nor --sort")
    else:
        show(run, counted.counted(run, words or (), count_by, limit))
