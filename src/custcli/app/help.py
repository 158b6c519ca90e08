"""Help pages in the language of the run, aligned for full-width characters (the framework measures by len())."""

import shutil
from collections.abc import Sequence

from typer._click.core import Command, Context, Parameter
from typer.core import TyperArgument, TyperOption

from custcli.messages import say
from custcli.wide import pad, width, wrap

_WIDEST = 100
_FIRST = 30
_KINDS = {int: "N", float: "N"}


def page(command: Command, ctx: Context, paragraphs: Sequence[str], commands: Sequence[tuple[str, str]] = ()) -> str:
    """Usage, what it does, examples, arguments, options by section, and the commands of a group."""
    columns = max(50, min(shutil.get_terminal_size().columns, _WIDEST) - 2)
    params = command.get_params(ctx)
    arguments = [param for param in params if isinstance(param, TyperArgument) and not param.hidden]
    options = [param for param in params if isinstance(param, TyperOption) and not param.hidden]
    parts = [_usage(ctx, arguments, commands)]
    parts += [_paragraph(text, columns) for text in paragraphs if text]
    parts.append(_section("Arguments", [_argument(param) for param in arguments], columns))
    parts.append(_section("Commands", [(name, say(text)) for name, text in commands], columns))
    for panel in dict.fromkeys(_panel(option) for option in options):
        parts.append(_section(panel, [_option(option) for option in options if _panel(option) == panel], columns))
    return "\n\n".join(filter(None, parts))


def _usage(ctx: Context, arguments: Sequence[TyperArgument], commands: Sequence[object]) -> str:
    places = [_place(param) if param.required else f"[{_place(param)}]" for param in arguments]
    names = ["custcli", *([ctx.info_name] if ctx.parent and ctx.info_name else [])]
    tail = [say("COMMAND ...")] if commands else places
    return say("Usage: {line}", line=" ".join([*names, say("[OPTIONS]"), *tail]))


def _paragraph(text: str, columns: int) -> str:
    if text.startswith("Examples:"):
        _, *lines = text.splitlines()
        return "\n".join([say("Examples:"), *(f"  {line.strip()}" for line in lines)])
    return "\n".join(wrap(say(text), columns))


def _section(heading: str, rows: Sequence[tuple[str, str]], columns: int) -> str:
    first = min(max((width(name) for name, _ in rows), default=0), _FIRST) + 4
    lines = [line for name, text in rows for line in _row(name, text, first, columns)]
    return "\n".join([say("{heading}:", heading=say(heading)), *lines]) if rows else ""


def _row(name: str, text: str, first: int, columns: int) -> list[str]:
    lines = wrap(text, columns - first)
    if width(name) > first - 4:
        return [f"  {name}", *(" " * first + line for line in lines if line)]
    return [pad(f"  {name}", first) + lines[0], *(" " * first + line for line in lines[1:])]


def _place(param: Parameter) -> str:
    place = param.metavar or param.name.upper()
    return place if param.nargs == 1 or place.endswith("...") else f"{place}..."


def _argument(param: TyperArgument) -> tuple[str, str]:
    return _place(param), _explained(param)


def _option(option: TyperOption) -> tuple[str, str]:
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    return names if option.is_flag else f"{names} {_kind(option)}", _explained(option)


def _kind(option: TyperOption) -> str:
    kind = option.type_descriptor
    choices = kind.choices if kind.is_choice else None
    return option.metavar or "|".join(map(_word, choices or ())) or _KINDS.get(kind.annotation, "TEXT")


def _word(choice: object) -> str:
    return str(getattr(choice, "value", choice))


def _explained(param: TyperArgument | TyperOption) -> str:
    text = say("Show this help and exit") if param.name == "help" else say(param.help or "")
    shown = param.default is not None and param.default != [] and not isinstance(param.default, bool)
    default = say(" (default {value})", value=_word(param.default)) if shown and not callable(param.default) else ""
    return text + default


def _panel(option: TyperOption) -> str:
    return option.rich_help_panel or ("Global options" if option.name in _EVERYWHERE else "Options")


_EVERYWHERE = {"help", "version", "install_completion", "show_completion"}
