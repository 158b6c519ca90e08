"""Completion in shells: which parameters have words to offer, and how bash and zsh are given them."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from typer import _completion_shared as scripts
from typer._click.core import Context as ClickContext
from typer._click.core import Parameter
from typer._click.shell_completion import CompletionItem, add_completion_class
from typer._completion_classes import BashComplete, ZshComplete
from typer._completion_classes import completion_init as init

from custcli import messages
from custcli.context import Context
from custcli.settings import load

_SETTINGS = ("config", "db", "lang", "timeout")
_PLACES = ("FORM", "FIELD", "TERM", "CODE", "WHAT", "KEY", "SEGMENTS")
_NOT_CODES = {"--currency"}
_WORD_BREAK = "="
_WORDS = "|"
"""What parts the words of an option that takes one of them, also as people call it: key|major."""

# As the framework's own, but no blank behind FIELD=.
_BASH = """
%(complete_func)s() {
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" \\
                   COMP_CWORD=$COMP_CWORD \\
                   %(autocomplete_var)s=complete_bash $1 ) )
    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
    return 0
}

complete -o default -F %(complete_func)s %(prog_name)s
"""

# As the framework's own, but the first TAB completes too, when zsh has just loaded this file.
_ZSH = """
#compdef %(prog_name)s

%(complete_func)s() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" %(autocomplete_var)s=complete_zsh %(prog_name)s)
}

compdef %(complete_func)s %(prog_name)s
if [[ $funcstack[1] == _%(prog_name)s ]]; then %(complete_func)s "$@"; fi
"""


def completing() -> bool:
    """Whether a shell is asking for completions."""
    return bool(os.environ.get("_CUSTCLI_COMPLETE"))


def teach_shells() -> None:
    """Lay our ways with bash and zsh over the framework's."""
    init()
    scripts._completion_scripts |= {"bash": _BASH.strip(), "zsh": _ZSH.strip()}  # noqa: SLF001 - the only way
    add_completion_class(_Bash, _Bash.name)
    add_completion_class(_Zsh, _Zsh.name)


def teach(param: Parameter) -> None:
    """Let a parameter offer forms, fields, codes or settings, if its place in the help says that it takes them."""
    place = param.metavar or ""
    if place.strip("[").startswith(_PLACES) and not _NOT_CODES & set(param.opts):
        param._custom_shell_complete = _offer  # noqa: SLF001 - as above; the public way hides the words before
    elif _WORDS in place and place.islower():
        param._custom_shell_complete = _one_of  # noqa: SLF001


def _offer(ctx: ClickContext, param: Parameter, start: str) -> list[CompletionItem]:
    from custcli.services.complete import candidates

    with suppress(Exception):  # a shell wants words or nothing: whatever is wrong, the command itself will say
        run = _run(ctx)
        return [CompletionItem(word) for word in candidates(run, param.metavar or "", _before(ctx, param), start)]
    return []


def _one_of(_ctx: ClickContext, param: Parameter, start: str) -> list[CompletionItem]:
    words = (param.metavar or "").split(_WORDS)
    return [CompletionItem(word) for word in words if word.startswith(start)]


def _run(ctx: ClickContext) -> Context:
    root = ctx.find_root().params
    given = {name: ctx.params.get(name) or root.get(name) for name in _SETTINGS}
    settings = load(given.pop("config"), os.environ, given)
    messages.use(settings.lang)
    return Context(settings)


def _before(ctx: ClickContext, param: Parameter) -> list[str]:
    """The words that stand before: the form that the command was given, and those of the same argument."""
    form = ctx.params.get("form") or ctx.params.get("what")
    own: Any = ctx.params.get(param.name)
    words: Sequence[str] = own if isinstance(own, list | tuple) else ()
    return [*([form] if isinstance(form, str) and param.name not in {"form", "what"} else []), *map(str, words)]


class _Bash(BashComplete):
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and the one being written; a bare `=` belongs to the field before it."""
        args, start = super().get_completion_args()
        return ([*args, start], "") if start == _WORD_BREAK else (args, start)


class _Zsh(ZshComplete):
    source_template = _ZSH

    def complete(self) -> str:
        """What zsh is to do: words with explanations as the framework gives them, bare ones as they are."""
        found = self.get_completions(*self.get_completion_args())
        if not found or any(item.help for item in found):
            return super().complete()
        words = " ".join(f"'{item.value}'" for item in found if "'" not in item.value)
        tail = "-S '' " if all(item.value.endswith(_WORD_BREAK) for item in found) else ""
        return f"compadd {tail}-- {words}"
