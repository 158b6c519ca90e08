"""The persons of a dossier: who holds which role, since when; one person may hold several roles (forms.md 1.4)."""

from typing import TYPE_CHECKING

from custcli.db.staging import Part

if TYPE_CHECKING:
    from custcli.db.merge import Merge

CURRENT = "r.role = s.key AND r.customer_id = s.parent AND r.until IS NULL"


def write(merge: "Merge", part: Part, change: int) -> None:
    """Persons by role: the one in the role is corrected; another ID number means another person takes the role."""
    merge.sql(
        f"UPDATE {part.name} AS s SET id = r.contact_id, hits = r.id FROM contact_role r WHERE {CURRENT} AND s.state IS NULL"
    )
    numbered = "c_id_no" in part.columns
    if numbered:
        _replaced(merge, part, change)
        _known(merge, part)
        _together(merge, part)
    merge._difference(part, change)
    merge._insert(part, change, {})
    _follow(merge, part, change)


def _replaced(merge: "Merge", part: Part, change: int) -> None:
    """Two different stated ID numbers: the role ends for the old person, whose history stays."""
    from custcli.db import journal

    rows = merge.connection.exec_driver_sql(
        f"SELECT s.n, s.hits FROM {part.name} s JOIN contact t ON t.id = s.id WHERE s.c_id_no IS NOT NULL "
        "AND t.id_no IS NOT NULL AND t.id_no <> s.c_id_no"
    ).all()
    for number, role in rows:
        merge.sql("UPDATE contact_role SET until = ? WHERE id = ?", merge.wishes.day, role)
        merge.sql(f"UPDATE {part.name} SET id = NULL, hits = NULL WHERE n = ?", number)
        after = f'{{"until":"{merge.wishes.day}"}}'
        journal.enter(merge.connection, change, [("contact_role", role, "update", '{"until":null}', after)])


def _known(merge: "Merge", part: Part) -> None:
    """The same ID number is the same person, whoever's contact it is."""
    merge.sql(
        f"UPDATE {part.name} AS s SET id = t.id FROM contact t WHERE s.id IS NULL AND s.c_id_no IS NOT NULL "
        "AND t.id_no = s.c_id_no"
    )


def _together(merge: "Merge", part: Part) -> None:
    """Two roles of the import with one ID number are one new person: the later rows follow the first."""
    merge.sql(
        f"UPDATE {part.name} SET twin = f.first, state = 'unchanged' FROM (SELECT c_id_no, min(n) AS first FROM {part.name} "
        "WHERE id IS NULL AND c_id_no IS NOT NULL GROUP BY c_id_no HAVING count(*) > 1) f "
        f"WHERE {part.name}.c_id_no = f.c_id_no AND {part.name}.n > f.first"
    )


def _follow(merge: "Merge", part: Part, change: int) -> None:
    merge.sql(f"UPDATE {part.name} AS s SET id = o.id FROM {part.name} o WHERE o.n = s.twin")
    base = merge._last("contact_role")
    merge.sql(
        "INSERT INTO contact_role (id, made_by, source_id, source_row, extra, customer_id, contact_id, role, since) "
        f"SELECT ? + s.n, ?, s.source_id, s.source_row, '{{}}', s.parent, s.id, s.key, NULL FROM {part.name} s "
        f"WHERE s.hits IS NULL AND s.key IS NOT NULL ORDER BY s.n",
        base,
        change,
    )
