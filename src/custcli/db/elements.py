"""Where the records of forms without a table and the elements of groups lie, said as SQL (forms.md 1.6).

Records of users' forms are rows of `entry`, and so are the elements of users' groups, each with its parent.
"""

from custcli.db import sqlite
from custcli.domain.forms import Form, Group

ENTRY = "entry"
PARENTS = {"order_line": "order_id", ENTRY: "parent_id"}
"""The column that points to the parent where it is not customer_id."""


def parent_column(table: str) -> str:
    """The column of a group's table that points to the record."""
    return PARENTS.get(table, "customer_id")


def belongs(form: Form, group: Group, alias: str, record: str = "t") -> str:
    """SQL: the row `alias` of the group's table is an element of the record `record`."""
    return f"{alias}.{parent_column(str(group.table))} = {record}.id{of_group(form, group, alias)}"


def of_group(form: Form, group: Group, alias: str) -> str:
    """SQL that follows a condition: the row is one of this group, where several groups share a table."""
    if group.table != ENTRY:
        return ""
    return f" AND {alias}.parent_table = '{form.table}' AND {alias}.group_name = '{group.name}'"


def of_form(form: Form, alias: str = "t") -> str:
    """SQL: the row of the form's table is one of its records, where several forms share `entry`."""
    return f"{alias}.form = '{form.name}' AND {alias}.parent_table IS NULL" if form.table == ENTRY else "1"


def key(group: Group, alias: str) -> str:
    """SQL of the key of an element of a keyed group."""
    return f"{alias}.key_text" if group.table == ENTRY else f'{alias}."{group.key}"'


def key_value(group: Group, word: str | None) -> object:
    """A key as it is stored: years are numbers in tables of their own."""
    return int(str(word)) if group.keys == "year" and group.table != ENTRY else word


def member(form: Form, group: Group, name: str, alias: str) -> str:
    """SQL of a field of the group by its name in it."""
    item = form.fields.get(f"{group.name}.{name}")
    return sqlite.extra_value(alias, item.kept) if item and not item.stored else f'{alias}."{name}"'
