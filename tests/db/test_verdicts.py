"""What a run says, packed and taken out again; a byte more or less is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.db import in_memory
from custcli.db.verdicts import Verdicts, dense, judged, pack, said, unpack

LONG = st.integers(-(2**63), 2**63 - 1)
ROWS = st.lists(st.tuples(st.integers(1, 2**62), LONG, LONG, st.integers(0, 7), st.integers(111, 555)), max_size=30)


def verdicts(rows):
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), -1).T if rows else np.zeros((5, 0), dtype=np.int64)
    return Verdicts(columns[0], columns[1], columns[2], list(columns[3:]))


@given(ROWS)
def test_what_is_packed_comes_out(rows):
    assert [each[:3] for each in said("rfm", unpack(pack(verdicts(rows))))] == [row[:3] for row in rows]
    assert list(said("rfm", unpack(pack(verdicts(rows))))) == list(said("rfm", verdicts(rows)))


def test_it_is_small():
    """1,000,000 customers stay cheap to keep: far below the 39 bytes of a row each."""
    count = 20_000
    amounts = np.sort(np.random.default_rng(1).integers(1, 10**10, count))[::-1]
    ids = np.random.default_rng(2).permutation(count) + 1
    words = [np.repeat([0, 1, 2, 2], count // 4), np.repeat([0, 1, 2, 3], count // 4), np.zeros(count, dtype=np.int64)]
    assert len(pack(Verdicts(ids, np.arange(1, count + 1), amounts, words))) < 7 * count


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_damaged_run_is_told(place):
    blob = bytearray(pack(verdicts([(1, 1, 5, 0, 555), (2, 2, 4, 1, 111)])))
    blob[place] ^= 4
    with pytest.raises(ValueError, match="damaged"):
        unpack(bytes(blob))


def test_class_and_tier_are_looked_up_by_sql():
    marks = [np.array([0, 1, 2]), np.array([0, 2, 3]), np.zeros(3, dtype=np.int64)]
    bytes_of = dense(Verdicts(np.array([4, 1, 6]), np.arange(1, 4), np.array([9, 8, 7]), marks))
    sql = f"SELECT {judged('abc', 'value')}, {judged('tier', 'value')} FROM json_each('[1, 2, 4, 6, 7]')"
    with in_memory().reading() as connection:
        found = connection.exec_driver_sql(sql, (bytes_of, bytes_of)).all()
    assert found == [("B", "ordinary"), (None, None), ("A", "key"), ("C", "small"), (None, None)]
