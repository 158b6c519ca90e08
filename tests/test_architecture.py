"""The house keeps its rooms (architecture.md 2): who imports whom, what loads when, what a command may hold."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "custcli"
FILES = sorted(SOURCE.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


FREE = {"", "messages", "errors", "grid", "wide", "parts"}
MAY_IMPORT = {
    "__main__": {"app"},
    "app": {"commands", "context", "settings"},
    "context": {"db", "settings", "domain"},
    "settings": set(),
    "commands": {"services", "views", "domain", "context"},
    "services": {"domain", "db", "files", "context", "settings"},
    "domain": set(),
    "db": {"domain"},
    "files": {"domain"},
    "views": {"domain", "files"},
}
EXCEPTIONS = {
    ("views", "services.journal"),  # what is revealed is noted in the one place where it is shown
    ("app", "services.complete"),  # what a shell asks for is no command
}

ROOM_OF_PACKAGE = {
    "typer": {"app", "commands"},
    "sqlmodel": {"db"},
    "sqlalchemy": {"db"},
    "openpyxl": {"files"},
    "python_calamine": {"files"},
    "xlsxwriter": {"files"},
    "defusedxml": {"files"},
    "rich": {"views"},
    "jinja2": {"views"},
    "markupsafe": {"views"},
    "vl_convert": {"views"},
    "stdnum": {"domain"},
    "phonenumbers": {"domain"},
    "pypinyin": {"domain"},
    "scipy": {"domain"},
    "pandas": {"domain", "services"},
}
HEAVY = {*ROOM_OF_PACKAGE, "numpy", "pydantic"} - {"typer"}


def room(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


@cache
def imported(path: Path) -> frozenset[str]:
    return frozenset(imports(tree_of(path)))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
            assert node.level == 0, "imports are absolute"


def own(name: str) -> str | None:
    """`custcli.db.tables.X` → `db.tables.X`; None for other packages."""
    return name.removeprefix("custcli").removeprefix(".") if name.partition(".")[0] == "custcli" else None


def allowed(here: str, name: str) -> bool:
    there = name.partition(".")[0]
    if here in FREE | {"__init__"}:
        return there in FREE
    granted = there in {here} | FREE | MAY_IMPORT.get(here, set()) or there.startswith("__")
    return granted or any(here == one and name.startswith(other) for one, other in EXCEPTIONS)


def test_who_imports_whom():
    found = ((path, name) for path in FILES for name in map(own, imported(path)) if name)
    assert [f"{path}: {name}" for path, name in found if not allowed(room(path), name)] == []


def module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def needed(tree: ast.AST) -> Iterator[str]:
    """What a file imports as it runs, inside functions too; not what only a type checker looks for."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        yield from needed(node)


def test_no_file_needs_itself_in_a_circle():
    """Whoever reads a file can have read all that it needs before."""
    known = {module(path) for path in FILES}
    needs: dict[str, set[str]] = {}
    for path in FILES:
        names = [name for name in map(own, needed(tree_of(path))) if name]
        needs[module(path)] = {name if name in known else name.rpartition(".")[0] for name in names}
    assert known <= set(TopologicalSorter(needs).static_order())  # a CycleError names the files


def test_one_package_one_room():
    found = ((path, name.split(".")[0]) for path in FILES for name in imported(path))
    assert [
        f"{path}: {name}" for path, name in found if room(path) not in ROOM_OF_PACKAGE.get(name, {room(path)})
    ] == []


def test_heavy_packages_are_imported_inside_functions():
    wrong = []
    for path in FILES:
        top = [node for node in tree_of(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
        packages = {name.split(".")[0] for node in top for name in imports(node)}
        in_db = {"sqlalchemy", "sqlmodel"} if room(path) == "db" else set()
        wrong += [f"{path}: {name}" for name in packages & HEAVY - in_db]
    assert wrong == []


LOOPS = (ast.For, ast.While, ast.Try, ast.TryStar, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@pytest.mark.parametrize("path", sorted((SOURCE / "commands").glob("*.py")), ids=lambda path: path.name)
def test_commands_hold_no_steps(path):
    wrong = [node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, LOOPS)]
    assert wrong == []


def test_no_table_object_leaves_db():
    tables = SOURCE / "db" / "tables.py"
    classes = {node.name for node in ast.walk(tree_of(tables)) if isinstance(node, ast.ClassDef)}
    for path in FILES:
        if room(path) != "db":
            assert not any(name.startswith("custcli.db.tables") for name in imported(path)), path
            continue
        functions = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef))
        public = (node for node in functions if not node.name.startswith("_") and node.returns)
        for node in public:
            named = {part.id for part in ast.walk(node.returns) if isinstance(part, ast.Name)}
            assert not named & classes, f"{path.name}: {node.name}"


COMMANDS = sorted((SOURCE / "commands").glob("[a-z]*.py"))
ASKED = [["--help"], ["--version"], *([path.stem.rstrip("_"), "--help"] for path in COMMANDS)]
LOADED = """
import json, os, sys
from custcli.app import run
for args in json.load(sys.stdin):
    if not os.fork():
        code = run(args)
        sys.stdout.flush()
        print(*args, code, *sys.modules, file=sys.stderr, flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def loaded():
    """Command line → the modules that it loads; each runs in a fork of a process that has loaded the program only."""
    asked = json.dumps(ASKED)
    done = subprocess.run([sys.executable, "-c", LOADED], input=asked, capture_output=True, text=True, check=True)
    found = {}
    for args, line in zip(ASKED, done.stderr.splitlines(), strict=True):
        assert line.startswith(f"{' '.join(args)} 0 "), line
        names = line.split()[len(args) + 1 :]
        found[tuple(args)] = {name if name.startswith("custcli") else name.split(".")[0] for name in names}
    return found


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(loaded, asked):
    assert not loaded[asked,] & HEAVY
    ours = ("custcli.commands", "custcli.db", "custcli.services")
    assert not {name for name in loaded[asked,] if name.startswith(ours)}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_help_of_a_command_loads_only_its_module(loaded, path):
    found = loaded[path.stem.rstrip("_"), "--help"]
    assert not found & HEAVY
    mine = {name for name in found if name.startswith(("custcli.commands.", "custcli.services", "custcli.db"))}
    assert mine - {"custcli.commands._options"} == {f"custcli.commands.{path.stem}"}


def test_each_file_says_what_it_is():
    assert [path for path in FILES if not ast.get_docstring(tree_of(path))] == []


def test_every_command_has_its_module():
    from custcli.app.register import COMMANDS

    modules = {entry.module or entry.name for entry in COMMANDS.values()}
    assert modules == {path.stem for path in (SOURCE / "commands").glob("[a-z]*.py")}
