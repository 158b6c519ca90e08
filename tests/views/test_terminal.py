"""On a terminal: Rich where it fits, one block a record where it does not; nothing is cut, nothing obeyed."""

import re
import sys
from pathlib import Path

import pytest

from custcli.wide import width

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

SCRIPT = """
import sys
from custcli.context import Context
from custcli.grid import Column, Grid, Kind
from custcli.settings import Settings
from custcli.views import show
columns = [Column("code", "编号", Kind.CODE), Column("name", "客户名称"), Column("amount", "累计金额", Kind.MONEY)]
count, *limit = map(int, sys.argv[1:])
rows = [["C%06d" % number, "深圳市腾讯计算机系统有限公司[/b]\\x1b]0;x\\x07", 12345678900] for number in range(count)]
show(Context(Settings(), limit=limit[0] if limit else None), Grid("list", columns, rows))
"""
RANKING = """
import sys
from datetime import date
from custcli.context import Context
from custcli.grid import Column, Grid, Kind
from custcli.settings import Settings
from custcli.views import show
columns = [
    Column("code", "客户编号", Kind.CODE), Column("name", "客户名称"), Column("region", "所属业务区"),
    Column("owner", "负责业务员"), Column("amount", "金额", Kind.MONEY), Column("share", "占比", Kind.SHARE, bar=True),
    Column("running", "累计占比", Kind.SHARE), Column("on", "最近交易", Kind.DATE),
]
row = ["北京望江国际大酒店管理有限公司", "华北", "冯立新", 843102_9200, 0.5, 1.0, None]
rows = [["C%06d" % number, *row] for number in range(3)]
spare = ["region", "amount", "owner"] if sys.argv[1:] else []
if spare:
    columns.append(Column("key", "暗号", Kind.CODE))
    rows = [[*row, "K" * 16] for row in rows]
show(Context(Settings()), Grid("list", columns, rows, spare=spare))
"""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@pytest.fixture
def screen(tmp_path: Path):
    file = tmp_path / "script.py"

    def call(columns, *args, script=SCRIPT, **environ):
        file.write_text(script, encoding="utf-8")
        env = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)}
        words = [str(file), *map(str, args)]
        child = pexpect.spawn(sys.executable, words, dimensions=(24, columns), env=env | environ, encoding="utf-8")
        child.expect(pexpect.EOF, timeout=300)
        return child.before

    return call


@pytest.mark.parametrize("columns", [200, 80, 40, 20])  # R18
def test_nothing_is_cut(screen, columns):
    text = re.sub(r"\s", "", ESCAPE.sub("", screen(columns, 2)))
    assert "深圳市腾讯计算机系统有限公司[/b]\\x1b]0;x\\x07" in text
    assert "1,234,567.89" in text
    assert "…" not in text


def test_a_narrow_terminal_gets_a_block_a_record(screen):
    lines = ESCAPE.sub("", screen(40, 2)).split("\r\n")
    assert sum(bool(re.match("编号[:：]", line)) for line in lines) == 2


def test_columns_stand_in_line(screen):
    emulated = pyte.Screen(120, 24)
    pyte.Stream(emulated).feed(screen(120, 3))
    ends = {line.rstrip().__len__() for line in emulated.display if "1,234,567.89" in line}
    assert len(ends) == 1


@pytest.mark.parametrize(("environ", "painted"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_colour(screen, environ, painted):  # R20
    assert bool(ESCAPE.search(screen(120, 2, **environ))) is painted


@pytest.mark.parametrize(
    ("rows", "limit", "shown", "more"),
    [(50, [], 50, None), (60, [], 50, 10), (60, [0], 60, None), (60, [55], 55, 5), (60, [3], 3, 57)],  # decisions.md 30
)
def test_the_limit_of_a_terminal(screen, rows, limit, shown, more):
    text = screen(120, rows, *limit)
    assert text.count("1,234,567.89") == shown
    assert (f"{more} " in text.splitlines()[-1]) is (more is not None)


def test_a_ranking_fits_80_columns(screen):
    """Heads and names stand in several lines, the share has its bar, and what says nothing is left out."""
    lines = ESCAPE.sub("", screen(80, script=RANKING)).splitlines()
    assert max(map(width, lines)) <= 80
    assert "最近交易" not in "".join(lines)
    first = next(number for number, line in enumerate(lines) if "C000000" in line)
    found = re.search(r"C000000 +(\w+) +华北 +冯立新 +843,102\.92 +█+▌? +50\.0 % +100\.0 %", lines[first])
    assert found
    assert found[1] + lines[first + 1].strip() == "北京望江国际大酒店管理有限公司"


@pytest.mark.parametrize(("columns", "table", "left"), [(80, True, []), (70, True, ["所属业务区"]), (40, False, [])])
def test_a_screen_without_room_for_a_table_has_fewer_columns(screen, columns, table, left):
    """What a reader misses least goes first, no more of it than need be, and it is said; the narrowest have blocks."""
    text = ESCAPE.sub("", screen(columns, "spare", script=RANKING))
    assert ("客户编号：C000000" not in text and "客户编号: C000000" not in text) is table
    told = re.search(r"No room for: (.*?) \(|屏幕太窄，未显示：(.*?)（", text)
    assert ([] if told is None else (told[1] or told[2]).split("、")) == left
