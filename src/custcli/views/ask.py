"""Questions on a terminal: for what is required and was not given."""

import sys
from collections.abc import Sequence
from itertools import cycle

from custcli.domain.forms import Field
from custcli.messages import Message, message


def ask(wanted: Sequence[Sequence[Field]]) -> list[str]:
    """FIELD=VALUE of each field as answered, of alternatives the one that is answered.

    Nothing is asked where standard input is no terminal.
    """
    if not sys.stdin or not sys.stdin.isatty():
        return []
    return [_answer(either) for either in wanted]


def _answer(either: Sequence[Field]) -> str:
    """FIELD=VALUE of the first that is not left blank, asked round and round; the questions stand on stderr."""
    item, answer = either[0], ""
    for item in cycle(either):
        print(_question(item, either), end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        answer = line.rstrip("\n")
        if answer.strip() or not line:
            break
    return f"{item.name}={answer}"


def _question(item: Field, either: Sequence[Field]) -> Message:
    others = " / ".join(other.label for other in either if other is not item)
    if others:
        return message("{label} (or leave it blank and give {others}): ", label=item.label, others=others)
    return message("{label}: ", label=item.label)
