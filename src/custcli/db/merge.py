"""Matched rows are written: what is new, what differs, their journal entries; set by set, in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from custcli.db import elements, entries, journal, references, sqlite
from custcli.db.match import Match
from custcli.db.records import one_child
from custcli.db.staging import Part, kept_name
from custcli.domain.forms import Field, Group

KEYS = {"yearly_sales": ("year",), "man_letter": ("letter", "assessed_on"), "order_line": ("line_no",), "prospect": ()}
"""What tells the children of one parent apart."""
LONGEST_NUMBER = 12
"""Digits of a running number in a code."""
KEY_COLUMNS = {table: tuple(f"c_{key}" for key in keys) for table, keys in KEYS.items()}


@dataclass
class Counts:
    """What became of the records of a form; `by_source` the same for each sheet, by state."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    customers: int = 0
    by_source: dict[int, dict[str, int]] = field(default_factory=dict)


class Merge:
    """Writes one matched stage in the transaction of a change; `reserved` are codes that the import itself gives."""

    def __init__(self, match: Match, reserved: AbstractSet[str] = frozenset()) -> None:
        self.match = match
        self.reserved = reserved
        self.connection = match.connection
        self.stage = match.stage
        self.form = match.form
        self.main = match.main
        self.wishes = match.wishes
        self.sql = match.sql
        self.value = match.value
        self.counts = Counts()
        self.uncovered = "0"

    # what is written

    def write(self, change: int, source_base: int) -> Counts:
        """Insert what is new, update what differs, journal every update; in the transaction of `change`."""
        if self.match.customers:
            self._write_customers(change, source_base)
        if self.stage.uncovered:
            self.uncovered = f"s.source_id IN ({', '.join(str(source_base + n) for n in self.stage.uncovered)})"
        for part in (self.main, *self.stage.parts.values()):
            self.sql(f"UPDATE {part.name} SET source_id = nullif(source_id, 0) + ?", source_base)
        if self.wishes.on_existing == "skip":
            self.sql(f"UPDATE {self.main.name} SET state = 'unchanged' WHERE id IS NOT NULL AND state IS NULL")
        if self.form.dossier:
            self._give_codes()
        self.insert(self.main, change, self._given())  # before updates, which may refer to what is new
        self.difference(self.main, change)
        self._cards()
        for part in self.stage.parts.values():
            self._children(part, change)
        self._tally(source_base)
        return self.counts

    def _write_customers(self, change: int, source_base: int) -> None:
        made = self.match.customers
        first = {number: (code, name, name_key) for number, code, name, name_key in reversed(made)}
        self._raise_counters(code for code, *_ in first.values() if code)
        codes = self._codes([None for code, *_ in first.values() if code is None])
        rows = {n: (n, change, code or next(codes), name, key) for n, (code, name, key) in sorted(first.items())}
        self.counts.customers = len(rows)
        sqlite.many(
            self.connection,
            "INSERT INTO customer (id, made_by, extra, state, code, name, name_key) VALUES (?,?,'{}','draft',?,?,?)",
            list(rows.values()),
        )
        column = next(column for column in self.main.columns if column.startswith("r_"))
        self.sql(
            "UPDATE customer SET source_id = f.source + ?, source_row = f.row "
            "FROM (SELECT r.id, s.source_id AS source, "
            f'min(s.source_row) AS row FROM {self.main.name} s JOIN stage_ref r ON r.k = s."{column}" GROUP BY r.id) f '
            "WHERE f.id = customer.id AND customer.made_by = ?",
            source_base,
            change,
        )

    def _given(self) -> Mapping[str, object]:
        """What a new record has besides what it states; a customer of unknown kind is a draft."""
        state = {"state": "active" if "kind" in self.form.set else "draft"} if self.form.dossier else {}
        form = {"form": self.form.name} if self.form.table == elements.ENTRY else {}
        return {**state, **self.wishes.defaults, **self.form.set, **form}

    def _give_codes(self) -> None:
        code = self.stage.hold(self.main, self.form.fields["code"])
        region = "c_region" if "c_region" in self.main.columns else "NULL"
        given = f'SELECT "{code}" FROM {self.main.name} WHERE id IS NULL AND state IS NULL AND "{code}" IS NOT NULL'
        self._raise_counters(self.connection.exec_driver_sql(given).scalars())
        rows = self.connection.exec_driver_sql(
            f'SELECT n, {region} FROM {self.main.name} WHERE id IS NULL AND state IS NULL AND "{code}" IS NULL '
            f"ORDER BY n"
        ).all()
        codes = self._codes([row[1] for row in rows])
        pairs = [(made, row[0]) for row, made in zip(rows, codes, strict=True)]
        sqlite.many(self.connection, f'UPDATE {self.main.name} SET "{code}" = ? WHERE n = ?', pairs)

    def _codes(self, regions: Sequence[str | None]) -> Iterator[str]:
        """New codes, never given before (decisions.md 8): region prefix and a running number."""
        rows = self.connection.exec_driver_sql("SELECT prefix, last FROM code_counter")
        last: dict[str, int] = {row[0]: row[1] for row in rows}
        made = []
        for region in regions:
            prefix = self.wishes.prefixes.get(region or "", self.wishes.prefix)
            code = None
            while code is None or code in self.reserved or self._taken(code):
                last[prefix] = last.get(prefix, 0) + 1
                code = f"{prefix}-{last[prefix]:0{self.wishes.digits}d}"
            made.append(code)
        sql = (
            "INSERT INTO code_counter (prefix, last) VALUES (?,?) "
            "ON CONFLICT (prefix) DO UPDATE SET last = excluded.last"
        )
        sqlite.many(self.connection, sql, list(last.items()))
        return iter(made)

    def _raise_counters(self, codes: Iterable[str]) -> None:
        """A given code that looks like one of custcli's own counts as given by it: it never comes again."""
        prefixes = {self.wishes.prefix, *self.wishes.prefixes.values()}
        last: dict[str, int] = {}
        for code in codes:
            prefix, _, number = code.rpartition("-")
            if prefix in prefixes and number.isdecimal() and len(number) <= LONGEST_NUMBER:
                last[prefix] = max(last.get(prefix, 0), int(number))
        sql = (
            "INSERT INTO code_counter (prefix, last) VALUES (?,?) "
            "ON CONFLICT (prefix) DO UPDATE SET last = max(last, excluded.last)"
        )
        sqlite.many(self.connection, sql, list(last.items()))

    def _taken(self, code: str) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM customer WHERE code = ?)"
        return bool(self.connection.exec_driver_sql(sql, (code,)).scalar())

    def difference(self, part: Part, change: int) -> None:
        """State of the rows that are kept already, their journal entries and their update."""
        columns = {
            column: item for column, item in part.columns.items() if column not in KEY_COLUMNS.get(part.table, ())
        }
        fresh = {column: self.value(column) for column in columns}
        kept = {column: self.match.kept(item) for column, item in columns.items()}
        differs = {c: f'(s."{c}" IS NOT NULL AND {fresh[c]} IS NOT {kept[c]})' for c in columns}
        fills = self._fills(list(differs.values())) if part is self.main else {}
        differs_any = [*differs.values(), *(condition for condition, _ in fills.values())]
        self.sql(
            f"UPDATE {part.name} AS s SET state = CASE WHEN {' OR '.join(differs_any) or '0'} "
            "THEN 'changed' ELSE 'unchanged' END "
            f"FROM {part.table} t WHERE t.id = s.id AND s.state IS NULL"
        )
        if not self._some(part, "changed"):
            return
        names = {c: kept_name(item) for c, item in columns.items()}
        when = {names[c]: differs[c] for c in columns} | {c: condition for c, (condition, _) in fills.items()}
        before = sqlite.document({names[c]: kept[c] for c in columns} | {c: f't."{c}"' for c in fills}, when)
        given = {c: value for c, (_, value) in fills.items()}
        after = sqlite.document({names[c]: fresh[c] for c in columns} | given, when)
        journal.record(self.connection, change, part.table, part.name, before, after)
        self._update(part, columns, fresh, fills)

    def _fills(self, differs: Sequence[str]) -> dict[str, tuple[str, str]]:
        """What a form sets where nothing is: its kind; a draft that gets its kind is a dossier (decisions.md 7).

        One that has it from a card becomes a dossier where the row adds anything to it.
        """
        fills = {c: (f't."{c}" IS NULL', sqlite.quoted(v)) for c, v in self.form.set.items()}
        if "kind" in self.form.set:
            added = " OR ".join(["t.kind IS NULL", *differs])
            fills["state"] = (f"t.state = 'draft' AND ({added})", "'active'")
        return fills

    def _update(
        self,
        part: Part,
        columns: Mapping[str, Field],
        fresh: Mapping[str, str],
        fills: Mapping[str, tuple[str, str]],
    ) -> None:
        sets = [
            f'"{item.stored}" = CASE WHEN s."{c}" IS NULL THEN t."{item.stored}" ELSE {fresh[c]} END'
            for c, item in columns.items()
            if item.stored
        ]
        sets += [f'"{c}" = CASE WHEN {when} THEN {v} ELSE t."{c}" END' for c, (when, v) in fills.items()]
        if "c_name" in columns and part.table == "customer":
            sets.append('"name_key" = coalesce(s."c_name_key", t."name_key")')
        extras = {item.kept: fresh[c] for c, item in columns.items() if not item.stored}
        if extras:
            stated = {item.kept: f's."{c}" IS NOT NULL' for c, item in columns.items() if not item.stored}
            sets.append(f"extra = {sqlite.extra_merged('t', extras, stated)}")
        self.sql(
            f"UPDATE {part.table} AS t SET {', '.join(sets)} FROM {part.name} s WHERE s.id = t.id "
            f"AND s.state = 'changed'"
        )

    def _some(self, part: Part, state: str) -> bool:
        sql = f"SELECT EXISTS (SELECT 1 FROM {part.name} WHERE state = ?)"
        return bool(self.connection.exec_driver_sql(sql, (state,)).scalar())

    def insert(self, part: Part, change: int, given: Mapping[str, object], parent: str | None = None) -> None:
        """Write the rows that are not kept yet; `given` fills what they do not state, `parent` names that column."""
        customers = part.table == "customer"
        base = references.base(self.connection) if customers else journal.last_id(self.connection, part.table)
        promised = f"(SELECT p.id FROM temp.promised p WHERE p.code = {part.name}.c_code)" if customers else "NULL"
        self.sql(
            f"UPDATE {part.name} SET id = coalesce({promised}, n + {base}), state = 'new' "
            "WHERE state IS NULL AND id IS NULL"
        )
        if not self._some(part, "new"):
            return
        values = {item.stored: self.value(c) for c, item in part.columns.items() if item.stored}
        if part.table == "customer" and "c_name" in part.columns:
            values["name_key"] = 's."c_name_key"'
        extras = {item.kept: self.value(c) for c, item in part.columns.items() if not item.stored}
        for name, value in given.items():
            constant = self.match.default(name, value) if part is self.main else sqlite.quoted(value)
            column = name.removeprefix("extra.")
            if name in self.wishes.defaults:
                constant = f"CASE WHEN {self.uncovered} THEN NULL ELSE {constant} END"
            kept = extras if name.startswith("extra.") else values
            kept[column] = f"coalesce({kept[column]}, {constant})" if column in kept else constant
        if parent:
            values[parent] = "s.parent"
        if part.table == elements.ENTRY and part.group:
            values["key_text"] = "s.key"
        stated = {key: f"{value} IS NOT NULL" for key, value in extras.items()}
        document = sqlite.document(extras, stated) if extras else "'{}'"
        values["extra"] = document
        names = ", ".join(f'"{name}"' for name in values)
        self.sql(
            f"INSERT INTO {part.table} (id, made_by, source_id, source_row, {names}) "
            f"SELECT s.id, ?, s.source_id, "
            f"s.source_row, {', '.join(values.values())} FROM {part.name} s WHERE s.state = 'new' "
            f"ORDER BY s.n",
            change,
        )

    # children

    def _children(self, part: Part, change: int) -> None:
        from custcli.db import people

        self._adopt(part)
        if part.table == "contact":
            people.write(self, part, change)
        elif part.table == elements.ENTRY and part.group:
            self._entries(part, part.group, change)
        else:
            parent = elements.parent_column(part.table)
            self._key(part)
            self._find(part, parent)
            self.difference(part, change)
            self.insert(part, change, {}, parent)
            if part.table == "order_line":
                self._surplus_lines(part, change)
        self.sql(
            f"UPDATE {self.main.name} SET state = 'changed' WHERE state = 'unchanged' AND n IN "
            f"(SELECT rec FROM {part.name} WHERE state IN ('new', 'changed'))"
        )

    def _cards(self) -> None:
        """Whoever is listed as a prospect has the card of one, also where nothing is said for it yet."""
        for group in self.form.groups.values() if self.wishes.cards else ():
            if one_child(group):
                part = self.stage.part(group)
                self.sql(
                    f"INSERT INTO {part.name} (rec, source_id, source_row, sum) SELECT n, source_id, source_row, 0 "
                    f"FROM {self.main.name} s WHERE id IS NOT NULL AND twin IS NULL AND NOT {self.uncovered} "
                    f"AND n NOT IN (SELECT rec FROM {part.name})"
                )

    def _entries(self, part: Part, group: Group, change: int) -> None:
        entries.key(self, part, group)
        entries.find(self, part, group)
        self.difference(part, change)
        self.insert(part, change, entries.given(self, group), "parent_id")
        if group.name == self.form.rows and not group.match:
            entries.surplus(self, part, group, change)

    def _adopt(self, part: Part) -> None:
        """Children follow their record; those of rejected, repeated or skipped records go."""
        skipped = " OR state = 'unchanged'" if self.wishes.on_existing == "skip" else ""
        self.sql(
            f"DELETE FROM {part.name} WHERE rec IN (SELECT n FROM {self.main.name} WHERE state = 'rejected' "
            f"OR twin IS NOT NULL{skipped})"
        )
        self.sql(f"UPDATE {part.name} AS s SET parent = m.id FROM {self.main.name} m WHERE m.n = s.rec")

    def _key(self, part: Part) -> None:
        """Fill the key columns of keyed children: the year, the letter and its day, the number of a line."""
        if part.table == "yearly_sales":
            self._hold(part, "year", "CAST(key AS INTEGER)")
        elif part.table == "man_letter":
            self._letters(part)
        elif part.table == "order_line":
            self._hold(part, "line_no", "nth")

    def _surplus_lines(self, part: Part, change: int) -> None:
        """An order that comes with fewer lines has no more: the lines behind them go, through the journal."""
        surplus = (
            f"SELECT t.id FROM order_line t WHERE t.order_id IN (SELECT parent FROM {part.name}) AND t.order_id NOT IN "
            f"(SELECT id FROM {self.main.name} WHERE state = 'new') AND (t.order_id, "
            f"t.line_no) NOT IN (SELECT s.parent, s.c_line_no FROM {part.name} s WHERE s.parent IS NOT NULL)"
        )
        if not self.match.exists(surplus):
            return
        self.sql(
            f"UPDATE {self.main.name} SET state = 'changed' WHERE state = 'unchanged' AND id IN "
            f"(SELECT order_id FROM order_line WHERE id IN ({surplus}))"
        )
        journal.delete(self.connection, change, "order_line", surplus)

    def _hold(self, part: Part, column: str, value: str) -> None:
        if f"c_{column}" not in part.columns:
            self.stage.hold(part, Field(name=column, zh=column, type="int", pi="N"))
        self.sql(f"UPDATE {part.name} SET c_{column} = {value} WHERE c_{column} IS NULL")

    def _letters(self, part: Part) -> None:
        """A letter without a day is the one in force if it says the same, else it is assessed on the import's day."""
        self._hold(part, "letter", "key")
        said = [c for c in ("c_verdict", "c_score", "c_evidence") if c in part.columns]
        same = " AND ".join(f's."{c}" IS NULL OR s."{c}" IS t."{c[2:]}"'.join("()") for c in said) or "1"
        self._hold(part, "assessed_on", "NULL")
        self.sql(
            f"UPDATE {part.name} AS s SET c_assessed_on = t.assessed_on FROM man_letter t "
            f"WHERE s.c_assessed_on IS NULL AND t.customer_id = s.parent AND t.letter = s.c_letter AND {same} "
            f"AND t.assessed_on = (SELECT max(o.assessed_on) "
            "FROM man_letter o WHERE o.customer_id = t.customer_id AND o.letter = t.letter)"
        )
        self.sql(f"UPDATE {part.name} SET c_assessed_on = ? WHERE c_assessed_on IS NULL", self.wishes.day)

    def _find(self, part: Part, parent: str) -> None:
        keys = " AND ".join(f"t.{key} = s.c_{key}" for key in KEYS.get(part.table, ())) or "1"
        self.sql(
            f"UPDATE {part.name} AS s SET id = t.id FROM {part.table} t WHERE t.{parent} = s.parent AND {keys} "
            f"AND s.state IS NULL"
        )

    def _tally(self, source_base: int) -> None:
        for source, state, count in self.connection.exec_driver_sql(
            f"SELECT source_id, state, count(*) FROM {self.main.name} GROUP BY source_id, state"
        ):
            self.counts.by_source.setdefault((source or source_base) - source_base, {})[state] = count
            if state in ("new", "changed", "unchanged"):
                setattr(self.counts, state, getattr(self.counts, state) + count)
