"""One row at a time, through the journal: fields that change, and rows that go with all that hangs on them."""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from custcli.db import journal, sqlite
from custcli.db.records import Where
from custcli.db.staging import Stage
from custcli.db.tables import metadata
from custcli.domain.readers import fold

PARENTS = {
    name: [
        (key.parent.name, key.column.table.name)
        for key in metadata.tables[name].foreign_keys
        if key.parent.name != "made_by"
    ]
    for name in journal.ORDER
}
PARTS = {
    "customer": {"contact_role", "yearly_sales", "prospect", "man_letter"},
    "contact": {"contact_role"},
    "sales_order": {"order_line"},
}
"""What is part of a row and goes with it; other rows that point to it depend on it."""


def present(connection: Connection, table: str, row: int, names: Sequence[str]) -> dict[str, object] | None:
    """The present values of a row's fields (`extra.key` for keys of `extra`); None where there is no such row."""
    values = ", ".join(_column(name) for name in names)
    found = connection.exec_driver_sql(f"SELECT {values} FROM {table} t WHERE t.id = ?", (row,)).first()
    return dict(zip(names, found, strict=True)) if found else None


def _column(name: str) -> str:
    return sqlite.extra_value("t", name.removeprefix("extra.")) if name.startswith("extra.") else f't."{name}"'


def rewrite(
    connection: Connection,
    change: int,
    table: str,
    row: int,
    values: Mapping[str, object],
    now: Mapping[str, object],
) -> int:
    """Give fields of a row other values; `now` are those it has. Returns 1, or 0 where there are none to give."""
    if not values:
        return 0
    restore(connection, table, row, values)
    before = json.dumps({name: now[name] for name in values}, ensure_ascii=False)
    journal.enter(connection, change, [(table, row, "update", before, json.dumps(dict(values), ensure_ascii=False))])
    return 1


def restore(connection: Connection, table: str, row: int, values: Mapping[str, object]) -> None:
    """Give fields of a row these values, without the journal."""
    own = {name: value for name, value in values.items() if not name.startswith("extra.")}
    if table == "customer" and own.get("name"):
        own["name_key"] = fold(str(own["name"]))
    extra = {name.removeprefix("extra."): value for name, value in values.items() if name.startswith("extra.")}
    sets = [f'"{name}" = ?' for name in own] + (["extra = json_patch(extra, ?)"] if extra else [])
    parameters = [*own.values(), *([json.dumps(extra, ensure_ascii=False)] if extra else []), row]
    connection.exec_driver_sql(f"UPDATE {table} SET {', '.join(sets)} WHERE id = ?", tuple(parameters))


def adopt(stage: Stage, row: int, emptied: Iterable[str] = ()) -> None:
    """Say of the one staged record which kept one it is, and of which columns of references it empties."""
    main = stage.main.name
    stage.connection.exec_driver_sql(f"UPDATE {main} SET id = ?", (row,))
    for column in emptied:
        stage.connection.exec_driver_sql(f"""UPDATE {main} SET "{column}" = x''""")


# rows that go

LINKS = [(child, column, parent) for child, links in PARENTS.items() for column, parent in links]
"""(table, its column, the table that the column points to)."""


class Removal:
    """What goes with a row: its parts, and what depends on it.

    `referring`: (SQL of the rows `t` of a form of its own table `entry`, SQL of the customer that such a row names).
    """

    def __init__(
        self, connection: Connection, table: str, row: int, referring: Iterable[tuple[Where, str]] = ()
    ) -> None:
        self.connection = connection
        self.referring = list(referring)
        self._sql("DROP TABLE IF EXISTS temp.going")
        self._sql("CREATE TEMP TABLE going (table_name TEXT, id INTEGER, PRIMARY KEY (table_name, id))")
        self._sql("INSERT INTO going VALUES (?, ?)", table, row)
        self._spread(everything=False)

    def _sql(self, text: str, *values: object) -> int:
        return self.connection.exec_driver_sql(text, values).rowcount

    def _spread(self, *, everything: bool) -> None:
        """Mark the parts of what goes, and with `everything` what depends on it, until nothing is added."""
        while sum(
            self._mark(child, column, parent) for child, column, parent in LINKS if everything or _part(child, parent)
        ):
            pass
        if everything:
            for where, customer in self.referring:
                named = f"({where[0]}) AND {_going(customer, 'customer')}"
                self._sql(f"INSERT OR IGNORE INTO going SELECT 'entry', t.id FROM entry t WHERE {named}", *where[1])
        while (
            self._sql(
                "INSERT OR IGNORE INTO going SELECT 'entry', e.id FROM entry e JOIN going g "
                "ON g.table_name = e.parent_table AND g.id = e.parent_id"
            )
            > 0
        ):
            pass
        self._sql(
            "INSERT OR IGNORE INTO going SELECT 'contact', r.contact_id FROM contact_role r WHERE "
            f"{_going('r.id', 'contact_role')} AND NOT EXISTS (SELECT 1 FROM contact_role o "
            f"WHERE o.contact_id = r.contact_id AND NOT {_going('o.id', 'contact_role')})"
        )

    def _mark(self, child: str, column: str, parent: str) -> int:
        if child == parent:
            return 0
        where = _going(f'c."{column}"', parent)
        return self._sql(f"INSERT OR IGNORE INTO going SELECT '{child}', c.id FROM {child} c WHERE {where}")

    def dependents(self) -> dict[str, int]:
        """How many rows of which table depend on what goes without being a part of it."""
        found: dict[str, int] = {}
        for child, column, parent in LINKS:
            found[child] = found.get(child, 0) + self._count(child, (_going(f't."{column}"', parent), ()))
        for where, customer in self.referring:
            named = f"({where[0]}) AND {_going(customer, 'customer')}"
            found["entry"] = found.get("entry", 0) + self._count("entry", (named, where[1]))
        return {table: count for table, count in found.items() if count}

    def _count(self, table: str, where: Where) -> int:
        sql = f"SELECT count(*) FROM {table} t WHERE {where[0]} AND NOT {_going('t.id', table)}"
        return int(self.connection.exec_driver_sql(sql, tuple(where[1])).scalar_one())

    def remove(self, change: int, *, everything: bool) -> dict[str, int]:
        """Delete what goes, with `everything` also what depends on it; how many rows of which table.

        Customers that refer to one that goes stay: only their reference is emptied, and counted as `reference`.
        """
        if everything:
            self._spread(everything=True)
        emptied = sum(self._empty(change, column) for child, column, parent in LINKS if child == parent == "customer")
        counts = {table: self._delete(change, table) for table in reversed(journal.ORDER)}
        return {table: count for table, count in {**counts, "reference": emptied}.items() if count}

    def _empty(self, change: int, column: str) -> int:
        rows = self.connection.exec_driver_sql(
            f'SELECT t.id, t."{column}" FROM customer t WHERE {_going("t." + column, "customer")} '
            f"AND NOT {_going('t.id', 'customer')} ORDER BY t.id"
        ).all()
        return sum(
            rewrite(self.connection, change, "customer", row, {column: None}, {column: old}) for row, old in rows
        )

    def _delete(self, change: int, table: str) -> int:
        return journal.delete(self.connection, change, table, f"SELECT id FROM temp.going WHERE table_name = '{table}'")


def _part(child: str, parent: str) -> bool:
    return child in PARTS.get(parent, ())


def _going(column: str, table: str) -> str:
    """SQL: the row of this id goes."""
    return f"{column} IN (SELECT g.id FROM temp.going g WHERE g.table_name = '{table}')"
