"""What a tool call is, in words for people. Pure."""

import difflib
import json
import os
import re
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
BODY_LENGTH = 2500


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
            body = f"{_shown(command, 'bash')}\n\n{why}".strip()
            title = _line(f"Run {command}")
            return Description(kind, title, "Run a command?", body, _rest(command))
        case "Edit":
            change = _diff(given)
            body = f"{_code(path)}\n\n{_shown(change, 'diff')}"
            title = _line(f"Edit {path}")
            return Description(kind, title, "Edit a file?", body, _rest(change))
        case "Write":
            content = str(given.get("content", ""))
            body = f"{_code(path)}\n\n{_shown(content)}"
            title = _line(f"Write {path}")
            return Description(kind, title, "Write a file?", body, _rest(content))
        case "Read":
            return Description(kind, _line(f"Read {path}"), "Read a file?", _code(path))
        case "AskUserQuestion":
            rest = _whole(given)
            return Description(kind, "Ask you", "Answer a question?", details=rest)
        case "StructuredOutput":
            answer = _whole(given)
            return Description(kind, "Hand in the answer", "Answer?", details=answer)
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
        _code(_line(subject)) if subject else "",
        _whole(given),
    )


def _whole(given: Mapping[str, Any]) -> str:
    return json.dumps(given, indent=2, ensure_ascii=False) if given else ""


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
    named = (given.get(key) for key in ("file_path", "notebook_path", "path"))
    path = str(next(filter(None, named), ""))
    if workspace and path.startswith(workspace + os.sep):
        return path[len(workspace) + 1 :]
    return path


def _diff(given: Mapping[str, Any]) -> str:
    old, new = (str(given.get(key, "")) for key in ("old_string", "new_string"))
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def _shown(text: str, language: str = "") -> str:
    """As much as fits into a question; `_rest` has all of it."""
    if not _rest(text):
        return fence(text, language)
    return f"{fence(text[:BODY_LENGTH], language)}\n\n… {len(text)} characters in all."


def _rest(text: str) -> str:
    return text if len(text) > BODY_LENGTH else ""


def _code(text: str) -> str:
    """Inline code that *text* cannot end from inside."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    if not longest:
        return f"`{text}`"
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}"


def fence(text: str, language: str = "") -> str:
    """A code block that *text* cannot end from inside."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= TITLE_LENGTH else flat[: TITLE_LENGTH - 1] + "…"
