"""The other set of names for the tiers of customers: VIP 主要 普通 小 in place of 关键 发展 维持 机会 (F097)."""

from collections.abc import Mapping
from dataclasses import replace

from custcli.domain.forms.model import Choice, Form

LIST = "tiers"
NAMES = {"key": ("VIP", "VIP"), "major": ("主要", "Main"), "ordinary": ("普通", "Regular"), "small": ("小", "Minor")}
"""Word of a tier → its Chinese and English name."""


def vip(forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms with the tiers called so; the usual names are still understood."""
    return {name: _called(form) if LIST in form.values else form for name, form in forms.items()}


def _called(form: Form) -> Form:
    choices = {word: _named(choice) for word, choice in form.values[LIST].items()}
    return replace(form, values={**form.values, LIST: choices})


def _named(choice: Choice) -> Choice:
    if choice.word not in NAMES:
        return choice
    zh, en = NAMES[choice.word]
    return replace(choice, zh=zh, en=en, also=(choice.zh, choice.en, *choice.also))
