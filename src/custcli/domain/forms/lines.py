"""On which line of a TOML text something stands: the parser of the standard library does not say."""

import re
from collections.abc import Iterable, Iterator

_HEADER = re.compile(r"\s*\[\[?([^\]]+)\]\]?")
_KEY = re.compile(r"\s*((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*=(.*)")
_INNER = re.compile(r"([\w-]+)\s*=(?!=)")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*")
_PIECE = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)")

Path = tuple[str, ...]


class Lines:
    """The lines of the sections and keys of one text."""

    def __init__(self, text: str) -> None:
        self.known: dict[Path, int] = {}
        for path, line in _paths(text):
            self.known.setdefault(path, line)

    def of(self, place: str) -> int | None:
        """The line of a place as it is told: `[fields] mobile pi`, or of the nearest thing around it.

        A field of a group may be told by its whole name, and one of a group of labels as the form's own.
        """
        wanted = tuple(re.sub(r"[\[\]]", " ", place).replace(".", " ").split())
        for end in range(len(wanted), 0, -1):
            for path in _spellings(wanted[:end]):
                if path in self.known:
                    return self.known[path]
            if wanted[0] == "fields" and (line := self._in_groups(wanted[1:end])):
                return line
        return None

    def _in_groups(self, tail: Path) -> int | None:
        found = (line for path, line in self.known.items() if path[:1] == ("groups",) and path[2:] == ("fields", *tail))
        return next(found, None) if tail else None


def _spellings(path: Path) -> Iterator[Path]:
    yield path
    if path[0] == "fields" and len(path) > len(("fields", "group")):
        yield ("groups", path[1], "fields", *path[2:])


def _paths(text: str) -> Iterator[tuple[Path, int]]:
    section: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if found := _HEADER.fullmatch(line.split("#")[0].rstrip()):
            section = _pieces(found[1])
            yield from ((section[:end], number) for end in range(1, len(section) + 1))
        elif found := _KEY.match(line):
            path = (*section, *_pieces(found[1]))
            yield path, number
            yield from (((*path, inner), number) for inner in _inner(found[2]))


def _inner(rest: str) -> Iterable[str]:
    return _INNER.findall(_TEXT.sub("''", rest))


def _pieces(text: str) -> Path:
    return tuple(next(part for part in found if part) for found in _PIECE.findall(text) if any(found))
