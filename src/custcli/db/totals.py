"""Orders and their lines: amounts that follow from others are filled in, stated ones compared (domain.md 1.13)."""

from typing import TYPE_CHECKING

from custcli.db.staging import Part
from custcli.domain.readers import LARGEST
from custcli.messages import message

if TYPE_CHECKING:
    from custcli.db.match import Match, Reject

SUMMED = ("amount", "cost", "quantity")
CENT = 100
"""Lines and totals may differ by 0.01 yuan before it is told."""


def complete(match: "Match") -> int:
    """Line = quantity × price × (1 − discount), order = sum of its lines, each where it is not stated.

    Returns how many stated amounts differ from that by more than 0.01 yuan; they are kept as stated.
    """
    lines = match.stage.parts.get("lines")
    if match.form.table != "sales_order" or lines is None:
        return 0
    differing = _lines(match, lines)
    for name in SUMMED:
        if f"c_{name}" in lines.columns:
            differing += _sum(match, lines, name)
    return differing


def _lines(match: "Match", lines: Part) -> int:
    if not {"c_quantity", "c_unit_price"} <= set(lines.columns):
        return 0
    match.stage.hold(lines, match.form.fields["lines.amount"])
    discount = "c_discount" if "c_discount" in lines.columns else "0"
    product = f"custcli_product(c_quantity, c_unit_price, {discount})"
    differing = match.sql(f"UPDATE {lines.name} SET sum = 1 WHERE abs(c_amount - {product}) > {CENT}")
    match.sql(f"UPDATE {lines.name} SET c_amount = {product} WHERE c_amount IS NULL")
    return differing


def _sum(match: "Match", lines: Part, name: str) -> int:
    """The order's figure is the sum of its lines' where all of them have one."""
    main = match.main
    match.stage.hold(main, match.form.fields[name])
    sums = (
        f"(SELECT rec, sum(c_{name}) AS total FROM {lines.name} GROUP BY rec HAVING count(*) = count(c_{name})) l "
        f"WHERE l.rec = {main.name}.n"
    )
    differing = match.sql(
        f"UPDATE {main.name} SET hits = NULL FROM {sums} AND abs(abs(c_{name}) - abs(l.total)) > {CENT}"
    )
    match.sql(f"UPDATE {main.name} SET c_{name} = l.total FROM {sums} AND c_{name} IS NULL")
    return differing


def refuse_large(match: "Match") -> "list[Reject]":
    """Computed amounts beyond what sums of many orders can bear."""
    large = " OR ".join(f"abs(s.c_{name}) > {LARGEST}" for name in SUMMED if f"c_{name}" in match.main.columns)
    lines = match.stage.parts.get("lines")
    if match.form.table != "sales_order" or lines is None:
        return []
    if "c_amount" in lines.columns:
        within = f"s.n IN (SELECT rec FROM {lines.name} WHERE abs(c_amount) > {LARGEST})"
        large = f"{large} OR {within}" if large else within
    item = match.form.fields["amount"]
    return match.rejected(f"({large}) AND s.state IS NULL", item, message("too large")) if large else []
