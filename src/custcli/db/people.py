"""The persons of a dossier: who holds which role, since when; one person may hold several roles (forms.md 1.4)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from custcli.db import journal
from custcli.db.staging import ENDED, Part

if TYPE_CHECKING:
    from custcli.db.merge import Merge

CURRENT = "r.role = s.key AND r.customer_id = s.parent AND r.until IS NULL"
STATED = "nullif(s.c_id_no, x'') IS NOT NULL"
"""SQL: a staged person states an ID number, and does not just empty it."""
_AT = f"instr(s.key, '{ENDED}')"
ROLE = f"CASE WHEN {_AT} THEN substr(s.key, 1, {_AT} - 1) ELSE s.key END"
UNTIL = f"CASE WHEN {_AT} THEN substr(s.key, {_AT} + 1, {len('2026-03-05')}) END"
KNOWN_BY = (("id_no",), ("name", "mobile"), ("name", "phone"), ("name",))
"""What tells the persons of one role apart, the surest first (decisions.md 20)."""


def write(merge: "Merge", part: Part, change: int) -> None:
    """Persons by role: the one in the role is corrected; another ID number means another person takes the role."""
    several = [group.set["role"] for group in merge.form.groups.values() if group.table == "contact" and group.many]
    merge.sql(
        f"UPDATE {part.name} AS s SET id = r.contact_id, hits = r.id FROM contact_role r WHERE {CURRENT} "
        f"AND s.state IS NULL AND s.key NOT IN ({_listed(several)})"
    )
    if several:
        _several(merge, part, _listed(several))
    _ended(merge, part)
    numbered = "c_id_no" in part.columns
    if numbered:
        _replaced(merge, part, change)
        _known(merge, part)
        _together(merge, part)
    merge.difference(part, change)
    merge.insert(part, change, {})
    _follow(merge, part, change)


def _listed(roles: Sequence[str]) -> str:
    return ", ".join(f"'{role}'" for role in roles)


def _several(merge: "Merge", part: Part, roles: str) -> None:
    """Several persons in one role (表三): by ID number, by name and number, else by name within the unit.

    Equal rows are one person; of several persons of one name the first staged is the first kept.
    """
    stated = ["parent", "key", *part.columns]
    merge.sql(
        f"DELETE FROM {part.name} WHERE key IN ({roles}) AND n NOT IN "
        f"(SELECT min(n) FROM {part.name} GROUP BY {', '.join(stated)})"
    )
    for names in KNOWN_BY:
        if all(f"c_{name}" in part.columns for name in names):
            _known_by(merge, part, roles, names)


def _known_by(merge: "Merge", part: Part, roles: str, names: Sequence[str]) -> None:
    staged = ", ".join(f"s.c_{name}" for name in names)
    kept = ", ".join(f"t.{name}" for name in names)
    same = " AND ".join(f"a.c_{name} = b.{name}" for name in names)
    other = "AND (a.id_no IS NULL OR b.id_no IS NULL OR a.id_no = b.id_no)"
    number = "s.c_id_no" if "c_id_no" in part.columns else "NULL"
    identity = "" if "id_no" in names else "t.id_no, "
    merge.sql(
        f"UPDATE {part.name} SET id = f.contact_id, hits = f.role FROM (SELECT a.n, b.contact_id, b.role FROM "
        f"(SELECT s.n, s.parent, s.key, {staged}, {number} AS id_no, "
        f"row_number() OVER (PARTITION BY s.parent, s.key, {staged} ORDER BY s.n) AS nth FROM {part.name} s "
        f"WHERE s.id IS NULL AND s.state IS NULL AND s.key IN ({roles})) a JOIN "
        f"(SELECT r.id AS role, r.contact_id, r.customer_id, r.role AS key, {identity}{kept}, "
        f"row_number() OVER (PARTITION BY r.customer_id, r.role, {kept} ORDER BY r.id) AS nth "
        f"FROM contact_role r JOIN contact t ON t.id = r.contact_id "
        f"WHERE r.until IS NULL AND r.role IN ({roles}) AND r.customer_id IN (SELECT parent FROM {part.name}) "
        f"AND r.id NOT IN (SELECT hits FROM {part.name} WHERE hits IS NOT NULL)) b "
        f"ON a.parent = b.customer_id AND a.key = b.key AND {same} AND a.nth = b.nth {other}) f "
        f"WHERE f.n = {part.name}.n"
    )


def _replaced(merge: "Merge", part: Part, change: int) -> None:
    """Two different stated ID numbers: the role ends for the old person, whose history stays."""
    rows = merge.connection.exec_driver_sql(
        f"SELECT s.n, s.hits FROM {part.name} s JOIN contact t ON t.id = s.id WHERE {STATED} "
        "AND t.id_no IS NOT NULL AND t.id_no <> s.c_id_no"
    ).all()
    for number, role in rows:
        merge.sql("UPDATE contact_role SET until = ? WHERE id = ?", merge.wishes.day, role)
        merge.sql(f"UPDATE {part.name} SET id = NULL, hits = NULL WHERE n = ?", number)
        after = f'{{"until":"{merge.wishes.day}"}}'
        journal.enter(merge.connection, change, [("contact_role", role, "update", '{"until":null}', after)])


def _ended(merge: "Merge", part: Part) -> None:
    """Who gave a role up, as `export all` tells it: known by role, day and ID number or name."""
    merge.sql(
        f"UPDATE {part.name} AS s SET id = r.contact_id, hits = r.id FROM contact_role r JOIN contact t "
        f"ON t.id = r.contact_id WHERE r.customer_id = s.parent AND r.until IS NOT NULL AND s.state IS NULL "
        f"AND s.key = r.role || '{ENDED}' || r.until || ' ' || coalesce(t.id_no, t.name, '')"
    )


def _known(merge: "Merge", part: Part) -> None:
    """The same ID number is the same person, whoever's contact it is."""
    merge.sql(
        f"UPDATE {part.name} AS s SET id = t.id FROM contact t WHERE s.id IS NULL AND {STATED} AND t.id_no = s.c_id_no"
    )


def _together(merge: "Merge", part: Part) -> None:
    """Two roles of the import with one ID number are one new person: the later rows follow the first."""
    merge.sql(
        f"UPDATE {part.name} SET twin = f.first, state = 'unchanged' FROM (SELECT c_id_no, min(n) AS first "
        f"FROM {part.name} s WHERE id IS NULL AND {STATED} GROUP BY c_id_no HAVING count(*) > 1) f "
        f"WHERE {part.name}.c_id_no = f.c_id_no AND {part.name}.n > f.first"
    )


def _follow(merge: "Merge", part: Part, change: int) -> None:
    merge.sql(f"UPDATE {part.name} AS s SET id = o.id FROM {part.name} o WHERE o.n = s.twin")
    base = journal.last_id(merge.connection, "contact_role")
    merge.sql(
        "INSERT INTO contact_role (id, made_by, source_id, source_row, extra, customer_id, contact_id, role, until) "
        f"SELECT ? + s.n, ?, s.source_id, s.source_row, '{{}}', s.parent, s.id, {ROLE}, {UNTIL} FROM {part.name} s "
        f"WHERE s.hits IS NULL AND s.key IS NOT NULL ORDER BY s.n",
        base,
        change,
    )
