"""How much a file may ask of this machine (reliability.md D 11); the settings' [read] section fits it."""

from typing import Protocol


class Limits(Protocol):
    """What a file may ask at most. The time and memory of the reading child grow with the file (decisions.md 31)."""

    @property
    def file_mib(self) -> int:
        """Size of a workbook; text, which is streamed, may be sixteen times as long."""

    @property
    def unpacked_mib(self) -> int:
        """Size of all parts of a workbook together, unpacked."""

    @property
    def entries(self) -> int:
        """Parts of a workbook."""

    @property
    def cells(self) -> int:
        """Cells of the area that a sheet fills."""

    @property
    def columns(self) -> int:
        """Columns of a sheet or text."""

    @property
    def sheets(self) -> int:
        """Sheets of a workbook."""

    @property
    def seconds(self) -> int:
        """Processor time of the child."""

    @property
    def memory_mib(self) -> int:
        """Memory of the child."""
