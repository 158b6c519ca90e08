"""custcli config and forms from outside: sources of settings, all mistakes at once, one value set (cli.md 2, 4)."""

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def config(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    monkeypatch.setenv("CUSTCLI_CONFIG", str(path))
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    monkeypatch.chdir(tmp_path)
    path.write_text("# ours\n[value]\nmargin = 0.25  # since June\n", encoding="utf-8")
    return path


def shown(run, *args):
    answer = run("config", "show", *args, "--json")
    assert answer.code == 0, answer.err
    return {row["key"]: row for row in json.loads(answer.out)["rows"]}


def test_each_value_says_where_it_comes_from(run, monkeypatch):
    monkeypatch.setenv("CUSTCLI_VALUE_DISCOUNT", "0.2")
    found = shown(run, "--timeout", "7")
    told = {key: (found[key]["value"], found[key]["source"]) for key in ("timeout", "value.margin", "value.discount")}
    assert told == {
        "timeout": ("7", "option"), "value.margin": ("0.25", "config"), "value.discount": ("0.2", "environment"),
    }  # fmt: skip
    assert found["classify.cut"] == {
        "key": "classify.cut", "value": "80,95", "source": "default", "default": "80,95",
        "variable": "CUSTCLI_CLASSIFY_CUT",
    }  # fmt: skip
    assert set(shown(run, "codes")) == {"codes.prefix", "codes.digits", "codes.regions"}
    assert run("config", "show", "code").code == 2


def test_where_the_files_lie(run):
    rows = json.loads(run("config", "path", "--json").out)["rows"]
    assert [(row["what"], Path(row["path"]).name, row["exists"]) for row in rows] == [
        ("settings", "config.toml", True),
        ("forms", "forms", False),
        ("database", "c.db", False),
    ]


@pytest.mark.parametrize(("key", "text", "written"), [
    ("classify.cut", "70,90", "cut = [70, 90]"),
    ("value.discount", "0.125", "discount = 0.125"),
    ("value.horizon_months", "24", "horizon_months = 24"),
    ("currency", "USD", 'currency = "USD"'),
    ("codes.regions", "华东=HD,华南=HN", 'regions = {"华东" = "HD", "华南" = "HN"}'),
])  # fmt: skip
def test_set_keeps_comments_and_what_stands_there(run, config, key, text, written):
    assert run("config", "set", key, text).code == 0
    lines = config.read_text(encoding="utf-8").splitlines()
    assert {"# ours", "margin = 0.25  # since June", written} <= set(lines)
    assert shown(run)[key]["value"] == text
    assert run("config", "set", key, text).code == 0
    assert config.read_text(encoding="utf-8").splitlines() == lines


def test_set_changes_a_value_in_its_place(run, config):
    assert run("config", "set", "value.margin", "0.3").code == 0
    assert config.read_text(encoding="utf-8") == "# ours\n[value]\nmargin = 0.3  # since June\n"


def test_set_makes_the_file_of_the_platform(run, monkeypatch, home):
    monkeypatch.delenv("CUSTCLI_CONFIG")
    assert run("config", "set", "timeout", "5").code == 0
    assert (home / "config" / "custcli" / "config.toml").read_text(encoding="utf-8") == "timeout = 5\n"


@pytest.mark.parametrize(("args", "said"), [
    (("classify.ct", "1,2"), "Did you mean classify.cut?"),
    (("classify.cut", "90,70"), "should rise"),
    (("value.margin", "2"), "between 0 and 1"),
    (("value.margin",), "both are needed"),
])  # fmt: skip
def test_what_cannot_be_set_changes_nothing(run, config, args, said):
    before = config.read_bytes()
    answer = run("config", "set", *args)
    assert (answer.code, config.read_bytes()) == (2, before)
    assert said in answer.err


def test_all_mistakes_of_settings_and_forms_at_once(run, config):
    config.write_text("clasify = 1\n[value]\nmargin = 2\ndiscont = 0.1\n", encoding="utf-8")
    Path("forms").mkdir()
    Path("forms/a.toml").write_text('[form]\nname = "a"\nzh = "甲"\n[field]\n', encoding="utf-8")
    Path("forms/b.toml").write_bytes('[form]\nname = "b"\nzh = "乙"\n'.encode("gbk"))
    answer = run("config", "check", "--json")
    assert answer.code == 2
    rows = json.loads(answer.out)["rows"]
    assert [(Path(row["file"]).name, row["line"], row["near"]) for row in rows] == [
        ("config.toml", 1, "classify"),
        ("config.toml", 3, None),
        ("config.toml", 4, "value.discount"),
        ("b.toml", None, None),
        ("a.toml", 4, "fields"),
    ]
    first = run("config", "show")
    assert (first.code, "line 1: no such setting: clasify. Did you mean classify?" in first.err) == (2, True)
    assert run("list").code == 2


def test_all_right_is_said(run):
    answer = run("config", "check")
    assert answer.code == 0
    assert "settings and forms are right, own form files: 0" in answer.out + answer.err


def test_forms_show_names_every_field(run):
    rows = json.loads(run("forms", "show", "表一", "--json").out)["rows"]
    mobile = next(row for row in rows if row["field"] == "mobile")
    assert (mobile["type"], mobile["pi"], mobile["mask"], mobile["need"]) == ("text", "P", "phone", "recommended")
    assert run("forms", "show", "wholsale").code == 6
    assert run("forms", "show").code == 2


def test_a_named_file_that_is_still_to_come_can_be_set(run, monkeypatch, tmp_path):
    path = tmp_path / "new" / "config.toml"
    monkeypatch.setenv("CUSTCLI_CONFIG", str(path))
    assert "no settings file" in run("config", "check").out
    assert run("list").code == 2
    assert run("config", "set", "classify.months", "6").code == 0
    assert path.read_text(encoding="utf-8") == "[classify]\nmonths = 6\n"
