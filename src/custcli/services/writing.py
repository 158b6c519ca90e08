"""The one way in: staged records are matched, checked, written and journaled in one transaction (import, add)."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from custcli.domain.forms import Form
from custcli.errors import RefusedError
from custcli.messages import Message
from custcli.settings import Settings

if TYPE_CHECKING:
    from custcli.db import Author, Connection, Database
    from custcli.db.journal import Sheet
    from custcli.db.match import Reject
    from custcli.db.merge import Counts
    from custcli.db.staging import Stage
    from custcli.db.stated import Differing, Stated
    from custcli.db.wishes import Wishes
    from custcli.domain.forms import Field

    Masked = Mapping[str, Sequence[tuple[int, Field, str]]]


MOST_NAMED = 10
"""So many codes a sentence names."""


class _BackError(Exception):
    """Rolls the transaction back: nothing changed, or something must not be written."""


@dataclass
class Outcome:
    """What writing came to. `change` is None where nothing was written; `counts` and `rejects` by form.

    `refused`: (source, row) of every row of the records that were refused, by form. `before`: by form the version of
    it with which data was written until now.
    """

    change: int | None = None
    counts: dict[str, "Counts"] = field(default_factory=dict)
    rejects: dict[str, list["Reject"]] = field(default_factory=dict)
    refused: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    returns: int = 0
    differing: int = 0
    notes: list[Message] = field(default_factory=list)
    otherwise: "list[Differing]" = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether anything is new or different."""
        return any(c.new or c.changed or c.customers for c in self.counts.values())

    @property
    def totals(self) -> dict[str, int]:
        """new, changed, unchanged over all forms, customers made on the way."""
        words = ("new", "changed", "unchanged", "customers")
        return {word: sum(getattr(c, word) for c in self.counts.values()) for word in words}


def wishes(form: Form, settings: Settings, *, user: str, today: str, base: "Wishes") -> "Wishes":
    """The wishes of an import with a form's defaults and the settings' code prefixes laid in.

    A day that nobody states is the business date, but never one to come (decisions.md 1).
    """
    from custcli.db.staging import kept_name
    from custcli.domain.records import defaults

    codes = settings.codes
    stated = defaults(form, user, min(map(date.fromisoformat, (today, base.day)))).items()
    plain = {kept_name(form.fields[name]): value for name, value in stated if "." not in name}
    return replace(base, defaults=plain, prefix=codes.prefix, digits=codes.digits, prefixes=codes.regions)


def write(  # noqa: PLR0913
    database: "Database",
    connection: "Connection",
    stages: Sequence["Stage"],
    wanted: Mapping[str, "Wishes"],
    sheets: Sequence["Sheet"],
    author: "Author",
    *,
    keep: Callable[[Outcome], bool],
    masked: "Masked | None" = None,
    stated: "Mapping[str, Sequence[Stated]] | None" = None,
) -> Outcome:
    """Write the stages, dossiers before registers; nothing at all unless `keep` says so of the outcome.

    The same path is walked in a dry run, up to the rollback at its end.
    """
    from custcli.db import match, merge, references, snapshot  # noqa: F401 - loaded before others wait for the lock

    outcome = Outcome()
    with suppress(_BackError), database.writing_on(connection):
        change = _change(connection, stages, wanted, sheets, author, outcome, masked or {}, stated or {})
        if not outcome.changes or not keep(outcome):
            raise _BackError
        _refuse_broken(connection)
        outcome.change = change
    return outcome


def _turn(form: Form, forms: Mapping[str, Form]) -> tuple[int, ...]:
    """Cards of all kinds first: they make customers that a dossier may then only add to.

    Lines come after their records, and what names records of others of these `forms` after those.
    """
    return not form.dossier, form.dossier and bool(form.set), bool(form.of), _depth(form, forms, {form.name})


def _depth(form: Form, forms: Mapping[str, Form], above: AbstractSet[str]) -> int:
    """The length of the longest chain of forms by which this one names records, a circle counted once."""
    named = form.referred.keys() & forms.keys() - above
    return max((1 + _depth(forms[name], forms, above | {name}) for name in named), default=0)


def _refuse_broken(connection: "Connection") -> None:
    from custcli.db import references

    codes = references.broken(connection)
    if codes:
        said = "others refer to customers that were refused, so nothing was imported: {codes}"
        raise RefusedError(said, codes=", ".join(codes[:MOST_NAMED]))


def _change(
    connection: "Connection",
    stages: Sequence["Stage"],
    wanted: Mapping[str, "Wishes"],
    sheets: Sequence["Sheet"],
    author: "Author",
    outcome: Outcome,
    masked: "Masked",
    stated: "Mapping[str, Sequence[Stated]]",
) -> int:
    from custcli.db import journal, references, snapshot
    from custcli.db.match import Match
    from custcli.db.merge import Merge
    from custcli.db.stated import differing
    from custcli.domain.masking import mask

    change = journal.open_change(connection, author.header())
    base = journal.add_sources(connection, change, sheets)
    reserved = frozenset(code for stage in stages for code in stage.codes())
    forms = {stage.form.name: stage.form for stage in stages}
    order = sorted(stages, key=lambda stage: _turn(stage.form, forms))
    references.begin(connection)
    for place, stage in enumerate(order, 1):
        name = stage.form.name
        match = Match(connection, stage, wanted[name])
        match.later = [other for other in order[place:] if other.form.dossier]
        match.lines = next((other for other in stages if other.form.of == name), None)
        rejects = match.resolve()
        outcome.rejects[name] = rejects + match.masked(masked.get(name, ()), mask)
        outcome.otherwise += differing(match, stated.get(name, ()))
        outcome.refused[name] = match.refused_rows()
        outcome.returns += match.returns
        outcome.differing += match.differing
        outcome.notes += match.notes
        outcome.counts[name] = Merge(match, reserved).write(change, base)
        outcome.before[name] = snapshot.keep(connection, stage.form) or stage.form.version
    journal.close_change(connection, change, outcome.totals)
    return change
