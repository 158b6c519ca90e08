"""What a form is once it is read (forms.md 1): its fields, groups, composites and lists, complete and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from custcli import messages


def _label(item: "Choice | Field | Group | Form") -> str:
    return item.zh if messages.language() == "zh" else item.en or item.zh


@dataclass(frozen=True)
class Choice:
    """An allowed word: `word` is stored and typed, the labels are what people write (forms.md 1.3)."""

    word: str
    zh: str
    en: str = ""
    also: tuple[str, ...] = ()
    implies: Mapping[str, str] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    hidden: bool = False

    label = property(_label)


HELD_UNTIL = "held_until"
"""What computes the day on which a person gave a role up: `export all` tells it, and import takes it back."""
PROFIT = "profit"
"""What computes the profit of an order or a line: a sheet that states it instead of the cost states the cost."""


@dataclass(frozen=True)
class Field:
    """One field (forms.md 1.2). `name` is the whole name: `legal_rep.name`, `yearly_sales.amount`, `region`."""

    name: str
    zh: str
    type: str
    pi: str
    en: str = ""
    also: tuple[str, ...] = ()
    group: str | None = None
    values: str | None = None
    open: bool = False
    to: str | None = None
    check: str | None = None
    read: str | None = None
    min: int | str | None = None
    max: int | str | None = None
    max_length: int | None = None
    unit: str | None = None
    required: bool = False
    recommended: bool = False
    weight: int = 1
    mask: str | None = None
    default: str | int | bool | None = None
    default_rule: str | None = None
    fallback: str | None = None
    stands_for: str | None = None
    """The field of the same group in whose place a sheet that lacks it gives this one (a product's number)."""
    derived: str | None = None
    off: bool = False
    index: bool = False
    store: str = "column"
    column: str | None = None
    sheet: bool = False
    carry: bool = False
    printed: bool = False
    next: str | None = None
    at: str | None = None
    aside: bool = False
    was: tuple[str, ...] = ()

    label = property(_label)

    @property
    def key(self) -> str:
        """The name inside its group: `name` of `legal_rep.name`."""
        return self.name.rpartition(".")[2]

    @property
    def taken(self) -> bool:
        """Whether its values on a sheet are taken: not where it is off, or computed from what is kept."""
        return not self.off and self.derived in {None, HELD_UNTIL, PROFIT}

    @property
    def stored(self) -> str | None:
        """The column that holds it, or None where it is a key of the table's `extra`."""
        return None if self.store == "extra" else self.column or self.key

    @property
    def refers(self) -> bool:
        """Whether it names another customer."""
        return self.type == "ref" and self.to == "customer"

    @property
    def kept(self) -> str:
        """The name under which a field without a column is kept in `extra`."""
        return self.column or self.key


@dataclass(frozen=True)
class Group:
    """Fields that belong together (forms.md 1.4). Without `table` it only groups labels."""

    name: str
    zh: str
    en: str = ""
    also: tuple[str, ...] = ()
    table: str | None = None
    set: Mapping[str, str] = field(default_factory=dict)
    many: bool = False
    key: str | None = None
    keys: str | None = None
    key_labels: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    order: str | None = None
    history: str | None = None
    expect: int | None = None
    alone: str | None = None

    label = property(_label)


@dataclass(frozen=True)
class Composite:
    """One label on paper, several fields (forms.md 1.5)."""

    name: str
    zh: str
    read: str
    into: tuple[str, ...]
    en: str = ""
    also: tuple[str, ...] = ()

    label = property(_label)


@dataclass(frozen=True)
class Scheme:
    """How the records of a form are scored (R10, R11): what each group weighs, of 100 together or in proportion.

    `threshold`: from which score a customer is key (None: this scheme makes nobody key). `vetoes`: field → at most
    this is a veto. `suspect`: group → field with yes or no; the group's points that rise while it says yes call for a
    check. After `months` a rating is stale (0: never), `review_months` after rating or review the next one is due.
    """

    weights: Mapping[str, int]
    threshold: int | None = None
    vetoes: Mapping[str, int] = field(default_factory=dict)
    suspect: Mapping[str, str] = field(default_factory=dict)
    months: int = 0
    review_months: int = 3


@dataclass(frozen=True)
class Form:
    """A dossier kind or a register, complete: base, parts and groups taken in."""

    name: str
    version: int
    zh: str
    table: str
    en: str = ""
    also: tuple[str, ...] = ()
    set: Mapping[str, str] = field(default_factory=dict)
    match: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    first_of: tuple[tuple[str, ...], ...] = ()
    """Alternatives of which a record keeps the first that is stated."""
    latest: tuple[str, ...] = ()
    """Of records alike in these fields only the latest is counted."""
    rows: str | None = None
    of: str | None = None
    checks: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    composites: Mapping[str, Composite] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    card: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    """What headings mean by an import's profile, before the form's own labels; "" is passed over."""
    referred: Mapping[str, "Form"] = field(default_factory=dict)
    """The forms whose records fields of this one name by their number; these know none in turn."""
    unit: int | None = None
    """Yuan for one of amounts on a sheet that names no unit, by an import's profile."""
    scheme: Scheme | None = None

    label = property(_label)

    @property
    def dossier(self) -> bool:
        """Whether its records are customers (a dossier kind), not rows of a register."""
        return self.table == "customer"

    @property
    def number(self) -> Field | None:
        """What identifies a record by itself: the one field of the first match key."""
        alone = self.match[0] if self.match else ()
        return self.fields.get(alone[0]) if len(alone) == 1 else None

    def choices(self, item: Field) -> Mapping[str, Choice]:
        """The allowed words of a field, by word; empty where it has no list."""
        return self.values[item.values] if item.values else {}

    def offered(self, item: Field) -> str:
        """The words of a field that people may choose, as a sentence names them."""
        return " / ".join(choice.label for choice in self.choices(item).values() if not choice.hidden)

    def of_group(self, group: str | None) -> list[Field]:
        """The fields of one group, or those of no group."""
        return [item for item in self.fields.values() if item.group == group]
