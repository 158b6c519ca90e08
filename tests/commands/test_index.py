"""Fields with `index = true` (forms.md 1.6): the index is used, and right after every kind of change."""

import json
import sqlite3
from pathlib import Path

import pytest

from custcli.db import open_database
from custcli.db.terms import condition
from custcli.domain.forms import load
from custcli.domain.terms import parse

SITE = """
[form]
name = "site"
version = 1
zh = "工地"
en = "Site"
match = [["number"]]
[fields]
number = { zh = "工地编号", en = "Site number", type = "text", required = true, pi = "N", index = true }
size   = { zh = "规模", en = "Size", type = "int", pi = "N" INDEX }
state  = { zh = "状态", en = "State", type = "choice", values = "site_states", pi = "N", index = true }
[values.site_states]
open = { zh = "在建", en = "Building" }
done = { zh = "完工", en = "Done" }
"""
OWN = '[form]\nextends = "retail"\n[fields]\nx_shop = { zh = "店号", type = "text", pi = "N", index = true }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTCLI_DB", "c.db")
    monkeypatch.setenv("CUSTCLI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    Path("config.toml").touch()
    Path("forms").mkdir()


def declare(size_index=", index = true", site=SITE):
    Path("forms/site.toml").write_text(site.replace("INDEX", size_index), encoding="utf-8")


def sites(run, *rows):
    Path("in.csv").write_text("工地编号,规模,状态\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert run("import", "in.csv", "--as", "site").code == 0


def found(run, *terms, of="site"):
    assert run("check").code == 0  # which compares what is kept for searching with the records
    answer = run("list", of, *terms, "--json")
    assert answer.code == 0, answer.err
    return [row["number" if of == "site" else "name"] for row in json.loads(answer.out)["rows"]]


def kept(*columns):
    """What is kept for searching, in the order of two columns."""
    with sqlite3.connect("c.db") as connection:
        sql = f"SELECT {', '.join(columns)} FROM looked_up v JOIN looked_up_field f ON f.id = v.field ORDER BY 1, 2"
        return connection.execute(sql).fetchall()


def test_every_kind_of_change_keeps_the_index_right(run):
    declare()
    sites(run, "S1,10,在建", "S2,20,完工", "S3,,在建")
    assert kept('f."key"', "value") == [
        ("number", "S1"), ("number", "S2"), ("number", "S3"), ("size", 10), ("size", 20),
        ("state", "done"), ("state", "open"), ("state", "open"),
    ]  # fmt: skip
    sites(run, "S2,25,在建", "S4,40,完工")
    assert found(run, "规模:20..30") == ["S2"]
    assert found(run, "state=在建") == ["S1", "S2", "S3"]
    assert found(run, "number~s", "规模!=10") == ["S2", "S3", "S4"]
    assert run("undo", "2").code == 0
    assert found(run, "规模>=20") == found(run, "规模=20") == ["S2"]
    assert run("edit", "site", "S1", "size=").code == 0
    assert run("delete", "site", "S3").code == 0
    assert found(run, "规模=") == ["S1"]
    assert not {("value", "S3"), ("value", 10)} & set(kept("'value'", "value"))
    assert run("undo", "5").code == 0
    assert found(run, "number=S3") == ["S3"]


def test_a_renamed_field_takes_its_index_along(run):
    declare()
    sites(run, "S1,10,在建")
    declare(site=SITE.replace("size   = {", 'area = { was = ["size"],').replace("version = 1", "version = 2"))
    assert run("config", "check", "--apply").code == 0
    assert found(run, "area=10") == ["S1"]
    assert {key for key, _ in kept('f."key"', "value")} == {"number", "area", "state"}


def test_an_index_declared_later_is_made_by_the_next_change_or_by_apply(run):
    declare("")
    sites(run, "S1,10,在建", "S2,20,在建")
    declare()
    assert found(run, "size=20") == ["S2"]  # by the records themselves
    assert "config check --apply" in (said := run("config", "check")).out + said.err
    assert (10, 1) not in kept("value", "row_id")
    assert run("config", "check", "--apply").code == 0
    assert (10, 1) in kept("value", "row_id")
    assert "--apply" not in (said := run("config", "check")).out + said.err
    assert found(run, "size=20") == ["S2"]
    declare("")
    sites(run, "S2,21,在建")
    assert (10, 1) not in kept("value", "row_id")


def test_own_field_of_all_customers_of_a_kind(run):
    Path("forms/retail.toml").write_text(OWN, encoding="utf-8")
    rows = (
        "客户名称,店号,手机,所属业务区,业务员,经营地址",
        "张三,A1,13800138000,华东,李,上海",
        "李四,A2,13800138001,华东,李,上海",
    )
    Path("in.csv").write_text("\n".join(rows), encoding="utf-8")
    assert run("import", "in.csv", "--as", "retail").code == 0
    (of_kind,), (of_all,) = (found(run, "x_shop=A2", "--reveal", of=of) for of in ("retail", "customers"))
    assert of_kind == of_all == "李四"


def test_sqlite_searches_the_index(run):
    declare()
    sites(run, "S1,10,在建")
    form = load((), [("site.toml", Path("forms/site.toml").read_text(encoding="utf-8"))])["site"]
    with open_database("c.db", timeout=1, create=False).reading() as connection:
        for term in ("number=S1", "size:10..20", "state=open"):
            where, values = condition(form, parse([term]))
            sql = f"EXPLAIN QUERY PLAN SELECT t.id FROM entry t WHERE t.form = 'site' AND {where}"
            plan = "\n".join(row[3] for row in connection.exec_driver_sql(sql, tuple(values)))
            assert "SEARCH v USING COVERING INDEX looked_up_value (field=? AND value>? AND value<?)" in plan
            assert "SEARCH t USING" in plan and "rowid=?" in plan  # noqa: PT018


def test_json_functions_in_an_index_are_what_sqlite_refuses(run):
    """Why there is a table: should this fail one day, an expression index will do (reliability.md D 2)."""
    assert run("init").code == 0
    with (
        open_database("c.db", timeout=1, create=False).writing(keep=False) as connection,
        pytest.raises(Exception, match="unsafe use"),
    ):
        connection.exec_driver_sql("CREATE INDEX e ON entry (json_extract(extra, '$.a'))")


def test_check_finds_a_kept_value_that_is_none(run):
    declare()
    sites(run, "S1,10,在建")
    with sqlite3.connect("c.db") as connection:
        connection.execute("UPDATE looked_up SET value = 'S9' WHERE value = 'S1'")
    answer = run("check")
    assert (answer.code, "2" in answer.err) == (5, True)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("tags", 'tags = { zh = "标签二", type = "list", pi = "N", index = true }'),
        ("customer", 'customer = { zh = "客户编号", type = "ref", to = "customer", pi = "N", index = true }'),
    ],
)
def test_what_cannot_have_an_index_is_said(run, name, field):
    declare(site=SITE.replace("[fields]", f"[fields]\n{field}"))
    answer = run("forms", "check", "--json")
    (row,) = json.loads(answer.out)["rows"]
    assert (row["place"], row["line"]) == (f"[fields] {name} index", 9)
