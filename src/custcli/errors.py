"""The expected errors: one class for each exit code (cli.md 3). Anything else is a bug, exit 1."""

from custcli.messages import Message, message


class CustcliError(Exception):
    """An expected error: one sentence for the user and the exit code for scripts."""

    exit_code = 1

    def __init__(self, text: str, /, **params: object) -> None:
        self.message: Message = message(text, **params)
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.message)


class UsageError(CustcliError):
    """Wrong usage: an unknown option, a bad value, thresholds out of order."""

    exit_code = 2


class PartialError(CustcliError):
    """Done in part: rows were rejected, an undo kept something."""

    exit_code = 3


class RefusedError(CustcliError):
    """Input refused; nothing was changed."""

    exit_code = 4


class DatabaseError(CustcliError):
    """The database cannot be used."""

    exit_code = 5


class UnknownError(CustcliError):
    """No such customer, form, run or change."""

    exit_code = 6
