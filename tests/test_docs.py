"""The README is run: every command in its console blocks, on the sample company, with the output it shows.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes the present output into the page; look at the difference then.
"""

import os
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def shown(run, block):
    """The block with the output of each of its commands."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ custcli "):
            answer = run(*line.removeprefix("$ custcli ").split())
            said = MOMENT.sub("2026-06-30 09:00:00", answer.out + answer.err)
            lines += [line, *(said.rstrip("\n").splitlines() if said else [])]
    return "\n".join(text.rstrip() for text in lines) + "\n"


def test_readme_shows_what_happens(run, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "customers.db"))
    monkeypatch.setenv("CUSTCLI_AS_OF", "2026-06-30")
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    page = PAGE.read_text(encoding="utf-8")
    real = BLOCK.sub(lambda found: f"```console\n{shown(run, found[1])}```", page)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(real, encoding="utf-8")
    assert page == real


def test_nobody_is_told_to_install_the_foreign_package():
    for path in [PAGE, *ROOT.glob("src/**/*.py"), *ROOT.glob("src/**/*.json")]:
        assert "pip install " + "custcli" not in path.read_text(encoding="utf-8")
