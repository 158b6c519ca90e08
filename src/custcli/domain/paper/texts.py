"""What stands in the cells of a paper form, and how much room it wants."""

from collections.abc import Sequence

from custcli.domain.forms import Field, Form, Group
from custcli.domain.paper.parts import Text
from custcli.domain.written import offered
from custcli.wide import width, wrap

LEAST_LABEL, WIDEST_LABEL = 6, 16
_BOXES, _BOXES_WIDTH = 4, 32
_TABLE_WORD = 10


def written(form: Form, item: Field, value: Text | None, *, boxes: bool = True) -> str:
    """A value as it stands on the paper: few words as boxes of which one is ticked, other words by their labels."""
    words = [] if value is None else [value] if isinstance(value, str) else list(value)
    labels = _labels(form, item)
    if not all(word in labels for word in words) or not labels:
        return "、".join(words)
    ticked = _boxes(form, item, words) if boxes else []
    return " ".join(ticked) or "、".join(labels[word] for word in words)


def _boxes(form: Form, item: Field, words: Sequence[str]) -> list[str]:
    """The allowed words with their boxes, where they are few; `unknown` is nothing to tick unless it is said."""
    shown = [choice for choice in offered(form, item) if choice.word != "unknown" or choice.word in words]
    boxes = [f"{'☑' if choice.word in words else '□'}{choice.label}" for choice in shown]
    few = 1 < len(boxes) <= _BOXES and sum(width(box) + 2 for box in boxes) <= _BOXES_WIDTH
    return boxes if few and set(words) <= {choice.word for choice in shown} else []


def _labels(form: Form, item: Field) -> dict[str, str]:
    return {choice.word: str(choice.label) for choice in form.choices(item).values()}


def key_heading(group: Group) -> str:
    """What stands over the keys: the first of their labels in the language of the run."""
    chinese = not group.label.isascii()
    return next((text for text in group.key_labels if text.isascii() != chinese), str(group.label))


def is_long(item: Field) -> bool:
    """Whether people write sentences here."""
    return item.type in {"text", "list"} and not item.check and not item.max_length


def wanted(form: Form, item: Field) -> int:
    """The characters for which a field needs room."""
    boxes = _boxes(form, item, [])
    if boxes:
        return sum(width(box) + 2 for box in boxes)
    by_check = {"id_card": 23, "uscc": 20, "account": 22, "email": 22, "url": 22, "phone": 15, "mobile": 13}
    by_type = {"int": 8, "bool": 6, "text": 8 if item.mask == "name" else 12, "list": 20}
    return by_check.get(item.check or "", by_type.get(item.type, 12))


def table_width(form: Form, item: Field, label: str) -> int:
    """As wanted, but a table's columns are narrow: headings and printed words break, though never inside a word."""
    texts = [label]
    plain = {"int": 5, "choice": LEAST_LABEL}.get(item.type, wanted(form, item))
    if item.printed and item.values:
        texts += _labels(form, item).values()
        plain = min(_TABLE_WORD, max(map(width, texts)) - 2)
    unbroken = max(width(part) for text in texts for part in wrap(text, 1))
    return max(plain, unbroken + 1, min(width(label) + 2, LEAST_LABEL + 2))


def label_width(text: str) -> int:
    """The characters for which a label needs room; longer ones break."""
    return min(max(width(text) + 2, LEAST_LABEL), WIDEST_LABEL)


def lines(text: str, wide: int) -> int:
    """The lines that a text takes in a cell."""
    room = max(wide - 1, 2)
    broken = (line for part in text.split("\n") for line in wrap(part, room))
    return sum(max(1, -(-width(line) // room)) for line in broken)
