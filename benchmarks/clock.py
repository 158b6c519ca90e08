"""CPU seconds and memory of whole processes."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CUSTCLI = [sys.executable, "-m", "custcli"]
TURNS = 3
"""So often is each measured where the machine may be disturbed meanwhile."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system, children included) and the largest resident memory of one process in MiB."""

    seconds: float
    memory: int


@dataclass(frozen=True)
class Result:
    """One measured case and its goal."""

    what: str
    reference: str
    ratio: float
    goal: float
    memory: int = 0
    memory_goal: int = 0

    @property
    def reached(self) -> bool:
        """Whether ratio and memory stay within the goal."""
        return self.ratio <= self.goal and (not self.memory_goal or self.memory <= self.memory_goal)

    def row(self) -> str:
        """The line of the table."""
        memory = f"{self.memory} MiB" if self.memory else ""
        mark = "" if self.reached else " (missed)"
        return f"| {self.what} | {self.reference} | {self.ratio:.2f} | ≤ {self.goal:g}{mark} | {memory} |"


def cost(command: list[str], **environment: str) -> Cost:
    """Run a command to its end and give its cost; it must succeed."""
    kept = {"PYTHONDONTWRITEBYTECODE": ""}  # an installed program is compiled once, not with each run
    process = subprocess.Popen(  # noqa: S603 - the program under measurement
        command,
        env=dict(os.environ, CUSTCLI_LANG="en", **kept, **environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    stderr = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)}: {stderr.decode(errors='replace')[-500:]}")
    process.returncode = 0
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def best(command: list[str], times: int = 5, **environment: str) -> float:
    """The least CPU seconds of several runs: what the command costs when nothing disturbs it."""
    return min(cost(command, **environment).seconds for _ in range(times))


def least(turns: Iterable[tuple[Cost, ...]]) -> list[Cost]:
    """Of each thing that was measured in turns, the run that took least: what it costs when nothing disturbs it."""
    return [min(costs, key=lambda cost: cost.seconds) for costs in zip(*turns, strict=True)]


def custcli(database: Path, *args: object) -> Cost:
    """The cost of one custcli command beyond start-up."""
    whole = cost([*CUSTCLI, *map(str, args)], CUSTCLI_DB=str(database))
    return Cost(max(whole.seconds - start_up(database.parent), 0.001), whole.memory)


@cache
def start_up(folder: Path) -> float:
    """CPU seconds of `custcli list` on an empty database."""
    database = folder / "empty.db"
    cost([*CUSTCLI, "init"], CUSTCLI_DB=str(database))
    return best([*CUSTCLI, "list"], CUSTCLI_DB=str(database))


def script(text: str, *args: object) -> Cost:
    """The cost of a reference script beyond the start of Python."""
    whole = cost([sys.executable, "-c", text, *map(str, args)])
    return Cost(max(whole.seconds - best([sys.executable, "-c", "pass"], 3), 0.001), whole.memory)
