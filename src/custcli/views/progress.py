"""A progress bar on stderr, where stderr is a terminal; else nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from custcli.messages import Message
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Steps:
    """Nobody watches: counting costs nothing."""

    def advance(self, count: int = 1) -> None:
        """So many more are done."""


class _Bar(Steps):
    def __init__(self, bar: "Progress", task: "TaskID") -> None:
        self._bar, self._task = bar, task

    def advance(self, count: int = 1) -> None:
        self._bar.advance(self._task, count)


@contextmanager
def progress(ctx: Wishes, total: int | None, label: Message) -> Iterator[Steps]:
    """Steps to `advance()`, shown as a bar on a terminal; `total` is None where it is not known."""
    if ctx.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield Steps()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    parts = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*parts, console=Console(file=sys.stderr), transient=True) as bar:
        yield _Bar(bar, bar.add_task(str(label), total=total))
