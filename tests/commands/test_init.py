"""custcli init --demo: the sample company, in the checkout and in what is installed (cli.md 4)."""

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from custcli.services import demo

ROOT = Path(__file__).parents[2]
COUNTS = {"customer": 97, "sales_order": 925, "payment": 602, "change": 1}  # samples/make_samples.py


def test_the_sample_company_comes_in_as_one_change(run, tmp_path):
    said = run("--db", tmp_path / "a.db", "init", "--demo")
    assert said.code == 0, said.err
    assert "2026-06-30" in said.err
    told = json.loads(run("--db", tmp_path / "a.db", "check", "--json").out)["summary"]
    assert {name: told[name] for name in COUNTS} == COUNTS


def test_it_comes_into_an_empty_database_only(run, tmp_path):
    assert run("--db", tmp_path / "a.db", "init").code == 0
    assert run("--db", tmp_path / "a.db", "init", "--demo").code == 0
    assert run("--db", tmp_path / "a.db", "init", "--demo").code == 4
    assert run("--db", tmp_path / "a.db", "undo").code == 0
    assert run("--db", tmp_path / "a.db", "init", "--demo").code == 0


def test_a_clock_behind_the_samples_refuses_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr("custcli.context.Context.today", datetime(2026, 1, 1).date())  # noqa: DTZ001 - a day
    assert run("--db", tmp_path / "a.db", "init", "--demo").code == 0


def test_the_samples_are_in_the_wheel(tmp_path):
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder
    (wheel,) = builder(str(ROOT)).build(directory=str(tmp_path))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    assert {path.name for path in (tmp_path / "site" / "custcli" / "samples").iterdir()} == set(demo.FILES)
    code = "import sys; sys.path.insert(0, sys.argv[1]); from custcli.services import demo; print(demo.folder())"
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site")], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert Path(told) == tmp_path / "site" / "custcli" / "samples"
