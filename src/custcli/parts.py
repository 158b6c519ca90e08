"""Files in the making: each stands beside its target, named after it and after the process that writes it.

So a killed run's part can be told from that of a run that still works, and swept (reliability.md D 18).
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

_LONGEST = 50  # characters of the target's name in the part's: a name has 255 bytes at most


def part_of(target: Path, mark: str) -> Path:
    """A new name beside `target` for what this process writes; `mark` (`.part`) ends it."""
    return target.with_name(f"{_prefix(target)}{os.getpid()}-{secrets.token_hex(4)}{mark}")


def left_over(target: Path, mark: str) -> Iterator[Path]:
    """The parts of `target` whose process is gone, and what stands beside them. Raises OSError."""
    prefix = _prefix(target)
    for name in os.listdir(target.parent):  # noqa: PTH208 - names are all that is wanted
        if name.startswith(prefix) and mark in name and not _alive(name.removeprefix(prefix).partition("-")[0]):
            yield target.with_name(name)


def _prefix(target: Path) -> str:
    return f".custcli-{target.name[:_LONGEST]}-"


def _alive(process: str) -> bool:
    """Whether a process still runs; elsewhere than on POSIX this cannot be asked."""
    if not process.isdigit() or os.name != "posix":
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
