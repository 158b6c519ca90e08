"""Orders and their lines: amounts that follow from others are filled in, stated ones compared (domain.md 1.13)."""

from collections.abc import Sequence
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
    if match.form.table != "sales_order":
        return 0
    lines = match.stage.parts.get("lines")
    if lines is None:
        return _cost(match, match.main, "cost")
    match.sql("DROP TABLE IF EXISTS temp.summed")
    match.sql("CREATE TEMP TABLE summed (n INTEGER, name TEXT)")
    differing = _lines(match, lines)
    differing += _cost(match, lines, "lines.cost")
    known = [name for name in SUMMED if f"c_{name}" in lines.columns]
    _add_up(match, lines, known)
    for name in known:
        differing += _sum(match, name)
    return differing + _cost(match, match.main, "cost")


def _lines(match: "Match", lines: Part) -> int:
    if not {"c_quantity", "c_unit_price"} <= set(lines.columns):
        return 0
    match.stage.hold(lines, match.form.fields["lines.amount"])
    discount = "c_discount" if "c_discount" in lines.columns else "0"
    product = f"custcli_product(c_quantity, c_unit_price, {discount})"
    differing = match.sql(f"UPDATE {lines.name} SET sum = 1 WHERE abs(c_amount - {product}) > {CENT}")
    match.sql(f"UPDATE {lines.name} SET c_amount = {product} WHERE c_amount IS NULL")
    return differing


def _cost(match: "Match", part: Part, name: str) -> int:
    """Cost = amount - profit where a sheet states the profit and no cost; the profit itself is not kept.

    Returns how many stated costs differ from that by more than 0.01 yuan.
    """
    if part.columns.pop("x_profit", None) is None or "c_amount" not in part.columns:
        return 0
    match.stage.hold(part, match.form.fields[name])
    stated = "typeof(c_amount) = 'integer' AND typeof(x_profit) = 'integer'"
    differing = f"UPDATE {part.name} SET hits = NULL WHERE {stated} AND abs(c_cost - c_amount + x_profit) > {CENT}"
    told = match.sql(differing)
    match.sql(f"UPDATE {part.name} SET c_cost = c_amount - x_profit WHERE {stated} AND c_cost IS NULL")
    return told


def _add_up(match: "Match", lines: Part, names: Sequence[str]) -> None:
    """The sums of each order's lines, where all of them have the figure; made once, the lines may be millions."""
    sums = [f"CASE WHEN count(*) = count(c_{name}) THEN sum(c_{name}) END AS {name}" for name in names]
    match.sql("DROP TABLE IF EXISTS temp.line_sum")
    match.sql(f"CREATE TEMP TABLE line_sum ({', '.join(['n INTEGER PRIMARY KEY', *names])})")
    match.sql(f"INSERT INTO line_sum SELECT {', '.join(['rec', *sums])} FROM {lines.name} GROUP BY rec")


def _sum(match: "Match", name: str) -> int:
    """The order's figure is the sum of its lines' where all of them have one."""
    main = match.main
    match.stage.hold(main, match.form.fields[name])
    sums = f"temp.line_sum l WHERE l.n = {main.name}.n AND l.{name} IS NOT NULL"
    differing = match.sql(
        f"UPDATE {main.name} SET hits = NULL FROM {sums} AND abs(abs(c_{name}) - abs(l.{name})) > {CENT}"
    )
    match.sql(f"INSERT INTO summed SELECT {main.name}.n, '{name}' FROM {main.name}, {sums} AND c_{name} IS NULL")
    match.sql(f"UPDATE {main.name} SET c_{name} = l.{name} FROM {sums} AND c_{name} IS NULL")
    return differing


def keep_stated(match: "Match") -> int:
    """A kept order's figure that was stated stays when its lines come later; one that was their sum follows them.

    Returns how many stated ones differ from the sum of the new lines by more than 0.01 yuan.
    """
    if match.form.table != "sales_order" or "lines" not in match.stage.parts:
        return 0
    differing = 0
    for name in SUMMED:
        if f"c_{name}" in match.main.columns:
            differing += _keep_stated(match, name)
    return differing


def _keep_stated(match: "Match", name: str) -> int:
    kept = f"(SELECT abs(t.{name}) FROM sales_order t WHERE t.id = s.id)"
    total = f"CASE WHEN count(*) = count(o.{name}) THEN abs(sum(o.{name})) END"
    of_lines = f"(SELECT {total} FROM order_line o WHERE o.order_id = s.id)"
    stated = (
        f"s.id IS NOT NULL AND s.n IN (SELECT n FROM summed WHERE name = '{name}') AND {kept} IS NOT NULL "
        f"AND {kept} IS NOT {of_lines}"
    )
    rows = f"SELECT count(*) FROM {match.main.name} s WHERE {stated} AND abs(abs(s.c_{name}) - {kept}) > {CENT}"
    differing = match.connection.exec_driver_sql(rows).scalar_one()
    match.sql(f"UPDATE {match.main.name} AS s SET c_{name} = NULL WHERE {stated}")
    return int(differing)


def refuse_below_zero(match: "Match") -> "list[Reject]":
    """Orders below zero whose type is stated and no return (domain.md 1.2); those that are kept so stay as they are."""
    if match.form.table != "sales_order" or match.wishes.any_sign or "c_amount" not in match.main.columns:
        return []
    kept = "FROM sales_order t WHERE t.id = s.id"
    known = f"coalesce({match.stated_type}, (SELECT t.type {kept})) <> 'return'"
    before = f"EXISTS (SELECT 1 {kept} AND t.type <> 'return' AND (t.amount < 0 OR t.amount = 0 AND t.quantity < 0))"
    said = message("is below zero, which only a return may be")
    wrong = f"s.state IS NULL AND {match.below_zero} AND {known} AND NOT {before}"
    return match.rejected(wrong, match.form.fields["amount"], said)


def refuse_unpriced(match: "Match") -> "list[Reject]":
    """Orders without any amount whose lines have a price and no quantity: no amount follows from a price alone."""
    lines = match.stage.parts.get("lines")
    if match.form.table != "sales_order" or lines is None or "c_unit_price" not in lines.columns:
        return []
    amount = match.stage.hold(match.main, match.form.fields["amount"])
    match.stage.hold(lines, match.form.fields["lines.amount"])
    if not match.exists(f"SELECT 1 FROM {match.main.name} WHERE {amount} IS NULL"):
        return []
    priced = f"SELECT rec FROM {lines.name} GROUP BY rec HAVING count(c_unit_price) AND NOT count(c_amount)"
    said = message(
        "a price without a quantity makes no amount: --map HEADING={amount}, or --set lines.quantity=1",
        amount="lines.amount" if "c_order_no" in match.main.columns else "amount",
    )
    item = match.form.fields["lines.unit_price"]
    kept = "EXISTS (SELECT 1 FROM sales_order t WHERE t.id = s.id AND t.amount IS NOT NULL)"
    return match.rejected(f"s.state IS NULL AND s.{amount} IS NULL AND s.n IN ({priced}) AND NOT {kept}", item, said)


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
