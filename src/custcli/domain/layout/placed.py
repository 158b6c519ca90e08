"""What recognition hands on: columns and cells that are placed in fields, and what was left over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from custcli.domain.cells import Value
from custcli.domain.forms import Field, Form
from custcli.domain.readers import fold
from custcli.messages import Message

# The numbers of forms.md 3, in one place.
HEADING_ROWS = 60
"""The heading is looked for in so many rows."""
DEPTH = 3
"""A heading has at most so many rows."""
OTHER_HEADING = 0.5
"""What an unknown heading costs a row that would be the heading."""
FURTHER_ROW = 0.3
"""What each further heading row costs."""
COLUMNS, COLUMNS_WITH_ROWS, ROWS = 3, 2, 2
"""Known columns of a table; fewer do where so many data rows stand below."""
FOUND_ALONE, FOUND_TITLED = 3, 2
"""Known fields below which a sheet is refused: without and with a title or a form given by the user."""
SHARED_LABELS, SHARED_PART = 2, 0.4
"""A form sharing fewer labels with the sheet, or a smaller part of what the best one shares, is dropped unread."""
KNOWN, OWN = 0.4, 0.6
"""Weight of a found field, and what it adds where only one form has such a label."""
TITLE, SHEET_NAME, MATCH_KEY = 4, 2, 1
"""Weight of a title on the sheet, of the sheet's name, of a whole match key."""
TABLE_COVER = 0.4
"""A table of which less than this part of the headings is known is refused."""
CARD_COVER = 0.7
"""A card of which less than this part of the cells is understood is refused."""
CARD_SHEET = 500
"""Cards are looked for on sheets of at most so many rows."""
HIDES_CARD = 0.8
"""A table whose heading has this part of a card's fields hides the card."""
RIVAL = 0.85
"""A second form that reaches this part of the first one's score makes a sheet ambiguous."""
HIDES_TABLE, CARD_ROWS = 0.5, 20
"""Part of so many rows below a heading with gaps that begin with a label: the sheet is a card, not a table."""


@dataclass(frozen=True)
class Placed:
    """A column (or a cell above the heading) and the field its values go to.

    `index`: column counted from 0; a cell above the heading has an index behind the last column, where
    `Body` puts its value. `path`: `region`, `legal_rep.name`, `yearly_sales.2025.amount`, `man.*.assessed_on`
    (all keys of the record); an element made by the row itself has none of its key (`lines.amount`).
    `unit`: yuan for one as heading or sheet say it, None where they do not (percentages: 100 under a % sign).
    `composite`: name of the composite of which this field is a part. `at`: row and column of a cell above.
    """

    index: int
    heading: str
    field: Field
    path: str
    unit: int | None = None
    key: str | None = None
    composite: str | None = None
    at: tuple[int, int] | None = None


@dataclass(frozen=True)
class LeftOver:
    """A cell that nothing was done with. `text` is the heading, "" for a column of values without one."""

    row: int
    column: int
    text: str


Problem = tuple[int, int, Message]
"""Row and column counted from 0, and the reason."""
Fixed = tuple[Placed, Value, int, int]
"""A cell above the heading: where its value goes, the value, its row and column."""


@dataclass(frozen=True)
class Table:
    """A table sheet as one form understands it (see Placed). Rows and columns count from 0.

    `element`: the keyed group of which every row is one element, because a column holds its keys;
    that column's path is `group.key` (`yearly_sales.year`) and the group's other paths are field names.
    `kinds`: the same sheet as each form of the family understands it, by the word in column `kind` (forms.md 3.4);
    `word` tells it of a row.
    """

    form: Form
    heading_row: int
    depth: int
    columns: tuple[Placed, ...]
    fixed: tuple[Fixed, ...] = ()
    left_over: tuple[LeftOver, ...] = ()
    not_taken: tuple[Placed, ...] = ()
    problems: tuple[Problem, ...] = ()
    headings: tuple[tuple[object, ...], ...] = ()
    width: int = 0
    element: str | None = None
    kind: int | None = None
    kinds: Mapping[str, "Table"] = field(default_factory=dict)
    kind_words: Mapping[str, str] = field(default_factory=dict)
    titled: int = 0

    def word(self, row: Sequence[Value]) -> str:
        """The stored word of a row's kind: the key in `kinds`; "" where the cell is blank or no allowed word."""
        value = row[self.kind] if self.kind is not None and self.kind < len(row) else None
        return self.kind_words.get(fold(str(value)), "") if value is not None else ""

    @property
    def first_row(self) -> int:
        """The first row of the body."""
        return self.heading_row + self.depth

    @property
    def places(self) -> tuple[Placed, ...]:
        """Columns, then cells above the heading: what a Cleaner is made of."""
        return (*self.columns, *(place for place, *_ in self.fixed))

    @property
    def found(self) -> frozenset[str]:
        """The paths known on this sheet, those not taken included."""
        return frozenset(place.path for place in (*self.places, *self.not_taken))


_UNTICKED = re.compile(r"(?=.*[□☐○◯])(?!.*([☑☒■√✓✔]|[(（\[]\s*[xX×√✓✔]\s*[)）\]])).*", re.DOTALL)


def _says(item: Field, value: Value) -> bool:
    """Whether a card's cell says anything: not where all boxes are empty, as they are printed."""
    printed = bool(item.values) and isinstance(value, str) and _UNTICKED.fullmatch(value) is not None
    return value is not None and not printed


@dataclass(frozen=True)
class CardRecord:
    """One card, one record. `values`: path → place, value (None: the blank where it would stand), row, column.

    The place's `index` is its number among the values. `top` is the card's first row. `not_taken` counts the stated
    values of fields that are switched off or computed.
    """

    top: int
    values: Mapping[str, Fixed]
    left_over: tuple[LeftOver, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_taken: tuple[Placed, ...] = ()
    cells: int = 0
    table_below: bool = False

    @property
    def stated(self) -> bool:
        """Whether the card says anything: an empty one is no record."""
        return bool(self.problems) or any(_says(place.field, value) for place, value, *_ in self.values.values())

    @property
    def found(self) -> frozenset[str]:
        """The paths of the fields that the card has."""
        return frozenset(self.values) | {place.path for place in self.not_taken}


@dataclass(frozen=True)
class Cards:
    """A sheet of cards as one form understands it (forms.md 3.3), in reading order, empty ones among them."""

    form: Form
    cards: tuple[CardRecord, ...]
    titled: int = 0

    @property
    def records(self) -> list[CardRecord]:
        """The cards that say anything."""
        return [card for card in self.cards if card.stated]

    @property
    def found(self) -> frozenset[str]:
        """The paths of the fields on any card."""
        return frozenset[str]().union(*(card.found for card in self.cards))

    @property
    def cover(self) -> float:
        """The part of the cells that is understood: 1 − left-over cells ÷ cells."""
        left = sum(len(card.left_over) for card in self.cards)
        return 1 - left / max(1, sum(card.cells for card in self.cards))


@dataclass(frozen=True)
class Score:
    """How well a form fits a sheet (forms.md 3.4). `titled`: 2 by a title, 1 by the sheet's name, 0 not."""

    form: str
    layout: str
    found: int
    cover: float
    score: float
    titled: int = 0


@dataclass(frozen=True)
class Recognition:
    """What a sheet is: a table, or cards, or refused and why; the scores best first; what else should be known."""

    table: Table | None = None
    cards: Cards | None = None
    refused: Message | None = None
    scores: tuple[Score, ...] = ()
    notes: tuple[Message, ...] = ()
    empty: bool = False
