"""Which currency an answer is in: the one asked for, else the only one there is (decisions.md 3)."""

from typing import TYPE_CHECKING

from custcli.domain.period import Period
from custcli.errors import UsageError

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection


def currency_code(text: str | None) -> str | None:
    """The currency that a text means."""
    return text.strip().upper() if text else None


def chosen_currency(
    ctx: "Context", connection: "Connection", table: str, period: Period, asked: str | None
) -> tuple[str, str | None]:
    """The currency of the answer, and the one to filter by: None where no other occurs (decisions.md 3)."""
    from custcli.db import figures

    found = figures.currencies(connection, table, period.since, period.until)
    if asked:
        return asked, None if found == [asked] else asked
    if len(found) > 1:
        raise UsageError("There are several currencies: choose one with --currency: {words}", words=", ".join(found))
    return (found or [ctx.settings.currency])[0], None


def absent(connection: "Connection", table: str, period: Period, asked: str | None) -> bool:
    """Whether no order (sales_order) or payment of the period is in the currency asked for."""
    from custcli.db import figures

    return asked is not None and asked not in figures.currencies(connection, table, period.since, period.until)
