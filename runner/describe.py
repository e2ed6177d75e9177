"""What a tool call is, in words for people. Pure."""

import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.events import Phrase, ToolKind

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


#: Messages of the catalogue for a step whose subject is all there is to say.
STEPS = {
    "Bash": "step-run",
    "Edit": "step-edit",
    "MultiEdit": "step-edit",
    "NotebookEdit": "step-edit",
    "Write": "step-write",
    "Read": "step-read",
    "NotebookRead": "step-read",
    "Grep": "step-search",
    "Glob": "step-find",
    "WebFetch": "step-fetch",
    "WebSearch": "step-search-web",
    "Agent": "step-delegate",
    "Task": "step-delegate",
}
#: The same for what needs no subject.
WHOLE_STEPS = {
    "AskUserQuestion": "step-ask",
    "ExitPlanMode": "step-plan",
    "StructuredOutput": "step-answer",
    "TodoWrite": "step-plan-steps",
}
ASKS = {
    "Bash": "ask-run",
    "Edit": "ask-edit",
    "MultiEdit": "ask-edit",
    "NotebookEdit": "ask-edit",
    "Write": "ask-write",
    "Read": "ask-read",
    "WebFetch": "ask-fetch",
    "AskUserQuestion": "ask-question",
}
#: What a call is about: the first of these that it is given.
SUBJECTS = ("command", "pattern", "query", "url", "description", "skill", "title")
SEND_FILE = "mcp__parley__send_file"


@dataclass(frozen=True, slots=True)
class Description:
    kind: ToolKind
    title: Phrase  # one line: what the step list shows
    question: Phrase  # one line: what a permission prompt asks
    body: str = ""  # CommonMark: what exactly would happen
    length: int = 0  # characters of what the body shows only the beginning of; 0: all
    details: str = ""  # plain text: the whole input, if the body does not say it all


def describe(name: str, given: Mapping[str, Any], workspace: str = "") -> Description:
    """Never fails: a tool it does not know is shown with its whole input."""
    path = _path(given, workspace)
    match name:
        case "Bash":
            text, language = str(given.get("command", "")), "bash"
            before, after = "", str(given.get("description", ""))
        case "Edit":
            text, language = _diff(given), "diff"
            before, after = _code(path), ""
        case "Write":
            text, language = str(given.get("content", "")), ""
            before, after = _code(path), ""
        case _:
            return _in_short(name, given, path)
    shown = fence(text[:BODY_LENGTH], language)
    cut = len(text) > BODY_LENGTH
    return Description(
        KINDS[name],
        _title(name, given, path),
        _question(name),
        "\n\n".join(filter(None, (before, shown, after))),
        length=len(text) if cut else 0,
        details=text if cut else "",
    )


def _in_short(name: str, given: Mapping[str, Any], path: str) -> Description:
    """A call that its subject describes, or else its whole input."""
    subject = _line(_subject(given) or path)
    return Description(
        KINDS.get(name, "other"),
        _title(name, given, path),
        _question(name),
        _code(subject) if subject and name not in WHOLE_STEPS else "",
        details="" if name == "Read" else _whole(given),
    )


def _title(name: str, given: Mapping[str, Any], path: str) -> Phrase:
    what = _line(_subject(given) or path)
    if key := WHOLE_STEPS.get(name):
        return Phrase(key)
    if name == SEND_FILE:
        file = os.path.basename(str(given.get("path", "")))  # noqa: PTH119 - any text
        return Phrase("step-send", {"what": _line(file) or "…"})
    if key := STEPS.get(name):
        return Phrase(key, {"what": what or "…"})
    if what:
        return Phrase("step-use-on", {"tool": _label(name), "what": what})
    return Phrase("step-use", {"tool": _label(name)})


def _question(name: str) -> Phrase:
    if key := ASKS.get(name):
        return Phrase(key)
    return Phrase("ask-use", {"tool": _label(name)})


def _subject(given: Mapping[str, Any]) -> str:
    return next((str(given[key]) for key in SUBJECTS if given.get(key)), "")


def _whole(given: Mapping[str, Any]) -> str:
    return json.dumps(given, indent=2, ensure_ascii=False) if given else ""


def _label(name: str) -> str:
    """A tool's own name, on one line; of a server's tool, that of the server, too."""
    return _line(": ".join(name.removeprefix("mcp__").split("__", 1)))


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
