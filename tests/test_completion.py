"""Completion in shells: words, options, forms, fields, allowed words, codes; nothing heavy, no database made."""

import os
import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "sqlmodel", "numpy", "rich", "pandas", "openpyxl")


@pytest.fixture
def db(tmp_path, monkeypatch):
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    return path


def asked(shell, words, language="zh"):
    """What the shell is told; bash gives its words one a line and takes FIELD=VALUE for three of them."""
    environ = os.environ | {"_CUSTCLI_COMPLETE": f"complete_{shell}", "CUSTCLI_LANG": language}
    environ |= {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    environ["_TYPER_COMPLETE_ARGS"] = " ".join(words)
    done = subprocess.run([sys.executable, "-m", "custcli"], env=environ, capture_output=True, check=True, timeout=300)
    assert done.stderr == b""
    return done.stdout.decode()


def offered(*words, language="zh"):
    return asked("bash", ["custcli", *words], language).split()


@pytest.mark.parametrize(
    ("words", "language", "wanted"),
    [
        (("exp",), "zh", "export"),
        (("classify", "--bo"), "zh", "--boundary"),
        (("classify", "--by", "po"), "zh", "potential"),
        (("add", "批"), "zh", "批发类客户档案"),
        (("add", "whole"), "zh", "wholesale"),
        (("import", "--as", "whole"), "zh", "wholesale"),
        (("export", "cla"), "zh", "classes"),
        (("config", "set", "cl"), "zh", "classify.cut"),
        (("add", "wholesale", "客户名"), "zh", "客户名称="),
        (("add", "wholesale", ""), "en", "name="),
        (("list", "orders", "交易日"), "zh", "交易日期="),
        (("list", "orders", "--sort", "交易日期,金额"), "zh", "交易日期,金额"),
        (("classify", "--where", "所属业务区"), "zh", "所属业务区="),
        (("add", "wholesale", "客户类型", "=", "零"), "zh", "零售消费型"),
        (("add", "wholesale", "客户类型", "="), "zh", "consumer"),
        (("status", "--lifecycle", "gr"), "zh", "growth"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_word_is_offered(db, words, language, wanted):
    assert wanted in offered(*words, language=language)
    assert not db.exists()


def test_codes_are_offered_and_the_database_stays_as_it_is(db, run):
    for code in ("K10", "K11", "L1"):
        run("add", "enterprise", f"code={code}", "name=甲")
    before = db.read_bytes()
    assert offered("show", "K") == ["K10", "K11"]
    assert offered("--db", str(db.with_name("none.db")), "show", "K") == []
    assert (db.read_bytes(), [path.name for path in db.parent.iterdir()]) == (before, ["c.db"])


@pytest.mark.parametrize("make", [lambda path: path.write_text("hello"), lambda path: path.mkdir()])
def test_whatever_is_wrong_a_shell_is_told_nothing(db, make):
    make(db)
    assert offered("show", "K") == []


@pytest.mark.usefixtures("db")
def test_zsh_adds_no_blank_behind_a_field():
    assert asked("zsh", ["custcli", "add", "wholesale", "客户名"]) == "compadd -S '' -- '客户名称='\n"
    assert asked("zsh", ["custcli", "add", "wholesale", "客户类型=零"]).startswith("compadd -- '客户类型=零售")
    assert asked("zsh", ["custcli", "import", "ba"]).strip() == "_files"


@pytest.mark.usefixtures("db")
def test_nothing_heavy_is_loaded(run):
    run("add", "enterprise", "code=K1", "name=甲")
    program = (
        "import sys; from custcli.app import run\n"
        f"try: run([])\nfinally: sys.stderr.write(' '.join(m for m in {HEAVY} if m in sys.modules))"
    )
    environ = os.environ | {"_CUSTCLI_COMPLETE": "complete_bash", "COMP_WORDS": "custcli\nshow\nK", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False, timeout=300)
    assert (done.stdout.split(), done.stderr) == ([b"K1"], b"")


@pytest.mark.skipif(os.name != "posix", reason="bash")
@pytest.mark.usefixtures("db")
def test_bash_takes_the_script(tmp_path):
    script = subprocess.run(
        [sys.executable, "-m", "custcli"], env=os.environ | {"_CUSTCLI_COMPLETE": "source_bash"},
        capture_output=True, check=True, timeout=300,
    ).stdout.decode()  # fmt: skip
    assert "compopt -o nospace" in script
    program = tmp_path / "custcli"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m custcli "$@"\n')
    program.chmod(0o700)
    asks = (
        f'{script}\ncompopt() {{ echo "option $2"; }}\nCOMP_WORDS=(custcli add wholesale 客户名); COMP_CWORD=3\n'
        f'_custcli_completion {program}; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", asks], capture_output=True, check=True, timeout=300)  # noqa: S607 - any bash
    assert done.stdout.decode().splitlines() == ["option nospace", "客户名称="]
