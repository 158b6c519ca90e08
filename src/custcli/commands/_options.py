"""Options that several commands share: which customers, which period, how they are ranked, what rates value has."""

from typing import Annotated, Literal

import typer

Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="So many rows; 0 is all")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="TERM", help="Only customers that fit, as region=华东")
]
Currency = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Which currency, where there are several")
]
Months = Annotated[
    int | None, typer.Option("--months", metavar="N", min=1, help="The period: so many months up to the day")
]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day of the period")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day of the period")]
AllTime = Annotated[bool, typer.Option("--all-time", help="All orders up to the day")]
PeriodLength = Annotated[Literal["month", "quarter", "year"], typer.Option("--by", help="Length of the periods")]
By = Annotated[
    Literal["value", "sales", "profit", "quantity", "orders", "payments", "potential", "lifetime", "score"],
    typer.Option("--by", help="What customers are ranked by"),
]
Cut = Annotated[
    str | None,
    typer.Option("--cut", metavar="A,B", help="Classes: up to which percent of the total: 80,95 70,90 55,85"),
]
Tiers = Annotated[
    str | None,
    typer.Option("--tiers", metavar="K,M,O", help="Tiers: up to which percent of the customers: 1,5,20 1,20,50"),
]
Boundary = Annotated[
    Literal["end", "start"] | None,
    typer.Option("--boundary", help="The share with the customer or before it decides"),
]
KeepTies = Annotated[bool, typer.Option("--keep-ties", help="Equal amounts stay together")]
Within = Annotated[Literal["region", "owner", "kind"] | None, typer.Option("--within", help="Rank inside each group")]
Discount = Annotated[str | None, typer.Option("--discount", metavar="RATE", help="Discount a year, as 0.10")]
Retention = Annotated[
    str | None,
    typer.Option("--retention", metavar="RATE", help="Retention a year, as 0.8, instead of the class's own"),
]
Margin = Annotated[str | None, typer.Option("--margin", metavar="RATE", help="Margin where cost is unknown, as 0.30")]
RfmVariant = Annotated[
    Literal["closed", "plus-one", "ranked"] | None,
    typer.Option(
        "--rfm-variant", help="How rfm parts: quantiles, those of the R package, or orders by rank, in equal parts"
    ),
]
RfmScores = Annotated[
    int | None, typer.Option("--rfm-scores", metavar="N", min=2, max=9, help="rfm: scores from 1 to N, usually 5")
]
RCuts = Annotated[
    str | None, typer.Option("--r-cuts", metavar="D,D,D,D", help="rfm: cut points in days instead of quantiles")
]
FCuts = Annotated[
    str | None, typer.Option("--f-cuts", metavar="N,N,N,N", help="rfm: cut points in orders instead of quantiles")
]
MCuts = Annotated[
    str | None, typer.Option("--m-cuts", metavar="N,N,N,N", help="rfm: cut points in yuan instead of quantiles")
]
Files = Annotated[list[str], typer.Argument(help="Files or folders; - reads standard input", metavar="FILE...")]
As = Annotated[str | None, typer.Option("--as", metavar="FORM", help="Read every sheet as this form")]
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="HEADING=FIELD", help="What a heading means; blank: nothing")
]
Columns = Annotated[
    str | None, typer.Option("--columns", metavar="FIELD,...", help="The columns of a file without a heading row")
]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="E", help="Encoding of a csv file")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", metavar="D", help="Delimiter of a csv file")]
