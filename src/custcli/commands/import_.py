"""custcli import: dossiers, orders, payments from spreadsheets and csv files."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import As, Columns, Delimiter, Encoding, Files, Map
from custcli.messages import message
from custcli.views import show
from custcli.views.progress import progress


def import_(
    ctx: typer.Context,
    files: Files,
    form: As = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Read this sheet alone")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Headings, constants, unit from the config file")
    ] = None,
    headings: Map = None,
    columns: Columns = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="FIELD,...", help="Fields by which a kept record is found")
    ] = None,
    on_existing: Annotated[
        Literal["update", "skip", "fail"], typer.Option("--on-existing", help="What becomes of records that are kept")
    ] = "update",
    on_error: Annotated[
        Literal["abort", "skip"], typer.Option("--on-error", help="Write nothing, or leave rejected rows out")
    ] = "abort",
    clear_blanks: Annotated[bool, typer.Option("--clear-blanks", help="A blank cell empties the field")] = False,
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help="Make the customers that orders and payments name")
    ] = False,
    constants: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A constant for a column the file lacks")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse left-over cells and doubtful values")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Walk the same path, write nothing")] = False,
    rejects: Annotated[str | None, typer.Option("--rejects", metavar="FILE", help="Workbook of rejected rows")] = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
) -> None:
    """Import dossiers, orders, payments from spreadsheets and csv files; one import is one change.

    Examples:
      custcli import dossiers.xlsx
      custcli import orders.csv --as orders --create-customers
      custcli import new/ --on-error skip
      custcli import erp.xlsx --profile erp
      custcli import log.csv --as orders --map Id=customer --map Price=amount
    """
    from custcli.services import import_ as service

    run = ctx.obj
    wanted = service.Wanted(
        service.present(files), form, sheet, match, on_existing, on_error, clear_blanks, create_customers,
        tuple(constants or ()), strict, dry_run, rejects, encoding, delimiter, profile, tuple(headings or ()), columns,
    )  # fmt: skip
    database = run.trying() if dry_run else run.writing()
    with progress(run, None, message("reading rows")) as steps:
        report = service.run(
            database, wanted, run.forms, run.settings, run.author, today=run.today, day=run.day, advance=steps.advance
        )
    if not report.refused or run.format in {"json", "jsonl"}:
        show(run, service.grid(report))
    service.conclude(report)
