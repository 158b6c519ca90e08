"""What customers are worth by the models: BG/NBD tells how often they buy, Gamma-Gamma how much each time.

A model is taken only where the data carry it: else NotCarried says why, and the formula answers (cli.md 7).
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import log1p
from typing import TYPE_CHECKING, Any

from custcli.domain.value import bgnbd, spending
from custcli.domain.value.bgnbd import BgNbd, Histories
from custcli.domain.value.likelihood import NotCarried
from custcli.domain.value.spending import GammaGamma, OwnAverage
from custcli.grid import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEK = 7
WEEKS_A_MONTH = 365.25 / 12 / WEEK
WEEKS_A_YEAR = 365.25 / WEEK
LEAST_REPEATING = 30
"""So many customers have to have come back: fewer do not tell four parameters."""
RANGE = (0.1, 0.9)
"""The range of a value: in 8 of 10 cases a customer buys that often."""


@dataclass(frozen=True)
class Buying:
    """Days of purchase, arrays by place: how many (0: never bought), first and last as ordinals.

    `later`: ten-thousandths spent on the days after the first; `kept`: profit for each yuan spent, returns taken off.
    """

    days: "NDArray[Any]"
    first: "NDArray[Any]"
    last: "NDArray[Any]"
    later: "NDArray[Any]"
    kept: "NDArray[Any]"

    def at(self, places: "NDArray[Any]") -> "Buying":
        """Some of the customers."""
        return Buying(*(each[places] for each in (self.days, self.first, self.last, self.later, self.kept)))

    @property
    def averages(self) -> "NDArray[Any]":
        """What a customer spent on a day after the first, in yuan; 0 without one."""
        import numpy as np

        return np.asarray(np.maximum(self.later, 0) / (np.maximum(self.days - 1, 1) * SCALE))


@dataclass(frozen=True)
class Averages:
    """What customers who came back spent on a day after the first, in yuan: the mean of each, told of all of them."""

    customers: int
    mean: float
    sd: float
    min: float
    median: float
    max: float


@dataclass(frozen=True)
class Model:
    """Both models, calibrated on the purchases up to a day: on `days` of purchase in all, same-day orders being one."""

    buying: BgNbd
    spending: GammaGamma | OwnAverage
    customers: int
    repeating: int
    days: int
    averages: Averages
    until: date


@dataclass(frozen=True)
class Predicted:
    """What is expected of customers over the horizon, arrays by place; 0 for who never bought.

    `purchases`: days of purchase; `average`: yuan spent on each; `discounted`: purchases, later ones counting less.
    """

    alive: "NDArray[Any]"
    purchases: "NDArray[Any]"
    discounted: "NDArray[Any]"
    average: "NDArray[Any]"
    kept: "NDArray[Any]"

    @cached_property
    def values(self) -> "NDArray[Any]":
        """Present values in ten-thousandths."""
        return _whole(self.discounted * self.average * self.kept)


def yields(profit: "NDArray[Any]", uncosted: "NDArray[Any]", margin: float, spent: "NDArray[Any]") -> "NDArray[Any]":
    """Profit for each yuan spent on days of purchase; `margin` where cost is unknown, or nothing has been spent yet.

    Not below −1: what was sent back may have been bought before the data begin.
    """
    import numpy as np

    share = (profit + uncosted * margin) / np.maximum(spent, 1)
    return np.where(spent > 0, np.clip(share, -1.0, 1.0), np.where(spent < 0, 0.0, margin))


def calibrated(buying: Buying, day: date, least_days: int) -> Model:
    """The models that make the purchases up to the day likeliest. NotCarried: too little to tell, or no clear top."""
    import numpy as np

    bought = buying.at(np.flatnonzero(buying.days > 0))
    span = day.toordinal() - int(bought.first.min()) if len(bought.days) else 0
    if span < least_days:
        raise NotCarried("orders of at least {least} days are needed, there are {days}", least=least_days, days=span)
    repeating = int((bought.days > 1).sum())
    if repeating < LEAST_REPEATING:
        raise NotCarried(
            "at least {least} customers must have bought again, {count} have", least=LEAST_REPEATING, count=repeating
        )
    spent = bought.averages
    telling = spent > 0
    if telling.sum() < LEAST_REPEATING:
        raise NotCarried(
            "at least {least} customers must have spent money again, {count} have",
            least=LEAST_REPEATING,
            count=int(telling.sum()),
        )
    often = bgnbd.fit(_histories(bought, day))
    much = spending.fit((bought.days - 1)[telling], spent[telling])
    return Model(often, much, len(bought.days), repeating, int(bought.days.sum()), _averages(spent[telling]), day)


def _averages(spent: "NDArray[Any]") -> Averages:
    import numpy as np

    middle = float(np.median(spent))
    return Averages(
        len(spent), float(spent.mean()), float(spent.std(ddof=1)), float(spent.min()), middle, float(spent.max())
    )


def _histories(bought: Buying, day: date) -> Histories:
    import numpy as np

    found, counts = np.unique(_key(bought, day, last=True), return_counts=True)
    repeats, last, length = _of_key(found)
    return Histories(repeats, last / WEEK, length / WEEK, counts)


_SHIFT = 2**22
"""More days than the calendar has."""


def _key(bought: Buying, day: date, *, last: bool) -> "NDArray[Any]":
    """One number for purchases after the first, days to the last one, and days to the end."""
    between = bought.last - bought.first if last else 0
    key: NDArray[Any] = ((bought.days - 1) * _SHIFT + between) * _SHIFT + day.toordinal() - bought.first
    return key


def _of_key(key: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any], NDArray[Any]]":
    return key // _SHIFT**2, key // _SHIFT % _SHIFT, key % _SHIFT


def predicted(model: Model, buying: Buying, weeks: float, discount: float) -> Predicted:
    """What is expected of each customer in the weeks after the day of the model; `discount` is a year's rate."""
    import numpy as np

    bought = np.flatnonzero(buying.days > 0)
    some = buying.at(bought)
    repeats, length = some.days - 1, (model.until.toordinal() - some.first) / WEEK
    chance = bgnbd.alive(model.buying, repeats, (some.last - some.first) / WEEK, length)
    found, inverse = np.unique(_key(some, model.until, last=False), return_inverse=True)
    of_key = _of_key(found)
    rate = log1p(discount) / WEEKS_A_YEAR
    sums = bgnbd.expected(model.buying, of_key[0], of_key[2] / WEEK, weeks, (0.0, rate))
    average = spending.expected_average(model.spending, repeats, some.averages)
    columns = (chance, sums[0][inverse] * chance, sums[1][inverse] * chance, average, some.kept)
    return Predicted(*(_spread(each, bought, len(buying.days)) for each in columns))


def bought_again(model: Model, buying: Buying, most: int) -> "NDArray[Any]":
    """How many customers the model lets have bought again 0, 1 … times up to its day; the last are for `most` and more.

    A customer of whom nothing is known but the first purchase is one alive without any other, at time 0.
    """
    import numpy as np

    first = buying.first[buying.days > 0]
    lengths, customers = np.unique((model.until.toordinal() - first) / WEEK, return_counts=True)
    none = np.zeros(len(lengths))
    chances = [bgnbd.at_least(model.buying, number, none, none, lengths) for number in range(1, most + 1)]
    reached = [float(len(first)), *(float((customers * chance).sum()) for chance in chances), 0.0]
    return np.asarray(-np.diff(reached))


def _spread(figures: "NDArray[Any]", places: "NDArray[Any]", count: int) -> "NDArray[Any]":
    import numpy as np

    whole = np.zeros(count)
    whole[places] = figures
    return whole


def value_range(
    model: Model, buying: Buying, expected: Predicted, places: "NDArray[Any]", weeks: float
) -> "tuple[NDArray[Any], NDArray[Any]]":
    """The values of customers at these places, who have all bought: as rarely and as often as 8 of 10 buy at most.

    Ten-thousandths; the value itself always lies between, also where most of the customers buy no more.
    """
    import numpy as np

    found, inverse = np.unique(_key(buying.at(places), model.until, last=True), return_inverse=True)
    repeats, last, length = _of_key(found)
    history = (repeats, last / WEEK, length / WEEK)
    purchases = expected.purchases[places]
    each = np.divide(expected.values[places], purchases, out=np.zeros(len(places)), where=purchases > 0)
    counts = [bgnbd.quantile(model.buying, share, *history, weeks)[inverse] for share in RANGE]
    ends = [np.rint(each * count).astype(np.int64) for count in counts]
    values = expected.values[places]
    return np.asarray(np.minimum.reduce([*ends, values])), np.asarray(np.maximum.reduce([*ends, values]))


def _whole(yuan: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    return np.asarray(np.rint(yuan * SCALE), dtype=np.int64)
