"""Shell completion: what may be offered for the word that is being written (no command of its own)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from custcli.context import Context


def complete(run: "Context", place: str, words: Sequence[str], start: str) -> list[str]:
    """The words that may stand at `place` behind `words` and begin with `start`."""
    from custcli.services.complete import candidates

    return candidates(run, place, words, start)
