"""The sample company comes into an empty database: what custcli does can be tried before any data are at hand."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from custcli.errors import RefusedError
from custcli.services import import_
from custcli.services.imported import Report, Wanted

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Database

DAY = date(2026, 6, 30)
"""The day of reference of the samples: nothing in them is dated later but appointments."""
FILES = ("dossiers.xlsx", "orders.csv", "order_lines.csv", "payments.csv", "prospects.xlsx", "registers.xlsx")


def load(ctx: "Context", database: "Database", advance: Callable[[int], None]) -> Report:
    """Import the sample company as one change. RefusedError where the database holds records already."""
    from custcli.db import journal

    with database.reading() as connection:
        if any(count for table, count in journal.counts(connection).items() if table != "change"):
            raise RefusedError(
                "{path} holds records already: name another database for the sample company", path=database.path
            )
    wanted = Wanted([str(folder() / name) for name in FILES])
    known = max(ctx.today, DAY)  # a clock behind the samples does not make them refused
    return import_.run(
        database, wanted, ctx.forms, ctx.settings, ctx.author, today=known, day=ctx.as_of or DAY, advance=advance
    )


def folder() -> Path:
    """Where the samples lie: inside the installed package, or in the checkout that it runs from."""
    package = Path(__file__).parents[1]
    inside = package / "samples"
    return inside if inside.is_dir() else package.parents[1] / "samples"
