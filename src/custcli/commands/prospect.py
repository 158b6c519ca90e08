"""custcli prospect: assess one prospect."""

from typing import Annotated

import typer

from custcli.context import day_of
from custcli.views import show


def prospect(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="The customer's code", metavar="CODE")],
    money: Annotated[str | None, typer.Option("--money", metavar="yes|no|unknown|0-100", help="Can it pay (M)")] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", metavar="yes|no|unknown|0-100", help="Does it decide (A)")
    ] = None,
    need: Annotated[
        str | None, typer.Option("--need", metavar="yes|no|unknown|0-100", help="Does it need the product (N)")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help="What the letters are based on")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day of the assessment")] = None,
) -> None:
    """Assess a prospect by money, authority and need (MAN); without letters show its assessment.

    Examples:
      custcli prospect C-000001 --money yes --authority no --need yes --evidence 总工程师反对
      custcli prospect C-000001
    """
    from custcli.services.prospects import Given, assessment

    given = Given(money, authority, need, evidence, day_of(on, "--on"))
    show(ctx.obj, assessment(ctx.obj, code, given))
