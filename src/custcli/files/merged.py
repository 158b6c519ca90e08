"""What lies under merged cells: nobody sees it, so it is no value (reliability.md B)."""

from collections.abc import Callable, Iterator, Sequence

from custcli.domain.cells import Merge, Value


def uncovered(
    rows: Iterator[list[Value]], areas: Sequence[Merge], tell: Callable[[int], None]
) -> Iterator[list[Value]]:
    """The rows without covered values that differ from the one shown; `tell` is given their number, if any.

    Some programs write the shown value into every cell of an area: those stay.
    """
    waiting = sorted(areas, key=lambda area: -area.top)
    now: list[tuple[Merge, Value]] = []
    hidden = 0
    for number, row in enumerate(rows):
        now = [each for each in now if each[0].bottom >= number]
        while waiting and waiting[-1].top <= number:
            area = waiting.pop()
            now.append((area, row[area.left] if area.left < len(row) else None))
        for area, shown in now:
            hidden += _uncover(row, area, shown)
        yield row
    if hidden:
        tell(hidden)


def _uncover(row: list[Value], area: Merge, shown: Value) -> int:
    covered = [at for at in range(area.left, min(area.right + 1, len(row))) if row[at] not in (None, shown)]
    for at in covered:
        row[at] = None
    while covered and row and row[-1] is None:
        row.pop()
    return len(covered)
