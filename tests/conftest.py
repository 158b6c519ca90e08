"""What all tests share: an empty home, no settings of the machine, English texts."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from custcli import messages

settings.register_profile("custcli", deadline=None, derandomize=True)  # the same examples on every machine
settings.load_profile("custcli")

_OF_THE_MACHINE = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_ACTIONS", "TERM", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder; nothing of the machine's own settings is seen, and texts are English."""
    folder = tmp_path_factory.mktemp("home")
    for name in [*_OF_THE_MACHINE, *(name for name in os.environ if name.startswith("CUSTCLI"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    monkeypatch.setenv("CUSTCLI_LANG", "en")
    messages.use("en")
    yield folder
    messages.use("en")


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
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60} | how
        return subprocess.run(command, check=False, **kept)  # type: ignore[call-overload]

    return call
