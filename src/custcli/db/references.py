"""Customers that rows name by code or by name (decisions.md 5, 7): found, made on the way, or refused."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from custcli.db import journal, sqlite
from custcli.db.records import own
from custcli.db.staging import stage_column
from custcli.domain.forms import Field, Form
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.db.match import Match, Reject

LONGEST_CODE, LONGEST_NAME = 64, 200
MASKED = message("is masked, not the value itself, and no customer bears this name")
_WHOLE, _FLOAT = re.compile(r"[0-9]+(\.0)?"), re.compile(r"[0-9]+\.0")


def find(match: "Match") -> None:
    """By code, else by a name that exactly one bears."""
    _whole_numbers(match)
    match.sql("UPDATE stage_ref SET id = c.id, hits = 1 FROM customer c WHERE c.code = stage_ref.code")
    match.sql(
        "UPDATE stage_ref SET id = f.id, hits = f.hits FROM (SELECT r.k, min(c.id) AS id, count(*) AS hits "
        "FROM stage_ref r JOIN customer c ON c.name_key = r.name_key WHERE r.id IS NULL AND "
        "(r.code IS NULL OR r.name IS NULL) GROUP BY r.k) f WHERE f.k = stage_ref.k"
    )
    match.sql("UPDATE stage_ref SET id = NULL WHERE hits > 1")


def _whole_numbers(match: "Match") -> None:
    """Codes 12346.0 are 12346 where all are whole numbers: what programs write of a column of numbers with blanks."""
    codes = [code for code, _ in match.stage.refs if code]
    if match.form.dossier or not any(map(_FLOAT.fullmatch, codes)) or not all(map(_WHOLE.fullmatch, codes)):
        return
    if match.exists("SELECT 1 FROM stage_ref r JOIN customer c ON c.code = r.code WHERE r.code LIKE '%.0'"):
        return
    count = match.sql(
        "UPDATE stage_ref SET code = substr(code, 1, length(code) - 2), "
        "name_key = CASE WHEN name IS NULL THEN substr(name_key, 1, length(name_key) - 2) ELSE name_key END "
        "WHERE code LIKE '%.0'"
    )
    match.notes.append(message("customer codes like 12346.0 read as 12346: {count}", count=count))


def begin(connection: Connection) -> None:
    """Nothing is promised yet (see `promise`); a reference may be written before the customer, not without it."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.promised")
    connection.exec_driver_sql("CREATE TEMP TABLE promised (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE)")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def promise(match: "Match") -> None:
    """Customers of other forms, written later in the same import, get their ids now, each by its code."""
    for part in (stage.main for stage in match.later):
        if "c_code" in part.columns:
            match.sql(
                f"INSERT INTO temp.promised (id, code) SELECT {base(match.connection)} + row_number() OVER (), code "
                f"FROM (SELECT DISTINCT r.code FROM stage_ref r JOIN {part.name} s ON s.c_code = r.code "
                "WHERE r.id IS NULL AND s.state IS NULL AND r.code NOT IN (SELECT code FROM temp.promised))"
            )
    match.sql(
        "UPDATE stage_ref SET id = p.id FROM temp.promised p WHERE stage_ref.id IS NULL AND p.code = stage_ref.code"
    )


def broken(connection: Connection) -> list[str]:
    """Codes of customers that others refer to and that were refused in the end."""
    sql = "SELECT p.code FROM temp.promised p WHERE p.id NOT IN (SELECT id FROM customer) ORDER BY 1"
    return list(connection.exec_driver_sql(sql).scalars())


def base(connection: Connection) -> int:
    """The highest id ever given or promised to a customer."""
    promised = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM temp.promised").scalar_one()
    return max(journal.last_id(connection, "customer"), int(promised))


def find_staged(match: "Match") -> None:
    """Customers of the same import: their ids are known before they are written."""
    name = match.main.name
    coded = "c_code" in match.main.columns
    promised = "(SELECT p.id FROM temp.promised p WHERE p.code = o.c_code)" if coded else "NULL"
    number = (
        f"(SELECT coalesce(o.id, {promised}, {base(match.connection)} + o.n) FROM {name} o "
        "WHERE o.n = coalesce(s.twin, s.n))"
    )
    if "c_code" in match.main.columns:
        match.sql(
            f"UPDATE stage_ref SET id = {number} FROM {name} s WHERE stage_ref.id IS NULL "
            f"AND s.c_code = stage_ref.code AND s.state IS NOT 'rejected'"
        )
    if "c_name" in match.main.columns:
        match.sql(
            f"UPDATE stage_ref SET id = f.id FROM (SELECT s.c_name_key, min({number}) AS id FROM {name} s "
            f"WHERE s.state IS NOT 'rejected' GROUP BY s.c_name_key HAVING count(DISTINCT {number}) = 1) f "
            "WHERE stage_ref.id IS NULL AND stage_ref.hits IS NULL AND f.c_name_key = stage_ref.name_key"
        )


def refuse_unknown(match: "Match") -> "list[Reject]":
    """Rows whose customer is not known, or that several customers may be; those to be made are let through."""
    making = match.wishes.create_customers and not match.form.dossier
    longest = f"NOT masked AND length(code) <= {LONGEST_CODE} AND length(coalesce(name, code)) <= {LONGEST_NAME}"
    made = f" AND NOT (hits IS NULL AND coalesce({longest.replace('length(code)', 'coalesce(length(code), 0)')}, 1))"
    lost = f"id IS NULL{made if making else ''}"
    rows = match.connection.exec_driver_sql(
        f"SELECT k, code, hits, name_key, coalesce(code, name), masked FROM stage_ref WHERE {lost}"
    ).all()
    given = {row[0]: row[4] for row in rows}
    rejects = _of_others(match)
    for column in [column for column in match.main.columns if column.startswith("r_")] if rows else []:
        named = {
            item.name.endswith("_name"): item for item in match.form.fields.values() if stage_column(item) == column
        }
        reasons = {
            k: (named.get(masked or code is None), MASKED if masked else _reason(match, hits, key, making=making))
            for k, code, hits, key, _, masked in rows
        }
        for k, source, row in match.rejected_rows(f's."{column}" IN (SELECT k FROM stage_ref WHERE {lost})', column):
            item, said = reasons[k]
            item = item or match.main.columns[column]
            rejects.append(match.reject(source, row, item, said, given[k]))
    return rejects


OF_OTHERS = (
    "SELECT r.k, r.code, group_concat(o.code, ', ') FROM stage_ref r "
    "JOIN customer c ON c.id = r.id AND c.code = r.code JOIN customer o ON o.name_key = r.name_key "
    "WHERE r.name IS NOT NULL AND c.name_key <> r.name_key GROUP BY r.k"
)
"""References by the code of one customer and the name of others."""


def refuse_unknown_records(match: "Match") -> "list[Reject]":
    """Rows that name a record of another form by a number that none has, kept or in this sheet (forms.md 1.2, `to`)."""
    rejects: list[Reject] = []
    parts = [(match.main, "n")] + [(part, "rec") for part in match.stage.parts.values()]
    for part, record in parts:
        for column, item in part.columns.items():
            other = match.form.referred.get(item.to or "")
            if other and other.number:
                known, values = _numbers(match, other, other.number)
                unknown = f"""p."{column}" IS NOT NULL AND p."{column}" <> x'' AND p."{column}" NOT IN ({known})"""
                where = f"s.state IS NULL AND s.n IN (SELECT p.{record} FROM {part.name} p WHERE {unknown})"
                said = message("{form}: no record of this number", form=other.label)
                rejects += match.rejected(where, item, said, values=values)
    return rejects


def _numbers(match: "Match", form: Form, item: Field) -> tuple[str, Sequence[object]]:
    """SQL of the numbers of a form's records, as text: those kept, and of the match's own form those to be written."""
    kept, values = own(form)
    number = f't."{item.stored}"' if item.stored else sqlite.extra_value("t", item.kept)
    sql = f'SELECT CAST({number} AS TEXT) FROM "{form.table}" t WHERE {kept} AND {number} IS NOT NULL'
    column = stage_column(item)
    if form.name == match.form.name and column in match.main.columns:
        sql += f' UNION SELECT CAST(o."{column}" AS TEXT) FROM {match.main.name} o WHERE o."{column}" IS NOT NULL'
    return sql, values


def _of_others(match: "Match") -> "list[Reject]":
    """Rows that name one customer by code and others by name: which is meant is not guessed (decisions.md 5)."""
    others = {row[0]: (row[1], row[2]) for row in match.connection.exec_driver_sql(OF_OTHERS)}
    rejects: list[Reject] = []
    for column in [column for column in match.main.columns if column.startswith("r_")] if others else []:
        item = match.main.columns[column]
        for k, source, row in match.rejected_rows(f's."{column}" IN (SELECT k FROM ({OF_OTHERS}))', column):
            said = message("code {code}, but the name of {others}", code=others[k][0], others=others[k][1])
            rejects.append(match.reject(source, row, item, said))
    return rejects


def _reason(match: "Match", hits: int | None, name_key: str, *, making: bool) -> Message:
    if hits:
        codes = match.connection.exec_driver_sql(
            "SELECT code FROM customer WHERE name_key = ? ORDER BY code LIMIT 9", (name_key,)
        ).scalars()
        return message("several customers bear this name: {codes}; give the code", codes=", ".join(codes))
    if making:
        return message("too long for a customer's code or name")
    if match.form.dossier:
        return message("no such customer, neither kept nor in this import")
    if not match.wishes.makes_customers:
        return message("no such customer")
    return message("no such customer; --create-customers makes it")


def make(match: "Match") -> None:
    """Customers made on the way for the rows that are taken: code as given, name = code if none, kind unknown."""
    column = next((column for column in match.main.columns if column.startswith("r_")), None)
    if column is None:
        return
    rows = match.connection.exec_driver_sql(
        "SELECT k, code, coalesce(name, code), name_key, name IS NOT NULL FROM stage_ref WHERE id IS NULL "
        "AND hits IS NULL AND "
        f'k IN (SELECT s."{column}" FROM {match.main.name} s WHERE s.state IS NULL) ORDER BY code IS NULL, k'
    ).all()
    first = base(match.connection)
    seen: dict[str, int] = {}
    named: dict[str, set[int]] = {}
    numbers: list[tuple[int, int]] = []
    for k, code, name, name_key, has_name in rows:
        own = named.get(name_key, set()) if code is None else set()
        number = next(iter(own)) if len(own) == 1 else None
        if number is None:
            number = seen.setdefault(f"c{code}" if code is not None else f"n{name_key}", first + len(seen) + 1)
        if has_name:
            named.setdefault(name_key, set()).add(number)
        match.customers.append((number, code, name, name_key))
        numbers.append((number, k))
    sqlite.many(match.connection, "UPDATE stage_ref SET id = ? WHERE k = ?", numbers)
