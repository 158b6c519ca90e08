"""What every command is given: settings, day, language, output, and the database and forms when first asked for."""

import os
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from custcli import messages
from custcli.errors import Mistake, UsageError
from custcli.messages import Message, message
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.db import Author, Database
    from custcli.domain.forms import Form


@dataclass
class Context:
    """One run of one command. Made by `app`; commands find it as `ctx.obj`.

    `command` is the verb with options and field names, never values (decisions.md 12).
    `recorded_on` is a day, at whose end the data is asked, or the number of the last change that is seen.
    `format` is None where nobody chose one; `output` is None for the screen and `-` for stdout.
    """

    settings: Settings
    command: Sequence[str] = ()
    as_of: date | None = None
    recorded_on: date | int | None = None
    quiet: bool = False
    verbose: bool = False
    reveal: bool = False
    reason: str | None = None
    color: str = "auto"
    format: str | None = None
    output: str | None = None
    header: bool = True
    labels: bool = False
    force: bool = False
    limit: int | None = None
    answers: bool = False
    """Whether the command answers of a day, and has yet to tell what was recorded after it."""
    clock: Callable[[], datetime] = field(default=datetime.now, repr=False)
    view: "Database | None" = field(default=None, repr=False)
    """The one view of the database that is read; None: as it is whenever it is opened."""
    doubts: list[Message] = field(default_factory=list, repr=False)
    """What is told on stderr of a database that can be used all the same."""

    @property
    def language(self) -> str:
        """The language of the run: `zh` or `en`."""
        return messages.language()

    @cached_property
    def today(self) -> date:
        """The day of the real clock, the same for the whole run."""
        return self.clock().date()

    @property
    def day(self) -> date:
        """The business date: `--as-of`, else the day that `--recorded-on` names, else today (decisions.md 1)."""
        recorded = self.recorded_on if isinstance(self.recorded_on, date) else None
        return self.as_of or recorded or self.today

    @cached_property
    def user(self) -> str:
        """The name of the operating system's user."""
        import getpass

        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return "unknown"

    @property
    def author(self) -> "Author":
        """Who writes, for the journal."""
        from custcli.db import Author

        return Author(self.user, " ".join(self.command))

    @cached_property
    def forms(self) -> "dict[str, Form]":
        """The built-in forms with those in `forms/` beside the config file; UsageError where a file has a mistake."""
        forms, mistakes = self.read_forms()
        if mistakes:
            raise UsageError(
                "{mistake}\n(mistakes in forms: {count}; custcli forms check lists them)",
                mistake=mistakes[0],
                count=len(mistakes),
            )
        if self.settings.classify.tier_names == "vip":
            from custcli.domain.forms.tiers import vip

            forms = vip(forms)
        if not self.settings.profiles:
            return forms
        from custcli.domain.profiles import declared

        return declared(forms, self.settings.profiles)

    def read_forms(self) -> "tuple[dict[str, Form], list[Mistake]]":
        """The forms as far as they are right, and every mistake in the users' files."""
        from custcli.domain.forms import read

        packaged = resources.files("custcli").joinpath("forms")
        files = [file for file in packaged.iterdir() if file.name.endswith(".toml")]
        built_in = sorted((file.name, file.read_text(encoding="utf-8")) for file in files)
        owned, unread = _own_forms(self.form_files)
        forms, mistakes = read(built_in, owned)
        return forms, [*unread, *mistakes]

    def knowing(self, forms: "dict[str, Form]") -> "Context":
        """The same run with other forms: those with fields that no file declares any more."""
        other = replace(self)
        other.__dict__["forms"] = forms
        return other

    @property
    def form_files(self) -> list[Path]:
        """The users' form files, by name."""
        folder = self.folder / "forms"
        return sorted(folder.glob("*.toml")) if folder.is_dir() else []

    @property
    def folder(self) -> Path:
        """The folder of the config file."""
        config = self.settings.config_file
        return config.parent if config else Path()

    @property
    def into_folder(self) -> bool:
        """Whether `output` is a folder, which takes a file for each table."""
        return is_folder(self.output)

    @property
    def url(self) -> str:
        """The database: a path or an SQLAlchemy URL, as it was given."""
        return self.settings.db or str(default_database())

    def codes(self, start: str, most: int) -> list[str]:
        """Customer codes that begin with `start`, for completion; none where there is no database."""
        from custcli.db.codes import codes

        return codes(self.url, start, most)

    def reading(self, *, trial: bool = False) -> "Database":
        """The database to read from, as it is or was recorded; never created: missing is exit 5.

        `trial`: not even an older one is upgraded. UnknownError: `--recorded-on` names no change.
        """
        if self.view:
            return self.view
        database = self._open(create=False, trial=trial)
        if self.recorded_on is None:
            self._doubt_the_past(database)
            return database
        from custcli.db.then import as_recorded

        asked = self.recorded_on
        self.view = as_recorded(database, asked if isinstance(asked, int) else _end(asked))
        return self.view

    @contextmanager
    def moment(self) -> "Iterator[Context]":
        """The same run on the database as it is now, for an answer made of several."""
        with self.reading().moment() as database:
            other = copy(self)
            other.view = database
            yield other

    def writing(self, *, later: bool = True, noting: bool = False) -> "Database":
        """The database to write to; where missing it is created with the first change, or now unless `later`.

        UsageError: the past was asked, of which nothing but that it was seen can be noted (`noting`).
        """
        if self.recorded_on is not None and not noting:
            raise UsageError("--recorded-on asks what was recorded then: nothing can be written there")
        if not self.settings.db:
            default_database().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._open(create=True, later=later)

    def trying(self) -> "Database":
        """The database of a dry run: the one there is, else an empty one in memory; no file is made or changed."""
        from custcli.db import exists, in_memory

        return self.reading(trial=True) if exists(self.url) else in_memory()

    def _doubt_the_past(self, database: "Database") -> None:
        """Tell where an answer of a past day is made of what was recorded since, too (decisions.md 1)."""
        if self.as_of is None or self.as_of >= self.today or not self.answers:
            return
        self.answers = False  # told once; a run that is stored by the answer itself is not meant
        from custcli.db.then import recorded_later

        count = recorded_later(database, _end(self.as_of), self.as_of)
        if count:
            said = message(
                "Changes recorded after {day}: {count}; what they do not date later counts. "
                "--recorded-on {day} answers without them.",
                day=self.as_of,
                count=count,
            )
            self.doubts.append(said)

    def _open(self, *, create: bool, later: bool = False, trial: bool = False) -> "Database":
        from custcli.db import open_database
        from custcli.db.doubts import doubts

        timeout = float(self.settings.timeout)
        database = open_database(self.url, timeout=timeout, create=create, later=later, trial=trial)
        self.doubts += [doubt for doubt in doubts(database, writing=create) if doubt not in self.doubts]
        return database


def is_folder(output: str | None) -> bool:
    """Whether an output names a folder: one that is there, or a name that ends like one."""
    return output not in {None, "", "-"} and (str(output).endswith(("/", os.sep)) or Path(str(output)).is_dir())


def default_database() -> Path:
    """`customers.db` in the platform's user data folder."""
    from platformdirs import user_data_path

    return user_data_path("custcli", appauthor=False) / "customers.db"


def recorded_of(text: str | None) -> date | int | None:
    """The day that `--recorded-on` gives, or the number of a change."""
    number = (text or "").strip().removeprefix("#")
    return int(number) if number.isdecimal() and len(number) < len("20260101") else day_of(text, "--recorded-on")


def _end(day: date) -> str:
    """The first moment after a day of the local calendar, as changes are dated: in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time()).astimezone()
    return midnight.astimezone(UTC).isoformat(timespec="seconds")


def day_of(text: str | None, name: str) -> date | None:
    """The date that the option or variable `name` gives, by custcli's own reading of dates.

    A month, 2025-01, or a year is its first day behind --since and its last one behind --until, as in terms (cli.md 4).
    """
    if not text:
        return None
    from custcli.domain.readers import Refused, read_date

    try:
        whole = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", text) if name in {"--since", "--until"} else None
        if whole and name == "--since":
            return read_date(f"{whole[1]}-{whole[2] or '01'}-01")
        if whole:
            first = read_date(f"{whole[1]}-{whole[2] or '12'}-01")
            return first.replace(day=monthrange(first.year, first.month)[1])
        return read_date(text)
    except Refused as refused:
        raise UsageError("{name}: {reason}", name=name, reason=refused.message) from refused


def _own_forms(files: Sequence[Path]) -> tuple[list[tuple[str, str]], list[Mistake]]:
    """(path, text) of each file, and those that cannot be read."""
    read: list[tuple[str, str]] = []
    unread: list[Mistake] = []
    for path in files:
        try:
            read.append((str(path), path.read_text(encoding="utf-8-sig")))
        except (OSError, UnicodeDecodeError):
            unread.append(Mistake(str(path), None, "TOML", message("the file cannot be read as UTF-8")))
    return read, unread
