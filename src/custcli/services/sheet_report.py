"""What came of a sheet that was read: its counts, what was refused and where, what was left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from custcli.domain.cells import address
from custcli.domain.forms import Field, Form
from custcli.domain.layout import Cards, Table
from custcli.messages import Message

if TYPE_CHECKING:
    from custcli.db.stated import Stated
    from custcli.domain.cells import Merge, Value


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell or record that was not taken. `value` is kept only for fields of class N (decisions.md 18)."""

    file: str
    sheet: str
    row: int
    column: int | None
    field: Field | None
    value: "Value"
    reason: Message

    @property
    def cell(self) -> str:
        """The address as a spreadsheet shows it; the row's first cell where no column is at fault."""
        return address(self.row, self.column or 0)


@dataclass
class SheetReport:
    """What a sheet came to; `read` = new + changed + unchanged + rejected."""

    file: str
    sheet: str
    sha256: str = ""
    form: Form | None = None
    forms: list[Form] = field(default_factory=list)
    layout: str | None = None
    rows: int = 0
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    left_over: list[tuple[str, str]] = field(default_factory=list)
    skipped_totals: int = 0
    not_taken: int = 0
    rounded: int = 0
    warnings: list["Rejected"] = field(default_factory=list)
    table: Table | None = None
    cards: Cards | None = None
    headings: list[list["Value"]] = field(default_factory=list)
    merges: Sequence["Merge"] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    rejects: list[Rejected] = field(default_factory=list)
    stated: "dict[str, list[Stated]]" = field(default_factory=dict)
    """By form the classes and tiers that its rows state."""
    bad_rows: dict[int, list["Value"]] = field(default_factory=dict)
    """Rows not taken, by number: blank where the sheet has them as they are, of which there may be a million."""
    completed: bool = False
    """Whether rows are more than the sheet's own: with values carried down, or from above the heading."""
    width: int = 0
    """So many cells no row of the sheet exceeds."""
    unstaged: int = 0
    """So many records were refused before they were staged."""
    refused: Message | None = None
    notes: list[Message] = field(default_factory=list)
