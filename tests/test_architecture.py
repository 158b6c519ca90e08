"""The house keeps its rooms (architecture.md 2): who imports whom, what loads when, what a command may hold."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "custcli"
FILES = sorted(SOURCE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}

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
    granted = there in {here} | FREE | MAY_IMPORT.get(here, set()) or there.startswith("__")
    return granted or any(here == one and name.startswith(other) for one, other in EXCEPTIONS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_who_imports_whom(path):
    here = room(path)
    if here in FREE | {"__init__"}:
        known = {name for name in map(own, imports(TREES[path])) if name}
        assert {name.split(".")[0] for name in known} <= FREE
        return
    wrong = [name for name in map(own, imports(TREES[path])) if name is not None and not allowed(here, name)]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_one_package_one_room(path):
    packages = {name.split(".")[0] for name in imports(TREES[path])}
    wrong = [name for name in packages if room(path) not in ROOM_OF_PACKAGE.get(name, {room(path)})]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_heavy_packages_are_imported_inside_functions(path):
    top = [node for node in TREES[path].body if isinstance(node, ast.Import | ast.ImportFrom)]
    packages = {name.split(".")[0] for node in top for name in imports(node)}
    in_db = {"sqlalchemy", "sqlmodel"} if room(path) == "db" else set()
    assert packages & HEAVY <= in_db


LOOPS = (ast.For, ast.While, ast.Try, ast.TryStar, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@pytest.mark.parametrize("path", sorted((SOURCE / "commands").glob("*.py")), ids=lambda path: path.name)
def test_commands_hold_no_steps(path):
    wrong = [node.lineno for node in ast.walk(TREES[path]) if isinstance(node, LOOPS)]
    assert wrong == []


def test_no_table_object_leaves_db():
    tables = SOURCE / "db" / "tables.py"
    classes = {node.name for node in ast.walk(TREES[tables]) if isinstance(node, ast.ClassDef)}
    for path, tree in TREES.items():
        if room(path) != "db":
            assert not any(name.startswith("custcli.db.tables") for name in imports(tree)), path
            continue
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        public = (node for node in functions if not node.name.startswith("_") and node.returns)
        for node in public:
            named = {part.id for part in ast.walk(node.returns) if isinstance(part, ast.Name)}
            assert not named & classes, f"{path.name}: {node.name}"


def modules_after(*args: str) -> set[str]:
    code = (
        "import sys\nfrom custcli.app import run\n"
        f"code = run({list(args)!r})\nprint(*sys.modules, file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout
    return {name.split(".")[0] if not name.startswith("custcli") else name for name in done.stderr.split()}


@pytest.mark.parametrize("args", [["--help"], ["--version"]], ids=" ".join)
def test_help_and_version_load_nothing_heavy(args):
    loaded = modules_after(*args)
    assert not loaded & HEAVY
    assert not {name for name in loaded if name.startswith(("custcli.commands", "custcli.db", "custcli.services"))}


@pytest.mark.parametrize("path", sorted((SOURCE / "commands").glob("[a-z]*.py")), ids=lambda path: path.name)
def test_help_of_a_command_loads_only_its_module(path):
    loaded = modules_after(path.stem.rstrip("_"), "--help")
    assert not loaded & HEAVY
    mine = {name for name in loaded if name.startswith(("custcli.commands.", "custcli.services", "custcli.db"))}
    assert mine - {"custcli.commands._options"} == {f"custcli.commands.{path.stem}"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_file_says_what_it_is(path):
    assert ast.get_docstring(TREES[path])


def test_every_command_has_its_module():
    from custcli.app.register import COMMANDS

    modules = {entry.module or entry.name for entry in COMMANDS.values()}
    assert modules == {path.stem for path in (SOURCE / "commands").glob("[a-z]*.py")}
