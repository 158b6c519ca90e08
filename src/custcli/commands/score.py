"""custcli score: customers by criteria and weights of one's own, and who is a key customer."""

from typing import Annotated

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def score(
    ctx: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(help="Customers by code or name", metavar="[CODE...]")] = None,
    scheme: Annotated[
        str, typer.Option("--scheme", metavar="FORM", help="Whose criteria and weights: a form with a section score")
    ] = "key_score",
    key: Annotated[
        bool, typer.Option("--key", help="Only key customers: by score and reason, not reviewed away")
    ] = False,
    due: Annotated[bool, typer.Option("--due", help="Only key customers whose review is due")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write key customer and reason, in one change")] = False,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """Score customers by the latest rating of a scheme, with the points of each group, and say who is a key customer.

    A key customer has a score from the threshold on, a reason, and no veto; --apply writes it on the dossier.
    Reviews are records of the form reviews; ratings those of key_score, dealer_score, partner_score or a form of
    your own.

    Examples:
      custcli add key_score customer=HB-000001 difference=4 worth=4 ...
      custcli score --key
      custcli score --scheme dealer_score --where region=华东
      custcli score --due
    """
    from custcli.services.score import Asked, scored

    show(ctx.obj, scored(ctx.obj, Asked(codes or (), scheme, where or (), key, due, apply, limit)))
