"""A paper form to a workbook: personal data is masked on the way, as in every answer."""

from typing import TYPE_CHECKING, cast

from custcli.domain.paper import Card, Content, Paper, Text, lay_out
from custcli.messages import message, say
from custcli.views import say_done
from custcli.views.masked import masked
from custcli.views.wishes import Wishes

if TYPE_CHECKING:
    from custcli.files.write_card import CardPage


def save(ctx: Wishes, card: Card) -> None:
    """Write the card to the file that the run names: one sheet, or one for each copy."""
    from custcli.files.atomic import replacing
    from custcli.files.write_card import write_cards

    (grid,) = masked(ctx, [card.grid])
    values = {str(path): cast("Text", text) for path, text, *_ in grid.rows}
    paper = lay_out(card.form, Content(values, card.keys, card.elements))
    with replacing(str(ctx.output), force=ctx.force) as part:
        write_cards(part, _pages(ctx, card, paper), f"{card.form.name} {card.form.version}")
    say_done(ctx, message("Written: {path}", path=ctx.output))


def _pages(ctx: Wishes, card: Card, paper: Paper) -> "list[CardPage]":
    from custcli.files.write_card import CardPage

    if not card.copies:
        return [CardPage(card.name, paper)]
    printed = say("Printed on {day}", day=ctx.day)
    count = len(card.copies)
    return [
        CardPage(
            str(keeper), paper, say("Copy {number} of {count}: {keeper}", number=n, count=count, keeper=keeper), printed
        )
        for n, keeper in enumerate(card.copies, 1)
    ]
