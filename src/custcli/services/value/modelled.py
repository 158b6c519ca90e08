"""The values of customers by the models, calibrated on all customers of the database."""

from dataclasses import dataclass
from datetime import date
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
    """The model, and what it expects of the customers asked for in `weeks`; `bought`: who is in it at all.

    `months`: how the weeks were asked for, None: as weeks. `new_customer`: what is expected of who buys for the first
    time on the day of the model.
    """

    model: Model
    buying: Buying
    expected: Predicted
    weeks: float
    months: int | None
    new_customer: dict[str, float]

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
        return value_range(self.model, self.buying, self.expected, places, self.weeks)


def modelled(
    ctx: "Context", model: Model, days: Buying, asked: "Asked", rules: ValueRules, whole: "Book", some: "Book"
) -> Modelled:
    """What a model expects of some of the customers whose days of purchase are given."""
    import numpy as np

    months = None if asked.horizon_weeks else asked.horizon_months or ctx.settings.value.horizon_months
    weeks = months * WEEKS_A_MONTH if months else float(asked.horizon_weeks or 0)
    if len(some.ids) < len(whole.ids):
        days = days.at(np.flatnonzero(np.isin(whole.ids, some.ids)))
    discount = float(rules.discount)
    return Modelled(model, days, predicted(model, days, weeks, discount), weeks, months, _new_customer(model, weeks))


def _new_customer(model: Model, weeks: float) -> dict[str, float]:
    """Purchases after the first one in these weeks, and the yuan spent on each."""
    import numpy as np

    today = np.array([model.until.toordinal()])
    somebody = Buying(days=np.ones(1), first=today, last=today, later=np.zeros(1), kept=np.ones(1))
    found = predicted(model, somebody, weeks, 0.0)
    return {"expected_purchases": float(found.purchases[0]), "expected_average_value": float(found.average[0])}


def histories(own: Buying, day: date) -> "tuple[NDArray[Any], ...]":
    """What a model knows: repeat purchases, −1 for none at all; weeks to the last and to the end, average: × 10,000."""
    import numpy as np

    spans = own.last - own.first, day.toordinal() - own.first
    weeks = (np.rint(days * (SCALE / WEEK)).astype(np.int64) for days in spans)
    return own.days - 1, *weeks, np.rint(own.averages * SCALE).astype(np.int64)


def parameters(model: Model) -> dict[str, float | None]:
    """The parameters of both models by their names; time in weeks, money in yuan. None: spending does not vary."""
    often, much = model.buying, model.spending
    spread = {name: getattr(much, name, None) for name in spending.NAMES}
    return {name: getattr(often, name) for name in bgnbd.NAMES} | spread
