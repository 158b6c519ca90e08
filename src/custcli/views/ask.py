"""Questions on a terminal: for what is required and was not given."""

import sys
from collections.abc import Callable, Sequence
from itertools import cycle

from custcli.domain.forms import Field, Form
from custcli.messages import Message, message
from custcli.views.wishes import Wishes

Doubt = Callable[[str], Message | None]
"""What is wrong with a FIELD=VALUE; None: nothing."""
DATE = "2026-03-05"


def ask(ctx: Wishes, form: Form, wanted: Sequence[Sequence[Field]], doubt: Doubt) -> list[str]:
    """FIELD=VALUE of each field as answered, of alternatives the one that is answered; until the input ends (Ctrl-D).

    Nothing is asked where standard input or output is no terminal (cli.md 1.5), and nothing under --quiet.
    """
    if ctx.quiet or not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return []
    answers = []
    for either in wanted:
        answer = _answer(form, either, doubt)
        if answer is None:
            break
        answers.append(answer)
    return answers


def _answer(form: Form, either: Sequence[Field], doubt: Doubt) -> str | None:
    """FIELD=VALUE of the first that is answered and can be taken, asked round and round; None: the input ended."""
    for item in cycle(either):
        reason: Message | None = None
        value = _line(_question(form, item, either))
        while value and value.strip() and (reason := _unreadable(value) or doubt(f"{item.name}={value}")):
            print(reason, file=sys.stderr)
            value = _line(_question(form, item, either))
        if value is None:
            return None
        if value.strip():
            return f"{item.name}={value}"
        if item is either[-1]:
            print(_required(either), file=sys.stderr)
    return None


def _line(question: Message) -> str | None:
    """What is typed after the question, which stands on stderr; None: the input ended."""
    print(question, end="", file=sys.stderr, flush=True)
    line = ""
    try:
        line = sys.stdin.readline()
    finally:
        if not line.endswith("\n"):
            print(file=sys.stderr)
    return line.rstrip("\n") if line else None


def _unreadable(value: str) -> Message | None:
    """Half a letter, as a terminal leaves it that takes one byte back of the three of a Chinese one."""
    broken = any("\ud800" <= letter <= "\udfff" for letter in value)
    return message("it is no valid text in this encoding: type it again") if broken else None


def _required(either: Sequence[Field]) -> Message:
    if len(either) == 1:
        return message("{label}: {reason}", label=either[0].label, reason=message("is required"))
    return message("one of these is required: {fields}", fields=" / ".join(item.label for item in either))


def _question(form: Form, item: Field, either: Sequence[Field]) -> Message:
    """The field by its label, with the words it may have or how a date is written, and what may be given instead."""
    words = message("such as {example}", example=DATE) if item.type == "date" else form.offered(item)
    label = message("{label} ({words})", label=item.label, words=words) if words else item.label
    others = " / ".join(other.label for other in either if other is not item)
    if others:
        return message("{label} (or leave it blank and give {others}): ", label=label, others=others)
    return message("{label}: ", label=label)
