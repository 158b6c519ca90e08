"""The progress bar: on a terminal's stderr, after a second, never on stdout (cli.md 5, libraries.md 2)."""

import os
import sys
from threading import Event

import pytest

from custcli.context import Context
from custcli.messages import message
from custcli.settings import Settings
from custcli.views import progress as module
from custcli.views.progress import progress

pty = pytest.importorskip("pty")

LAST = "\x04that was all"


class Terminal:
    """A pseudo terminal in the place of stderr while the block lasts; pytest lays its own there between the phases."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.outer, inner = pty.openpty()
        self.stream = os.fdopen(inner, "w", encoding="utf-8")

    def __enter__(self) -> None:
        self.patch.setattr(sys, "stderr", self.stream)

    def __exit__(self, *error: object) -> None:
        self.patch.setattr(sys, "stderr", sys.__stderr__)

    def said(self) -> str:
        """All that was written to it: it arrives in pieces, and a last word says that all came."""
        self.stream.write(LAST)
        self.stream.flush()
        heard = b""
        while not heard.endswith(LAST.encode()):
            heard += os.read(self.outer, 1 << 16)
        return heard.decode().removesuffix(LAST)


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    made = Terminal(monkeypatch)
    yield made
    made.stream.close()
    os.close(made.outer)


@pytest.fixture
def shown(monkeypatch):
    """Let the bar appear at once, and tell when it has."""
    there = Event()
    appear = module._Bar._appear

    def announced(bar):
        appear(bar)
        there.set()

    monkeypatch.setattr(module._Bar, "_appear", announced)
    monkeypatch.setattr(module, "SOON", 0.0)
    return there


def run(**wishes):
    return Context(Settings(), **wishes)


def test_a_bar_is_shown_and_taken_away(terminal, shown, capfd):
    with terminal, progress(run(), 10, message("ranking customers")) as steps:
        assert shown.wait(300)
        steps.advance(5)
    said = terminal.said()
    assert "ranking customers" in said
    assert said.endswith("\x1b[2K")  # the line is empty again
    assert capfd.readouterr().out == ""


def test_what_is_quick_shows_nothing(terminal, monkeypatch):
    monkeypatch.setattr(module, "SOON", 600.0)  # quick even where the machine is slow
    with terminal, progress(run(), 10, message("ranking customers")) as steps:
        steps.advance()
    assert terminal.said() == ""


def test_nothing_for_who_wants_quiet(terminal, shown):
    with terminal, progress(run(quiet=True), None, message("ranking customers")):
        assert not shown.is_set()
    assert terminal.said() == ""


def test_nothing_in_a_pipe(shown, capfd):
    with progress(run(), None, message("ranking customers")):
        assert not shown.is_set()
    assert capfd.readouterr() == ("", "")


def fail(shown):
    with progress(run(), None, message("ranking customers")):
        shown.wait(300)
        raise KeyError


def test_an_error_takes_the_bar_away_too(terminal, shown):
    with terminal, pytest.raises(KeyError):
        fail(shown)
    assert terminal.said().endswith("\x1b[2K")
