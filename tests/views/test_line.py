"""The curve below a ranking on a terminal: it rises from corner to corner, and a pipe gets none."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.grid import Curve
from custcli.messages import message
from custcli.views.line import ACROSS, UP, curve_text
from custcli.wide import width


def curve(points):
    return Curve(message("Lorenz curve"), message("share of the customers"), message("share of the amount"), points)


def heights(points):
    """How high the line stands in each column of letters, from 1 at the bottom; 0 where there is none."""
    rows = [line.split("│")[1].rstrip("\n").ljust(ACROSS) for line in curve_text(curve(points)) if "│" in line]
    assert len(rows) == UP
    return [max((UP - n for n, row in enumerate(rows) if row[at] != " "), default=0) for at in range(ACROSS)]


def test_an_even_spread_is_the_diagonal():
    found = heights([(0.0, 0.0), (1.0, 1.0)])
    assert (found[0], found[-1]) == (1, UP)
    assert [found[at] for at in (9, 19, 29)] == [3, 5, 8]  # a quarter, a half, three quarters of 10


def test_one_customer_has_everything():
    assert heights([(0.0, 0.0), (0.99, 0.0), (1.0, 1.0)])[:-1] == [1] * (ACROSS - 1)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=50).map(sorted))
def test_a_lorenz_curve_never_falls_and_never_breaks(amounts):
    total, below, points = sum(amounts), 0, [(0.0, 0.0)]
    for number, amount in enumerate(amounts, 1):
        below += amount
        points.append((number / len(amounts), below / total))
    found = heights(points)
    assert found == sorted(found)
    assert found[-1] == UP
    assert all(found)


def test_it_fits_a_narrow_screen():
    assert max(width(line.rstrip("\n")) for line in curve_text(curve([(0.0, 0.0), (1.0, 1.0)]))) <= 60


def test_how_it_looks():
    text = "".join(curve_text(curve([(0.0, 0.0), (0.5, 0.1), (1.0, 1.0)])))
    assert text.splitlines()[-3:] == [
        "      └────────────────────────────────────────",
        "       0 %                50 %            100 %",
        "       ↑ share of the amount, → share of the customers",
    ]
    assert text.splitlines()[1] == "Lorenz curve"
    assert [line[:5] for line in text.splitlines()[2:12] if line[:5].strip()] == ["100 %", " 50 %", "  0 %"]


SCRIPT = """
from datetime import date
from custcli.context import Context
from custcli.grid import Column, Curve, Grid, Kind
from custcli.messages import message
from custcli.settings import Settings
from custcli.views import show
lorenz = Curve(message("Lorenz curve"), message("x"), message("y"), [(0.0, 0.0), (1.0, 1.0)])
columns = [Column("code", "Code", Kind.CODE), Column("share", "Share", Kind.SHARE, bar=True)]
show(Context(Settings()), Grid("classify", columns, [["C1", 0.75]], curve=lorenz))
"""


@pytest.mark.parametrize(
    ("columns", "environ", "bar", "colour"),
    [
        (160, {}, True, True),
        (80, {}, True, True),
        (80, {"NO_COLOR": "1"}, True, False),  # no-color.org
        (20, {}, False, True),  # a bar is left out where it does not fit
    ],
    ids=str,
)
def test_on_a_terminal(tmp_path, columns, environ, bar, colour):
    pexpect = pytest.importorskip("pexpect")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    env = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)}
    child = pexpect.spawn(sys.executable, [str(script)], dimensions=(24, columns), env=env | environ, encoding="utf-8")
    child.expect(pexpect.EOF, timeout=300)
    assert ("███████▌" in child.before) == bar
    assert ("\x1b[" in child.before) == colour
    assert "Lorenz curve" in child.before


def test_a_pipe_gets_neither_bar_nor_curve(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    said = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=300).stdout.decode()
    assert "75.0 %" in said
    assert "█" not in said
    assert "Lorenz" not in said
