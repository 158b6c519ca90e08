from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class ReadLimits:
    """The defaults of the settings' [read] section."""

    file_mib: int = 64
    unpacked_mib: int = 512
    entries: int = 4096
    cells: int = 20_000_000
    columns: int = 256
    sheets: int = 256
    seconds: int = 15
    memory_mib: int = 1024


@pytest.fixture
def limits() -> ReadLimits:
    return ReadLimits()
