"""The explicit list of commands: what `custcli --help` shows without loading any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A command: its word, one line of help (a source text), whether it answers with rows, and where it lives.

    `past`: it can be asked by what was recorded formerly.
    The function has the name of its module in `custcli.commands`.
    """

    name: str
    help: str
    rows: bool = True
    past: bool = False
    module: str = ""

    def load(self) -> Callable[..., Any]:
        """The command's function; its module is imported now."""
        word = self.module or self.name
        function: Callable[..., Any] = getattr(import_module(f"custcli.commands.{word}"), word)
        return function


COMMANDS = {
    entry.name: entry
    for entry in (
        Entry("init", "Create the database", rows=False),
        Entry("add", "Add one record to a form"),
        Entry("import", "Import dossiers, orders, payments from spreadsheets", module="import_"),
        Entry("inspect", "Show what import would recognise in a file; writes nothing"),
        Entry("template", "Write the empty sheet of a form, or its paper form", rows=False),
        Entry("list", "List the records of a form", past=True, module="list_"),
        Entry("show", "Show everything known of one customer", past=True),
        Entry("find", "Find customers by any part of name, code, phone or contact; pinyin too"),
        Entry("edit", "Change fields of a customer or of another record"),
        Entry("delete", "Delete a customer or another record"),
        Entry("log", "List the changes, latest first"),
        Entry("history", "Show how a customer's record changed", past=True),
        Entry("why", "Show where a value comes from"),
        Entry("undo", "Take a change back"),
        Entry("classify", "Rank customers into ABC classes and pyramid tiers", past=True),
        Entry("explain", "Explain class, tier, value and grade of a customer", past=True),
        Entry("runs", "List the stored classifications"),
        Entry("movements", "Show who rose and fell between two classifications", past=True),
        Entry("watch", "List the customers to be watched: falling class, tier or sales", past=True),
        Entry("progress", "Sales against the targets of the year: who is behind, and how far", past=True),
        Entry("status", "Where each customer stands: status, lifecycle, behaviour, band", past=True),
        Entry("composition", "Customers, sales and shares by any dimension", past=True),
        Entry("common", "What a segment of customers has in common", past=True),
        Entry("similar", "Look-alikes of a customer", past=True),
        Entry("recommend", "What similar customers buy and this one does not", past=True),
        Entry("targets", "Customers whom a product may suit", past=True),
        Entry("due", "Whose next purchase is due", past=True),
        Entry("retention", "Retention, churn, growth and repeat purchases by period", past=True),
        Entry("cohorts", "What became of the customers who first ordered together", past=True),
        Entry("value", "Value customers: historic, current, potential, lifetime", past=True),
        Entry("score", "Score customers by your own criteria; key customers and their reviews", past=True),
        Entry("ratios", "Financial ratios of customers by their statements", past=True),
        Entry("roi", "What is earned for what is put in: customers, classes, campaigns", past=True),
        Entry("prospect", "Assess a prospect by money, authority and need"),
        Entry("prospects", "List prospects by grade", past=True),
        Entry("dashboard", "The main figures on one screen", past=True),
        Entry("report", "Write a report of the customer base as one HTML file", past=True),
        Entry("export", "Export a form, classes, values or all to a file", past=True),
        Entry("forms", "List, show and check the forms, built-in ones and your own"),
        Entry("config", "Show, check and change the settings; check the forms"),
        Entry("check", "Check the database: integrity, journal, counts"),
    )
}
