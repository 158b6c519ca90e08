"""How answers name customers of every kind, a person's name masked, a firm's not (cli.md 1.6), and their tiers."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from custcli.domain.masking import mask
from custcli.grid import Column, Kind
from custcli.messages import tier_names

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.db import Connection
    from custcli.domain.forms import Form

_OPEN = "none"
_NAMES = {
    "key": {"key": "Key", "major": "Major", "ordinary": "Ordinary", "small": "Small"},
    "vip": {"key": "VIP", "major": "Main", "ordinary": "Regular", "small": "Minor"},
}


class _Tiers(Mapping[str, str]):
    """How people call the tiers: by the set of names that the settings choose (F097)."""

    def __getitem__(self, word: str) -> str:
        return _NAMES[tier_names()][word]

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES["key"])

    def __len__(self) -> int:
        return len(_NAMES["key"])


TIERS = _Tiers()


def masks(forms: Mapping[str, "Form"]) -> dict[str | None, str]:
    """Kind of customer → mask of its name.

    Of a customer without a kind the core record is open; where there is a prospect card (kind `prospects`) its form
    decides (domain.md 1.3, 1.11).
    """
    dossiers = [form for form in forms.values() if form.dossier]
    kinds: dict[str | None, str] = {word: _OPEN for form in dossiers for word in form.values.get("kinds", {})}
    own = {form.set.get("kind", form.name): form.fields["name"].mask or _OPEN for form in dossiers}
    return {None: _OPEN} | kinds | own


def name_column(forms: Mapping[str, "Form"]) -> Column:
    """The names of an answer that has the customers' kinds in a column, which is its `mask_by`."""
    return Column("name", "Customer name", masks=masks(forms))


def kind_column(forms: Mapping[str, "Form"]) -> Column:
    """The kinds of customers, with their labels."""
    labels = {word: choice.label for form in forms.values() for word, choice in form.values.get("kinds", {}).items()}
    return Column("kind", "Dossier kind", Kind.TOKEN, labels=labels)


HIDDEN_NAME = Column("name", "Customer name", masks={None: _OPEN})
"""The names of an answer without kinds: `namer` has masked them; that it has masks makes a reveal be noted."""


def namer(ctx: "Context") -> Callable[[str, str | None], str]:
    """What makes of a name and its customer's kind the name that may be shown."""
    if ctx.reveal:
        return lambda name, _kind: name
    how = masks(ctx.forms)
    usual = how.get(None, _OPEN)

    def shown(name: str, kind: str | None) -> str:
        chosen = how.get(kind, usual)
        return name if chosen == _OPEN else mask(name, chosen) or ""

    return shown


def coded(ctx: "Context", connection: "Connection", column: Column, codes: Iterable[object]) -> Column:
    """The column of these codes of customers, which people read with the names beside, as they may see them."""
    from custcli.db.score import who

    name_of, wanted = namer(ctx), json.dumps([code for code in codes if code is not None])
    found = who(connection, ("t.code IN (SELECT value FROM json_each(?))", [wanted]))
    labels = {each.code: f"{each.code} {name_of(each.name, each.hidden_as)}" for each in found}
    return replace(column, kind=Kind.TOKEN, labels=labels, masks=HIDDEN_NAME.masks)
