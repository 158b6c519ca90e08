"""custcli: the customer dossier (客户档案) on the command line, in one SQLite file."""

__version__ = "0.1.0"
