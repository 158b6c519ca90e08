"""How an import wants its rows treated."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wishes:
    """`match` overrides the form's match keys; `prefixes` gives a region's code prefix, `prefix` any other's.

    `by_values`: rows without a number that say the same as kept ones are those (decisions.md 6).
    `cards`: a record of a form with a card has one, also where it says nothing for it.
    `any_sign`: an order may be below zero whatever its type, since the user states the type of all of them.
    `makes_customers`: whether the user could have asked for customers to be made on the way.
    `day` (ISO) dates what came without a date; `defaults` are columns' values for new records.
    """

    on_existing: str = "update"
    create_customers: bool = False
    clear: bool = False
    by_values: bool = True
    cards: bool = True
    any_sign: bool = False
    makes_customers: bool = True
    day: str = ""
    match: tuple[tuple[str, ...], ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    prefix: str = "C"
    digits: int = 6
    prefixes: Mapping[str, str] = field(default_factory=dict)
