"""Why a customer is in its band: class, tier and key customer against what people noted (R7)."""

from typing import TYPE_CHECKING

from custcli.messages import message
from custcli.services.bands import BANDS, reckoned
from custcli.services.explain.classes import Stand
from custcli.services.explain.facts import Fact, Section
from custcli.services.names import TIERS

if TYPE_CHECKING:
    from custcli.db.figures import Shown


def banded(found: Stand, who: "Shown") -> Section:
    """The band reckoned beside the one noted."""
    ranking, at = found.ranking, found.index
    abc, tier = (None, None) if at is None else (str(ranking.abc[at]), str(ranking.tiers[at]))
    band, differs = reckoned(who.triage, abc, tier, key=bool(who.is_key))
    nothing = message("not ranked")
    noted = message(BANDS.get(who.triage, who.triage)) if who.triage else None
    facts = [
        Fact("noted_band", message("Band noted"), who.triage, noted),
        Fact("band", message("Band"), band, message(BANDS[band])),
        Fact("differs", message("Differs"), differs),
        Fact("class", message("Class"), abc, None if abc else nothing),
        Fact("tier", message("Tier"), tier, message(TIERS[tier]) if tier else nothing),
        Fact("key", message("Key customer"), bool(who.is_key)),
    ]
    rule = message(
        "R7: important are class A, the first two tiers and key customers; "
        "special is what people note; others are general."
    )
    title = message("band {verdict} by rule R7", verdict=message(BANDS[band]))
    return Section("band", band, "R7", title, facts, [rule])
