"""Staged records that lack what their form requires, or whose values contradict each other (forms.md 1.1)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from custcli.db.staging import kept_name, stage_column
from custcli.messages import message, say

if TYPE_CHECKING:
    from custcli.db.match import Match, Reject
    from custcli.domain.forms import Field


def refuse(match: "Match") -> "list[Reject]":
    """New records that lack what their form requires, every lack of them; and dates in the wrong order."""
    new = "s.id IS NULL AND (s.state IS NULL OR s.state = 'lacking')"
    rejects: list[Reject] = []
    for item in match.form.of_group(None):
        if item.required and kept_name(item) not in match.wishes.defaults:
            said = message("is required")
            rejects += match.rejected(f"{new} AND {blank(match, item.name)}", item, said, state="lacking")
    for names in match.form.any_of:
        none = " AND ".join(blank(match, name) for name in names)
        labels = ", ".join(match.form.fields[name].label for name in names)
        said = message("one of these is required: {fields}", fields=labels)
        rejects += match.rejected(f"{new} AND {none}", match.form.fields[names[0]], said, state="lacking")
    if rejects:
        match.sql(f"UPDATE {match.main.name} SET state = 'rejected' WHERE state = 'lacking'")
    rejects += _unreasoned(match)
    return rejects + [reject for check in match.form.checks for reject in _disordered(match, check)]


def keep_first(match: "Match") -> None:
    """Of alternatives (`first_of`) a record keeps the first that is stated; the others are not taken, which is told."""
    for names in match.form.first_of:
        items = [match.form.fields[name] for name in names]
        for place, item in enumerate(items[1:], 1):
            _drop(match, item, items[:place])


def _drop(match: "Match", item: "Field", before: "Sequence[Field]") -> None:
    """Take nothing of a field where one before it is stated or kept; an edit empties what is kept of it."""
    column = match.stage.hold(match.main, item) if match.wishes.clear else stage_column(item)
    if column not in match.main.columns:
        return
    first = " OR ".join(f"{_stated_or_kept(match, each)} IS NOT NULL" for each in before)
    where = f"({first}) AND s.state IS NULL"
    count = match.connection.exec_driver_sql(
        f"SELECT count(*) FROM {match.main.name} s WHERE {where} AND {match.value(column)} IS NOT NULL"
    ).scalar_one()
    nothing = "x''" if match.wishes.clear else "NULL"
    match.sql(f'UPDATE {match.main.name} AS s SET "{column}" = {nothing} WHERE {where}')
    if count:
        names = say(", ").join(str(each.label) for each in before)
        match.notes.append(
            message("{field} not taken beside {fields}: {count}", field=item.label, fields=names, count=count)
        )


def _stated_or_kept(match: "Match", item: "Field") -> str:
    """SQL of a field as it is staged, else as it is kept."""
    column = stage_column(item)
    staged = f's."{column}"' if column in match.main.columns else "NULL"
    return f"coalesce({staged}, (SELECT {match.kept(item)} FROM {match.main.table} t WHERE t.id = s.id))"


def _unreasoned(match: "Match") -> "list[Reject]":
    """Key customers of whom nobody says why (domain.md 1.3): refused by hand, in files taken and counted."""
    if match.form.table != "customer" or not {IS_KEY, KEY_REASON} <= match.form.fields.keys():
        return []
    stated = [stage_column(match.form.fields[name]) in match.main.columns for name in (IS_KEY, KEY_REASON)]
    if not any(stated):
        return []
    key, reason = (_then(match, name, known=known) for name, known in zip((IS_KEY, KEY_REASON), stated, strict=True))
    where = f"s.state IS NULL AND {key} = 1 AND coalesce(trim({reason}), '') = ''"
    if not match.wishes.by_values:
        said = message("a key customer needs a reason: {field}", field=match.form.fields[KEY_REASON].label)
        return match.rejected(where, match.form.fields[IS_KEY], said)
    count = match.connection.exec_driver_sql(f"SELECT count(*) FROM {match.main.name} s WHERE {where}").scalar_one()
    if count:
        match.notes.append(message("key customers without a reason, to be reviewed: {count}", count=count))
    return []


IS_KEY, KEY_REASON = "is_key", "key_reason"


def _then(match: "Match", name: str, *, known: bool) -> str:
    """SQL of what a field of the customer will say: what is staged, else what is kept."""
    item = match.form.fields[name]
    kept = f'(SELECT c."{item.stored}" FROM customer c WHERE c.id = s.id)'
    column = stage_column(item)
    return f'CASE WHEN s."{column}" IS NULL THEN {kept} ELSE {match.value(column)} END' if known else kept


def blank(match: "Match", name: str) -> str:
    """SQL: the record states nothing for this field, nor does any of its children for a field of a group."""
    item = match.form.fields[name]
    group = item.group if "." in name else None
    if group is None:
        column = stage_column(item)
        return f's."{column}" IS NULL' if column in match.main.columns else "1"
    column = stage_column(item)
    part = match.stage.parts.get(group)
    parts = [_elsewhere(match, group, column)] if match.lines else []
    if part and column in part.columns:
        parts.append(f'NOT EXISTS (SELECT 1 FROM {part.name} p WHERE p.rec = s.n AND p."{column}" IS NOT NULL)')
    return " AND ".join(parts) or "1"


def _elsewhere(match: "Match", group: str, column: str) -> str:
    """SQL: no line of the record in a file of its own states this."""
    part = match.lines.parts.get(group) if match.lines else None
    number = stage_column(match.form.fields[match.form.match[0][0]])
    known = match.lines and number in match.lines.main.columns and number in match.main.columns
    if match.lines is None or part is None or column not in part.columns or not known:
        return "1"
    return (
        f"NOT EXISTS (SELECT 1 FROM {part.name} p JOIN {match.lines.main.name} m ON m.n = p.rec "
        f'WHERE m."{number}" = s."{number}" AND p."{column}" IS NOT NULL)'
    )


def _disordered(match: "Match", check: str) -> "list[Reject]":
    left, operator, right = check.split()
    columns = [stage_column(match.form.fields[name]) for name in (left, right)]
    if all(column not in match.main.columns for column in columns):
        return []
    for name in (left, right):
        match.stage.hold(match.main, match.form.fields[name])
    values = [_present(match, column) for column in columns]
    stated = " OR ".join(f's."{column}" IS NOT NULL' for column in columns)
    where = f"({stated}) AND NOT ({values[0]} {operator} {values[1]}) AND s.state IS NULL"
    first, second = (match.form.fields[name] for name in (left, right))
    said = message("{left} must be {operator} {right}", left=first.label, operator=operator, right=second.label)
    return match.rejected(where, first, said)


def _present(match: "Match", column: str) -> str:
    """SQL of a field as it will stand: as stated, else as kept."""
    kept = f"(SELECT {match.kept(match.main.columns[column])} FROM {match.main.table} t WHERE t.id = s.id)"
    return f'coalesce(s."{column}", {kept})'
