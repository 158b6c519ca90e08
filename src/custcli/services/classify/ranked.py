"""A classification worked out: the customers, their amounts and ranks, and the run that it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain import classify as rules_of
from custcli.domain.classify import Ranking, Rules
from custcli.domain.period import Period
from custcli.grid import Kind, Money
from custcli.services.classify import asked as asking
from custcli.services.classify.amounts import KINDS, Amounts, amounts
from custcli.services.classify.asked import Asked

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection


@dataclass(frozen=True)
class Ranked:
    """The whole ranking, and one for each group where groups were asked for, by its name.

    `parameters` are kept of what was asked; `fingerprint` tells which runs are like it; `previous` is the number and
    day of the last such run.
    """

    asked: Asked
    rules: Rules
    period: Period
    found: Amounts
    whole: Ranking
    groups: Mapping[str, Ranking]
    parameters: dict[str, object]
    fingerprint: str
    previous: tuple[int, date] | None

    @property
    def rankings(self) -> list[Ranking]:
        """Those that give ranks and classes."""
        return list(self.groups.values()) if self.asked.within else [self.whole]

    def amount(self, value: int) -> int:
        """A sum of amounts as the summary has it: money or quantity with decimals, or a count."""
        return value if KINDS.get(self.asked.by) is Kind.INTEGER else Money(value)


def ranked(ctx: "Context", connection: "Connection", asked: Asked) -> Ranked:
    """Rank the customers that fit the conditions by their amounts in the period (R4, R5)."""
    from custcli.db import figures, runs
    from custcli.db.terms import customer_filter
    from custcli.services.records import parsed

    rules, days = asking.rules(asked, ctx.settings), asking.days(asked, ctx.settings, ctx.day)
    only = customer_filter(connection, ctx.forms, parsed(asked.where), ctx.day)
    customers = figures.customers(connection, only, asked.within)
    found = amounts(ctx, connection, customers, asked.by, days, asked.currency)
    own: tuple[Any, Any] = customers.places, found.amounts
    groups = rules_of.rank_within(customers.groups, *own, rules) if customers.groups else {}
    parameters = asking.parameters(asked, rules, days.length, found.currency)
    fingerprint = asking.fingerprint(asked, parameters)
    return Ranked(
        asked=asked,
        rules=rules,
        period=days,
        found=found,
        whole=rules_of.rank(*own, rules),
        groups=groups,
        parameters=parameters | {"filtered": bool(asked.where)},
        fingerprint=fingerprint,
        previous=runs.previous(connection, fingerprint, ctx.day),
    )
