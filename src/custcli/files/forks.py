"""The program that children are forked from: it has imported what they need, which costs ten times what a book costs.

`python -I -S -c "...serve()" PARENT`: standard input is a Unix socket. A book comes as its marshalled limits with two
open files, the workbook and the pipe for its frames; what goes back, when its child has ended, is the exit code.
"""

import marshal
import os
import socket

from custcli.files import child

LONGEST = 1 << 16
"""Limits as bytes."""
CODE = 4
"""The exit code as bytes; negative for a signal."""


def serve(parent: int) -> None:
    """One child a book, one after the other, until the parent closes its end. Each lives and dies on its own."""
    from importlib import import_module

    for name in ("custcli.files.package", "custcli.files.scan", "python_calamine"):  # a child finds them imported
        import_module(name)
    child.die_with_parent(parent)
    line = socket.socket(fileno=0)
    while asked := _asked(line):
        limits, handles = asked
        code = _born(limits, handles)
        line.sendall(code.to_bytes(CODE, "big", signed=True))


def _asked(line: socket.socket) -> tuple[bytes, list[int]] | None:
    limits, handles, _, _ = socket.recv_fds(line, LONGEST, 2)
    return (limits, handles) if limits else None


def _born(limits: bytes, handles: list[int]) -> int:
    pid = os.fork()
    if not pid:
        _be_child(limits, handles)
    for handle in handles:
        os.close(handle)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _be_child(limits: bytes, handles: list[int]) -> None:
    try:
        for place, handle in enumerate(handles):  # the socket, too, is out of reach from here on
            os.dup2(handle, place)
            os.close(handle)
        child.main(os.getppid(), marshal.loads(limits))  # noqa: S302 - from our own parent
    finally:
        os._exit(0)
