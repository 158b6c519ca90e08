"""Writing Parquet: typed columns for analysts, exact to the last digit, in groups of rows; the same bytes each time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

from custcli.errors import RefusedError
from custcli.grid import SCALE, Column, Kind

_GROUP = 50_000
"""Rows that are held at a time."""
_DIGITS, _DECIMALS = 38, 4


def write_parquet(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Write rows over the file `path`, named by the columns' keys.

    Money and quantities become decimals with 4 places, dates dates, times UTC in seconds, lists lists of texts; unknown
    is null. Raises RefusedError where the library for it is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise RefusedError("Parquet needs the package pyarrow, which is not installed: use .csv") from None
    schema = pa.schema([(column.name, _type(pa, column.kind)) for column in columns])
    readers = [_READERS.get(column.kind, _same) for column in columns]
    left = iter(rows)
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        while group := list(islice(left, _GROUP)):
            arrays = [
                pa.array([None if value is None else read(value) for value in values], field.type)
                for read, field, values in zip(readers, schema, zip(*group, strict=True), strict=True)
            ]
            file.write_batch(pa.record_batch(arrays, schema))


def _type(pa: Any, kind: Kind) -> Any:
    made: dict[Kind, Callable[[], Any]] = {
        Kind.INTEGER: pa.int64,
        Kind.MONEY: lambda: pa.decimal128(_DIGITS, _DECIMALS),
        Kind.DECIMAL: lambda: pa.decimal128(_DIGITS, _DECIMALS),
        Kind.SHARE: pa.float64,
        Kind.DATE: pa.date32,
        Kind.TIME: lambda: pa.timestamp("s", tz="UTC"),
        Kind.FLAG: pa.bool_,
        Kind.LIST: lambda: pa.list_(pa.string()),
    }
    return made.get(kind, pa.string)()


def _same(value: Any) -> Any:
    return value


def _exact(value: int) -> Any:
    from decimal import Decimal

    return Decimal(value).scaleb(-_DECIMALS)


def _moment(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: _exact, Kind.DECIMAL: _exact, Kind.TIME: _moment, Kind.TEXT: str, Kind.CODE: str, Kind.TOKEN: str,
}  # fmt: skip
assert SCALE == 10**_DECIMALS  # noqa: S101 - what _exact takes for granted
