"""A row of figures as small bars, which a line of text has room for."""

from collections.abc import Sequence

STEPS = "▁▂▃▄▅▆▇█"
NONE = "·"


def sparkline(values: Sequence[int]) -> str:
    """A small bar for each value, the largest one whole; what is not above 0 has a dot in its place."""
    most = max(values, default=0)
    return "".join(STEPS[(value * len(STEPS) - 1) // most] if value > 0 else NONE for value in values)
