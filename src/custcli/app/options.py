"""The options of every command, before or after the verb (cli.md 2), and those of commands with rows (cli.md 3)."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer._click.core import Context as ClickContext
from typer._click.core import Parameter
from typer.core import TyperOption
from typer.main import get_command

from custcli.context import Context, day_of, is_folder, recorded_of
from custcli.errors import RefusedError, UsageError
from custcli.settings import load

GLOBAL = "Global options"
OUTPUT = "Output options"


def _everywhere(
    db: Annotated[str | None, typer.Option("--db", metavar="PATH|URL", help="Database file or URL")] = None,
    config: Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings file (TOML)")] = None,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help="Language of texts")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Business date: what is dated later does not count")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more, on stderr")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show personal data whole; kept in the journal")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it is revealed")] = None,
    color: Annotated[Literal["auto", "always", "never"] | None, typer.Option("--color", help="Colours")] = None,
    timeout: Annotated[
        str | None, typer.Option("--timeout", metavar="SECONDS", help="How long to wait for another writer")
    ] = None,
) -> None: ...


def _with_rows(
    format_: Annotated[
        Literal["table", "json", "jsonl", "csv", "tsv"] | None,
        typer.Option("--format", "-f", help="Format of the answer"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file: .xlsx .csv .tsv .json .jsonl .html .parquet; NAME/ is a folder, - stdout",
        ),
    ] = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="csv and tsv without header")] = False,
    labels: Annotated[bool, typer.Option("--labels", help="csv and tsv with labels in the header")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file")] = False,
) -> None: ...


def _of_the_past(
    recorded_on: Annotated[
        str | None,
        typer.Option(
            "--recorded-on",
            metavar="DATE|CHANGE",
            help="By what was recorded at the end of this day, or with this change",
        ),
    ] = None,
) -> None: ...


LARGEST = 2**63 - 1
"""The largest number that any option or argument takes: what a database and a list of rows can count."""


def bounded(param: Parameter) -> None:
    """Let a parameter that is a number, always a count, take none below 0 or above LARGEST: that is wrong usage."""
    descriptor = getattr(param, "type_descriptor", None)
    if descriptor is not None and descriptor.annotation is int:
        asked = descriptor.parameter_info
        asked.min, asked.max = asked.min or 0, LARGEST


class Option(TyperOption):
    """An option that wakes the framework's converter (pydantic) only where a value is given: start-up."""

    def process_value(self, ctx: ClickContext, value: Any) -> Any:
        """The value as the option's type; None where none was given."""
        return None if value is None else super().process_value(ctx, value)


def option(made: Parameter, **changes: Any) -> Option:
    """The option that typer made of a declaration, as an Option, with some of its properties changed."""
    assert isinstance(made, TyperOption)  # noqa: S101 - tells the type checker what declarations of options make
    same = ("type_descriptor", "default", "callback", "metavar", "expose_value", "is_eager", "is_flag", "help")
    kept = {name: getattr(made, name) for name in same}
    return Option(param_decls=[made.name, *made.opts], **kept | changes)


@cache
def everywhere() -> tuple[Option, ...]:
    """The global options as typer's parameters."""
    return _built(_everywhere, GLOBAL)


@cache
def with_rows() -> tuple[Option, ...]:
    """The options of every command that answers with rows."""
    return _built(_with_rows, OUTPUT)


@cache
def of_the_past() -> tuple[Option, ...]:
    """The option of every command that answers of a day."""
    return _built(_of_the_past, GLOBAL)


def _built(declaration: Callable[..., None], panel: str) -> tuple[Option, ...]:
    app = typer.Typer(add_completion=False)
    app.command()(declaration)
    return tuple(option(param, rich_help_panel=panel) for param in get_command(app).params)


def context(before: Mapping[str, Any], after: Mapping[str, Any], command: list[str]) -> Context:
    """The run's context from the options before the verb and after it; the later one wins."""
    given = {name: after.get(name) or value for name, value in before.items()} | {
        name: value for name, value in after.items() if name not in before
    }
    _not_there_yet(given)
    settings = load(
        given["config"],
        os.environ,
        {"db": given["db"], "lang": given["lang"], "timeout": given["timeout"]},
        strict=command[:1] != ["config"],
    )
    variable = os.environ.get("CUSTCLI_AS_OF")
    return Context(
        settings=settings,
        command=command,
        as_of=day_of(given["as_of"], "--as-of") or day_of(variable, "CUSTCLI_AS_OF"),
        recorded_on=recorded_of(given.get("recorded_on")),
        quiet=given["quiet"],
        verbose=given["verbose"],
        reveal=given["reveal"],
        reason=given["reason"],
        color=given["color"] or "auto",
        format=_format(given),
        output=given.get("output"),
        header=not given.get("no_header"),
        labels=bool(given.get("labels")),
        force=bool(given.get("force")),
        limit=given.get("limit"),
        answers="recorded_on" in given,
    )


_BY_ENDING = {".xlsx": "xlsx", ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".html": "html",
              ".parquet": "parquet"}  # fmt: skip


def _format(given: Mapping[str, Any]) -> str | None:
    """The format of the answer: an output file's ending says it, the options where the ending is not known."""
    chosen = "json" if given.get("json") else given.get("format_")
    output = given.get("output")
    if output in {None, "-"}:
        return chosen
    if is_folder(output):
        return chosen if chosen not in {None, "table"} else "csv"
    format_ = _BY_ENDING.get(Path(output).suffix.lower(), chosen)
    if format_ is None:
        raise UsageError("{file}: the ending should be one of {endings}.", file=output, endings=" ".join(_BY_ENDING))
    return format_


def _not_there_yet(given: Mapping[str, Any]) -> None:
    """An existing file is refused before anything is worked out or stored."""
    output = given.get("output")
    if output in {None, "-"} or given.get("force"):
        return
    if any(Path(output).iterdir()) if is_folder(output) and Path(output).is_dir() else Path(output).exists():
        raise RefusedError("{file} exists: --force overwrites it", file=Path(output).name)
