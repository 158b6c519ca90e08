"""The settings: defaults <- config file <- environment <- option, each value with where it came from (cli.md 2)."""

from custcli.settings.file import told
from custcli.settings.layers import config_path, load, locale_language, variable
from custcli.settings.rules import did_you_mean
from custcli.settings.sections import Classify, Codes, Prospects, Read, Settings, Status, Value, flat
from custcli.settings.values import as_text, from_text

__all__ = [
    "Classify",
    "Codes",
    "Prospects",
    "Read",
    "Settings",
    "Status",
    "Value",
    "as_text",
    "config_path",
    "did_you_mean",
    "flat",
    "from_text",
    "load",
    "locale_language",
    "told",
    "variable",
]
