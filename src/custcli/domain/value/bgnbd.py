"""How often customers will buy: the BG/NBD model (Fader, Hardie, Lee 2005), by maximum likelihood.

Alive customers buy at random times at an own rate (gamma with r, α); after each purchase one drops out with an own
chance (beta with a, b). All that counts of a customer: repeat purchases x, the time of the last t, the length T.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

from custcli.domain.value.likelihood import Estimate, dot, maximum

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("r", "alpha", "a", "b")
NODES = 16
"""Points of the quadrature: with them the published figures come out to more digits than are printed."""


@dataclass(frozen=True)
class Histories:
    """Customers with the same history counted together: arrays by group.

    `repeats`: purchases after the first; `last`, `length`: time from the first purchase to the last one, and to the
    end. `customers`: how many have this history. Times are weeks.
    """

    repeats: "NDArray[Any]"
    last: "NDArray[Any]"
    length: "NDArray[Any]"
    customers: "NDArray[Any]"


@dataclass(frozen=True)
class BgNbd:
    """The parameters, with the log-likelihood they reach and their standard errors."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0
    errors: Mapping[str, float] | None = None


def fit(histories: Histories) -> BgNbd:
    """The parameters that make these histories likeliest. NotCarried: the data do not tell them."""
    unit = float(histories.length.max())
    found: Estimate = maximum(_Likelihood(histories, unit), NAMES, float(histories.customers.sum()))
    r, alpha, a, b = found.parameters
    # The density of a purchase is one for each unit of time, so a change of unit shifts the likelihood.
    shift = log(unit) * float((histories.repeats * histories.customers).sum())
    errors = {**found.errors, "alpha": found.errors["alpha"] * unit}
    return BgNbd(r, alpha * unit, a, b, found.log_likelihood - shift, errors)


class _Likelihood:
    """The log-likelihood and its gradient by the logarithms of the parameters, time in units of the longest history.

    Gamma functions depend on x alone, logarithms on t or T alone: each is taken once for each distinct value.
    """

    def __init__(self, histories: Histories, unit: float) -> None:
        import numpy as np

        self.weights = histories.customers.astype(float)
        self.xs, self.by_x = np.unique(histories.repeats.astype(float), return_inverse=True)
        self.lasts, self.by_last = np.unique(histories.last / unit, return_inverse=True)
        self.lengths, self.by_length = np.unique(histories.length / unit, return_inverse=True)
        self.x = self.xs[self.by_x]
        self.repeated = self.xs > 0
        self.of_x = self._sum(self.weights)

    def _sum(self, figures: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        return np.asarray(np.bincount(self.by_x, figures, len(self.xs)))

    def __call__(self, logs: "NDArray[Any]") -> "tuple[float, NDArray[Any]]":
        import numpy as np
        from scipy.special import digamma, gammaln

        r, alpha, a, b = np.exp(logs)
        xs, repeated, weights = self.xs, self.repeated, self.weights
        to_last, to_end = np.log(alpha + self.lasts)[self.by_last], np.log(alpha + self.lengths)[self.by_length]
        chance = np.full(len(xs), -np.inf)
        chance[repeated] = logs[2] - np.log(b + xs[repeated] - 1)
        alive = -(r + self.x) * to_end
        both = np.logaddexp(alive, chance[self.by_x] - (r + self.x) * to_last)
        stayed = weights * np.exp(alive - both)
        gone = weights - stayed
        gone_of_x = self._sum(gone)
        gammas = gammaln(r + xs) - gammaln(r) + gammaln(a + b) + gammaln(b + xs) - gammaln(b) - gammaln(a + b + xs)
        value = dot(self.of_x, gammas + r * logs[1]) + dot(weights, both)
        a_or_b = digamma(a + b) - digamma(a + b + xs)
        dropped = gone_of_x[repeated]
        gradient = [
            dot(self.of_x, digamma(r + xs) - digamma(r) + logs[1]) - dot(stayed, to_end) - dot(gone, to_last),
            weights.sum() * r / alpha - dot(r + self.x, stayed * np.exp(-to_end) + gone * np.exp(-to_last)),
            dot(self.of_x, a_or_b) + dropped.sum() / a,
            dot(self.of_x, a_or_b + digamma(b + xs) - digamma(b)) - dot(dropped, 1 / (b + xs[repeated] - 1)),
        ]
        return float(value), np.array(gradient) * np.exp(logs)


def alive(model: BgNbd, repeats: "NDArray[Any]", last: "NDArray[Any]", length: "NDArray[Any]") -> "NDArray[Any]":
    """The probability that a customer still buys; who bought once has had no occasion to drop out: 1."""
    import numpy as np
    from scipy.special import expit

    odds = np.log(np.maximum(model.b + repeats - 1, 1e-300) / model.a) - (model.r + repeats) * np.log(
        (model.alpha + length) / (model.alpha + last)
    )
    return np.asarray(np.where(repeats > 0, expit(odds), 1.0))


def expected(
    model: BgNbd, repeats: "NDArray[Any]", length: "NDArray[Any]", horizon: float, rates: tuple[float, ...] = (0.0,)
) -> "list[NDArray[Any]]":
    """The purchases that a customer alive now is expected to make in `horizon` weeks, discounted at each of `rates`.

    The rate of purchases t weeks ahead, (r+x)/(α+T)·F(r+x+1, a; a+b+x; −t/(α+T)), is integrated over
    u = log(1 + t/(α+T)). Unlike the published sum it has no pole at a = 1 and no difference of large numbers.
    """
    import numpy as np
    from scipy.special import hyp2f1

    r, a, b = model.r, model.a, model.b
    behind = model.alpha + length
    points, weights = np.polynomial.legendre.leggauss(NODES)
    reach = np.log1p(horizon / behind)
    sums = [np.zeros(len(repeats)) for _ in rates]
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        u = point * reach
        function = hyp2f1(a + b - r - 1, a, a + b + repeats, -np.expm1(-u))
        step = weight * reach * (r + repeats) * np.exp(u * (1 - a)) * function
        ahead = behind * np.expm1(u)
        sums = [found + step * np.exp(-rate * ahead) for found, rate in zip(sums, rates, strict=True)]
    return sums


def at_least(
    model: BgNbd,
    number: "int | NDArray[Any]",
    repeats: "NDArray[Any]",
    length: "NDArray[Any]",
    horizon: "float | NDArray[Any]",
) -> "NDArray[Any]":
    """The probability that a customer alive now buys `number` (1 or more) times in `horizon` weeks.

    So many purchases would come in time, and the customer has not dropped out after one of them but the last.
    """
    import numpy as np
    from scipy.special import betainc, betaln

    stays = betaln(model.a, model.b + repeats + number - 1) - betaln(model.a, model.b + repeats)
    in_time = betainc(number, model.r + repeats, horizon / (model.alpha + length + horizon))
    return np.asarray(np.exp(stays) * in_time)


def quantile(
    model: BgNbd, share: float, repeats: "NDArray[Any]", last: "NDArray[Any]", length: "NDArray[Any]", horizon: float
) -> "NDArray[Any]":
    """The least number of purchases in `horizon` weeks that with probability `share` is not exceeded."""
    import numpy as np

    buys = alive(model, repeats, last, length)
    low, high = np.zeros(len(repeats), dtype=np.int64), np.zeros(len(repeats), dtype=np.int64)

    def exceeded(places: "NDArray[Any]", number: "NDArray[Any]") -> "NDArray[Any]":
        chances = at_least(model, number + 1, repeats[places], length[places], horizon)
        return np.asarray(buys[places] * chances > 1 - share)

    every = np.arange(len(repeats))
    growing = open_ = every[exceeded(every, low)]
    high[open_] = 1
    while len(growing := growing[exceeded(growing, high[growing])]):
        low[growing] = high[growing]
        high[growing] *= 2
    while len(open_ := open_[high[open_] - low[open_] > 1]):
        middle = (low[open_] + high[open_]) // 2
        more = exceeded(open_, middle)
        low[open_[more]], high[open_[~more]] = middle[more], middle[~more]
    return high
