"""What a customer gives beside money: customers it referred, information, word of mouth, counted (F114)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from custcli.grid import Kind
from custcli.messages import say
from custcli.services.dossier import Fact
from custcli.services.records import placed

if TYPE_CHECKING:
    from custcli.context import Context

REGISTER = "contributions"
SECTION = "non_money"


def given(ctx: "Context", customer: int) -> Iterator[Fact]:
    """How many customers name it as the one who referred them, and its contributions up to the day, of each kind."""
    from custcli.db.counted import counted
    from custcli.db.records import core, count, of_customer

    form = ctx.forms[REGISTER]
    kind, where = placed(form, "contribution"), of_customer(form, customer, ctx.day)
    assert where is not None  # noqa: S101 - the register names customers
    with ctx.reading().reading() as connection:
        referred = count(connection, core(ctx.forms), ("t.referred_by = ?", [customer]))
        numbers = {row[0]: row[1] for row in counted(connection, form, [kind], where, ctx.day)[1]}
    if referred:
        yield Fact(SECTION, f"{SECTION}.referred", say("Customers referred"), referred, Kind.INTEGER)
    for word, choice in form.choices(kind.field).items():
        if word in numbers:
            yield Fact(SECTION, f"{SECTION}.{word}", choice.label, numbers[word], Kind.INTEGER)
