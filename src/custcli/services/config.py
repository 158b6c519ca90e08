"""The settings: effective values and their sources, the files, all mistakes at once, one value set (cli.md 2, 4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custcli.errors import Mistake, UsageError
from custcli.grid import Column, Grid, Kind
from custcli.messages import Message, message
from custcli.services import profiles, segments
from custcli.services.forms import conclude, versions
from custcli.settings import Settings, as_text, flat, from_text, load, told, variable

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db.renames import Move
    from custcli.db.snapshot import Lost
    from custcli.domain.forms import Form

__all__ = ["check", "conclude", "listing", "paths", "write"]

LISTED = (
    Column("key", "Setting", Kind.CODE),
    Column("value", "Value"),
    Column(
        "source",
        "Comes from",
        Kind.TOKEN,
        labels={
            "default": "default",
            "locale": "locale",
            "config": "settings file",
            "environment": "environment",
            "option": "option",
        },
    ),
    Column("default", "Default"),
    Column("variable", "Variable", Kind.CODE),
)
PATHS = (
    Column(
        "what",
        "What",
        Kind.TOKEN,
        labels={"settings": "settings file", "forms": "forms of your own", "database": "database"},
    ),
    Column("path", "Path"),
    Column("exists", "Exists", Kind.FLAG),
)
CHECKED = (
    Column(
        "finding",
        "Finding",
        Kind.TOKEN,
        labels={
            "mistake": "mistake",
            "renamed": "renamed field",
            "replaced": "replaced word",
            "moved": "moved",
            "retyped": "other type",
            "stays": "both stated",
            "undeclared": "no longer declared",
        },
    ),
    Column("file", "File"),
    Column("line", "Line", Kind.INTEGER),
    Column("place", "Place"),
    Column("reason", "Reason"),
    Column("near", "Nearest word"),
    Column("count", "Count", Kind.INTEGER),
)


def listing(settings: Settings, key: str | None = None) -> Grid:
    """Every setting with its effective value and where that came from; with `key` that one, or those of a section."""
    _right(settings)
    defaults = flat(Settings())
    rows: list[list[object]] = [
        [name, as_text(value), settings.sources[name], as_text(defaults[name]), variable(name)]
        for name, value in flat(settings).items()
        if key is None or name == key or name.startswith(f"{key}.")
    ]
    if not rows:
        from_text(str(key), "")
    classes = any(str(row[0]).startswith("classify.") for row in rows)
    notes = _presets(settings) if classes else []
    return Grid("config", LISTED, rows, {"settings": str(settings.config_file)}, notes=notes)


def _presets(settings: Settings) -> list[Message]:
    """What classes, tiers and segments are often made by (R4, R5, R14, F097)."""
    return [
        message("Usual cuts of classes: 80,95 (most), 70,90, 55,85. Usual tiers: 1,5,20 (most), 1,20,50."),
        message("Names of tiers: key (Key, Major, Ordinary, Small) or vip (VIP, Main, Regular, Minor)."),
        message("Segments of RFM (classify --segments): {words}.", words=", ".join(segments.names(settings))),
    ]


def _right(settings: Settings) -> None:
    if settings.mistakes:
        raise told(settings.mistakes[0])


def paths(ctx: "Context") -> Grid:
    """Where the settings file, the forms and the database lie, and whether they are there."""
    from custcli.db import exists

    files = {"settings": ctx.settings.config_file or Path(), "forms": ctx.folder / "forms"}
    rows: list[list[object]] = [[what, str(path), path.exists()] for what, path in files.items()]
    return Grid("config", PATHS, [*rows, ["database", ctx.url, exists(ctx.url)]])


# check


def check(ctx: "Context", *, apply: bool) -> tuple[Grid, list[Mistake]]:
    """All mistakes of settings and forms; where there are none, what the database holds that the forms do not say.

    `apply` moves the data of renamed fields and replaced words, as one change.
    """
    forms, wrong = ctx.read_forms()
    own = [*profiles.mistakes(forms, ctx.settings), *segments.mistakes(ctx.settings)]
    mistakes = [*ctx.settings.mistakes, *wrong, *own]
    rows: list[list[object]] = [
        ["mistake", each.file, each.line, each.place, str(each.reason), each.near, None] for each in mistakes
    ]
    summary: dict[str, object] = {"mistakes": len(mistakes), "change": None}
    notes: list[Message] = []
    if not (path := ctx.settings.config_file or Path()).exists():
        notes.append(message("there is no settings file {path}: the defaults hold", path=path))
    if not mistakes:
        from custcli.db import exists

        rows, summary["change"], more = _kept(ctx, forms, apply=apply) if exists(ctx.url) else ([], None, [])
        notes += more
        notes += (
            []
            if rows
            else [message("settings and forms are right, own form files: {count}", count=len(ctx.form_files))]
        )
    return Grid("config", CHECKED, rows, summary, notes=notes), mistakes


def _kept(
    ctx: "Context", forms: Mapping[str, Any], *, apply: bool
) -> tuple[list[list[object]], int | None, list[Message]]:
    from custcli.db import lookup, renames, snapshot

    with ctx.reading().reading() as connection:
        moves = renames.planned(connection, forms)
        written = snapshot.versions(connection)
        unsought = [form for name, form in forms.items() if name in written and lookup.due(connection, form)]
    change = _applied(ctx, forms) if apply and any(move.rows for move in moves) else None
    notes = versions(forms, written) + _searched(ctx, unsought, apply=apply)
    with ctx.reading().reading() as connection:
        lost = snapshot.undeclared(connection, forms)
    former = {(move.form.name, _old(move)) for move in moves}
    rows = [row for move in moves for row in _moves(move, moved=change is not None)]
    rows += [_undeclared(each) for each in lost if (each.form.name, each.field.name) not in former]
    if change:
        notes.append(message("change {change}: custcli undo {change} takes it back", change=change))
    elif any(move.rows for move in moves):
        notes.append(message("custcli config check --apply moves this data; custcli undo takes that back"))
    return rows, change, notes


def _searched(ctx: "Context", forms: "Sequence[Form]", *, apply: bool) -> list[Message]:
    """Fields whose `index` came or went: what is kept for searching is made anew; no data changes by that."""
    from custcli.db import lookup

    if not forms:
        return []
    names = ", ".join(form.label for form in forms)
    if not apply:
        return [message("custcli config check --apply makes the indexes of: {forms}", forms=names)]
    with ctx.writing().writing() as connection:
        for form in forms:
            lookup.declare(connection, form)
    return [message("indexes are as declared: {forms}", forms=names)]


def _applied(ctx: "Context", forms: Mapping[str, Any]) -> int:
    from custcli.db import journal, renames, snapshot

    with ctx.writing().writing() as connection:
        change = journal.open_change(connection, ctx.author.header())
        moved = renames.apply(connection, change, renames.planned(connection, forms))
        for name in snapshot.versions(connection).keys() & forms.keys():
            snapshot.keep(connection, forms[name])
        journal.close_change(connection, change, {"changed": moved})
    return change


def _old(move: "Move") -> str:
    return move.item.name.removesuffix(move.item.key) + move.old


def _moves(move: "Move", *, moved: bool) -> list[list[object]]:
    file = move.form.files[-1] if move.form.files else None
    found: list[list[object]] = []
    if move.rows and move.new:
        said = message("{field}: {old} is now {new}", field=move.item.label, old=move.old, new=move.new)
        found.append(_row("moved" if moved else "replaced", file, move, said, move.rows))
    elif move.rows:
        said = message("{old} is now {new}", old=_old(move), new=move.item.name)
        found.append(_row("moved" if moved else "renamed", file, move, said, move.rows))
    if move.stays and move.retyped:
        said = message(
            "{old} was of the type {type}: nothing is moved; declare a new field and convert",
            old=_old(move),
            type=move.retyped,
        )
        found.append(_row("retyped", file, move, said, move.stays))
    elif move.stays:
        said = message(
            "{old} and {new} are both stated: what stands in {new} stays", old=_old(move), new=move.item.name
        )
        found.append(_row("stays", file, move, said, move.stays))
    return found


def _row(finding: str, file: str | None, move: "Move", reason: Message, count: int) -> list[object]:
    return [finding, file, None, f"{move.form.name} {move.item.name}", str(reason), None, count]


def _undeclared(lost: "Lost") -> list[object]:
    place = f"{lost.form.name} {lost.field.name}"
    said = message(
        "{field}: kept and masked, but no form declares it; export --all-fields shows it", field=lost.field.label
    )
    return ["undeclared", None, None, place, str(said), None, lost.count]


# set


def write(settings: Settings, key: str | None, value: str | None) -> str:
    """Set one value in the settings file, whose comments and order stay; the file's path.

    UsageError: no key or value, no such setting, a value that does not fit, a file with mistakes.
    """
    if not key or value is None:
        raise UsageError("config set KEY VALUE: both are needed")
    read = from_text(key, value)
    path = settings.config_file or Path()
    _right(settings)
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    after = _with(before, key, read)
    _save(path, after)
    load(str(path), {}, {})
    return str(path)


def _with(text: str, key: str, value: object) -> str:
    """The text of a settings file with one value in it."""
    import tomlkit

    document = tomlkit.parse(text)
    section, _, name = key.rpartition(".")
    table: Any = document
    if section:
        if section not in document:
            document[section] = tomlkit.table()
        table = document[section]
    table[name] = _plain(value)
    return tomlkit.dumps(document)


def _plain(value: object) -> Any:
    """A value as TOML has it: whole numbers without a point, others as they are written."""
    import tomlkit

    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else tomlkit.value(f"{value:f}")
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update({name: _plain(inner) for name, inner in value.items()})
        return table
    return value


def _save(path: Path, text: str) -> None:
    from custcli.files.atomic import replacing

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(str(path), force=True) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
