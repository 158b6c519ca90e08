"""Writing whole or not at all (reliability.md C, kill during export; D 18)."""

import os
import stat
import subprocess

import pytest

from custcli.errors import RefusedError
from custcli.files.atomic import replacing, scratch


def test_new_file_is_private_and_whole(tmp_path):
    old = os.umask(0)
    try:
        with replacing(tmp_path / "out.csv", force=False) as part:
            assert stat.S_IMODE(part.stat().st_mode) == 0o600
            assert part.parent == tmp_path
            assert not (tmp_path / "out.csv").exists()
            part.write_text("x")
    finally:
        os.umask(old)
    assert (tmp_path / "out.csv").read_text() == "x"
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.csv"]  # noqa: PTH208


def test_existing_file_needs_force(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(RefusedError), replacing(target, force=False):
        pytest.fail("must not begin")
    with replacing(target, force=True) as part:
        part.write_text("new")
    assert target.read_text() == "new"


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def fail(part):
        (scratch(part) / "x").write_text("half")
        part.write_text("half")
        raise error

    with pytest.raises(error), replacing(target, force=True) as part:
        fail(part)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]  # noqa: PTH208


def test_link_is_replaced_not_followed(tmp_path):
    victim, link = tmp_path / "victim", tmp_path / "out.csv"
    victim.write_text("keep")
    link.symlink_to(victim)
    with pytest.raises(RefusedError), replacing(link, force=False):
        pytest.fail("must not begin")
    with replacing(link, force=True) as part:
        part.write_text("new")
    assert victim.read_text() == "keep"
    assert not link.is_symlink()


@pytest.mark.parametrize("path", ["none/out.csv", ".", "folder"])
def test_places_that_cannot_be_written(tmp_path, path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(RefusedError), replacing(tmp_path / path, force=True):
        pytest.fail("must not begin")


def test_device_is_never_replaced():
    with pytest.raises(RefusedError), replacing("/dev/null", force=True):
        pytest.fail("must not begin")


def test_full_disk_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(RefusedError) as refused, replacing(tmp_path / "out.csv", force=False):
        raise OSError(28, "No space left on device")
    assert refused.value.message.params["file"] == "out.csv"
    assert not os.listdir(tmp_path)  # noqa: PTH208


def test_leftovers_of_killed_runs_are_swept_those_of_living_ones_not(tmp_path):
    gone = subprocess.Popen(["true"])  # noqa: S607
    gone.wait()
    dead = tmp_path / f".custcli-out.csv-{gone.pid}-00.part"
    alive = tmp_path / f".custcli-out.csv-{os.getppid()}-00.part"
    other = tmp_path / f".custcli-other.csv-{gone.pid}-00.part"
    for path in (dead, alive, other):
        path.write_text("half")
    (tmp_path / f"{dead.name}.d").mkdir()
    with replacing(tmp_path / "out.csv", force=False):
        pass
    assert sorted(os.listdir(tmp_path)) == sorted([alive.name, other.name, "out.csv"])  # noqa: PTH208


def test_long_names(tmp_path):
    name = "客" * 80 + ".csv"
    with replacing(tmp_path / name, force=False) as part:
        part.write_text("x")
    assert (tmp_path / name).read_text() == "x"
