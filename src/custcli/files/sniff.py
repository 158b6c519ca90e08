"""What a file is, by its first bytes (reliability.md B): a workbook, text, or something to be refused by name."""

from custcli.errors import RefusedError
from custcli.messages import Message, message

HEAD = 4096
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_HTML = (
    b"<html",
    b"<!doctype",
    b"<table",
    b"<head",
    b"<body",
    b"<meta",
    b"<style",
    b"<script",
    b"<div",
    b"mime-version",
)

_SAVE_AS = message("open it in Excel or WPS, save it as .xlsx, and import that")
_NOT_TABLES: dict[bytes, Message] = {
    b"%PDF": message("a PDF"),
    b"\x89PNG": message("a picture"),
    b"\xff\xd8\xff": message("a picture"),
    b"GIF8": message("a picture"),
    b"\x1f\x8b": message("a packed file (gzip): unpack it first"),
    b"7z\xbc\xaf": message("a packed file (7z): unpack it first"),
    b"Rar!": message("a packed file (rar): unpack it first"),
    b"SQLite format 3\0": message("a database"),
    b"{\\rtf": message("a text document (rtf)"),
}


def kind(file: str, head: bytes) -> str:
    """`zip`, `cfb` or `csv`; raises RefusedError that says what else the file is and what to do. `head`: its start."""
    if not head:
        raise RefusedError("{file}: it is empty", file=file)
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_CFB):
        return "cfb"
    if head.startswith(_BIFF):
        raise RefusedError("{file}: it was written by an Excel before 97; {advice}", file=file, advice=_SAVE_AS)
    for mark, what in _NOT_TABLES.items():
        if head.startswith(mark):
            raise RefusedError("{file}: it is no table but {what}", file=file, what=what)
    _refuse_markup(file, head)
    return "csv"


def _refuse_markup(file: str, head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n").lower()
    if start.startswith(b"<?xml") and (b"urn:schemas-microsoft-com:office:spreadsheet" in start or b"mso-app" in start):
        raise RefusedError("{file}: it is an XML table of Excel 2003; {advice}", file=file, advice=_SAVE_AS)
    if start.startswith(_HTML):
        raise RefusedError("{file}: it is a web page, whatever its name says; {advice}", file=file, advice=_SAVE_AS)
    if start.startswith(b"<?xml"):
        raise RefusedError("{file}: it is an XML file, not a table; {advice}", file=file, advice=_SAVE_AS)
