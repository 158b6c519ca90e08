"""Whole numbers in arrays, exact however large: 64 bits where they suffice, Python's own beyond.

Money is never a float (decisions.md 3), and a million customers are too many for fractions.
"""

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LIMIT = 2**62


def product(*factors: "int | NDArray[Any]") -> "NDArray[Any]":
    """The product of whole numbers, place by place."""
    import numpy as np

    fits = prod(map(_largest, factors)) < _LIMIT
    found: NDArray[Any] = _ready(factors[0], fits=fits)
    for factor in factors[1:]:
        found = np.asarray(found * _ready(factor, fits=fits))
    return found


def added(*terms: "int | NDArray[Any]") -> "NDArray[Any]":
    """The sum of whole numbers, place by place."""
    import numpy as np

    fits = sum(map(_largest, terms)) < _LIMIT
    found: NDArray[Any] = _ready(terms[0], fits=fits)
    for term in terms[1:]:
        found = np.asarray(found + _ready(term, fits=fits))
    return found


def half_up(numerator: "NDArray[Any]", denominator: "int | NDArray[Any]") -> "NDArray[Any]":
    """Numerator ÷ denominator (above 0) to the nearest whole, halves away from zero as in bookkeeping."""
    import numpy as np

    doubled = added(product(2, np.abs(numerator)), denominator)
    rounded = doubled // product(2, denominator)
    return np.asarray(np.where(numerator < 0, -rounded, rounded))


def parts(fractions: "list[Fraction]", places: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Numerators and denominators of the fractions at their places."""
    return _array([one.numerator for one in fractions])[places], _array([one.denominator for one in fractions])[places]


def _array(numbers: list[int]) -> "NDArray[Any]":
    import numpy as np

    fits = max(map(abs, numbers), default=0) < _LIMIT
    return np.array(numbers, dtype=np.int64 if fits else object)


def _largest(factor: "int | NDArray[Any]") -> int:
    """The largest absolute value, at least 1."""
    if isinstance(factor, int):
        return max(abs(factor), 1)
    return max(int(factor.max()), -int(factor.min()), 1) if factor.size else 1


def _ready(factor: "int | NDArray[Any]", *, fits: bool) -> "NDArray[Any]":
    import numpy as np

    return np.asarray(factor, dtype=np.int64 if fits else object)
