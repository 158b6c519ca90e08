"""The likeliest parameters of a model, and whether the data tell them at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custcli.domain.readers import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

Likelihood = Callable[["NDArray[Any]"], "tuple[float, NDArray[Any]]"]
"""Log-likelihood and its gradient by the logarithms of the parameters."""

BOUND = 12.0
"""Of the logarithm of a parameter: beyond e¹² either way the model has become a simpler one."""
FLAT = 3.0
"""A standard error of a logarithm from which on the parameter could be twenty times as large or small."""
LEVEL = 1e-4
"""Slope, for each customer, under which the top is reached."""
_STEP = 1e-4
REASONS = {
    "a-": "customers hardly ever drop out: its parameter {name} has no end",
    "a+": "customers hardly differ in how they drop out, or hardly ever do: its parameter {name} has no end",
    "b-": "customers drop out as soon as they buy again: its parameter {name} has no end",
    "b+": "customers hardly differ in how they drop out, or hardly ever do: its parameter {name} has no end",
    "r+": "customers hardly differ in how often they buy: its parameter {name} has no end",
    "alpha+": "customers hardly differ in how often they buy: its parameter {name} has no end",
    "p+": "each customer spends the same every time: its parameter {name} has no end",
    "q+": "customers hardly differ in what they spend: its parameter {name} has no end",
    "gamma+": "customers hardly differ in what they spend: its parameter {name} has no end",
}
"""What it means where a parameter grows (+) or shrinks (-) without end."""


class NotCarried(Refused):
    """The data do not carry the model; the message says why."""


@dataclass(frozen=True)
class Estimate:
    """Parameters, the log-likelihood there, and the standard error of each parameter by its name."""

    parameters: tuple[float, ...]
    log_likelihood: float
    errors: Mapping[str, float]


def maximum(likelihood: Likelihood, names: Sequence[str], customers: float) -> Estimate:
    """The parameters (all above 0) of the greatest likelihood, sought from 1 on.

    NotCarried: a parameter runs away, the search does not end, or the top is so flat that nothing is told.
    """
    import numpy as np
    from scipy.optimize import minimize

    def downhill(logs: "NDArray[Any]") -> "tuple[float, NDArray[Any]]":
        value, slope = likelihood(logs)
        return -value / customers, -slope / customers

    bounds = [(-BOUND, BOUND)] * len(names)
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8}
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        done = minimize(downhill, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        logs = np.asarray(done.x)
        if not np.isfinite(done.fun):
            raise NotCarried("the search for its parameters finds no end")
        for name, one in zip(names, logs.tolist(), strict=True):
            if abs(one) > BOUND - 1:
                usual = "its parameter {name} runs to the end of its range"
                raise NotCarried(REASONS.get(name + ("+" if one > 0 else "-"), usual), name=name)
        curved = _curvature(downhill, logs)
        logs, errors = _polished(downhill, logs, curved, customers)
        value, slope = downhill(logs)
    if not np.isfinite(value) or np.abs(slope).max() > LEVEL:
        raise NotCarried("the search for its parameters finds no end")
    parameters = np.exp(logs)
    return Estimate(
        tuple(parameters.tolist()), -value * customers, dict(zip(names, (parameters * errors).tolist(), strict=True))
    )


def dot(one: "NDArray[Any]", other: "NDArray[Any]") -> float:
    """The sum of products, the same on every machine: BLAS would share it out to threads, at ten times the cost."""
    return float((one * other).sum())


def _curvature(downhill: Likelihood, logs: "NDArray[Any]") -> "NDArray[Any]":
    """The second derivatives, from differences of the gradient."""
    import numpy as np

    steps = np.eye(len(logs)) * _STEP
    rows = [(downhill(logs + step)[1] - downhill(logs - step)[1]) / (2 * _STEP) for step in steps]
    return (np.array(rows) + np.array(rows).T) / 2


def _polished(
    downhill: Likelihood, logs: "NDArray[Any]", curved: "NDArray[Any]", customers: float
) -> "tuple[NDArray[Any], NDArray[Any]]":
    """The top after one last step of Newton's, and the standard errors of the logarithms there."""
    import numpy as np

    if not np.isfinite(curved).all() or np.linalg.eigvalsh(curved).min() <= 0:
        raise NotCarried("its parameters cannot be told apart in these data")
    inverse = np.linalg.inv(curved)
    errors = np.sqrt(np.diag(inverse) / customers)
    if not errors.max() < FLAT:
        raise NotCarried("its parameters cannot be told apart in these data")
    value, slope = downhill(logs)
    further = logs - inverse @ slope
    return (further if downhill(further)[0] <= value else logs), errors
