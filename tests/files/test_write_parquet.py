"""Parquet: exact decimals, real dates, unknown is null, group by group; the same bytes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pyarrow import parquet

from custcli.errors import RefusedError
from custcli.files.write_parquet import write_parquet
from custcli.grid import Column, Kind

COLUMNS = [Column(f"c{n}", "", kind) for n, kind in enumerate(Kind)]
MOMENT = datetime(2026, 6, 30, 8, tzinfo=UTC)
ROW = ["甲", "007", "sale", 7, 99_999_999_999_999_9999, -1, 0.125, date(1890, 1, 1), MOMENT, True, ["a", "b"]]


def test_each_kind_comes_back_exactly(tmp_path):
    write_parquet(tmp_path / "a.parquet", COLUMNS, iter([ROW, [None] * len(ROW)]))
    table = parquet.read_table(tmp_path / "a.parquet")
    first, second = table.to_pylist()
    assert list(first.values()) == [
        "甲", "007", "sale", 7, Decimal("99999999999999.9999"), Decimal("-0.0001"), 0.125, date(1890, 1, 1),
        MOMENT, True, ["a", "b"],
    ]  # fmt: skip
    assert set(second.values()) == {None}
    types = [str(field.type) for field in table.schema]
    assert types[4:8] == ["decimal128(38, 4)", "decimal128(38, 4)", "double", "date32[day]"]


def test_no_rows_are_a_table_too(tmp_path):
    write_parquet(tmp_path / "a.parquet", COLUMNS, [])
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 0


def test_rows_are_written_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("custcli.files.write_parquet._GROUP", 2)
    write_parquet(tmp_path / "a.parquet", COLUMNS, [ROW] * 5)
    file = parquet.ParquetFile(tmp_path / "a.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [2, 2, 1]


def test_without_the_library_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(RefusedError, match="pyarrow"):
        write_parquet(tmp_path / "a.parquet", COLUMNS, [ROW])
