"""Which files are meant where a folder is named."""

from collections.abc import Iterable
from pathlib import Path

from custcli.errors import RefusedError

ENDINGS = frozenset([".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv"])
_LOCK_FILE = "~$"  # Excel and WPS keep one beside each open book


def expand(paths: Iterable[str | Path]) -> list[Path]:
    """The files as given, folders replaced by the spreadsheets and csv files right inside them, sorted by name.

    A file named twice comes once. `-` and missing files stay as they are; raises RefusedError for a folder without any.
    """
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        for file in _inside(path) if path.is_dir() else [path]:
            found.setdefault(file if str(file) == "-" else file.resolve(), file)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    try:
        files = sorted(file for file in folder.iterdir() if _is_table(file))
    except OSError as error:
        raise RefusedError("{file}: it cannot be opened ({reason})", file=folder.name, reason=error.strerror) from None
    if not files:
        raise RefusedError("{file}: no spreadsheet and no csv file in this folder", file=folder.name or str(folder))
    return files


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in ENDINGS and not file.name.startswith((_LOCK_FILE, ".")) and file.is_file()
