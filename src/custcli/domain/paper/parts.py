"""What a paper form is made of: what is written on it, its cells, its sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from custcli.domain.forms import Form
from custcli.grid import Grid
from custcli.messages import Message

PAGE_WIDTH = 96
"""The width of a page in characters of 10.5 points; a wider table is shrunk to it."""
PAGE_HEIGHT = 720.0
"""What the rows of a page may take in points: A4 upright, less its margins."""

Text = str | Sequence[str]
"""What a cell says: a text, a choice's word, or several of them."""


class Role(StrEnum):
    """What a cell is for."""

    TITLE = "title"
    LABEL = "label"
    VALUE = "value"


@dataclass(frozen=True)
class Cell:
    """A cell or a merged range; rows and columns count from 0, the last ones belong to it."""

    top: int
    left: int
    bottom: int
    right: int
    text: str
    role: Role


@dataclass(frozen=True)
class Paper:
    """A sheet of paper: its cells, the widths of its columns in characters, the heights of its rows in points."""

    cells: tuple[Cell, ...]
    widths: tuple[int, ...]
    heights: tuple[float, ...]

    @property
    def pages(self) -> float:
        """How many pages it is long, when it is as wide as one."""
        return sum(self.heights) / PAGE_HEIGHT * PAGE_WIDTH / max(sum(self.widths), 1)


@dataclass(frozen=True)
class Content:
    """What is written on the paper: path → text or words (see Text), hidden ones masked already.

    `keys`: of each keyed group the keys that have a place; `elements`: how many of a `many` group there are.
    """

    values: Mapping[str, Text] = field(default_factory=dict)
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    elements: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """A paper form to be written: rows of `grid` are path, text or words, and how the value is hidden.

    `name` is the sheet's; `keys` and `elements` as in Content; `copies` tells who keeps each copy, none: one sheet.
    """

    form: Form
    name: str
    keys: Mapping[str, Sequence[str]]
    grid: Grid
    elements: Mapping[str, int] = field(default_factory=dict)
    copies: Sequence[Message] = ()
