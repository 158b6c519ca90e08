"""What a text may mean among the labels of a form, and what a chain of them comes to (forms.md 3.1)."""

import re
from dataclasses import dataclass

from custcli.domain.forms import Field, Form, Group
from custcli.messages import Message

BARE_YEAR = re.compile(r"(?:19|20|21)\d\d")
NEUTRAL = frozenset(
    [
        "基本信息",
        "基本情况",
        "基本资料",
        "基础信息",
        "基础资料",
        "客户信息",
        "客户资料",
        "客户情况",
        "企业信息",
        "单位信息",
    ],
) | {"公司信息", "其他信息", "信息", "其他", "其它", "basicinformation", "basics", "general", "details"}
"""Group headings that say nothing of whom the labels below are."""


@dataclass(frozen=True)
class Meaning:
    """What a text names: a group, a key of it, a field (whole name) or a composite, in any mixture."""

    group: str | None = None
    key: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class Target:
    """Where values go: a field, its path (`man.need.verdict`), the key in it, the composite it is a part of."""

    field: Field
    path: str
    key: str | None = None
    composite: str | None = None


@dataclass(frozen=True)
class Resolution:
    """What a chain of headings means.

    `known` is False where nothing was recognised; `targets` has several entries for a composite and none where
    there is a `problem`. `unit`: yuan for one; for percentages 100 under a % sign; `bare`: one label without group
    and key; `exact`: nothing was cut off to recognise it; `group`: the group that the chain names.
    """

    known: bool = False
    targets: tuple[Target, ...] = ()
    problem: Message | None = None
    unit: int | None = None
    bare: bool = False
    exact: bool = True
    group: str | None = None


UNKNOWN = Resolution()


@dataclass(frozen=True)
class Piece:
    """A text taken apart: the chain of labels in it, what its bracket says, whether nothing was cut off."""

    chain: tuple[frozenset[Meaning], ...]
    inner: str = ""
    exact: bool = True


def several(form: Form) -> list[Group]:
    """The groups of which a record has several, beside those whose elements are the rows of its sheet."""
    return [group for group in form.groups.values() if group.table and group.many and group.name != form.rows]


def bare_year(text: str) -> bool:
    """Whether a text is nothing but a year's number: a label only beside another one."""
    return BARE_YEAR.fullmatch(text.strip()) is not None


def field_labels(item: Field) -> tuple[str, ...]:
    """What people call a field, its former names too; the English name of one that lies in no group."""
    own = (item.zh, item.en, *item.also, *item.was, "" if "." in item.name else item.name)
    return tuple(text for text in own if text)


def group_labels(group: Group) -> tuple[str, ...]:
    """What people call a group."""
    return tuple(text for text in (group.zh, group.en, *group.also, group.name) if text)
