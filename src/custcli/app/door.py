"""The one door of errors: whatever goes wrong becomes one sentence on stderr and an exit code (cli.md 3)."""

import errno
import os
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from typer import Abort
from typer._click import exceptions as click
from typer.core import TyperOption

from custcli import __version__
from custcli.errors import CustcliError, RefusedError, UsageError
from custcli.messages import Message, message
from custcli.settings import did_you_mean

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


def code_of(error: BaseException) -> int:  # noqa: PLR0911 - one answer for each kind of error
    """Say what went wrong and give the exit code."""
    match error:
        case SystemExit():
            return _left(error)
        case KeyboardInterrupt() | Abort():
            return 130
        case BrokenPipeError():
            return _silenced(141)
        case CustcliError():
            return _told(error.message, error.exit_code)
        case click.UsageError():
            return _told(message("{fault} See: {help}", fault=_fault(error), help=_help(error)), UsageError.exit_code)
        case OSError() if error.errno in _NO_ROOM:
            full = message("Nothing can be written any more: the disk or the output is full.")
            return _silenced(_told(full, RefusedError.exit_code))
        case _:
            return _bug(error)


def _left(error: SystemExit) -> int:
    return error.code if isinstance(error.code, int) else int(error.code is not None)


def _told(text: Message | str, code: int) -> int:
    with suppress(OSError):
        print(text, file=sys.stderr)
    return code


def _silenced(code: int) -> int:
    """Point stdout nowhere, so that the interpreter's last flush does not fail again."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _fault(error: click.UsageError) -> Message:  # noqa: PLR0911 - as above
    """The framework's error in custcli's words; never with the value that was given."""
    match error:
        case click.NoSuchOption():
            hint = _bare(error) or did_you_mean(error.option_name, error.possibilities or [])
            dash = message(" A value that begins with - goes after --.")
            return message("No such option: {option}.{hint}", option=error.option_name, hint=hint or dash)
        case click.MissingParameter():
            return message("Missing: {name}.", name=_name(error))
        case click.BadParameter():
            fault = message("{name}: {kind} is expected.", name=_name(error), kind=_expected(error))
            return _with_groups(error, fault)
        case click.BadOptionUsage() if "requires" in error.message:
            return message("{option} needs a value.", option=error.option_name)
        case click.BadOptionUsage():
            return message("{option} takes no value.", option=error.option_name)
        case _ if "extra argument" in error.message:
            return message("There are more words than this command takes.")
        case _:
            return message("The command line is not understood.")


def _name(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, TyperOption):
        return max(param.opts, key=len)
    return (param.metavar or param.name.upper()) if param else ""


def _bare(error: click.NoSuchOption) -> Message | None:
    """Where conditions stand that were given to --where, which this command has not."""
    params = error.ctx.command.params if error.ctx and error.option_name == "--where" else []
    stands = any("TERM" in str(getattr(param, "metavar", None)) for param in params)
    return message(" Conditions stand without it: {example}.", example="region=华东") if stands else None


def _with_groups(error: click.BadParameter, fault: Message) -> Message:
    """Where a dimension goes that may have been given to --by."""
    params = error.ctx.command.params if error.ctx and _name(error) == "--by" else []
    within = next((param for param in params if isinstance(param, TyperOption) and param.name == "within"), None)
    if within is None:
        return fault
    example = "region" if within.type_descriptor.is_choice else "class"
    return message("{fault} Groups go to --within, as --within {example}.", fault=fault, example=example)


def _expected(error: click.BadParameter) -> Message | str:
    descriptor = error.param.type_descriptor if error.param else None
    if descriptor and descriptor.is_choice:
        words = (str(getattr(word, "value", word)) for word in descriptor.choices or ())
        return message("one of {words}", words=", ".join(words))
    if descriptor and descriptor.annotation in {int, float}:
        least = getattr(descriptor.parameter_info, "min", None)
        return message("a number from {least}", least=least) if least is not None else message("a number")
    return message("another value")


def _help(error: click.UsageError) -> str:
    verb = error.ctx.info_name if error.ctx and error.ctx.parent else None
    return f"custcli {verb} --help" if verb else "custcli --help"


# ---- a bug -----------------------------------------------------------------------------------------------------


def _bug(error: BaseException) -> int:
    kind = type(error).__name__
    try:
        path = _report(error)
    except OSError:
        return _told(message("This is an error in custcli ({kind}).", kind=kind), 1)
    text = message("This is an error in custcli ({kind}). A report without data is in {path}.", kind=kind, path=path)
    return _told(text, 1)


def _report(error: BaseException) -> Path:
    """Frames and class names only: messages and values may hold personal data."""
    from platformdirs import user_state_path

    folder = user_state_path("custcli", appauthor=False) / "reports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    lines = [f"custcli {__version__}, Python {sys.version.split()[0]}, {sys.platform}", *_frames(error)]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _frames(error: BaseException | None) -> list[str]:
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines += ["", f"{type(error).__module__}.{type(error).__qualname__}"]
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or error.__context__
    return lines
