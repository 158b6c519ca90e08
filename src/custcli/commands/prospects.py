"""custcli prospects: the prospects by grade."""

from typing import Annotated, Literal

import typer

from custcli.commands._options import Limit, Where
from custcli.views import show


def prospects(
    ctx: typer.Context,
    grade: Annotated[Literal["A", "B", "C", "D"] | None, typer.Option("--grade", help="Only this grade")] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Also those that may still turn out to be of the grade")
    ] = False,
    man: Annotated[
        str | None, typer.Option("--man", metavar="M+A+N", help="Only these letters: small for no, ? for unknown")
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="Only this stage of the follow-up")
    ] = None,
    where: Where = None,
    limit: Limit = None,
) -> None:
    """List prospects by grade, expected amount and next follow-up, with what to do next.

    Examples:
      custcli prospects --grade A
      custcli prospects --man M+a+N --where region=华东
    """
    from custcli.services.prospects import Asked, listing

    asked = Asked(grade, provisional, man, stage, where or (), limit)
    show(ctx.obj, listing(ctx.obj, asked))
