"""Which kept record each staged one is: by key, by name, by values; and what cannot be taken at all.

Everything is decided set by set; a row that cannot be decided is a Reject and nothing is guessed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from custcli.db import elements, ordinals, references, required, sqlite, totals, twins
from custcli.db.staging import Stage, stage_column
from custcli.db.wishes import Wishes
from custcli.domain.forms import Field
from custcli.messages import Message, message, say

PERSONS = "('individual', 'end_user')"
"""Kinds of customers that are persons."""


@dataclass(frozen=True)
class Reject:
    """A staged record that cannot be taken: where it came from, the field at fault, why, and the text it states."""

    source: int
    row: int
    field: str | None
    reason: Message
    value: str | None = None


class Match:
    """One stage meeting the kept records, inside the writing transaction.

    After `resolve`, a staged row has the `id` of the record it is, or none where it is new; `state` is null where it is
    still to be written. `customers` are those made on the way, as (reference, code, name, name key). `lines` are the
    lines of these records that stand in files of their own and are written after them. `later` are stages of other
    dossiers still to be written, to whose customers these may refer. `notes` tell how values were understood.
    """

    def __init__(self, connection: Connection, stage: Stage, wishes: Wishes) -> None:
        self.connection = connection
        self.stage = stage
        self.form = stage.form
        self.main = stage.main
        self.wishes = wishes
        self.returns = 0
        self.differing = 0
        self.notes: list[Message] = []
        self.customers: list[tuple[Any, ...]] = []
        self.lines: Stage | None = None
        self.later: Sequence[Stage] = ()

    def sql(self, text: str, *parameters: object) -> int:
        """Run a statement; the number of rows it touched."""
        return self.connection.exec_driver_sql(text, parameters).rowcount

    def value(self, column: str) -> str:
        """SQL of a staged value: references are looked up, an emptied field is null."""
        if column.startswith("r_"):
            return f'(SELECT r.id FROM temp.stage_ref r WHERE r.k = s."{column}")'
        return f"""nullif(s."{column}", x'')""" if self.wishes.clear else f's."{column}"'

    def exists(self, query: str) -> bool:
        """Whether a query finds anything."""
        return bool(self.connection.exec_driver_sql(f"SELECT EXISTS ({query})").scalar())

    def resolve(self) -> list[Reject]:
        """Find the kept record of each staged one; returns those that cannot be decided, marked as rejected."""
        self.stage.keep_refs()
        references.find(self)
        rejects = [] if self.form.dossier else references.refuse_unknown(self)
        required.keep_first(self)
        self.differing = totals.complete(self)
        rejects += totals.refuse_large(self)
        self._returns()
        rejects += self._by_keys()
        if self.form.of:
            rejects += self._unknown()
        rejects += totals.refuse_unpriced(self)
        self.differing += totals.keep_stated(self)
        self._returns()
        if not (self.form.dossier or self.form.of) and self.wishes.by_values:
            ordinals.find(self)
        rejects += totals.refuse_below_zero(self)
        rejects += twins.find(self, self._keys())
        rejects += twins.children(self)
        if self.form.dossier:
            references.find_staged(self)
            references.promise(self)
            rejects += references.refuse_unknown(self)
        rejects += required.refuse(self)
        rejects += references.refuse_unknown_records(self)
        if self.wishes.on_existing == "fail":
            rejects += self._existing()
        rejects += twins.follow(self)
        self._tell_below_zero()
        if self.wishes.create_customers and not self.form.dossier:
            references.make(self)
        return rejects

    def default(self, name: str, value: object) -> str:
        """SQL of what a new record has in a column that it does not state.

        An order below zero that names no type is a return: nothing else may be negative (domain.md 1.2).
        """
        by_amount = f"CASE WHEN {self.below_zero} THEN 'return' ELSE 'sale' END"
        return by_amount if self._of_sales(name) else sqlite.quoted(value)

    def _of_sales(self, name: str) -> bool:
        """Whether this is the type of orders whose amounts may tell it."""
        sale = self.wishes.defaults.get("type") == "sale"
        return name == "type" and sale and self.form.table == "sales_order" and "c_amount" in self.main.columns

    @property
    def below_zero(self) -> str:
        """SQL: a staged order is below zero, by its quantity where what came back cost nothing."""
        free = "s.c_amount = 0 AND s.c_quantity < 0" if "c_quantity" in self.main.columns else "0"
        return f"(s.c_amount < 0 OR {free})"

    def _tell_below_zero(self) -> None:
        if not self._of_sales("type"):
            return
        count = self.connection.exec_driver_sql(
            f"SELECT count(*) FROM {self.main.name} s WHERE s.id IS NULL AND s.state IS NULL AND {self.below_zero} "
            f"AND {self.stated_type} IS NULL"
        ).scalar_one()
        if count:
            self.notes.append(message("orders below zero without a type, taken as returns: {count}", count=count))

    @property
    def stated_type(self) -> str:
        """SQL of the type that a staged order states."""
        return "s.c_type" if "c_type" in self.main.columns else "NULL"

    def _returns(self) -> None:
        """A return with a positive amount counts negative, and is reported (decisions.md 21).

        Run again once the kept records are known: an order that is a return stays one where the sheet has no type.
        """
        if self.form.table != "sales_order":
            return
        signed = [column for column in ("c_amount", "c_cost", "c_quantity") if column in self.main.columns]
        if not signed:
            return
        kept = "(SELECT t.type FROM sales_order t WHERE t.id = s.id)"
        by_amount = self.default("type", "sale") if self._of_sales("type") else "NULL"
        pairs = ", ".join(f'"{column}" = -abs("{column}")' for column in signed)
        positive = " OR ".join(f's."{column}" > 0' for column in signed)
        self.returns += self.sql(
            f"UPDATE {self.main.name} AS s SET {pairs} "
            f"WHERE coalesce({self.stated_type}, {kept}, {by_amount}) = 'return' AND ({positive})"
        )

    def _by_keys(self) -> list[Reject]:
        rejects: list[Reject] = []
        for key in self.wishes.match or self.form.match:
            pairs = self._pairs(key)
            if pairs:
                self._match(key, pairs)
                text = message("fits several kept records by {key}", key=", ".join(key))
                rejects += self.rejected("s.hits > 1 AND s.state IS NULL", self.form.fields[key[0]], text)
        own = self.form.match if self.form.first_of else self.form.match[:1]
        for key in own if self.wishes.match else ():
            rejects += self._taken(key)
        if self.form.dossier and not self.wishes.match:
            rejects += self._other_code()
            self._by_name_alone()
        return rejects

    def _unknown(self) -> list[Reject]:
        """Lines of a record that is not kept: they make none (forms.md 1.1)."""
        item = self.form.fields[self.form.match[0][0]]
        said = message("no record with this number is kept: import it first, or with these lines")
        return self.rejected(
            f"s.id IS NULL AND s.state IS NULL AND NOT ({required.blank(self, item.name)})", item, said
        )

    def _pairs(self, key: Sequence[str]) -> list[tuple[str, str]] | None:
        """(stage column, SQL of the kept value) of a match key; None where a sheet does not state all of it."""
        found = {item.name: (column, item) for column, item in self.main.columns.items()}
        if any(name not in found for name in key):
            return None
        return [self._pair(item, column) for column, item in (found[name] for name in key)]

    def _pair(self, item: Field, column: str) -> tuple[str, str]:
        return ("c_name_key", 't."name_key"') if column == "c_name" else (column, self.kept(item))

    def _match(self, key: Sequence[str], pairs: Sequence[tuple[str, str]]) -> None:
        source, pairs = self._with_keys(pairs)
        same = self._equal(pairs)
        coded = "c_code" in self.main.columns and tuple(key) != ("code",)
        codeless = "AND s.c_code IS NULL" if coded and not self.wishes.match else ""
        staged = [column for column, _ in pairs]
        kept = f"AND coalesce(t.kind, '') NOT IN {PERSONS}" if "c_region" in staged and self.form.dossier else ""
        firms = f"AND {self.of_firms(staged)} {kept}" if not self.wishes.match else ""
        self.sql(
            f"UPDATE {self.main.name} SET id = f.id, hits = f.hits FROM (SELECT s.n, min(t.id) AS id, count(*) AS hits "
            f"FROM {self.main.name} s JOIN {source} t ON {same} WHERE s.id IS NULL "
            f"AND s.state IS NULL {codeless} {firms} GROUP BY s.n) f WHERE f.n = {self.main.name}.n"
        )

    def _with_keys(self, pairs: Sequence[tuple[str, str]]) -> tuple[str, Sequence[tuple[str, str]]]:
        """What kept records are joined from: their table, or of a form without one a copy of the keys with an index."""
        if self.main.table != elements.ENTRY:
            return self.main.table, pairs
        names = [f"k{number}" for number, _ in enumerate(pairs)]
        keys = ", ".join(f"{kept} AS {name}" for name, (_, kept) in zip(names, pairs, strict=True))
        self.sql("DROP TABLE IF EXISTS temp.kept_keys")
        self.sql(f"CREATE TEMP TABLE kept_keys AS SELECT t.id, {keys} FROM entry t WHERE {elements.of_form(self.form)}")
        self.sql(f"CREATE INDEX temp.kept_keys_values ON kept_keys ({', '.join(names)})")
        return "temp.kept_keys", [(staged, f"t.{name}") for name, (staged, _) in zip(names, pairs, strict=True)]

    def _equal(self, pairs: Sequence[tuple[str, str]]) -> str:
        """SQL: kept and staged values are the same.

        Values of a form without a table have no column type, nor has an index on them: + takes it from staged ones.
        """
        bare = "+" if self.main.table == elements.ENTRY else ""
        staged = (self.value(column) if column.startswith("r_") else f's."{column}"' for column, _ in pairs)
        return " AND ".join(f"{kept} = {bare}{value}" for (_, kept), value in zip(pairs, staged, strict=True))

    def _taken(self, key: Sequence[str]) -> list[Reject]:
        """Matched by other fields, a row may come to bear the key of another record: it is refused.

        What it does not state of the key is as it is kept.
        """
        stated = {item.name: column for column, item in self.main.columns.items() if item.name in key}
        if not stated:
            return []
        whole = [self._pair(self.form.fields[name], stated.get(name, "")) for name in key]
        source, pairs = self._with_keys(whole)
        same = self._equal([pair for pair in pairs if pair[0]])
        for (staged, value), (_, own) in zip(pairs, whole, strict=True):
            if not staged:
                same += f" AND {value} = (SELECT {own} FROM {self.main.table} t WHERE t.id = s.id)"
        where = f"s.state IS NULL AND EXISTS (SELECT 1 FROM {source} t WHERE {same} AND t.id IS NOT s.id)"
        labels = say(", ").join(str(self.form.fields[name].label) for name in key)
        told = message("another record has the same {fields}", fields=labels)
        text = told if len(key) > 1 else message("another record has this number")
        return self.rejected(where, self.form.fields[key[0]], text)

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
                rejects += self.rejected(where, self.main.columns[staged], text)
        return rejects

    def _by_name_alone(self) -> None:
        """Rows that state nothing to tell customers of one name apart match a kept one that states no more.

        A firm by its name; a person only where all that the row states is kept already (decisions.md 5).
        """
        if "c_name" not in self.main.columns:
            return
        person = self.form.fields["name"].pi == "P"
        apart = twins.PERSON_APART if person else twins.APART
        unstated = [f's."{c}" IS NULL' for c in apart if c in self.main.columns]
        plain = [f"t.{c.removeprefix('c_')} IS NULL" for c in twins.APART if c != "c_code" and not person]
        same = [f"({self._same(c, item)})" for c, item in self.main.columns.items() if person]
        where = " AND ".join(["s.id IS NULL", "s.state IS NULL", *unstated, *plain, *same])
        once = "" if person else "HAVING count(*) = 1"
        self.sql(
            f"UPDATE {self.main.name} SET id = f.id FROM (SELECT s.n, min(t.id) AS id FROM {self.main.name} s "
            f"JOIN customer t ON t.name_key = s.c_name_key WHERE {where} GROUP BY s.n {once}) f "
            f"WHERE f.n = {self.main.name}.n"
        )

    def _existing(self) -> list[Reject]:
        """Rows that are kept already, each told by the code or number it is kept under."""
        item = self.form.fields[self.form.match[0][0]] if self.form.match and len(self.form.match[0]) == 1 else None
        named = self.kept(item) if item and item.type != "ref" else "t.id"
        found = "s.id IS NOT NULL AND s.state IS NULL"
        rows = self.connection.exec_driver_sql(
            f"SELECT s.n, {named} FROM {self.main.name} s JOIN {self.main.table} t ON t.id = s.id WHERE {found}"
        ).all()
        return [
            reject
            for n, key in rows
            for reject in self.rejected(f"s.n = {int(n)}", None, message("exists already: {key}", key=key))
        ]

    def of_firms(self, key: Sequence[str], alias: str = "s.") -> str:
        """SQL: the row may be told by this key; name and region tell firms apart, never persons (decisions.md 5)."""
        if "c_region" not in key or self.form.fields["name"].pi != "P":
            return "1"
        if "c_kind" not in self.main.columns:
            return "0"
        return f"coalesce({alias}c_kind NOT IN {PERSONS}, 0)"

    def _same(self, column: str, item: Field) -> str:
        value = self.value(column)
        return f"""s."{column}" IS NULL OR {value} IS {self.kept(item)}"""

    def kept(self, item: Field) -> str:
        """SQL of a field's kept value: its column, or its key of `extra`."""
        return f't."{item.stored}"' if item.stored else sqlite.extra_value("t", item.kept)

    def _keys(self) -> list[list[str]]:
        """Stage columns of the match keys that the sheets state whole."""
        wanted = [*self.wishes.match, *self.form.match[:1]] if self.wishes.match else self.form.match
        pairs = [self._pairs(key) for key in wanted]
        return [[staged for staged, _ in found] for found in pairs if found]

    def masked(self, cells: Sequence[tuple[int, Field, str]], mask: Callable[[object, str], object]) -> list[Reject]:
        """Cells that look masked: that of the kept value means "not stated", any other is refused (decisions.md 15)."""
        rejects: list[Reject] = []
        for n, item, text in cells:
            kept = self.connection.exec_driver_sql(
                f"SELECT {self.kept(item)} FROM {self.main.name} s {self._joined(item)} WHERE s.n = ?", (n,)
            ).scalars()
            if text not in {mask(value, item.mask or "hide") for value in kept if value is not None}:
                rejects += self.rejected(f"s.n = {int(n)}", item, message("is masked, not the value itself"))
        return rejects

    def _joined(self, item: Field) -> str:
        """SQL that joins the kept row of a field to a staged record: its own, its person's or those of its group."""
        group = self.form.groups[item.group] if item.group else None
        if group is None or group.table is None:
            return f"JOIN {self.main.table} t ON t.id = s.id"
        if group.table == "contact":
            current = f"r.customer_id = s.id AND r.until IS NULL AND r.role = {sqlite.quoted(group.set['role'])}"
            return f"JOIN contact_role r ON {current} JOIN contact t ON t.id = r.contact_id"
        return f"JOIN {group.table} t ON {elements.belongs(self.form, group, 't', 's')}"

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

    def rejected(
        self,
        where: str,
        item: Field | None,
        text: Message,
        *,
        state: str = "rejected",
        values: Sequence[object] = (),
    ) -> list[Reject]:
        """Refuse the rows that a condition finds, for one reason; `values` are bound in it."""
        rows = self.connection.exec_driver_sql(
            f"UPDATE {self.main.name} AS s SET state = '{state}' WHERE {where} "
            f"RETURNING source_id, source_row, {self._told(item)}",
            tuple(values),
        ).all()
        return [self.reject(row[0], row[1], item, text, row[2]) for row in rows]

    def _told(self, item: Field | None) -> str:
        """SQL of what a staged row states for a field kept as text."""
        column = stage_column(item) if item and item.type in {"text", "ref"} else ""
        return f"""nullif("{column}", x'')""" if column in self.main.columns and not column.startswith("r_") else "NULL"

    def rejected_rows(self, where: str, column: str) -> list[tuple[Any, int, int]]:
        """Refuse the rows that a condition finds: (value of a stage column, source, row) of each."""
        rows = self.connection.exec_driver_sql(
            f"UPDATE {self.main.name} AS s SET state = 'rejected' WHERE {where} AND s.state IS NULL "
            f'RETURNING "{column}", source_id, source_row'
        ).all()
        return [(row[0], row[1], row[2]) for row in rows]

    def rejected_groups(self, groups: Iterable[int], text: str) -> list[Reject]:
        """Refuse rows that are one record and contradict each other: each is told another row of its group."""
        rejects: list[Reject] = []
        for group in sorted(groups):
            rows = self.connection.exec_driver_sql(
                f"UPDATE {self.main.name} SET state = 'rejected' "
                f"WHERE n = ? OR twin = ? RETURNING n, source_id, source_row",
                (group, group),
            ).all()
            first, *others = sorted(rows)
            rejects += [self.reject(row[1], row[2], None, message(text, row=first[2])) for row in others]
            rejects.append(self.reject(first[1], first[2], None, message(text, row=others[0][2])))
        return rejects

    @staticmethod
    def reject(source: int, row: int, item: Field | None, text: Message, value: str | None = None) -> Reject:
        """A Reject of a staged row."""
        return Reject(source, row, item.name if item else None, text, value)
