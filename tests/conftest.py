"""What all tests share: an empty home, no settings of the machine, English texts."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from custcli import messages

# the same examples on every machine, however slow it is
settings.register_profile("custcli", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("custcli")

_OF_THE_MACHINE = (
    *("NO_COLOR", "FORCE_COLOR", "PY_COLORS", "COLORTERM", "TERM", "COLUMNS", "LINES", "TERMINAL_WIDTH"),
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE", "GITHUB_ACTIONS", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"),
    *("PYTHONIOENCODING", "PYTHONUTF8"),
)


def settle(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """An empty home folder; nothing of the machine's own settings is seen, and texts are English."""
    folder.mkdir()
    for name in [*_OF_THE_MACHINE, *(name for name in os.environ if name.startswith("CUSTCLI"))]:
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(folder))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    patch.setenv("CUSTCLI_LANG", "en")
    messages.use("en")


@pytest.fixture(scope="session", autouse=True)
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Path]]:
    """Folders to be made; the first is home to the fixtures of whole modules.

    pytest's own way of numbering folders looks through all that are there, each time.
    """
    above = tmp_path_factory.mktemp("homes")
    new = (above / str(number) for number in count())
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, next(new))
        yield new


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder for each test."""
    folder = next(homes)
    settle(monkeypatch, folder)
    yield folder
    messages.use("en")


LAID: dict[Path, bytes] = {}


@pytest.fixture
def once(request: pytest.FixtureRequest) -> Callable[[Path, Callable[[], None]], None]:
    """A database that the first test of a file lays and the others copy: `once(path, lay)`."""

    def call(path: Path, lay: Callable[[], None]) -> None:
        if request.path not in LAID:
            lay()
            with closing(sqlite3.connect(path)) as laid:
                laid.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            LAID[request.path] = path.read_bytes()
        else:
            path.touch(mode=0o600)
            path.write_bytes(LAID[request.path])

    return call


@dataclass(frozen=True)
class Answer:
    """What a run gave back."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """One command line in this process: `run("list", "--json")`."""
    from custcli.app import run as run_app

    def call(*args: object) -> Answer:
        capsys.readouterr()
        code = run_app([str(arg) for arg in args])
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return call


@pytest.fixture
def start() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """One command line in a process of its own; keywords go to subprocess.run."""

    def call(*args: object, **how: object) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "custcli", *map(str, args)]
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 300} | how
        return subprocess.run(command, check=False, **kept)  # type: ignore[call-overload]

    return call
