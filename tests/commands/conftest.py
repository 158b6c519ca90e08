"""What tests of commands share: a database that the environment names, and one with a company in it."""

import pytest
from tests.laid import lay_company

from custcli.db import open_database


@pytest.fixture
def db(tmp_path, monkeypatch):
    """A database not there yet, in the folder where commands run."""
    path = tmp_path / "c.db"
    monkeypatch.setenv("CUSTCLI_DB", str(path))
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def company(tmp_path):
    """The company of tests/records.sql."""
    path = tmp_path / "c.db"
    with open_database(str(path), timeout=5, create=True).writing() as connection:
        lay_company(connection)
    return path
