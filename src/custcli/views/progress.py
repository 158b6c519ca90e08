"""A progress bar on stderr for what takes over a second, where stderr is a terminal; else nothing (cli.md 5)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from custcli.messages import Message
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from rich.progress import Progress

SOON = 1.0
"""Seconds after which a bar appears."""


class Steps:
    """Nobody watches: counting costs nothing."""

    def advance(self, count: int = 1) -> None:
        """So many more are done."""


class _Bar(Steps):
    """A bar that shows itself from a thread of its own once the work has taken long enough."""

    def __init__(self, label: Message, total: int | None, *, colour: bool) -> None:
        self._label, self._total, self._colour = str(label), total, colour
        self._done = 0
        self._bar: Progress | None = None
        self._timer = Timer(SOON, self._appear)
        self._timer.daemon = True
        self._timer.start()

    def advance(self, count: int = 1) -> None:
        self._done += count
        if self._bar:
            self._bar.advance(self._bar.task_ids[0], count)

    def _appear(self) -> None:
        bar = _drawn(counted=bool(self._done or self._total), colour=self._colour)
        bar.add_task(self._label, total=self._total, completed=self._done)
        bar.start()
        self._bar = bar

    def end(self) -> None:
        """Take the bar away; the line is as if it had never been."""
        self._timer.cancel()
        self._timer.join()
        if self._bar:
            self._bar.stop()


@contextmanager
def progress(ctx: Wishes, total: int | None, label: Message) -> Iterator[Steps]:
    """Steps to `advance()`, shown as a bar on a terminal after a second; `total` is None where it is not known."""
    if ctx.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield Steps()
        return
    bar = _Bar(label, total, colour=ctx.color != "never")
    try:
        yield bar
    finally:
        bar.end()


def _drawn(*, counted: bool, colour: bool) -> "Progress":
    """Never on stdout, which is for data: the bar leaves both streams as they are."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    count = [TextColumn("{task.completed:,.0f}", markup=False)] if counted else []
    return Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), *count, TimeElapsedColumn(),
        console=Console(file=sys.stderr, no_color=None if colour else True), transient=True,
        redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
