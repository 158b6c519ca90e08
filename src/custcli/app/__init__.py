"""The program: global options, the explicit list of commands, errors -> exit codes."""

import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from types import FrameType
from typing import NoReturn

from custcli import messages
from custcli.errors import UsageError


def run(args: Sequence[str]) -> int:
    """Run one command line (without the program's name) and give its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    _survive_any_encoding()
    _speak(args)
    from custcli.app.door import code_of

    try:
        return _flushed(_invoke(list(args)))
    except BaseException as error:  # noqa: BLE001 - the one door: everything becomes a sentence and a code
        return code_of(error)


def _invoke(args: list[str]) -> int:
    from typer import Exit

    from custcli.app.complete import completing, teach_shells
    from custcli.app.group import Program

    program = Program()
    if any(arg.encode("utf-8", "replace").decode() != arg for arg in args):
        raise UsageError("an argument is no valid text in this encoding")
    if completing() or {"--show-completion", "--install-completion"} & set(args):
        teach_shells()
    if completing():
        program.main(args, prog_name="custcli")
    try:
        with program.make_context("custcli", args) as ctx:
            if not ctx._protected_args:  # noqa: SLF001 - the framework's only word for "no command was given"
                print(program.get_help(ctx), file=sys.stderr)
                return UsageError.exit_code
            program.invoke(ctx)
    except Exit as left:
        return left.exit_code
    return 0


def _flushed(code: int) -> int:
    """What is still in the buffer fails now, where it can be told, and not in the interpreter's last moment."""
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


def _survive_any_encoding() -> None:
    """A character that the terminal cannot show is written as an escape instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _speak(args: Sequence[str]) -> None:
    """Decide language and names of tiers before anything is said; the command tells what is wrong with the settings."""
    from custcli.settings import load, locale_language

    asked = _option(args, "--lang")
    try:
        settings = load(_option(args, "--config"), os.environ, {"lang": asked})
        messages.use(settings.lang, settings.classify.tier_names)
    except UsageError:
        words = (asked, os.environ.get("CUSTCLI_LANG"), locale_language(os.environ))
        messages.use(next(word for word in words if word in messages.LANGUAGES))


def _option(args: Sequence[str], name: str) -> str | None:
    """The last value of an option on the command line, looked up before the command line is understood."""
    values = [word for option, word in pairwise(args) if option == name]
    values += [word.partition("=")[2] for word in args if word.startswith(f"{name}=")]
    return values[-1] if values else None
