"""What a Claude Code says of itself when it is asked beside a turn. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.base import Context, Rewind
from runner.events import AgentCommand, Model

#: They would change the operator's own settings, or the session under our feet, or
#: mean nothing outside a terminal.
NOT_FOR_PEOPLE = frozenset(
    [
        *("agents", "auto-mode-setup", "autocompact", "clear", "color", "config"),
        *("fast", "focus", "heapdump", "mcp", "output-style", "reload-plugins"),
    ]
)
#: Of the memory, but in no use yet; what older CLIs do not mark themselves.
FREE = frozenset({"Free space", "Autocompact buffer"})


def models(greeting: Mapping[str, Any]) -> tuple[Model, ...]:
    return tuple(
        Model(str(given["value"]), str(given.get("displayName") or given["value"]))
        for given in greeting.get("models") or ()
        if given.get("value")
    )


def commands(offered: Sequence[Mapping[str, Any]]) -> tuple[AgentCommand, ...]:
    """Those that make sense in a chat."""
    return tuple(
        AgentCommand(
            name,
            " ".join(str(given.get("description") or "").split()),
            str(given.get("argumentHint") or ""),
        )
        for given in offered
        if (name := str(given.get("name") or ""))
        and name not in NOT_FOR_PEOPLE
        and not name.startswith("_")
        and not any(character.isspace() for character in name)
    )


def context(usage: Mapping[str, Any]) -> Context:
    return Context(
        used=int(usage["totalTokens"]),
        limit=int(usage["maxTokens"]),
        parts=tuple(_parts(usage.get("categories") or ())),
    )


def _parts(categories: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    for given in categories:
        name, tokens = str(given.get("name")), int(given.get("tokens") or 0)
        unused = name in FREE or given.get("isDeferred")
        if tokens and not unused and given.get("kind", "used") == "used":
            yield name, tokens


def cost_usd(usage: Mapping[str, Any]) -> float:
    return float(usage["session"]["total_cost_usd"])


def rewind(given: Mapping[str, Any]) -> Rewind:
    return Rewind(
        possible=bool(given.get("canRewind")),
        files=tuple(map(str, given.get("filesChanged") or ())),
        insertions=int(given.get("insertions") or 0),
        deletions=int(given.get("deletions") or 0),
        why=str(given.get("error") or ""),
    )
