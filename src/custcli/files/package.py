"""The zip around a workbook, looked at before anything is parsed (reliability.md B and D 11). Runs in the child."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

CHUNK = 1 << 18
_ENCRYPTED = 0x1
_XML_ENDINGS = (".xml", ".rels", ".vml")
DAMAGED = (expat.ExpatError, LookupError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a part of a zip raises where its bytes are not as they should be."""


class Refusal(Exception):  # noqa: N818 - a verdict on the file, not a failure of this program
    """The file is refused: `code` names the reason (reasons.py has its words), `params` fill them."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class SheetPart:
    """A sheet as the workbook declares it; `part` is its name in the zip, "" if it cannot be found."""

    name: str
    visible: bool
    part: str


@dataclass
class Package:
    """A checked zip: its parts by lower-case name with forward slashes."""

    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]
    macros: bool = False
    links: bool = False
    sheets: list[SheetPart] = field(default_factory=list)

    def open(self, part: str) -> IO[bytes]:
        """The unpacked bytes of a part."""
        return self.archive.open(self.parts[part.lower()])

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self.parts


def open_package(stream: IO[bytes], *, entries: int, unpacked: int) -> Package:
    """The zip of a workbook, checked: number of entries, unpacked bytes, no password, no double names, no DTD."""
    archive = zipfile.ZipFile(stream)
    infos = archive.infolist()
    if len(infos) > entries:
        raise Refusal("entries", count=len(infos), limit=entries)
    if sum(info.file_size for info in infos) > unpacked:
        raise Refusal("unpacked", limit=unpacked >> 20)
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Refusal("password")
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/").lower()
        if name in parts:
            raise Refusal("double_entry")
        parts[name] = info
    package = Package(archive, parts)
    for name in parts:
        if name.endswith(_XML_ENDINGS):
            _refuse_dtd(package, name)
    package.macros = any(name.endswith(("vbaproject.bin", "/basic/script-lc.xml")) for name in parts)
    package.links = any(name.startswith("xl/externallinks/") and not name.endswith(".rels") for name in parts)
    return package


def new_parser() -> expat.XMLParserType:
    """An expat parser that refuses document type declarations, and with them every entity (as defusedxml does)."""
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Refusal("dtd")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, stream: IO[bytes], go_on: Callable[[], bool] = lambda: True) -> None:
    """Parse the stream piece by piece while `go_on()`."""
    while go_on() and (piece := stream.read(CHUNK)):
        parser.Parse(piece, False)
    if go_on():
        parser.Parse(b"", True)


def local(tag: str) -> str:
    """The name of an element or attribute without its prefix."""
    return tag.rpartition(":")[2]


def elements(package: Package, part: str, *wanted: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The wanted elements of a small part: name, attributes (both without prefix), the text. None if absent."""
    if not package.has(part):
        return
    found: list[tuple[str, dict[str, str], list[str]]] = []
    inside: list[bool] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        inside.append(name in wanted)
        if inside[-1]:
            found.append((name, {local(key): value for key, value in attributes.items()}, []))

    def end(_: str) -> None:
        inside.pop()

    def text(data: str) -> None:
        if any(inside):
            found[-1][2].append(data)

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    with package.open(part) as stream:
        feed(parser, stream)
    for name, attributes, pieces in found:
        yield name, attributes, "".join(pieces)


def sheet_parts(package: Package, limit: int) -> list[SheetPart]:
    """The worksheets that xl/workbook.xml declares, in its order."""
    targets = {
        at.get("Id", ""): posixpath.normpath(posixpath.join("/xl", at.get("Target", "")))[1:]
        for _, at, _ in elements(package, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets = [
        SheetPart(at.get("name", ""), at.get("state", "visible") == "visible", targets.get(at.get("id", ""), ""))
        for _, at, _ in elements(package, "xl/workbook.xml", "sheet")
    ]
    if len(sheets) > limit:
        raise Refusal("sheets", count=len(sheets), limit=limit)
    return sheets


def custom_properties(package: Package) -> dict[str, str]:
    """The workbook's custom document properties that are custcli's own (`custcli-form`, forms.md 3.0)."""
    return {
        at["name"]: text.strip()
        for _, at, text in elements(package, "docprops/custom.xml", "property")
        if at.get("name", "").startswith("custcli-")
    }


def _refuse_dtd(package: Package, part: str) -> None:
    # A document type can only stand before the first element: no need to parse further.
    begun: list[str] = []
    parser = new_parser()
    parser.StartElementHandler = lambda tag, _: begun.append(tag)
    # A damaged part is refused by whoever needs it; pictures and themes are nobody's need.
    with suppress(*DAMAGED), package.open(part) as stream:
        while not begun and (piece := stream.read(4096)):
            parser.Parse(piece, False)
