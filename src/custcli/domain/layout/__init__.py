"""Recognition of sheets: labels to fields, heading to table, sheet to form (forms.md 3). Pure: cells in, places out."""

from custcli.domain.layout.body import Body
from custcli.domain.layout.choose import recognise
from custcli.domain.layout.labels import EVERY_KEY, REJECT_REASON
from custcli.domain.layout.place import place
from custcli.domain.layout.placed import (
    CARD_SHEET,
    CardRecord,
    Cards,
    Fixed,
    LeftOver,
    Placed,
    Problem,
    Recognition,
    Score,
    Table,
)

body = Body

__all__ = [
    "CARD_SHEET",
    "EVERY_KEY",
    "REJECT_REASON",
    "Body",
    "CardRecord",
    "Cards",
    "Fixed",
    "LeftOver",
    "Placed",
    "Problem",
    "Recognition",
    "Score",
    "Table",
    "body",
    "place",
    "recognise",
]
