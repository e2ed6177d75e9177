"""The commands people may give, on every platform. Pure.

Rule: what is not in this table, and not offered by the agent itself, is no command.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.inbound import Command
from adapters.language import say
from runner.events import AgentCommand

#: How a command is told from a message. Slack's own do not work in threads.
SIGNS = {"slack": "!"}


@dataclass(frozen=True, slots=True)
class Spec:
    """*name* is what people write; its words are `command-<name>` of the catalogue."""

    name: str
    takes: Literal["nothing", "word", "words"] = "nothing"


#: In the order of a menu: what is needed most comes first.
COMMANDS = (
    Spec("stop"),
    Spec("new", "word"),
    Spec("status"),
    Spec("queue"),
    Spec("sessions"),
    Spec("resume", "word"),
    Spec("fork", "word"),
    Spec("project", "word"),
    Spec("model", "word"),
    Spec("mode", "word"),
    Spec("effort", "word"),
    Spec("compact", "words"),
    Spec("context"),
    Spec("cost"),
    Spec("diff"),
    Spec("undo"),
    Spec("worktree", "words"),
    Spec("link", "word"),
    Spec("rules", "words"),
    Spec("language", "word"),
    Spec("log"),
    Spec("debug", "word"),
    Spec("help"),
)
NAMES = frozenset(spec.name for spec in COMMANDS)
#: Agents' commands that would end or bypass what Parley keeps; ours do it better.
RESERVED = frozenset({"clear", "exit", "quit", "login", "logout", "config", "cost"})


def menu(language: str) -> list[tuple[str, str]]:
    """(name, description), for the menus of platforms."""
    return [(spec.name, say(language, f"command-{spec.name}")) for spec in COMMANDS]


def offered(commands: Sequence[AgentCommand]) -> Iterator[AgentCommand]:
    """What of the agent's own commands people may give."""
    for command in commands:
        if command.name not in NAMES | RESERVED and not command.name.startswith(
            "mcp__"
        ):
            yield command


def sign(platform: str) -> str:
    return SIGNS.get(platform, "/")


def help_text(platform: str, language: str) -> str:
    mark = sign(platform)
    place = say(language, "help-slack") if platform == "slack" else ""
    lines = [
        f"**{mark}{name}** — {description}" for name, description in menu(language)
    ]
    return "\n\n".join(
        filter(None, (say(language, "help-intro"), place, "\n".join(lines)))
    )


def unknown(command: Command, platform: str, language: str) -> str:
    mark = sign(platform)
    return say(
        language, "order-unknown", command=f"{mark}{command.name}", help=f"{mark}help"
    )
