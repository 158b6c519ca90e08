"""What is said beneath a valuation: why it was reckoned so, what the model rests on, whose values are too high."""

from typing import TYPE_CHECKING

from custcli.domain.value import ClassLoss, ValueRules
from custcli.domain.value.spending import OwnAverage
from custcli.grid import SCALE, yuan
from custcli.messages import Message, message

if TYPE_CHECKING:
    from custcli.domain.value.model import Model
    from custcli.services.value.modelled import Modelled
    from custcli.services.value.told import Valued


def notes(valued: "Valued", left: int = 0, *, single: bool = True) -> list[Message]:
    """What is to be said beneath the rows; `left` of them are not shown. `single`: they are of single customers."""
    few = int((~valued.lifetime.known).sum())
    told = [message("… {count} more (--limit 0 shows all)", count=left)] if left else []
    if valued.book.absent:
        told.append(message("There are no orders in {currency}.", currency=valued.book.currency))
    if few:
        told.append(message("Too little data for a lifetime value: {count}", count=few))
    if valued.why:
        told.append(valued.why)
    if valued.model == "formula" and (months := valued.worths.rules.horizon_months):
        told.append(message("Only what comes within {months} months counts (R13.4).", months=months))
    if valued.model == "formula" and (kept := _all_kept(valued)):
        told.append(
            message(
                "Of the {count} customers of class {classes} a year ago none was lost: retention counts as 1 for them, "
                "so their values are high; where they are too few to go by, --retention sets another for all",
                count=sum(valued.book.losses[letter].customers for letter in kept),
                classes=", ".join(kept),
            )
        )
    if valued.modelled:
        told += _of_the_model(valued.modelled, single=single)
    return told + (valued.by_hand.notes if valued.by_hand else [])


def _all_kept(valued: "Valued") -> list[str]:
    """The classes of which every customer stayed."""
    rules, losses = valued.worths.rules, valued.book.losses
    return [letter for letter, loss in losses.items() if retention(loss, rules) == 1]


def retention(loss: ClassLoss, rules: ValueRules) -> float | None:
    """The share of a class that stayed; None where too few customers tell."""
    return 1 - loss.lost / loss.customers if loss.customers >= rules.min_class else None


def _of_the_model(found: "Modelled", *, single: bool) -> list[Message]:
    model = found.model
    calibrated = message(
        "Calibrated on {customers} customers, {repeating} of whom bought again, up to {day}.",
        customers=model.customers,
        repeating=model.repeating,
        day=model.until,
    )
    ranged = message("At least, at most: of 10 such customers 8 buy within this range.")
    once = message("Who has bought once counts as alive in this model.")
    new = message(
        "A new customer is expected to buy {purchases} times more by then, {amount} each time.",
        purchases=f"{found.new_customer['expected_purchases']:.3f}",
        amount=yuan(round(found.new_customer["expected_average_value"] * SCALE)),
    )
    told = [calibrated, _repeated(model), *([ranged] if single else []), once, new]
    if isinstance(model.spending, OwnAverage):
        each = yuan(round(model.spending.average * SCALE))
        told.append(message("Each customer spends the same every time, {amount} on average.", amount=each))
    return told


def _repeated(model: "Model") -> Message:
    """The data behind it: days of purchase after the first, and what was spent on one."""
    each = model.averages
    amounts = {name: yuan(round(getattr(each, name) * SCALE)) for name in ("mean", "sd", "min", "median", "max")}
    return message(
        "Repeat purchases: {times}. Average repeat spend of a customer: mean {mean} (standard deviation {sd}), "
        "least {min}, median {median}, greatest {max}.",
        times=model.days - model.customers,
        **amounts,
    )
