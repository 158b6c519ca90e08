"""A classification worked out: the customers, their amounts and ranks, and the run that it is compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.db import Connection
    from custcli.db.verdicts import Verdicts


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
        return list(self.groups.values()) or [self.whole]

    @property
    def verdicts(self) -> "Verdicts":
        """The verdicts of all ranked customers in the order of their ranks, of groups one after the other."""
        import numpy as np

        from custcli.db.verdicts import Verdicts

        rankings, stated = self.rankings, self.found.stated
        places = np.concatenate([each.order for each in rankings])
        return Verdicts(
            ids=self.found.customers.ids[places],
            ranks=np.concatenate([np.arange(1, len(each) + 1) for each in rankings]),
            amounts=np.concatenate([each.amounts for each in rankings]),
            marks=[
                np.concatenate([_spread(each.abc_ends) for each in rankings]),
                np.concatenate([_spread(each.tier_ends) for each in rankings]),
                np.zeros_like(places) if stated is None else stated[places].astype(np.int64),
            ],
        )

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
    made = Ranked(
        asked=asked,
        rules=rules,
        period=days,
        found=found,
        whole=rules_of.rank(*own, rules),
        groups=groups,
        parameters=parameters | {"filtered": bool(asked.where), "settings": asking.reckoned_with(asked, ctx.settings)},
        fingerprint=fingerprint,
        previous=None,
    )
    return replace(made, previous=runs.previous(connection, fingerprint, ctx.day, lambda: made.verdicts))


def _spread(ends: Sequence[int]) -> "NDArray[Any]":
    """The place of each ranked customer's word."""
    import numpy as np

    return np.repeat(np.arange(len(ends)), np.diff((0, *ends)))
