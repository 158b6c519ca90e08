"""The models fitted to all customers: found once, and recalled as long as no order changes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from custcli.domain.value import ValueRules
from custcli.domain.value.bgnbd import BgNbd
from custcli.domain.value.likelihood import NotCarried
from custcli.domain.value.model import Averages, Buying, Model, calibrated
from custcli.domain.value.spending import GammaGamma, OwnAverage

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.services.value.asked import Asked

RULE = 4
"""Raised when the same orders give other figures than before."""


def fitted(
    ctx: "Context", connection: "Connection", asked: "Asked", rules: ValueRules, days: Buying
) -> Model | NotCarried:
    """The models of all customers' days of purchase; or why these do not carry them."""
    from custcli.db import fitted as kept

    found: Model | NotCarried
    try:
        found = calibrated(days, ctx.day, rules.min_history_days)
    except NotCarried as reason:
        found = reason
    kept.keep(connection, _question(ctx, asked, rules), _written(found))
    return found


def recalled(ctx: "Context", connection: "Connection", asked: "Asked", rules: ValueRules) -> Model | NotCarried | None:
    """What `fitted` found last, if it would find the same again; else None."""
    from custcli.db import fitted as kept

    found = kept.recalled(connection, _question(ctx, asked, rules))
    return None if found is None else _read(found)


def _question(ctx: "Context", asked: "Asked", rules: ValueRules) -> dict[str, object]:
    return {
        "rule": RULE,
        "day": ctx.day.isoformat(),
        "currency": asked.currency,
        "least_days": rules.min_history_days,
    }


def _written(found: Model | NotCarried) -> dict[str, object]:
    if isinstance(found, NotCarried):
        return {"reason": found.message.text, "params": dict(found.message.params)}
    return asdict(found) | {"until": found.until.isoformat()}


def _read(found: Mapping[str, Any]) -> Model | NotCarried:
    if "reason" in found:
        return NotCarried(found["reason"], **found["params"])
    spending = OwnAverage if "average" in found["spending"] else GammaGamma
    own = {"buying": BgNbd(**found["buying"]), "spending": spending(**found["spending"])}
    averages, until = Averages(**found["averages"]), date.fromisoformat(found["until"])
    return Model(**{**found, **own, "averages": averages, "until": until})
