"""How answers about customers of every kind show names: a person's is masked, a firm's is not (cli.md 1.6)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from custcli.domain.masking import mask
from custcli.grid import Column, Kind

if TYPE_CHECKING:
    from custcli.context import Context
    from custcli.domain.forms import Form

_OPEN = "none"


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
