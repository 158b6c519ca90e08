"""What a view has to know of the run; `custcli.context.Context` is one."""

from datetime import date
from typing import Protocol


class Wishes(Protocol):
    """How the answer is wanted. `format` is None where nobody chose one; `output` is a file, `-` or None."""

    format: str | None
    output: str | None
    header: bool
    labels: bool
    force: bool
    limit: int | None
    quiet: bool
    reveal: bool
    color: str

    @property
    def into_folder(self) -> bool:
        """Whether `output` is a folder, which takes a file for each table."""
        ...

    @property
    def day(self) -> date:
        """The business date, where a grid names none of its own."""
        ...
