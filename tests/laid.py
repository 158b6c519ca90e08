"""Rows laid straight into a database, and the company of records.sql."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection

from custcli.db import Author, journal

COMPANY = Path(__file__).with_name("records.sql")


def insert(connection: Connection, table: str, **row: object) -> None:
    """One row, made by the first change."""
    whole = {"made_by": 1, "extra": "{}"} | row
    marks = ", ".join("?" * len(whole))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({marks})", tuple(whole.values()))


def lay_company(connection: Connection) -> None:
    """The rows of records.sql, as one change."""
    number = journal.open_change(connection, Author("tester", "import").header())
    statement = ""
    for line in COMPANY.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.exec_driver_sql(statement)
            statement = ""
    journal.close_change(connection, number, {})
