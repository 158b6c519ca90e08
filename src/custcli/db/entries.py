"""Elements of users' groups are written: which kept one each is, what a new one states beside its values, what goes."""

from typing import TYPE_CHECKING

from custcli.db import elements, journal
from custcli.db.staging import Part, stage_column
from custcli.domain.forms import Group

if TYPE_CHECKING:
    from custcli.db.merge import Merge


def given(merge: "Merge", group: Group) -> dict[str, object]:
    """What every new element of a group states: its form, its parent's table and its group."""
    return {"form": merge.form.name, "parent_table": merge.form.table, "group_name": group.name}


def key(merge: "Merge", part: Part, group: Group) -> None:
    """Elements that nothing tells apart are known by their number in the record; undated ones are of today."""
    if group.many:
        nth = f"SELECT n, row_number() OVER (PARTITION BY rec ORDER BY n) AS nth FROM {part.name}"
        told = "NULL" if group.match else "o.nth"
        merge.sql(f"UPDATE {part.name} AS s SET key = CAST({told} AS TEXT) FROM ({nth}) o WHERE o.n = s.n")
    if group.history:
        column = merge.stage.hold(part, merge.form.fields[f"{group.name}.{group.history}"])
        merge.sql(f'UPDATE {part.name} SET "{column}" = ? WHERE "{column}" IS NULL', merge.wishes.day)


def find(merge: "Merge", part: Part, group: Group) -> None:
    """The kept element of each staged one: by key, by the group's match fields, by its number; else the only one."""
    names = [*group.match, *([group.history] if group.history else [])]
    items = [merge.form.fields[f"{group.name}.{name}"] for name in names]
    staged = [(stage_column(item), merge.match.kept(item)) for item in items if stage_column(item) in part.columns]
    same = ["t.key_text IS s.key", *(f"{kept} = {merge.value(column)}" for column, kept in staged)]
    if group.match and len(staged) < len(items):
        return
    kept = f"SELECT min(t.id) FROM entry t WHERE {elements.of_group(merge.form, group, 't').removeprefix(' AND ')}"
    merge.sql(  # a subquery: joined, each of the kept elements would be compared with each staged one
        f"UPDATE {part.name} AS s SET id = ({kept} AND t.parent_id = s.parent AND {' AND '.join(same)}) "
        "WHERE s.state IS NULL AND s.id IS NULL"
    )


def surplus(merge: "Merge", part: Part, group: Group, change: int) -> None:
    """A record whose rows are elements and that comes with fewer has no more: those behind them go."""
    gone = (
        f"SELECT t.id FROM entry t WHERE t.parent_id IN (SELECT parent FROM {part.name})"
        f"{elements.of_group(merge.form, group, 't')} "
        f"AND t.id NOT IN (SELECT s.id FROM {part.name} s WHERE s.id IS NOT NULL)"
    )
    if not merge.match.exists(gone):
        return
    merge.sql(
        f"UPDATE {merge.main.name} SET state = 'changed' WHERE state = 'unchanged' AND id IN "
        f"(SELECT parent_id FROM entry WHERE id IN ({gone}))"
    )
    journal.delete(merge.connection, change, "entry", gone)
