"""Where the fields of a form lie in the tables, said as SQL."""

from datetime import date

from custcli.db import elements, runs, sqlite, verdicts
from custcli.db.hidden import hidden_as
from custcli.domain.forms import Field, Form, Group
from custcli.domain.layout import Placed

VERDICTS = {"abc_class": "abc", "tier": "tier"}
"""What a field tells of a stored run → the column of the run's rows."""
LAST_DAY = "9999-12-31"
PRECISION = "_precision"
"""Behind the key of a field read as `since`: the key of `extra` that says how exactly the day is known."""


class Reach:
    """SQL of the fields of one form.

    The form's own table is `t`; the tables of groups and the customers referred to are joined when a field of theirs is
    asked for, so `value` comes before `source`. `day`: assessments dated later are not seen (decisions.md 1).
    `element`: the alias of the lines where each of them is told by itself (`order_lines`), the same in every query.
    """

    def __init__(self, form: Form, day: date | None = None) -> None:
        self.form = form
        self.day = day.isoformat() if day else LAST_DAY
        self.parameters: list[object] = []
        self._aliases: dict[tuple[str, str | None], str] = {}
        self._joins: list[str] = []
        self.element: str | None = None
        if form.of and form.rows:
            self.element = self._join(form.groups[form.rows], None, self._named((form.rows, None)))

    @property
    def source(self) -> str:
        """What stands behind FROM; its values are `parameters`."""
        return " ".join((f'"{self.form.table}" t', *self._joins))

    @property
    def joined(self) -> bool:
        """Whether any field asked for lies in another table."""
        return bool(self._joins)

    def value(self, place: Placed) -> str:
        """SQL of a field as it is stored; of a customer referred to its code, or what the field's name ends with."""
        item = place.field
        if place.path == "customer_kind":
            return hidden_as(self.referred(place) if item.type == "ref" else "t")
        if item.derived in VERDICTS:
            return f"{self._judged()}.{VERDICTS[item.derived]}"
        if item.type == "ref" and item.to == "customer":
            return f"{self.referred(place)}.{shown_of_reference(item)}"
        return self.stored(place)

    def stored(self, place: Placed) -> str:
        """SQL of a field as it is stored; of a customer referred to its id."""
        return self._column(self.alias(place), place.field)

    def shown(self, place: Placed) -> str:
        """SQL of a field, of the one that stands in for it while it is blank (forms.md 1.2, fallback)."""
        other = self.form.fields.get(place.field.fallback or "")
        value = self.value(place)
        return f"coalesce({value}, {self.value(Placed(0, '', other, other.name))})" if other else value

    def referred(self, place: Placed) -> str:
        """The alias of the customer that a field refers to."""
        column = self.stored(place)
        known = (column, "customer")
        if known not in self._aliases:
            alias = self._named(known)
            self._joins.append(f"LEFT JOIN customer {alias} ON {alias}.id = {column}")
        return self._aliases[known]

    def _judged(self) -> str:
        """The alias of the classes by the latest stored run up to the day; customers it does not rank have none."""
        known = ("run", None)
        if known not in self._aliases:
            alias, run = self._named(known), runs.LATEST_RUN.replace("?", f"'{self.day}'")
            self._joins.append(f"LEFT JOIN {verdicts.rows(f'({run})')} {alias} ON {alias}.customer_id = t.id")
        return self._aliases[known]

    def precision(self, place: Placed) -> str:
        """SQL of how exactly a day since when is known."""
        return sqlite.extra_value(self.alias(place), place.field.kept + PRECISION)

    def column(self, item: Field) -> str:
        """SQL of a field of the form's own table as it is stored."""
        return self._column("t", item)

    def _column(self, alias: str, item: Field) -> str:
        return f'{alias}."{item.stored}"' if item.stored else sqlite.extra_value(alias, item.kept)

    def alias(self, place: Placed) -> str:
        """The alias of the table in which a field lies."""
        group = table_group(self.form, place.field)
        if group is None:
            return "t"
        known = (group.name, place.key)
        return self._aliases.get(known) or self._join(group, place.key, self._named(known))

    def _named(self, known: tuple[str, str | None]) -> str:
        return self._aliases.setdefault(known, f"j{len(self._aliases) + 1}")

    def _join(self, group: Group, key: str | None, alias: str) -> str:
        if group.table == "contact":
            self._person(group, key, alias)
        elif group.history:
            self._latest(group, key, alias)
        elif group.many and key is not None:
            inner = f"SELECT o.id FROM {group.table} o WHERE {elements.belongs(self.form, group, 'o')}"
            nth = f"ORDER BY o.id LIMIT 1 OFFSET {int(key) - 1}"
            self._joins.append(f"LEFT JOIN {group.table} {alias} ON {alias}.id = ({inner} {nth})")
        else:
            keyed = f" AND {elements.key(group, alias)} = ?" if group.key else ""
            self._joins.append(
                f'LEFT JOIN "{group.table}" {alias} ON {elements.belongs(self.form, group, alias)}{keyed}'
            )
            self.parameters += [elements.key_value(group, key)] if group.key else []
        return alias

    def _person(self, group: Group, key: str | None, alias: str) -> None:
        """Who holds the role now; of several persons in the role of one the first, else the one of this ordinal."""
        role = f"{alias}_role"
        every = group.many and key is None
        inner = "SELECT o.id FROM contact_role o WHERE o.customer_id = t.id AND o.role = ? AND o.until IS NULL"
        one = (
            "" if every else f" ORDER BY {'o.contact_id' if group.many else 'o.id'} LIMIT 1 OFFSET {int(key or 1) - 1}"
        )
        self._joins.append(
            f"LEFT JOIN contact_role {role} ON {role}.id {'IN' if every else '='} ({inner}{one}) "
            f"LEFT JOIN contact {alias} ON {alias}.id = {role}.contact_id"
        )
        self.parameters.append(group.set["role"])

    def _latest(self, group: Group, key: str | None, alias: str) -> None:
        """What is in force: the latest row of the key, or of all keys where none is given."""
        named = key not in (None, "*")
        one = f"AND {elements.key(group, 'o')} = ? " if named else ""
        dated = elements.member(self.form, group, str(group.history), "o")
        last = f"{dated} <= ? ORDER BY {dated} DESC, o.id DESC LIMIT 1"
        self._joins.append(
            f'LEFT JOIN "{group.table}" {alias} ON {alias}.id = '
            f'(SELECT o.id FROM "{group.table}" o WHERE {elements.belongs(self.form, group, "o")} {one}AND {last})'
        )
        self.parameters += [key, self.day] if named else [self.day]


def table_group(form: Form, item: Field) -> Group | None:
    """The group in whose own table a field lies; None where it lies in the form's."""
    group = form.groups.get(item.group or "")
    return group if group and group.table else None


def shown_of_reference(item: Field) -> str:
    """What a reference shows of the customer: `customer_name` the name, others the code."""
    return "name" if item.name.endswith("_name") else "code"
