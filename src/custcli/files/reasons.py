"""The words for what the reading child reports: why a file is refused, why a cell cannot be trusted."""

from custcli.domain.cells import Fault
from custcli.files.clean import LONGEST_TEXT
from custcli.messages import Message, message

REFUSED: dict[str, Message] = {
    "entries": message("it holds {count} parts, more than the {limit} allowed"),
    "unpacked": message("it unpacks to more than {limit} MiB: raise the limit if you trust it"),
    "password": message("it is protected by a password: open it in Excel or WPS, save it without, and import it again"),
    "double_entry": message("it holds two parts of one name"),
    "dtd": message("it holds a document type declaration, which no spreadsheet program writes"),
    "sheets": message("it has {count} sheets, more than the {limit} allowed"),
    "no_sheets": message("it has no sheet"),
    "no_workbook": message("it is a zip archive without a workbook in it"),
    "no_part": message("its sheet {sheet} is missing: open it in Excel, save it, and import it again"),
    "xlsb": message("it is a binary workbook (.xlsb): save it as .xlsx and import that"),
    "off_sheet": message("sheet {sheet}: the cell {cell} lies outside of any sheet"),
    "double_row": message("sheet {sheet}: row {row} occurs twice: open it in Excel, save it, and import it again"),
    "double_cell": message("sheet {sheet}: cell {cell} occurs twice: open it in Excel, save it, and import it again"),
    "wrong_row": message(
        "sheet {sheet}: cell {cell} stands in another row: open it in Excel, save it, import it again"
    ),
    "columns": message(
        "sheet {sheet}: {cell} lies beyond the {limit} columns allowed: delete what is not needed there"
    ),
    "cells": message("sheet {sheet} has more than {limit} cells: split it or raise the limit"),
    "unknown_error": message("sheet {sheet}, cell {cell}: an error value of a newer Excel: mend the formula first"),
    "damaged": message("it is damaged: open it in Excel or WPS, save it under a new name, and import that"),
    "memory": message("reading it takes more than {limit} MiB of memory, or it is damaged"),
    "time": message("reading it takes more than {limit} seconds of computing, or it is damaged"),
}
"""Why a file is refused, by the child's code; said after the file's name."""

DISTRUSTED: dict[str, Message] = {
    "error": message("the cell shows the error {error}"),
    "never_calculated": message("the formula was never calculated: open the file in Excel, save it, import it again"),
    "not_finite": message("the number is not finite"),
    "early_date": message("spreadsheets miscount dates before 1 March 1900"),
    "no_date": message("a date or time cell that holds 0 or a negative number"),
    "nul": message("the text holds a NUL character"),
    "long_text": message("the text is longer than the {limit} characters of a cell"),
}
"""Why a cell cannot be trusted, by code."""


def fault(code: str, error: str = "") -> Fault:
    """The Fault of one of the codes of reasons.DISTRUSTED; `error` is the error value that the cell shows."""
    return Fault(Message(DISTRUSTED[code].text, {"error": error, "limit": LONGEST_TEXT}))
