"""The expected errors: one class for each exit code (cli.md 3). Anything else is a bug, exit 1."""

from dataclasses import dataclass

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


class MadeMeanwhileError(DatabaseError):
    """Another program made the database in the meantime: the command is to be run again, on that one."""


class UnknownError(CustcliError):
    """No such customer, form, run or change."""

    exit_code = 6


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a file that people write: where it stands there, and why it is wrong."""

    file: str
    line: int | None
    place: str
    reason: Message

    @property
    def near(self) -> str | None:
        """The nearest word that is known, where a word is not."""
        near = self.reason.params.get("near")
        return None if near is None else str(near)

    def __str__(self) -> str:
        return str(self.message)

    @property
    def message(self) -> Message:
        """The mistake as one sentence."""
        told = {"file": self.file, "place": self.place, "reason": self.reason}
        if self.line is None:
            return message("{file}, {place}: {reason}", **told)
        return message("{file}, line {line}, {place}: {reason}", **told, line=self.line)
