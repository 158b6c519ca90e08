"""The neutral result between rules and screens: columns that know their kind, and rows of plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from custcli.messages import Message

SCALE = 10_000
"""Money and quantities are whole ten-thousandths (decisions.md 3)."""


class Kind(StrEnum):
    """What the values of a column are; it decides how people and how machines see them.

    Values in rows: TEXT, CODE, TOKEN str; INTEGER int; MONEY, DECIMAL int in ten-thousandths; SHARE float 0…1;
    DATE date; TIME datetime in UTC; FLAG bool; LIST list of str. Unknown is None in every kind.
    """

    TEXT = "text"
    CODE = "code"  # digits that stay text in a workbook
    TOKEN = "token"  # an English word in json and csv, its label for people (see Column.labels)
    INTEGER = "integer"
    MONEY = "money"
    DECIMAL = "decimal"
    SHARE = "share"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True)
class Column:
    """One column: `name` is the key for scripts and never changes; `label` is a source text said to people.

    `masks` tells how personal data is hidden: kind of the row (see Grid.mask_by) → mask class, None for any other kind.
    `labels` turns a TOKEN's word into a source text for people.
    `wide` columns are left out of a table on the screen (they are in json, csv and files); so is a column of which
    every value there is one of `usual`. `blank` is the source text that people read where the value is unknown.
    `bar` draws a share as a bar beside its figure; `heat` tints the cells of a page and a workbook by their share.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    masks: Mapping[str | None, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    wide: bool = False
    usual: tuple[object, ...] = ()
    blank: str = ""
    bar: bool = False
    heat: bool = False


MOST_BARS = 50
"""So many bars of a chart can be told apart."""


@dataclass(frozen=True)
class Pareto:
    """The chart of a ranking in a workbook: the first `count` rows, bars and the line of their running share.

    `names`, `bars`, `line` are names of columns; `mark` is the share at which a level line is drawn. Where names are
    too long to stand below bars, the column `short` names them.
    """

    title: Message
    names: str
    bars: str
    line: str
    count: int
    mark: float = 0.8
    short: str = ""


@dataclass(frozen=True)
class Bars:
    """A chart of bars, one for each row: `names` and `bars` are names of columns.

    Bars lie, which leaves room for their names; those that run in time are `upright`.
    """

    title: Message
    names: str
    bars: str
    upright: bool = False


@dataclass(frozen=True)
class Stack:
    """A chart of bars in pieces: one for each row, a piece for each number behind its first cell, tinted by size."""

    title: Message


@dataclass(frozen=True)
class Curve:
    """A chart of a line through points of two shares, with the diagonal beside it (a Lorenz curve)."""

    title: Message
    across: Message
    up: Message
    points: Sequence[tuple[float, float]]


@dataclass
class Grid:
    """What a command answers with. `rows` may be a generator: it is walked once.

    `mask_by` is the index of the column that holds the kind by which `Column.masks` is chosen.
    `sheet` is the name of its sheet in a workbook, where the title is too long for one; `file` that of its file in a
    folder, without ending. The small tables `beside` the rows stand in workbooks alone.
    `count` is the number of the rows, for those who have to know it before a generator is walked.
    `summary` holds plain values for json (money as Money, see below); `notes` are sentences said below a table.
    """

    command: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    summary: Mapping[str, object] = field(default_factory=dict)
    as_of: date | None = None
    title: Message | None = None
    notes: Sequence[Message] = ()
    mask_by: int | None = None
    sheet: Message | None = None
    count: int | None = None
    pairs: bool = False
    """Whether its first two columns are label and value, which people read side by side."""
    records: bool = False
    """Whether the rows are records of a form, which import reads again; a sheet of any other answer it passes over."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Further top-level keys of the json document (import: `rejects`)."""
    file: str = ""
    chart: Pareto | Bars | Stack | Curve | None = None
    curve: Curve | None = None
    """A line that a terminal draws below the rows."""
    beside: Sequence["Grid"] = ()
    spare: Sequence[str] = ()
    """The names of the columns that leave a screen without room for the whole table, the first first."""
    below: bool = False
    """Whether people read it below the rows that it stands beside, whole whatever limit these have."""


@dataclass(frozen=True)
class Chapter:
    """A chapter of a report: what it is about, its key figures (a grid of one row), its tables with their charts."""

    heading: Message
    grids: Sequence[Grid] = ()
    figures: Grid | None = None


class Money(int):
    """An exact amount in ten-thousandths of a yuan, told apart from a count where no column says so (summaries)."""


def yuan(amount: int) -> str:
    """Ten-thousandths with thousands separators and two decimals, rounded half up (decisions.md 3)."""
    cents = (abs(amount) + SCALE // 200) // (SCALE // 100)
    return f"{'-' if amount < 0 and cents else ''}{cents // 100:,}.{cents % 100:02d}"


def percent(share: float) -> str:
    """A share in percent with one decimal, rounded half up as a workbook shows it; nothing is below 0 that shows 0."""
    tenths = int(round(abs(share) * 1000, 6) + 0.5)
    return f"{'-' if share < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"
