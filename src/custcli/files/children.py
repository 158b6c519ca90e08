"""Starting the processes that parse workbooks: a child for each book, limited and apart from all that custcli knows.

They are forked from a process that waits for books (forks.py); where there is no fork each is started anew. A child
that dies or hangs takes only its book with it.
"""

import atexit
import marshal
import os
import signal
import socket
import subprocess
import sys
from importlib import util
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, Protocol

from custcli.files.forks import CODE

PATIENCE = 5.0
"""Seconds that a child may take to end after its last word."""
KILLED = -9


class Child(Protocol):
    """A child that parses one book; `out` gives its frames."""

    out: IO[bytes]

    def ended(self) -> int:
        """The exit code of a child that has said its last word, negative for a signal; it is ended if need be."""

    def end(self) -> None:
        """End the child, also in the middle; what it runs in is gone or free for the next book."""


def start(stream: BufferedIOBase, limits: dict[str, Any]) -> Child:
    """A child for the workbook, which it reads from the start."""
    stream.seek(0)
    return Forked(stream, limits) if hasattr(os, "fork") else Started(stream, limits)


class Started:
    """A child that is a process started for its one book."""

    def __init__(self, stream: BufferedIOBase, limits: dict[str, Any]) -> None:
        self.process = _python("child", "main", stream.fileno(), subprocess.PIPE, marshal.dumps(limits).hex())
        self.out: IO[bytes] = self.process.stdout  # type: ignore[assignment] # it is a pipe

    def ended(self) -> int:
        """See Child."""
        self.process.kill()
        return self.process.wait()

    def end(self) -> None:
        """See Child."""
        self.process.kill()
        self.out.close()
        self.process.wait()


class Nursery:
    """The process that children are forked from, one at a time; `line` is the socket to it."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        with theirs:
            self.process = _python("forks", "serve", theirs.fileno(), subprocess.DEVNULL)
        self.line.settimeout(PATIENCE)

    def stop(self) -> None:
        """End it, and with it the child that it may have."""
        self.process.kill()
        self.process.wait()
        self.line.close()


_free: list[Nursery] = []


def _nursery() -> Nursery:
    """One that waits for a book, else a new one."""
    while _free:
        nursery = _free.pop()
        if nursery.process.poll() is None:
            return nursery
        nursery.stop()
    return Nursery()


@atexit.register
def stop_all() -> None:
    """End the processes that wait for books."""
    while _free:
        _free.pop().stop()


class Forked:
    """A child that was forked; the process that it comes from is used again when the child has ended by itself."""

    def __init__(self, stream: BufferedIOBase, limits: dict[str, Any]) -> None:
        self.nursery: Nursery | None = _nursery()
        reading, writing = os.pipe()
        self.out: IO[bytes] = os.fdopen(reading, "rb")
        try:
            socket.send_fds(self.nursery.line, [marshal.dumps(limits)], [stream.fileno(), writing])
        finally:
            os.close(writing)

    def ended(self) -> int:
        """See Child."""
        nursery, self.nursery = self.nursery, None
        if nursery is None:
            return 0
        try:
            code = nursery.line.recv(CODE)
        except OSError:
            code = b""
        if len(code) < CODE:
            nursery.stop()
            return KILLED
        _free.append(nursery)
        return int.from_bytes(code, "big", signed=True)

    def end(self) -> None:
        """See Child."""
        self.out.close()
        if self.nursery:
            self.nursery.stop()
            self.nursery = None


def by_time(code: int) -> bool:
    """Whether a child with this exit code was stopped for its processor time."""
    return code in {-getattr(signal, "SIGXCPU", 0), KILLED} and code != 0


def _python(module: str, function: str, stdin: int, stdout: int, *arguments: str) -> "subprocess.Popen[bytes]":
    """A Python without site-packages: our own package and calamine's folder are all that it imports from."""
    program = (
        "import marshal, sys; sys.path += marshal.loads(bytes.fromhex(sys.argv[2])); "
        f"from custcli.files.{module} import {function}; "
        f"{function}(int(sys.argv[1]), *(marshal.loads(bytes.fromhex(each)) for each in sys.argv[3:]))"
    )
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-I", "-S", "-c", program, str(os.getpid()), marshal.dumps(_paths()).hex(), *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
    )


def _paths() -> list[str]:
    found = util.find_spec("python_calamine")
    own = str(Path(__file__).parents[2])
    return [own] if found is None or found.origin is None else [own, str(Path(found.origin).parents[1])]
