"""What a customer is worth: by formula (R12, R13) and by the models BG/NBD and Gamma-Gamma."""

from custcli.domain.value.customers import Amounts, ClassLoss, Known, ValueRules, Worths, worths
from custcli.domain.value.formula import (
    Rate,
    Textbook,
    acquisition_cost,
    lifetime_certain,
    lifetime_finite,
    lifetime_infinite,
    lifetime_purchases,
    multiplier,
    textbook,
)
from custcli.domain.value.single import CustomerValue, Figures, ValueInput, joined, note, one, values

__all__ = [
    "Amounts",
    "ClassLoss",
    "CustomerValue",
    "Figures",
    "Known",
    "Rate",
    "Textbook",
    "ValueInput",
    "ValueRules",
    "Worths",
    "acquisition_cost",
    "joined",
    "lifetime_certain",
    "lifetime_finite",
    "lifetime_infinite",
    "lifetime_purchases",
    "multiplier",
    "note",
    "one",
    "textbook",
    "values",
    "worths",
]
