"""Rows of one import that are one record: what they state is laid together, what contradicts itself is refused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from custcli.db.elements import ENTRY
from custcli.db.staging import Part
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.db.match import Match, Reject

NUMBERS = ("c_uscc", "c_id_no")
"""Numbers that no two customers share, whatever their codes."""
APART = ("c_code", "c_region", "c_uscc", "c_id_no", "c_mobile")
"""What tells customers of one name apart."""
PERSON_APART = ("c_code", "c_id_no", "c_mobile")
"""What tells persons of one name apart."""


def find(match: "Match", keys: Sequence[Sequence[str]]) -> "list[Reject]":
    """Lay the rows of one record together; `keys` are stage columns that tell records apart, the surest first."""
    rejects = [reject for key in (["id"], *keys) for reject in _by(match, key)]
    if match.form.dossier and not match.wishes.match:
        _by_name_alone(match)
    while match.sql(
        f"UPDATE {match.main.name} AS s SET twin = o.twin FROM {match.main.name} o "
        "WHERE o.n = s.twin AND o.twin IS NOT NULL AND o.twin <> s.n"
    ):
        pass
    if match.exists(f"SELECT 1 FROM {match.main.name} WHERE twin IS NOT NULL"):
        rejects += _laid_together(match)
    return rejects


def _by(match: "Match", key: Sequence[str]) -> "list[Reject]":
    """Twins by one key: a row without a code is the one that has it; two codes are two customers, or a doubt."""
    name = match.main.name
    code = "c_code" if match.form.dossier and "c_code" in match.main.columns and list(key) != ["id"] else "NULL"
    columns = ", ".join(f'"{column}"' for column in key)
    stated = " AND ".join(f'"{column}" IS NOT NULL' for column in key)
    same = " AND ".join([*(f's."{column}" = f."{column}"' for column in key), match.of_firms(key)])
    firms = match.of_firms(key, "")
    match.sql("DROP TABLE IF EXISTS temp.twin_keys")
    match.sql(
        f"CREATE TEMP TABLE twin_keys AS SELECT {columns}, min(n) AS first, count(DISTINCT {code}) AS codes, "
        f"min(CASE WHEN {code} IS NOT NULL THEN n END) AS coded FROM {name} "
        f"WHERE {stated} AND state IS NULL AND {firms} "
        f"GROUP BY {columns} HAVING count(*) > 1"
    )
    if not match.exists("SELECT 1 FROM twin_keys"):
        return []
    uncoded = f"AND s.{code} IS NULL" if code != "NULL" and list(key) != ["c_code"] else ""
    match.sql(
        f"UPDATE {name} AS s SET twin = coalesce(f.coded, f.first) FROM twin_keys f WHERE {same} {uncoded} "
        "AND s.n <> coalesce(f.coded, f.first) AND s.twin IS NULL AND s.state IS NULL "
        f"AND f.codes <= 1"
    )
    if code == "NULL" or list(key) == ["c_code"]:
        return []
    several = f"EXISTS (SELECT 1 FROM twin_keys f WHERE {same} AND f.codes > 1) AND s.state IS NULL"
    if set(key) <= set(NUMBERS):
        said = message("two codes in this import have this number")
        return match.rejected(several, match.main.columns[key[0]], said)
    said = message("fits several records of this import: give the code")
    return match.rejected(f"{several} AND s.{code} IS NULL AND s.twin IS NULL AND s.id IS NULL", None, said)


def _by_name_alone(match: "Match") -> None:
    """Rows that state nothing to tell customers of one name apart: firms by name, persons where all is equal."""
    if "c_name" not in match.main.columns:
        return
    name = match.main.name
    person = match.form.fields["name"].pi == "P"
    apart = PERSON_APART if person else APART
    unstated = " AND ".join(f"s.{column} IS NULL" for column in apart if column in match.main.columns) or "1"
    same = "sum" if person else "c_name_key"
    match.sql(
        f"UPDATE {name} AS s SET twin = f.first FROM (SELECT s.{same}, min(s.n) AS first FROM {name} s "
        f"WHERE {unstated} AND s.state IS NULL AND s.twin IS NULL AND s.c_name_key IS NOT NULL GROUP BY s.{same} "
        f"HAVING count(*) > 1) f WHERE s.{same} = f.{same} AND s.n > f.first AND {unstated} AND s.twin IS NULL "
        "AND s.state IS NULL"
    )


def _laid_together(match: "Match") -> "list[Reject]":
    """What only some rows state goes to the first; contradicting rows are refused, all of them."""
    name, columns = match.main.name, list(match.main.columns)
    match.sql("DROP INDEX IF EXISTS temp.twins")
    match.sql(f"CREATE INDEX temp.twins ON {name.strip()} (twin)")
    values = ", ".join(f'{match.value(column)} AS "{column}"' for column in columns)
    differ = " OR ".join(f'count(DISTINCT "{column}") > 1' for column in columns) or "0"
    contrary = (
        f"SELECT g FROM (SELECT coalesce(s.twin, s.n) AS g, {values} FROM {name} s WHERE s.state IS NULL AND "
        f"(s.twin IS NOT NULL OR s.n IN (SELECT twin FROM {name} WHERE twin IS NOT NULL))) GROUP BY g HAVING {differ}"
    )
    groups = {row[0] for row in match.connection.exec_driver_sql(contrary)} | _other_lines(match)
    rejects = match.rejected_groups(groups, "is the same record as row {row}, with other values")
    sets = ", ".join(
        f'"{column}" = coalesce(s."{column}", (SELECT max(o."{column}") FROM {name} o WHERE o.twin = s.n))'
        for column in columns
    )
    match.sql(
        f"UPDATE {name} AS s SET {sets} WHERE s.state IS NULL AND s.twin IS NULL AND s.n IN (SELECT twin FROM {name})"
    )
    for part in match.stage.parts.values():
        if part.table == "order_line" or (part.table == ENTRY and part.group and part.group.many):
            match.sql(f"DELETE FROM {part.name} WHERE rec IN (SELECT n FROM {name} WHERE twin IS NOT NULL)")
        match.sql(f"UPDATE {part.name} AS c SET rec = m.twin FROM {name} m WHERE m.n = c.rec AND m.twin IS NOT NULL")
    match.sql(f"UPDATE {name} SET state = 'unchanged' WHERE twin IS NOT NULL AND state IS NULL")
    return rejects


def _other_lines(match: "Match") -> set[int]:
    """Orders that come twice with other lines; with the same lines they are one order, not more lines of it."""
    part = next((part for part in match.stage.parts.values() if part.table == "order_line"), None)
    if part is None:
        return set()
    said = " || '|' || ".join(f"coalesce(quote(\"{column}\"), '')" for column in part.columns) or "''"
    rows = match.connection.exec_driver_sql(
        f"SELECT coalesce(m.twin, m.n), m.n, (SELECT group_concat({said}, '/') FROM (SELECT * FROM {part.name} p "
        f"WHERE p.rec = m.n ORDER BY p.n)) FROM {match.main.name} m WHERE m.state IS NULL AND "
        f"(m.twin IS NOT NULL OR m.n IN (SELECT twin FROM {match.main.name} WHERE twin IS NOT NULL))"
    ).all()
    lines: dict[int, set[str | None]] = {}
    for group, _, text in rows:
        lines.setdefault(group, set()).add(text)
    return {group for group, texts in lines.items() if len(texts) > 1}


# the children of one record


def children(match: "Match") -> "list[Reject]":
    """Elements of one key, persons of one role: laid together, or their record is refused."""
    rejects: list[Reject] = []
    several = [group.set.get("role") for group in match.form.groups.values() if group.many]
    for part in match.stage.parts.values():
        if part.group and part.group.key:
            said = message("states values without saying which {key}", key=_key_label(match, part))
            rejects += _refused(match, part, "p.key IS NULL", said)
        keys = _keys(part)
        if keys:
            rejects += _folded(match, part, keys, [role for role in several if role])
        if part.table == "contact" and "c_id_no" in part.columns:
            rejects += _one_person(match, part)
    return rejects


def _keys(part: Part) -> list[str]:
    if part.table == ENTRY and part.group:
        dated = [column for column, item in part.columns.items() if item.key == part.group.history]
        return [] if part.group.many else ["rec", *(["key"] if part.group.key else []), *dated]
    dated = ["c_assessed_on"] if "c_assessed_on" in part.columns else []
    return {
        "contact": ["rec", "key"],
        "yearly_sales": ["rec", "key"],
        "man_letter": ["rec", "key", *dated],
        "prospect": ["rec"],
    }.get(part.table, [])


def _key_label(match: "Match", part: Part) -> str:
    group = part.group
    if group is None:
        return ""
    return group.key_labels[0] if group.key_labels else match.form.groups[group.name].label


def _folded(match: "Match", part: Part, keys: Sequence[str], several: Sequence[str]) -> "list[Reject]":
    own = [column for column in part.columns if column not in keys]
    listed = ", ".join(keys)
    among = ", ".join(f"'{role}'" for role in several)
    where = f"WHERE key NOT IN ({among})" if several and part.table == "contact" else ""
    differ = " OR ".join(f'count(DISTINCT "{column}") > 1' for column in own) or "0"
    most = "".join(f', max("{column}") AS "{column}"' for column in own)
    match.sql("DROP TABLE IF EXISTS temp.folded")
    match.sql(
        f"CREATE TEMP TABLE folded AS SELECT {listed}, min(n) AS first, {differ} AS contrary{most} "
        f"FROM {part.name} {where} GROUP BY {listed} HAVING count(*) > 1"
    )
    if not match.exists("SELECT 1 FROM folded"):
        return []
    same = " AND ".join(f"f.{key} IS p.{key}" for key in keys)
    said = message("states {group} twice, with other values", group=part.group.label if part.group else part.table)
    rejects = _refused(match, part, f"EXISTS (SELECT 1 FROM folded f WHERE {same} AND f.contrary)", said)
    sets = ", ".join(f'"{column}" = f."{column}"' for column in own)
    if sets:
        match.sql(f"UPDATE {part.name} AS p SET {sets} FROM folded f WHERE p.n = f.first")
    match.sql(f"DELETE FROM {part.name} AS p WHERE EXISTS (SELECT 1 FROM folded f WHERE {same} AND p.n <> f.first)")
    return rejects


def _one_person(match: "Match", part: Part) -> "list[Reject]":
    """Rows with one ID number are one person: each of them then states all that any of them does."""
    own = [column for column in part.columns if column != "c_id_no"]
    differ = " OR ".join(f'count(DISTINCT "{column}") > 1' for column in own) or "0"
    most = "".join(f', max("{column}") AS "{column}"' for column in own)
    match.sql("DROP TABLE IF EXISTS temp.folded")
    match.sql(
        f"CREATE TEMP TABLE folded AS SELECT c_id_no, {differ} AS contrary{most} FROM {part.name} "
        "WHERE c_id_no IS NOT NULL GROUP BY c_id_no HAVING count(*) > 1"
    )
    said = message("one ID number stands with different persons")
    rejects = _refused(match, part, "EXISTS (SELECT 1 FROM folded f WHERE f.c_id_no = p.c_id_no AND f.contrary)", said)
    sets = ", ".join(f'"{column}" = f."{column}"' for column in own)
    if sets:
        match.sql(f"UPDATE {part.name} AS p SET {sets} FROM folded f WHERE f.c_id_no = p.c_id_no")
    return rejects


def _refused(match: "Match", part: Part, where: str, said: Message) -> "list[Reject]":
    """Refuse the records of which a child is at fault."""
    return match.rejected(f"s.n IN (SELECT p.rec FROM {part.name} p WHERE {where}) AND s.state IS NULL", None, said)


def follow(match: "Match") -> "list[Reject]":
    """The twins of a record that is not taken are not taken either."""
    name = match.main.name
    said = message("is the same record as another row that is not taken")
    where = f"s.twin IN (SELECT n FROM {name} WHERE state = 'rejected') AND s.state IS NOT 'rejected'"
    return match.rejected(where, None, said)
