"""The values of customers by the models, calibrated on all customers of the database."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from custcli.domain.value import Amounts, ValueRules, bgnbd, spending
from custcli.domain.value.exact import added
from custcli.domain.value.model import WEEK, WEEKS_A_MONTH, Buying, Model, Predicted, predicted, value_range
from custcli.grid import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from custcli.context import Context
    from custcli.services.value.asked import Asked
    from custcli.services.value.known import Book


@dataclass(frozen=True)
class Modelled:
    """The model, and what it expects of the customers asked for in `months`; `bought`: who is in it at all."""

    model: Model
    buying: Buying
    expected: Predicted
    months: int

    @cached_property
    def histories(self) -> "tuple[NDArray[Any], ...]":
        """What the model knows: repeat purchases; weeks to the last one and to the end, their average: × 10,000."""
        import numpy as np

        own, end = self.buying, self.model.until.toordinal()
        weeks = (np.rint(days * (SCALE / WEEK)).astype(np.int64) for days in (own.last - own.first, end - own.first))
        return own.days - 1, *weeks, np.rint(own.averages * SCALE).astype(np.int64)

    @property
    def bought(self) -> "NDArray[Any]":
        """Whether the model speaks of a customer: of who has bought."""
        return self.buying.days > 0

    def lifetime(self, potential: Amounts, otherwise: Amounts) -> Amounts:
        """Lifetime values: by the model and what is possible beyond; by the formula for who never bought."""
        import numpy as np

        whole = np.where(self.bought, added(self.expected.values, potential.amounts), otherwise.amounts)
        return Amounts(whole, self.bought | otherwise.known)

    def current(self, otherwise: Amounts) -> Amounts:
        """Present values of what is bought in the horizon."""
        import numpy as np

        return Amounts(np.where(self.bought, self.expected.values, otherwise.amounts), self.bought | otherwise.known)

    def ends(self, places: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
        """The range of the values of customers at these places, who have all bought."""
        return value_range(self.model, self.buying, self.expected, places, self.months * WEEKS_A_MONTH)


def modelled(
    ctx: "Context", model: Model, days: Buying, asked: "Asked", rules: ValueRules, whole: "Book", some: "Book"
) -> Modelled:
    """What a model expects of some of the customers whose days of purchase are given."""
    import numpy as np

    months = asked.horizon_months or ctx.settings.value.horizon_months
    if len(some.ids) < len(whole.ids):
        days = days.at(np.flatnonzero(np.isin(whole.ids, some.ids)))
    return Modelled(model, days, predicted(model, days, months * WEEKS_A_MONTH, float(rules.discount)), months)


def parameters(model: Model) -> dict[str, float | None]:
    """The parameters of both models by their names; time in weeks, money in yuan. None: spending does not vary."""
    often, much = model.buying, model.spending
    spread = {name: getattr(much, name, None) for name in spending.NAMES}
    return {name: getattr(often, name) for name in bgnbd.NAMES} | spread
