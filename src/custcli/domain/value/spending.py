"""How much customers spend on a purchase: the Gamma-Gamma model (Fader, Hardie 2013), by maximum likelihood.

The purchases of a customer vary (gamma with shape p) about an own average, and those averages vary (gamma with q, γ).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

from custcli.domain.value.likelihood import REASONS, NotCarried, dot, maximum

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("p", "q", "gamma")
CLEARLY = 2
"""So many standard errors of its logarithm: the mean pγ/(q − 1) of who has bought once may be any number otherwise."""


@dataclass(frozen=True)
class GammaGamma:
    """The parameters, γ in the unit of the money, with the log-likelihood they reach and their standard errors."""

    p: float
    q: float
    gamma: float
    log_likelihood: float = 0.0
    errors: Mapping[str, float] | None = None


@dataclass(frozen=True)
class OwnAverage:
    """Each customer spends the same every time, so nothing varies; `average`: of them all, for who has bought once."""

    average: float
    log_likelihood: None = None
    errors: None = None


def fit(repeats: "NDArray[Any]", averages: "NDArray[Any]") -> GammaGamma | OwnAverage:
    """The likeliest parameters for customers with so many purchases of such an average, both above 0.

    NotCarried: the data do not tell them, or the mean over all customers may be infinite (q is not clearly above 1).
    """
    import numpy as np

    if averages.min() == averages.max():
        return OwnAverage(float(averages[0]))
    unit = exp(float(np.log(averages).mean()))
    try:
        found = maximum(_Likelihood(repeats.astype(float), averages / unit), NAMES, float(len(repeats)))
    except NotCarried as reason:
        if reason.message.text != REASONS["p+"]:
            raise
        return OwnAverage(float(averages.mean()))
    p, q, gamma = found.parameters
    if q * exp(-CLEARLY * found.errors["q"] / q) <= 1:
        raise NotCarried("the spending of customers differs so much that it has no mean")
    errors = {**found.errors, "gamma": found.errors["gamma"] * unit}
    return GammaGamma(p, q, gamma * unit, found.log_likelihood - len(repeats) * log(unit), errors)


class _Likelihood:
    """The log-likelihood and its gradient by the logarithms of the parameters."""

    def __init__(self, repeats: "NDArray[Any]", averages: "NDArray[Any]") -> None:
        import numpy as np

        self.x = repeats
        self.sums = repeats * averages
        self.log_averages = np.log(averages).sum()
        self.log_sums = dot(repeats, np.log(self.sums))
        self.xs, self.customers = np.unique(repeats, return_counts=True)

    def __call__(self, logs: "NDArray[Any]") -> "tuple[float, NDArray[Any]]":
        import numpy as np
        from scipy.special import digamma, gammaln

        p, q, gamma = np.exp(logs)
        count, xs = len(self.x), self.xs
        whole = gamma + self.sums
        log_whole = np.log(whole)
        by_x = dot(self.x, log_whole)
        weighted = p * by_x + q * log_whole.sum()
        gammas = dot(self.customers, gammaln(p * xs + q) - gammaln(p * xs)) - count * gammaln(q)
        value = gammas + count * q * logs[2] + p * self.log_sums - self.log_averages - weighted
        both = digamma(p * xs + q)
        gradient = [
            dot(self.customers, xs * (both - digamma(p * xs))) + self.log_sums - by_x,
            dot(self.customers, both) - count * digamma(q) + count * logs[2] - log_whole.sum(),
            count * q / gamma - dot(p * self.x + q, 1 / whole),
        ]
        return float(value), np.array(gradient) * np.exp(logs)


def expected_average(
    model: GammaGamma | OwnAverage, repeats: "NDArray[Any]", averages: "NDArray[Any]"
) -> "NDArray[Any]":
    """The average purchase to be expected of a customer: between the own average so far and that of all."""
    import numpy as np

    if isinstance(model, OwnAverage):
        return np.where(repeats > 0, averages, model.average)
    found: NDArray[Any] = model.p * (model.gamma + repeats * averages) / (model.p * repeats + model.q - 1)
    return found
