"""Register rows without a number: told by their values, and by their place among equal ones (decisions.md 6)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from custcli.db import elements
from custcli.db.staging import kept_name

if TYPE_CHECKING:
    from custcli.db.match import Match


def find(match: "Match") -> None:
    """Register rows without a number: customer, date, every given value, and the ordinal among equal rows.

    Equal rows are never merged, and the same file again matches row by row (decisions.md 6).
    """
    number = next((column for column in match.main.columns if _is_number(match, column)), None)
    open_rows = f's.id IS NULL AND s.state IS NULL{f""" AND s."{number}" IS NULL""" if number else ""}'
    kept_number = match.form.fields[match.form.match[0][0]] if match.form.match else None
    numberless = f"{match.kept(kept_number)} IS NULL" if kept_number else "1"
    numberless += f" AND {elements.of_form(match.form)}"
    if not match.connection.exec_driver_sql(
        f"SELECT EXISTS (SELECT 1 FROM {match.main.table} t WHERE {numberless})"
    ).scalar():
        return
    columns = sorted(
        (column for column in match.main.columns if column != number),
        key=lambda column: (not column.startswith("r_"), not match.main.columns[column].required),
    )
    certain = sum(column.startswith("r_") or match.main.columns[column].required for column in columns)
    for exact in (True, False) if certain else (True,):
        _ordinals(match, columns, certain, open_rows, numberless, exact=exact)


def _is_number(match: "Match", column: str) -> bool:
    return bool(match.form.match) and match.main.columns[column].name == match.form.match[0][0]


def _ordinals(
    match: "Match", columns: Sequence[str], certain: int, open_rows: str, numberless: str, *, exact: bool
) -> None:
    """One pass of `find`: first rows equal in all, then rows whose blanks leave something unsaid."""
    name, names = match.main.name, [f"v{i}" for i in range(len(columns))]
    listed = ", ".join(names)
    staged = ", ".join(f"{_with_default(match, column)} AS v{i}" for i, column in enumerate(columns))
    kept = ", ".join(f"{match.kept(match.main.columns[column])} AS v{i}" for i, column in enumerate(columns))
    same = [f"a.{v} = b.{v}" for v in names[:certain]]
    same += [f"a.{v} IS b.{v}" if exact else f"(a.{v} IS NULL OR a.{v} IS b.{v})" for v in names[certain:]]
    nth = " AND b.nth = a.nth" if exact else ""
    match.sql("DROP TABLE IF EXISTS temp.kept_rows")
    match.sql(
        f"CREATE TEMP TABLE kept_rows AS SELECT id, {listed}, row_number() OVER (PARTITION BY {listed} "
        f"ORDER BY id) AS nth FROM (SELECT t.id, {kept} FROM {match.main.table} t WHERE {numberless} "
        f"{_of_customers(match)} "
        f"AND t.id NOT IN (SELECT id FROM {name} WHERE id IS NOT NULL))"
    )
    match.sql(f"CREATE INDEX temp.kept_rows_values ON kept_rows ({', '.join([*(names[:certain] or names), 'nth'])})")
    found = (
        f"SELECT a.n, min(b.id) AS id FROM (SELECT n, {listed}, row_number() OVER (PARTITION BY {listed} "
        f"ORDER BY n) AS nth FROM (SELECT s.n, {staged} FROM {name} s WHERE {open_rows})) a "
        f"JOIN kept_rows b ON {' AND '.join(same)}{nth} GROUP BY a.n"
    )
    match.sql(
        f"UPDATE {name} SET id = f.id FROM (SELECT min(n) AS n, id FROM ({found}) GROUP BY id) f WHERE f.n = {name}.n"
    )


def _of_customers(match: "Match") -> str:
    """SQL that follows a condition: the kept record is of a customer whom the sheets name."""
    owner = next((item for column, item in match.main.columns.items() if column.startswith("r_")), None)
    return f"AND {match.kept(owner)} IN (SELECT id FROM stage_ref)" if owner else ""


def _with_default(match: "Match", column: str) -> str:
    name = kept_name(match.main.columns[column])
    default = match.wishes.defaults.get(name)
    value = match.value(column)
    return value if default is None else f"coalesce({value}, {match.default(name, default)})"
