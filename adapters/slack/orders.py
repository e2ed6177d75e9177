"""Instructions to the bot, told from words for an agent. Pure.

In a thread a command begins with "!", for want of slash commands there: whatever it is,
since only the bot knows what the agent offers. Behind our slash command it needs none,
so there it has to be one that everybody sees in the menu, and no sentence.
"""

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from adapters.inbound import Command

_COMMAND = re.compile(r"!([a-z][\w-]*(?::[\w-]+)*)(?:\s+(.*))?", re.I | re.S)
_STOP = re.compile(r"stop[.!]*", re.IGNORECASE)

#: They say how a conversation is to be, so they begin one.
BEGIN = frozenset({"new", "resume", "project", "model", "mode", "effort", "worktree"})
#: They are about a conversation that there is.
WITHIN = frozenset(
    {"fork", "compact", "context", "diff", "undo", "queue", "link", "log", "debug"}
)
WITH_A_WORD = BEGIN | {"language"}

Place: TypeAlias = Literal["fresh", "here", "within"]


def order_in(text: str) -> Command | None:
    """What is said in a thread, if it is a command."""
    if _STOP.fullmatch(text):
        return Command("stop")
    found = _COMMAND.fullmatch(text)
    return Command(found[1].lower(), (found[2] or "").strip()) if found else None


def order_behind_slash(text: str, menu: Collection[str]) -> Command | None:
    """What is typed behind the slash command, if it is no prompt."""
    word, _, rest = text.partition(" ")
    name, rest = word.lower() or "help", rest.strip()
    fits = not rest or (name in WITH_A_WORD and len(rest.split()) == 1)
    return Command(name, rest) if name in menu and fits else order_in(text)


def place_of(command: Command) -> Place:
    """Where to give a command for which somebody named no thread."""
    if command.name in BEGIN:
        return "fresh"
    return "within" if command.name in WITHIN else "here"
