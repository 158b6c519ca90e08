"""The program as a group of commands that are loaded only when they are asked for."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import typer
from typer._click.core import Context as ClickContext
from typer._click.core import Parameter, ParameterSource
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command, get_install_completion_arguments

from custcli import __version__
from custcli.app import complete, options
from custcli.app.help import page
from custcli.app.register import COMMANDS, Entry
from custcli.context import Context
from custcli.errors import MadeMeanwhileError, UsageError
from custcli.messages import say
from custcli.settings import did_you_mean

_SETTINGS = {"help_option_names": ["-h", "--help"]}


class Verb(TyperCommand):
    """One command: its own options first, then those that every command takes."""

    def get_help(self, ctx: ClickContext) -> str:
        """The help page in the language of the run."""
        return page(self, ctx, _paragraphs(self.help))

    def invoke(self, ctx: ClickContext) -> Any:
        """Turn the shared options into the run's context and call the function with its own."""
        own = {name: value for name, value in ctx.params.items() if name in self.own}
        before = {option.name: ctx.find_root().params.get(option.name) for option in options.everywhere()}
        given, shape = ctx.params, list(_shape(ctx))
        ctx.obj = options.context(before, given, shape)
        ctx.params = own
        with _telling(ctx.obj):
            try:
                return super().invoke(ctx)
            except MadeMeanwhileError:  # nothing was shown or kept so far
                ctx.obj = options.context(before, given, shape)
                return super().invoke(ctx)

    @property
    def own(self) -> set[str]:
        """The names of the parameters that the command itself declares."""
        return {param.name for param in self.params if getattr(param, "rich_help_panel", None) not in _SHARED}


@contextmanager
def _telling(run: Context) -> Iterator[None]:
    """Say on stderr what is doubtful; with --verbose the files a command uses and its time, even if it fails."""
    began = monotonic()
    loud = run.verbose and not run.quiet
    if loud:
        print(say("database: {path}", path=run.url), file=sys.stderr)
        print(say("settings: {path}", path=run.settings.config_file or "-"), file=sys.stderr)
    try:
        yield
    finally:
        for doubt in () if run.quiet else run.doubts:
            print(doubt, file=sys.stderr)
        if loud:
            print(say("done after {seconds} s", seconds=f"{monotonic() - began:.2f}"), file=sys.stderr)


_SHARED = {options.GLOBAL, options.OUTPUT}


class Program(TyperGroup):
    """custcli: every command of the register, loaded when asked for."""

    def __init__(self) -> None:
        super().__init__(
            name="custcli",
            help="custcli: the customer dossier on the command line, in one SQLite file.",
            params=[*options.everywhere(), _version(), *_completion()],
            context_settings=_SETTINGS,
            rich_markup_mode=None,
        )

    def get_help(self, ctx: ClickContext) -> str:
        """The help page with all commands, none of them loaded."""
        return page(self, ctx, _paragraphs(self.help), [(entry.name, entry.help) for entry in COMMANDS.values()])

    def get_help_option(self, ctx: ClickContext) -> TyperOption | None:
        """The framework's help option, light as the others: a command's own help passes by it."""
        made = super().get_help_option(ctx)
        if made is not None and not isinstance(made, options.Option):
            self._help_option = options.option(made)
        return self._help_option

    def list_commands(self, ctx: ClickContext) -> list[str]:  # noqa: ARG002 - the framework's signature
        """The words of the register."""
        return list(COMMANDS)

    def get_command(self, ctx: ClickContext, cmd_name: str) -> Verb | None:  # noqa: ARG002 - as above
        """The command of this word, built from its function now."""
        entry = COMMANDS.get(cmd_name)
        return _verb(entry) if entry else None

    def resolve_command(self, ctx: ClickContext, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the first word names; a word that names none is answered with the nearest."""
        word = args[0]
        if word not in COMMANDS and not ctx.resilient_parsing:
            raise UsageError("No such command: {word}.{hint}", word=word, hint=did_you_mean(word, list(COMMANDS)))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: ClickContext, incomplete: str) -> list[CompletionItem]:
        """Words and options that begin like this, no command loaded for it."""
        words = [CompletionItem(entry.name, help=say(entry.help)) for entry in COMMANDS.values()]
        own_options = super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [item for item in words if item.value.startswith(incomplete)] + own_options


def _verb(entry: Entry) -> Verb:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_SETTINGS)
    app.command(entry.name, cls=Verb)(entry.load())
    verb = get_command(app)
    assert isinstance(verb, Verb)  # noqa: S101 - tells the type checker what `cls` made
    shared = (
        *(options.with_rows() if entry.rows else ()),
        *options.everywhere(),
        *(options.of_the_past() if entry.past else ()),
    )
    for param in verb.params:
        options.bounded(param)
        complete.teach(param)
    taken = {param.name for param in verb.params}
    verb.params += [option for option in shared if option.name not in taken]
    return verb


def _version() -> TyperOption:
    def tell(*, version: bool = typer.Option(False, "--version", help="Show the version and exit")) -> None: ...

    def show(ctx: ClickContext, param: Parameter, value: Any) -> None:  # noqa: ARG001 - the framework's signature
        if value and not ctx.resilient_parsing:
            typer.echo(f"custcli {__version__}")
            ctx.exit()

    app = typer.Typer(add_completion=False)
    app.command()(tell)
    (option,) = get_command(app).params
    return options.option(option, callback=show, expose_value=False, is_eager=True)


def _completion() -> tuple[TyperOption, TyperOption]:
    install, show = get_install_completion_arguments()
    return (
        options.option(install, help="Install completion for this shell"),
        options.option(show, help="Show the completion script of this shell"),
    )


def _paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a docstring, each on one line; those of examples keep their lines."""
    parts = inspect.cleandoc(text or "").split("\n\n")
    return [part if part.startswith("Examples:") else " ".join(part.split()) for part in parts]


def _shape(ctx: ClickContext) -> Iterator[str]:
    """The command line as the journal keeps it: verb, options and field names, never a value (decisions.md 12)."""
    yield ctx.info_name or ""
    for param in ctx.command.params:
        if ctx.get_parameter_source(param.name) is not ParameterSource.COMMANDLINE:
            continue
        if isinstance(param, TyperOption):
            yield max(param.opts, key=len)
        value = ctx.params.get(param.name)
        yield from _fields(param.name, list(value) if isinstance(value, list | tuple) else [value])


def _fields(name: str, values: list[object]) -> Iterator[str]:
    if name == "form":
        yield from (str(value) for value in values if value)
        return
    for value in values:
        field, equals, _ = str(value).partition("=")
        if equals and field.partition(".")[0].isidentifier():
            yield field
