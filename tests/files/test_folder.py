"""Folders stand for the tables in them."""

import pytest

from custcli.errors import RefusedError
from custcli.files.folder import expand


def test_folder_gives_its_tables_in_order(tmp_path):
    for name in ("b.csv", "a.XLSX", "~$a.xlsx", ".hidden.csv", "notes.txt", "c.ods"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "deeper.csv").mkdir()
    assert [path.name for path in expand([tmp_path])] == ["a.XLSX", "b.csv", "c.ods"]


def test_files_come_once_and_as_given(tmp_path):
    (tmp_path / "b.csv").write_bytes(b"")
    given = [tmp_path / "b.csv", "-", tmp_path / "none.xlsx", tmp_path]
    assert [str(path) for path in expand(given)] == [str(tmp_path / "b.csv"), "-", str(tmp_path / "none.xlsx")]


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(RefusedError):
        expand([tmp_path])
