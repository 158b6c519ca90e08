"""Which kept record each staged one is: by key, by name, by values; and what cannot be taken at all.

Everything is decided set by set; a row that cannot be decided is a Reject and nothing is guessed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from custcli.db import journal, sqlite, totals
from custcli.db.staging import Stage, stage_column
from custcli.db.wishes import Wishes
from custcli.domain.forms import Field
from custcli.messages import Message, message

PARENT = {"order_line": "order_id"}
"""The column that points to the parent where it is not customer_id."""


@dataclass(frozen=True)
class Reject:
    """A staged record that cannot be taken: where it came from, the field at fault and why."""

    source: int
    row: int
    field: str | None
    reason: Message


class Match:
    """One stage meeting the kept records, inside the writing transaction.

    After `resolve`, a staged row has the `id` of the record it is, or none where it is new; `state` is null where it is
    still to be written. `customers` are those made on the way, as (reference, code, name, name key).
    """

    def __init__(self, connection: Connection, stage: Stage, wishes: Wishes) -> None:
        self.connection = connection
        self.stage = stage
        self.form = stage.form
        self.main = stage.main
        self.wishes = wishes
        self.returns = 0
        self.differing = 0
        self.customers: list[tuple[Any, ...]] = []

    def sql(self, text: str, *parameters: object) -> int:
        """Run a statement; the number of rows it touched."""
        return self.connection.exec_driver_sql(text, parameters).rowcount

    def value(self, column: str) -> str:
        """SQL of a staged value: references are looked up, an emptied field is null."""
        if column.startswith("r_"):
            return f'(SELECT r.id FROM temp.stage_ref r WHERE r.k = s."{column}")'
        return f"""nullif(s."{column}", x'')""" if self.wishes.clear else f's."{column}"'

    def resolve(self) -> list[Reject]:
        """Find the kept record of each staged one; returns those that cannot be decided, marked as rejected."""
        self.stage.keep_refs()
        rejects = list(self._references())
        self.differing = totals.complete(self)
        self._returns()
        if "order_no" in {item.stored for item in self.main.columns.values()} or self.form.dossier or self.wishes.match:
            rejects += self._by_keys()
        if not self.form.dossier and self.wishes.by_values:
            self._by_values()
        rejects += self._twins()
        rejects += self._incomplete()
        if self.wishes.on_existing == "fail":
            text = message("exists already")
            rejects += self._rejected("s.id IS NOT NULL AND s.state IS NULL", None, text)
        return rejects

    def _references(self) -> Iterator[Reject]:
        """Customers by code, else by a name that exactly one bears (decisions.md 5)."""
        self.sql("UPDATE stage_ref SET id = c.id, hits = 1 FROM customer c WHERE c.code = stage_ref.code")
        self.sql(
            "UPDATE stage_ref SET id = f.id, hits = f.hits FROM (SELECT r.k, min(c.id) AS id, count(*) AS hits "
            "FROM stage_ref r JOIN customer c ON c.name_key = r.name_key WHERE r.id IS NULL AND "
            "(r.code IS NULL OR r.name IS NULL) GROUP BY r.k) f WHERE f.k = stage_ref.k"
        )
        self.sql("UPDATE stage_ref SET id = NULL WHERE hits > 1")
        columns = [column for column in self.main.columns if column.startswith("r_")]
        if self.wishes.create_customers and not self.form.dossier:
            self._new_customers()
        for column in columns:
            yield from self._unknown(column)

    def _unknown(self, column: str) -> Iterator[Reject]:
        named = {
            item.name.endswith("_name"): item for item in self.form.fields.values() if stage_column(item) == column
        }
        for k, code, hits, name_key in self.connection.exec_driver_sql(
            "SELECT k, code, hits, name_key FROM stage_ref WHERE id IS NULL"
        ).all():
            item = named.get(code is None) or self.main.columns[column]
            said = message("no such customer; --create-customers makes it")
            if hits:
                codes = self.connection.exec_driver_sql(
                    "SELECT code FROM customer WHERE name_key = ? ORDER BY code LIMIT 9", (name_key,)
                ).scalars()
                said = message("several customers bear this name: {codes}; give the code", codes=", ".join(codes))
            yield from self._rejected(f's."{column}" = {int(k)} AND s.state IS NULL', item, said)

    def _new_customers(self) -> None:
        """Customers made on the way: code as given, name = code if none, kind unknown (decisions.md 7)."""
        numbers: list[tuple[int, int]] = []
        self.sql(
            "UPDATE stage_ref SET code = NULL, name = code WHERE id IS NULL AND hits IS NULL AND length(code) > 64 "
            "AND name IS NULL"
        )
        rows = self.connection.exec_driver_sql(
            "SELECT k, code, coalesce(name, code), name_key FROM stage_ref WHERE id IS NULL AND hits IS NULL ORDER BY k"
        ).all()
        base = journal.last_id(self.connection, "customer")
        seen: dict[str, int] = {}
        for k, code, name, name_key in rows:
            number = seen.setdefault(f"c{code}" if code is not None else f"n{name_key}", base + len(seen) + 1)
            self.customers.append((number, code, name, name_key))
            numbers.append((number, k))
        sqlite.many(self.connection, "UPDATE stage_ref SET id = ? WHERE k = ?", numbers)

    def _returns(self) -> None:
        """A return with a positive amount counts negative, and is reported (decisions.md 21)."""
        if self.form.table != "sales_order" or "c_type" not in self.main.columns:
            return
        signed = [column for column in ("c_amount", "c_cost", "c_quantity") if column in self.main.columns]
        pairs = ", ".join(f'"{column}" = -abs("{column}")' for column in signed)
        if pairs:
            positive = " OR ".join(f'"{column}" > 0' for column in signed)
            self.returns = self.sql(f"UPDATE {self.main.name} SET {pairs} WHERE c_type = 'return' AND ({positive})")

    def _by_keys(self) -> list[Reject]:
        rejects: list[Reject] = []
        for key in self.wishes.match or self.form.match:
            pairs = self._pairs(key)
            if pairs:
                self._match(key, pairs)
                text = message("fits several kept records by {key}", key=", ".join(key))
                rejects += self._rejected("s.hits > 1 AND s.state IS NULL", self.form.fields[key[0]], text)
        if self.wishes.match and self.form.match:
            rejects += self._taken(self.form.match[0])
        if self.form.dossier and not self.wishes.match:
            rejects += self._other_code()
            self._by_name_alone()
        return rejects

    def _pairs(self, key: Sequence[str]) -> list[tuple[str, str]] | None:
        """(stage column, SQL of the kept value) of a match key; None where a sheet does not state all of it."""
        found = {item.name: (column, item) for column, item in self.main.columns.items()}
        if any(name not in found for name in key):
            return None
        pairs = [(column, self.kept(item)) for column, item in (found[name] for name in key)]
        named = ("c_name_key", 't."name_key"')
        return [named if staged == "c_name" else (staged, kept) for staged, kept in pairs]

    def _match(self, key: Sequence[str], pairs: Sequence[tuple[str, str]]) -> None:
        same = self._equal(pairs)
        coded = "c_code" in self.main.columns and tuple(key) != ("code",)
        codeless = "AND s.c_code IS NULL" if coded and not self.wishes.match else ""
        self.sql(
            f"UPDATE {self.main.name} SET id = f.id, hits = f.hits FROM (SELECT s.n, min(t.id) AS id, count(*) AS hits "
            f"FROM {self.main.name} s JOIN {self.main.table} t ON {same} WHERE s.id IS NULL "
            f"AND s.state IS NULL {codeless} GROUP BY s.n) f WHERE f.n = {self.main.name}.n"
        )

    def _equal(self, pairs: Sequence[tuple[str, str]]) -> str:
        staged = (self.value(column) if column.startswith("r_") else f's."{column}"' for column, _ in pairs)
        return " AND ".join(f"{kept} = {value}" for (_, kept), value in zip(pairs, staged, strict=True))

    def _taken(self, key: Sequence[str]) -> list[Reject]:
        """Matched by other fields, a row may bear the number of another record: it is refused."""
        pairs = self._pairs(key) or []
        same = self._equal(pairs)
        where = f"s.state IS NULL AND EXISTS (SELECT 1 FROM {self.main.table} t WHERE {same} AND t.id IS NOT s.id)"
        text = message("another record has this number")
        return self._rejected(where, self.form.fields[key[0]], text) if pairs else []

    def _other_code(self) -> list[Reject]:
        """A new code whose USCC or ID number another customer has is no new customer and no certain old one."""
        rejects: list[Reject] = []
        for staged, kept in (("c_uscc", "uscc"), ("c_id_no", "id_no")):
            if staged in self.main.columns and "c_code" in self.main.columns:
                where = (
                    f"s.id IS NULL AND s.state IS NULL AND s.c_code IS NOT NULL AND EXISTS "
                    f"(SELECT 1 FROM customer t WHERE t.{kept} = s.{staged})"
                )
                text = message("another customer has this number under another code")
                rejects += self._rejected(where, self.main.columns[staged], text)
        return rejects

    def _by_name_alone(self) -> None:
        """Rows that state nothing to tell customers of one name apart match a kept one that states no more.

        A firm by its name; a person only where all that the row states is kept already (decisions.md 5).
        """
        if "c_name" not in self.main.columns:
            return
        unstated = [
            f's."{staged}" IS NULL' if staged in self.main.columns else "1"
            for staged in ("c_code", "c_region", "c_uscc", "c_id_no", "c_mobile")
        ]
        person = self.form.fields["name"].pi == "P"
        same = (
            " AND ".join(f"({self._same(column, item)})" for column, item in self.main.columns.items())
            if person
            else "1"
        )
        self.sql(
            f"UPDATE {self.main.name} SET id = f.id FROM (SELECT s.n, min(t.id) AS id FROM {self.main.name} s "
            f"JOIN customer t ON t.name_key = s.c_name_key AND t.region IS NULL AND t.uscc IS NULL AND t.id_no IS NULL "
            f"AND t.mobile IS NULL "
            f"WHERE s.id IS NULL AND s.state IS NULL AND {' AND '.join(unstated)} AND {same} GROUP BY s.n "
            f"HAVING count(*) = 1) f WHERE f.n = {self.main.name}.n"
        )

    def _same(self, column: str, item: Field) -> str:
        value = self.value(column)
        return f"""s."{column}" IS NULL OR {value} IS {self.kept(item)}"""

    def kept(self, item: Field) -> str:
        """SQL of a field's kept value: its column, or its key of `extra`."""
        return f't."{item.stored}"' if item.stored else sqlite.extra_value("t", item.key)

    def _by_values(self) -> None:
        """Register rows without a number: customer, date, every given value, and the ordinal among equal rows.

        Equal rows are never merged, and the same file again matches row by row (decisions.md 6).
        """
        number = next((column for column in self.main.columns if self._is_number(column)), None)
        open_rows = f's.id IS NULL AND s.state IS NULL{f""" AND s."{number}" IS NULL""" if number else ""}'
        kept_number = self.form.match[0][0] if self.form.match else None
        numberless = f't."{kept_number}" IS NULL' if kept_number else "1"
        if not self.connection.exec_driver_sql(
            f"SELECT EXISTS (SELECT 1 FROM {self.main.table} t WHERE {numberless})"
        ).scalar():
            return
        columns = sorted(
            (column for column in self.main.columns if column != number),
            key=lambda column: (not column.startswith("r_"), not self.main.columns[column].required),
        )
        values = [(self.value(column), self.kept(self.main.columns[column])) for column in columns]
        certain = sum(column.startswith("r_") or self.main.columns[column].required for column in columns)
        staged = ", ".join(f"{value} AS v{i}" for i, (value, _) in enumerate(values))
        kept = ", ".join(f"{value} AS v{i}" for i, (_, value) in enumerate(values))
        same = [f"a.v{i} = b.v{i}" for i in range(certain)]
        same += [f"(a.v{i} IS NULL OR a.v{i} IS b.v{i})" for i in range(certain, len(values))]
        names = [f"v{i}" for i in range(len(values))]
        self._ordinals(staged, kept, names, certain, " AND ".join(same), open_rows, numberless)

    def _is_number(self, column: str) -> bool:
        return bool(self.form.match) and self.main.columns[column].name == self.form.match[0][0]

    def _ordinals(
        self, staged: str, kept: str, names: list[str], certain: int, same: str, open_rows: str, numberless: str
    ) -> None:
        name = self.main.name
        listed = ", ".join(names)
        self.sql("DROP TABLE IF EXISTS temp.kept_rows")
        self.sql(
            f"CREATE TEMP TABLE kept_rows AS SELECT id, {listed}, row_number() OVER (PARTITION BY {listed} "
            f"ORDER BY id) AS nth FROM (SELECT t.id, {kept} FROM {self.main.table} t WHERE {numberless} "
            "AND t.customer_id IN (SELECT id FROM stage_ref))"
        )
        self.sql(f"CREATE INDEX temp.kept_rows_values ON kept_rows ({', '.join([*names[:certain], 'nth'])})")
        self.sql(
            f"UPDATE {name} SET id = f.id FROM (SELECT a.n, min(b.id) AS id "
            f"FROM (SELECT n, {listed}, row_number() OVER "
            f"(PARTITION BY {listed} ORDER BY n) AS nth FROM (SELECT s.n, {staged} FROM {name} s WHERE {open_rows})) a "
            f"JOIN kept_rows b ON {same} AND b.nth = a.nth GROUP BY a.n) f WHERE f.n = {name}.n"
        )

    def _twins(self) -> list[Reject]:
        """Two rows of the import that are one record: equal ones count once, others contradict each other."""
        name = self.main.name
        keys = ["id", *([] if not (self.form.dossier or self.form.match) else self._key_columns())]
        for key in keys:
            own = " AND s.c_code IS NULL" if key != '"c_code"' and "c_code" in self.main.columns and key != "id" else ""
            stated = " AND ".join(f"s.{column} IS NOT NULL" for column in key.split(", "))
            same = " AND ".join(f"{name}.{column} = f.{column}" for column in key.split(", "))
            self.sql(
                f"UPDATE {name} SET twin = f.first FROM (SELECT {key}, min(n) AS first FROM {name} s WHERE {stated} "
                f"AND s.state IS NULL{own} GROUP BY {key} HAVING count(*) > 1) f WHERE {same} AND {name}.n > f.first "
                f"AND {name}.twin IS NULL AND {name}.state IS NULL{own.replace('s.', name + '.')}"
            )
        contrary = (
            f"s.twin IS NOT NULL AND s.state IS NULL AND s.sum <> (SELECT o.sum FROM {name} o WHERE o.n = s.twin)"
        )
        rejects = self._contrary(contrary)
        self.sql(f"UPDATE {name} SET state = 'unchanged' WHERE twin IS NOT NULL AND state IS NULL")
        return rejects

    def _incomplete(self) -> list[Reject]:
        """New records that lack what their form requires, and dates in the wrong order."""
        new = "s.id IS NULL AND s.state IS NULL"
        rejects: list[Reject] = []
        for item in self.form.of_group(None):
            if item.required and (item.stored or "") not in self.wishes.defaults:
                rejects += self._rejected(f"{new} AND {self._blank(item.name)}", item, message("is required"))
        for names in self.form.any_of:
            blank = " AND ".join(self._blank(name) for name in names)
            labels = ", ".join(self.form.fields[name].label for name in names)
            said = message("one of these is required: {fields}", fields=labels)
            rejects += self._rejected(f"{new} AND {blank}", self.form.fields[names[0]], said)
        return rejects + [reject for check in self.form.checks for reject in self._disordered(check)]

    def _blank(self, name: str) -> str:
        """SQL: the record states nothing for this field, nor does any of its children for a field of a group."""
        item = self.form.fields[name]
        group = item.group if "." in name else None
        if group is None:
            column = stage_column(item)
            return f's."{column}" IS NULL' if column in self.main.columns else "1"
        part = self.stage.parts.get(group)
        column = stage_column(item)
        if part is None or column not in part.columns:
            return "1"
        return f'NOT EXISTS (SELECT 1 FROM {part.name} p WHERE p.rec = s.n AND p."{column}" IS NOT NULL)'

    def _disordered(self, check: str) -> list[Reject]:
        left, operator, right = check.split()
        columns = [stage_column(self.form.fields[name]) for name in (left, right)]
        if any(column not in self.main.columns for column in columns):
            return []
        where = (
            f's."{columns[0]}" IS NOT NULL AND NOT (s."{columns[0]}" {operator} s."{columns[1]}") AND s.state IS NULL'
        )
        first, second = (self.form.fields[name] for name in (left, right))
        said = message("{left} must be {operator} {right}", left=first.label, operator=operator, right=second.label)
        return self._rejected(where, first, said)

    def masked(self, cells: Sequence[tuple[int, Field, str]], mask: Callable[[object, str], object]) -> list[Reject]:
        """Cells that look masked: that of the kept value means "not stated", any other is refused (decisions.md 15)."""
        rejects: list[Reject] = []
        for n, item, text in cells:
            kept = self.connection.exec_driver_sql(
                f"SELECT {self.kept(item)} FROM {self.main.name} s {self._joined(item)} WHERE s.n = ?", (n,)
            ).scalars()
            if text not in {mask(value, item.mask or "hide") for value in kept if value is not None}:
                rejects += self._rejected(f"s.n = {int(n)}", item, message("is masked, not the value itself"))
        return rejects

    def _joined(self, item: Field) -> str:
        """SQL that joins the kept row of a field to a staged record: its own, its person's or those of its group."""
        group = self.form.groups[item.group] if item.group else None
        if group is None or group.table is None:
            return f"JOIN {self.main.table} t ON t.id = s.id"
        if group.table == "contact":
            current = f"r.customer_id = s.id AND r.until IS NULL AND r.role = {sqlite.quoted(group.set['role'])}"
            return f"JOIN contact_role r ON {current} JOIN contact t ON t.id = r.contact_id"
        return f"JOIN {group.table} t ON t.{PARENT.get(group.table, 'customer_id')} = s.id"

    def refused_rows(self) -> list[tuple[int, int]]:
        """(source, row) of every row of the refused records, those of their children too."""
        main = self.main.name
        sql = f"SELECT source_id, source_row FROM {main} WHERE state = 'rejected'"
        for part in self.stage.parts.values():
            sql += (
                f" UNION SELECT p.source_id, p.source_row FROM {part.name} p JOIN {main} s ON s.n = p.rec "
                "WHERE s.state = 'rejected'"
            )
        return [(row[0], row[1]) for row in self.connection.exec_driver_sql(sql)]

    def _key_columns(self) -> list[str]:
        wanted = [*self.wishes.match, *self.form.match[:1]] if self.wishes.match else self.form.match
        pairs = [self._pairs(key) for key in wanted]
        return [", ".join(f'"{staged}"' for staged, _ in found) for found in pairs if found]

    def _contrary(self, where: str) -> list[Reject]:
        name = self.main.name
        rows = self.connection.exec_driver_sql(
            f"SELECT s.n, s.source_id, s.source_row, o.source_row FROM {name} s JOIN {name} o ON o.n = s.twin "
            f"WHERE {where}"
        ).all()
        sqlite.many(self.connection, f"UPDATE {name} SET state = 'rejected' WHERE n = ?", [(row[0],) for row in rows])
        text = "is the same record as row {row}, with other values"
        return [Reject(row[1], row[2], None, message(text, row=row[3])) for row in rows]

    def _rejected(self, where: str, item: Field | None, text: Message) -> list[Reject]:
        rows = self.connection.exec_driver_sql(
            f"UPDATE {self.main.name} AS s SET state = 'rejected' WHERE {where} RETURNING source_id, source_row"
        ).all()
        return [Reject(row[0], row[1], item.name if item else None, text) for row in rows]
