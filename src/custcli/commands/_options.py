"""Options that several commands share: which customers, which period, which currency, how many rows."""

from typing import Annotated, Literal

import typer

Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
]
Currency = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
]
Months = Annotated[int | None, typer.Option("--months", metavar="N", help="The period: so many months up to the day")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day of the period")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day of the period")]
AllTime = Annotated[bool, typer.Option("--all-time", help="All orders up to the day")]
PeriodLength = Annotated[Literal["month", "quarter", "year"], typer.Option("--by", help="Length of the periods")]
