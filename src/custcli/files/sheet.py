"""What reading gives: one sheet of a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from custcli.domain.cells import Merge, Value

FORM_PROPERTY = "custcli-form"
"""The workbook's property that names its form and the form's version (forms.md 3.0)."""
LISTS = "_custcli"
"""The hidden sheet of a template that holds its long lists of allowed words: nobody misses it when it is not read."""


@dataclass
class Sheet:
    """One sheet. `rows` gives a list for every row from row 1 on: blank rows are empty, trailing blanks cut off.

    Index 0 of a row is column A. `name` is "" for text. `custom` has the workbook's `custcli-…` properties.
    """

    file: str
    name: str
    rows: Iterator[list[Value]]
    visible: bool = True
    merges: tuple[Merge, ...] = ()
    hidden_rows: int = 0
    custom: dict[str, str] = field(default_factory=dict)
