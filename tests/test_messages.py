"""The catalogue: every sentence said has its Chinese, with the same places, and none is left over."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from custcli import messages
from custcli.messages import message, say

SOURCE = Path(__file__).parents[1] / "src" / "custcli"
PARTS = [SOURCE / "locale" / "zh_CN.json", *sorted((SOURCE / "locale" / "parts").glob("*.json"))]
CHINESE = {key: text for part in PARTS for key, text in json.loads(part.read_text(encoding="utf-8")).items()}

SPOKEN_ARGUMENT = {"say": 0, "message": 0, "Message": 0, "Entry": 1, "Column": 1}
"""Which argument of a call is a source text; errors of custcli have it first."""
SPOKEN_TABLES = {"ACTIONS", "BASES", "KINDS", "METRICS", "REASONS", "ROLES", "ROW_BASES", "TIERS", "_COUNTED"}
"""Tables of source texts that are said by a name for them."""


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


@cache
def errors_of_custcli() -> set[str]:
    found = {"CustcliError", "Refused", "Doubtful"}
    classes = [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in range(4):
        found |= {
            node.name for node in classes if {base.id for base in node.bases if isinstance(base, ast.Name)} & found
        }
    return found


def text_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from text_of(node.body)
        yield from text_of(node.orelse)


def spoken(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = 0 if name in errors_of_custcli() else SPOKEN_ARGUMENT.get(name)
    if place is not None and len(call.args) > place:
        yield from text_of(call.args[place])
    for keyword in call.keywords:
        if name in {"Option", "Argument"} and keyword.arg == "help":
            yield from text_of(keyword.value)
        if name == "Column" and keyword.arg == "label":
            yield from text_of(keyword.value)
        if name == "Column" and keyword.arg == "labels" and isinstance(keyword.value, ast.Dict):
            for value in keyword.value.values:
                yield from text_of(value)


def tables_of_texts() -> Iterator[str]:
    for node in (node for tree in trees().values() for node in tree.body if isinstance(node, ast.Assign)):
        if isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            for value in node.value.values if node.targets[0].id in SPOKEN_TABLES else ():
                yield from text_of(value)


def command_pages() -> Iterator[str]:
    """The paragraphs of the commands' docstrings, examples left out."""
    for path, tree in trees().items():
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == path.stem]
        if path.parent.name == "commands":
            for part in "\n\n".join(ast.get_docstring(node) or "" for node in functions).split("\n\n"):
                if part and not part.startswith("Examples:"):
                    yield " ".join(part.split())


def source_texts() -> set[str]:
    calls = (node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {text for call in calls for text in spoken(call)} | {*tables_of_texts(), *command_pages()}


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def test_every_text_has_its_chinese():
    assert sorted(source_texts() - set(CHINESE)) == []


def test_no_entry_is_left_over():
    constants = (node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    known = {node.value for node in constants if isinstance(node.value, str)} | set(command_pages())
    assert sorted(set(CHINESE) - known) == []


def test_both_languages_have_the_same_places():
    assert [text for text, chinese in CHINESE.items() if not chinese or places(text) != places(chinese)] == []


def test_a_message_inside_a_message_is_said_in_the_same_language():
    inner = message("one of {words}", words="a, b")
    outer = message("{name}: {kind} is expected.", name="--lang", kind=inner)
    assert str(outer) == "--lang: one of a, b is expected."


def test_an_unknown_text_is_said_as_it_stands():
    messages.use("zh")
    assert say("no such text in any catalogue: {x}", x="{y}") == "no such text in any catalogue: {y}"
