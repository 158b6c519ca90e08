"""Questions on a terminal: for what is required and was not given."""

import sys
from collections.abc import Sequence

from custcli.domain.forms import Field
from custcli.messages import say


def ask(fields: Sequence[Field]) -> list[str]:
    """FIELD=VALUE of each field as answered; nothing is asked where standard input is no terminal."""
    if not sys.stdin or not sys.stdin.isatty():
        return []
    return [f"{item.name}={_answer(item)}" for item in fields]


def _answer(item: Field) -> str:
    """An answer that is not blank; the question stands on stderr."""
    answer = ""
    while not answer.strip():
        print(say("{label}: ", label=item.label), end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            break
        answer = line.rstrip("\n")
    return answer
