"""What a stored run says of its customers, packed into one value of the run: 3 to 4 bytes a customer.

Customers are kept in the order of their ranks: amounts and words hardly change from one to the next, and what is left
is mostly the order itself. Runs of 1,000,000 customers stay cheap to keep and to write (performance.md 4).
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

from custcli.domain.classify import AbcClass, Tier
from custcli.domain.matrix import Priority
from custcli.domain.rfm import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASES = ("orders", "dossier")
Words = tuple[str, ...] | None
"""The words that a column's numbers are the places of; None: the numbers themselves."""
_CLASSES: Sequence[tuple[str, Words]] = (
    ("abc", tuple(map(str, AbcClass))),
    ("tier", tuple(map(str, Tier))),
    ("basis", BASES),
)
COLUMNS: Mapping[str, Sequence[tuple[str, Words]]] = {
    "abc": _CLASSES,
    "pyramid": _CLASSES,
    "rfm": (("type", tuple(map(str, Kind))), ("rfm", None)),
    "matrix": (("priority", tuple(map(str, Priority))), ("potential", None)),
}
"""What each method says of a customer beside rank and amount. The order of words is kept for good: runs are history."""
_LEVEL = 1
"""Of zlib: higher levels take twice the time for a thirtieth of the size."""


@dataclass(frozen=True)
class Verdicts:
    """Arrays of the customers that have a rank, by place together; they are kept in the order given.

    Amounts are ten-thousandths, or counts; `marks`: the columns of the method (COLUMNS), numbers below 2**63.
    """

    ids: "NDArray[Any]"
    ranks: "NDArray[Any]"
    amounts: "NDArray[Any]"
    marks: "Sequence[NDArray[Any]]"


def pack(verdicts: Verdicts) -> bytes:
    """The verdicts as bytes, which `unpack` takes."""
    import numpy as np

    columns = [verdicts.ids, verdicts.ranks, verdicts.amounts, *verdicts.marks]
    packed = [_column(each) for each in columns]
    head = [len(verdicts.ids), len(columns), *(number for least, width, _ in packed for number in (least, width))]
    return zlib.compress(b"".join([np.array(head, dtype="<i8").tobytes(), *(each[2] for each in packed)]), _LEVEL)


def _column(values: "NDArray[Any]") -> tuple[int, int, bytes]:
    """Least difference between neighbours, bytes of a difference above it, and these, all first bytes first.

    Differences that leave 64 bits come back by the same way.
    """
    import numpy as np

    differences = np.diff(values.astype("<i8"), prepend=np.int64(0))
    least = int(differences.min(initial=0))
    above = (differences - np.int64(least)).view("<u8")
    width = (int(above.max(initial=0)).bit_length() + 7) // 8
    return least, width, above.view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


def holds(blob: bytes) -> bool:
    """Whether the bytes are as they were packed, by their checksum."""
    try:
        zlib.decompress(blob)
    except zlib.error:
        return False
    return True


def unpack(blob: bytes) -> Verdicts:
    """The verdicts that were packed. ValueError: the bytes are damaged."""
    import numpy as np

    try:
        data = zlib.decompress(blob)
    except zlib.error as error:
        raise ValueError("a damaged run") from error
    count, columns = (int(number) for number in np.frombuffer(data, dtype="<i8", count=2))
    head = np.frombuffer(data, dtype="<i8", count=2 * columns, offset=16).reshape(columns, 2)
    starts = np.cumsum([16 * (columns + 1), *head[:, 1] * count]).tolist()
    parts = (data[start:end] for start, end in pairwise(starts))
    ids, ranks, amounts, *marks = map(_restored, parts, repeat(count), head[:, 0].tolist())
    return Verdicts(ids, ranks, amounts, marks)


def _restored(planes: bytes, count: int, least: int) -> "NDArray[Any]":
    import numpy as np

    above = np.zeros((count, 8), dtype=np.uint8)
    if count:
        width = len(planes) // count
        above[:, :width] = np.frombuffer(planes, dtype=np.uint8).reshape(width, count).T
    restored: NDArray[Any] = np.cumsum(above.view("<i8").reshape(-1) + np.int64(least), dtype=np.int64)
    return restored


def differing(first: Verdicts, second: Verdicts) -> int:
    """Of how many customers amount or words differ, or are said in one alone."""
    import numpy as np

    if all(np.array_equal(one, other) for one, other in zip(_columns(first), _columns(second), strict=True)):
        return 0
    last = max(int(each.ids.max(initial=0)) for each in (first, second))
    differ = np.zeros(last + 1, dtype=bool)
    for one, other in zip(_columns(first), _columns(second), strict=True):
        differ |= _placed(first.ids, one, last) != _placed(second.ids, other, last)
    return int(differ.sum())


def _columns(verdicts: Verdicts) -> "list[NDArray[Any]]":
    return [verdicts.ids, verdicts.amounts, *verdicts.marks]


def _placed(ids: "NDArray[Any]", values: "NDArray[Any]", last: int) -> "NDArray[Any]":
    """The values, each at the place of its id; 0 where there is none."""
    import numpy as np

    found = np.zeros(last + 1, dtype=np.int64)
    found[ids] = values
    return found


def said(method: str, verdicts: Verdicts) -> Iterator[tuple[Any, ...]]:
    """Id, rank, amount and the words of the method's columns, one customer after the other."""
    columns = (
        marks.tolist() if words is None else [words[place] for place in marks.tolist()]
        for (_, words), marks in zip(COLUMNS[method], verdicts.marks, strict=True)
    )
    return zip(verdicts.ids.tolist(), verdicts.ranks.tolist(), verdicts.amounts.tolist(), *columns, strict=True)


# what SQL asks of them

_BITS = 2
_WORDS: Mapping[str, tuple[type[AbcClass | Tier], int, int]] = {"abc": (AbcClass, 0, 3), "tier": (Tier, _BITS, 7)}
"""Words of class and tier, and where they lie in a number: behind how many bits, and which bits."""
CLASSES = "custcli_classes"
"""The SQL function `classes`."""
PACKING = "custcli_verdicts"
"""The SQL function `Packing`."""


def dense(verdicts: Verdicts | None) -> bytes:
    """Of a ranking: a byte for each number of a customer from 1 on, class and tier in one; 0 where it has none."""
    import numpy as np

    if verdicts is None:
        return b""
    found = np.zeros(int(verdicts.ids.max(initial=0)), dtype=np.uint8)
    found[verdicts.ids - 1] = _both(verdicts)
    return found.tobytes()


def judged(column: str, customer: str) -> str:
    """SQL of a customer's class (`abc`) or `tier` out of the bytes of `dense`, which are bound; NULL where it has none.

    Ten times as fast as a join: a byte of what is bound is looked up where it lies.
    """
    return _word(column, f"unicode(CAST(substr(?, {customer}, 1) AS TEXT))")


def classes(blob: bytes | None) -> str:
    """Of a ranking: a JSON list of a number for each customer: its id, behind it tier and class in five bits."""
    if blob is None:
        return "[]"
    found = unpack(blob)
    return str((found.ids << 2 * _BITS + 1 | _both(found)).tolist())


def rows(run: str) -> str:
    """SQL of (customer_id, abc, tier) by the run that an SQL names, where nothing can be bound.

    The limit keeps it from being asked once a row; the cast lets it have an index.
    """
    words = ", ".join(f"{_word(column, 'e.value')} AS {column}" for column in _WORDS)
    return (
        f"(SELECT CAST(e.value >> {2 * _BITS + 1} AS INTEGER) AS customer_id, {words} "
        f"FROM run r, json_each({CLASSES}(r.verdicts)) e WHERE r.id = {run} LIMIT -1)"
    )


def _both(verdicts: Verdicts) -> "NDArray[Any]":
    """Class and tier of each customer in one number."""
    found: NDArray[Any] = verdicts.marks[1] + 1 << _BITS | verdicts.marks[0] + 1
    return found


def _word(column: str, number: str) -> str:
    words, shift, bits = _WORDS[column]
    cases = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words, 1))
    return f"CASE {number} >> {shift} & {bits} {cases} END"


class Packing:
    """SQL aggregate (customer, rank, amount, class, tier, basis) → verdicts: for databases of older schemas."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int, int, int]] = []

    def step(self, customer: int, rank: int, amount: int, *words: str) -> None:
        """One row."""
        abc, tier, basis = (
            0 if said is None else said.index(word) for (_, said), word in zip(_CLASSES, words, strict=True)
        )
        self.rows.append((customer, rank, amount, abc, tier, basis))

    def finalize(self) -> bytes:
        """All of them."""
        import numpy as np

        self.rows.sort(key=lambda row: row[1])
        columns = np.array(self.rows, dtype=np.int64).reshape(-1, 6).T
        return pack(Verdicts(columns[0], columns[1], columns[2], list(columns[3:])))
