"""The paper form: the `[card] rows` of a form laid out as cells, empty or filled (forms.md 1.7; domain.md F018)."""

from custcli.domain.paper.parts import PAGE_HEIGHT, PAGE_WIDTH, Card, Cell, Content, Paper, Role, Text
from custcli.domain.paper.sheet import lay_out
from custcli.domain.paper.texts import written

__all__ = [
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "Card",
    "Cell",
    "Content",
    "Paper",
    "Role",
    "Text",
    "lay_out",
    "written",
]
