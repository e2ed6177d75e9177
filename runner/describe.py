"""What a tool call is, in words for people. Pure."""

import difflib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.events import ToolKind

KINDS: dict[str, ToolKind] = {
    "Read": "read",
    "NotebookRead": "read",
    "Edit": "edit",
    "MultiEdit": "edit",
    "Write": "edit",
    "NotebookEdit": "edit",
    "Grep": "search",
    "Glob": "search",
    "ToolSearch": "search",
    "WebSearch": "search",
    "WebFetch": "fetch",
    "Bash": "execute",
    "BashOutput": "execute",
    "KillShell": "execute",
    "Agent": "delegate",
    "Task": "delegate",
}
TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Description:
    kind: ToolKind
    title: str  # one line, plain text: what the step list shows
    question: str  # one line, plain text: what a permission prompt asks
    body: str = ""  # CommonMark: what exactly would happen
    details: str = ""  # plain text: the whole input, if the body does not say it all


def describe(name: str, given: Mapping[str, Any], workspace: str = "") -> Description:
    """Never fails: a tool it does not know is shown with its whole input."""
    kind = KINDS.get(name, "other")
    path = _path(given, workspace)
    match name:
        case "Bash":
            command = str(given.get("command", ""))
            why = str(given.get("description", ""))
            body = f"{fence(command, 'bash')}\n\n{why}".strip()
            return Description(kind, _line(f"Run {command}"), "Run a command?", body)
        case "Edit":
            change = fence(_diff(given), "diff")
            body = f"`{path}`\n\n{change}"
            return Description(kind, f"Edit {path}", "Edit a file?", body)
        case "Write":
            body = f"`{path}`\n\n{fence(str(given.get('content', '')))}"
            return Description(kind, f"Write {path}", "Write a file?", body)
        case "Read":
            return Description(kind, f"Read {path}", "Read a file?", f"`{path}`")
        case "ExitPlanMode":
            plan = str(given.get("plan", ""))
            return Description(kind, "Propose a plan", "Go ahead with this plan?", plan)
        case _:
            return _other(name, kind, given, path)


def _other(
    name: str, kind: ToolKind, given: Mapping[str, Any], path: str
) -> Description:
    subject = next(
        (
            str(given[key])
            for key in ("pattern", "query", "url", "description", "skill", "title")
            if given.get(key)
        ),
        path,
    )
    label = _label(name)
    return Description(
        kind,
        _line(f"{label} {subject}".strip()),
        f"Use {label}?",
        f"`{_line(subject)}`" if subject else "",
        json.dumps(given, indent=2, ensure_ascii=False) if given else "",
    )


def _label(name: str) -> str:
    known = {
        "Grep": "Search for",
        "Glob": "Find",
        "WebFetch": "Fetch",
        "WebSearch": "Search the web for",
        "Agent": "Delegate:",
        "Task": "Delegate:",
        "TodoWrite": "Plan the steps",
    }
    if name.startswith("mcp__"):
        return ": ".join(name.removeprefix("mcp__").split("__", 1))
    return known.get(name, name)


def _path(given: Mapping[str, Any], workspace: str) -> str:
    path = str(given.get("file_path") or given.get("path") or "")
    if workspace and path.startswith(workspace + os.sep):
        return path[len(workspace) + 1 :]
    return path


def _diff(given: Mapping[str, Any]) -> str:
    old, new = (str(given.get(key, "")) for key in ("old_string", "new_string"))
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def fence(text: str, language: str = "") -> str:
    """A code block that *text* cannot end from inside."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= TITLE_LENGTH else flat[: TITLE_LENGTH - 1] + "…"
